"""Heat grids: product by location, weekday by hour. Each cell gets a tone from 0 (nothing) to 6; knows no colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from shelftalk.reports.numbers import BY_PEOPLE, EMPTY, CountRow, Tally, sum_by, total
from shelftalk.reports.periods import Period

# From this share of the largest cell on; the darkest is for those near the largest.
TONES = ((0.75, 6), (0.5, 5), (0.3, 4), (0.16, 3), (0.05, 2))
MAX_ROWS, MAX_COLUMNS = 20, 10
REST = -1  # the row or column of all that did not fit


def choose_tone(count: int, largest: int) -> int:
    """The tone of a cell."""
    if not count or not largest:
        return 0
    return next((tone for share, tone in TONES if count >= share * largest), 1)


@dataclass(frozen=True)
class HeatCell:
    """One cell; `tone` 0 to 6."""

    tally: Tally
    tone: int


@dataclass(frozen=True)
class HeatGrid:
    """Products down, locations across (0: anywhere, -1: the rest), with totals that add up both ways."""

    products: list[int]
    locations: list[int]
    cells: dict[tuple[int, int], HeatCell]
    product_totals: dict[int, Tally]
    location_totals: dict[int, Tally]
    total: Tally
    hidden_products: int
    hidden_locations: int

    def get(self, product_id: int, location_id: int) -> HeatCell:
        """The cell of a row and a column."""
        return self.cells.get((product_id, location_id), HeatCell(EMPTY, 0))


def make_heat(
    tallies: Mapping[tuple[int, int], Tally], max_rows: int = MAX_ROWS, max_columns: int = MAX_COLUMNS
) -> HeatGrid:
    """The grid, busiest first, "anywhere" last; what does not fit is added up in one more row or column."""
    products, hidden_products = _rank(sum_by(tallies, 0), max_rows)
    locations, hidden_locations = _rank(sum_by(tallies, 1), max_columns)
    folded: dict[tuple[int, int], Tally] = {}
    rows, columns = set(products), set(locations)
    for (product_id, location_id), tally in tallies.items():
        key = (product_id if product_id in rows else REST, location_id if location_id in columns else REST)
        folded[key] = folded.get(key, EMPTY) + tally
    # The sums of the rest are no places: they must not make all real places look pale.
    largest = max((tally.shown for key, tally in folded.items() if REST not in key), default=0)
    return HeatGrid(
        products,
        sorted(locations, key=lambda location: (location == REST, location == 0)),
        {key: HeatCell(tally, choose_tone(tally.shown, largest)) for key, tally in folded.items()},
        sum_by(folded, 0),
        sum_by(folded, 1),
        total(tallies.values()),
        hidden_products,
        hidden_locations,
    )


def _rank(totals: Mapping[int, Tally], limit: int) -> tuple[list[int], int]:
    ranked = sorted((key for key, tally in totals.items() if tally.shown), key=lambda key: (-totals[key].shown, key))
    if len(ranked) <= limit:
        return ranked, 0
    kept = ranked[: limit - 1]
    return [*kept, REST], len(ranked) - len(kept)


class HourRow(CountRow, Protocol):
    """A rollup row of a local hour."""

    @property
    def day(self) -> date: ...
    @property
    def hour(self) -> int: ...


@dataclass(frozen=True)
class HourGrid:
    """Weekdays (0: Monday) down, hours across, with how often each weekday came in the period."""

    cells: dict[tuple[int, int], HeatCell]
    weekday_totals: dict[int, int]
    weekday_days: dict[int, int]
    hours: tuple[int, int]  # the first and last hour with a scan
    busiest: tuple[int, int] | None

    def get(self, weekday: int, hour: int) -> HeatCell:
        """The cell of a weekday and an hour."""
        return self.cells.get((weekday, hour), HeatCell(EMPTY, 0))


def make_hours(rows: Iterable[HourRow], period: Period, *, all_classes: bool = False) -> HourGrid:
    """Scans by weekday and local hour."""
    counts: dict[tuple[int, int], int] = {}
    for row in rows:
        if all_classes or row.scan_class in BY_PEOPLE:
            key = (row.day.weekday(), row.hour)
            counts[key] = counts.get(key, 0) + row.scans
    largest = max(counts.values(), default=0)
    weekdays = {n: sum(count for (weekday, _), count in counts.items() if weekday == n) for n in range(7)}
    hours = [hour for (_, hour), count in counts.items() if count]
    return HourGrid(
        {key: HeatCell(Tally(shown=count), choose_tone(count, largest)) for key, count in counts.items()},
        weekdays,
        {n: sum(day.weekday() == n for day in period) for n in range(7)},
        (min(hours, default=0), max(hours, default=23)),
        max(counts, key=lambda key: counts[key], default=None),
    )
