"""Reads the counts; never the scans themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shelftalk.store.db import Db, Row
from shelftalk.store.rows import make_record


@dataclass(frozen=True)
class Cell:
    """Scans of one class, for a product at a location (0: anywhere), over the asked period."""

    product_id: int
    location_id: int
    scan_class: str
    scans: int
    first_scans: int


@dataclass(frozen=True)
class DayCount:
    """Scans of one class on one local day."""

    day: date
    scan_class: str
    scans: int
    first_scans: int


@dataclass(frozen=True)
class HourCount:
    """Scans of one class in one local hour of one local day."""

    day: date
    hour: int
    scan_class: str
    scans: int
    first_scans: int


@dataclass(frozen=True)
class PlacementCount:
    """Scans of one class at one placement over the asked period."""

    placement_id: int
    scan_class: str
    scans: int
    first_scans: int


def _make_params(from_day: date, to_day: date, product_id: int, location_id: int) -> dict[str, object]:
    days = {"from_day": from_day.isoformat(), "to_day": to_day.isoformat()}
    return days | {"product_id": product_id, "location_id": location_id}


def _as_ints(row: Row) -> dict[str, object]:
    # PostgreSQL's sum() of bigint is a Decimal.
    return dict(row) | {"scans": int(row["scans"]), "first_scans": int(row["first_scans"])}


def list_cells(db: Db, from_day: date, to_day: date, *, product_id: int = 0, location_id: int = -1) -> list[Cell]:
    """Counts per product, location and class. `product_id` 0: all; `location_id` -1: all, 0: anywhere."""
    rows = db.list("list_cells", **_make_params(from_day, to_day, product_id, location_id))
    return [make_record(Cell, _as_ints(row)) for row in rows]


def list_days(db: Db, from_day: date, to_day: date, *, product_id: int = 0, location_id: int = -1) -> list[DayCount]:
    """Counts per local day and class."""
    rows = db.list("list_days", **_make_params(from_day, to_day, product_id, location_id))
    return [make_record(DayCount, _as_ints(row)) for row in rows]


def list_placement_totals(
    db: Db, from_day: date, to_day: date, *, product_id: int = 0, location_id: int = -1
) -> list[PlacementCount]:
    """Counts per placement and class."""
    rows = db.list("list_placement_totals", **_make_params(from_day, to_day, product_id, location_id))
    return [make_record(PlacementCount, _as_ints(row)) for row in rows]


def list_placement_days(db: Db, from_day: date, to_day: date, placement_id: int) -> list[DayCount]:
    """Counts of one placement per local day and class."""
    days = {"from_day": from_day.isoformat(), "to_day": to_day.isoformat()}
    return [make_record(DayCount, row) for row in db.list("list_placement_days", placement_id=placement_id, **days)]


def list_hours(db: Db, from_day: date, to_day: date, *, location_id: int = -1) -> list[HourCount]:
    """Counts per local day, hour and class."""
    days = {"from_day": from_day.isoformat(), "to_day": to_day.isoformat()}
    rows = db.list("list_hours", location_id=location_id, **days)
    return [make_record(HourCount, _as_ints(row)) for row in rows]


def find_counted_days(db: Db) -> tuple[date, date] | None:
    """The first and last local day with a scan, or None."""
    row = db.get("get_counted_days")
    return (date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])) if row["first_day"] else None


@dataclass(frozen=True)
class ProductName:
    """A product as a report's row."""

    id: int
    name: str
    slug: str
    colour: str


@dataclass(frozen=True)
class LocationName:
    """A location as a report's column."""

    id: int
    name: str
    timezone: str


def list_product_names(db: Db) -> list[ProductName]:
    """Every product, by name."""
    return [make_record(ProductName, row) for row in db.list("list_product_names")]


def list_location_names(db: Db) -> list[LocationName]:
    """Every location, by name."""
    return [make_record(LocationName, row) for row in db.list("list_location_names")]
