"""What the sample brand asks and offers: a survey with answers, a pool of coupons, a warranty. Knows no store."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shelftalk.catalog.page import Block, PageContent, Texts, parse_content
from shelftalk.catalog.survey import Choice
from shelftalk.catalog.warranty import LETTERS
from shelftalk.sample.brand import DATA, SampleBrand, SamplePlacement, SampleProduct

SEED = 20_261
WHEN = (34, 21, 26, 40)  # how many of a hundred tick each line of the first question
TASTE = (4, 9, 44, 31, 12)  # how the scale is answered
RATES = {"both": 0.85, "text": 0.3}  # who answers the scale, and who writes something


@dataclass(frozen=True)
class SampleAnswer:
    """A form somebody sent: from a placement, so many days ago."""

    placement: str
    language: str
    choices: tuple[Choice, ...]
    days_ago: float


@dataclass(frozen=True)
class SampleItem:
    """An item somebody registered."""

    lot: str
    shop: str
    days_ago: int


@dataclass(frozen=True)
class SampleOffers:
    """All of it; each block by the slug of its product."""

    blocks: Mapping[str, tuple[Block, Mapping[str, Texts]]]
    written: Mapping[str, Sequence[str]]
    answers: int
    coupons: tuple[str, ...]
    given: int
    items: tuple[SampleItem, ...]

    def find(self, kind: str) -> tuple[str, Block]:
        """The product and block of a kind."""
        return next((slug, block) for slug, (block, _texts) in self.blocks.items() if block.type == kind)


def load_offers() -> SampleOffers:
    """The offers, read by the catalog's own parsers; raises Invalid on the first thing wrong."""
    raw = json.loads((DATA / "offers.json").read_text(encoding="utf-8"))
    chance = random.Random(SEED)  # noqa: S311 (made-up codes)
    coupons = {"TEA-" + "".join(chance.choices(LETTERS, k=6)): None for _ in range(raw["coupons"])}
    return SampleOffers(
        blocks={item["product"]: _parse_block(item) for item in raw["blocks"]},
        written=raw["written"],
        answers=raw["answers"],
        coupons=tuple(coupons),
        given=raw["given"],
        items=tuple(SampleItem(**item) for item in raw["items"]),
    )


def _parse_block(raw: Mapping[str, Any]) -> tuple[Block, Mapping[str, Texts]]:
    name = raw["block"]["id"]
    texts = {tag: {name: values} for tag, values in raw["texts"].items()}
    content = parse_content({"blocks": [raw["block"]], "texts": texts})
    return content.blocks[0], content.texts


def add_offers(brand: SampleBrand, offers: SampleOffers) -> SampleBrand:
    """The brand with its offers on their pages."""
    return replace(brand, products=tuple(_add_block(product, offers) for product in brand.products))


def _add_block(product: SampleProduct, offers: SampleOffers) -> SampleProduct:
    """The block comes after the page's questions, where somebody has read on."""
    if product.slug not in offers.blocks:
        return product
    block, words = offers.blocks[product.slug]
    content = product.content
    place = max((n for n, other in enumerate(content.blocks) if other.type == "faq"), default=0) + 1
    texts = {tag: {**own, **words.get(tag, {})} for tag, own in content.texts.items()}
    blocks = (*content.blocks[:place], block, *content.blocks[place:])
    return replace(product, content=PageContent(blocks, texts))


def make_answers(offers: SampleOffers, placements: Sequence[SamplePlacement], days: int) -> list[SampleAnswer]:
    """Answers to the survey, the oldest first; the same at every call."""
    chance = random.Random(SEED)  # noqa: S311 (made-up answers)
    slug, _block = offers.find("survey")
    places = [one for one in placements if one.product == slug and one.retired_days_ago is None]
    weights = [one.weight for one in places]
    made = [_make_answer(chance, chance.choices(places, weights)[0], offers, days) for _ in range(offers.answers)]
    return sorted(made, key=lambda answer: -answer.days_ago)


def _make_answer(chance: random.Random, place: SamplePlacement, offers: SampleOffers, days: int) -> SampleAnswer:
    ticked = [line for line, rate in enumerate(WHEN, 1) if chance.random() * 100 < rate] or [4]
    choices = [Choice(1, line) for line in ticked]
    if chance.random() < RATES["both"]:
        choices.append(Choice(2, chance.choices(range(1, 6), TASTE)[0]))
    if chance.random() < RATES["text"]:
        choices.append(Choice(3, 0, chance.choice(offers.written[place.language])))
    oldest = min(days, place.installed_days_ago or days)
    return SampleAnswer(place.key, place.language, tuple(choices), chance.uniform(0.1, max(oldest, 1)))


def make_givings(
    offers: SampleOffers, placements: Sequence[SamplePlacement], days: int
) -> list[tuple[SamplePlacement, float]]:
    """From which placement each coupon was taken, and how many days ago; the oldest first."""
    chance = random.Random(SEED + 1)  # noqa: S311 (made up)
    slug, _block = offers.find("coupon")
    places = [one for one in placements if one.product == slug and one.retired_days_ago is None]
    made = [
        (place, chance.uniform(0.1, max(min(days, place.installed_days_ago or days), 1)))
        for place in chance.choices(places, [one.weight for one in places], k=offers.given)
    ]
    return sorted(made, key=lambda one: -one[1])
