"""How the symbols of one print are made: what they cost in size against what they bear and how they look."""

from __future__ import annotations

import json
from dataclasses import dataclass

from shelftalk.labels.style import Style, describe_style, read_style


@dataclass(frozen=True)
class Look:
    """The error correction level, whether addresses are in upper case, which makes a symbol a version smaller, and the
    style. The style is kept whole, its logo by the hash of the picture: later changes touch nothing printed. Whether
    tills are to read it; and whether it was printed although it reads from less than half as far as it is meant to."""

    level: str = "M"  # L, M, Q or H
    upper: bool = False
    style: Style | None = None  # None: black squares on white
    till: bool = False
    anyway: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether nothing was chosen."""
        return self == PLAIN_LOOK

    @property
    def media(self) -> tuple[str, ...]:
        """The pictures its symbols need."""
        return (self.style.logo,) if self.style and self.style.logo else ()


PLAIN_LOOK = Look()


def format_look(look: Look) -> str:
    """As a run keeps it; empty when it is plain."""
    if look.is_plain:
        return ""
    content: dict[str, object] = {"level": look.level, "upper": look.upper}
    content |= {name: True for name in ("till", "anyway") if getattr(look, name)}
    return json.dumps(content | ({"style": describe_style(look.style)} if look.style else {}), ensure_ascii=False)


def parse_look(text: str) -> Look:
    """The look a run has kept."""
    if not text:
        return PLAIN_LOOK
    content = json.loads(text)
    style = content.pop("style", None)
    return Look(**content, style=read_style(style) if style else None)
