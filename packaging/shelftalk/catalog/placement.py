"""Placements: one medium, at one location or anywhere, at one stage of the shopper's journey."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shelftalk.errors import mark

# The shopper's decision steps, in order, and the three groups they are shown in.
STAGES: dict[str, str] = {
    "need": mark("Need"),
    "search": mark("Search"),
    "compare": mark("Compare"),
    "buy": mark("Buy"),
    "after": mark("After"),
}
# What a label promises when the marketer wrote nothing better.
CALLS_TO_ACTION: dict[str, str] = {
    "need": mark("See what makes it special"),
    "search": mark("See if it is right for you"),
    "compare": mark("See what is in it and how to use it"),
    "buy": mark("See what others ask before they buy"),
    "after": mark("See how to get the best out of it"),
}
STAGE_GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "before": (mark("Before the purchase"), ("need", "search", "compare")),
    "during": (mark("During the purchase"), ("buy",)),
    "after": (mark("After the purchase"), ("after",)),
}


@dataclass(frozen=True)
class Medium:
    """Something printed. `reading_m` is how far away a phone is held, in metres."""

    name: str
    label: str
    stage: str  # where it usually stands in the journey
    reading_m: float


MEDIA: dict[str, Medium] = {
    medium.name: medium
    for medium in (
        Medium("pack", mark("On the pack"), "compare", 0.25),
        Medium("shelf_talker", mark("Shelf talker"), "compare", 0.5),
        Medium("dangler", mark("Dangler"), "search", 0.8),
        Medium("display", mark("Display"), "need", 1.5),
        Medium("poster", mark("Poster"), "need", 1.5),
        Medium("leaflet", mark("Leaflet"), "need", 0.3),
        Medium("menu_board", mark("Menu board"), "search", 1.5),
        Medium("till_card", mark("Card at the till"), "buy", 0.4),
        Medium("receipt", mark("Receipt or invoice"), "after", 0.25),
        Medium("thank_you_card", mark("Thank-you card"), "after", 0.25),
    )
}


@dataclass(frozen=True)
class Placement:
    """Where a product's code is seen. `location_id` None: anywhere. Days are local calendar days."""

    id: int
    product_id: int
    medium: str
    location_id: int | None
    stage: str
    language: str  # of the printed call to action
    call_to_action: str  # empty: the stage's own, in that language
    note: str
    installed_on: date | None
    removed_on: date | None
    retired_at: datetime | None
    code: str
    is_sample: bool
    revision: int
    created_at: datetime
