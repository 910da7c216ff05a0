"""Pages with one block or all kinds of content blocks in them, for tests that render them."""

from __future__ import annotations

from collections.abc import Mapping

from shelftalk.catalog.block import BlockType, Field, Value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import PageContent, parse_content

KINDS = ("nutrition", "ingredients", "recipe", "care", "recall", "press", "contact", "shops", "social", "share")


def make_page(kind: str, texts: Mapping[str, object], shared: Mapping[str, str] | None = None) -> PageContent:
    """A page of a headline and one block, the same texts in every language."""
    blocks = [
        {"id": "hero", "type": "hero", "hidden": False, "shared": {}},
        {"id": "it", "type": kind, "hidden": False, "shared": shared or {}},
    ]
    return parse_content(
        {"blocks": blocks, "texts": {tag: {"hero": {"title": "Tea"}, "it": texts} for tag in LANGUAGES}}
    )


def make_full_page(kinds: tuple[str, ...] = KINDS, text: str = "Words & more") -> PageContent:
    """A page with one block of each kind, every field of it filled in; `text` is what all texts say."""
    blocks: list[dict[str, object]] = [{"id": "hero", "type": "hero", "hidden": False, "shared": {}}]
    texts: dict[str, Mapping[str, Value]] = {"hero": {"title": "Tea"}}
    for kind in kinds:
        block_type = get_block_type(kind)
        shared = {f.name: fill_field(f, text) for f in block_type.fields if f.shared}
        blocks.append({"id": f"b{kind}", "type": kind, "hidden": False, "shared": shared})
        texts[f"b{kind}"] = fill_texts(block_type, text)
    return parse_content({"blocks": blocks, "texts": dict.fromkeys(LANGUAGES, texts)})


def fill_texts(kind: BlockType, text: str) -> dict[str, Value]:
    """What a block says in a language, nothing left out."""
    return {f.name: fill_field(f, text) for f in kind.fields if not f.shared}


def fill_field(field: Field, text: str) -> Value:
    """Something that fits the field."""
    if field.kind == "rows":
        return [{sub.name: str(fill_field(sub, text)) for sub in field.fields}] * 2
    if field.kind in ("line", "text", "markdown"):
        return text[: field.max_length]
    last = field.options[-1][0] if field.options else ""
    fitting = {"url": "https://tea.example/a?b=1&c=2", "email": "tea@hillside.example", "date": "2026-11-22"}
    return {**fitting, "number": "12.5", "check": "1", "choice": last}[field.kind]
