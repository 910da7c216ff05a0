"""The spool's book-keeping: what was served, stored, set aside, lost. Knows segments, not who reads or fills them."""

from __future__ import annotations

import errno
import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from shelftalk.scans.aside import is_again
from shelftalk.scans.segment import (
    Tally,
    list_segments,
    read_meter,
    read_segment,
    remove_segment,
    sync_folder,
    tally_segment,
)

_NAME = "ledger.json"
FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Totals:
    """Of the segments that are finished and gone. `missing`: served, yet nowhere; must stay 0."""

    served: int = 0
    stored: int = 0
    set_aside: int = 0
    lost: int = 0
    torn: int = 0
    missing: int = 0


@dataclass(frozen=True)
class Ledger:
    """What the ingester writes down. The store's own positions rule; these are for counting."""

    totals: Totals = field(default_factory=Totals)
    positions: dict[str, int] = field(default_factory=dict)  # segment -> bytes taken over
    aside: dict[str, int] = field(default_factory=dict)  # segment -> scans set aside
    removed: tuple[str, ...] = ()  # counted in the totals; their files may still lie there


@dataclass(frozen=True)
class SpoolStatus:
    """The node's spool in numbers. served = stored + set_aside + depth + lost + missing."""

    segments: int
    bytes: int
    depth: int  # scans waiting for the ingester
    served: int
    stored: int
    set_aside: int
    lost: int  # declared: answered, not kept
    torn: int  # damaged lines, of scans that were not answered
    missing: int

    @property
    def balanced(self) -> bool:
        """Whether every served scan is accounted for."""
        return self.missing == 0


def read_ledger(folder: Path) -> Ledger:
    """The ledger, or an empty one."""
    try:
        raw = json.loads((folder / _NAME).read_text())
        return Ledger(Totals(**raw["totals"]), raw["positions"], raw["aside"], tuple(raw["removed"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Ledger()


def write_ledger(folder: Path, ledger: Ledger, *, durable: bool = False) -> None:
    """Replace the ledger in one step; on a full disk, in place: else nothing could ever be deleted from it."""
    text = json.dumps(asdict(ledger))
    draft = folder / f".{_NAME}.{secrets.token_hex(4)}"
    try:
        _write(draft, text, "w", durable=durable)
        draft.replace(folder / _NAME)
        if durable:
            sync_folder(folder)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if error.errno not in FULL or not (folder / _NAME).exists():
            raise
        _write(folder / _NAME, text.ljust((folder / _NAME).stat().st_size), "r+", durable=durable)


def _write(path: Path, text: str, mode: str, *, durable: bool) -> None:
    with path.open(mode) as file:
        file.write(text)
        if durable:
            file.flush()
            os.fsync(file.fileno())


def fold_segments(folder: Path, names: list[str]) -> None:
    """Count finished segments into the totals, then delete them; safe to repeat after a crash at any point."""
    ledger = read_ledger(folder)
    totals = ledger.totals
    for name in names:
        if name not in ledger.removed:
            totals = _add(totals, _account(folder, name, ledger, tally_segment(folder, name, 1 << 62)))
    keep = {name: place for name, place in ledger.positions.items() if name not in names}
    aside = {name: count for name, count in ledger.aside.items() if name not in names}
    write_ledger(folder, Ledger(totals, keep, aside, tuple(names)), durable=True)
    for name in names:
        remove_segment(folder, name)


def measure_spool(folder: Path, unfiled: int = 0) -> SpoolStatus:
    """Count everything there is; `unfiled` are losses the asking process holds in memory."""
    ledger = read_ledger(folder)
    totals = ledger.totals
    depth = size = segments = 0
    for name in list_segments(folder):
        if name in ledger.removed:
            continue
        try:
            tally = tally_segment(folder, name, ledger.positions.get(name, 0))
        except FileNotFoundError:
            continue  # folded just now
        totals = _add(totals, _account(folder, name, ledger, tally))
        segments, depth, size = segments + 1, depth + tally.after, size + tally.bytes
    return SpoolStatus(
        segments=segments,
        bytes=size,
        depth=depth,
        served=totals.served + unfiled,
        stored=totals.stored,
        set_aside=totals.set_aside,
        lost=totals.lost + unfiled,
        torn=totals.torn,
        missing=totals.missing,
    )


def find_oldest_waiting(folder: Path) -> datetime | None:
    """When the oldest scan was made that still waits; None when none waits."""
    ledger = read_ledger(folder)
    found = []
    for name in list_segments(folder):
        with suppress(FileNotFoundError):
            found += read_segment(folder, name, ledger.positions.get(name, 0), 1).records
    return min((record.at for record in found), default=None)


def _account(folder: Path, name: str, ledger: Ledger, tally: Tally) -> Totals:
    aside = ledger.aside.get(name, 0)
    if is_again(name):  # served before; they leave what is set aside, for the store or for a second time there
        return Totals(stored=tally.before - aside, set_aside=aside - tally.before - tally.after, torn=tally.torn)
    meter = read_meter(folder, name)
    lost = meter.lost if meter else 0
    found = tally.before + tally.after + lost
    served = max(found, meter.served if meter else 0)
    return Totals(served, tally.before - aside, aside, lost, tally.torn, served - found)


def _add(one: Totals, other: Totals) -> Totals:
    return replace(one, **{name: value + getattr(other, name) for name, value in asdict(one).items()})
