"""Units: which serial numbers of a placement are given out, and how often each was scanned.

A unit's code is read with the key of its placement's series, so only what was scanned needs a row: a count, and days.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from shelftalk.catalog.units import KEY_BYTES, LAST_UNIT, MOST_UNITS, format_serial, parse_unit
from shelftalk.errors import Conflict, Invalid
from shelftalk.store.db import Db, Row, Store
from shelftalk.store.rows import Listing, ListQuery, make_param, make_record
from shelftalk.store.scans import find_scan_hour

TABLES = ("unit_series", "unit_ranges", "unit_scans")  # parents before children
OFTEN = 20  # scans from which a unit is unusual
APART = 5  # days between its first and last scan, likewise
CHUNK = 5_000


class Taken(Conflict):
    """Somebody was given these numbers meanwhile."""


class SpooledUnit(Protocol):
    """A scan of a unit as the spool hands it over; `unit` is its code's suffix."""

    @property
    def at(self) -> datetime: ...
    @property
    def code(self) -> str: ...
    @property
    def unit(self) -> str: ...


@dataclass(frozen=True)
class Series:
    """A placement's units: the key of their codes, and the last number that was given out."""

    placement_id: int
    key: bytes
    last: int


@dataclass(frozen=True)
class UnitRange:
    """Numbers that were given out together, both included; without a run when only their codes were taken away."""

    id: int
    placement_id: int
    first: int
    last: int
    run_id: int | None
    at: datetime
    by: str
    origin: str = ""  # the address their codes were given out with; empty where it was not written down

    @property
    def units(self) -> int:
        """How many."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class RunUnits:
    """What a run printed of a placement."""

    placement_id: int
    code: str
    first: int
    last: int
    key: bytes


@dataclass(frozen=True)
class UnitFigures:
    """Units in numbers. `scanned`: at least once; `scans`: by people, of these; `often` and `again` may overlap."""

    printed: int
    ranges: int
    scanned: int
    scans: int
    often: int  # scanned OFTEN times or more
    again: int  # scanned APART days apart or more

    @property
    def share(self) -> float:
        """Of the units printed, those scanned at least once."""
        return self.scanned / self.printed if self.printed else 0.0

    @property
    def each(self) -> float:
        """Scans per scanned unit."""
        return self.scans / self.scanned if self.scanned else 0.0


@dataclass(frozen=True)
class UnitCount:
    """A unit that was scanned. The days are gone when they are too old to keep."""

    number: int
    scans: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True)
class UnitPlacement:
    """A placement that has units, as a list shows it."""

    placement_id: int
    code: str
    product_name: str
    location_name: str
    medium: str


def find_series(db: Db, placement_id: int) -> Series | None:
    """A placement's units, or None when it never had any."""
    row = db.find("find_unit_series", placement_id=placement_id)
    return Series(row["placement_id"], bytes.fromhex(row["key"]), row["last"]) if row else None


def begin_series(db: Db, placement_id: int) -> Series:
    """A placement's units; its key is made with the first of them and stays."""
    db.run("add_unit_series", placement_id=placement_id, key=secrets.token_hex(KEY_BYTES))
    series = find_series(db, placement_id)
    assert series is not None  # noqa: S101 (added just now)
    return series


def add_ranges(db: Db, given: Sequence[RunUnits], *, run_id: int, by: str, at: datetime) -> None:
    """Give out what a run prints, noted in its order; raises Taken for numbers that are not the next."""
    for one in sorted(given, key=lambda one: one.placement_id):  # two prints never wait for each other in a circle
        _take(db, one.placement_id, one.first, one.last)
    for one in given:
        _note_range(db, one.placement_id, one.first, one.last, run_id=run_id, by=by, at=at)


def _take(db: Db, placement_id: int, first: int, last: int) -> None:
    _check(last - first + 1, first - 1)
    if db.run("take_units", placement_id=placement_id, before=first - 1, last=last) == 0:
        raise Taken("Codes of these units were given out a moment ago. Try again: you get the next ones.")


def reserve(db: Db, placement_id: int, count: int, *, by: str, at: datetime, origin: str = "") -> UnitRange:
    """Give out the next `count` numbers."""
    _check(count, begin_series(db, placement_id).last)
    last = int(db.value("take_next_units", placement_id=placement_id, count=count))
    return _note_range(db, placement_id, last - count + 1, last, run_id=None, by=by, at=at, origin=origin)


def _check(count: int, given: int) -> None:
    if not 1 <= count <= MOST_UNITS:
        raise Invalid(
            "units", "{value} units cannot be made at once. Choose 1 to {allowed}.", value=count, allowed=MOST_UNITS
        )
    if given + count > LAST_UNIT:
        raise Invalid(
            "units",
            "Serial numbers end at {last}; {value} more do not fit. Make another placement for them.",
            last=format_serial(LAST_UNIT),
            value=count,
        )


def _note_range(
    db: Db, placement_id: int, first: int, last: int, *, run_id: int | None, by: str, at: datetime, origin: str = ""
) -> UnitRange:
    """With a run the codes begin with the address that the run was printed with."""
    given = {"placement_id": placement_id, "first": first, "last": last, "run_id": run_id, "by": by, "origin": origin}
    return make_record(UnitRange, db.get("add_unit_range", at=make_param(at), **given))


