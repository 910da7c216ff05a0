"""Scans that leave: rows too old to keep, whose counts stay, and rows erased on request, whose counts go with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol, TypeVar

from shelftalk.clock import format_at, local_hour
from shelftalk.errors import NotFound
from shelftalk.store import actions, units
from shelftalk.store.db import Db, Row, Store
from shelftalk.store.rows import make_record
from shelftalk.store.scans import COLUMNS, add_rollups


class Spooled(Protocol):
    """A scan or an action as the spool hands it over."""

    @property
    def at(self) -> datetime: ...
    @property
    def code(self) -> str: ...


S = TypeVar("S", bound=Spooled)
TABLES = {"scans": "scan", "actions": "action"}  # and one row of each
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
    removed = 0
    for table, one in TABLES.items():
        with store.write() as db:
            removed += db.engine.drop_months(db.connection, table, before.isoformat()[:7])
        while _has_older(store, one, before):
            with store.write() as db:
                removed += db.run(f"drop_old_{table}", day=before.isoformat(), limit=CHUNK)
    units.forget_days(store, before, CHUNK)
    return removed


def has_older_scan(store: Store, before: date) -> bool:
    """Whether any row of a day before `before` is stored, of a scan or an action, or such a day of a unit."""
    return any(_has_older(store, one, before) for one in (*TABLES.values(), "unit"))


def _has_older(store: Store, one: str, before: date) -> bool:
    with store.read() as db:
        return db.find(f"find_old_{one}", day=before.isoformat()) is not None


def find_oldest_day(db: Db) -> date | None:
    """The oldest local day a row is stored of."""
    found = (db.value(name) for name in ("find_oldest_day", "find_oldest_action_day", "find_oldest_unit_day"))
    return min((date.fromisoformat(text) for text in found if text), default=None)


def count_window(db: Db, window: Window) -> int:
    """How many rows an erasure would take."""
    return int(db.value("count_window", **_make_params(db, window)))


def erase_scans(db: Db, window: Window, *, by: str, at: datetime) -> int:
    """Delete the window's rows and take them out of every rollup, in this transaction; gives how many scans.

    What was done on the pages these scans opened goes with them, and so do the counts of units scanned in these days:
    which scans were theirs nobody knows, so they go whole.
    """
    params = _make_params(db, window)
    rows = [tuple(row[column] for column in COLUMNS) for row in db.list("take_scans", **params)]
    add_rollups(db, rows, sign=-1)
    days = {"from_day": window.from_day.isoformat(), "to_day": window.to_day.isoformat()}
    db.run("drop_empty_placement_days", placement_id=params["placement_id"], **days)
    db.run("drop_empty_product_location_days", **days)
    db.run("drop_empty_location_hours", **days)
    done = [tuple(row[column] for column in actions.COLUMNS) for row in db.list("take_actions", **params)]
    actions.add_action_rollup(db, done, sign=-1)
    db.run("drop_empty_action_days", placement_id=params["placement_id"], **days)
    db.run("erase_unit_scans", placement_id=params["placement_id"], **days)
    db.run("add_erasure", at=format_at(at), by=by, code=window.code, scans=len(rows), **days)
    return len(rows)


def leave_out_erased(db: Db, scans: Sequence[S], default_zone: str) -> Sequence[S]:
    """Scans without those that were erased while they still lay in a spool; they are added to the erasure's count.

    A scan made after its erasure is a new one, and stays.
    """
    if not scans:
        return scans
    erasures = db.list("list_erasures_since", at=format_at(min(scan.at for scan in scans)))
    zones = {row["code"]: _find_zone(db, row["code"]) or default_zone for row in erasures}
    gone: Counter[int] = Counter()
    kept = []
    for scan in scans:
        erased = scan.code in zones and _find_erasure(scan, local_hour(scan.at, zones[scan.code])[0], erasures)
        if erased:
            gone[erased] += 1
        else:
            kept.append(scan)
    db.run_many("add_to_erasure", [{"id": erased, "scans": count} for erased, count in sorted(gone.items())])
    return kept


def _find_zone(db: Db, code: str) -> str:
    place = db.find("find_code_place", code=code)
    return str(place["timezone"]) if place else ""


def _find_erasure(scan: Spooled, day: date, erasures: Sequence[Row]) -> int:
    """The erasure that took the scan's day after the scan was made, or 0."""
    at, local = format_at(scan.at), day.isoformat()
    fitting = (row for row in erasures if row["code"] == scan.code and row["at"] >= at)
    return next((int(row["id"]) for row in fitting if row["from_day"] <= local <= row["to_day"]), 0)


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
