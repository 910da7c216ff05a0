"""Moves scans from the spool to a store, exactly once. Knows the spool; the store is whatever sink it is handed."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from shelftalk import clock
from shelftalk.errors import Invalid, Unavailable
from shelftalk.scans.aside import add_aside, finish_sending, read_aside, send_again
from shelftalk.scans.ledger import fold_segments, read_ledger, write_ledger
from shelftalk.scans.progress import IngestStatus, read_status, write_status
from shelftalk.scans.record import Record
from shelftalk.scans.segment import list_segments, read_segment, sweep_folder, sync_folder
from shelftalk.scans.spool import Spool

log = logging.getLogger(__name__)
BATCH = 20_000  # at most; a batch is as large as the backlog up to this
POLL_S = 0.5
MAX_PAUSE_S = 30.0
TELLING = 500  # scans in a pass that is long enough to measure a speed by
TELL_S = 10.0  # without news, how often the status is told all the same


class Refused(Exception):
    """Raised by a sink: these scans can never be stored, for example since their code is unknown there."""

    def __init__(self, scans: Sequence[Record], why: str = "unknown code") -> None:
        self.scans = scans
        super().__init__(why)


class Busy(Unavailable):
    """Another process of this node is moving its scans."""


class Sink(Protocol):
    """Where scans go. `node` names this spool; positions are the store's own record of how far it has read."""

    def read_positions(self, node: str) -> Mapping[str, int]:
        """Segment -> position, as last written for this node."""

    def write_batch(self, batch: Sequence[Record], positions: Mapping[str, int], node: str) -> None:
        """Write scans, their rollups and the positions in one transaction.

        Raises Refused with the scans that can never be stored (or Invalid, not knowing which) and then writes
        nothing; those are set aside and the rest comes again. Anything else raised means: the same again later.
        """

    def forget_positions(self, segments: Sequence[str], node: str) -> None:
        """Drop the positions of segments that are gone."""


@dataclass(frozen=True)
class _Batch:
    scans: list[Record]
    positions: dict[str, int]
    finished: list[str]  # segments read to their end that nobody writes to


