"""Surveys: takes shoppers' answers, shows staff the results and gives them as files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.survey import Choice, check_question, list_questions, list_uneven, read_edition
from shelftalk.errors import Invalid, NotFound
from shelftalk.reports.surveys import FEW, QuestionResult, make_results, write_survey_csv, write_survey_xlsx
from shelftalk.store import Db, rollups
from shelftalk.store import sent as sent_store
from shelftalk.store import surveys as survey_store
from shelftalk.store.sent import Holder
from shelftalk.store.surveys import ALL_PLACES, PlaceCount, SurveyAsk, WrittenAnswer
from shelftalk.web import touch
from shelftalk.web.i18n import current_tag
from shelftalk.web.lists import read_list_query
from shelftalk.web.security import requires
from shelftalk.web.sent import catch, get_texts, get_whence, send_file
from shelftalk.web.state import state
from shelftalk.web.texts import _
from shelftalk.web.touch import Reply, Touch, is_trapped

bp = Blueprint("surveys", __name__, url_prefix="/admin/surveys")


# ---- shoppers ----


def take(touch: Touch) -> Reply:
    """Keep a form's answers, or give the form back with what is missing."""
    if is_trapped(touch):
        return Reply(said=touch.block.id)
    questions = list_questions(touch.content, touch.block.id, touch.language)
    if not questions:
        raise NotFound("This part of the page is no longer there. Open the page again.")
    typed = {f"q{question.number}": request.form.getlist(f"q{question.number}") for question in questions}
    errors: dict[str, str] = {}
    choices: list[Choice] = []
    for question in questions:
        with catch(errors, touch):
            choices += check_question(question, typed[f"q{question.number}"])
    with catch(errors, touch):
        if not choices and not errors:
            raise Invalid("", "Answer at least one question, then send.")
    if errors:
        return Reply("answers/survey-form.html", _show(touch) | {"typed": typed, "errors": errors}, 422)
    with state().store.write() as db:
        survey_store.add_answer(db, get_whence(db, touch), choices, at=clock.now())
    return Reply(said=touch.block.id)


def say(touch: Touch) -> Reply:
    """Thank for the answers."""
    return Reply("answers/survey-said.html", _show(touch))


def _show(touch: Touch) -> dict[str, object]:
    texts = get_texts(touch)
    return {"texts": texts, "rows": texts.get("rows", [])}


touch.DOES["survey"] = take
touch.SAYS["survey"] = say


# ---- staff ----


@dataclass(frozen=True)
class SurveyLine:
    """A survey in the list."""

    product_id: int
    block_id: str
    product_name: str
    heading: str
    answers: int
    goal: int
    shown: bool  # whether shoppers see it now


@dataclass(frozen=True)
class Shown:
    """A survey's results as asked for."""

    ask: SurveyAsk
    product_name: str
    heading: str
    goal: int
    total: int
    counted: int  # of the language and location asked for
    results: list[QuestionResult]
    texts: dict[int, list[WrittenAnswer]]  # by place in `results`
    places: list[PlaceCount]
    languages: dict[str, int]
    uneven: list[str]
    live: bool

    @property
    def narrowed(self) -> bool:
        """Whether only some answers are counted."""
        return bool(self.ask.language) or self.ask.location_id != ALL_PLACES

    @property
    def too_few(self) -> bool:
        """Whether so few are left that they could be told apart."""
        return self.narrowed and self.counted < FEW


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    query = read_list_query(sorts=("product",))
    with state().store.read() as db:
        holders = sent_store.list_holders(db, "survey", query)
        lines = [line for holder in holders.rows for line in _list_lines(db, holder)]
    return render_template("surveys/index.html", query=query, listing=holders, surveys=lines)


def _list_lines(db: Db, holder: Holder) -> list[SurveyLine]:
    """A product's surveys: those on its page, then those that were."""
    answered = survey_store.count_surveys(db, holder.product_id)
    lines = [
        SurveyLine(
            holder.product_id,
            one.block.id,
            holder.product_name,
            one.get_text("heading", current_tag()),
            answered.pop(one.block.id, 0),
            int(float(one.block.shared.get("goal") or 0)),
            one.shown,
        )
        for one in sent_store.list_blocks(db, "survey", holder)
    ]
    name = holder.product_name
    gone = [SurveyLine(holder.product_id, block, name, "", count, 0, False) for block, count in answered.items()]
    return [*lines, *gone]


