"""Sheets and rolls of one's own: a name, and measures in versions that are added and never changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shelftalk.clock import parse_at
from shelftalk.errors import Conflict, Invalid, NotFound
from shelftalk.store.db import Db, Row
from shelftalk.store.rows import make_param


@dataclass(frozen=True)
class StoredStock:
    """A stock as one of its versions; name and `measures`, which are plain data, are of that version."""

    id: int
    name: str
    version: int  # the newest there is
    shown: int  # the one this is
    measures: dict[str, Any]
    at: datetime
    by: str
    retired_at: datetime | None

    @property
    def key(self) -> str:
        """What a print run calls this version by."""
        return f"own-{self.id}.{self.shown}"


def add_stock(db: Db, name: str, measures: dict[str, Any], *, by: str, at: datetime) -> int:
    """Keep a new stock as its version 1; raises Invalid when the name is taken."""
    _check_name(db, name, 0)
    stock_id = int(db.value("add_stock", name=name, at=make_param(at)))
    add_version(db, stock_id, name, measures, after=0, by=by, at=at)
    return stock_id


def add_version(
    db: Db, stock_id: int, name: str, measures: dict[str, Any], *, after: int, by: str, at: datetime
) -> int:
    """Add the version that follows `after`; raises Conflict when somebody else has saved one meanwhile."""
    _check_name(db, name, stock_id)
    version = after + 1
    if db.find("raise_stock_version", id=stock_id, version=version, name=name) is None:
        newest = get_stock(db, stock_id)
        raise Conflict(
            "{name} changed this meanwhile. What you typed is still here: compare, then save again to replace theirs.",
            name=newest.by,
        )
    kept = json.dumps(measures | {"name": name}, ensure_ascii=False)
    db.run("add_stock_version", stock_id=stock_id, version=version, measures=kept, at=make_param(at), by=by)
    return version


def _check_name(db: Db, name: str, stock_id: int) -> None:
    taken = db.find("find_stock_by_name", name=name)
    if taken and taken["id"] != stock_id:
        raise Invalid("name", "There is a stock “{value}” already. Choose another name.", value=name)


def get_stock(db: Db, stock_id: int, version: int = 0) -> StoredStock:
    """The stock in this version, without one in its newest; raises NotFound."""
    found = (
        db.find("find_stock_version", id=stock_id, version=version) if version else db.find("find_stock", id=stock_id)
    )
    if found is None:
        raise NotFound("There is no such stock.")
    return _make_stock(found)


def list_stocks(db: Db) -> list[StoredStock]:
    """All of them in their newest version, by name, retired ones last."""
    return [_make_stock(row) for row in db.list("list_stocks")]


def retire_stock(db: Db, stock_id: int, at: datetime | None) -> None:
    """Offer it no longer, or again when `at` is None; runs keep their measures. Raises NotFound."""
    if db.find("retire_stock", id=stock_id, at=make_param(at) if at else None) is None:
        raise NotFound("There is no such stock.")


def _make_stock(row: Row) -> StoredStock:
    retired, measures = row["retired_at"], json.loads(row["measures"])
    return StoredStock(
        id=row["id"],
        name=measures.pop("name"),
        version=row["version"],
        shown=row["shown"],
        measures=measures,
        at=parse_at(row["at"]),
        by=row["by"],
        retired_at=parse_at(retired) if retired else None,
    )
