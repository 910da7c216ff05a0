"""The only reader of time. Aware UTC inside; a place's local day and hour on request."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds on a clock that never jumps; for measuring spans only."""
    return time.monotonic()


def local_hour(at: datetime, zone: str) -> tuple[date, int]:
    """The local calendar day and hour (0-23) of the moment `at` in the IANA time zone `zone`."""
    local = at.astimezone(ZoneInfo(zone))
    return local.date(), local.hour


def today(zone: str = "UTC") -> date:
    """The calendar day it is now in `zone`."""
    return local_hour(now(), zone)[0]


def days_before(day: date, count: int) -> date:
    """The calendar day `count` days before `day`."""
    return day - timedelta(days=count)


def parse_at(text: str) -> datetime:
    """Read a stored moment (ISO 8601 with offset) as aware UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def format_at(at: datetime) -> str:
    """Write a moment the way it is stored: ISO 8601, UTC, milliseconds."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(timespec="milliseconds")
