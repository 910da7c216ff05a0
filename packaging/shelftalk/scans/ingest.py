"""Moves scans from the spool to a store, exactly once. Knows the spool; the store is whatever sink it is handed."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from shelftalk import clock
from shelftalk.errors import Invalid, Unavailable
from shelftalk.scans.ledger import fold_segments, read_ledger, write_ledger
from shelftalk.scans.record import Scan, format_scan
from shelftalk.scans.segment import list_segments, read_segment, sweep_folder, sync_folder
from shelftalk.scans.spool import Spool

log = logging.getLogger(__name__)
BATCH = 20_000  # at most; a batch is as large as the backlog up to this
POLL_S = 0.5
MAX_PAUSE_S = 30.0
ASIDE = "set-aside.jsonl"


class Refused(Exception):
    """Raised by a sink: these scans can never be stored, for example since their code is unknown there."""

    def __init__(self, scans: Sequence[Scan], why: str = "unknown code") -> None:
        self.scans = scans
        super().__init__(why)


class Busy(Unavailable):
    """Another process of this node is moving its scans."""


class Sink(Protocol):
    """Where scans go. `node` names this spool; positions are the store's own record of how far it has read."""

    def read_positions(self, node: str) -> Mapping[str, int]:
        """Segment -> position, as last written for this node."""

    def write_batch(self, batch: Sequence[Scan], positions: Mapping[str, int], node: str) -> None:
        """Write scans, their rollups and the positions in one transaction.

        Raises Refused with the scans that can never be stored (or Invalid, not knowing which) and then writes
        nothing; those are set aside and the rest comes again. Anything else raised means: the same again later.
        """

    def forget_positions(self, segments: Sequence[str], node: str) -> None:
        """Drop the positions of segments that are gone."""


@dataclass(frozen=True)
class IngestStatus:
    """How the ingester of this process is doing."""

    last_at: datetime | None = None  # of the last pass that reached the store
    last_count: int = 0
    rate: float = 0.0  # scans a second in the last pass that had any
    error: str = ""


@dataclass(frozen=True)
class _Batch:
    scans: list[Scan]
    positions: dict[str, int]
    finished: list[str]  # segments read to their end that nobody writes to


