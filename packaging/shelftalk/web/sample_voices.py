"""Loads the sample's reviews and questions into the store, each on its day, decided about as in life."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from shelftalk import clock
from shelftalk.catalog.review import ReviewInput
from shelftalk.sample.voices import BLOCK_ID, SampleQuestion, SampleReview, SampleVoices
from shelftalk.store import Db, questions, reviews

PERSON = "Mina"  # who decided


def add_voices(db: Db, voices: SampleVoices, product_ids: Mapping[str, int], today: date, at: datetime) -> None:
    """Add all of them."""
    for review in voices.reviews:
        _add_review(db, review, product_ids[review.product], today, at)
    for question in voices.questions:
        _add_question(db, question, product_ids[question.product], today, at)


def _add_review(db: Db, review: SampleReview, product_id: int, today: date, at: datetime) -> None:
    day, then = clock.days_before(today, review.days_ago), at - timedelta(days=review.days_ago)
    given = ReviewInput(review.stars, review.text, review.name)
    review_id = reviews.add_review(db, product_id, BLOCK_ID, review.language, given, on=day)
    if review.answer:
        reviews.answer_review(db, review_id, review.answer, by=PERSON, on=day, at=then)
    reviews.decide_review(db, review_id, review.state, by=PERSON, at=then)


def _add_question(db: Db, question: SampleQuestion, product_id: int, today: date, at: datetime) -> None:
    day, then = clock.days_before(today, question.days_ago), at - timedelta(days=question.days_ago)
    about = (product_id, "faq", question.language, question.text)
    ids = {questions.add_question(db, *about, on=day, at=then) for _time in range(question.asked)}
    if question.state != "open":
        questions.set_state(db, max(ids), question.state, by=PERSON, at=then)
