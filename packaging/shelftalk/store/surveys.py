"""Answers to surveys: one row a form, one a choice. No name, no address."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shelftalk.catalog.page import PageContent, parse_content
from shelftalk.catalog.survey import Choice
from shelftalk.clock import format_at
from shelftalk.store.db import Db
from shelftalk.store.rows import make_record
from shelftalk.store.whence import Whence

EVER = (date(2000, 1, 1), date(9998, 12, 31))
ALL_PLACES = -1


@dataclass(frozen=True)
class SurveyAsk:
    """Whose answers, and which: in a language (empty: all), at a location (0: nowhere, -1: all), on days (UTC)."""

    product_id: int
    block_id: str
    language: str = ""
    location_id: int = ALL_PLACES
    days: tuple[date, date] = EVER

    def params(self) -> dict[str, object]:
        """The same for statements."""
        return self.block_params() | {"language": self.language, "location_id": self.location_id}

    def block_params(self) -> dict[str, object]:
        """Only block and days."""
        first, last = (datetime.combine(day, time(), UTC) for day in self.days)
        days = {"from_at": format_at(first), "to_at": format_at(last + timedelta(days=1) - timedelta(milliseconds=1))}
        return {"product_id": self.product_id, "block_id": self.block_id} | days


@dataclass(frozen=True)
class ChoiceCount:
    """How many chose a line of a question, as a version asked it in a language."""

    version: int
    language: str
    question: int
    choice: int
    n: int


@dataclass(frozen=True)
class QuestionCount:
    """How many answered a question at all."""

    version: int
    language: str
    question: int
    n: int


@dataclass(frozen=True)
class PlaceCount:
    """How many forms came by a code (empty: the product's own address) in a language."""

    version: int
    language: str
    placement_id: int
    location_id: int
    code: str
    n: int


@dataclass(frozen=True)
class WrittenAnswer:
    """What somebody wrote."""

    id: int
    at: datetime
    version: int
    language: str
    question: int
    text: str


@dataclass(frozen=True)
class StoredEdition:
    """A published version of a page, with the moment it was published."""

    version: int
    published_at: datetime
    content: PageContent


def add_answer(db: Db, whence: Whence, choices: Sequence[Choice], *, at: datetime) -> int:
    """Keep one form; gives its number."""
    answer_id = int(db.value("add_survey_answer", **whence.params(at)))
    rows = [{"answer_id": answer_id, "question": c.question, "choice": c.choice, "text": c.text} for c in choices]
    db.run_many("add_survey_choice", rows)
    return answer_id


def count_surveys(db: Db, product_id: int) -> dict[str, int]:
    """How many forms each survey of a product got, by block."""
    return {row["block_id"]: int(row["answers"]) for row in db.list("list_surveys", product_id=product_id)}


def count_answers(db: Db, product_id: int, block_id: str) -> int:
    """How many forms a survey got."""
    return int(db.value("count_survey_answers", product_id=product_id, block_id=block_id))


def list_counts(db: Db, ask: SurveyAsk) -> list[ChoiceCount]:
    """How often each line was chosen."""
    return [make_record(ChoiceCount, row) for row in db.list("list_survey_counts", **ask.params())]


def list_question_counts(db: Db, ask: SurveyAsk) -> list[QuestionCount]:
    """How many answered each question."""
    return [make_record(QuestionCount, row) for row in db.list("list_survey_question_counts", **ask.params())]


def list_places(db: Db, ask: SurveyAsk) -> list[PlaceCount]:
    """Where the forms came from, in all languages and from all places."""
    return [make_record(PlaceCount, row) for row in db.list("list_survey_places", **ask.block_params())]


def list_texts(db: Db, ask: SurveyAsk, limit: int = 500) -> list[WrittenAnswer]:
    """What was written, the newest first."""
    return [make_record(WrittenAnswer, row) for row in db.list("list_survey_texts", limit=limit, **ask.params())]


def list_editions(db: Db, product_id: int) -> list[StoredEdition]:
    """Every version of a page as it was published."""
    rows = db.list("list_page_contents", product_id=product_id)
    return [make_record(StoredEdition, {**row, "content": parse_content(json.loads(row["content"]))}) for row in rows]
