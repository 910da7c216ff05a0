"""Reviews and every decision about them. A page shows published ones only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shelftalk.catalog.languages import fold_text
from shelftalk.catalog.page import Block
from shelftalk.catalog.review import Rating, Review, ReviewBoard, ReviewInput, find_reason, fold_review
from shelftalk.store.db import Db
from shelftalk.store.extras import LOADERS
from shelftalk.store.pages import mark_changed
from shelftalk.store.rows import Listing, ListQuery, make_param, make_record
from shelftalk.store.search import make_pattern

SORTS = {"state": "state_rank", "written_on": "written_on", "stars": "stars", "product": "product_name"}
ON_PAGE = 8  # of each language, at most


@dataclass(frozen=True)
class ReviewRow(Review):
    """A review with what a list shows beside it."""

    product_name: str
    product_slug: str


@dataclass(frozen=True)
class Decision:
    """Who did what to a review. `state`: waiting, published, refused, or answer when the brand's answer changed."""

    id: int
    at: datetime
    by: str
    state: str
    answer: str


def add_review(db: Db, product_id: int, block_id: str, language: str, given: ReviewInput, *, on: date) -> int:
    """Keep a review until somebody has read it; gives its id."""
    folded = fold_review(given.text)
    held = find_reason(given.text, given.name)
    if not held and folded and db.find("find_same_review", product_id=product_id, folded=folded):
        held = "duplicate"
    return int(
        db.value(
            "add_review",
            product_id=product_id,
            block_id=block_id,
            language=language,
            stars=given.stars,
            text=given.text,
            name=given.name,
            folded=folded,
            search_text=fold_text(f"{given.text} {given.name}"),
            held=held,
            on=make_param(on),
        )
    )


def get_review(db: Db, review_id: int) -> ReviewRow:
    """The review with this id; raises NotFound."""
    return make_record(ReviewRow, db.get("get_review", id=review_id))


def list_reviews(db: Db, query: ListQuery) -> Listing[ReviewRow]:
    """One page of the reviews."""
    params = _read_filters(query)
    rows = db.list("list_reviews", _order(query), limit=query.per_page, offset=query.offset, **params)
    total = int(db.value("count_reviews", **params))
    return Listing([make_record(ReviewRow, row) for row in rows], total, query.page, query.per_page)


def each_review(db: Db, query: ListQuery) -> Iterator[ReviewRow]:
    """All reviews that match, for an export."""
    rows = db.list("list_reviews", _order(query), limit=1_000_000, offset=0, **_read_filters(query))
    return (make_record(ReviewRow, row) for row in rows)


def _order(query: ListQuery) -> str:
    return f"{query.order(SORTS, 'state').removesuffix(', id')}, id desc"


def _read_filters(query: ListQuery) -> dict[str, object]:
    return {
        "pattern": make_pattern(query.search),
        "product_id": query.number("product"),
        "stars": query.number("stars"),
        "language": query.filter("language"),
        "state": query.filter("state"),
    }


def decide_review(db: Db, review_id: int, state: str, *, by: str, at: datetime) -> bool:
    """Publish or refuse a review, or let it wait again; False when it was so already. Raises NotFound."""
    review = get_review(db, review_id)
    if review.state == state:
        return False
    db.run("set_review_state", id=review_id, state=state)
    _note(db, review_id, state, "", by, at)
    mark_changed(db, review.product_id)
    return True


def undo_decision(db: Db, review_id: int, *, by: str, at: datetime) -> None:
    """Put a review back to what it was before the last decision; raises NotFound."""
    states = [item.state for item in list_decisions(db, review_id) if item.state != "answer"]
    decide_review(db, review_id, states[1] if len(states) > 1 else "waiting", by=by, at=at)


def answer_review(db: Db, review_id: int, answer: str, *, by: str, on: date, at: datetime) -> None:
    """Set the brand's public answer; empty takes it away. Raises NotFound."""
    review = get_review(db, review_id)
    if review.answer == answer:
        return
    db.run("set_review_answer", id=review_id, answer=answer, on=make_param(on) if answer else None)
    _note(db, review_id, "answer", answer, by, at)
    mark_changed(db, review.product_id)


def erase_review(db: Db, review_id: int) -> None:
    """Delete a review with all that was decided about it, when its writer asks for that; raises NotFound."""
    review = get_review(db, review_id)
    db.run("drop_review_decisions", review_id=review_id)
    db.run("drop_review", id=review_id)
    mark_changed(db, review.product_id)


def _note(db: Db, review_id: int, state: str, answer: str, by: str, at: datetime) -> None:
    db.run("add_review_decision", review_id=review_id, at=make_param(at), by=by, state=state, answer=answer)


def list_decisions(db: Db, review_id: int) -> list[Decision]:
    """Everything that was decided about a review, the last first."""
    return [make_record(Decision, row) for row in db.list("list_review_decisions", review_id=review_id)]


def get_rating(db: Db, product_id: int) -> Rating:
    """What the published reviews of a product amount to."""
    return Rating({row["stars"]: row["n"] for row in db.list("count_review_stars", product_id=product_id)})


def list_published(
    db: Db, product_id: int, language: str, *, stars: int = 0, page: int = 1, per_page: int = 20
) -> Listing[Review]:
    """One page of a product's published reviews, those in the reader's language first, the newest first."""
    params: Mapping[str, object] = {"product_id": product_id, "stars": stars}
    total = int(db.value("count_published_reviews", **params))
    page = min(page, max(1, -(-total // per_page)))
    offset = (page - 1) * per_page
    rows = db.list("list_published_reviews", language=language, limit=per_page, offset=offset, **params)
    return Listing([make_record(Review, row) for row in rows], total, page, per_page)


def load_board(db: Db, product_id: int, _block: Block) -> ReviewBoard:
    """What a page's block shows."""
    rows = db.list("list_newest_reviews", product_id=product_id, limit=ON_PAGE)
    return ReviewBoard(get_rating(db, product_id), tuple(make_record(Review, row) for row in rows))


def count_waiting(db: Db) -> int:
    """How many reviews nobody has decided about."""
    return int(db.value("count_waiting_reviews"))


LOADERS["reviews"] = load_board
