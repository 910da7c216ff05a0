"""What happens around a server: restarts while people scan, slow, many and shameless clients, clocks set back."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from fault_support import ALL, Server, Shoppers, list_doubled, list_lost, serve, shopping, take_over, wait_for_answers
from scan_support import code_number

pytestmark = pytest.mark.faults
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) Mobile", "Accept-Language": "fa"}


def scan_once(port: int, code: str, **headers: str) -> tuple[int, str]:
    """One phone: a connection of its own, one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", f"/q/{code}", headers=PHONE | {"Connection": "close"} | headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("X-Shelftalk-Scan", "")
    finally:
        connection.close()


class Phones:
    """Threads of phones that come one after the other, each with a connection of its own."""

    def __init__(self, port: int, threads: int = 4) -> None:
        self.statuses: list[int] = []
        self.failures: list[str] = []
        self._port = port
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._come) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Phones:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _come(self) -> None:
        while not self._stop.is_set():
            try:
                self.statuses.append(scan_once(self._port, code_number(7))[0])
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(repr(error))
            time.sleep(0.01)


def wait_for_new_workers(server: Server, old: set[int], count: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        now = {worker.pid for worker in server.list_workers()}
        if len(now) == count and not now & old:
            return
        time.sleep(0.1)
    raise AssertionError("the workers were not replaced")


def test_a_rolling_restart_fails_no_request_and_loses_no_scan(folder: Path) -> None:
    with serve(folder, workers=2) as server:
        with Phones(server.port) as phones:
            for _time in range(3 if ALL else 1):
                old = {worker.pid for worker in server.list_workers()}
                assert len(old) == 2
                os.kill(server.process.pid, signal.SIGHUP)
                wait_for_new_workers(server, old, 2)
            time.sleep(0.3)
        server.stop()
    print(f"{len(phones.statuses)} scans over the restart")
    assert phones.failures == []
    assert set(phones.statuses) == {200}
    stored, spool = take_over(folder)
    assert len(stored) == len(phones.statuses)
    assert spool.status().balanced


def test_a_phone_that_meets_two_workers_in_turn_is_first_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shelftalk.scans.visitors import make_visitors_memory

    def count_firsts(place: str) -> int:
        monkeypatch.setenv("FAULTS_VISITORS", place)
        with serve(folder, workers=2) as server:
            deadline = time.monotonic() + 30
            while len(list((folder / "spool").glob("*.scans"))) < 2 and time.monotonic() < deadline:
                assert scan_once(server.port, code_number(7))[0] == 200  # until the slower worker is up and met
            for _ in range(60):
                assert scan_once(server.port, code_number(7))[0] == 200
            server.stop()
        segments = [path.read_text().splitlines()[1:] for path in (folder / "spool").glob("*.scans")]
        firsts = sum(line.split()[-2] == "1" for lines in segments for line in lines)
        used = sum(bool(lines) for lines in segments)
        take_over(folder)
        assert used == 2, "the other worker was never met"
        return firsts

    assert count_firsts(make_visitors_memory()) == 1
    assert count_firsts("") == 2, "the negative control: each for itself tells it twice"


def test_a_thousand_half_open_clients_do_not_hold_up_a_scan(folder: Path) -> None:
    shoppers = Shoppers()
    with serve(folder) as server:
        slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(1_000 if ALL else 400)]
        for client in slow:
            client.sendall(b"GET /q/slow HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        with shopping(server.port, shoppers, threads=2, limit=50):
            wait_for_answers(shoppers, 50)
        for client in slow:
            client.close()
    assert (shoppers.failed, max(shoppers.times) < 1) == (0, True)


@pytest.mark.parametrize("app", ["asgi_app", "app"])
def test_oversized_requests_are_refused_and_the_next_is_served(folder: Path, app: str) -> None:
    code = code_number(7)
    with serve(folder, app=app) as server:
        assert scan_once(server.port, f"{code}?{'a' * 3_000}") == (414, "refused; request-uri too long")
        for size in (60_000, 100_000):  # what the server's own buffer does not hold it refuses itself
            assert scan_once(server.port, f"{code}?{'a' * size}")[0] in (414, 431)
        assert scan_once(server.port, code, **{f"X-Long-{n}": "a" * 8_000 for n in range(40)})[0] == 431
        assert scan_once(server.port, code) == (200, "person")


def test_a_burst_of_many_times_the_usual_load_only_waits(folder: Path) -> None:
    """160 at once where 32 keep a server busy."""
    shoppers = Shoppers()
    with serve(folder) as server, shopping(server.port, shoppers, threads=160, limit=2_000):
        wait_for_answers(shoppers, 2_000, seconds=60)
    assert shoppers.failed == 0
    stored, spool = take_over(folder)
    assert list_lost(shoppers.answered, stored) == []
    assert list_doubled(shoppers.asked, stored) == []
    assert spool.status().served == 2_000
    print(f"p99 {sorted(shoppers.times)[1_980] * 1000:.0f} ms, late {shoppers.notes['late']}")


def test_the_raw_target_reaches_the_door_by_asgi(folder: Path) -> None:
    code = code_number(7)
    with serve(folder) as server:
        assert scan_once(server.port, f"{code}/")[0] == 200
        assert scan_once(server.port, f"{code}%2F")[0] == 404
