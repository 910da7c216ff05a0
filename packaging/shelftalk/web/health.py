"""How the running parts are: store, shelf, spool, ingester, backup. Asks each; a part that is away makes no error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from shelftalk import clock
from shelftalk.errors import ShelftalkError
from shelftalk.scans.ledger import SpoolStatus, find_oldest_waiting
from shelftalk.scans.progress import IngestStatus, read_status
from shelftalk.scans.reader import ShelfStatus
from shelftalk.store import notes, rollups
from shelftalk.web.backups import LAST_BACKUP as LAST_BACKUP
from shelftalk.web.retention import LATE, Retained, read_retained

T = TypeVar("T")
BACKUP_DAYS = 7
BEHIND = 10_000  # scans waiting: more than a busy minute's worth
INGEST_LATE = timedelta(minutes=2)


@dataclass(frozen=True)
class Health:
    """One look at everything. None: could not be asked."""

    at: datetime
    store_ms: float | None  # to open the store and read one value
    store_kind: str
    store_version: int | None  # of what the shelf should show
    shelf_version: int | None  # of the store as the shelf shows it
    shelf: ShelfStatus | None
    spool: SpoolStatus | None
    ingested_at: datetime | None
    ingest_rate: float
    ingest_error: str
    backup_at: datetime | None
    retained: Retained | None = None  # the last time old rows were deleted
    unretained: bool = False  # old rows should have been deleted, and never were
    oldest_waiting: datetime | None = None  # the scan that has waited longest in the spool
    ingest_lag_s: float = 0.0  # how long the oldest scan of the last batch had waited
    shelf_changed_at: datetime | None = None
    store_error: str = ""  # why the store does not answer

    @property
    def balanced(self) -> bool | None:
        """Whether served = stored + set aside + waiting + declared lost; None when the spool could not be asked."""
        return None if self.spool is None else self.spool.balanced

    @property
    def shelf_is_current(self) -> bool | None:
        """Whether shoppers read the newest pages."""
        if self.store_version is None or self.shelf_version is None:
            return None
        return self.shelf_version >= self.store_version

    @property
    def ingest_is_late(self) -> bool:
        """Whether scans wait that nobody takes over."""
        waiting = self.spool.depth if self.spool else 0
        if not waiting:
            return False
        return waiting > BEHIND or self.ingested_at is None or self.at - self.ingested_at > INGEST_LATE

    @property
    def catch_up_s(self) -> float | None:
        """How long the waiting scans will take at the last speed; None when none wait or no speed is known."""
        waiting = self.spool.depth if self.spool else 0
        return waiting / self.ingest_rate if waiting and self.ingest_rate else None

    @property
    def keeps_too_long(self) -> bool:
        """Whether deleting old rows failed or has not been done for two days."""
        return self.unretained if self.retained is None else not self.retained.is_good(self.at)

    @property
    def backup_is_old(self) -> bool:
        """Whether there is no backup of the last seven days."""
        return self.backup_at is None or self.at - self.backup_at > timedelta(days=BACKUP_DAYS)

    @property
    def good(self) -> bool:
        """Whether nothing needs anybody now; an old backup is said, but is no failure."""
        if self.store_ms is None or self.ingest_is_late or self.keeps_too_long:
            return False
        return self.balanced is not False and self.shelf_is_current is not False


def read_health(state: Any) -> Health:
    """Ask every part of the application's state; parts that are not there or do not answer come out as None."""
    found, store_error = _ask_store(state)
    ingest = _ask(lambda: read_status(state.spool.folder)) or IngestStatus()
    return Health(
        at=clock.now(),
        store_ms=found.ms if found else None,
        store_kind="PostgreSQL" if state.settings.database_url else "SQLite",
        store_version=found.version if found else None,
        shelf_version=_ask(lambda: int(state.keeper.get_seen())),
        shelf=_ask(lambda: state.shelf.status()),
        spool=_ask(lambda: state.spool.status()),
        ingested_at=ingest.last_at,
        ingest_rate=ingest.rate,
        ingest_error=ingest.error,
        backup_at=found.backup_at if found else None,
        retained=found.retained if found else None,
        unretained=bool(found and found.unretained),
        oldest_waiting=_ask(lambda: find_oldest_waiting(state.spool.folder)),
        ingest_lag_s=ingest.lag_s,
        shelf_changed_at=_ask(lambda: state.keeper.get_changed_at()),
        store_error=store_error,
    )


@dataclass(frozen=True)
class _StoreFacts:
    ms: float
    version: int
    backup_at: datetime | None
    retained: Retained | None
    unretained: bool


def _read_store(state: Any) -> _StoreFacts:
    began = clock.monotonic()
    with state.store.read() as db:
        version, backup = notes.get_version(db), notes.find_note(db, LAST_BACKUP)
        ms = (clock.monotonic() - began) * 1000
        retained = read_retained(db)
        counted = None if retained else rollups.find_counted_days(db)
    limit = clock.days_before(clock.today(), state.settings.keep_days + LATE.days)
    unretained = bool(counted and counted[0] < limit)
    return _StoreFacts(ms, version, clock.parse_at(backup) if backup else None, retained, unretained)


def _ask_store(state: Any) -> tuple[_StoreFacts | None, str]:
    try:
        return _read_store(state), ""
    except (ShelftalkError, OSError, AttributeError, ValueError) as error:
        return None, str(error)


def _ask(question: Callable[[], T]) -> T | None:
    try:
        return question()
    except (ShelftalkError, OSError, AttributeError, ValueError):
        return None
