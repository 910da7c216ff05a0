"""Who has a page open in the editor just now. Nothing of it is kept: rows go when they are old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shelftalk.clock import format_at
from shelftalk.store.db import Db
from shelftalk.store.rows import make_record

GONE = timedelta(seconds=75)  # an editor tells every 20 seconds that it is there
FORGET = timedelta(days=1)


@dataclass(frozen=True)
class Visit:
    """Somebody else with the page open, and since when."""

    name: str
    since: datetime


def note_visit(db: Db, product_id: int, user_id: int, name: str, *, at: datetime) -> None:
    """A person has the page open."""
    visit = {"product_id": product_id, "user_id": user_id, "name": name}
    db.run("put_page_visit", at=format_at(at), stale=format_at(at - GONE), **visit)
    db.run("drop_old_page_visits", stale=format_at(at - FORGET))


def end_visit(db: Db, product_id: int, user_id: int) -> None:
    """A person has closed the page."""
    db.run("end_page_visit", product_id=product_id, user_id=user_id)


def list_others(db: Db, product_id: int, user_id: int, *, at: datetime) -> list[Visit]:
    """The other people who have the page open, the first ones first."""
    params = {"product_id": product_id, "user_id": user_id, "stale": format_at(at - GONE)}
    return [make_record(Visit, row) for row in db.list("list_page_visits", **params)]
