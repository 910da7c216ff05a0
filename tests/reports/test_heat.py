"""Heat grids: tones, totals that add up both ways, colours one can read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalk.reports.heat import REST, choose_tone, make_heat, make_hours
from shelftalk.reports.numbers import Tally
from shelftalk.reports.periods import Period

CSS = Path(__file__).resolve().parents[2] / "static/css/reports.css"
tallies_strategy = st.dictionaries(
    st.tuples(st.integers(1, 40), st.integers(0, 30)), st.integers(0, 900).map(lambda n: Tally(n, n, 0)), max_size=120
)


@given(tallies_strategy)
def test_rows_columns_and_total_reconcile_whatever_did_not_fit(tallies: dict[tuple[int, int], Tally]) -> None:
    grid = make_heat(tallies, max_rows=6, max_columns=5)
    everything = sum(tally.shown for tally in tallies.values())
    assert len(grid.products) <= 6 and len(grid.locations) <= 5
    assert grid.total.shown == everything
    assert sum(grid.product_totals[product].shown for product in grid.products) == everything
    assert sum(grid.location_totals[location].shown for location in grid.locations) == everything
    for product in grid.products:
        row = sum(grid.get(product, location).tally.shown for location in grid.locations)
        assert row == grid.product_totals[product].shown
    for location in grid.locations:
        column = sum(grid.get(product, location).tally.shown for product in grid.products)
        assert column == grid.location_totals[location].shown


def test_busiest_come_first_anywhere_and_the_rest_last() -> None:
    tallies = {(1, 0): Tally(900), (1, 1): Tally(5), (2, 2): Tally(50), (3, 3): Tally(1), (3, 4): Tally(2)}
    grid = make_heat(tallies, max_rows=2, max_columns=4)
    assert grid.products == [1, REST]
    assert grid.locations == [2, 1, 0, REST]
    assert (grid.hidden_products, grid.hidden_locations) == (2, 2)


@pytest.mark.parametrize(
    ("count", "tone"), [(0, 0), (1, 1), (4, 1), (5, 2), (16, 3), (30, 4), (50, 5), (74, 5), (75, 6), (100, 6)]
)
def test_tones_rise_with_the_share_of_the_largest(count: int, tone: int) -> None:
    assert choose_tone(count, 100) == tone


@dataclass(frozen=True)
class HourRow:
    day: date
    hour: int
    scan_class: str
    scans: int
    first_scans: int = 0


def test_hours_fold_into_weekdays() -> None:
    monday = date(2026, 11, 16)
    rows = [
        HourRow(monday, 9, "person", 3),
        HourRow(monday + timedelta(days=7), 9, "person", 4),
        HourRow(monday, 21, "declared_bot", 50),
    ]
    grid = make_hours(rows, Period(monday, monday + timedelta(days=13)))
    assert grid.get(0, 9).tally.shown == 7
    assert grid.get(0, 21).tally.shown == 0
    assert grid.weekday_totals[0] == 7
    assert grid.hours == (9, 9)
    every = make_hours(rows, Period(monday, monday + timedelta(days=13)), all_classes=True)
    assert every.weekday_totals[0] == 57
    assert every.hours == (9, 21)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_tone_can_be_read_in_light_and_dark() -> None:
    pattern = r"\.tone-(\d) \{ background: light-dark\((#\w+), (#\w+)\); color: light-dark\((#\w+), (#\w+)\); \}"
    tones = re.findall(pattern, CSS.read_text("utf-8"))
    assert [number for number, *_ in tones] == ["1", "2", "3", "4", "5", "6"]
    for _number, light, dark, light_ink, dark_ink in tones:
        for ground, ink in ((light, light_ink), (dark, dark_ink)):
            low, high = sorted((luminance(ground), luminance(ink)))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (ground, ink)
