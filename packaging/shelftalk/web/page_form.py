"""The page editor's form: reads its fields, finds every mistake, carries out its buttons; knows no request, no store.

A field is named after where it stands: `b.<block>.<language>.<field>`, with `shared` in the language's place for
what all languages have in common, and `….<row>.<field>` inside rows. `block` comes once a block, in order.
"""

from __future__ import annotations

import copy
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shelftalk.catalog.block import MAX_ROWS, Field, parse_value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES, get_language
from shelftalk.catalog.page import MAX_BLOCKS, PageContent, format_content, make_block, parse_content
from shelftalk.errors import Invalid

Raw = dict[str, Any]  # a page as `format_content` writes it, but as typed: mistakes and all
SHARED = "shared"


@dataclass
class Draft:
    """A page while it is edited. `removed` is the last block taken away, to bring back."""

    raw: Raw
    removed: Raw | None = None
    errors: dict[str, Invalid] = field(default_factory=dict)  # by the field's name in the form

    @property
    def blocks(self) -> list[Raw]:
        """The blocks in order."""
        blocks: list[Raw] = self.raw["blocks"]
        return blocks


@dataclass(frozen=True)
class Spot:
    """One field on the page: where it stands, what may stand there and what does."""

    name: str
    field: Field
    holder: dict[str, Any]  # the values it is one of

    @property
    def value(self) -> Any:
        """As typed."""
        return self.holder.get(self.field.name, [] if self.field.kind == "rows" else "")


def make_draft(content: PageContent) -> Draft:
    """A stored page, ready to edit."""
    return Draft(copy.deepcopy(dict(format_content(content))))


def read_draft(form: Mapping[str, str], order: Sequence[str]) -> Draft:
    """The page as the form says it, its blocks in `order`. Raises Invalid for an unknown language or kind of block."""
    values = _make_tree((name, value) for name, value in form.items() if name.startswith("b."))
    blocks = [_read_block(block_id, values.get(block_id, {})) for block_id in dict.fromkeys(order)]
    texts: Raw = {}
    for block in blocks:
        for tag, given in _as_dict(values.get(block["id"])).items():
            if isinstance(given, dict) and tag != SHARED:
                get_language(tag)
                texts.setdefault(tag, {})[block["id"]] = _read_fields(block["type"], given, shared=False)
    return Draft({"blocks": blocks, "texts": texts}, _read_removed(form.get("removed", "")))


def _make_tree(pairs: Iterable[tuple[str, str]]) -> Raw:
    """Nested dictionaries from dotted names, without the leading `b`."""
    tree: Raw = {}
    for name, value in pairs:
        *path, last = name.split(".")[1:]
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
            if not isinstance(branch, dict):
                raise Invalid("page", "The page was not sent whole. Reload it and save again.")
        branch[last] = value.replace("\r\n", "\n")
    return tree


def _read_block(block_id: str, given: object) -> Raw:
    values = _as_dict(given)
    kind = str(values.get("type", ""))
    shared = _read_fields(kind, values.get(SHARED), shared=True)
    return {"id": block_id, "type": kind, "hidden": values.get("hidden") == "1", "shared": shared}


def _read_fields(kind: str, given: object, *, shared: bool) -> Raw:
    values = _as_dict(given)
    return {
        f.name: _read_rows(f, values.get(f.name)) if f.kind == "rows" else _as_text(values.get(f.name))
        for f in get_block_type(kind).fields
        if f.shared == shared
    }


def _read_rows(field: Field, given: object) -> list[dict[str, str]]:
    numbered = _as_dict(given)
    order = sorted((key for key in numbered if key.isdecimal() and len(key) < 6), key=int)
    return [{sub.name: _as_text(_as_dict(numbered[key]).get(sub.name)) for sub in field.fields} for key in order]


def _as_dict(value: object) -> Raw:
    return value if isinstance(value, dict) else {}


