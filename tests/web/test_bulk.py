"""Publishing many pages: in a process of its own, with progress on the screen, going on after a kill."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.store import Store, gate, products
from shelftalk.web.bulk import Progress, Refusal, claim, publish_many, read_progress, write_progress
from shelftalk.web.state import get_state
from tests.web.shop import add_tea


@pytest.fixture
def teas(store: Store) -> list[int]:
    """Three drafts that can be published, one live page, one retired product."""
    ids = [add_tea(store, f"Tea {n}", live=False).id for n in range(3)]
    add_tea(store, "Live tea")
    old = add_tea(store, "Old tea", live=False)
    with store.write() as db:
        products.retire_product(db, old.id, at=clock.now())
    return ids


def count_live(store: Store) -> int:
    with store.read() as db:
        return sum(products.get_product(db, number).status == "live" for number in range(1, 6))


def test_only_what_has_something_new_waits(store: Store, teas: list[int]) -> None:
    with store.read() as db:
        assert [page.id for page in gate.list_waiting(db)] == teas


@pytest.mark.usefixtures("teas")
def test_every_step_is_told_and_phones_get_the_pages(app: Flask, store: Store) -> None:
    state, told = get_state(app), []
    with store.read() as db:
        waiting = gate.list_waiting(db)
    done = publish_many(state, waiting, by="Mei", tell=told.append)
    assert [(step.done, step.published) for step in told] == [(1, 1), (2, 2), (3, 3), (3, 3)]
    assert done.ended
    assert count_live(store) == 4
    assert app.test_client().get("/p/tea-2").status_code == 200
    with store.read() as db:
        assert gate.list_waiting(db) == []


@pytest.mark.usefixtures("teas")
def test_a_page_that_does_not_pass_is_named_and_holds_up_nobody(app: Flask, admin: FlaskClient, store: Store) -> None:
    admin.post("/admin/rules", data={"language": ["ru"]})
    with store.read() as db:
        waiting = gate.list_waiting(db)
    done = publish_many(get_state(app), waiting, by="Mei")
    assert [one.gaps for one in done.refused] == [1, 1, 1]
    assert (done.published, count_live(store)) == (0, 1)


def test_one_click_publishes_all_in_a_process_of_its_own(marketer: FlaskClient, store: Store, teas: list[int]) -> None:
    assert "3 pages wait to be published" in marketer.get("/admin/products/publishing/").get_data(as_text=True)
    assert marketer.post("/admin/products/publishing/").status_code == 303
    deadline = time.monotonic() + 90
    while 'data-state="ended"' not in (html := marketer.get("/admin/products/publishing/").get_data(as_text=True)):
        assert time.monotonic() < deadline, html
        time.sleep(0.3)
    assert "3 of 3 pages" in html
    assert count_live(store) == len(teas) + 1
    assert marketer.get("/p/tea-1").status_code == 200


def test_a_second_click_starts_no_second_process(
    app: Flask, marketer: FlaskClient, store: Store, teas: list[int]
) -> None:
    at = clock.format_at(clock.now())
    write_progress(get_state(app), Progress(3, "Ada", at, at, done=1))
    html = marketer.post("/admin/products/publishing/", follow_redirects=True).get_data(as_text=True)
    assert "already" in html
    assert 'http-equiv="refresh"' in html
    assert count_live(store) == len(teas) - 2


def test_a_process_that_fell_silent_is_told_and_can_be_started_again(app: Flask, marketer: FlaskClient) -> None:
    then = clock.format_at(clock.now() - timedelta(minutes=5))
    progress = Progress(9, "Ada", then, then, done=4, refused=(Refusal(1, "Bad tea", 2),))
    write_progress(get_state(app), progress)
    assert read_progress(get_state(app)) == progress
    html = marketer.get("/admin/products/publishing/").get_data(as_text=True)
    assert "Stopped before its end" in html
    assert "4 of 9 pages" in html
    assert "Bad tea" in html
    assert not replace(progress, ended=True).is_running(clock.now())


@pytest.mark.usefixtures("teas")
def test_of_two_clicks_in_the_same_moment_one_begins(app: Flask) -> None:
    state = get_state(app)
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda name: claim(state, name), "abcd")) == [False, False, False, True]
    progress = read_progress(state)
    assert progress
    write_progress(state, replace(progress, ended=True))
    assert claim(state, "Mei")
