"""The only reader of time. Aware UTC inside; a place's local day and hour on request."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The present moment, aware, in UTC, to the millisecond as it is stored."""
    return _make_moment(time.time_ns() // 1_000_000)


@lru_cache(maxsize=16)
def _make_moment(milliseconds: int) -> datetime:
    """One object for all that happens within a millisecond, so that it is written and split only once."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


@lru_cache(maxsize=16)
def split_day(at: datetime) -> tuple[int, int]:
    """The day of UTC that the moment `at` lies in, counted from 1970, and the milliseconds of that day."""
    since = at - _EPOCH
    return since.days, since.seconds * 1000 + since.microseconds // 1000


def monotonic() -> float:
    """Seconds on a clock that never jumps; for measuring spans only."""
    return time.monotonic()


def local_hour(at: datetime, zone: str) -> tuple[date, int]:
    """The local calendar day and hour (0-23) of the moment `at` in the IANA time zone `zone`."""
    local = at.astimezone(ZoneInfo(zone))
    return local.date(), local.hour


def begin_day(day: date, zone: str) -> datetime:
    """The moment, in UTC, at which a calendar day begins in `zone`; OverflowError beyond the calendar's ends."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def today(zone: str = "UTC") -> date:
    """The calendar day it is now in `zone`."""
    return local_hour(now(), zone)[0]


def days_before(day: date, count: int) -> date:
    """The calendar day `count` days before `day`."""
    return day - timedelta(days=count)


def parse_at(text: str) -> datetime:
    """Read a stored moment (ISO 8601 with offset) as aware UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


@lru_cache(maxsize=16)
def format_at(at: datetime) -> str:
    """Write a moment the way it is stored: ISO 8601, UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
