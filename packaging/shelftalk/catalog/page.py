"""A product's page: ordered blocks, and a text per language for each. Knows the rules for publishing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as make_field
from datetime import datetime

from shelftalk.catalog.block import Field, Value, parse_value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import DEFAULT, LANGUAGES
from shelftalk.errors import Invalid, mark

MAX_BLOCKS = 40
Texts = dict[str, dict[str, Value]]  # block id -> field name -> value
Times = dict[str, dict[str, str]]  # language tag -> block id -> when its text last changed, as it is stored


@dataclass(frozen=True)
class Block:
    """One block on a page; `shared` holds the values all languages have in common."""

    id: str
    type: str
    hidden: bool
    shared: dict[str, str]


@dataclass(frozen=True)
class PageContent:
    """What a page says: its blocks in order and, per language tag, their texts. The unit that is published."""

    blocks: tuple[Block, ...]
    texts: dict[str, Texts]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages with a headline, in the site's order."""
        return tuple(tag for tag in LANGUAGES if self.get_title(tag))

    def get_title(self, tag: str) -> str:
        """The product's name in a language, or empty."""
        hero = next((block for block in self.blocks if block.type == "hero"), None)
        value = self.texts.get(tag, {}).get(hero.id, {}).get("title", "") if hero else ""
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class Page:
    """The working draft of a product's page. `revision` counts its saves."""

    product_id: int
    content: PageContent
    revision: int
    updated_at: datetime
    updated_by: str  # the person's name; empty for the command line
    source: str = DEFAULT  # the language the others are translated from
    times: Times = make_field(default_factory=dict)
    editor: str = ""  # the open editor that saved last, so that a lost answer is no conflict with oneself

    def list_older(self) -> dict[str, list[str]]:
        """Per language, the blocks whose source text changed after their own: they may say something outdated."""
        written = self.content.texts
        origin, source_times = written.get(self.source, {}), self.times.get(self.source, {})
        return {
            tag: [
                block_id
                for block_id, values in texts.items()
                if any(values.values())
                and any(origin.get(block_id, {}).values())
                and source_times.get(block_id, "") > self.times.get(tag, {}).get(block_id, "")
            ]
            for tag, texts in written.items()
            if tag != self.source
        }


@dataclass(frozen=True)
class Gap:
    """Something missing before a page can be published: where (language, block, field) and what to do."""

    language: str
    block_id: str
    field: str
    message: str
    values: dict[str, object]


def make_block(kind: str) -> Block:
    """A new, empty block; raises Invalid for an unknown kind."""
    get_block_type(kind)
    return Block("b" + secrets.token_hex(4), kind, False, {})


def make_content() -> PageContent:
    """The page a new product starts with: headline, text, steps, facts, questions, buy link."""
    return PageContent(tuple(make_block(kind) for kind in ("hero", "steps", "facts", "faq", "buy")), {})


def parse_content(raw: Mapping[str, object]) -> PageContent:
    """Read a page from the editor's or a file's JSON; raises Invalid on the first thing wrong."""
    raw_blocks = raw.get("blocks")
    raw_texts = raw.get("texts")
    if not isinstance(raw_blocks, list) or not isinstance(raw_texts, Mapping):
        raise Invalid("page", "The page was not sent whole. Reload it and save again.")
    if len(raw_blocks) > MAX_BLOCKS:
        raise Invalid(
            "blocks",
            "{value} blocks are too many: at most {allowed}.",
            value=len(raw_blocks),
            allowed=MAX_BLOCKS,
        )
    blocks = tuple(_parse_block(item) for item in raw_blocks)
    if len({block.id for block in blocks}) != len(blocks):
        raise Invalid("blocks", "Two blocks of the page have the same mark. Reload the page and save again.")
    texts = {str(tag): _parse_texts(str(tag), blocks, value) for tag, value in raw_texts.items()}
    return PageContent(blocks, texts)


