"""The sample's survey, coupons and warranty: whole in every language, and believable in numbers."""

from __future__ import annotations

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import list_gaps
from shelftalk.catalog.survey import list_questions, list_uneven, read_edition
from shelftalk.sample.brand import load_brand
from shelftalk.sample.offers import add_offers, load_offers, make_answers, make_givings

OFFERS = load_offers()
BRAND = add_offers(load_brand(), OFFERS)


def test_every_offer_is_whole_in_every_language() -> None:
    for product in BRAND.products:
        assert list_gaps(product.content) == []
        if product.slug in OFFERS.blocks:
            block = OFFERS.blocks[product.slug][0]
            assert block in product.content.blocks
            assert all(product.content.texts[tag][block.id] for tag in LANGUAGES)


def test_the_survey_asks_the_same_in_every_language() -> None:
    slug, block = OFFERS.find("survey")
    content = next(product.content for product in BRAND.products if product.slug == slug)
    assert list_uneven(read_edition(content, block)) == []
    assert [question.kind for question in list_questions(content, block.id, "fa")] == ["several", "scale", "text"]


def test_answers_come_from_the_products_own_placements_and_are_always_the_same() -> None:
    slug, _block = OFFERS.find("survey")
    answers = make_answers(OFFERS, BRAND.placements, 90)
    own = {place.key for place in BRAND.placements if place.product == slug}
    assert len(answers) == OFFERS.answers
    assert {answer.placement for answer in answers} <= own
    assert answers == make_answers(OFFERS, BRAND.placements, 90)
    assert len({answer.language for answer in answers}) >= 3


def test_most_coupons_are_gone_and_the_pool_is_running_out() -> None:
    assert len(OFFERS.coupons) == 200
    assert len(make_givings(OFFERS, BRAND.placements, 90)) == OFFERS.given == 187
