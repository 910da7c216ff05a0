"""Label designs of one's own: a name, and versions that are added and never changed."""

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
class StoredDesign:
    """A design as one of its versions; `content` is the document as plain data."""

    id: int
    name: str
    version: int  # the newest there is
    shown: int  # the one this is
    content: dict[str, Any]
    at: datetime
    by: str
    retired_at: datetime | None


@dataclass(frozen=True)
class DesignVersion:
    """When a version was saved, and by whom."""

    version: int
    at: datetime
    by: str


def add_design(db: Db, content: dict[str, Any], *, by: str, at: datetime) -> int:
    """Keep a new design as its version 1; raises Invalid when the name is taken."""
    name = str(content["name"])
    _check_name(db, name, 0)
    design_id = int(db.value("add_design", name=name, at=make_param(at), by=by))
    add_version(db, design_id, content, after=0, by=by, at=at)
    return design_id


def add_version(db: Db, design_id: int, content: dict[str, Any], *, after: int, by: str, at: datetime) -> int:
    """Add the version that follows `after`; raises Conflict when somebody else has saved one meanwhile."""
    name, version = str(content["name"]), after + 1
    _check_name(db, name, design_id)
    if db.find("raise_design_version", id=design_id, version=version, name=name) is None:
        newest = get_design(db, design_id)
        raise Conflict(
            "{name} saved version {version} meanwhile. What you changed is still here: look at theirs first, "
            "or save yours as a new design.",
            name=newest.by,
            version=newest.version,
        )
    kept = json.dumps(content, ensure_ascii=False)
    db.run("add_design_version", design_id=design_id, version=version, content=kept, at=make_param(at), by=by)
    return version


def _check_name(db: Db, name: str, design_id: int) -> None:
    taken = db.find("find_design_by_name", name=name)
    if taken and taken["id"] != design_id:
        raise Invalid("name", "There is a design “{value}” already. Choose another name.", value=name)


def get_design(db: Db, design_id: int, version: int = 0) -> StoredDesign:
    """The design in this version, without one in its newest; raises NotFound."""
    found = (
        db.find("get_design_version", id=design_id, version=version) if version else db.find("get_design", id=design_id)
    )
    if found is None:
        raise NotFound("There is no such design.")
    return _make_design(found)


def list_designs(db: Db) -> list[StoredDesign]:
    """All of them in their newest version, by name, retired ones last."""
    return [_make_design(row) for row in db.list("list_designs")]


def list_versions(db: Db, design_id: int) -> list[DesignVersion]:
    """A design's versions, newest first."""
    rows = db.list("list_design_versions", design_id=design_id)
    return [DesignVersion(row["version"], parse_at(row["at"]), row["by"]) for row in rows]


def rename_design(db: Db, design_id: int, name: str) -> None:
    """Give it another name; raises Invalid when that is taken, NotFound."""
    _check_name(db, name, design_id)
    if db.find("rename_design", id=design_id, name=name) is None:
        raise NotFound("There is no such design.")


def retire_design(db: Db, design_id: int, at: datetime | None) -> None:
    """Offer it no longer, or again when `at` is None; runs keep what they were printed with. Raises NotFound."""
    if db.find("retire_design", id=design_id, at=make_param(at) if at else None) is None:
        raise NotFound("There is no such design.")


def _make_design(row: Row) -> StoredDesign:
    retired = row["retired_at"]
    return StoredDesign(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        shown=row["shown"],
        content=json.loads(row["content"]) | {"name": row["name"]},
        at=parse_at(row["at"]),
        by=row["by"],
        retired_at=parse_at(retired) if retired else None,
    )
