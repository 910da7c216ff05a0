"""Scans by month on PostgreSQL: old rows are kept, partitions come when needed, two nodes may need one at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from shelftalk.config import read_settings
from shelftalk.store import Store, open_store, scans
from shelftalk.store.postgres import MIGRATIONS, get_next_month, name_month
from tests.store.test_store_contract import SpooledScan, add_placement, add_product

pytestmark = pytest.mark.postgres
INSERT = """
insert into scans (at, day, hour, code, placement_id, product_id, location_id, stage, language, device, scan_class,
    rule_version, first_of_day)
values (%s, %s, 1, 'k7m4p29xqd', 1, 1, null, 'compare', 'fa', 'phone', 'person', 1, 1)
"""


def open_postgres(url: str, folder: Path) -> Store:
    return open_store(read_settings(folder, {"SHELFTALK_INSTANCE": str(folder), "DATABASE_URL": url}))


def list_months(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'scans'::regclass"
        )
        return sorted(row[0] for row in rows)


@pytest.mark.parametrize(("month", "after"), [("2026-11", "2026-12"), ("2026-12", "2027-01"), ("0999-12", "1000-01")])
def test_a_month_ends_where_the_next_begins(month: str, after: str) -> None:
    assert get_next_month(month) == after
    assert name_month("scans", month) < name_month("scans", after)


def test_rows_of_the_unparted_table_are_kept(postgres_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("create table migrations (name text primary key)")
        connection.execute((MIGRATIONS / "0001_first.sql").read_bytes())
        connection.execute("insert into migrations values ('0001_first.sql')")
        for day in ("2025-12-31", "2026-01-01", "2026-01-31", "2026-11-22"):
            connection.execute(INSERT, (f"{day}T10:00:00.000+00:00", day))
        before = connection.execute("select * from scans order by id").fetchall()
    store = open_postgres(postgres_url, tmp_path)
    store.migrate()
    store.close()
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("select * from scans order by id").fetchall() == before
        connection.execute(INSERT, ("2026-11-22T10:00:00.000+00:00", "2026-11-22"))
        assert connection.execute("select max(id) from scans").fetchone() == (5,)
    assert list_months(postgres_url) == ["scans_2025_12", "scans_2026_01", "scans_2026_11"]


def test_two_nodes_that_need_a_new_month_at_once_both_store_their_scans(postgres_url: str, tmp_path: Path) -> None:
    nodes = [open_postgres(postgres_url, tmp_path) for _ in range(2)]
    nodes[0].migrate()
    with nodes[0].write() as db:
        code = add_placement(db, add_product(db)).code
    moments = [datetime(2026, month, 3, 12, tzinfo=UTC) for month in range(1, 13)]
    together = threading.Barrier(2)
    errors: list[Exception] = []

    def store_year(store: Store) -> None:
        try:
            for at in moments:
                together.wait(20)
                with store.write() as db:
                    scans.add_scans(db, [SpooledScan(code, at)] * 50, "UTC")
        except Exception as error:
            errors.append(error)
            together.abort()

    threads = [threading.Thread(target=store_year, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with nodes[0].read() as db:
        assert scans.count_scans(db) == 1_200
    assert len(list_months(postgres_url)) == 12
    for node in nodes:
        node.close()


def test_a_month_is_made_while_a_report_is_being_read(postgres_url: str, tmp_path: Path) -> None:
    store = open_postgres(postgres_url, tmp_path)
    store.migrate()
    with store.write() as db:
        code = add_placement(db, add_product(db)).code
        scans.add_scans(db, [SpooledScan(code)], "UTC")
    with store.read() as reading:
        assert scans.count_scans(reading) == 1
        with store.write() as db:
            db.engine.execute(db.connection, "set local lock_timeout = '3s'", {})
            scans.add_scans(db, [SpooledScan(code, datetime(2027, 3, 1, tzinfo=UTC))], "UTC")
    store.close()