def _as_text(value: object) -> str:
    """A text without half characters, which no database takes."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _read_removed(text: str) -> Raw | None:
    """The block taken away last, which the form carries along; None when there is none or it was tampered with."""
    try:
        removed = _as_dict(json.loads(text) if text else None)
        block = _as_dict(removed["block"])
        kind = get_block_type(_as_text(block["type"])).name
        texts = {
            get_language(tag).tag: _read_fields(kind, _number_rows(_as_dict(values)), shared=False)
            for tag, values in _as_dict(removed["texts"]).items()
        }
    except (ValueError, KeyError, RecursionError, Invalid):
        return None
    shared = _read_fields(kind, block.get(SHARED), shared=True)
    whole = {"id": _as_text(block.get("id")), "type": kind, "hidden": bool(block.get("hidden")), "shared": shared}
    place = removed.get("place")
    return {"place": min(max(place, 0), MAX_BLOCKS) if isinstance(place, int) else 0, "block": whole, "texts": texts}


def _number_rows(values: Raw) -> Raw:
    """Lists of rows as the form names them: by number."""
    return {
        name: {str(number): row for number, row in enumerate(value)} if isinstance(value, list) else value
        for name, value in values.items()
    }


def list_spots(raw: Raw) -> Iterator[Spot]:
    """Every field of the page, rows opened up."""
    for block in raw["blocks"]:
        kind = get_block_type(block["type"])
        for field_ in kind.fields:
            places = [(SHARED, block["shared"])] if field_.shared else _list_holders(raw, block["id"])
            for place, holder in places:
                yield from _open_spot(Spot(f"b.{block['id']}.{place}.{field_.name}", field_, holder))


def _list_holders(raw: Raw, block_id: str) -> list[tuple[str, Raw]]:
    return [(tag, texts[block_id]) for tag, texts in raw["texts"].items() if block_id in texts]


def _open_spot(spot: Spot) -> Iterator[Spot]:
    yield spot
    if spot.field.kind == "rows":
        for number, row in enumerate(spot.value):
            for sub in spot.field.fields:
                yield Spot(f"{spot.name}.{number}.{sub.name}", sub, row)


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


def clear_picture(draft: Draft, block_id: str, name: str) -> None:
    """Take a picture off a block; the picture itself stays."""
    set_picture(draft, block_id, name, "")


def set_picture(draft: Draft, block_id: str, name: str, media_id: str) -> None:
    """Put a picture into a block."""
    draft.blocks[_find_place(draft, block_id)]["shared"][name] = media_id


# What the buttons are called, with what they need to know after the dot.
ACTIONS: dict[str, tuple[int, Callable[..., None]]] = {
    "add": (1, add_block),
    "copy": (1, copy_block),
    "remove": (1, remove_block),
    "undo": (0, bring_back),
    "up": (1, lambda draft, block_id: move_block(draft, -1, block_id)),
    "down": (1, lambda draft, block_id: move_block(draft, 1, block_id)),
    "hide": (1, turn_block),
    "row-add": (3, add_row),
    "row-up": (4, lambda draft, *where: move_row(draft, -1, *where)),
    "row-down": (4, lambda draft, *where: move_row(draft, 1, *where)),
    "row-remove": (4, remove_row),
    "picture-clear": (2, clear_picture),
    "show": (0, lambda _draft: None),
}


def apply_action(draft: Draft, action: str) -> None:
    """Carry out a button such as `up.b1` or `row-add.b1.en.rows`; raises Invalid for one that is not known."""
    name, *where = action.split(".")
    count, work = ACTIONS.get(name, (-1, None))
    if work is None or len(where) != count:
        raise Invalid("action", "“{value}” is not a button of this page. Reload the page.", value=action[:60])
    work(draft, *where)


def name_field(block_id: str, language: str, field_name: str, fields: Sequence[Field]) -> str:
    """The form's name of a page's field, as gaps speak of it."""
    shared = any(f.name == field_name and f.shared for f in fields)
    return f"b.{block_id}.{SHARED if shared else language}.{field_name}"
