"""The page editor's mistakes and buttons: finds the ones, carries out the others; knows no request, no store."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shelftalk.catalog.block import MAX_ROWS, Field, parse_value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES, get_language
from shelftalk.catalog.page import MAX_BLOCKS, PageContent, make_block, parse_content
from shelftalk.errors import Invalid
from shelftalk.web.page_draft import SHARED, Draft, Raw, Spot, list_spots


def check_draft(draft: Draft) -> PageContent:
    """The page that can be shown; every mistake goes to `draft.errors` and what is wrong is left out.

    Raises Invalid for what no field is to blame for.
    """
    if not draft.blocks:
        raise Invalid("page", "The page has no block. Add a headline, then save.")
    clean = copy.deepcopy(draft.raw)
    for spot in list_spots(clean):
        try:
            if spot.field.kind == "rows":
                _check_rows(spot)
            else:
                parse_value(spot.field, spot.value)
        except Invalid as error:
            draft.errors[spot.name] = error
            spot.holder[spot.field.name] = [] if spot.field.kind == "rows" else ""
    return parse_content(_drop_empty(clean))


def _check_rows(spot: Spot) -> None:
    if len(spot.value) > MAX_ROWS:
        raise Invalid(
            spot.field.name, "{value} rows are too many: at most {allowed}.", value=len(spot.value), allowed=MAX_ROWS
        )


def _drop_empty(raw: Raw) -> Raw:
    """Without the texts of blocks and languages nothing was written for."""
    texts = {
        tag: {block_id: values for block_id, values in blocks.items() if _has_text(values)}
        for tag, blocks in raw["texts"].items()
    }
    return {"blocks": raw["blocks"], "texts": {tag: blocks for tag, blocks in texts.items() if blocks}}


def _has_text(values: Mapping[str, Any]) -> bool:
    return any(
        any(any(row.values()) for row in value) if isinstance(value, list) else str(value).strip()
        for value in values.values()
    )


def list_missing(content: PageContent) -> dict[str, list[str]]:
    """Per language, the names of the fields that another language has and this one lacks; hidden blocks count not."""
    missing: dict[str, list[str]] = {tag: [] for tag in LANGUAGES}
    for block in content.blocks:
        fields = [] if block.hidden else [f for f in get_block_type(block.type).fields if not f.shared]
        for field_ in fields:
            sizes = {tag: _size(content, tag, block.id, field_.name) for tag in LANGUAGES}
            most = max(sizes.values())
            for tag, size in sizes.items():
                if size < most:
                    missing[tag].append(f"b.{block.id}.{tag}.{field_.name}")
    return missing


def _size(content: PageContent, tag: str, block_id: str, name: str) -> int:
    """How much stands in a field: its rows, or one for a text."""
    value = content.texts.get(tag, {}).get(block_id, {}).get(name, "")
    return len(value) if isinstance(value, list) else int(bool(value))


def _find_place(draft: Draft, block_id: str) -> int:
    for place, block in enumerate(draft.blocks):
        if block["id"] == block_id:
            return place
    raise Invalid("page", "The page was not sent whole. Reload it and save again.")


def _swap(items: list[Any], place: int, step: int) -> None:
    other = place + step
    if 0 <= place < len(items) and 0 <= other < len(items):
        items[place], items[other] = items[other], items[place]


def _check_room(draft: Draft) -> None:
    if len(draft.blocks) >= MAX_BLOCKS:
        raise Invalid(
            "blocks",
            "{value} blocks are too many: at most {allowed}.",
            value=len(draft.blocks) + 1,
            allowed=MAX_BLOCKS,
        )


def add_block(draft: Draft, kind: str) -> None:
    """Add an empty block at the end."""
    block = make_block(kind)
    _check_room(draft)
    draft.blocks.append({"id": block.id, "type": kind, "hidden": False, "shared": {}})


def copy_block(draft: Draft, block_id: str) -> None:
    """Put a block's double below it."""
    place = _find_place(draft, block_id)
    _check_room(draft)
    double = copy.deepcopy(draft.blocks[place]) | {"id": "b" + secrets.token_hex(4)}
    draft.blocks.insert(place + 1, double)
    for texts in draft.raw["texts"].values():
        if block_id in texts:
            texts[double["id"]] = copy.deepcopy(texts[block_id])


def remove_block(draft: Draft, block_id: str) -> None:
    """Take a block away and keep it, to bring back."""
    place = _find_place(draft, block_id)
    texts = {tag: blocks.pop(block_id) for tag, blocks in draft.raw["texts"].items() if block_id in blocks}
    draft.removed = {"place": place, "block": draft.blocks.pop(place), "texts": texts}


def bring_back(draft: Draft) -> None:
    """Undo the last removal."""
    removed = draft.removed
    if removed:
        draft.blocks.insert(removed["place"], removed["block"])
        for tag, texts in removed["texts"].items():
            draft.raw["texts"].setdefault(tag, {})[removed["block"]["id"]] = texts
    draft.removed = None


