"""A server told to stop ends at once and whole: the last scans are stored, its part of the spool is let go."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from shelftalk.config import read_settings
from shelftalk.scans.segment import list_segments
from shelftalk.store import open_store, scans
from tests.browser.conftest import ROOT, find_free_port, wait_until_up
from tests.store.test_store_contract import add_placement, add_product

pytestmark = pytest.mark.faults
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile"}


@pytest.mark.parametrize("durability", ["power", "process"])
def test_a_stop_leaves_nothing_behind(tmp_path: Path, durability: str) -> None:
    port = find_free_port()
    environ = {
        "SHELFTALK_INSTANCE": str(tmp_path),
        "PORT": str(port),
        "SCAN_DURABILITY": durability,
        "PATH": "/usr/bin",
    }
    store = open_store(read_settings(ROOT, environ))
    store.migrate()
    with store.write() as db:
        code = add_placement(db, add_product(db)).code
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts/serve.py")],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    wait_until_up(f"http://localhost:{port}", process)
    request = urllib.request.Request(f"http://localhost:{port}/q/{code}", headers=PHONE)
    for _ in range(30):
        urllib.request.urlopen(request, timeout=10).close()
    process.send_signal(signal.SIGTERM)
    _out, told = process.communicate(timeout=15)
    assert process.returncode == 0
    events = [json.loads(line)["event"] for line in told.decode().splitlines()]
    assert events[-1] == "stopped", events
    with store.read() as db:
        assert scans.count_scans(db) == 30
    assert list_segments(tmp_path / "spool") == []
    store.close()
