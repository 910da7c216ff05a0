"""What the sample brand's shoppers wrote: reviews, some with the brand's answer, and questions. Knows no store."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from shelftalk.catalog.languages import get_language
from shelftalk.catalog.page import Block, PageContent, Texts
from shelftalk.catalog.question import STATES as QUESTION_STATES
from shelftalk.catalog.question import parse_question
from shelftalk.catalog.review import MAX_NAME, MAX_TEXT, STATES, parse_stars, parse_text
from shelftalk.errors import Invalid
from shelftalk.sample.brand import DATA, SampleBrand, SampleProduct

BLOCK_ID = "voices"


@dataclass(frozen=True)
class SampleReview:
    """A review of a product, named by its slug; its day counted back from the day it is loaded."""

    product: str
    language: str
    stars: int
    text: str
    name: str
    state: str
    answer: str
    days_ago: int


@dataclass(frozen=True)
class SampleQuestion:
    """A question left on a product's page, and how often."""

    product: str
    language: str
    text: str
    state: str
    asked: int
    days_ago: int


@dataclass(frozen=True)
class SampleVoices:
    """All of it, with the block's heading and invitation by language."""

    headings: dict[str, tuple[str, str]]
    reviews: tuple[SampleReview, ...]
    questions: tuple[SampleQuestion, ...]


def load_voices() -> SampleVoices:
    """The voices, read by the catalog's own parsers, the oldest first; raises Invalid on the first thing wrong."""
    raw = json.loads((DATA / "voices.json").read_text(encoding="utf-8"))
    headings = {get_language(tag).tag: (heading, invitation) for tag, (heading, invitation) in raw["headings"].items()}
    reviews = sorted((_parse_review(item) for item in raw["reviews"]), key=lambda review: -review.days_ago)
    questions = sorted((_parse_question(item) for item in raw["questions"]), key=lambda item: -item.days_ago)
    return SampleVoices(headings, tuple(reviews), tuple(questions))


def _parse_review(raw: dict[str, Any]) -> SampleReview:
    return SampleReview(
        product=raw["product"],
        language=get_language(raw["language"]).tag,
        stars=parse_stars(str(raw["stars"])),
        text=parse_text(raw["text"], "text", MAX_TEXT),
        name=parse_text(raw["name"], "name", MAX_NAME),
        state=_choose(raw["state"], tuple(STATES)),
        answer=parse_text(raw["answer"], "answer", MAX_TEXT),
        days_ago=int(raw["days_ago"]),
    )


def _parse_question(raw: dict[str, Any]) -> SampleQuestion:
    return SampleQuestion(
        product=raw["product"],
        language=get_language(raw["language"]).tag,
        text=parse_question(raw["text"]),
        state=_choose(raw["state"], tuple(QUESTION_STATES)),
        asked=int(raw["asked"]),
        days_ago=int(raw["days_ago"]),
    )


def _choose(value: str, allowed: tuple[str, ...]) -> str:
    if value in allowed:
        return value
    raise Invalid("state", "“{value}” is not one of: {allowed}.", value=value, allowed=allowed)


def add_blocks(brand: SampleBrand, voices: SampleVoices) -> SampleBrand:
    """The brand with a block of reviews on the page of each product that has reviews."""
    return replace(brand, products=tuple(_add_block(product, voices) for product in brand.products))


def _add_block(product: SampleProduct, voices: SampleVoices) -> SampleProduct:
    """The block comes after the page's questions."""
    content = product.content
    if product.slug not in {review.product for review in voices.reviews}:
        return product
    place = max((n for n, block in enumerate(content.blocks) if block.type == "faq"), default=0) + 1
    block = Block(BLOCK_ID, "reviews", False, {"shown": "3"})
    texts: dict[str, Texts] = {}
    for tag, words in content.texts.items():
        heading, invitation = voices.headings[tag]
        texts[tag] = {**words, BLOCK_ID: {"heading": heading, "invitation": invitation}}
    blocks = (*content.blocks[:place], block, *content.blocks[place:])
    return replace(product, content=PageContent(blocks, texts))