class Ingester:
    """One pass at a time per node: whoever holds the lock."""

    def __init__(self, spool: Spool, sink: Sink, lock_path: Path | None = None) -> None:
        self._folder = spool.folder
        self._sink = sink
        self._lock_path = lock_path or spool.folder / "ingest.lock"
        self.status = read_status(spool.folder)
        self._told_at = 0.0
        self.node = read_node(spool.folder)

    def ingest_once(
        self,
        progress: Callable[[int], None] | None = None,
        *,
        wait_s: float = 30.0,
        stop: threading.Event | None = None,
    ) -> int:
        """Take over all that waits, or until `stop` after a whole batch; returns how many scans.

        Raises Busy when another pass takes too long.
        """
        with self.hold(wait_s):
            return self._pass(progress or (lambda _count: None), stop or threading.Event())

    @contextlib.contextmanager
    def hold(self, wait_s: float = 30.0) -> Iterator[None]:
        """Let no pass run meanwhile, in whatever process; raises Busy when one takes too long."""
        with _hold(self._lock_path, wait_s):
            yield

    def retry_set_aside(self) -> int:
        """Send what the store refused through the spool once more; gives how many scans. The next pass takes them."""
        with self.hold():
            return send_again(self._folder, self._sink.read_positions(self.node))

    def run_forever(self, stop: threading.Event) -> None:
        """Take over scans as they come until `stop`, unless a process of its own does; see `follow`."""
        self._run(stop, lambda: _is_free(self._follower_path))

    def follow(self, stop: threading.Event) -> None:
        """The same in a process of its own: while it lives, the servers of this node leave the work to it."""
        with _hold(self._follower_path, wait_s=2):
            self._run(stop, lambda: True)

    @property
    def _follower_path(self) -> Path:
        return self._lock_path.with_name("follower.lock")

    def _run(self, stop: threading.Event, is_mine: Callable[[], bool]) -> None:
        pause = POLL_S
        while not stop.is_set():
            pause = self._try(stop, pause) if is_mine() else POLL_S
            stop.wait(pause)

    def _try(self, stop: threading.Event, pause: float) -> float:
        """One pass; gives the pause until the next: while the store is away, ask ever less often."""
        try:
            self.ingest_once(wait_s=0, stop=stop)
        except Busy:
            return POLL_S
        except Exception as error:
            log.warning("The store did not take scans; they stay in the spool: %s", type(error).__name__)
            self._tell(replace(self.status, error=type(error).__name__, error_at=clock.now()))
            return min(pause * 2, MAX_PAUSE_S)
        return POLL_S

    def _pass(self, progress: Callable[[int], None], stop: threading.Event) -> int:
        began, lag = clock.monotonic(), self.status.lag_s
        finish_sending(self._folder)
        positions = dict(self._sink.read_positions(self.node))
        self._forget(positions)
        total = 0
        while not stop.is_set() and (batch := self._read(positions)):
            if batch.positions:
                self._store(self._leave_aside(batch.scans), batch.positions)
            positions.update(batch.positions)
            self._note(positions)
            self._fold(batch.finished, positions)
            total += len(batch.scans)
            progress(total)
            lag = _measure_lag(batch.scans, lag)
            self._tell_pass(total, began, lag)
        sweep_folder(self._folder)
        self._tell_pass(total, began, lag)
        return total

    def _tell_pass(self, total: int, began: float, lag: float) -> None:
        """Tell how far a pass came. A few scans say nothing about speed: the last known one stays."""
        telling = total >= TELLING or (total and not self.status.rate)
        rate = total / max(clock.monotonic() - began, 1e-6) if telling else self.status.rate
        self._tell(IngestStatus(clock.now(), total or self.status.last_count, rate, lag))

    def _tell(self, status: IngestStatus) -> None:
        news = status.last_count != self.status.last_count or status.error != self.status.error
        self.status = status
        if news or clock.monotonic() - self._told_at > TELL_S:
            self._told_at = clock.monotonic()
            write_status(self._folder, status)

    def _read(self, positions: Mapping[str, int]) -> _Batch | None:
        batch = _Batch([], {}, [])
        for name in list_segments(self._folder):
            room = BATCH - len(batch.scans)
            if room <= 0:
                break
            start = positions.get(name, 0)
            reading = read_segment(self._folder, name, start, room)
            batch.scans.extend(reading.records)
            if reading.records or reading.torn:
                batch.positions[name] = reading.position
            if reading.done:
                batch.finished.append(name)
        return batch if batch.positions or batch.finished else None

    def _leave_aside(self, scans: list[Record]) -> list[Record]:
        """Without those an earlier try set aside before it was cut off: they may be sent again from there."""
        entries = read_aside(self._folder)
        places = {entry.place for entry in entries}
        rest = [scan for scan in scans if (scan.segment, scan.position) not in places] if places else scans
        if len(rest) < len(scans):
            counts = Counter(entry.segment for entry in entries)
            self._note_aside({scan.segment: counts[scan.segment] for scan in scans if counts[scan.segment]})
        return rest

    def _store(self, scans: list[Record], positions: Mapping[str, int]) -> None:
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

    def _set_aside(self, scans: Sequence[Record], why: str) -> None:
        """Write down scans no store can take, each once however often this is repeated."""
        counts = add_aside(self._folder, scans, why)
        log.warning("%d scans the store can never take were set aside: %s", len(scans), why)
        self._note_aside(counts)

    def _note_aside(self, counts: dict[str, int]) -> None:
        ledger = read_ledger(self._folder)
        with contextlib.suppress(OSError):
            write_ledger(self._folder, replace(ledger, aside=ledger.aside | counts))

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


def _measure_lag(scans: Sequence[Record], known: float) -> float:
    """How long the oldest of the scans waited; without scans, what was known."""
    if not scans:
        return known
    return max(0.0, (clock.now() - min(scan.at for scan in scans)).total_seconds())


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


def _is_free(path: Path) -> bool:
    """Whether nobody holds the lock; it is let go of at once."""
    with contextlib.suppress(Busy), _hold(path, wait_s=0):
        return True
    return False


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
