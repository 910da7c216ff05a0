"""Scans and what is counted from them, written together in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any, Protocol, TypeVar

from shelftalk.clock import format_at, local_hour
from shelftalk.store.db import Db, Row
from shelftalk.store.rows import make_record

COLUMNS = (
    "at",
    "day",
    "hour",
    "code",
    "placement_id",
    "product_id",
    "location_id",
    "stage",
    "language",
    "device",
    "scan_class",
    "rule_version",
    "first_of_day",
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER_S = 900
MANY_CODES = 500  # more different codes than this in a batch: read all places at once


class SpooledScan(Protocol):
    """A scan as the spool hands it over."""

    @property
    def at(self) -> datetime: ...
    @property
    def code(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def scan_class(self) -> str: ...
    @property
    def rule_version(self) -> int: ...
    @property
    def first_of_day(self) -> bool: ...


S = TypeVar("S", bound=SpooledScan)


@dataclass(frozen=True)
class ScanRow:
    """A stored scan. `day` and `hour` are the place's local time."""

    id: int
    at: datetime
    day: date
    hour: int
    code: str
    placement_id: int
    language: str
    device: str
    scan_class: str
    first_of_day: bool


def add_scans(db: Db, scans: Sequence[S], default_zone: str) -> list[S]:
    """Store scans with their rollups; gives back those whose code is unknown. Days are the place's local ones."""
    places = find_places(db, {scan.code for scan in scans})
    refused = [scan for scan in scans if scan.code not in places]
    rows = [_make_row(scan, places[scan.code], default_zone) for scan in scans if scan.code in places]
    db.engine.copy(db.connection, "scans", COLUMNS, rows)
    add_rollups(db, rows)
    return refused


def find_places(db: Db, codes: set[str]) -> dict[str, Row]:
    """Where codes lead, by code; unknown ones are not among them."""
    if len(codes) > MANY_CODES:
        return {row["code"]: row for row in db.list("list_code_places")}
    found = (db.find("find_code_place", code=code) for code in sorted(codes))
    return {row["code"]: row for row in found if row}


def _make_row(scan: SpooledScan, place: Row, default_zone: str) -> tuple[object, ...]:
    day, hour = find_scan_hour(scan.at, place["timezone"] or default_zone)
    where = (place["placement_id"], place["product_id"], place["location_id"], place["stage"])
    what = (scan.language, scan.device, scan.scan_class, scan.rule_version, int(scan.first_of_day))
    return (format_at(scan.at), day, hour, scan.code, *where, *what)


def find_scan_hour(at: datetime, zone: str) -> tuple[str, int]:
    """The local day and hour of a moment in a zone."""
    return _find_local_hour(int(at.timestamp() // QUARTER_S), zone)


@lru_cache(maxsize=50_000)
def _find_local_hour(quarter: int, zone: str) -> tuple[str, int]:
    """The local day and hour of a quarter of an hour since 1970: no zone's hours begin in between."""
    day, hour = local_hour(EPOCH + timedelta(seconds=quarter * QUARTER_S), zone)
    return day.isoformat(), hour


# Rollup statement -> the scan columns it counts by.
ROLLUPS = {
    "add_placement_days": ("placement_id", "day", "scan_class"),
    "add_product_location_days": ("day", "product_id", "location_id", "scan_class"),
    "add_location_hours": ("day", "hour", "location_id", "scan_class"),
}


def add_rollups(db: Db, rows: Sequence[Sequence[Any]], sign: int = 1) -> None:
    """Count rows (in the order of COLUMNS) into every rollup; with `sign` -1, take them out again."""
    first = COLUMNS.index("first_of_day")
    firsts = [row for row in rows if row[first]]
    for statement, columns in ROLLUPS.items():
        get_key = itemgetter(*(COLUMNS.index(column) for column in columns))
        scans, first_scans = Counter(map(get_key, rows)), Counter(map(get_key, firsts))
        # Sorted, so that two nodes adding to the same rows never wait for each other in a circle.
        keys = sorted(scans, key=repr)
        counted = {column: [key[place] or 0 for key in keys] for place, column in enumerate(columns)}
        counted["scans"] = [sign * scans[key] for key in keys]
        counted["first_scans"] = [sign * first_scans[key] for key in keys]
        db.run_lists(statement, counted)


def list_positions(db: Db, node: str) -> dict[str, int]:
    """How far each segment of a node's spool is stored."""
    return {row["segment"]: row["position"] for row in db.list("list_positions", node=node)}


def set_positions(db: Db, node: str, positions: Mapping[str, int]) -> None:
    """Remember how far a node's segments are stored; belongs into the transaction that stores the scans."""
    db.run_many("put_position", [{"node": node, "segment": s, "position": p} for s, p in sorted(positions.items())])


def forget_positions(db: Db, node: str, segments: Sequence[str]) -> None:
    """Forget segments that are gone from the disk."""
    db.run_many("forget_position", [{"node": node, "segment": segment} for segment in segments])


def count_scans(db: Db) -> int:
    """How many scans are stored, of every class."""
    return int(db.value("count_scans"))


def list_scans(
    db: Db,
    *,
    from_day: date,
    to_day: date,
    placement_id: int = 0,
    product_id: int = 0,
    location_id: int = -1,
    scan_class: str = "",
    page: int = 1,
    per_page: int = 100,
) -> list[ScanRow]:
    """Stored scans of a period, newest first. `location_id` 0: anywhere, -1: all."""
    rows = db.list(
        "list_scans",
        from_day=from_day.isoformat(),
        to_day=to_day.isoformat(),
        placement_id=placement_id,
        product_id=product_id,
        location_id=location_id,
        scan_class=scan_class,
        limit=per_page,
        offset=(page - 1) * per_page,
    )
    return [make_record(ScanRow, row) for row in rows]


def rename_reloads(db: Db) -> None:
    """After rows of rule version 1 came in whole: what it called repeats are reloads."""
    for name in ("scans", "placement_days", "product_location_days", "location_hours"):
        db.run(f"rename_{name}")


def rebuild_rollups(db: Db) -> None:
    """Count everything anew from the stored scans."""
    for name in ("placement_days", "product_location_days", "location_hours"):
        db.run(f"drop_{name}")
        db.run(f"fill_{name}")
