"""A scan as it lies in the spool: one checked line of text. Knows no files and no requests."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime

from shelftalk import clock

CLASSES = ("person", "repeat", "reload", "prefetch", "preview_bot", "declared_bot", "staff", "burst")
DEVICES = ("phone", "tablet", "desktop", "other", "")
_KIND = "s"  # the first word of a line: what it records
_EMPTY = "-"
_FIELDS = 8


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


def format_scan(scan: Scan) -> bytes:
    """The scan's line."""
    return format_line(
        scan.at, scan.code, scan.language, scan.device, scan.scan_class, scan.rule_version, scan.first_of_day
    )


def format_line(
    at: datetime, code: str, language: str, device: str, scan_class: str, rule_version: int, first_of_day: bool
) -> bytes:
    """A line: words separated by blanks, the CRC-32 of all before it, a line end."""
    body = (
        f"{_KIND} {clock.format_at(at)} {code} {language or _EMPTY} {device or _EMPTY} "
        f"{scan_class} {rule_version} {'1' if first_of_day else '0'}"
    ).encode()
    return b"%b %08x\n" % (body, zlib.crc32(body))


def is_whole(line: bytes) -> bool:
    """Whether a line (without its line end) has the checksum it says."""
    body, _, mark = line.rpartition(b" ")
    return len(mark) == 8 and mark == b"%08x" % zlib.crc32(body)


def parse_scan(line: bytes) -> Scan | None:
    """Read a line (without its line end); None when it is torn or damaged."""
    if not is_whole(line):
        return None
    words = line.decode().split(" ")
    if len(words) != _FIELDS + 1 or words[0] != _KIND:
        return None
    try:
        return _read_words(words)
    except ValueError:
        return None


def _read_words(words: list[str]) -> Scan:
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


def place_scan(scan: Scan, segment: str, position: int) -> Scan:
    """The scan with the place where it lies."""
    # Written out: dataclasses.replace would be a quarter of the time it takes to ingest.
    what = (scan.at, scan.code, scan.language, scan.device, scan.scan_class, scan.rule_version, scan.first_of_day)
    return Scan(*what, segment, position)
