"""Reviews: takes shoppers' stars and words, shows all published ones, and lets staff read, decide and answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Blueprint, flash, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.review import (
    HELD,
    MAX_ANSWER,
    MAX_NAME,
    MAX_TEXT,
    STARS,
    STATES,
    ReviewInput,
    parse_stars,
    parse_text,
)
from shelftalk.errors import Invalid
from shelftalk.reports.exports import write_table_csv
from shelftalk.store import Db
from shelftalk.store import products as product_store
from shelftalk.store import reviews as review_store
from shelftalk.store.reviews import ReviewRow
from shelftalk.store.rows import ListQuery
from shelftalk.web import touch
from shelftalk.web.forms import fresh_form, go_to, read_form, render_form
from shelftalk.web.lists import read_list_query
from shelftalk.web.pages import after_change
from shelftalk.web.security import get_actor, requires, safe_next
from shelftalk.web.sent import catch, send_file
from shelftalk.web.state import state
from shelftalk.web.texts import _, ngettext
from shelftalk.web.touch import Reply, Touch, is_trapped

bp = Blueprint("reviews", __name__, url_prefix="/admin/reviews")
ACTIONS = {"publish": "published", "refuse": "refused", "wait": "waiting"}
COLUMNS = ("product", "written", "stars", "language", "name", "text", "state", "held", "answer", "answered")
MOST_AT_ONCE = 500


# ---- shoppers ----


def take(touch: Touch) -> Reply:
    """Keep a review until it is read, or give the form back with what is wrong."""
    if is_trapped(touch):
        return Reply(said=touch.block.id)
    typed = {name: touch.form.get(name, "") for name in ("stars", "text", "name")}
    errors: dict[str, str] = {}
    stars, text, name = 0, "", ""
    with catch(errors, touch):
        stars = parse_stars(typed["stars"])
    with catch(errors, touch):
        text = parse_text(typed["text"], "text", MAX_TEXT)
    with catch(errors, touch):
        name = " ".join(parse_text(typed["name"], "name", MAX_NAME).split())
    if errors:
        return Reply("answers/reviews-form.html", {"typed": typed, "errors": errors}, 422)
    day = clock.today(state().settings.timezone)
    with state().store.write() as db:
        given = ReviewInput(stars, text, name)
        review_store.add_review(db, touch.product.id, touch.block.id, touch.language, given, on=day)
    return Reply(said=touch.block.id, act="review")


def show_all(touch: Touch) -> Reply:
    """All published reviews, or those with so many stars."""
    asked, page = touch.form.get("ask", ""), touch.form.get("page", "1")
    stars = int(asked) if asked.isdecimal() and len(asked) == 1 and int(asked) in STARS else 0
    number = int(page) if page.isdecimal() and len(page) < 7 else 1
    with state().store.read() as db:
        rating = review_store.get_rating(db, touch.product.id)
        listing = review_store.list_published(db, touch.product.id, touch.language, stars=stars, page=max(1, number))
    return Reply("answers/reviews-all.html", {"rating": rating, "listing": listing, "stars": stars})


def say(_touch: Touch) -> Reply:
    """Thank for a review, and say what happens to it."""
    return Reply("answers/reviews-said.html")


touch.DOES["reviews"] = take
touch.ASKS["reviews"] = show_all
touch.SAYS["reviews"] = say


# ---- staff ----


def read_query() -> ListQuery:
    """What the address asks of the list."""
    sorts = tuple(review_store.SORTS)
    return read_list_query(sorts=sorts, filters=("state", "stars", "language", "product"))


def list_product_choices(db: Db) -> list[tuple[str, str]]:
    """The products, to filter by."""
    listing = product_store.list_products(db, ListQuery(sort="name", per_page=500))
    return [("", _("All products")), *((str(product.id), product.name) for product in listing.rows)]


def list_language_choices() -> list[tuple[str, str]]:
    """The languages, to filter by."""
    return [("", _("All languages")), *((tag, language.name) for tag, language in LANGUAGES.items())]


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    query = read_query()
    with state().store.read() as db:
        listing = review_store.list_reviews(db, query)
        filters = _list_filters(db)
    return render_template(
        "reviews/index.html",
        query=query,
        listing=listing,
        filters=filters,
        undo=session.pop("undo_reviews", None),
        held=HELD,
        here=request.full_path.rstrip("?"),
    )


def _list_filters(db: Db) -> list[tuple[str, str, list[tuple[str, str]]]]:
    stars = [("", _("All stars")), *((str(n), ngettext("{n} star", "{n} stars", n)) for n in STARS)]
    return [
        ("state", _("Status"), [("", _("Any status")), *((key, _(label)) for key, label in STATES.items())]),
        ("stars", _("Stars"), stars),
        ("product", _("Product"), list_product_choices(db)),
        ("language", _("Language"), list_language_choices()),
    ]


@bp.post("/decide")
@requires("marketer")
def decide() -> ResponseReturnValue:
    """Publish or refuse one review or all ticked ones."""
    form = read_form("action", "back")
    wanted = ACTIONS.get(form.get("action"))
    if wanted is None:
        raise Invalid("action", "“{value}” is not something to do with reviews.", value=form.get("action")[:30])
    by, at = get_actor().name, clock.now()
    with state().store.write() as db:
        done = [i for i in _read_ids() if review_store.decide_review(db, i, wanted, by=by, at=at)]
    if done:
        after_change()
        session["undo_reviews"] = {"ids": done[:MOST_AT_ONCE], "state": wanted}
    else:
        flash(_("Nothing changed."), "info")
    return go_to(_read_back())


@bp.post("/undo")
@requires("marketer")
def undo() -> ResponseReturnValue:
    """Take the last decision about the reviews back."""
    by, at = get_actor().name, clock.now()
    with state().store.write() as db:
        for review_id in _read_ids():
            review_store.undo_decision(db, review_id, by=by, at=at)
    after_change()
    flash(_("Undone."), "success")
    return go_to(_read_back())


def _read_ids() -> list[int]:
    ids = [int(text) for text in request.form.getlist("id") if text.isdecimal() and len(text) < 10]
    return list(dict.fromkeys(ids))[:MOST_AT_ONCE]


def _read_back() -> str:
    back = safe_next(request.form.get("back", ""))
    return back if back.startswith("/admin/reviews/") else url_for("reviews.index")


@bp.get("/<int:review_id>")
@requires("staff")
def show(review_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        review = review_store.get_review(db, review_id)
        decisions = review_store.list_decisions(db, review_id)
    return _render(review, decisions, fresh_form(answer=review.answer))


@bp.post("/<int:review_id>")
@requires("marketer")
def answer(review_id: int) -> ResponseReturnValue:
    """Write, change or take away the brand's public answer; `publish` publishes the review with it."""
    form = read_form("answer", "action")
    with state().store.read() as db:
        review = review_store.get_review(db, review_id)
        decisions = review_store.list_decisions(db, review_id)
    text = form.parse("answer", lambda given: parse_text(given, "answer", MAX_ANSWER), "")
    if not form.valid:
        return _render(review, decisions, form)
    by, at = get_actor().name, clock.now()
    day = clock.today(state().settings.timezone)
    with state().store.write() as db:
        review_store.answer_review(db, review_id, text, by=by, on=day, at=at)
        if form.get("action") == "publish":
            review_store.decide_review(db, review_id, "published", by=by, at=at)
    after_change()
    flash(_("Saved."), "success")
    return go_to(url_for("reviews.show", review_id=review_id))


