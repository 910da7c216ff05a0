"""Questions shoppers leave when the page has no answer. No identity: a text, where it was asked, and how often."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from shelftalk.catalog.block import MAX_ROWS, parse_value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.page import MAX_BLOCKS, Block, PageContent, make_block
from shelftalk.errors import Invalid, mark

MAX_QUESTION = 160  # what fits a row of a page's questions
STATES = {"open": mark("Open"), "answered": mark("Answered"), "dismissed": mark("Dismissed")}


@dataclass(frozen=True)
class Question:
    """A question, however often it was asked in the same words in one language of one product's page."""

    id: int
    product_id: int
    block_id: str
    language: str
    text: str
    state: str
    asked: int
    first_on: date
    last_on: date
    decided_by: str


def parse_question(text: str, field: str = "question") -> str:
    """A question as typed, in one line; raises Invalid when it is empty or too long."""
    line = " ".join(text.replace("\x00", "").split())
    if not line:
        raise Invalid(field, "Write your question first.")
    if len(line) <= MAX_QUESTION:
        return line
    raise Invalid(
        field,
        "“{value}…” has {length} characters. At most {allowed} fit: shorten it by {excess}.",
        value=line[:30],
        length=len(line),
        allowed=MAX_QUESTION,
        excess=len(line) - MAX_QUESTION,
    )


def parse_answer(text: str) -> str:
    """An answer as the page's own editor takes it; raises Invalid when it is empty or too long."""
    rows = get_block_type("faq").get_field("rows")
    field = next(sub for sub in rows.fields if sub.name == "answer") if rows else None
    answer = str(parse_value(field, text)) if field else text
    if not answer:
        raise Invalid("answer", "This is empty. Fill it in.")
    return answer


def add_row(
    content: PageContent, language: str, question: str, answer: str, *, block_id: str, heading: str
) -> PageContent:
    """The page with a question and its answer at the end of the block it was asked in, or of the first of its kind.

    A page without one gets a new block, and a block without a heading in the language gets `heading`. Raises Invalid
    when the page is full.
    """
    block = _choose_block(content, block_id)
    if block is None:
        if len(content.blocks) >= MAX_BLOCKS:
            raise Invalid(
                "blocks", "{value} blocks are too many: at most {allowed}.", value=MAX_BLOCKS + 1, allowed=MAX_BLOCKS
            )
        block = make_block("faq")
        content = replace(content, blocks=(*content.blocks, block))
    texts = dict(content.texts.get(language, {}))
    values = dict(texts.get(block.id, {}))
    found = values.get("rows")
    rows = [*(found if isinstance(found, list) else []), {"question": question, "answer": answer}]
    if len(rows) > MAX_ROWS:
        raise Invalid("answer", "{value} rows are too many: at most {allowed}.", value=len(rows), allowed=MAX_ROWS)
    texts[block.id] = {**values, "heading": values.get("heading") or heading, "rows": rows}
    return replace(content, texts={**content.texts, language: texts})


def _choose_block(content: PageContent, block_id: str) -> Block | None:
    blocks = [block for block in content.blocks if block.type == "faq"]
    return next((block for block in blocks if block.id == block_id), blocks[0] if blocks else None)