class Ingester:
    """One pass at a time per node: whoever holds the lock."""

    def __init__(self, spool: Spool, sink: Sink, lock_path: Path | None = None) -> None:
        self._folder = spool.folder
        self._sink = sink
        self._lock_path = lock_path or spool.folder / "ingest.lock"
        self.status = IngestStatus()
        self.node = read_node(spool.folder)

    def ingest_once(self, progress: Callable[[int], None] | None = None, *, wait_s: float = 30.0) -> int:
        """Take over all that waits; returns how many scans. Raises Busy when another pass takes too long."""
        began = clock.monotonic()
        with self.hold(wait_s):
            count = self._pass(progress or (lambda _count: None))
        rate = count / max(clock.monotonic() - began, 1e-6) if count else self.status.rate
        self.status = IngestStatus(clock.now(), count, rate)
        return count

    @contextlib.contextmanager
    def hold(self, wait_s: float = 30.0) -> Iterator[None]:
        """Let no pass run meanwhile, in whatever process; raises Busy when one takes too long."""
        with _hold(self._lock_path, wait_s):
            yield

    def run_forever(self, stop: threading.Event) -> None:
        """Take over scans as they come until `stop`; while the store is away, ask ever less often."""
        pause = POLL_S
        while not stop.is_set():
            try:
                self.ingest_once(wait_s=0)
                pause = POLL_S
            except Busy:
                pause = POLL_S
            except Exception as error:
                log.warning("The store did not take scans; they stay in the spool: %s", type(error).__name__)
                self.status = replace(self.status, error=type(error).__name__)
                pause = min(pause * 2, MAX_PAUSE_S)
            stop.wait(pause)

    def _pass(self, progress: Callable[[int], None]) -> int:
        positions = dict(self._sink.read_positions(self.node))
        self._forget(positions)
        total = 0
        while batch := self._read(positions):
            if batch.positions:
                self._store(batch.scans, batch.positions)
            positions.update(batch.positions)
            self._note(positions)
            self._fold(batch.finished, positions)
            total += len(batch.scans)
            progress(total)
        sweep_folder(self._folder)
        return total

    def _read(self, positions: Mapping[str, int]) -> _Batch | None:
        batch = _Batch([], {}, [])
        for name in list_segments(self._folder):
            room = BATCH - len(batch.scans)
            if room <= 0:
                break
            start = positions.get(name, 0)
            reading = read_segment(self._folder, name, start, room)
            batch.scans.extend(reading.scans)
            if reading.scans or reading.torn:
                batch.positions[name] = reading.position
            if reading.done:
                batch.finished.append(name)
        return batch if batch.positions or batch.finished else None

    def _store(self, scans: list[Scan], positions: Mapping[str, int]) -> None:
        """Hand over scans until they are in; what can never be stored is set aside first."""
        try:
            self._sink.write_batch(scans, positions, self.node)
        except Refused as error:
            refused = {(scan.segment, scan.position) for scan in error.scans}
            self._set_aside(error.scans, str(error))
            self._store([scan for scan in scans if (scan.segment, scan.position) not in refused], positions)
        except Invalid as error:
            if len(scans) < 2:
                self._set_aside(scans, str(error))
                self._sink.write_batch([], positions, self.node)
                return
            first, second = scans[: len(scans) // 2], scans[len(scans) // 2 :]
            self._store(first, {scan.segment: scan.position for scan in first})
            self._store(second, positions)

    def _set_aside(self, scans: Sequence[Scan], why: str) -> None:
        """Write down scans no store can take, each once however often this is repeated."""
        path = self._folder / ASIDE
        lines = path.read_text().splitlines() if path.exists() else []
        known = {json.loads(line)["place"] for line in lines if line.endswith("}")}
        entries = [_format_aside(scan, why) for scan in scans if f"{scan.segment}:{scan.position}" not in known]
        with path.open("a") as file:
            file.write("".join(entries))
            file.flush()
            os.fsync(file.fileno())
        log.warning("%d scans the store can never take were set aside: %s", len(scans), why)
        self._note_aside(Counter(scan.segment for scan in scans[: len(entries)]))

    def _note_aside(self, counts: Mapping[str, int]) -> None:
        ledger = read_ledger(self._folder)
        aside = {name: ledger.aside.get(name, 0) + count for name, count in counts.items()}
        with contextlib.suppress(OSError):
            write_ledger(self._folder, replace(ledger, aside=ledger.aside | aside))

    def _note(self, positions: Mapping[str, int]) -> None:
        ledger = read_ledger(self._folder)
        with contextlib.suppress(OSError):  # only numbers to show; the store's positions rule
            write_ledger(self._folder, replace(ledger, positions=dict(positions)))

    def _fold(self, finished: list[str], positions: dict[str, int]) -> None:
        if finished:
            fold_segments(self._folder, finished)
            self._forget(positions)

    def _forget(self, positions: dict[str, int]) -> None:
        """Only what the ledger says was folded: a segment that is merely out of sight keeps its position."""
        there = set(list_segments(self._folder))
        gone = [name for name in read_ledger(self._folder).removed if name in positions and name not in there]
        if gone:
            self._sink.forget_positions(gone, self.node)
        for name in gone:
            del positions[name]


def read_node(folder: Path) -> str:
    """The name of this spool, made with it: it lies beside the segments, so positions never meet another's files."""
    path = folder / "node"
    if not path.exists():
        draft = folder / f".node.{secrets.token_hex(4)}"
        draft.write_text(secrets.token_hex(8))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        sync_folder(folder)
    return path.read_text().strip()


def _format_aside(scan: Scan, why: str) -> str:
    line = format_scan(scan).decode().strip()
    return json.dumps({"place": f"{scan.segment}:{scan.position}", "why": why, "scan": line}) + "\n"


@contextlib.contextmanager
def _hold(path: Path, wait_s: float) -> Iterator[None]:
    fd = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        deadline = clock.monotonic() + wait_s
        while not _try_lock(fd):
            if clock.monotonic() >= deadline:
                raise Busy("Another process is moving scans to the store. Try again in a moment.")
            time.sleep(0.05)
        yield
    finally:
        os.close(fd)


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
