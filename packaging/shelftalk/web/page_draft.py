"""A page while it is edited: as its form says it, mistakes and all; knows no request, no store and no button.

A field is named after where it stands: `b.<block>.<language>.<field>`, with `shared` in the language's place for
what all languages have in common, and `….<row>.<field>` inside rows. `block` comes once a block, in order.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shelftalk.catalog.block import Field
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import get_language
from shelftalk.catalog.page import MAX_BLOCKS, PageContent, format_content
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
        f.name: _read_rows(f, values.get(f.name)) if f.kind == "rows" else _read_one(f, values.get(f.name))
        for f in get_block_type(kind).fields
        if f.shared == shared
    }


def _read_rows(field: Field, given: object) -> list[dict[str, str]]:
    numbered = _as_dict(given)
    order = sorted((key for key in numbered if key.isdecimal() and len(key) < 6), key=int)
    return [{sub.name: _read_one(sub, _as_dict(numbered[key]).get(sub.name)) for sub in field.fields} for key in order]


def _read_one(field: Field, given: object) -> str:
    """A text; a point of a picture comes as two numbers, of which one may be left out."""
    if field.kind != "focus" or not isinstance(given, dict):
        return _as_text(given)
    across, down = (_as_text(given.get(name)).strip() for name in ("x", "y"))
    return f"{across or 50} {down or 50}" if across or down else ""


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
