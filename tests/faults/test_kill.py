"""Servers killed in mid-load: a few times here, 200 times by `make faults`; `FAULTS_SEED` repeats a run."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from fault_support import Shoppers, list_doubled, list_lost, serve, shopping, take_over, wait_for_answers

pytestmark = pytest.mark.faults
KILLS = int(os.environ.get("FAULTS_KILLS") or (200 if os.environ.get("FAULTS") == "all" else 2))
SEED = int(os.environ.get("FAULTS_SEED", "20260301"))


@pytest.mark.parametrize("spool", ["power", "process"])
def test_kill_9_of_the_server_in_mid_load_loses_no_answered_scan(folder: Path, spool: str) -> None:
    chance = random.Random(SEED)
    print(f"seed {SEED}")
    answered: list[str] = []
    asked: list[str] = []
    first = 0
    for _cycle in range(KILLS):
        shoppers = Shoppers(first)
        with serve(folder, spool) as server, shopping(server.port, shoppers) as stop:
            wait_for_answers(shoppers, chance.randint(200, 700))
            server.kill_group()
            stop.set()
        first = shoppers.next
        asked += shoppers.asked
        answered += shoppers.answered
        stored, kept = take_over(folder)
        assert list_lost(answered, stored) == []
        assert kept.status().balanced, kept.status()
    assert len(answered) >= 200 * KILLS
    assert list_doubled(asked, stored) == []
    print(f"{len(answered)} answers, {KILLS} kills: 0 lost, 0 doubled")
    assert kept.status().depth == 0


def test_kill_9_of_one_worker_leaves_the_other_answering_and_loses_nothing(folder: Path) -> None:
    shoppers = Shoppers()
    with serve(folder, workers=2) as server, shopping(server.port, shoppers):
        wait_for_answers(shoppers, 200)
        server.kill_worker()
        wait_for_answers(shoppers, 600)
    stored, kept = take_over(folder)
    assert list_lost(shoppers.answered, stored) == []
    assert list_doubled(shoppers.asked, stored) == []
    assert kept.status().balanced


def test_a_spool_that_buffers_is_caught_losing(folder: Path) -> None:
    """The negative control: were this to pass unharmed, the tests above would prove nothing."""
    shoppers = Shoppers()
    with serve(folder, "forgetful") as server, shopping(server.port, shoppers) as stop:
        wait_for_answers(shoppers, 300)
        server.kill_group()
        stop.set()
    stored, _kept = take_over(folder)
    assert list_lost(shoppers.answered, stored), "a buffer in memory cannot survive kill -9"


@pytest.mark.parametrize("spool", ["power", "process"])
def test_a_graceful_stop_drains(folder: Path, spool: str) -> None:
    shoppers = Shoppers()
    with serve(folder, spool) as server:
        with shopping(server.port, shoppers, limit=400):
            wait_for_answers(shoppers, 400)
        server.stop()
    stored, kept = take_over(folder)
    assert list_lost(shoppers.answered, stored) == []
    assert list_doubled(shoppers.asked, stored) == []
    assert shoppers.failed == 0
    assert kept.status().segments == 0


def test_a_server_is_up_again_within_two_seconds(folder: Path) -> None:
    with serve(folder) as server:
        server.kill_group()
    began = time.monotonic()
    with serve(folder):
        assert time.monotonic() - began < 5, "2 s on an idle machine; this one may be busy"
