"""The stored scans of one placement on one local day, and what they have in common; found by index, not by search."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from shelftalk.clock import format_at
from shelftalk.store.db import Db
from shelftalk.store.rows import make_record
from shelftalk.store.scans import ScanRow

# A local day lies between these hours around its UTC day, wherever on earth (UTC-12 to UTC+14).
BEFORE, AFTER = timedelta(hours=14), timedelta(hours=36)


def _make_params(placement_id: int, day: date, by_people: bool) -> dict[str, object]:
    midnight = datetime.combine(day, time(), UTC)
    span = {"from_at": format_at(midnight - BEFORE), "to_at": format_at(midnight + AFTER)}
    return {"placement_id": placement_id, "day": day.isoformat(), "by_people": int(by_people)} | span


def list_day_scans(
    db: Db, placement_id: int, day: date, *, by_people: bool = False, page: int = 1, per_page: int = 100
) -> list[ScanRow]:
    """One page of the scans, newest first; `by_people`: without what is set aside."""
    params = _make_params(placement_id, day, by_people)
    rows = db.list("list_day_scans", limit=per_page, offset=(page - 1) * per_page, **params)
    return [make_record(ScanRow, row) for row in rows]


def count_day_languages(db: Db, placement_id: int, day: date, *, by_people: bool = False) -> list[tuple[str, int]]:
    """Scans by the language of the page; empty when it was not kept."""
    rows = db.list("count_day_languages", **_make_params(placement_id, day, by_people))
    return [(row["value"], row["n"]) for row in rows]


def count_day_devices(db: Db, placement_id: int, day: date, *, by_people: bool = False) -> list[tuple[str, int]]:
    """Scans by the kind of device; empty when it was not kept."""
    rows = db.list("count_day_devices", **_make_params(placement_id, day, by_people))
    return [(row["value"], row["n"]) for row in rows]