@bp.post("/<int:review_id>/erase")
@requires("marketer")
def erase(review_id: int) -> ResponseReturnValue:
    """Delete a review for good, as its writer may ask."""
    with state().store.write() as db:
        review_store.erase_review(db, review_id)
    after_change()
    flash(_("The review is deleted."), "success")
    return go_to(url_for("reviews.index"))


def _render(review: ReviewRow, decisions: Sequence[review_store.Decision], form: object) -> ResponseReturnValue:
    return render_form(
        "reviews/show.html",
        form,  # type: ignore[arg-type]
        review=review,
        decisions=decisions,
        held=HELD,
        states=STATES,
        undo=session.pop("undo_reviews", None),
        here=request.path,
    )


@bp.get("/reviews.csv")
@requires("staff")
def export() -> ResponseReturnValue:
    with state().store.read() as db:
        text = write_table_csv(COLUMNS, _list_cells(review_store.each_review(db, read_query())))
    return send_file(text, "reviews.csv", "text/csv; charset=utf-8")


def _list_cells(rows: Iterator[ReviewRow]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        written, answered = row.written_on.isoformat(), row.answered_on.isoformat() if row.answered_on else ""
        about = (row.product_name, written, row.stars, row.language, row.name, row.text)
        yield (*about, row.state, row.held, row.answer, answered)
