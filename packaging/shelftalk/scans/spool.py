"""The append journal a scan is safe in before it is answered. Knows the local disk, nothing of stores or requests.

One thread per process writes for all: what arrives while the disk is busy shares the next sync. An append never
raises: when the disk cannot take a scan, the loss is declared and counted and the page goes out all the same.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shelftalk import clock
from shelftalk.scans.ledger import FULL, SpoolStatus, measure_spool
from shelftalk.scans.record import Record, format_record
from shelftalk.scans.segment import SegmentWriter

Outcome = Literal["kept", "late", "lost"]
Durability = Literal["power", "process"]
log = logging.getLogger(__name__)


_spools: weakref.WeakSet[Spool] = weakref.WeakSet()


class Batch:
    """Lines that share one sync. When their fate is known `done` is set, and `wake` called by the spool's thread."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.done = threading.Event()
        self.lost = False
        self.wake: Callable[[Batch], object] | None = None

    @property
    def outcome(self) -> Outcome:
        """What became of every line of it."""
        return "lost" if self.lost else "kept"


@dataclass(frozen=True)
class Limits:
    """The spool's measures; the defaults suit a shop's server."""

    segment_bytes: int = 8 << 20
    segment_s: float = 300.0  # older ones are let go too: a unit's code lies on the disk for minutes
    sync_s: float = 0.05  # "process": the disk follows within this
    patience_s: float = 0.25  # an answer waits no longer than this for the disk
    waiting: int = 20_000  # lines held in memory while the disk hangs
    retry_s: float = 0.1  # after no segment could be made


