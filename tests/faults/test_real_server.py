"""The server that `make run` starts, killed in mid-load: what was answered is in the report, once."""

from __future__ import annotations

import csv
import io
import os
import signal
import threading
import urllib.request
from pathlib import Path

import psutil
import pytest

from shelftalk import clock
from tests.browser.conftest import Server, start_server

pytestmark = pytest.mark.faults
THREADS = 8
ANSWERS = 400  # before the kill


class Load:
    """Shoppers who scan until the server is gone, and count the answers they got."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answered = 0
        self.sent = 0
        self.enough = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._scan) for _ in range(THREADS)]

    def run(self) -> None:
        for thread in self._threads:
            thread.start()
        assert self.enough.wait(60), f"only {self.answered} answers"

    def end(self) -> None:
        for thread in self._threads:
            thread.join(30)

    def _scan(self) -> None:
        request = urllib.request.Request(self.url, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile"})
        while True:
            with self._lock:
                self.sent += 1
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    answer.read()
            except OSError:
                return
            except Exception:  # a torn answer is no answer
                return
            with self._lock:
                self.answered += 1
            if self.answered >= ANSWERS:
                self.enough.set()


def kill_group(pid: int) -> None:
    """SIGKILL for the server and every process it started, at once."""
    parent = psutil.Process(pid)
    for process in [*parent.children(recursive=True), parent]:
        os.kill(process.pid, signal.SIGKILL)


def count_stored(server: Server, out: Path) -> int:
    """Scans of every class in the report's own source: the CSV counts people, and all of these are."""
    today = clock.today()
    span = ["--from", str(clock.days_before(today, 1)), "--to", str(clock.days_before(today, -1))]
    server.flask("report", *span, "--out", str(out))
    return sum(int(row["scans"]) for row in csv.DictReader(io.StringIO(out.read_text("utf-8"))))


def test_a_killed_server_loses_no_answered_scan(tmp_path: Path) -> None:
    process, server = start_server(tmp_path / "instance", SHELFTALK_DEMO="1")
    rows = list(csv.DictReader(io.StringIO(server.flask("codes"))))
    before = count_stored(server, tmp_path / "before.csv")
    load = Load(next(row["url"] for row in rows if row["status"] == "live"))
    load.run()
    kill_group(process.pid)
    process.wait()
    load.end()
    server.flask("ingest")
    stored = count_stored(server, tmp_path / "after.csv") - before
    assert load.answered <= stored <= load.sent
    assert server.flask("ingest").startswith("0 scans")
    assert count_stored(server, tmp_path / "again.csv") - before == stored
