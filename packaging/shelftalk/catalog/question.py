"""Questions shoppers leave when the page has no answer. No identity: a text, where it was asked, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shelftalk.errors import Invalid, mark

MAX_QUESTION = 160  # what fits a row of a page's questions
STATES = {"open": mark("Open"), "answered": mark("Answered"), "dismissed": mark("Dismissed")}


@dataclass(frozen=True)
class Question:
    """A question, however often it was asked in the same words in one language of one product's page."""

    id: int
    product_id: int
    block_id: str
    language: str
    text: str
    state: str
    asked: int
    first_on: date
    last_on: date
    decided_by: str


def parse_question(text: str, field: str = "question") -> str:
    """A question as typed, in one line; raises Invalid when it is empty or too long."""
    line = " ".join(text.replace("\x00", "").split())
    if not line:
        raise Invalid(field, "Write your question first.")
    if len(line) <= MAX_QUESTION:
        return line
    raise Invalid(
        field,
        "“{value}…” has {length} characters. At most {allowed} fit: shorten it by {excess}.",
        value=line[:30],
        length=len(line),
        allowed=MAX_QUESTION,
        excess=len(line) - MAX_QUESTION,
    )
