"""Mail that waits to be sent. It goes as soon as it is delivered, and is in no backup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shelftalk.store.db import Db
from shelftalk.store.rows import make_param, make_record


@dataclass(frozen=True)
class Mail:
    """A whole message for one recipient; `tries` counts this one."""

    id: int
    at: datetime
    tries: int
    recipient: str
    message: str


@dataclass(frozen=True)
class Waiting:
    """How many wait, and how often the unluckiest was tried."""

    count: int
    tries: int


def add_mail(db: Db, recipient: str, message: str, *, at: datetime) -> None:
    """Have a message sent, with what else this transaction does, or not at all."""
    db.run("add_mail", at=make_param(at), recipient=recipient, message=message)


def claim_mail(db: Db, *, now: datetime, until: datetime) -> Mail | None:
    """The next mail that is due, for this caller alone until `until`; or None."""
    row = db.find("claim_mail", now=make_param(now), until=make_param(until))
    return make_record(Mail, row) if row else None


def delay_mail(db: Db, mail_id: int, due_at: datetime) -> None:
    """Try a mail again later."""
    db.run("delay_mail", id=mail_id, due_at=make_param(due_at))


def drop_mail(db: Db, mail_id: int) -> None:
    """A mail is delivered, or never can be."""
    db.run("drop_mail", id=mail_id)


def count_mail(db: Db) -> Waiting:
    """What waits."""
    row = db.get("count_mail")
    return Waiting(int(row["n"]), int(row["tries"]))
