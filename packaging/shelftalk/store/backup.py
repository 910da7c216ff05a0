"""Backups: all tables as one portable SQLite file, whatever the store runs on; restored row by row, all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from shelftalk.errors import Invalid
from shelftalk.store import runs, scans, sent, units
from shelftalk.store.db import Db, Store
from shelftalk.store.migrations.sqlite import migrations

# Every table of the store but the sessions, parents before children.
TABLES = (
    "users",
    "products",
    "pages",
    "page_texts",
    "page_versions",
    "page_drafts",
    "page_schedules",
    "page_templates",
    "publish_overrides",
    "media",
    "files",
    "locations",
    "placements",
    "codes",
    "scans",
    "spool_positions",
    "rollup_placement_days",
    "rollup_product_location_days",
    "rollup_location_hours",
    "actions",
    "rollup_action_days",
    "designs",
    "design_versions",
    "styles",
    "style_versions",
    "stocks",
    "stock_versions",
    "printers",
    "print_runs",
    "run_codes",
    "run_events",
    *units.TABLES,
    "questions",
    "reviews",
    "review_decisions",
    "erasures",
    *sent.TABLES,
    "notes",
)
YOUNGER = {
    *units.TABLES,
    "run_codes",
    "run_events",
    "stocks",
    "stock_versions",
    "printers",
    "designs",
    "design_versions",
    "styles",
    "style_versions",
    "questions",
    "reviews",
    "review_decisions",
    "page_drafts",
    "page_schedules",
    "page_templates",
    "files",
    "publish_overrides",
    "erasures",
    "actions",
    "rollup_action_days",
    *sent.TABLES,
}  # a backup from before these is whole all the same
IDENTITIES = (
    "users",
    "products",
    "page_drafts",
    "page_schedules",
    "page_templates",
    "locations",
    "placements",
    "scans",
    "actions",
    "designs",
    "styles",
    "stocks",
    "printers",
    "print_runs",
    "run_events",
    "unit_ranges",
    "questions",
    "reviews",
    "review_decisions",
    "erasures",
    *sent.IDENTITIES,
)
CHUNK = 5000
Progress = Callable[[str, int], None]  # table, rows so far


def _no_progress(_table: str, _rows: int) -> None:
    return None


def write_backup(store: Store, path: Path, progress: Progress = _no_progress) -> int:
    """Write all rows to a new SQLite file at `path`, checked; gives their number."""
    with closing(sqlite3.connect(path)) as connection:
        target = Database(connection)
        migrations.apply(target)
        with store.read() as db:
            count = sum(_copy_out(db, target, table, progress) for table in TABLES)
        connection.commit()
        if connection.execute("pragma integrity_check").fetchone()[0] != "ok":
            raise Invalid("file", "The backup “{value}” did not pass its check. Try another disk.", value=path.name)
    return count


def _chunks(rows: Iterator[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def _copy_out(db: Db, target: Database, table: str, progress: Progress) -> int:
    rows = db.engine.execute(db.connection, f"select * from {table}", {})  # noqa: S608 (names are ours)
    count = 0
    for chunk in _chunks(iter(rows)):
        target.table(table).insert_all([dict(row) for row in chunk], batch_size=CHUNK)
        count += len(chunk)
        progress(table, count)
    return count


def read_backup(store: Store, path: Path, progress: Progress = _no_progress) -> int:
    """Replace everything in the store by a backup's rows, in one transaction; gives their number."""
    source = _open_backup(path)
    with closing(source), store.write() as db:
        db.engine.execute(db.connection, "delete from sessions", {})
        db.engine.execute(db.connection, "delete from page_visits", {})
        given = units.list_given(db)
        _empty(db)
        there = _list_tables(source)
        count = sum(_copy_in(db, source, table, progress) for table in TABLES if table in there)
        runs.close_ledger(db)  # a file that somebody made holds what they like
        if "m0006_reloads" not in _list_migrations(source):
            scans.rename_reloads(db)
        if "run_codes" not in there:
            runs.fill_codes(db)
        units.keep_given(db, given)  # what was printed since the backup is printed all the same
        db.engine.reset_identities(db.connection, IDENTITIES)
    return count


def _empty(db: Db) -> None:
    for table in reversed(TABLES):
        with runs.open_ledger(db) if table in runs.TABLES else nullcontext():
            db.engine.execute(db.connection, f"delete from {table}", {})  # noqa: S608 (names are ours)


def _open_backup(path: Path) -> sqlite3.Connection:
    try:
        source = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        tables = _list_tables(source)
        if source.execute("pragma quick_check").fetchone()[0] == "ok" and set(TABLES) - YOUNGER <= tables:
            return source
    except sqlite3.DatabaseError:
        pass
    raise Invalid("file", "“{value}” is not a whole backup of Shelftalk. Nothing was changed.", value=path.name)


def _list_tables(source: sqlite3.Connection) -> set[str]:
    return {row[0] for row in source.execute("select name from sqlite_master where type = 'table'")}


def _list_migrations(source: sqlite3.Connection) -> set[str]:
    return {row[0] for row in source.execute("select name from _sqlite_migrations")}


def _copy_in(db: Db, source: sqlite3.Connection, table: str, progress: Progress) -> int:
    cursor = source.execute(f"select * from {table}")  # noqa: S608 (names are ours)
    columns: Sequence[str] = [column[0] for column in cursor.description]
    count = 0
    for chunk in _chunks(cursor):
        db.engine.copy(db.connection, table, columns, chunk)
        count += len(chunk)
        progress(table, count)
    return count
