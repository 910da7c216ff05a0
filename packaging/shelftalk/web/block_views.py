"""Blocks as their templates see them: in one language, with pictures and files found; knows no page and no store."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from babel.units import format_unit

from shelftalk.catalog.block import Field, Value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES, localise_digits
from shelftalk.catalog.media import Media, StoredFile
from shelftalk.catalog.page import Block, PageContent
from shelftalk.catalog.video import find_embed

MEGABYTE = 1_000_000
EMPTY = "empty"  # stands in for the kind of a block that has nothing to show yet


@dataclass(frozen=True)
class BlockView:
    """A block with its texts in one language, as its template sees it."""

    id: str
    type: str
    values: Mapping[str, Value]
    media: Media | None
    shared: Mapping[str, str] = field(default_factory=dict)  # what all languages have in common
    extra: object = None  # what the store adds, such as reviews
    pictures: Mapping[str, Media] = field(default_factory=dict)  # by id: the page's, for fields other than `image`

    @property
    def heading(self) -> str:
        """Its heading, or empty."""
        return str(self.values.get("heading") or "")

    @property
    def template(self) -> str:
        """The template that draws it."""
        return f"blocks/{self.type}.html"

    def get_file(self, file_id: str) -> StoredFile | None:
        """A file it leads to, if it is there."""
        file = self.extra.get(file_id) if isinstance(self.extra, Mapping) else None
        return file if isinstance(file, StoredFile) else None


@dataclass(frozen=True)
class Lack:
    """What keeps a block from being shown, for whoever writes it: its label, and those of the fields it needs."""

    label: str
    needs: tuple[str, ...]


def list_views(
    content: PageContent, tag: str, media: Mapping[str, Media], *, unfinished: bool = False
) -> list[BlockView]:
    """The blocks that have something to say in a language, in order; the `unfinished` others only when asked for."""
    shown = [block for block in content.blocks if not block.hidden]
    views = (_make_view(block, content, tag, media) or _make_empty(block, content, tag, media) for block in shown)
    return [view for view in views if unfinished or view.type != EMPTY]


def _make_empty(block: Block, content: PageContent, tag: str, media: Mapping[str, Media]) -> BlockView:
    """The place of a block that is not shown yet. Shoppers never see it."""
    kind = get_block_type(block.type)
    texts = content.texts.get(tag, {}).get(block.id, {})
    values = {one.name: block.shared.get(one.name) if one.shared else texts.get(one.name) for one in kind.fields}
    values |= {one.name: _list_whole_rows(one, texts.get(one.name), media) for one in kind.fields if one.kind == "rows"}
    either = not any(values[name] for name in kind.either)
    needed = [one for one in kind.fields if one.required or (either and one.name in kind.either[:1])]
    missing = [one.label for one in needed if not values[one.name]] or [kind.fields[0].label]
    return BlockView(block.id, EMPTY, {}, None, extra=Lack(kind.label, tuple(dict.fromkeys(missing))))


def _make_view(block: Block, content: PageContent, tag: str, media: Mapping[str, Media]) -> BlockView | None:
    """The block in a language, or None when what makes it useful is missing."""
    kind = get_block_type(block.type)
    texts = content.texts.get(tag, {}).get(block.id, {})
    values = {name: value for name, value in texts.items() if not isinstance(value, list)} | {
        one.name: _list_whole_rows(one, texts.get(one.name), media) for one in kind.fields if one.kind == "rows"
    }
    picture = media.get(block.shared.get("image", ""))
    useful = [f for f in kind.fields if f.required and f.name not in ("heading", "alt")]
    present = all(picture if f.kind == "image" else values.get(f.name) for f in useful)
    chosen = not kind.either or any(values.get(name) or block.shared.get(name) for name in kind.either)
    if block.type == "hero" or (present and chosen and any(values.values())):
        return BlockView(block.id, block.type, values, picture, block.shared, pictures=media)
    return None


def _list_whole_rows(rows_field: Field, value: Value | None, media: Mapping[str, Media]) -> list[dict[str, str]]:
    """The rows that lack nothing they need; a picture that is not there is lacking."""
    needed = [sub for sub in rows_field.fields if sub.required]
    rows = value if isinstance(value, list) else []
    return [
        row
        for row in rows
        if all(row.get(sub.name) and (sub.kind != "image" or row[sub.name] in media) for sub in needed)
    ]


def make_focus_style(views: Iterable[BlockView]) -> str:
    """What keeps the chosen point of each cropped picture in view; styles on elements are not allowed on the page."""
    rules = []
    for view in views:
        place = ".hero" if view.type == "hero" else f"#{view.id}"
        rules += _make_rule(f"{place} img", view.shared.get("focus", ""))
        rows = view.values.get("rows")
        for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
            rules += _make_rule(f"{place} li:nth-child({number}) img", row.get("focus", ""))
    return "".join(rules)


def make_ratio_style(photo: Media | None) -> str:
    """What keeps the first picture's place free until it is there, so that nothing below it jumps."""
    return f".hero{{--ratio:{photo.width / photo.height:.3g}}}" if photo else ""


def _make_rule(selector: str, focus: str) -> list[str]:
    across, _space, down = focus.partition(" ")
    return [f"{selector}{{object-position:{across}% {down}%}}"] if across.isdigit() and down.isdigit() else []


def list_sources(views: Iterable[BlockView]) -> str:
    """What a page's blocks need beyond a plain page's content policy: its own videos, one site's player."""
    videos = [view for view in views if view.type == "video"]
    own = [view for view in videos if view.get_file(view.shared.get("file", ""))]
    embeds = [find_embed(str(view.values.get("url", ""))) for view in videos if view not in own]
    frames = sorted({origin for embed in embeds if embed for origin in embed.frames})
    return ("; media-src 'self'" if own else "") + (f"; frame-src {' '.join(frames)}" if frames else "")


def write_size(size: int, tag: str) -> str:
    """How large a file is, as the language writes it: 340 kB, 2,4 МБ."""
    large = size >= MEGABYTE
    amount = round(size / MEGABYTE, 1) if large else max(1, round(size / 1000))
    unit = "digital-megabyte" if large else "digital-kilobyte"
    length: Literal["long", "short"] = "long" if tag == "fa" else "short"  # its short one is in Latin letters
    text = format_unit(amount, unit, length, locale=LANGUAGES[tag].locale, numbering_system="default")
    return localise_digits(re.sub(r"\s", "\u00a0", text), tag)


# What the templates of blocks call them.
HELPERS: dict[str, Callable[..., object]] = {
    "find_embed": find_embed,
    "file_size": write_size,
    "language_name": lambda tag: LANGUAGES[tag].name if tag in LANGUAGES else tag,
}
