"""`flask ingest --follow` as a real process: takes scans over as they come, and ends whole when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shelftalk import clock
from shelftalk.config import read_settings
from shelftalk.scans.record import Scan
from shelftalk.scans.spool import Spool
from shelftalk.store import open_store, scans
from tests.store.test_store_contract import add_placement, add_product

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_takes_scans_over_and_ends_whole_with_0(tmp_path: Path, number: signal.Signals) -> None:
    environ = {"SHELFTALK_INSTANCE": str(tmp_path)}
    store = open_store(read_settings(ROOT, environ))
    store.migrate()
    with store.write() as db:
        code = add_placement(db, add_product(db)).code
    spool = Spool(tmp_path / "spool", "process")
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "ingest", "--follow"],
        cwd=ROOT,
        env=os.environ | environ,
        stderr=subprocess.PIPE,
    )
    try:
        sent = 0
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            spool.append(Scan(clock.now(), code, "fa", "phone", "person", 1, True))
            sent += 1
            with store.read() as db:
                if scans.count_scans(db) >= 20:
                    break
            time.sleep(0.02)
        process.send_signal(number)
        _out, told = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0, told.decode()
    assert b"Traceback" not in told
    with store.read() as db:
        stored = scans.count_scans(db)
    assert 20 <= stored <= sent
    status = spool.status()
    assert (status.served, status.stored + status.depth, status.missing) == (sent, sent, 0)
    spool.close()
    store.close()
