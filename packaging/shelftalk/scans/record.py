"""A scan or an action as it lies in the spool: one checked line of text. Knows no files and no requests."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from shelftalk import clock

CLASSES = ("person", "repeat", "reload", "prefetch", "preview_bot", "declared_bot", "staff", "burst")
DEVICES = ("phone", "tablet", "desktop", "other", "")
_SCAN, _ACTION = "s", "a"  # the first word of a line: what it records
_EMPTY = "-"


@dataclass(frozen=True, slots=True)
class Scan:
    """One answered scan. `segment` and `position` (where its line ends) say where it lies: its identity."""

    at: datetime  # aware, UTC, to the millisecond
    code: str
    language: str  # of the page that was answered; empty when privacy was asked for
    device: str
    scan_class: str
    rule_version: int
    first_of_day: bool
    segment: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class UnitScan(Scan):
    """A scan of a code that is on one unit only. `unit` is that code's suffix, and leaves with the spool's file."""

    unit: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody did on a page: read on, tapped a link, sent a form. No identity, like a scan."""

    at: datetime
    code: str  # by which the page was opened; empty on the product's own address
    product_id: int
    block: str  # where on the page; empty: the page as a whole
    block_type: str
    word: str  # "read", "go" or what the block calls it
    language: str
    device: str
    scan_class: str
    rule_version: int
    first: bool  # of its kind (reading on, or doing something) for this visitor at this page within 30 minutes
    segment: str = ""
    position: int = 0


Record: TypeAlias = Scan | Action


def format_scan(scan: Scan) -> bytes:
    """The scan's line."""
    what = (scan.at, scan.code, scan.language, scan.device, scan.scan_class, scan.rule_version, scan.first_of_day)
    return format_line(*what, scan.unit if isinstance(scan, UnitScan) else "")


def format_line(
    at: datetime,
    code: str,
    language: str,
    device: str,
    scan_class: str,
    rule_version: int,
    first_of_day: bool,
    unit: str = "",
) -> bytes:
    """A scan's line: words separated by blanks, the CRC-32 of all before it, a line end. One word more for a unit."""
    return _seal(
        f"{_SCAN} {clock.format_at(at)} {code} {language or _EMPTY} {device or _EMPTY} "
        f"{scan_class} {rule_version} {'1' if first_of_day else '0'}{' ' + unit if unit else ''}"
    )


def format_action(action: Action) -> bytes:
    """The action's line."""
    words = (action.code, str(action.product_id), action.block, action.block_type, action.word, action.language)
    more = (action.device, action.scan_class, str(action.rule_version), "1" if action.first else "0")
    return _seal(" ".join([_ACTION, clock.format_at(action.at), *(word or _EMPTY for word in (*words, *more))]))


def format_record(record: Record) -> bytes:
    """The record's line."""
    return format_scan(record) if isinstance(record, Scan) else format_action(record)


def _seal(text: str) -> bytes:
    body = text.encode()
    return b"%b %08x\n" % (body, zlib.crc32(body))


def is_whole(line: bytes) -> bool:
    """Whether a line (without its line end) has the checksum it says."""
    body, _, mark = line.rpartition(b" ")
    return len(mark) == 8 and mark == b"%08x" % zlib.crc32(body)


def parse_line(line: bytes) -> Record | None:
    """Read a line (without its line end); None when it is torn or damaged."""
    if not is_whole(line):
        return None
    words = line.decode().split(" ")
    try:
        return _READERS[words[0], len(words)](words)
    except (KeyError, ValueError):
        return None


def _read_scan(words: list[str]) -> Scan:
    _, at, code, language, device, scan_class, rule, first, _ = words
    if rule == "1" and scan_class == "repeat":
        scan_class = "reload"  # its name since rule version 2
    return Scan(
        at=clock.parse_at(at),
        code=code,
        language="" if language == _EMPTY else language,
        device="" if device == _EMPTY else device,
        scan_class=scan_class,
        rule_version=int(rule),
        first_of_day=first == "1",
    )


def _read_unit_scan(words: list[str]) -> UnitScan:
    *plain, unit, crc = words
    scan = _read_scan([*plain, crc])
    what = (scan.at, scan.code, scan.language, scan.device, scan.scan_class, scan.rule_version, scan.first_of_day)
    return UnitScan(*what, unit=unit)


def _read_action(words: list[str]) -> Action:
    at, *texts = ("" if word == _EMPTY else word for word in words[1:-1])
    code, product_id, block, block_type, word, language, device, scan_class, rule, first = texts
    what = (code, int(product_id), block, block_type, word, language, device, scan_class)
    return Action(clock.parse_at(at), *what, int(rule), first == "1")


_READERS: Mapping[tuple[str, int], Callable[[list[str]], Record]] = {
    (_SCAN, 9): _read_scan,
    (_SCAN, 10): _read_unit_scan,
    (_ACTION, 13): _read_action,
}


def leave_unit_out(record: Record) -> Record:
    """The record as it may be kept for longer than the spool's file: nobody learns when a unit was scanned."""
    return replace(record, unit="") if isinstance(record, UnitScan) else record


def place_record(record: Record, segment: str, position: int) -> Record:
    """The record with the place where it lies."""
    # Written out: dataclasses.replace would be a quarter of the time it takes to ingest.
    if type(record) is Scan:
        scan = record
        what = (scan.at, scan.code, scan.language, scan.device, scan.scan_class, scan.rule_version, scan.first_of_day)
        return Scan(*what, segment, position)
    return replace(record, segment=segment, position=position)
