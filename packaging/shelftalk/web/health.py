"""How the running parts are: store, shelf, spool, ingester, backup. Asks each; a part that is away makes no error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from shelftalk import clock
from shelftalk.errors import ShelftalkError
from shelftalk.scans.ledger import SpoolStatus
from shelftalk.scans.reader import ShelfStatus
from shelftalk.store import notes
from shelftalk.web.backups import LAST_BACKUP as LAST_BACKUP

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
    def backup_is_old(self) -> bool:
        """Whether there is no backup of the last seven days."""
        return self.backup_at is None or self.at - self.backup_at > timedelta(days=BACKUP_DAYS)

    @property
    def good(self) -> bool:
        """Whether nothing needs anybody now; an old backup is said, but is no failure."""
        store = self.store_ms is not None
        return store and self.balanced is not False and self.shelf_is_current is not False and not self.ingest_is_late


def read_health(state: Any) -> Health:
    """Ask every part of the application's state; parts that are not there or do not answer come out as None."""
    found = _ask(lambda: _read_store(state))
    spool: SpoolStatus | None = _ask(lambda: state.spool.status())
    ingest = getattr(getattr(state, "ingester", None), "status", None)
    return Health(
        at=clock.now(),
        store_ms=found[0] if found else None,
        store_kind="PostgreSQL" if state.settings.database_url else "SQLite",
        store_version=found[1] if found else None,
        shelf_version=_ask(lambda: int(state.keeper.get_seen())),
        shelf=_ask(lambda: state.shelf.status()),
        spool=spool,
        ingested_at=getattr(ingest, "last_at", None),
        ingest_rate=float(getattr(ingest, "rate", 0.0)),
        ingest_error=str(getattr(ingest, "error", "")),
        backup_at=found[2] if found else None,
    )


def _read_store(state: Any) -> tuple[float, int, datetime | None]:
    began = clock.monotonic()
    with state.store.read() as db:
        version, backup = notes.get_version(db), notes.find_note(db, LAST_BACKUP)
    return (clock.monotonic() - began) * 1000, version, clock.parse_at(backup) if backup else None


def _ask(question: Callable[[], T]) -> T | None:
    try:
        return question()
    except (ShelftalkError, OSError, AttributeError, ValueError):
        return None
