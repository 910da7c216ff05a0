"""Styles of symbols of one's own: a name, and versions that are added and never changed."""

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
class StoredStyle:
    """A style as one of its versions; `content` is the document as plain data."""

    id: int
    name: str
    version: int  # the newest there is
    shown: int  # the one this is
    content: dict[str, Any]
    at: datetime
    by: str
    retired_at: datetime | None


@dataclass(frozen=True)
class StyleVersion:
    """When a version was saved, and by whom."""

    version: int
    at: datetime
    by: str


def add_style(db: Db, content: dict[str, Any], *, by: str, at: datetime) -> int:
    """Keep a new style as its version 1; raises Invalid when the name is taken."""
    name = str(content["name"])
    _check_name(db, name, 0)
    style_id = int(db.value("add_style", name=name, at=make_param(at), by=by))
    add_version(db, style_id, content, after=0, by=by, at=at)
    return style_id


def add_version(db: Db, style_id: int, content: dict[str, Any], *, after: int, by: str, at: datetime) -> int:
    """Add the version that follows `after`; raises Conflict when somebody else has saved one meanwhile."""
    name, version = str(content["name"]), after + 1
    _check_name(db, name, style_id)
    if db.find("raise_style_version", id=style_id, version=version, name=name) is None:
        newest = get_style(db, style_id)
        raise Conflict(
            "{name} saved version {version} meanwhile. What you changed is still here: look at theirs first, "
            "or save yours as a new style.",
            name=newest.by,
            version=newest.version,
        )
    kept = json.dumps(content, ensure_ascii=False)
    db.run("add_style_version", style_id=style_id, version=version, content=kept, at=make_param(at), by=by)
    return version


def _check_name(db: Db, name: str, style_id: int) -> None:
    taken = db.find("find_style_by_name", name=name)
    if taken and taken["id"] != style_id:
        raise Invalid("name", "There is a style “{value}” already. Choose another name.", value=name)


def get_style(db: Db, style_id: int, version: int = 0) -> StoredStyle:
    """The style in this version, without one in its newest; raises NotFound."""
    found = db.find("get_style_version", id=style_id, version=version) if version else db.find("get_style", id=style_id)
    if found is None:
        raise NotFound("There is no such style.")
    return _make_style(found)


def list_styles(db: Db) -> list[StoredStyle]:
    """All of them in their newest version, by name, retired ones last."""
    return [_make_style(row) for row in db.list("list_styles")]


def list_versions(db: Db, style_id: int) -> list[StyleVersion]:
    """A style's versions, newest first."""
    rows = db.list("list_style_versions", style_id=style_id)
    return [StyleVersion(row["version"], parse_at(row["at"]), row["by"]) for row in rows]


def rename_style(db: Db, style_id: int, name: str) -> None:
    """Give it another name; raises Invalid when that is taken, NotFound."""
    _check_name(db, name, style_id)
    if db.find("rename_style", id=style_id, name=name) is None:
        raise NotFound("There is no such style.")


def retire_style(db: Db, style_id: int, at: datetime | None) -> None:
    """Offer it no longer, or again when `at` is None; runs keep what they were printed with. Raises NotFound."""
    if db.find("retire_style", id=style_id, at=make_param(at) if at else None) is None:
        raise NotFound("There is no such style.")


def _make_style(row: Row) -> StoredStyle:
    retired = row["retired_at"]
    return StoredStyle(
        id=row["id"],
        name=row["name"],
        version=row["version"],
        shown=row["shown"],
        content=json.loads(row["content"]) | {"name": row["name"]},
        at=parse_at(row["at"]),
        by=row["by"],
        retired_at=parse_at(retired) if retired else None,
    )
