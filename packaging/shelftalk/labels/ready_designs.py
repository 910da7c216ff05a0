"""The designs that come with the program: data in `designs.json`, each for its usual size.

What was printed with an earlier version is made again with it: those are kept in `older_designs.json`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from shelftalk.errors import NotFound, mark
from shelftalk.labels.design_json import parse_design
from shelftalk.labels.label_design import Design

NAMES = {
    "pack": mark("Pack"),
    "shelf-talker": mark("Shelf talker"),
    "wobbler": mark("Wobbler"),
    "dangler": mark("Dangler"),
    "table-tent": mark("Table tent"),
    "poster-a4": mark("Poster A4"),
    "poster-a5": mark("Poster A5"),
    "poster-a6": mark("Poster A6"),
    "leaflet": mark("Leaflet panel"),
    "sticker": mark("Sticker"),
    "till-card": mark("Till card"),
    "round": mark("Round"),
}
HELPS = {
    "pack": mark("For the back of a pack, 62 mm rolls and sheets of 21"),
    "shelf-talker": mark("Hangs on the shelf’s edge"),
    "wobbler": mark("A round board on a spring"),
    "dangler": mark("Hangs over the aisle"),
    "table-tent": mark("Folded once: the same on both faces"),
    "poster-a4": mark("A4 upright, read from two steps away"),
    "poster-a5": mark("A5 upright"),
    "poster-a6": mark("A6 upright, for counters and doors"),
    "leaflet": mark("A third of A4, 99 × 210 mm"),
    "sticker": mark("Square, on shelves, boxes and doors"),
    "till-card": mark("A card of 85 × 55 mm beside the till"),
    "round": mark("A round sticker of 50 mm"),
}


@dataclass(frozen=True)
class ReadyDesign:
    """A design that comes with the program. Its version counts its changes from release to release."""

    id: str
    version: int
    label: str
    help: str
    design: Design


@lru_cache(maxsize=2)
def _read_designs(file: str) -> dict[tuple[str, int], ReadyDesign]:
    """The designs of a file by id and version."""
    rows = json.loads(Path(__file__).with_name(file).read_text("utf-8"))
    return {
        (row["id"], row["version"]): ReadyDesign(
            row["id"], row["version"], NAMES[row["id"]], HELPS[row["id"]], parse_design(row, row["id"])
        )
        for row in rows
    }


def list_ready_designs() -> list[ReadyDesign]:
    """All of them as they are offered, in this order."""
    return list(_read_designs("designs.json").values())


def list_older_designs() -> list[ReadyDesign]:
    """What they were before."""
    return list(_read_designs("older_designs.json").values())


def get_ready_design(design_id: str, version: int = 0) -> ReadyDesign:
    """The ready-made design of this id, in this version or the newest; raises NotFound."""
    known = [*list_ready_designs(), *list_older_designs()]
    found = next((one for one in known if one.id == design_id and version in (0, one.version)), None)
    if found is None:
        raise NotFound("There is no design “{value}”.", value=design_id[:40])
    return found
