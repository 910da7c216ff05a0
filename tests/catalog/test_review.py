"""The arithmetic of stars, and what a review may be."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shelftalk.catalog.review import STARS, Rating, find_reason, parse_stars, parse_text, shorten
from shelftalk.errors import Invalid


@pytest.mark.parametrize(
    ("counts", "average", "percent"),
    [
        ({}, "0", 0),
        ({5: 1}, "5.0", 100),
        ({5: 1, 4: 1}, "4.5", 90),
        ({5: 2, 4: 1}, "4.7", 94),
        ({5: 1, 4: 3}, "4.3", 86),  # 4.25: halves go up
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, "3.0", 60),
        ({5: 199, 4: 1}, "5.0", 100),
        ({3: 7}, "3.0", 60),
    ],
)
def test_the_average_is_exact_to_one_decimal(counts: dict[int, int], average: str, percent: int) -> None:
    rating = Rating(counts)
    assert (rating.average, rating.percent, rating.count) == (Decimal(average), percent, sum(counts.values()))


def test_bars_are_shares_of_all_reviews_five_stars_first() -> None:
    assert Rating({5: 3, 1: 1}).bars == [(5, 3, 75), (4, 0, 0), (3, 0, 0), (2, 0, 0), (1, 1, 25)]
    assert [stars for stars, _count, _share in Rating().bars] == list(STARS)


@pytest.mark.parametrize(("typed", "stars"), [("5", 5), (" 1 ", 1), ("۳", 3)])
def test_stars_are_read_in_any_digits(typed: str, stars: int) -> None:
    assert parse_stars(typed) == stars


@pytest.mark.parametrize("typed", ["", "0", "6", "55", "4.5", "five", "²", "9" * 5000])
def test_anything_but_one_to_five_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_stars(typed)


def test_a_text_keeps_its_paragraphs_and_loses_its_surplus_blanks() -> None:
    assert parse_text(" a  b \r\n\r\n\r\n\r\n c\x00 ", "text", 20) == "a b\n\nc"
    with pytest.raises(Invalid, match="shorten it by 1"):
        parse_text("x" * 21, "text", 20)


@pytest.mark.parametrize("text", ["90 °C, 3.5 min", "Dr. Who", "4.5 stars", "Чай как чай. Хороший", "ЧАЙ!", "茶。很香"])
def test_honest_words_are_not_held(text: str) -> None:
    assert find_reason(text, "Anna") == ""


def test_a_long_text_is_cut_between_words_or_anywhere_in_chinese() -> None:
    assert shorten("short") == "short"
    assert shorten("one two three", 9) == "one two…"
    assert shorten("好" * 30, 10) == "好" * 10 + "…"