@bp.get("/<int:product_id>/<block>")
@requires("staff")
def show(product_id: int, block: str) -> ResponseReturnValue:
    with state().store.read() as db:
        shown = _read(db, _read_ask(product_id, block))
        names = {location.id: location.name for location in rollups.list_location_names(db)}
    return render_template(
        "surveys/show.html",
        shown=shown,
        locations=names,
        places=_merge_places(shown.places),
        uneven=[LANGUAGES[tag].name for tag in shown.uneven],
        FEW=FEW,
    )


def _read_ask(product_id: int, block: str) -> SurveyAsk:
    language, location = request.args.get("language", ""), request.args.get("location", "")
    return SurveyAsk(
        product_id,
        block[:20],
        language if language in LANGUAGES else "",
        int(location) if location.isdecimal() and len(location) < 10 else ALL_PLACES,
    )


def _read(db: Db, ask: SurveyAsk) -> Shown:
    """The results; raises NotFound when there never was such a survey."""
    editions = {one.version: one.content for one in survey_store.list_editions(db, ask.product_id)}
    blocks = {v: b for v, content in editions.items() for b in content.blocks if b.id == ask.block_id}
    if not blocks or any(block.type != "survey" for block in blocks.values()):
        raise NotFound("There is no such survey. Look at the list of surveys.")
    newest, tag = max(blocks), current_tag()
    asked = {version: read_edition(editions[version], block) for version, block in blocks.items()}
    results = make_results(asked, survey_store.list_counts(db, ask), survey_store.list_question_counts(db, ask), tag)
    places = survey_store.list_places(db, ask)
    published = sent_store.find_block(db, "survey", ask.product_id, ask.block_id)
    written = survey_store.list_texts(db, ask)
    return Shown(
        ask=ask,
        product_name=sent_store.find_product_name(db, ask.product_id),
        heading=published.get_text("heading", tag) if published else "",
        goal=int(float(blocks[newest].shared.get("goal") or 0)),
        total=sum(place.n for place in places),
        counted=sum(place.n for place in places if _fits(place, ask)),
        results=results,
        texts={place: _pick_texts(result, written) for place, result in enumerate(results)},
        places=places,
        languages={tag: n for tag in LANGUAGES if (n := sum(p.n for p in places if p.language == tag))},
        uneven=list_uneven(asked[newest]),
        live=published is not None,
    )


def _fits(place: PlaceCount, ask: SurveyAsk) -> bool:
    return ask.language in ("", place.language) and ask.location_id in (ALL_PLACES, place.location_id)


def _pick_texts(result: QuestionResult, written: Sequence[WrittenAnswer]) -> list[WrittenAnswer]:
    return [one for one in written if (one.version, one.language, one.question) in result.nodes]


@bp.get("/<int:product_id>/<block>/results.csv")
@requires("staff")
def export_csv(product_id: int, block: str) -> ResponseReturnValue:
    with state().store.read() as db:
        shown = _read(db, SurveyAsk(product_id, block[:20]))
    return send_file(write_survey_csv(shown.results), f"survey-{block[:20]}.csv", "text/csv; charset=utf-8")


@bp.get("/<int:product_id>/<block>/results.xlsx")
@requires("staff")
def export_xlsx(product_id: int, block: str) -> ResponseReturnValue:
    with state().store.read() as db:
        shown = _read(db, SurveyAsk(product_id, block[:20]))
        names = {location.id: location.name for location in rollups.list_location_names(db)}
    texts = [
        (shown.results[place].words, one.at.date(), one.language, one.text)
        for place, written in shown.texts.items()
        for one in written
    ]
    places = [(one.code, names.get(one.location_id, _("Anywhere")), one.n) for one in _merge_places(shown.places)]
    content = write_survey_xlsx(shown.results, texts, places)
    return send_file(
        content, f"survey-{block[:20]}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )


def _merge_places(places: Sequence[PlaceCount]) -> list[PlaceCount]:
    """One line a code, whatever version and language was read."""
    merged: dict[str, PlaceCount] = {}
    for place in places:
        before = merged.get(place.code)
        n = place.n + (before.n if before else 0)
        merged[place.code] = PlaceCount(0, "", place.placement_id, place.location_id, place.code, n)
    return sorted(merged.values(), key=lambda place: -place.n)
