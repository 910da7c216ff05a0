"""Questions shoppers left: one row for the same words on the same page in the same language, with how often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from shelftalk.catalog.languages import fold_text
from shelftalk.catalog.question import Question
from shelftalk.store.db import Db
from shelftalk.store.rows import Listing, ListQuery, make_param, make_record
from shelftalk.store.search import make_pattern

SORTS = {
    "state": "state_rank",
    "asked": "asked",
    "last_on": "last_on",
    "product": "product_name",
    "language": "language",
}
MOST_OPEN = 2000  # of a product; beyond that somebody is playing


@dataclass(frozen=True)
class QuestionRow(Question):
    """A question with what a list shows beside it."""

    product_name: str
    product_slug: str
    product_status: str


def add_question(db: Db, product_id: int, block_id: str, language: str, text: str, *, on: date, at: datetime) -> int:
    """Count a question; gives its id, or 0 when too many wait already.

    One that was answered and is asked again after the answer went live is open again; a dismissed one stays dismissed.
    """
    folded = " ".join(_fold(text).split())
    params = {"product_id": product_id, "language": language, "folded": folded}
    if (
        db.find("find_question", **params) is None
        and db.value("count_open_questions", product_id=product_id) >= MOST_OPEN
    ):
        return 0
    return int(db.value("add_question", block_id=block_id, text=text, day=make_param(on), at=make_param(at), **params))


def _fold(text: str) -> str:
    return "".join(c if c.isalnum() else " " for c in fold_text(text)) or text


def get_question(db: Db, question_id: int) -> QuestionRow:
    """The question with this id; raises NotFound."""
    return make_record(QuestionRow, db.get("get_question", id=question_id))


def list_questions(db: Db, query: ListQuery) -> Listing[QuestionRow]:
    """One page of the questions."""
    params = _read_filters(query)
    rows = db.list("list_questions", _order(query), limit=query.per_page, offset=query.offset, **params)
    total = int(db.value("count_questions", **params))
    return Listing([make_record(QuestionRow, row) for row in rows], total, query.page, query.per_page)


def each_question(db: Db, query: ListQuery) -> Iterator[QuestionRow]:
    """All questions that match, for an export."""
    rows = db.list("list_questions", _order(query), limit=1_000_000, offset=0, **_read_filters(query))
    return (make_record(QuestionRow, row) for row in rows)


def _order(query: ListQuery) -> str:
    return f"{query.order(SORTS, 'state').removesuffix(', id')}, asked desc, id desc"


def _read_filters(query: ListQuery) -> dict[str, object]:
    return {
        "pattern": make_pattern(query.search),
        "product_id": query.number("product"),
        "language": query.filter("language"),
        "state": query.filter("state"),
    }


def set_state(db: Db, question_id: int, state: str, *, by: str, at: datetime) -> None:
    """Answer, dismiss or reopen a question; raises NotFound."""
    db.get("set_question_state", id=question_id, state=state, by=by, at=make_param(at))


def count_open(db: Db) -> int:
    """How many questions wait for an answer."""
    return int(db.value("count_all_open_questions"))
