"""Dates of a page: set, cancelled, done exactly once, caught up late, told when the gate is against it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.errors import Invalid
from shelftalk.store import Store, notes, page_schedules
from shelftalk.store import pages as page_store
from shelftalk.web.page_clock import PageClock
from shelftalk.web.page_schedule import parse_moment
from shelftalk.web.state import get_state
from tests.web.shop import add_placement, add_tea
from tests.web.test_page_versions import get_draft, retitle, save

DATES = "/admin/products/1/page/schedule"


def get_title(store: Store) -> str:
    with store.read() as db:
        content = page_store.get_published(db, 1)
    return content.get_title("en") if content else ""


def set_date(store: Store, what: str = "publish", *, minutes: int = 5) -> None:
    """A date as set some minutes ago for a moment that has come by now."""
    with store.write() as db:
        page, now = page_store.get_page(db, 1), clock.now()
        content = page.content if what == "publish" else None
        before = now - timedelta(minutes=minutes)
        page_schedules.add_schedule(db, 1, what, before + timedelta(seconds=1), content, by="Mei", at=before)


def list_states(store: Store) -> list[str]:
    with store.read() as db:
        return [item.state for item in page_schedules.list_schedules(db, 1)]


def ask(client: FlaskClient, **changes: str) -> str:
    page = {"what": "publish", "day": "2099-05-01", "time": "09:30", "revision": "2"}
    return client.post(DATES, data=page | changes, follow_redirects=True).text


def test_a_date_is_set_in_the_sites_zone_shown_in_the_editor_and_cancelled(marketer: FlaskClient, store: Store) -> None:
    add_tea(store)
    assert "The date is set." in ask(marketer)
    with store.read() as db:
        item = page_schedules.list_schedules(db, 1)[0]
    assert item.due_at == datetime(2099, 5, 1, 9, 30, tzinfo=UTC)
    assert "1 May 2099" in marketer.get("/admin/products/1/page").text
    assert "The date is cancelled" in marketer.post(f"{DATES}/{item.id}/cancel", follow_redirects=True).text
    assert list_states(store) == ["cancelled"]
    assert "has come or is cancelled already" in marketer.post(f"{DATES}/{item.id}/cancel", follow_redirects=True).text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"day": "2001-05-01"}, "This moment has passed"),
        ({"day": "tomorrow"}, "“tomorrow” is not a day"),
        ({"time": "25:00"}, "“25:00” is not a time of day"),
        ({"day": "9999-01-01"}, "is too far away"),
        ({"what": "explode"}, "cannot be chosen here"),
        ({"revision": "1"}, "saved the draft meanwhile"),
    ],
)
def test_a_wrong_date_is_told_and_what_was_typed_stays(
    marketer: FlaskClient, store: Store, changes: dict[str, str], told: str
) -> None:
    add_tea(store)
    page = ask(marketer, **changes)
    assert told in page
    assert all(value in page for value in changes.values() if value != "1" and value != "explode")
    assert list_states(store) == []


def test_an_hour_the_clocks_skip_is_refused_and_one_that_comes_twice_is_the_first() -> None:
    with pytest.raises(Invalid, match="does not exist on that day"):
        parse_moment("2027-03-28", "02:30", "Europe/Berlin")
    assert parse_moment("2027-10-31", "02:30", "Europe/Berlin") == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_what_was_frozen_is_published_not_what_was_written_later(app: Flask, store: Store) -> None:
    add_tea(store)
    save(store, retitle(get_draft(store), "en", "Frozen"))
    set_date(store)
    save(store, retitle(get_draft(store), "en", "Later"))
    done = PageClock(get_state(app)).run_due()
    assert [worked for _schedule, worked in done] == [True]
    assert get_title(store) == "Frozen"
    assert list_states(store) == ["done"]


def test_many_nodes_publish_exactly_once(app: Flask, store: Store) -> None:
    add_tea(store)
    save(store, retitle(get_draft(store), "en", "Once"))
    set_date(store)
    start, done = threading.Barrier(6), []

    def run() -> None:
        start.wait()
        done.extend(PageClock(get_state(app)).run_due())
        store.close()

    threads = [threading.Thread(target=run) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    with store.read() as db:
        assert len(page_store.list_versions(db, 1)) == 2


def test_missed_dates_are_caught_up_in_their_order_and_the_page_goes_off_phones(
    app: Flask, client: FlaskClient, store: Store
) -> None:
    code = add_placement(store, add_tea(store)).code
    get_state(app).refresh_shelf()
    save(store, retitle(get_draft(store), "en", "For a week"))
    set_date(store, minutes=60)
    set_date(store, "unpublish", minutes=30)
    PageClock(get_state(app)).run_due()
    get_state(app).refresh_shelf()
    with store.read() as db:
        assert [item.version for item in page_store.list_versions(db, 1)] == [2, 1]
    assert get_title(store) == ""
    answer = client.get("/p/high-mountain-oolong")
    assert answer.status_code == 410
    assert "For a week" not in answer.text
    assert "This page is not ready yet" in client.get(f"/q/{code}", headers={"Accept-Language": "en"}).text


def test_what_the_gate_refuses_at_that_moment_is_told_on_the_overview_until_seen(
    app: Flask, marketer: FlaskClient, store: Store
) -> None:
    add_tea(store)
    set_date(store)
    with store.write() as db:
        notes.set_note(db, "required_languages", "ru")
    assert [worked for _schedule, worked in PageClock(get_state(app)).run_due()] == [False]
    assert list_states(store) == ["failed"]
    assert "Not published: High Mountain Oolong" in marketer.get("/admin/").text
    assert "Русский" in marketer.get(DATES).text
    marketer.post(f"{DATES}/seen")
    assert "Not published: High Mountain Oolong" not in marketer.get("/admin/").text


def test_taking_off_a_page_that_is_not_on_phones_is_told(app: Flask, marketer: FlaskClient, store: Store) -> None:
    add_tea(store, live=False)
    set_date(store, "unpublish")
    PageClock(get_state(app)).run_due()
    assert "is not on phones: there is nothing to take off" in marketer.get(DATES).text


def test_the_page_is_taken_off_phones_at_once_and_comes_back(app: Flask, marketer: FlaskClient, store: Store) -> None:
    add_tea(store)
    get_state(app).refresh_shelf()
    assert "off phones" in marketer.post(f"{DATES}/unpublish", follow_redirects=True).text
    assert marketer.get("/p/high-mountain-oolong").status_code == 410
    marketer.post("/admin/products/1/publish")
    assert marketer.get("/p/high-mountain-oolong").status_code == 200


def test_the_command_does_what_is_due(app: Flask, store: Store) -> None:
    add_tea(store)
    save(store, retitle(get_draft(store), "en", "By hand"))
    set_date(store)
    done = app.test_cli_runner().invoke(args=["publish-due"])
    assert "Done: publish, product 1." in done.output
    assert get_title(store) == "By hand"
    assert "Nothing is due." in app.test_cli_runner().invoke(args=["publish-due"]).output
