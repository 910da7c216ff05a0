"""Loads what the sample's shoppers sent: answers to its survey, coupons taken, items registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shelftalk.catalog.placement import Placement
from shelftalk.catalog.warranty import Registration, find_delete_day
from shelftalk.sample.brand import SamplePlacement
from shelftalk.sample.offers import SampleOffers, make_answers, make_givings
from shelftalk.store import Db, coupons, surveys, warranties
from shelftalk.store.whence import Whence


def add_sent(
    db: Db,
    offers: SampleOffers,
    made: Sequence[SamplePlacement],
    placed: Mapping[str, Placement],
    product_ids: Mapping[str, int],
    at: datetime,
    days: int,
) -> None:
    """Add all of it, each at its time."""
    _slug, survey = offers.find("survey")
    for answer in make_answers(offers, made, days):
        whence = _make_whence(placed[answer.placement], survey.id, answer.language)
        surveys.add_answer(db, whence, answer.choices, at=at - timedelta(days=answer.days_ago))
    slug, coupon = offers.find("coupon")
    coupons.add_coupons(db, product_ids[slug], coupon.id, offers.coupons, at=at - timedelta(days=days))
    for place, days_ago in make_givings(offers, made, days):
        whence = _make_whence(placed[place.key], coupon.id, place.language)
        coupons.take_coupon(db, whence, at=at - timedelta(days=days_ago))
    _add_items(db, offers, product_ids, at)


def _make_whence(placement: Placement, block_id: str, language: str) -> Whence:
    return Whence(placement.product_id, block_id, 1, language, placement.code, placement.id, placement.location_id)


def _add_items(db: Db, offers: SampleOffers, product_ids: Mapping[str, int], at: datetime) -> None:
    slug, block = offers.find("warranty")
    whence = Whence(product_ids[slug], block.id, 1, "en")
    for item in offers.items:
        then = at - timedelta(days=item.days_ago)
        given = Registration(lot=item.lot, bought_on=then.date() - timedelta(days=1), shop=item.shop)
        delete_on = find_delete_day(block.shared, then.date())
        words = str(offers.blocks[slug][1]["en"][block.id]["consent"])
        warranties.register(db, whence, given, consent=words, delete_on=delete_on, at=then)
