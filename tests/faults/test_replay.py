"""A long backlog whose ingester is killed again and again is counted exactly; a million scans by `make faults`."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fault_support import SEED, how_many

from shelftalk.config import read_settings
from shelftalk.scans.record import format_line
from shelftalk.scans.segment import SegmentWriter, list_segments
from shelftalk.store import open_store, rollups, scans
from tests.browser.conftest import ROOT
from tests.store.test_store_contract import add_placement, add_product

pytestmark = pytest.mark.faults
SCANS = how_many("REPLAY", 60_000, 1_000_000)
KILLS = how_many("REPLAY_KILLS", 2, 50)
BEGAN = datetime(2026, 10, 1, tzinfo=UTC)


def fill_spool(folder: Path, codes: list[str]) -> None:
    folder.mkdir(parents=True)
    for first in range(0, SCANS, 100_000):
        writer = SegmentWriter(folder)
        writer.write(
            [
                format_line(BEGAN + timedelta(seconds=n), codes[n % len(codes)], "fa", "phone", "person", 1, n % 3 == 0)
                for n in range(first, min(first + 100_000, SCANS))
            ]
        )
        mark = writer.get_mark()
        writer.flush()
        writer.confirm(mark)
        writer.show()
        writer.close()


def test_a_backlog_whose_ingester_is_killed_at_many_points_is_counted_exactly(tmp_path: Path) -> None:
    environ = {"SHELFTALK_INSTANCE": str(tmp_path), "PATH": "/usr/bin"}
    store = open_store(read_settings(ROOT, environ))
    store.migrate()
    with store.write() as db:
        product = add_product(db)
        codes = [add_placement(db, product).code for _ in range(50)]
    fill_spool(tmp_path / "spool", codes)
    chance, killed, stored, seen = random.Random(SEED), 0, 0, set()
    command = [sys.executable, "-m", "flask", "ingest"]
    while killed < KILLS and list_segments(tmp_path / "spool"):
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, stdout=-3, stderr=-3)
        # Half of them after a batch, half of them whenever it may be: while it starts, reads, writes or commits.
        deadline, wanted = time.monotonic() + chance.choice([60, chance.uniform(0.3, 2)]), stored + 1
        while process.poll() is None and time.monotonic() < deadline:
            with store.read() as db:
                stored = scans.count_scans(db)
            if stored >= wanted:
                break
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 0.5))
        process.kill()
        process.wait()
        killed += 1
        seen.add(stored)
    began, left = time.monotonic(), SCANS - stored
    subprocess.run(command, cwd=ROOT, env=os.environ | environ, check=True, capture_output=True)
    rate = left / (time.monotonic() - began)
    with store.read() as db:
        assert scans.count_scans(db) == SCANS
        days = rollups.list_days(db, BEGAN.date(), (BEGAN + timedelta(days=20)).date())
        assert sum(day.scans for day in days) == SCANS
        assert sum(day.first_scans for day in days) == len(range(0, SCANS, 3))
    assert list_segments(tmp_path / "spool") == []
    assert any(0 < stored < SCANS for stored in seen), "it was killed in the middle"
    print(f"seed {SEED}: {SCANS} scans, killed at {killed} points, count exact; the last {left} at {rate:,.0f}/s")
    store.close()