def _get_rows(draft: Draft, block_id: str, tag: str, name: str) -> list[Raw]:
    block = draft.blocks[_find_place(draft, block_id)]
    found = get_block_type(block["type"]).get_field(name)
    get_language(tag)
    if found is None or found.kind != "rows":
        raise Invalid("page", "The page was not sent whole. Reload it and save again.")
    rows: list[Raw] = draft.raw["texts"].setdefault(tag, {}).setdefault(block_id, {}).setdefault(name, [])
    return rows


def add_row(draft: Draft, block_id: str, tag: str, name: str) -> None:
    """Add an empty row at the end."""
    _get_rows(draft, block_id, tag, name).append({})


def take_rows(draft: Draft, block_id: str, tag: str, name: str, source: str) -> None:
    """Take over the rows another language has more of, to be translated in place."""
    rows, more = _get_rows(draft, block_id, tag, name), _get_rows(draft, block_id, source, name)
    rows.extend(copy.deepcopy(more[len(rows) :]))


def move_row(draft: Draft, step: int, block_id: str, tag: str, name: str, number: str) -> None:
    """Move a row up (-1) or down (1)."""
    _swap(_get_rows(draft, block_id, tag, name), _read_number(number), step)


def remove_row(draft: Draft, block_id: str, tag: str, name: str, number: str) -> None:
    """Take a row away."""
    rows = _get_rows(draft, block_id, tag, name)
    if 0 <= _read_number(number) < len(rows):
        del rows[_read_number(number)]


def _read_number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else -1


def move_block(draft: Draft, step: int, block_id: str) -> None:
    """Move a block up (-1) or down (1)."""
    _swap(draft.blocks, _find_place(draft, block_id), step)


def turn_block(draft: Draft, block_id: str) -> None:
    """Hide a block, or show it again."""
    block = draft.blocks[_find_place(draft, block_id)]
    block["hidden"] = not block["hidden"]


def find_spot(draft: Draft, where: Sequence[str]) -> Spot:
    """The field that a button such as `upload.b1.image` or `upload.b1.en.rows.0.image` speaks of; raises Invalid."""
    block_id, *path = where if len(where) in (3, 5) else (where[0], SHARED, where[-1])
    block = draft.blocks[_find_place(draft, block_id)]
    tag, name, *row = path
    found = get_block_type(block["type"]).get_field(name)
    holder = block["shared"]
    if tag != SHARED:
        holder = draft.raw["texts"].setdefault(get_language(tag).tag, {}).setdefault(block_id, {})
    if row:
        rows = _get_rows(draft, block_id, tag, name)
        holder = rows[_read_number(row[0])] if 0 <= _read_number(row[0]) < len(rows) else {}
        found = next((sub for sub in found.fields if sub.name == row[1]), None) if found else None
    if found is None or found.kind not in ("image", "file"):
        raise Invalid("page", "The page was not sent whole. Reload it and save again.")
    return Spot(".".join(("b", block_id, *path)), found, holder)


def clear_media(draft: Draft, *where: str) -> None:
    """Take a picture or file off a block or row; what was uploaded stays."""
    set_media(find_spot(draft, where), "")


def set_media(spot: Spot, media_id: str) -> None:
    """Put a picture or file into a block or row."""
    spot.holder[spot.field.name] = media_id


# What the buttons are called, with what they need to know after the dot.
ANY = 99  # as many as it takes to say where
ACTIONS: dict[str, tuple[int, Callable[..., None]]] = {
    "add": (1, add_block),
    "copy": (1, copy_block),
    "remove": (1, remove_block),
    "undo": (0, bring_back),
    "up": (1, lambda draft, block_id: move_block(draft, -1, block_id)),
    "down": (1, lambda draft, block_id: move_block(draft, 1, block_id)),
    "hide": (1, turn_block),
    "row-add": (3, add_row),
    "rows-take": (4, take_rows),
    "row-up": (4, lambda draft, *where: move_row(draft, -1, *where)),
    "row-down": (4, lambda draft, *where: move_row(draft, 1, *where)),
    "row-remove": (4, remove_row),
    "picture-clear": (ANY, clear_media),
    "show": (0, lambda _draft: None),
}


def apply_action(draft: Draft, action: str) -> None:
    """Carry out a button such as `up.b1` or `row-add.b1.en.rows`; raises Invalid for one that is not known."""
    name, *where = action.split(".")
    count, work = ACTIONS.get(name, (-1, None))
    if work is None or count not in (len(where), ANY):
        raise Invalid("action", "“{value}” is not a button of this page. Reload the page.", value=action[:60])
    work(draft, *where)


def name_field(block_id: str, language: str, field_name: str, fields: Sequence[Field]) -> str:
    """The form's name of a page's field, as gaps speak of it."""
    shared = any(f.name == field_name and f.shared for f in fields)
    return f"b.{block_id}.{SHARED if shared else language}.{field_name}"
