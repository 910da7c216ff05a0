"""What the sample brand printed, and what became of it. Knows no store, no sheet and no ids."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from shelftalk.errors import Invalid
from shelftalk.sample.brand import DATA


@dataclass(frozen=True)
class SampleEvent:
    """Something that happened to a print; `location` is a shop's code, `taken_back` that it was a mistake."""

    kind: str
    quantity: int
    text: str
    days_ago: int
    location: str = ""
    taken_back: bool = False


@dataclass(frozen=True)
class SamplePrint:
    """One print: which placements by their keys, how often each. `said`: calls to action that were others then."""

    placements: tuple[str, ...]
    stock: str
    copies: int
    days_ago: int
    by: str
    said: Mapping[str, str]
    events: tuple[SampleEvent, ...]


def load_prints(keys: Collection[str]) -> tuple[SamplePrint, ...]:
    """The prints, oldest first; raises Invalid for a placement the brand has not."""
    raw = json.loads((DATA / "runs.json").read_text(encoding="utf-8"))
    prints = tuple(_parse_print(one) for one in raw)
    named = [key for one in prints for key in (*one.placements, *one.said)]
    for key in named:
        if key not in keys:
            raise Invalid("placements", "“{value}” is not one of: {allowed}.", value=key, allowed=tuple(sorted(keys)))
    return prints


def _parse_print(raw: Mapping[str, Any]) -> SamplePrint:
    events = tuple(SampleEvent(**event) for event in raw["events"])
    return SamplePrint(**{**raw, "placements": tuple(raw["placements"]), "events": events})
