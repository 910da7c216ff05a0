"""Questions: finds what a page says about one, keeps what it cannot answer, and lets staff answer or dismiss it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.finder import Match, find_passages, list_passages, mark_words
from shelftalk.catalog.question import MAX_QUESTION, STATES, add_row, parse_answer, parse_question
from shelftalk.errors import Invalid
from shelftalk.reports.exports import write_table_csv
from shelftalk.store import Db
from shelftalk.store import pages as page_store
from shelftalk.store import questions as question_store
from shelftalk.store.questions import QuestionRow
from shelftalk.store.rows import ListQuery
from shelftalk.web import touch
from shelftalk.web.actions import note_action
from shelftalk.web.forms import Form, fresh_form, go_to, once, read_form, render_form
from shelftalk.web.lists import read_list_query
from shelftalk.web.reviews import list_language_choices, list_product_choices
from shelftalk.web.security import get_actor, requires, safe_next
from shelftalk.web.sent import catch, send_file
from shelftalk.web.state import state
from shelftalk.web.texts import _
from shelftalk.web.touch import Reply, Touch, is_trapped

bp = Blueprint("questions", __name__, url_prefix="/admin/questions")
COLUMNS = ("product", "language", "question", "asked", "first", "last", "state", "decided_by")


# ---- shoppers ----


@dataclass(frozen=True)
class FoundText:
    """A passage as the answer page shows it; texts come in pieces, each with whether it was asked for."""

    heading: str
    title: list[tuple[str, bool]]
    text: list[tuple[str, bool]]
    anchor: str
    plain: str


def ask(touch: Touch) -> Reply:
    """What the page says about a question, and a way to leave it."""
    question = " ".join(touch.form.get("ask", "").replace("\x00", "").split())[:MAX_QUESTION]
    if question:
        note_action(touch, "ask")
    return Reply("answers/faq-found.html", _search(touch, question) | {"errors": {}})


def _search(touch: Touch, question: str) -> dict[str, object]:
    matches = find_passages(question, list_passages(touch.content, touch.language))
    return {"typed": {"question": question}, "matches": [_show_match(match, question) for match in matches]}


def _show_match(match: Match, question: str) -> FoundText:
    found = match.passage
    title, text = mark_words(found.title, question), mark_words(found.text, question)
    return FoundText(found.heading, title, text, found.anchor, found.title or found.heading or found.text[:60])


def take(touch: Touch) -> Reply:
    """Keep a question, or give the form back with what is wrong."""
    if is_trapped(touch):
        return Reply(said=touch.block.id)
    errors: dict[str, str] = {}
    with catch(errors, touch):
        question = parse_question(touch.form.get("question", ""))
        at = clock.now()
        day = clock.local_hour(at, state().settings.timezone)[0]
        with state().store.write() as db:
            about = (touch.product.id, touch.block.id, touch.language)
            if not question_store.add_question(db, *about, question, on=day, at=at):
                raise Invalid("question", "Very many questions are waiting just now. Please come back another day.")
        return Reply(said=touch.block.id, act="question")
    typed = touch.form.get("question", "")
    return Reply("answers/faq-found.html", {"typed": {"question": typed}, "matches": [], "errors": errors}, 422)


def say(_touch: Touch) -> Reply:
    """Thank for a question."""
    return Reply("answers/faq-said.html")


touch.ASKS["faq"] = ask
touch.DOES["faq"] = take
touch.SAYS["faq"] = say


# ---- staff ----


def read_query() -> ListQuery:
    """What the address asks of the list."""
    return read_list_query(sorts=tuple(question_store.SORTS), filters=("state", "product", "language"))


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    query = read_query()
    with state().store.read() as db:
        listing = question_store.list_questions(db, query)
        filters = _list_filters(db)
    here = request.full_path.rstrip("?")
    return render_template(
        "questions/index.html", query=query, listing=listing, filters=filters, states=STATES, here=here
    )


def _list_filters(db: Db) -> list[tuple[str, str, list[tuple[str, str]]]]:
    return [
        ("state", _("Status"), [("", _("Any status")), *((key, _(label)) for key, label in STATES.items())]),
        ("product", _("Product"), list_product_choices(db)),
        ("language", _("Language"), list_language_choices()),
    ]


@bp.get("/<int:question_id>")
@requires("marketer")
def show(question_id: int) -> ResponseReturnValue:
    question = _get(question_id)
    return _render(question, fresh_form(question=question.text, answer=""))


@bp.post("/<int:question_id>")
@requires("marketer")
def answer(question_id: int) -> ResponseReturnValue:
    """Add the question with its answer to the page's draft, over nobody's work."""
    question = _get(question_id)
    form = read_form("question", "answer")
    with once(form) as earlier:
        if earlier:
            return earlier
        asked = form.parse("question", parse_question, "")
        answered = form.parse("answer", parse_answer, "")
        if form.valid:
            with form.catch():
                _add_to_draft(question, asked, answered)
                flash(_("The answer is in the draft. Publish the page, then shoppers read it."), "success")
                return form.done(f"/admin/products/{question.product_id}/page?show={question.language}")
        return _render(question, form)


def _add_to_draft(question: QuestionRow, asked: str, answered: str) -> None:
    at, by = clock.now(), get_actor().name
    heading = state().translator.translate("Questions", question.language)
    with state().store.write() as db:
        page = page_store.get_page(db, question.product_id)
        content = add_row(page.content, question.language, asked, answered, block_id=question.block_id, heading=heading)
        page_store.save_page(db, question.product_id, page.revision, content, by=by, at=at)
        question_store.set_state(db, question.id, "answered", by=by, at=at)


@bp.post("/decide")
@requires("marketer")
def decide() -> ResponseReturnValue:
    """Dismiss questions, or open them again."""
    wanted = {"dismiss": "dismissed", "open": "open"}.get(request.form.get("action", ""))
    if wanted is None:
        given = request.form.get("action", "")[:30]
        raise Invalid("action", "“{value}” is not something to do with questions.", value=given)
    by, at = get_actor().name, clock.now()
    ids = [int(text) for text in request.form.getlist("id") if text.isdecimal() and len(text) < 10]
    with state().store.write() as db:
        for question_id in dict.fromkeys(ids):
            question_store.set_state(db, question_id, wanted, by=by, at=at)
    if ids:
        flash(_("Dismissed.") if wanted == "dismissed" else _("Open again."), "success")
    back = safe_next(request.form.get("back", ""))
    return go_to(back if back.startswith("/admin/questions/") else url_for("questions.index"))


def _get(question_id: int) -> QuestionRow:
    with state().store.read() as db:
        return question_store.get_question(db, question_id)


def _render(question: QuestionRow, form: Form) -> ResponseReturnValue:
    with state().store.read() as db:
        content = page_store.get_page(db, question.product_id).content
    found = find_passages(question.text, list_passages(content, question.language), limit=3)
    matches = [match.passage for match in found]
    return render_form("questions/show.html", form, question=question, matches=matches, states=STATES)


@bp.get("/questions.csv")
@requires("staff")
def export() -> ResponseReturnValue:
    with state().store.read() as db:
        text = write_table_csv(COLUMNS, _list_cells(question_store.each_question(db, read_query())))
    return send_file(text, "questions.csv", "text/csv; charset=utf-8")


def _list_cells(rows: Iterator[QuestionRow]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        days = (row.first_on.isoformat(), row.last_on.isoformat())
        yield (row.product_name, row.language, row.text, row.asked, *days, row.state, row.decided_by)
