"""Addresses people signed up with: kept when confirmed, gone when they leave or never confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shelftalk.clock import parse_at
from shelftalk.store.db import Db
from shelftalk.store.rows import Listing, ListQuery, make_param, make_record
from shelftalk.store.search import make_pattern
from shelftalk.store.whence import Whence

SORTS = {"email": "email", "at": "at", "confirmed_at": "coalesce(confirmed_at, '')", "product": "product_name"}
STATES = ("confirmed", "waiting", "all")
AGAIN = timedelta(hours=1)  # the same address gets no second mail sooner


@dataclass(frozen=True)
class SignUp:
    """An address, and the consent its owner read in `language`."""

    id: int
    at: datetime
    product_id: int
    block_id: str
    version: int
    language: str
    email: str
    consent: str
    confirmed_at: datetime | None
    code: str


@dataclass(frozen=True)
class SignUpRow:
    """An address with what a list shows beside it."""

    id: int
    at: datetime
    product_id: int
    block_id: str
    version: int
    language: str
    code: str
    email: str
    consent: str
    confirmed_at: datetime | None
    product_name: str
    location_name: str


@dataclass(frozen=True)
class SignUpCounts:
    """How many are confirmed, wait for it, and left."""

    confirmed: int
    waiting: int
    gone: int


@dataclass(frozen=True)
class PersonalExport:
    """Who took personal data out as a file, and how much."""

    at: datetime
    by: str
    rows: int


def sign_up(db: Db, whence: Whence, email: str, consent: str, *, at: datetime) -> SignUp | None:
    """Keep an address until it is confirmed; gives it when a mail is due.

    None when it is confirmed already, or was asked for within the hour: nobody is sent the same mail over and over.
    """
    names = {"product_id": whence.product_id, "block_id": whence.block_id, "email": email}
    row = db.find("find_sign_up_by_email", **names)
    if row is None:
        return make_record(SignUp, db.get("add_sign_up", email=email, consent=consent, **whence.params(at)))
    if row["confirmed_at"] or at - parse_at(row["at"]) < AGAIN:
        return None
    return make_record(SignUp, db.get("renew_sign_up", id=row["id"], consent=consent, **whence.params(at)))


def find_sign_up(db: Db, sign_up_id: int) -> SignUp | None:
    """The sign-up, or None when it is gone; of one who left there is no address."""
    row = db.find("find_sign_up", id=sign_up_id)
    return make_record(SignUp, row) if row else None


def confirm_sign_up(db: Db, sign_up_id: int, *, at: datetime) -> None:
    """Its owner followed the link."""
    db.run("confirm_sign_up", id=sign_up_id, at=make_param(at))


def leave_sign_up(db: Db, sign_up_id: int, *, at: datetime) -> None:
    """Its owner wants no more: the address and where it came from go; that somebody left stays."""
    db.run("leave_sign_up", id=sign_up_id, at=make_param(at))


def delete_sign_up(db: Db, sign_up_id: int) -> bool:
    """Delete one altogether; whether it was there."""
    return bool(db.run("delete_sign_up", id=sign_up_id))


def list_sign_ups(db: Db, query: ListQuery) -> Listing[SignUpRow]:
    """One page of the addresses; the confirmed ones unless asked otherwise."""
    state = query.filter("state") if query.filter("state") in STATES else "confirmed"
    params = {
        "pattern": make_pattern(query.search),
        "product_id": query.number("product"),
        "language": query.filter("language"),
        "status": state,
    }
    rows = db.list("list_sign_ups", query.order(SORTS, "at"), limit=query.per_page, offset=query.offset, **params)
    total = int(db.value("count_sign_ups", **params))
    return Listing([make_record(SignUpRow, row) for row in rows], total, query.page, query.per_page)


def count_sign_ups(db: Db) -> SignUpCounts:
    """All in numbers."""
    row = db.get("tally_sign_ups")
    return SignUpCounts(int(row["confirmed"]), int(row["waiting"]), int(row["gone"]))


def list_products(db: Db) -> list[tuple[int, str]]:
    """The products somebody signed up for."""
    return [(row["id"], row["name"]) for row in db.list("list_sign_up_products")]


def note_export(db: Db, what: str, rows: int, *, by: str, at: datetime) -> None:
    """Write down that personal data left as a file."""
    db.run("add_personal_export", at=make_param(at), by=by, what=what, rows=rows)


def list_exports(db: Db, what: str, limit: int = 5) -> list[PersonalExport]:
    """The latest such files."""
    return [make_record(PersonalExport, row) for row in db.list("list_personal_exports", what=what, limit=limit)]
