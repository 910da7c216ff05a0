"""Scans the store refused, written down beside the spool and sent through it once more on request. Knows no store.

An entry says where its scan lay. It stays until that segment is gone, also after a second try: by it no line is ever
taken for a new one. A second try makes a segment of its own, so that its scans are counted once like all others.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shelftalk import clock
from shelftalk.scans.record import Record, format_record, leave_unit_out
from shelftalk.scans.segment import HEADER, SUFFIX, list_segments, sync_folder

ASIDE = "set-aside.jsonl"
_PENDING = "set-aside.again"
_AGAIN = "-again-"
Place = tuple[str, int]


@dataclass(frozen=True)
class Entry:
    """A scan that was set aside. `line` is empty when it was sent through the spool once more."""

    segment: str
    position: int
    why: str
    line: str

    @property
    def place(self) -> Place:
        """Where the scan lay."""
        return self.segment, self.position

    def format(self) -> str:
        """The entry's line."""
        entry = {"place": f"{self.segment}:{self.position}", "why": self.why, "scan": self.line}
        return json.dumps(entry) + "\n"


def is_again(name: str) -> bool:
    """Whether a segment holds scans that were set aside: they were served, and counted so, before."""
    return _AGAIN in name


def read_aside(folder: Path) -> list[Entry]:
    """Every entry, oldest first; what a crash left of one is passed over."""
    try:
        text = (folder / ASIDE).read_text()
    except FileNotFoundError:
        return []
    return [entry for entry in map(_parse, text.splitlines()) if entry]


def add_aside(folder: Path, scans: Sequence[Record], why: str) -> dict[str, int]:
    """Write down scans, each once however often this is repeated; gives how many entries their segments have now.

    An entry may lie for long, so a unit's code is not in it: such a scan counts later for its placement only.
    """
    entries = read_aside(folder)
    known = {entry.place for entry in entries}
    new = [
        Entry(scan.segment, scan.position, why, format_record(leave_unit_out(scan)).decode().strip())
        for scan in scans
        if (scan.segment, scan.position) not in known
    ]
    if new:
        _append(folder / ASIDE, "".join(entry.format() for entry in new))
    counts = Counter(entry.segment for entry in [*entries, *new])
    return {name: counts[name] for name in {scan.segment for scan in scans}}


def send_again(folder: Path, positions: Mapping[str, int]) -> int:
    """Put what was set aside into a new segment; gives how many scans. The ingester's lock must be held.

    Only what lies before the store's `positions`, or in segments that are gone: the rest is not settled yet.
    """
    finish_sending(folder)
    there = set(list_segments(folder))
    chosen = [entry for entry in read_aside(folder) if entry.line and _is_settled(entry, positions, there)]
    if chosen:
        text = "".join(entry.format() for entry in chosen)
        name = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
        _replace(folder, _PENDING, f"{clock.now():%Y%m%dT%H%M%S}{_AGAIN}{name}{SUFFIX}\n{text}")
        finish_sending(folder)
    return len(chosen)


def finish_sending(folder: Path) -> None:
    """Do the rest of what `send_again` began, also when it was killed at any point."""
    try:
        name, *lines = (folder / _PENDING).read_text().splitlines()
    except FileNotFoundError:
        return
    sent = [entry for entry in map(_parse, lines) if entry]
    _mark_sent(folder, {entry.place for entry in sent})
    if not (folder / name).exists():
        _replace(folder, name, HEADER.decode() + "".join(f"{entry.line}\n" for entry in sent))
    (folder / _PENDING).unlink()
    sync_folder(folder)


def _mark_sent(folder: Path, places: set[Place]) -> None:
    there = set(list_segments(folder))
    kept = [
        Entry(entry.segment, entry.position, entry.why, "") if entry.place in places else entry
        for entry in read_aside(folder)
    ]
    lines = (entry.format() for entry in kept if entry.line or entry.segment in there)
    _replace(folder, ASIDE, "".join(lines))


def _is_settled(entry: Entry, positions: Mapping[str, int], there: Iterable[str]) -> bool:
    return entry.segment not in there or entry.position <= positions.get(entry.segment, 0)


def _parse(line: str) -> Entry | None:
    try:
        raw = json.loads(line)
        segment, _, position = raw["place"].rpartition(":")
        return Entry(segment, int(position), str(raw["why"]), str(raw["scan"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _append(path: Path, text: str) -> None:
    with path.open("a+") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        file.write(("\n" if size and file.read(1) != "\n" else "") + text)  # after what a crash left of an entry
        file.flush()
        os.fsync(file.fileno())


def _replace(folder: Path, name: str, text: str) -> None:
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)
    sync_folder(folder)
