"""Documents, videos and captions: what is known of them; the files lie in the instance folder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shelftalk.catalog.media import StoredFile
from shelftalk.catalog.page import Block, PageContent, list_references
from shelftalk.store.db import Db
from shelftalk.store.rows import make_param, make_record


def add_file(db: Db, file: StoredFile, *, at: datetime) -> None:
    """Remember a file; the same file again only counts as new."""
    db.run("add_file", id=file.id, name=file.name, kind=file.kind, size=file.size, at=make_param(at))


def get_file(db: Db, file_id: str) -> StoredFile:
    """The file with this id; raises NotFound."""
    return make_record(StoredFile, db.get("get_file", id=file_id))


def find_files(db: Db, file_ids: Iterable[str]) -> dict[str, StoredFile]:
    """Those of the ids that are known, by id."""
    rows = [db.find("get_file", id=file_id) for file_id in sorted(set(file_ids)) if file_id]
    return {row["id"]: make_record(StoredFile, row) for row in rows if row}


def list_files(db: Db) -> list[StoredFile]:
    """Every file, newest first."""
    return [make_record(StoredFile, row) for row in db.list("list_files")]


def load_files(db: Db, content: PageContent, block: Block) -> dict[str, StoredFile]:
    """The files a block of a page leads to, by id."""
    return find_files(db, list_references(content, "file", block))
