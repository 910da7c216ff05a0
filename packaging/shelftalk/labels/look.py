"""How the symbols of one print are made: what they cost in size against what they bear and how they look."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Look:
    """The error correction level, and whether addresses are in upper case, which makes a symbol a version smaller."""

    level: str = "M"  # L, M, Q or H
    upper: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether nothing was chosen."""
        return self == PLAIN_LOOK


PLAIN_LOOK = Look()


def format_look(look: Look) -> str:
    """As a run keeps it; empty when it is plain."""
    return "" if look.is_plain else json.dumps(asdict(look))


def parse_look(text: str) -> Look:
    """The look a run has kept."""
    return Look(**json.loads(text)) if text else PLAIN_LOOK
