"""Periods: presets, chosen days, and what each is compared with."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalk.errors import Invalid
from shelftalk.reports.periods import PRESETS, Period, make_period, parse_period

TODAY = date(2026, 11, 22)  # a Sunday


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("today", TODAY, TODAY),
        ("7", date(2026, 11, 16), TODAY),
        ("28", date(2026, 10, 26), TODAY),
        ("90", date(2026, 8, 25), TODAY),
        ("month", date(2026, 11, 1), TODAY),
        ("last-month", date(2026, 10, 1), date(2026, 10, 31)),
    ],
)
def test_presets_end_today_or_with_the_last_month(preset: str, first: date, last: date) -> None:
    assert make_period(preset, TODAY) == Period(first, last)


def test_every_preset_but_own_has_days() -> None:
    assert all(make_period(preset, TODAY).days >= 1 for preset in PRESETS if preset != "own")


def test_a_place_where_it_is_tomorrow_already_is_not_cut_off() -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert make_period("7", TODAY, tomorrow).to_day == tomorrow
    assert make_period("7", TODAY, tomorrow).days == 7
    assert make_period("today", TODAY, tomorrow) == Period(TODAY, tomorrow)


@given(st.dates(date(2001, 1, 1), date(2100, 1, 1)), st.integers(1, 1100))
def test_the_earlier_period_has_the_same_length_and_weekdays_and_no_common_day(first: date, days: int) -> None:
    period = Period(first, first + timedelta(days=days - 1))
    earlier = period.earlier
    assert earlier.days == period.days
    assert [day.weekday() for day in earlier] == [day.weekday() for day in period]
    assert earlier.to_day < period.from_day
    assert (period.from_day - earlier.to_day).days <= 7


@given(st.integers(1, 1100))
def test_every_day_belongs_to_a_point_that_begins_in_the_period(days: int) -> None:
    period = Period(TODAY, TODAY + timedelta(days=days - 1))
    begins = {period.begin_of(day) for day in period}
    assert all(begin in period for begin in begins)
    assert len(begins) == -(-days // period.step)


def test_swapped_days_are_refused_with_the_fix() -> None:
    with pytest.raises(Invalid, match="Swap the two days") as caught:
        parse_period(date(2026, 11, 10), date(2026, 11, 1))
    assert caught.value.field == "to"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (None, TODAY, "from"),
        (TODAY, None, "to"),
        (date(2020, 1, 1), TODAY, "from"),
        (date(1, 1, 1), date(1, 1, 2), "from"),
    ],
)
def test_a_missing_day_or_a_period_too_long_is_refused(first: date | None, last: date | None, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_period(first, last)
    assert caught.value.field == field


def test_a_day_may_be_a_period() -> None:
    assert parse_period(TODAY, TODAY).days == 1
