"""Pictures: what is known of them; the files lie in the instance folder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shelftalk.catalog.media import Media
from shelftalk.store.db import Db
from shelftalk.store.rows import make_param, make_record


def add_media(db: Db, *, id: str, name: str, width: int, height: int, at: datetime) -> None:  # noqa: A002 (the column's name)
    """Remember a picture; the same picture again only counts as new."""
    db.run("add_media", id=id, name=name, width=width, height=height, at=make_param(at))


def get_media(db: Db, media_id: str) -> Media:
    """The picture with this id; raises NotFound."""
    return make_record(Media, db.get("get_media", id=media_id))


def find_media(db: Db, media_ids: Iterable[str]) -> dict[str, Media]:
    """Those of the ids that are known, by id."""
    rows = [db.find("get_media", id=media_id) for media_id in sorted(set(media_ids)) if media_id]
    return {row["id"]: make_record(Media, row) for row in rows if row}


def list_media(db: Db) -> list[Media]:
    """Every picture, newest first."""
    return [make_record(Media, row) for row in db.list("list_media")]
