"""Publishing a thousand products in five languages, gate and shelf included, as `flask publish` does it."""

from __future__ import annotations

import time

from flask import Flask

from shelftalk.web.bulk import Progress, publish_many
from shelftalk.web.state import get_state
from tests.many_pages import add_drafts

COUNT = 1_000
WALL_S = 60
CPU_S = 50


def test_a_thousand_products_are_published_within_a_minute(app: Flask) -> None:
    waiting = add_drafts(get_state(app), COUNT)
    told: list[Progress] = []
    cpu, wall = time.process_time(), time.monotonic()
    done = publish_many(get_state(app), waiting, by="Mei", tell=told.append)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    print(f"\n{done.published} products in 5 languages: {wall:.1f} s (target {WALL_S}), {cpu:.1f} s of processor time")
    assert done.published == COUNT
    assert [step.done for step in told[:-1]] == list(range(1, COUNT + 1)), "progress is told after each"
    assert cpu <= 2 * CPU_S, "processor time, which a busy machine stretches a little"
