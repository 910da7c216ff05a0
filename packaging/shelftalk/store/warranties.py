"""Registered items: kept until the day each says, and as personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shelftalk.catalog.languages import fold_text
from shelftalk.catalog.warranty import Registration, make_number
from shelftalk.store.db import Db
from shelftalk.store.rows import Listing, ListQuery, make_param, make_record
from shelftalk.store.search import make_pattern
from shelftalk.store.whence import Whence

AGAIN = timedelta(hours=1)
SORTS = {
    "at": "at",
    "number": "number",
    "serial": "serial",
    "bought_on": "coalesce(bought_on, '')",
    "product": "product_name",
}


@dataclass(frozen=True)
class Warranty:
    """A registered item with what a list shows beside it."""

    id: int
    at: datetime
    number: str
    product_id: int
    product_name: str
    language: str
    code: str
    location_name: str
    serial: str
    lot: str
    bought_on: date | None
    shop: str
    email: str
    consent: str
    version: int
    delete_on: date


@dataclass(frozen=True)
class Registered:
    """What became of a form: its number, and whether a mail about it is due."""

    number: str
    mail_due: bool


def register(db: Db, whence: Whence, given: Registration, *, consent: str, delete_on: date, at: datetime) -> Registered:
    """Register an item. The same form sent twice within the hour is one; no address gets two mails in it."""
    since = make_param(at - AGAIN)
    same = db.value(
        "find_same_warranty",
        product_id=whence.product_id,
        block_id=whence.block_id,
        serial=given.serial,
        lot=given.lot,
        bought_on=make_param(given.bought_on) or "",
        shop=given.shop,
        email=given.email,
        since=since,
    )
    if same:
        return Registered(str(same), mail_due=False)
    mailed = int(db.value("count_mailed_warranties", email=given.email, since=since))
    number = _add_warranty(db, whence, given, consent=consent, delete_on=delete_on, at=at)
    return Registered(number, mail_due=bool(given.email) and not mailed)


def _add_warranty(db: Db, whence: Whence, given: Registration, *, consent: str, delete_on: date, at: datetime) -> str:
    values = {"serial": given.serial, "lot": given.lot, "shop": given.shop, "email": given.email}
    words = " ".join(values.values())
    while True:
        number = make_number()
        row = db.find(
            "add_warranty",
            number=number,
            bought_on=make_param(given.bought_on),
            consent=consent,
            delete_on=make_param(delete_on),
            search_text=fold_text(f"{number} {words}"),
            **values,
            **whence.params(at),
        )
        if row:
            return number


def delete_warranty(db: Db, warranty_id: int) -> bool:
    """Delete one; whether it was there."""
    return bool(db.run("delete_warranty", id=warranty_id))


def list_warranties(db: Db, query: ListQuery) -> Listing[Warranty]:
    """One page of the registered items."""
    params = {"pattern": make_pattern(query.search), "product_id": query.number("product")}
    rows = db.list("list_warranties", query.order(SORTS, "at"), limit=query.per_page, offset=query.offset, **params)
    total = int(db.value("count_warranties", **params))
    return Listing([make_record(Warranty, row) for row in rows], total, query.page, query.per_page)


def list_products(db: Db) -> list[tuple[int, str]]:
    """The products somebody registered."""
    return [(row["id"], row["name"]) for row in db.list("list_warranty_products")]
