"""Shoppers' reviews: what may be written, what looks like spam, and the average. Knows no store and no page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from shelftalk.catalog.languages import fold_text
from shelftalk.errors import Invalid, mark

STARS = (5, 4, 3, 2, 1)
MAX_TEXT = 2000
MAX_NAME = 40
MAX_ANSWER = 2000
STATES = {"waiting": mark("Waiting"), "published": mark("Published"), "refused": mark("Refused")}
# Why a review wants a closer look before it is published.
HELD = {
    "": "",
    "link": mark("It holds a link or an address."),
    "duplicate": mark("Another review says the same."),
    "shouting": mark("It is all capitals or the same sign over and over."),
}
_LINK = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|net|org|ru|ir|cn|tw|top|xyz|shop|info|biz|io|me)\b|[\w.]+@\w|t\.me/", re.I
)


@dataclass(frozen=True)
class Review:
    """A review as it is kept: no account, no address; the name is what its writer chose to be called."""

    id: int
    product_id: int
    block_id: str
    language: str
    stars: int
    text: str
    name: str
    state: str
    held: str
    written_on: date
    answer: str
    answered_on: date | None


@dataclass(frozen=True)
class ReviewInput:
    """A review as a shopper filled it in, checked."""

    stars: int
    text: str
    name: str


@dataclass(frozen=True)
class Rating:
    """How many published reviews gave how many stars."""

    counts: Mapping[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def average(self) -> Decimal:
        """To one decimal, halves up; 0 when there is none."""
        total = sum(stars * n for stars, n in self.counts.items())
        return _round(Decimal(total) / self.count) if self.count else Decimal(0)

    @property
    def percent(self) -> int:
        """The average as the filled part of five stars."""
        return int((self.average * 20).to_integral_value(ROUND_HALF_UP))

    @property
    def bars(self) -> list[tuple[int, int, int]]:
        """For each number of stars, five first: how many, and how long its bar is in per cent of all."""
        return [(stars, self.counts.get(stars, 0), self._share(stars)) for stars in STARS]

    def _share(self, stars: int) -> int:
        return round(100 * self.counts.get(stars, 0) / self.count) if self.count else 0


def _round(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True)
class ReviewBoard:
    """What a page shows of its reviews: the rating, and the newest of each language."""

    rating: Rating
    newest: Sequence[Review] = ()

    def choose(self, language: str, limit: int) -> list[Review]:
        """The newest in the reader's language, then the newest in others."""
        ordered = sorted(self.newest, key=lambda review: -review.id)
        return sorted(ordered, key=lambda review: review.language != language)[:limit]


def parse_stars(text: str) -> int:
    """One to five stars, in any digits; raises Invalid."""
    digit = text.strip()
    if len(digit) == 1 and digit.isdecimal() and int(digit) in STARS:
        return int(digit)
    raise Invalid("stars", "Choose how many stars: one to five.")


def parse_text(text: str, field: str, most: int) -> str:
    """A text with its line breaks, tidied; raises Invalid when it is too long."""
    lines = [" ".join(line.split()) for line in text.replace("\x00", "").splitlines()]
    tidy = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(tidy) <= most:
        return tidy
    raise Invalid(
        field,
        "“{value}…” has {length} characters. At most {allowed} fit: shorten it by {excess}.",
        value=tidy[:30],
        length=len(tidy),
        allowed=most,
        excess=len(tidy) - most,
    )


def find_reason(text: str, name: str) -> str:
    """Why a review should be looked at closely, as a key of HELD; empty when nothing is odd."""
    if _LINK.search(f"{text} {name}"):
        return "link"
    letters = [c for c in text if c.isalpha()]
    loud = len(letters) > 20 and text.upper() == text and text.lower() != text
    return "shouting" if loud or re.search(r"(\w)\1{7,}", text) else ""


def fold_review(text: str) -> str:
    """A review's text as duplicates are told by: letters and digits only."""
    return "".join(c for c in fold_text(text) if c.isalnum())


def shorten(text: str, most: int = 280) -> str:
    """The beginning of a long text, cut between words, with an ellipsis; a short one whole."""
    if len(text) <= most:
        return text
    cut = text[:most]
    return (cut.rpartition(" ")[0] if " " in cut[most // 2 :] else cut).rstrip(" ,.;:،。，") + "…"
