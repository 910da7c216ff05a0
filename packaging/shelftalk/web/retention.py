"""Deletes rows of scans that are too old, daily, and proves it; erases scans on request. Knows no SQL."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shelftalk import clock
from shelftalk.errors import Invalid, ShelftalkError
from shelftalk.scans.ingest import Ingester
from shelftalk.store import Db, Store, notes, retention, sent
from shelftalk.store.retention import Window

log = logging.getLogger(__name__)
NOTE = "last_retention"
FIRST_S, CHECK_S = 20.0, 600.0  # after the start, then between looks whether it is time
DUE = timedelta(hours=20)
LATE = timedelta(days=2)


@dataclass(frozen=True)
class Retained:
    """What the last run found. `proven`: afterwards no older row was left."""

    at: datetime
    removed: int
    before: date  # rows of earlier days had to go
    oldest: date | None  # of the rows that are left
    proven: bool

    def is_good(self, at: datetime) -> bool:
        """Whether it ran lately and left nothing."""
        return self.proven and at - self.at <= LATE


def read_retained(db: Db) -> Retained | None:
    """The note of the last run, or None when there was none."""
    text = notes.find_note(db, NOTE)
    if not text:
        return None
    raw = json.loads(text)
    oldest = date.fromisoformat(raw["oldest"]) if raw["oldest"] else None
    before = date.fromisoformat(raw["before"])
    return Retained(clock.parse_at(raw["at"]), int(raw["removed"]), before, oldest, bool(raw["proven"]))


def retain(store: Store, keep_days: int) -> Retained:
    """Delete what is older than `keep_days` local days, look whether anything is left of it, and write that down."""
    at = clock.now()
    before = clock.days_before(at.date(), keep_days)
    removed = retention.drop_old_scans(store, before)
    with store.read() as db:
        oldest = retention.find_oldest_day(db)
    done = Retained(at, removed, before, oldest, oldest is None or oldest >= before)
    with store.write() as db:
        sent.drop_old_sent(db, at.date(), keep_days)
        notes.set_note(db, NOTE, _format(done))
    log.info("retention", extra={"removed": removed, "proven": done.proven})
    return done


def _format(done: Retained) -> str:
    days = {"before": done.before.isoformat(), "oldest": done.oldest.isoformat() if done.oldest else ""}
    return json.dumps({"at": clock.format_at(done.at), "removed": done.removed, "proven": done.proven} | days)


class Retainer:
    """Runs retention once a day, and `after` it; any number of processes may try, whoever comes first does it."""

    def __init__(self, store: Store, keep_days: int, after: Callable[[], object] = lambda: None) -> None:
        self._store = store
        self._keep_days = keep_days
        self._after = after

    def run_forever(self, stop: threading.Event) -> None:
        """Look now and then whether a day has passed, until `stop`. A store that is away is asked again."""
        pause = FIRST_S
        while not stop.wait(pause):
            pause = CHECK_S
            try:
                self.run_when_due()
            except (ShelftalkError, OSError, ValueError) as error:
                log.warning("Old scans could not be deleted: %s", type(error).__name__)

    def run_when_due(self) -> bool:
        """Whether it was time, and done."""
        with self._store.read() as db:
            last = read_retained(db)
        if last and last.proven and timedelta() <= clock.now() - last.at < DUE:
            return False
        retain(self._store, self._keep_days)
        self._after()
        return True


def check_window(code: str, from_day: date, to_day: date) -> Window:
    """The window of an erasure; raises Invalid when it ends before it begins."""
    if to_day < from_day:
        raise Invalid("to", "The period ends on {value}, before it begins. Swap the two days.", value=to_day)
    return Window(code, from_day, to_day)


def erase(store: Store, ingester: Ingester, window: Window, by: str) -> int:
    """Take over what waits in this node's spool, then erase the window's scans; gives how many."""
    ingester.ingest_once()
    with store.write() as db:
        count = retention.erase_scans(db, window, by=by, at=clock.now())
        sent.erase_sent(db, window.code, window.from_day, window.to_day)
    log.info("erased", extra={"scans": count})
    return count
