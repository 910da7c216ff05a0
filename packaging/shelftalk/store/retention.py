"""Scans that leave: rows too old to keep, whose counts stay, and rows erased on request, whose counts go with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shelftalk.clock import format_at
from shelftalk.errors import NotFound
from shelftalk.store.db import Db, Store
from shelftalk.store.rows import make_record
from shelftalk.store.scans import COLUMNS, add_rollups

CHUNK = 5_000  # rows deleted in one transaction: scans that wait to be stored never wait long
# A local day lies between these hours around its UTC day, wherever on earth (UTC-12 to UTC+14).
BEFORE, AFTER = timedelta(hours=14), timedelta(hours=36)


@dataclass(frozen=True)
class Window:
    """The scans of one code on local days, both included."""

    code: str
    from_day: date
    to_day: date


@dataclass(frozen=True)
class Erasure:
    """That something was erased: by whom, when, how much; nothing of what it was."""

    at: datetime
    by: str
    code: str
    from_day: date
    to_day: date
    scans: int


def drop_old_scans(store: Store, before: date) -> int:
    """Delete the rows of days before `before`; gives how many. Whole months at once where the engine can."""
    with store.write() as db:
        removed = db.engine.drop_months(db.connection, "scans", before.isoformat()[:7])
    while has_older_scan(store, before):
        with store.write() as db:
            removed += db.run("drop_old_scans", day=before.isoformat(), limit=CHUNK)
    return removed


def has_older_scan(store: Store, before: date) -> bool:
    """Whether any row of a day before `before` is stored."""
    with store.read() as db:
        return db.find("find_old_scan", day=before.isoformat()) is not None


def find_oldest_day(db: Db) -> date | None:
    """The oldest local day a row is stored of."""
    text = db.value("find_oldest_day")
    return date.fromisoformat(text) if text else None


def count_window(db: Db, window: Window) -> int:
    """How many rows an erasure would take."""
    return int(db.value("count_window", **_make_params(db, window)))


def erase_scans(db: Db, window: Window, *, by: str, at: datetime) -> int:
    """Delete the window's rows and take them out of every rollup, in this transaction; gives how many."""
    params = _make_params(db, window)
    rows = [tuple(row[column] for column in COLUMNS) for row in db.list("take_scans", **params)]
    add_rollups(db, rows, sign=-1)
    days = {"from_day": window.from_day.isoformat(), "to_day": window.to_day.isoformat()}
    db.run("drop_empty_placement_days", placement_id=params["placement_id"], **days)
    db.run("drop_empty_product_location_days", **days)
    db.run("drop_empty_location_hours", **days)
    db.run("add_erasure", at=format_at(at), by=by, code=window.code, scans=len(rows), **days)
    return len(rows)


def list_erasures(db: Db, limit: int = 20) -> list[Erasure]:
    """The newest erasures first."""
    return [make_record(Erasure, row) for row in db.list("list_erasures", limit=limit)]


def count_classes(db: Db) -> dict[str, int]:
    """All scans ever counted, by class."""
    return {row["scan_class"]: int(row["scans"]) for row in db.list("count_classes")}


def _make_params(db: Db, window: Window) -> dict[str, object]:
    placement_id = db.value("find_code", code=window.code)
    if placement_id is None:
        raise NotFound("No placement has the code {value}. Compare it with the list of placements.", value=window.code)
    return {
        "placement_id": placement_id,
        "code": window.code,
        "from_day": window.from_day.isoformat(),
        "to_day": window.to_day.isoformat(),
        "from_at": format_at(datetime.combine(window.from_day, time(), UTC) - BEFORE),
        "to_at": format_at(datetime.combine(window.to_day, time(), UTC) + AFTER),
    }
