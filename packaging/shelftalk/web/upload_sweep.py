"""Removes pictures and files that nothing has named for thirty days, and remembers since when. Knows no SQL.

Since when an upload is unused is kept in a note: a picture that was taken off a draft yesterday is as safe as one that
was uploaded yesterday. On the disk only what was dropped from the store goes; a file the store never knew stays.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from shelftalk import clock
from shelftalk.store import Db, Store, notes
from shelftalk.store.uploads import Upload, drop_uploads, find_named, list_uploads

log = logging.getLogger(__name__)
NOTE = "unused_uploads"
UNUSED_DAYS = 30


@dataclass(frozen=True)
class Swept:
    """What the last sweep did. `since`: from which day on an upload is unused, by id; `dropped`: what it took."""

    at: datetime
    since: Mapping[str, date]
    dropped: Sequence[str] = ()
    freed: int = 0  # bytes on the disk


def read_swept(db: Db) -> Swept | None:
    """The note of the last sweep, or None when there was none."""
    text = notes.find_note(db, NOTE)
    if not text:
        return None
    raw = json.loads(text)
    since = {name: date.fromisoformat(day) for name, day in raw["since"].items()}
    return Swept(clock.parse_at(raw["at"]), since, tuple(raw["dropped"]), int(raw["freed"]))


def sweep(store: Store, folders: Sequence[Path]) -> Swept:
    """Drop what was unused for thirty days from the store, then from the folders."""
    at = clock.now()
    with store.read() as db:
        last = read_swept(db)
        named = find_named(db, without_note=NOTE)
        unused = [upload for upload in list_uploads(db) if upload.id not in named]
    since = {upload.id: _find_day(upload, last, at.date()) for upload in unused}
    limit = clock.days_before(at.date(), UNUSED_DAYS)
    with store.write() as db:
        due = [upload for upload in unused if since[upload.id] <= limit]
        if due:  # somebody may have saved meanwhile
            named |= find_named(db, without_note=NOTE, history=False)
            due = [upload for upload in due if upload.id not in named]
        drop_uploads(db, due)
        dropped = [upload.id for upload in due]
        left = {name: day for name, day in since.items() if name not in dropped}
        notes.set_note(db, NOTE, _format(Swept(at, left, dropped)))
    again = [name for name in (last.dropped if last else ()) if name not in since and name not in named]
    done = Swept(at, left, dropped, _remove_files(store, [*dropped, *again], folders))
    with store.write() as db:
        notes.set_note(db, NOTE, _format(done))
    log.info("uploads swept", extra={"removed": len(dropped), "bytes": done.freed})
    return done


def _find_day(upload: Upload, last: Swept | None, today: date) -> date:
    """From when on an upload counts as unused: seen so first today, unless an earlier sweep saw it."""
    seen = last.since.get(upload.id, today) if last else today
    return max(seen, upload.at.date())


def _remove_files(store: Store, dropped: Sequence[str], folders: Sequence[Path]) -> int:
    """Remove what was dropped now, and last time when a sweep was cut short; gives the bytes."""
    with store.read() as db:
        known = {upload.id for upload in list_uploads(db)}
    freed = 0
    for name in dropped:
        for path in (path for folder in folders for path in folder.glob(f"{name}[-.]*") if name not in known):
            freed += path.stat().st_size
            path.unlink(missing_ok=True)
    return freed


def _format(swept: Swept) -> str:
    since = {name: day.isoformat() for name, day in swept.since.items()}
    values = {"at": clock.format_at(swept.at), "since": since, "dropped": list(swept.dropped), "freed": swept.freed}
    return json.dumps(values)