def _parse_block(raw: object) -> Block:
    if not isinstance(raw, Mapping):
        raise Invalid("blocks", "The page was not sent whole. Reload it and save again.")
    kind = get_block_type(str(raw.get("type")))
    block_id = str(raw.get("id", ""))
    if not (2 <= len(block_id) <= 20 and block_id.isascii() and block_id.isalnum()):
        raise Invalid(
            "blocks",
            "“{value}” is not the mark of a block. Reload the page and save again.",
            value=block_id[:30],
        )
    given = raw.get("shared")
    shared = given if isinstance(given, Mapping) else {}
    values = {f.name: str(parse_value(f, shared.get(f.name))) for f in kind.fields if f.shared}
    return Block(block_id, kind.name, bool(raw.get("hidden")), values)


def _parse_texts(tag: str, blocks: Sequence[Block], raw: object) -> Texts:
    if tag not in LANGUAGES:
        raise Invalid(
            "language",
            "“{value}” is not a language of this site. Choose one of: {allowed}.",
            value=tag,
            allowed=tuple(LANGUAGES),
        )
    given = raw if isinstance(raw, Mapping) else {}
    texts: Texts = {}
    for block in blocks:
        values = given.get(block.id)
        if isinstance(values, Mapping):
            fields = [f for f in get_block_type(block.type).fields if not f.shared]
            texts[block.id] = {f.name: parse_value(f, values.get(f.name)) for f in fields}
    return texts


def list_references(content: PageContent, kind: str, block: Block | None = None) -> set[str]:
    """What the fields of one kind, such as pictures, name on the page or in one of its blocks; in every language."""
    found: set[str] = set()
    for one in (block,) if block else content.blocks:
        texts = [blocks[one.id] for blocks in content.texts.values() if one.id in blocks]
        for part in get_block_type(one.type).fields:
            holders: list[Mapping[str, Value]] = [dict(one.shared)] if part.shared else [*texts]
            found.update(name for held in holders for name in _list_named(part, held.get(part.name, ""), kind))
    return found - {""}


def _list_named(field: Field, value: Value, kind: str) -> list[str]:
    if isinstance(value, list):
        return [row.get(sub.name, "") for row in value for sub in field.fields if sub.kind == kind]
    return [value] if field.kind == kind else []


def format_content(content: PageContent) -> dict[str, object]:
    """The page as plain JSON values; `parse_content` reads it back."""
    return {
        "blocks": [{"id": b.id, "type": b.type, "hidden": b.hidden, "shared": b.shared} for b in content.blocks],
        "texts": content.texts,
    }


def list_gaps(content: PageContent) -> list[Gap]:
    """What is missing before the page can be published: a language, a required field, an alternative text."""
    if not content.languages:
        return [
            Gap(
                "",
                "",
                "title",
                "No language has a headline yet. Write the product's name in at least one.",
                {},
            )
        ]
    return [
        gap
        for tag in content.languages
        for block in content.blocks
        if not block.hidden
        for gap in _list_block_gaps(content, tag, block)
    ]


def _list_block_gaps(content: PageContent, tag: str, block: Block) -> list[Gap]:
    kind = get_block_type(block.type)
    texts = content.texts.get(tag, {}).get(block.id, {})
    if not any(texts.values()) and block.type != "hero":
        return []  # a block left empty in a language is left out of it
    gaps = []
    either = [block.shared.get(name) or texts.get(name) for name in kind.either]
    for field in kind.fields:
        value = block.shared.get(field.name) if field.shared else texts.get(field.name)
        lacking = field.required or (field.name in kind.either[-1:] and not any(either))
        part = _find_half_row(field, value)
        if (lacking and not value) or part:
            values: dict[str, object] = {
                "field": field.label,
                "block": kind.label,
                "language": LANGUAGES[tag].name,
            }
            more: dict[str, object] = {"part": part} if part else {}
            gaps.append(Gap(tag, block.id, field.name, _HALF_ROW if part else _EMPTY, values | more))
    return gaps


_EMPTY = mark("“{field}” of “{block}” is empty in {language}.")
_HALF_ROW = mark("“{part}” is missing in a row of “{field}” of “{block}” in {language}.")


def _find_half_row(field: Field, value: object) -> str:
    """What the first unfinished row lacks, or empty."""
    rows = value if isinstance(value, list) else []
    return next((sub.label for row in rows for sub in field.fields if sub.required and not row.get(sub.name)), "")
