"""Locations: the shops."""

from __future__ import annotations

from datetime import datetime

from shelftalk.catalog.languages import fold_text
from shelftalk.catalog.location import Location
from shelftalk.errors import Conflict, Invalid
from shelftalk.store.db import Db
from shelftalk.store.rows import Listing, ListQuery, make_param, make_record
from shelftalk.store.search import index_placement, make_pattern

SORTS = {"name": "name", "code": "code", "timezone": "timezone", "gln": "gln", "updated_at": "updated_at"}


def _check_code(db: Db, code: str, location_id: int) -> None:
    row = db.find("find_location_by_code", code=code)
    if row and row["id"] != location_id:
        raise Invalid(
            "code",
            "“{value}” is the code of “{location}” already. Each location has its own.",
            value=code,
            location=row["name"],
        )


def add_location(
    db: Db, *, name: str, code: str, gln: str, address: str, timezone: str, at: datetime, is_sample: bool = False
) -> Location:
    """Add a shop; raises Invalid when its code is taken."""
    _check_code(db, code, location_id=0)
    row = db.get(
        "add_location",
        name=name,
        code=code,
        gln=gln,
        address=address,
        timezone=timezone,
        search_text=fold_text(f"{name} {code} {gln} {address} {timezone}"),
        is_sample=int(is_sample),
        at=make_param(at),
    )
    return make_record(Location, row)


def get_location(db: Db, location_id: int) -> Location:
    """The shop with this id; raises NotFound."""
    return make_record(Location, db.get("get_location", id=location_id))


def find_location_by_code(db: Db, code: str) -> Location | None:
    """The shop with the brand's own short name for it, or None."""
    row = db.find("find_location_by_code", code=code)
    return make_record(Location, row) if row else None


def update_location(
    db: Db,
    location_id: int,
    revision: int,
    *,
    name: str,
    code: str,
    gln: str,
    address: str,
    timezone: str,
    at: datetime,
) -> Location:
    """Change a shop; raises Conflict when somebody saved it after `revision`. Past days keep the zone they had."""
    _check_code(db, code, location_id)
    row = db.find(
        "update_location",
        id=location_id,
        revision=revision,
        name=name,
        code=code,
        gln=gln,
        address=address,
        timezone=timezone,
        search_text=fold_text(f"{name} {code} {gln} {address} {timezone}"),
        at=make_param(at),
    )
    if row is None:
        current = get_location(db, location_id)
        raise Conflict(
            "“{name}” was changed by somebody else while you edited it. Nothing was overwritten.", name=current.name
        )
    for placement in db.list("list_location_placement_ids", location_id=location_id):
        index_placement(db, placement["id"])
    return make_record(Location, row)


def list_locations(db: Db, query: ListQuery) -> Listing[Location]:
    """One page of the shops that match."""
    pattern = make_pattern(query.search)
    rows = db.list(
        "list_locations",
        query.order(SORTS, "name"),
        pattern=pattern,
        limit=query.per_page,
        offset=query.offset,
    )
    total = int(db.value("count_locations", pattern=pattern))
    return Listing([make_record(Location, row) for row in rows], total, query.page, query.per_page)
