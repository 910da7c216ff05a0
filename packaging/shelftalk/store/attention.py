"""What the front page must know of the whole store: how far a brand has come, and what waits for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shelftalk.store.db import Db
from shelftalk.store.rows import make_record


@dataclass(frozen=True)
class Progress:
    """How many there are of each; `own_*` leave the sample brand out. `own_scans` is 0 or 1: whether there is any."""

    products: int
    published: int
    own_products: int
    own_pages: int
    own_locations: int
    own_placements: int
    runs: int
    own_scans: int


@dataclass(frozen=True)
class WaitingProduct:
    """One of `total` products that wait for the same thing."""

    id: int
    name: str
    total: int


@dataclass(frozen=True)
class OutdatedText:
    """A text in a language that is older than the source it was translated from; one of `total`."""

    id: int
    name: str
    language: str
    changed_at: datetime
    total: int


@dataclass(frozen=True)
class PlacementPlace:
    """A placement in words. `timezone` is empty where it is anywhere."""

    id: int
    code: str
    product_id: int
    location_id: int | None
    medium: str
    stage: str
    installed_on: date | None
    removed_on: date | None
    product_name: str
    location_name: str
    timezone: str
    status: str


@dataclass(frozen=True)
class NewDisplay:
    """A display that was put up: what a line's bend may come from."""

    day: date
    product_name: str
    location_name: str


def get_progress(db: Db) -> Progress:
    """How far the brand has come."""
    return make_record(Progress, db.get("get_progress"))


def list_unpublished(db: Db, limit: int) -> list[WaitingProduct]:
    """The oldest drafts that were never published."""
    return [make_record(WaitingProduct, row) for row in db.list("list_unpublished", limit=limit)]


def list_incomplete_pages(db: Db, limit: int) -> list[WaitingProduct]:
    """Live products whose page lacks a language that another page has."""
    return [make_record(WaitingProduct, row) for row in db.list("list_incomplete_pages", limit=limit)]


def list_missing_languages(db: Db, product_id: int) -> set[str]:
    """The languages other pages have and this one lacks."""
    written = {row["language"] for row in db.list("list_written_languages")}
    return written - {row["language"] for row in db.list("list_product_languages", product_id=product_id)}


def list_outdated_texts(db: Db, source: str, limit: int) -> list[OutdatedText]:
    """Texts of live pages that are older than the text in the `source` language, newest change first."""
    return [make_record(OutdatedText, row) for row in db.list("list_outdated_texts", source=source, limit=limit)]


def get_place(db: Db, placement_id: int) -> PlacementPlace:
    """A placement in words; raises NotFound."""
    return make_record(PlacementPlace, db.get("get_place", placement_id=placement_id))


def list_quiet_placements(db: Db, from_day: date, to_day: date, today: date, limit: int) -> list[tuple[int, date]]:
    """Live placements that hang today and whose last scan by a person was in these days, the newest silence first."""
    days = {"from_day": from_day.isoformat(), "to_day": to_day.isoformat(), "today": today.isoformat()}
    rows = db.list("list_quiet_placements", limit=limit, **days)
    return [(row["id"], date.fromisoformat(row["last_day"])) for row in rows]


def list_new_displays(
    db: Db, from_day: date, to_day: date, *, product_id: int = 0, location_id: int = -1, limit: int = 4
) -> list[NewDisplay]:
    """Displays put up in the period, the first ones first."""
    days = {"from_day": from_day.isoformat(), "to_day": to_day.isoformat()}
    rows = db.list("list_new_displays", product_id=product_id, location_id=location_id, limit=limit, **days)
    return [make_record(NewDisplay, row) for row in rows]
