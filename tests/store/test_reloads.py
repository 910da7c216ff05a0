"""What rule version 1 called repeats are reloads, wherever they come from: rows, counts, the spool, an old backup."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from shelftalk.store import Store, rollups, scans
from shelftalk.store.backup import read_backup, write_backup
from shelftalk.store.db import Db
from tests.store.test_store_contract import SpooledScan, add_placement, add_product

YEAR = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def old_store(store: Store) -> Store:
    """As a version before left it: two people and three of what it called repeats."""
    with store.write() as db:
        code = add_placement(db, add_product(db)).code
        made = [SpooledScan(code, scan_class=kind) for kind in ("person", "person", "repeat", "repeat", "repeat")]
        assert scans.add_scans(db, made, "UTC") == []
    return store


def count_everywhere(db: Db) -> list[dict[str, int]]:
    """By class: the rows, and each table of counts."""
    rows = Counter(scan.scan_class for scan in scans.list_scans(db, from_day=YEAR[0], to_day=YEAR[1]))
    counts = [dict(rows)]
    for found in (
        rollups.list_placement_totals(db, *YEAR),
        rollups.list_cells(db, *YEAR),
        rollups.list_hours(db, *YEAR),
    ):
        counts.append({row.scan_class: row.scans for row in found})
    return counts


def forget_migration(store: Store) -> None:
    names = {"sqlite": ("_sqlite_migrations", "m0006_reloads"), "postgres": ("migrations", "0004_reloads.sql")}
    table, name = names[store.engine.name]
    with store.write() as db:
        db.engine.execute(db.connection, f"delete from {table} where name = '{name}'", {})


def test_the_schemas_step_renames_rows_and_counts_and_once_only(old_store: Store) -> None:
    forget_migration(old_store)
    old_store.migrate()
    with old_store.read() as db:
        assert count_everywhere(db) == [{"person": 2, "reload": 3}] * 4
    with old_store.write() as db:
        place = add_placement(db, add_product(db, "Jasmine Pearls"))
        scans.add_scans(db, [SpooledScan(place.code, scan_class="repeat", rule_version=2)] * 4, "UTC")
    old_store.migrate()
    with old_store.read() as db:
        assert count_everywhere(db)[0] == {"person": 2, "reload": 3, "repeat": 4}


def test_a_backup_from_before_is_restored_with_reloads_and_a_newer_one_as_it_is(
    old_store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "old.backup"
    write_backup(old_store, path)
    read_backup(old_store, path)
    with old_store.read() as db:
        assert count_everywhere(db) == [{"person": 2, "repeat": 3}] * 4
    with closing(sqlite3.connect(path)) as file:
        file.execute("delete from _sqlite_migrations where name = 'm0006_reloads'")
        file.commit()
    read_backup(old_store, path)
    with old_store.read() as db:
        assert count_everywhere(db) == [{"person": 2, "reload": 3}] * 4
        before = count_everywhere(db)
    with old_store.write() as db:
        scans.rebuild_rollups(db)
        assert count_everywhere(db) == before
