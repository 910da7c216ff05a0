"""What is to be printed and what was, as both stores tell it; and runs from before the ledger get their codes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlite_utils import Database

from shelftalk.config import read_settings
from shelftalk.store import (
    Db,
    Store,
    designs,
    locations,
    open_store,
    print_queues,
    printed,
    run_events,
    runs,
    sample,
    scans,
)
from shelftalk.store import placements as placement_store
from shelftalk.store.backup import read_backup, write_backup
from shelftalk.store.migrations.sqlite import migrations
from shelftalk.store.postgres import MIGRATIONS
from shelftalk.store.rows import ListQuery
from tests.store.test_run_events import AT, add_run
from tests.store.test_store_contract import SpooledScan, add_placement, add_product

TODAY = date(2026, 3, 10)


def test_only_placements_in_use_without_a_run_wait_for_their_first_print(db: Db) -> None:
    tea = add_product(db, "Tea")
    waiting, done, retired = (add_placement(db, tea) for _ in range(3))
    add_run(db, [done.code], labels=1)
    placement_store.retire_placement(db, retired.id, at=AT)
    listing = print_queues.list_unprinted(db, TODAY)
    assert ([row.code for row in listing.rows], listing.total) == ([waiting.code], 1)
    assert print_queues.list_unprinted_codes(db, TODAY, 5) == [waiting.code]


def test_the_newest_run_of_each_code_is_the_one_compared(db: Db) -> None:
    tea = add_product(db, "Tea")
    first, second = add_placement(db, tea), add_placement(db, tea)
    add_run(db, [first.code, second.code], labels=2)
    newer = add_run(db, [second.code + "abcdefgh"], labels=1)  # a unit counts for its placement
    older = newer.id - 1
    found = {one.code: one.run_id for one in print_queues.list_newest_prints(db, TODAY)}
    assert found == {first.code: older, second.code: newer.id}
    assert [run.id for run in print_queues.list_newest_runs(db)] == [older, newer.id]
    assert [run.id for run in print_queues.list_newest_runs(db, second.code)] == [newer.id]
    assert [one.code for one in print_queues.list_newest_prints(db, TODAY, first.code)] == [first.code]


def test_the_stamp_changes_with_what_labels_say_and_not_with_scans(db: Db) -> None:
    place = add_placement(db, add_product(db, "Tea"))
    before = print_queues.get_stamp(db)
    scans.add_scans(db, [SpooledScan(place.code)], "UTC")
    assert print_queues.get_stamp(db) == before
    add_run(db, [place.code], labels=1)
    printed_once = print_queues.get_stamp(db)
    placement_store.retire_placement(db, place.id, at=AT)
    assert len({before, printed_once, print_queues.get_stamp(db)}) == 3


def test_the_stamp_changes_when_a_design_is_retired(db: Db) -> None:
    """What was printed with it is then compared with the version it was printed in."""
    design = designs.add_design(db, {"name": "Own"}, by="", at=AT)
    before = print_queues.get_stamp(db)
    designs.retire_design(db, design, AT)
    assert print_queues.get_stamp(db) != before


def test_printed_labels_are_counted_less_the_spoiled_and_scans_from_the_first_print_on(db: Db) -> None:
    tea = add_product(db, "Tea")
    shop = locations.add_location(db, name="Shop", code="S", gln="", address="", timezone="UTC", at=AT)
    first, second, never = add_placement(db, tea, shop), add_placement(db, tea), add_placement(db, tea)
    run = add_run(db, [first.code, second.code], labels=200, at=AT)
    add_run(db, [first.code], labels=50, at=AT + timedelta(days=3))
    add_run(db, [first.code], labels=500, at=AT + timedelta(days=30))  # after the period
    run_events.add_event(db, run.id, "spoiled", by="Mina", at=AT, quantity=20)
    wrong = run_events.add_event(db, run.id, "spoiled", by="Mina", at=AT, quantity=90)
    run_events.take_back(db, wrong, by="Mina", at=AT)
    rows = [
        (place.id, (AT + timedelta(days=day)).date().isoformat(), kind, 4, 1)
        for place in (first, never)
        for day in (-1, 0, 2)
        for kind in ("person", "repeat", "declared_bot")
    ]
    columns = ("placement_id", "day", "scan_class", "scans", "first_scans")
    db.engine.copy(db.connection, "rollup_placement_days", columns, rows)
    period = (AT.date() - timedelta(days=5), AT.date() + timedelta(days=10))
    found = {one.placement_id: one for one in printed.list_printed(db, *period)}
    assert set(found) == {first.id, second.id}
    assert [round(found[place.id].labels, 6) for place in (first, second)] == [140, 90]
    assert [found[place.id].scans for place in (first, second)] == [16, 0]
    assert found[first.id].first_on == AT.date()
    assert [one.placement_id for one in printed.list_printed(db, *period, location_id=shop.id)] == [first.id]
    assert printed.list_printed(db, *period, product_id=tea.id + 1) == []


def test_the_samples_runs_go_with_it_and_own_runs_and_their_places_stay(db: Db) -> None:
    shop = locations.add_location(db, name="Shop", code="S", gln="", address="", timezone="UTC", at=AT, is_sample=True)
    sampled = add_placement(db, add_product(db, "Sampled", is_sample=True), is_sample=True)
    gone = add_run(db, [sampled.code], labels=2, is_sample=True)
    run_events.add_event(db, gone.id, "note", by="", at=AT, text="sample")
    own = add_run(db, [sampled.code], labels=3)
    run_events.add_event(db, own.id, "shipped", by="Mina", at=AT, quantity=1, location_id=shop.id)
    assert sample.remove_sample(db).run_ids == (gone.id,)
    assert [row.id for row in runs.list_runs(db, ListQuery()).rows] == [own.id]
    assert [event.location_name for event in run_events.list_events(db, own.id)] == ["Shop"]
    assert [(one.quantity, one.placement_id) for one in runs.list_codes(db, own.id)] == [(3, None)]


# ---- stores from before the ledger ----

ITEMS = json.dumps([{"code": "b", "name": "}"}, {"code": "a", "name": "“Tea”"}])
OLD = (1, "2026-01-02T03:04:05.000+00:00", "Mina", "avery-l7160", "https://tea.example", 1, 2, 5, 1, "", ITEMS, "{}")
COLUMNS = "id, created_at, created_by, stock, origin, start, copies, labels, sheets, sha256, items, proof"


def make_old_sqlite(folder: Path) -> Store:
    """A store as it was before the ledger, with one run."""
    store = open_store(read_settings(folder, {"SHELFTALK_INSTANCE": str(folder)}))
    with closing(sqlite3.connect(store.engine.path)) as connection:  # type: ignore[attr-defined]
        connection.isolation_level = None
        migrations.apply(Database(connection), stop_before="m0017_ledger")
        connection.execute(f"insert into print_runs ({COLUMNS}) values ({', '.join('?' * 12)})", OLD)
    return store


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        store = make_old_sqlite(tmp_path)
    else:
        url = request.getfixturevalue("postgres_url")
        with psycopg.connect(url) as connection:
            connection.execute("create table migrations (name text primary key)")
            for path in sorted(MIGRATIONS.glob("*.sql")):
                if path.name < "0015":
                    connection.execute(path.read_bytes())
                    connection.execute("insert into migrations values (%s)", (path.name,))
            connection.execute(f"insert into print_runs ({COLUMNS}) values ({', '.join(['%s'] * 12)})".encode(), OLD)
        store = open_store(read_settings(tmp_path, {"SHELFTALK_INSTANCE": str(tmp_path), "DATABASE_URL": url}))
    yield store
    store.close()


def test_runs_from_before_get_their_codes(old_store: Store) -> None:
    old_store.migrate()
    with old_store.write() as db:
        assert [(one.code, one.quantity) for one in runs.list_codes(db, 1)] == [("a", 2), ("b", 3)]
        assert runs.get_run(db, 1).look == ""
        assert run_events.add_event(db, 1, "note", by="Mina", at=AT, text="still here")


def test_a_backup_from_before_is_restored_with_the_codes_of_its_runs(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        run = add_run(db, ["b", "a"], labels=5)
    path = tmp_path / "old.backup"
    write_backup(store, path)
    with closing(sqlite3.connect(path)) as file:
        for table in ("run_events", "run_codes"):
            file.execute(f"drop table {table}")
        file.commit()
    read_backup(store, path)
    with store.read() as db:
        assert [(one.code, one.quantity) for one in runs.list_codes(db, run.id)] == [("a", 2), ("b", 3)]
