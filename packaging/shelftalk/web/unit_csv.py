"""Codes of units as CSV for a print shop, made while they are sent: the same bytes each time. Knows no request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from shelftalk.catalog.codes import make_url
from shelftalk.catalog.units import UNIT_LENGTH, each_unit, format_serial
from shelftalk.store.units import UnitCount

COLUMNS = ("serial", "code", "url")
UNUSUAL_COLUMNS = ("serial", "code", "scans", "first_day", "last_day")
LINES = 2_000  # sent at a time


def write_codes(code: str, first: int, last: int, key: bytes, origin: str) -> Iterator[bytes]:
    """A line for each unit from `first` to `last`, head first (RFC 4180); no cell can be a formula."""
    start = make_url(origin, "")
    units = each_unit(code, first, last, key)
    lines = (f"{format_serial(n)},{unit},{start}{unit}\r\n" for n, unit in enumerate(units, start=first))
    return _join(_make_head(COLUMNS), lines)


def measure_codes(first: int, last: int, origin: str) -> int:
    """The bytes of that file, which a browser shows its progress by."""
    line = UNIT_LENGTH * 2 + len(make_url(origin, "").encode()) + len(",,\r\n")
    count = last - first + 1
    wide = max(0, last - max(first, 1_000_000) + 1)  # numbers of seven digits
    return len(_make_head(COLUMNS)) + count * (line + len(format_serial(1))) + wide


def write_unusual(code: str, found: Iterable[UnitCount], key: bytes) -> Iterator[bytes]:
    """A line for each unit that was scanned unusually often."""
    lines = (
        f"{format_serial(one.number)},{next(each_unit(code, one.number, one.number, key))},{one.scans},"
        f"{one.first_day or ''},{one.last_day or ''}\r\n"
        for one in found
    )
    return _join(_make_head(UNUSUAL_COLUMNS), lines)


def _make_head(columns: Iterable[str]) -> str:
    return ",".join(columns) + "\r\n"


def _join(head: str, lines: Iterator[str]) -> Iterator[bytes]:
    yield head.encode()
    while part := "".join(islice(lines, LINES)):
        yield part.encode()
