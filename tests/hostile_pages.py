"""Pages whose every text, name and file is hostile, for tests that show them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from shelftalk.catalog.block import Field, Value
from shelftalk.catalog.blocks import BLOCKS
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.media import Media, StoredFile
from shelftalk.catalog.page import PageContent, parse_content
from shelftalk.catalog.review import Rating, Review, ReviewBoard
from tests.blocks_page import fill_field

MEDIA_ID = "0123456789abcdef"
TEXTS = ("line", "text", "markdown")
Take = Callable[[int], str]  # (how many letters fit) -> a text


def make_hostile_page(take: Take, kinds: tuple[str, ...] = tuple(BLOCKS), tags: tuple[str, ...] = ()) -> PageContent:
    """One block of each kind with every field of it filled in, each text another one if `take` gives others."""
    blocks: list[dict[str, object]] = []
    texts: dict[str, dict[str, dict[str, Value]]] = {tag: {} for tag in tags or LANGUAGES}
    for kind in sorted(kinds, key=lambda name: name != "hero"):
        block_id, fields = ("hero" if kind == "hero" else f"b{kind}"), BLOCKS[kind].fields
        shared = {field.name: fill(field, take) for field in fields if field.shared}
        blocks.append({"id": block_id, "type": kind, "hidden": False, "shared": shared})
        for own in texts.values():
            own[block_id] = {field.name: fill(field, take) for field in fields if not field.shared}
    return parse_content({"blocks": blocks, "texts": texts})


def fill(field: Field, take: Take) -> Value:
    """A value of the field's kind, as hostile as the kind allows."""
    if field.kind == "rows":
        return [{sub.name: str(fill(sub, take)) for sub in field.fields} for _row in range(2)]
    if field.kind in TEXTS:
        return take(field.max_length)[: field.max_length]
    if field.kind == "url":
        return "https://x.example/" + re.sub(r'[\s<>"\\\x00-\x1f]', "", take(200))
    if field.kind in ("image", "file"):
        return MEDIA_ID
    if field.kind == "date":
        return "2000-01-01" if field.name == "from" else "2099-12-31"
    return "50 50" if field.kind == "focus" else fill_field(field, "")


def take_one(text: str) -> Take:
    """The same text everywhere."""
    return lambda _length: text


def take_in_turn(texts: list[str], start: int = 0) -> Take:
    """Each text in turn, over and over; one too long for its place stays for the next."""
    waiting = texts[start:] + texts[:start]

    def take(length: int) -> str:
        place = next((place for place, text in enumerate(waiting) if len(text) <= length), 0)
        text = waiting.pop(place)
        waiting.append(text)
        return text

    return take


def make_extras(text: str) -> dict[str, object]:
    """What the store adds to the blocks: reviews, and files under the names they were uploaded with."""
    day = date(2026, 11, 2)
    review = Review(1, 7, "breviews", "en", 5, text, text[:40], "published", "", day, text, day)
    return {
        "breviews": ReviewBoard(Rating({5: 1}), (review,)),
        "bdocuments": {MEDIA_ID: StoredFile(MEDIA_ID, text, "pdf", 12_000)},
        "bvideo": {MEDIA_ID: StoredFile(MEDIA_ID, text, "mp4", 12_000)},
    }


def make_media(text: str) -> dict[str, Media]:
    """The picture every block shows."""
    return {MEDIA_ID: Media(MEDIA_ID, text, 800, 600)}


def find_marks(html: str) -> Iterator[int]:
    """The numbers of the texts that are on a page."""
    return (int(number) for number in re.findall(r"z(\d+)z", html))