def get_range(db: Db, range_id: int) -> UnitRange:
    """The numbers given out under this id; raises NotFound."""
    return make_record(UnitRange, db.get("get_unit_range", id=range_id))


def list_ranges(
    db: Db, *, placement_id: int = 0, run_id: int = 0, limit: int = 100, offset: int = 0
) -> list[UnitRange]:
    """What was given out, the newest first."""
    rows = db.list("list_unit_ranges", placement_id=placement_id, run_id=run_id, limit=limit, offset=offset)
    return [make_record(UnitRange, row) for row in rows]


def list_run_units(db: Db, run_id: int) -> list[RunUnits]:
    """What a run printed, in the order it was printed; empty for a run without units."""
    rows = db.list("list_run_units", run_id=run_id)
    return [
        RunUnits(row["placement_id"], row["code"], row["first"], row["last"], bytes.fromhex(row["key"])) for row in rows
    ]


# ---- scans ----


def add_unit_scans(db: Db, scans: Sequence[SpooledUnit], default_zone: str) -> int:
    """Raise the counters of scanned units; gives how many scans counted. Suffixes nobody printed count for none."""
    places = {code: db.find("find_unit_place", code=code) for code in sorted({scan.code for scan in scans})}
    days: dict[tuple[int, int], list[str]] = {}
    for scan in scans:
        place = places[scan.code]
        number = _read_number(scan, place) if place else None
        if place and number:
            day = find_scan_hour(scan.at, place["timezone"] or default_zone)[0]
            days.setdefault((place["placement_id"], number), []).append(day)
    _raise_counts(db, days)
    return sum(map(len, days.values()))


def _read_number(scan: SpooledUnit, place: Row) -> int | None:
    number = parse_unit(scan.code + scan.unit, bytes.fromhex(place["key"]))
    return number if number and number <= place["last"] else None


def _raise_counts(db: Db, days: dict[tuple[int, int], list[str]]) -> None:
    keys = sorted(days)  # so that two nodes never wait for each other in a circle
    if keys:
        counted: dict[str, Sequence[object]] = {
            "placement_id": [key[0] for key in keys],
            "number": [key[1] for key in keys],
            "scans": [len(days[key]) for key in keys],
            "first_day": [min(days[key]) for key in keys],
            "last_day": [max(days[key]) for key in keys],
        }
        db.run_lists("add_unit_scans", counted)


def forget_days(store: Store, before: date, chunk: int = CHUNK) -> None:
    """Take away the days of units that are before `before`; how often they were scanned stays.

    Who was scanned since then begins with `before`: an erasure of later days has to find such a unit.
    """
    touched = 1
    while touched:
        with store.write() as db:
            touched = db.run("forget_unit_days", day=before.isoformat(), limit=chunk)


# ---- figures ----


def count_units(db: Db, *, placement_id: int = 0, product_id: int = 0, run_id: int = 0) -> UnitFigures:
    """The units of a placement, a product or a run in numbers; of all without any of them."""
    of = {"placement_id": placement_id, "product_id": product_id, "run_id": run_id}
    given, scanned = db.get("count_units", **of), db.get("count_scanned_units", **of, often=OFTEN, apart=APART)
    return UnitFigures(**{name: int(value) for name, value in (dict(given) | dict(scanned)).items()})


def count_given(db: Db, *, placement_id: int = 0, product_id: int = 0) -> int:
    """How many units of a placement or a product were given out; quick however many were scanned."""
    return int(db.get("count_units", placement_id=placement_id, product_id=product_id, run_id=0)["printed"])


def list_unusual(db: Db, placement_id: int, limit: int = 20) -> list[UnitCount]:
    """Units scanned so often or so long apart that they may be copies, those scanned most often first."""
    return _list_unusual(db, placement_id, "scans desc, number", 0, limit)


def _list_unusual(db: Db, placement_id: int, sort: str, after: int, limit: int) -> list[UnitCount]:
    asked = {"placement_id": placement_id, "after": after, "often": OFTEN, "apart": APART, "limit": limit}
    rows = db.list("list_unusual_units", sort, **asked)
    return [
        UnitCount(row["number"], row["scans"], _read_day(row["first_day"]), _read_day(row["last_day"])) for row in rows
    ]


def each_unusual(store: Store, placement_id: int) -> Iterator[UnitCount]:
    """All of them by number, read in parts: nothing waits for a slow reader."""
    after = 0
    while True:
        with store.read() as db:
            part = _list_unusual(db, placement_id, "number", after, CHUNK)
        yield from part
        if len(part) < CHUNK:
            return
        after = part[-1].number


def _read_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def list_placements(db: Db, query: ListQuery, product_id: int = 0) -> Listing[UnitPlacement]:
    """One page of the placements that have units."""
    rows = db.list("list_placements_with_units", product_id=product_id, limit=query.per_page, offset=query.offset)
    total = int(db.value("count_placements_with_units", product_id=product_id))
    return Listing([make_record(UnitPlacement, row) for row in rows], total, query.page, query.per_page)


# ---- backups ----


def list_given(db: Db) -> list[Row]:
    """How far each placement's numbers are given out, for `keep_given`."""
    return [dict(row) for row in db.list("list_unit_series")]


def keep_given(db: Db, given: Sequence[Row]) -> None:
    """After an older backup came in: numbers given out since are on paper and must not be given out again."""
    db.run_many("raise_unit_series", [{name: row[name] for name in ("key", "code", "last")} for row in given])
