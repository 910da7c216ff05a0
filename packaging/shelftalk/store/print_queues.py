"""What is to be printed: placements no run printed yet, and what today's labels are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shelftalk.store.db import Db
from shelftalk.store.placements import PlacementRow
from shelftalk.store.rows import Listing, make_record


@dataclass(frozen=True)
class NewestPrint:
    """A placement in use with what its label would say today, and the newest run that printed it."""

    id: int
    code: str
    product_id: int
    medium: str
    stage: str
    language: str
    call_to_action: str
    product_name: str
    brand: str
    gtin: str
    published_version: int | None
    location_name: str
    run_id: int


@dataclass(frozen=True)
class PublishedVersion:
    """What of a product shoppers read; a version's words never change."""

    id: int
    version: int
    published_at: str


def list_unprinted(db: Db, today: date, page: int = 1, per_page: int = 50) -> Listing[PlacementRow]:
    """Placements in use that no run printed yet: neither retired nor taken down."""
    day, offset = today.isoformat(), (page - 1) * per_page
    rows = db.list("list_unprinted", today=day, limit=per_page, offset=offset)
    return Listing([make_record(PlacementRow, row) for row in rows], count_unprinted(db, today), page, per_page)


def list_unprinted_codes(db: Db, today: date, limit: int) -> list[str]:
    """Their codes, in the same order."""
    return [row["code"] for row in db.list("list_unprinted_codes", today=today.isoformat(), limit=limit)]


def count_unprinted(db: Db, today: date) -> int:
    """How many there are."""
    return int(db.value("count_unprinted", today=today.isoformat()))


def list_newest_prints(db: Db, today: date, code: str = "") -> list[NewestPrint]:
    """Every placement in use that was printed, by product and place; or the one with this code."""
    rows = db.list("list_newest_prints", today=today.isoformat(), code=code)
    return [make_record(NewestPrint, row) for row in rows]


@dataclass(frozen=True)
class NewestRun:
    """A run that is the newest one of some code. `items` is JSON: its labels as they were typeset."""

    id: int
    origin: str
    items: str
    design: str
    design_version: int


def list_newest_runs(db: Db, code: str = "") -> list[NewestRun]:
    """The newest run of every code, each once; or of this one."""
    return [NewestRun(**dict(row)) for row in db.list("list_newest_runs", code=code)]


def list_draft_titles(db: Db) -> dict[tuple[int, str], str]:
    """The headlines of working drafts, by product and language."""
    return {(row["product_id"], row["language"]): row["title"] for row in db.list("list_draft_titles")}


def list_published_versions(db: Db) -> list[PublishedVersion]:
    """The version of each product that shoppers read."""
    return [make_record(PublishedVersion, row) for row in db.list("list_published_versions")]


def get_stamp(db: Db) -> tuple[object, ...]:
    """Something that is another when a label may say something else than before, or was printed again."""
    return tuple(dict(db.get("get_print_stamp")).values())
