"""The front page: the last 28 days, what needs a look, the first steps."""

from __future__ import annotations

import copy
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.page import format_content, parse_content
from shelftalk.catalog.product import Product
from shelftalk.store import Store, notes, pages, placements
from tests.web.counting import add_scans
from tests.web.shop import add_location, add_placement, add_tea


def get(client: FlaskClient, path: str = "/admin/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_a_new_installation_offers_the_sample_and_the_first_steps(marketer: FlaskClient) -> None:
    page = get(marketer)
    assert 'action="/admin/sample/load"' in page
    assert page.count('class="is-next"') == 1
    assert "Add a product" in page and "Needs a look" not in page


def test_staff_see_no_button_they_may_not_press(staff: FlaskClient) -> None:
    page = get(staff)
    assert "/admin/sample/" not in page
    assert "New product" not in page


def test_steps_are_ticked_as_they_are_done(marketer: FlaskClient, store: Store) -> None:
    tea = add_tea(store)
    add_placement(store, tea, add_location(store))
    page = get(marketer)
    assert page.count('class="is-done"') == 4
    assert "/admin/sample/load" not in page


@pytest.mark.parametrize(
    ("quiet_days", "a_day", "silent"), [(7, 5, True), (4, 5, False), (7, 2, False), (90, 9, False)]
)
def test_a_placement_that_fell_silent_needs_a_look(
    staff: FlaskClient, store: Store, quiet_days: int, a_day: int, silent: bool
) -> None:
    talker = add_placement(store, add_tea(store), add_location(store))
    for days_ago in range(quiet_days, quiet_days + 30):
        add_scans(store, talker, a_day, days_ago=days_ago, firsts=1)
    add_scans(store, talker, 50, days_ago=1, scan_class="declared_bot")
    page = get(staff)
    assert ("Silent: Shelf talker, Taipei Xinyi" in page) is silent
    if silent:
        assert f"usually {a_day} a day" in page


def test_a_placement_taken_down_is_not_called_silent(staff: FlaskClient, store: Store) -> None:
    talker = add_placement(store, add_tea(store), add_location(store))
    for days_ago in range(7, 37):
        add_scans(store, talker, 5, days_ago=days_ago)
    with store.write() as db:
        placements.retire_placement(db, talker.id, at=clock.now())
    assert "Silent" not in get(staff)


def change_title(store: Store, product: Product, tag: str, title: str, minutes: int = 0) -> None:
    """Save a page with another headline in one language, so many minutes from now."""
    with store.write() as db:
        page = pages.get_page(db, product.id)
        raw = copy.deepcopy(format_content(page.content))
        raw["texts"][tag][page.content.blocks[0].id]["title"] = title  # type: ignore[index]
        at = clock.now() + timedelta(minutes=minutes)
        pages.save_page(db, product.id, page.revision, parse_content(raw), by="", at=at)


def test_drafts_missing_languages_and_older_texts_need_a_look(staff: FlaskClient, store: Store) -> None:
    add_tea(store, "Lapsang", live=False)
    full, short = add_tea(store), add_tea(store, "Jasmine Green")
    change_title(store, short, "fa", "")
    change_title(store, full, "en", "High Mountain Oolong")
    assert "older than its source" not in get(staff)
    change_title(store, full, "en", "Higher Mountain Oolong", minutes=5)
    page = get(staff)
    assert "1 product was never published" in page
    assert "Page without a language: Jasmine Green" in page and "Other pages have فارسی" in page
    assert "Page older than its source: فارسی" in page


def test_a_local_address_and_an_old_backup_need_a_look(staff: FlaskClient, store: Store) -> None:
    add_placement(store, add_tea(store))
    page = get(staff)
    assert "The address is local" in page
    assert "There is no backup yet" in page
    with store.write() as db:
        notes.set_note(db, "last_backup_at", clock.format_at(clock.now() - timedelta(days=9)))
    assert "The last backup is 9 days old" in get(staff)
    with store.write() as db:
        notes.set_note(db, "last_backup_at", clock.format_at(clock.now()))
    assert "backup" not in get(staff)


def test_the_sample_brand_can_be_loaded_looked_at_and_removed(marketer: FlaskClient) -> None:
    assert marketer.post("/admin/sample/load").status_code == 303
    page = get(marketer)
    assert 'action="/admin/sample/remove"' in page
    assert "Silent: Shelf talker, Tehran Tajrish" in page
    assert "Scans by product and location" in page
    assert marketer.post("/admin/sample/remove").status_code == 303
    assert 'action="/admin/sample/load"' in get(marketer)


def test_the_address_the_console_prints_leads_to_the_staff_area(client: FlaskClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (303, "/admin/")
