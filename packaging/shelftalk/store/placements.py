"""Placements and their permanent codes. A code is never deleted and never given to another placement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from shelftalk.catalog.codes import make_code
from shelftalk.catalog.placement import Placement
from shelftalk.errors import Conflict
from shelftalk.store.db import Db
from shelftalk.store.notes import next_version
from shelftalk.store.rows import Listing, ListQuery, make_param, make_record
from shelftalk.store.search import index_placement, make_pattern

SORTS = {
    "product": "product_name",
    "location": "location_name",
    "medium": "medium",
    "stage": "stage",
    "status": "status",
    "installed_on": "coalesce(installed_on, '')",
    "updated_at": "updated_at",
}


@dataclass(frozen=True)
class PlacementRow:
    """A placement with what a list shows beside it. `status` is draft, live or retired."""

    id: int
    code: str
    product_id: int
    product_name: str
    product_slug: str
    product_colour: str
    medium: str
    location_id: int | None
    location_name: str
    timezone: str
    stage: str
    language: str
    call_to_action: str
    note: str
    status: str
    installed_on: date | None
    removed_on: date | None
    is_sample: bool


@dataclass(frozen=True)
class CodeTarget:
    """What a code leads to. `kind` is page, draft or retired."""

    code: str
    kind: str
    placement_id: int
    product_id: int
    slug: str


def add_placement(
    db: Db,
    *,
    product_id: int,
    medium: str,
    location_id: int | None,
    stage: str,
    language: str,
    call_to_action: str,
    note: str,
    installed_on: date | None,
    removed_on: date | None,
    at: datetime,
    is_sample: bool = False,
) -> Placement:
    """Add a placement with a new code of its own."""
    placement_id = db.value(
        "add_placement",
        product_id=product_id,
        medium=medium,
        location_id=location_id,
        stage=stage,
        language=language,
        call_to_action=call_to_action,
        note=note,
        installed_on=make_param(installed_on),
        removed_on=make_param(removed_on),
        is_sample=int(is_sample),
        changed_in=next_version(db),
        at=make_param(at),
    )
    while not db.run("add_code", code=make_code(), placement_id=placement_id, at=make_param(at)):
        pass  # one in 2**43 is taken: make another
    index_placement(db, placement_id)
    return get_placement(db, placement_id)


def get_placement(db: Db, placement_id: int) -> Placement:
    """The placement with this id; raises NotFound."""
    return make_record(Placement, db.get("get_placement", id=placement_id))


def find_placement_by_code(db: Db, code: str) -> Placement | None:
    """The placement a code belongs to, or None."""
    row = db.find("find_placement_by_code", code=code)
    return make_record(Placement, row) if row else None


def update_placement(
    db: Db,
    placement_id: int,
    revision: int,
    *,
    medium: str,
    location_id: int | None,
    stage: str,
    language: str,
    call_to_action: str,
    note: str,
    installed_on: date | None,
    removed_on: date | None,
    at: datetime,
) -> Placement:
    """Change a placement; its product and code stay. Raises Conflict when somebody saved it after `revision`."""
    row = db.find(
        "update_placement",
        id=placement_id,
        revision=revision,
        medium=medium,
        location_id=location_id,
        stage=stage,
        language=language,
        call_to_action=call_to_action,
        note=note,
        installed_on=make_param(installed_on),
        removed_on=make_param(removed_on),
        changed_in=next_version(db),
        at=make_param(at),
    )
    if row is None:
        get_placement(db, placement_id)
        raise Conflict("This placement was changed by somebody else while you edited it. Nothing was overwritten.")
    index_placement(db, placement_id)
    return get_placement(db, placement_id)


def retire_placement(db: Db, placement_id: int, *, at: datetime) -> None:
    """From now on the code answers with the page for retired codes; it is still counted."""
    _set_retired(db, placement_id, at, at)


def restore_placement(db: Db, placement_id: int, *, at: datetime) -> None:
    """Bring a retired code back."""
    _set_retired(db, placement_id, None, at)


def _set_retired(db: Db, placement_id: int, retired_at: datetime | None, at: datetime) -> None:
    get_placement(db, placement_id)
    db.run(
        "set_placement_retired",
        id=placement_id,
        retired_at=make_param(retired_at),
        changed_in=next_version(db),
        at=make_param(at),
    )


def list_placements(db: Db, query: ListQuery) -> Listing[PlacementRow]:
    """One page of the placements that match.

    Filters: product (id), location (id; 0: anywhere), medium, stage, status.
    """
    params: dict[str, object] = {
        "pattern": make_pattern(query.search),
        "product_id": int(query.filter("product") or 0),
        "location_id": int(query.filter("location") or -1),
        "medium": query.filter("medium"),
        "stage": query.filter("stage"),
        "status": query.filter("status"),
    }
    rows = db.list(
        "list_placements", query.order(SORTS, "product"), limit=query.per_page, offset=query.offset, **params
    )
    total = int(db.value("count_placements", **params))
    return Listing([make_record(PlacementRow, row) for row in rows], total, query.page, query.per_page)


def each_placement(db: Db, query: ListQuery, per_page: int = 2000) -> Iterator[PlacementRow]:
    """Every placement that matches, whatever the page asked for."""
    page, pages = 1, 1
    while page <= pages:
        listing = list_placements(
            db, ListQuery(query.search, query.filters, query.sort, query.descending, page, per_page)
        )
        yield from listing.rows
        page, pages = page + 1, listing.pages


def list_changed_targets(db: Db, version: int) -> list[CodeTarget]:
    """What the codes lead to whose placement or product changed after a version."""
    return [make_record(CodeTarget, row) for row in db.list("list_targets_since", version=version)]


def list_retired_product_ids(db: Db) -> set[int]:
    """The products of which some code is retired."""
    return {row["product_id"] for row in db.list("list_retired_product_ids")}
