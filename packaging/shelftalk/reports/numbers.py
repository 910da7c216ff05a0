"""Counts of scans by class, people as a range, and comparisons. Handed rows of rollups, it knows no store.

Scans are those by people: of class person, and repeats, for alike phones behind one address may be different people's.
People are a range. At least: the scans that were somebody's first of their day, and one wherever there is a scan.
At most: every scan by people, as if each came from somebody else. A person who comes back on another day counts
again in both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol, TypeVar

from shelftalk.errors import mark
from shelftalk.reports.periods import Period

K = TypeVar("K", bound=Hashable)
PERSON = "person"
BY_PEOPLE = (PERSON, "repeat")  # what a report counts unless every scan is asked for


@dataclass(frozen=True)
class ScanClass:
    """A class in words: of many scans, of one, and what it means."""

    label: str
    single: str
    why: str


# A report over all classes adds up to the raw total.
CLASSES: dict[str, ScanClass] = {
    PERSON: ScanClass(mark("People"), mark("Person"), mark("Somebody opened the page.")),
    "repeat": ScanClass(
        mark("Repeats"),
        mark("Repeat"),
        mark("The same code again within 30 minutes, as far as can be told by the same phone. Counted as a scan."),
    ),
    "reload": ScanClass(
        mark("Reloads"), mark("Reload"), mark("A reload, a language switch or a step back: the same visit again.")
    ),
    "prefetch": ScanClass(
        mark("Prefetches"), mark("Prefetch"), mark("A browser fetched the page ahead; perhaps nobody saw it.")
    ),
    "preview_bot": ScanClass(
        mark("Link previews"), mark("Link preview"), mark("A messenger drew the little card under a shared link.")
    ),
    "declared_bot": ScanClass(mark("Bots"), mark("Bot"), mark("A program that says so of itself.")),
    "staff": ScanClass(mark("Staff and trials"), mark("Staff or trial"), mark("Somebody of yours tried the code.")),
    "burst": ScanClass(mark("Floods"), mark("Flood"), mark("Far more scans from one sender than people could make.")),
}
SMALL = 5  # attribute counts below this are not shown


class CountRow(Protocol):
    """What every rollup row has."""

    @property
    def scan_class(self) -> str: ...
    @property
    def scans(self) -> int: ...
    @property
    def first_scans(self) -> int: ...


class CellRow(CountRow, Protocol):
    """A rollup row of a product at a location (0: anywhere)."""

    @property
    def product_id(self) -> int: ...
    @property
    def location_id(self) -> int: ...


class DayRow(CountRow, Protocol):
    """A rollup row of a local day."""

    @property
    def day(self) -> date: ...


class PlacementRow(CountRow, Protocol):
    """A rollup row of a placement."""

    @property
    def placement_id(self) -> int: ...


@dataclass(frozen=True)
class Tally:
    """What was counted. `shown` are the scans of the classes asked for, `person_scans` always those by people."""

    shown: int = 0
    person_scans: int = 0
    first_scans: int = 0

    @property
    def people_low(self) -> int:
        """At least so many people."""
        return min(self.person_scans, max(self.first_scans, 1)) if self.person_scans else 0

    @property
    def people_high(self) -> int:
        """At most so many people."""
        return self.person_scans

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.shown + other.shown,
            self.person_scans + other.person_scans,
            self.first_scans + other.first_scans,
        )


EMPTY = Tally()


def make_tally(row: CountRow, *, all_classes: bool = False) -> Tally:
    """One row as a tally."""
    by_people = row.scan_class in BY_PEOPLE
    shown = row.scans if by_people or all_classes else 0
    return Tally(shown, row.scans if by_people else 0, row.first_scans if by_people else 0)


R = TypeVar("R", bound=CountRow)


def add_up(rows: Iterable[R], key: Callable[[R], K], *, all_classes: bool = False) -> dict[K, Tally]:
    """Tallies by a key, without those that show nothing."""
    found: dict[K, Tally] = {}
    for row in rows:
        if all_classes or row.scan_class in BY_PEOPLE:
            place = key(row)
            found[place] = found.get(place, EMPTY) + make_tally(row, all_classes=all_classes)
    return found


def add_cells(rows: Iterable[CellRow], *, all_classes: bool = False) -> dict[tuple[int, int], Tally]:
    """Tallies by product and location."""
    return add_up(rows, lambda row: (row.product_id, row.location_id), all_classes=all_classes)


def add_placements(rows: Iterable[PlacementRow], *, all_classes: bool = False) -> dict[int, Tally]:
    """Tallies by placement."""
    return add_up(rows, lambda row: row.placement_id, all_classes=all_classes)


def add_days(rows: Iterable[DayRow], *, all_classes: bool = False) -> dict[date, Tally]:
    """Tallies by local day."""
    return add_up(rows, lambda row: row.day, all_classes=all_classes)


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    return sum(tallies, EMPTY)


def make_line(days: Mapping[date, Tally], period: Period) -> list[tuple[date, Tally]]:
    """The points of a line over the period: each with its first day, days without scans as zero."""
    points: dict[date, Tally] = {}
    for day in period:
        begin = period.begin_of(day)
        points[begin] = points.get(begin, EMPTY) + days.get(day, EMPTY)
    return list(points.items())


@dataclass(frozen=True)
class ClassCounts:
    """The raw total and what it is made of, in the classes' order."""

    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Every scan that was answered."""
        return sum(self.counts.values())

    @property
    def aside(self) -> int:
        """Those that are not by people."""
        return self.total - sum(self.counts.get(name, 0) for name in BY_PEOPLE)


def count_classes(rows: Iterable[CountRow]) -> ClassCounts:
    """Scans by class; a class no rule of today knows comes last."""
    counter: Counter[str] = Counter()
    for row in rows:
        counter[row.scan_class] += row.scans
    order = list(CLASSES)
    known = sorted(counter, key=lambda name: (order.index(name) if name in order else len(order), name))
    return ClassCounts({name: counter[name] for name in known if counter[name]})


def count_cell_classes(rows: Iterable[CellRow]) -> dict[tuple[int, int], Counter[str]]:
    """Scans by class, for each product and location."""
    found: dict[tuple[int, int], Counter[str]] = {}
    for row in rows:
        found.setdefault((row.product_id, row.location_id), Counter())[row.scan_class] += row.scans
    return found


@dataclass(frozen=True)
class Change:
    """A number beside the earlier one."""

    now: int
    before: int

    @property
    def share(self) -> float | None:
        """By how much of the earlier number it changed; None when there was nothing before."""
        return (self.now - self.before) / self.before if self.before else None

    @property
    def direction(self) -> str:
        """ "up", "down" or "same"."""
        return "same" if self.now == self.before else "up" if self.now > self.before else "down"


def find_busiest(tallies: Mapping[K, Tally]) -> tuple[K, Tally] | None:
    """The key with the most scans shown, the first one of equals; None when there is none."""
    shown = [(key, tally) for key, tally in tallies.items() if tally.shown]
    return max(shown, key=lambda item: item[1].shown) if shown else None


def sum_by(tallies: Mapping[tuple[int, int], Tally], place: int) -> dict[int, Tally]:
    """Tallies of cells added up by product (`place` 0) or by location (1)."""
    sums: dict[int, Tally] = {}
    for key, tally in tallies.items():
        sums[key[place]] = sums.get(key[place], EMPTY) + tally
    return sums


@dataclass(frozen=True)
class AttributeCount:
    """Scans with one value of an attribute. `count` None: not told, for it is small or would give a small one away."""

    value: str
    count: int | None
    is_small: bool


def hide_small(counts: Sequence[tuple[str, int]]) -> list[AttributeCount]:
    """Counts of an attribute's values, largest first, those under five without their number; the empty value last.

    When only one value is small, the total less the others would tell it: the next larger one is not told either.
    """
    ranked = sorted(((value, n) for value, n in counts if n), key=lambda item: (not item[0], -item[1], item[0]))
    small = {value for value, n in ranked if n < SMALL}
    untold = set(small)
    if len(small) == 1 and len(ranked) > 1:
        untold.add(min((n, value) for value, n in ranked if value not in small)[1])
    return [AttributeCount(value, None if value in untold else n, value in small) for value, n in ranked]


SILENT_DAYS = 5  # whole days without a person before a placement is called silent
USUAL_DAYS, USUAL_SCANS = 28, 3.0


def measure_usual(days: Mapping[date, Tally], last_day: date, begin: date | None = None) -> float:
    """People's scans a day in the four weeks up to `last_day`, or since `begin` when a placement is younger."""
    first = last_day - timedelta(days=USUAL_DAYS - 1)
    first = min(max(first, begin), last_day) if begin else first
    scans = sum(tally.person_scans for day, tally in days.items() if first <= day <= last_day)
    return scans / ((last_day - first).days + 1)