class Spool:
    """This process's end of the journal in `folder`. Starts with its first append; safe to use from any thread."""

    def __init__(self, folder: Path, durability: str = "power", limits: Limits | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.durability = durability
        self.limits = limits or Limits()
        self._segment: SegmentWriter | None = None
        self._reset()
        _spools.add(self)

    def append(self, record: Record) -> Outcome:
        """Keep a scan or an action. "kept": safe as the durability says; "late": the disk is slow, it will be kept or
        declared lost; "lost": counted, not kept. Never raises."""
        return self.append_line(format_record(record))

    def append_line(self, line: bytes) -> Outcome:
        """Keep a scan's line; waits, at most for the spool's patience."""
        try:
            self._start()
            if self.durability == "process" and self.write_now([line]):
                return "kept"
            batch = self._hand_over(line)
        except Exception:
            log.exception("A scan could not be spooled")
            self.declare_lost(1)
            return "lost"
        if batch is None:
            return "lost"
        return batch.outcome if batch.done.wait(0 if self.hangs() else self.limits.patience_s) else "late"

    def hand_over(self, line: bytes, wake: Callable[[Batch], object]) -> Batch | Outcome:
        """Have a line kept without waiting: what became of it, or the batch it shares its fate with. `wake` is then
        called with that batch when its fate is known, once for all lines in it. Never raises."""
        try:
            self._start()
            return self._hand_over(line, wake) or "lost"
        except Exception:
            log.exception("A scan could not be spooled")
            self.declare_lost(1)
            return "lost"

    def declare_lost(self, count: int) -> None:
        """Count scans that were answered and could not be kept."""
        with self._lock:
            if self._segment:
                self._segment.add_lost(count)
            else:
                self._unfiled += count

    def status(self) -> SpoolStatus:
        """What lies in the spool and what became of the rest, over all processes of this node."""
        with self._lock:
            unfiled = self._unfiled
        return measure_spool(self.folder, unfiled)

    def close(self) -> None:
        """Bring everything to the disk and let the ingester have the segment."""
        with self._wake:
            thread, self._stopping = self._thread, True
            self._wake.notify_all()
        if thread:
            thread.join(timeout=10)
        with self._lock, contextlib.suppress(OSError):
            if self._unfiled:
                self._get_segment()  # what was declared while none could be made is written down
            if self._segment:
                self._segment.show()
        self._drop_segment()

    def _reset(self) -> None:
        self._lock = threading.Lock()  # guards the segment
        self._wake = threading.Condition()  # guards the batch
        self._batch = Batch()
        self._drop_segment()  # after a fork it is the parent's
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._unfiled = 0  # lost while no segment could be made
        self._retry_at = self._shown_at = 0.0
        self._busy_since = 0.0  # 0: the disk is idle

    def _drop_segment(self) -> None:
        with self._lock:
            if self._segment:
                self._segment.close()
            self._segment = None

    def _start(self) -> None:
        if self._thread:
            return
        with self._wake:
            if not self._thread and not self._stopping:
                self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
                self._thread.start()

    def write_now(self, lines: list[bytes]) -> bool:
        """Hand lines to the system in one write; False when none of them was kept: they go by `hand_over` then."""
        with self._lock:
            segment = self._segment
            if self._stopping or not segment or segment.broken or segment.size >= self.limits.segment_bytes:
                return False
            try:
                segment.write(lines)
            except Exception:
                return False
        return True

    def _hand_over(self, line: bytes, wake: Callable[[Batch], object] | None = None) -> Batch | None:
        with self._wake:
            batch = self._batch
            refused = self._stopping or len(batch.lines) >= self.limits.waiting
            if not refused:
                batch.lines.append(line)
                batch.wake = wake or batch.wake
                if len(batch.lines) == 1:
                    self._wake.notify()
        if refused:
            self.declare_lost(1)
            return None
        return batch

    def hangs(self) -> bool:
        """Whether the disk has been busy for longer than an answer waits."""
        since = self._busy_since
        return since > 0 and clock.monotonic() - since > self.limits.patience_s

    def _run(self) -> None:
        rest = self.limits.sync_s if self.durability == "process" else self.limits.segment_s
        while True:
            with self._wake:
                if not self._batch.lines and not self._stopping:
                    self._wake.wait(rest)
                batch, self._batch = self._batch, Batch()
                stopping = self._stopping
            self._busy_since = clock.monotonic()
            batch.lost = not self._keep(batch.lines)
            self._busy_since = 0.0
            batch.done.set()
            if batch.wake:
                batch.wake(batch)
            if stopping:
                return
            self._let_go_of_old()

    def _let_go_of_old(self) -> None:
        """End a segment that is old enough, so that the ingester reads it to its end and deletes it."""
        with self._lock:
            old = self._segment
            if old and not old.unsynced and clock.monotonic() - old.began > self.limits.segment_s:
                old.show()
                old.close()
                self._segment = None

    def _keep(self, lines: list[bytes]) -> bool:
        """Write and sync; when the disk refuses, once more in a new segment; else declare the loss."""
        error: Exception | None = None
        for _attempt in range(2):
            try:
                self._put(lines)
                return True
            except OSError as failure:
                error = failure
                if failure.errno in FULL and lines and not self._is_broken():
                    break  # the segment is whole: it goes on when there is room again
                lines = self._give_up() + lines
        if lines:
            log.error("%d scans were answered and could not be kept: %s", len(lines), error)
            self.declare_lost(len(lines))
        return not lines

    def _put(self, lines: list[bytes]) -> None:
        with self._lock:
            if not lines and (not self._segment or not self._segment.unsynced):
                return
            segment = self._get_segment()
        if self.durability == "power":
            segment.write_durably(lines)
        else:
            self._put_behind(segment, lines)
        now = clock.monotonic()
        if not self._batch.lines or now - self._shown_at > self.limits.sync_s:
            self._shown_at = now  # under load not at each sync: the thread would lose its turn once more
            segment.show()

    def _put_behind(self, segment: SegmentWriter, lines: list[bytes]) -> None:
        with self._lock:
            segment.write(lines)
            lines.clear()  # the segment's from here on, until a sync has covered them
            mark = segment.get_mark()
        segment.flush()
        with self._lock:
            segment.confirm(mark)

    def _is_broken(self) -> bool:
        return self._segment is not None and self._segment.broken

    def _give_up(self) -> list[bytes]:
        with self._lock:
            return self._segment.give_up() if self._segment else []

    def _get_segment(self) -> SegmentWriter:
        old = self._segment
        if old and not old.broken and (old.size < self.limits.segment_bytes or old.unsynced):
            return old
        if clock.monotonic() < self._retry_at:
            raise OSError(errno.EAGAIN, "no segment could be made a moment ago")
        self._retry_at = clock.monotonic() + self.limits.retry_s
        self._segment = new = SegmentWriter(self.folder)
        self._retry_at = 0.0
        if old:
            old.show()
            old.close()
        if self._unfiled:
            new.add_lost(self._unfiled)
            self._unfiled = 0
        return new


def _start_anew() -> None:
    for spool in list(_spools):
        spool._reset()


os.register_at_fork(after_in_child=_start_anew)
