"""Counts: classes reconcile, people are a range, small attribute counts stay hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shelftalk.reports.numbers import (
    CLASSES,
    EMPTY,
    Change,
    Tally,
    add_cells,
    add_days,
    count_classes,
    find_busiest,
    hide_small,
    make_line,
    measure_usual,
    total,
)
from shelftalk.reports.periods import Period
from shelftalk.scans.record import CLASSES as SPOOLED_CLASSES

DAY = date(2026, 11, 1)


@dataclass(frozen=True)
class Row:
    product_id: int
    location_id: int
    scan_class: str
    scans: int
    first_scans: int
    day: date = DAY


rows_strategy = st.lists(
    st.builds(
        lambda p, loc, kind, n, first: Row(p, loc, kind, n, min(n, first)),
        st.integers(1, 4),
        st.integers(0, 3),
        st.sampled_from(list(CLASSES)),
        st.integers(0, 50),
        st.integers(0, 50),
    ),
    max_size=40,
)


def test_every_class_the_spool_writes_has_words() -> None:
    assert tuple(CLASSES) == SPOOLED_CLASSES


@given(rows_strategy)
def test_all_classes_add_up_to_the_raw_total_and_people_to_their_own(rows: list[Row]) -> None:
    raw = sum(row.scans for row in rows)
    counts = count_classes(rows)
    assert counts.total == raw
    assert total(add_cells(rows, all_classes=True).values()).shown == raw
    people = total(add_cells(rows).values())
    assert people.shown + counts.aside == raw
    assert people == total(add_days(rows).values())


@given(rows_strategy)
def test_people_are_a_range_that_never_turns_round(rows: list[Row]) -> None:
    for tally in add_cells(rows).values():
        assert 0 <= tally.people_low <= tally.people_high == tally.person_scans
        assert (tally.people_low > 0) == (tally.person_scans > 0)


def test_repeats_are_scans_and_may_be_people_and_reloads_are_neither() -> None:
    rows = [Row(1, 1, "person", 10, 7), Row(1, 1, "repeat", 4, 0), Row(1, 1, "reload", 90, 0)]
    tally = add_cells(rows)[1, 1]
    assert (tally.shown, tally.people_low, tally.people_high) == (14, 7, 14)
    assert count_classes(rows).aside == 90


def test_where_nobody_was_first_of_the_day_there_was_still_somebody() -> None:
    assert Tally(shown=3, person_scans=3, first_scans=0).people_low == 1


def test_counting_every_class_leaves_people_as_they_are() -> None:
    rows = [Row(1, 1, "person", 10, 7), Row(1, 1, "declared_bot", 90, 0)]
    tally = add_cells(rows, all_classes=True)[1, 1]
    assert (tally.shown, tally.people_low, tally.people_high) == (100, 7, 10)


def test_five_hundred_scans_behind_one_address_are_five_hundred_scans() -> None:
    tally = add_cells([Row(1, 1, "person", 497, 1), Row(1, 1, "repeat", 3, 0)])[1, 1]
    assert (tally.shown, tally.people_low, tally.people_high) == (500, 1, 500)


def test_a_line_has_every_day_and_loses_none() -> None:
    period = Period(DAY, DAY + timedelta(days=299))
    days = {day: Tally(1, 1, 1) for day in period}
    line = make_line(days, period)
    assert period.step == 7
    assert total(tally for _day, tally in line).shown == 300
    assert make_line({}, Period(DAY, DAY + timedelta(days=2))) == [(DAY + timedelta(days=n), EMPTY) for n in range(3)]


def test_a_change_needs_something_before() -> None:
    assert Change(3, 0).share is None
    assert Change(3, 2).share == 0.5
    assert (Change(1, 2).direction, Change(2, 1).direction, Change(2, 2).direction) == ("down", "up", "same")


def test_the_busiest_is_the_one_with_most_scans_and_nobody_when_there_are_none() -> None:
    assert find_busiest({1: Tally(3), 2: Tally(8)}) == (2, Tally(8))
    assert find_busiest({1: EMPTY}) is None


def test_small_counts_are_hidden_and_cannot_be_worked_out_from_the_rest() -> None:
    told = {item.value: (item.count, item.is_small) for item in hide_small([("en", 40), ("fa", 9), ("ru", 2)])}
    assert told == {"en": (40, False), "fa": (None, False), "ru": (None, True)}
    two_small = hide_small([("en", 40), ("fa", 4), ("ru", 2), ("", 6)])
    assert [(item.value, item.count) for item in two_small] == [("en", 40), ("fa", None), ("ru", None), ("", 6)]
    assert hide_small([("en", 5), ("fa", 0)])[0].count == 5


@given(st.lists(st.integers(0, 30), max_size=6))
def test_a_hidden_count_is_never_alone_unless_it_is_all_there_is(counts: list[int]) -> None:
    told = hide_small([(f"v{n}", count) for n, count in enumerate(counts)])
    hidden = [item for item in told if item.count is None]
    assert len(hidden) != 1 or len(told) == 1
    assert all(item.count is None or item.count >= 5 for item in told)


def test_the_usual_number_counts_from_the_day_a_placement_was_put_up() -> None:
    days = {DAY + timedelta(days=n): Tally(10, 10, 5) for n in range(4)}
    last = DAY + timedelta(days=3)
    assert measure_usual(days, last) == 40 / 28
    assert measure_usual(days, last, DAY) == 10
    assert measure_usual(days, last, last + timedelta(days=9)) == 10
