"""Servers killed in mid-load: a few times here, 200 times by `make faults`; `FAULTS_SEED` repeats a run."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from fault_support import (
    SEED,
    Shoppers,
    how_many,
    list_doubled,
    list_lost,
    serve,
    shopping,
    take_over,
    wait_for_answers,
)

pytestmark = pytest.mark.faults
GROUP_KILLS = how_many("KILLS", 2, 60)  # for each durability
WORKER_KILLS = how_many("KILLS", 2, 80)


@pytest.mark.parametrize("spool", ["power", "process"])
def test_kill_9_of_the_server_in_mid_load_loses_no_answered_scan(folder: Path, spool: str) -> None:
    chance = random.Random(SEED)
    answered: list[str] = []
    asked: list[str] = []
    starts: list[float] = []
    first = 0
    for _cycle in range(GROUP_KILLS):
        shoppers, began = Shoppers(first), time.monotonic()
        with serve(folder, spool) as server, shopping(server.port, shoppers) as stop:
            starts.append(time.monotonic() - began)
            wait_for_answers(shoppers, chance.randint(200, 800))
            server.kill_group()
            stop.set()
        first = shoppers.next
        asked += shoppers.asked
        answered += shoppers.answered
        stored, kept = take_over(folder)
        assert list_lost(answered, stored) == []
        assert kept.status().balanced, kept.status()
    assert len(answered) >= 200 * GROUP_KILLS
    assert list_doubled(asked, stored) == []
    assert kept.status().depth == 0
    print(f"seed {SEED}, {spool}: {len(answered)} answers, {GROUP_KILLS} kills of the group: 0 lost, 0 doubled")
    print(f"up again in {sorted(starts)[len(starts) // 2]:.2f} s (median), {max(starts):.2f} s (longest)")


def test_kill_9_of_one_worker_leaves_the_other_answering_and_loses_nothing(folder: Path) -> None:
    chance = random.Random(SEED)
    shoppers = Shoppers()
    with serve(folder, workers=2) as server, shopping(server.port, shoppers, limit=10**9):
        for _cycle in range(WORKER_KILLS):
            wait_for_answers(shoppers, len(shoppers.times) + chance.randint(200, 800))
            server.kill_worker()
            server.wait_for_workers(2)
        wait_for_answers(shoppers, len(shoppers.times) + 200)
    stored, kept = take_over(folder)
    assert list_lost(shoppers.answered, stored) == []
    assert list_doubled(shoppers.asked, stored) == []
    assert kept.status().balanced
    print(f"seed {SEED}: {len(shoppers.answered)} answers, {WORKER_KILLS} kills of a worker: 0 lost, 0 doubled")


def test_a_spool_that_buffers_is_caught_losing(folder: Path) -> None:
    """The negative control: were this to pass unharmed, the tests above would prove nothing."""
    shoppers = Shoppers()
    with serve(folder, "forgetful") as server, shopping(server.port, shoppers) as stop:
        wait_for_answers(shoppers, 300)
        server.kill_group()
        stop.set()
    stored, _kept = take_over(folder)
    lost = list_lost(shoppers.answered, stored)
    print(f"the control lost {len(lost)} of {len(shoppers.answered)}")
    assert lost, "a buffer in memory cannot survive kill -9"


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
    starts = [measure_start(folder) for _ in range(3)]
    assert min(starts) < 5, "2 s on an idle machine; this one may be busy"


def measure_start(folder: Path) -> float:
    """Seconds until a server answers."""
    began = time.monotonic()
    with serve(folder) as server:
        took = time.monotonic() - began
        server.kill_group()
    return took
