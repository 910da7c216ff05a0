"""What waits to be printed: placements without any print, and labels that would say something else today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.placement import Placement
from shelftalk.labels.design_json import format_design
from shelftalk.labels.ready_designs import get_ready_design
from shelftalk.store import Store, designs, pages
from shelftalk.store import placements as placement_store
from shelftalk.store import products as product_store
from shelftalk.web.state import get_state
from tests.web.shop import add_location, add_placement, add_tea
from tests.web.test_run_ledger import print_labels

CHANGED, UNPRINTED = "/admin/print-queues/changed", "/admin/print-queues/"


def change(store: Store, placement: Placement, **values: object) -> None:
    """Edit a placement."""
    kept = ("medium", "location_id", "stage", "language", "call_to_action", "note", "installed_on", "removed_on")
    with store.write() as db:
        now = placement_store.get_placement(db, placement.id)
        given = {name: getattr(now, name) for name in kept} | values
        placement_store.update_placement(db, now.id, now.revision, **given, at=clock.now())


def read_changes(client: FlaskClient, address: str = CHANGED) -> list[tuple[str, str, str]]:
    """What changed, old and new, of every row."""
    row = r"<li><b>(.*?)</b><del><bdi>(.*?)</bdi></del>.*?<ins><bdi>(.*?)</bdi></ins></li>"
    return [(what, old, new) for what, old, new in re.findall(row, unescape(client.get(address).text))]


@pytest.fixture
def printed(marketer: FlaskClient, store: Store) -> Placement:
    """A placement that was printed."""
    placement = add_placement(store, add_tea(store), add_location(store))
    print_labels(marketer, store, [placement.code])
    return placement


def test_a_placement_waits_until_it_is_printed(marketer: FlaskClient, store: Store) -> None:
    tea = add_tea(store)
    first, second = add_placement(store, tea), add_placement(store, tea, language="fa")
    page = marketer.get(UNPRINTED).text
    assert first.code in page
    assert f"/admin/labels/?codes={first.code}+{second.code}" in unescape(page)
    assert "Print all 2" in page
    assert "2 placements have no label yet" in marketer.get("/admin/").text
    assert "Not printed yet." in marketer.get(f"/admin/placements/{first.id}").text
    print_labels(marketer, store, [first.code])
    page = marketer.get(UNPRINTED).text
    assert first.code not in page
    assert second.code in page
    assert "/admin/runs/1" in marketer.get(f"/admin/placements/{first.id}").text


def test_what_is_out_of_use_waits_for_nothing(marketer: FlaskClient, store: Store) -> None:
    tea = add_tea(store)
    retired, down = add_placement(store, tea), add_placement(store, tea, language="fa")
    with store.write() as db:
        placement_store.retire_placement(db, retired.id, at=clock.now())
    change(store, down, removed_on=clock.days_before(clock.today(), 1))
    assert "Everything is printed" in marketer.get(UNPRINTED).text


def test_what_says_the_same_today_is_not_in_the_list(marketer: FlaskClient, printed: Placement) -> None:
    assert "Labels say what they should" in marketer.get(CHANGED).text
    assert "Changed since printed" not in marketer.get(f"/admin/placements/{printed.id}").text


def test_other_words_are_told_with_what_was_printed(
    marketer: FlaskClient, staff: FlaskClient, store: Store, printed: Placement
) -> None:
    change(store, printed, call_to_action="Taste it <today>", language="fa", location_id=None)
    told = read_changes(marketer)
    assert [what for what, _old, _new in told] == ["Language", "Product name", "Call to action"]
    assert told[0][1:] == ("English", "فارسی")
    assert told[1][1:] == ("High Mountain Oolong", "چای کوهستان")
    assert told[2][2] == "Taste it <today>"
    assert read_changes(staff, f"/admin/placements/{printed.id}") == told
    assert "1 label says something else today" in marketer.get("/admin/").text
    assert read_changes(marketer, CHANGED + "?what=language") == told
    assert "Labels say what they should" in marketer.get(CHANGED + "?what=origin").text
    print_labels(marketer, store, [printed.code])
    assert read_changes(marketer) == []


def test_a_name_counts_once_it_is_published(marketer: FlaskClient, store: Store, printed: Placement) -> None:
    with store.write() as db:
        page = pages.get_page(db, printed.product_id)
        hero = page.content.blocks[0].id
        page.content.texts["en"][hero]["title"] = "Ali Mountain Oolong"
        pages.save_page(db, printed.product_id, page.revision, page.content, by="", at=clock.now())
    assert read_changes(marketer) == []
    with store.write() as db:
        pages.publish_page(db, printed.product_id, by="", at=clock.now())
    assert read_changes(marketer) == [("Product name", "High Mountain Oolong", "Ali Mountain Oolong")]


def test_a_retired_placement_is_left_out(marketer: FlaskClient, store: Store, printed: Placement) -> None:
    change(store, printed, call_to_action="Another")
    with store.write() as db:
        placement_store.retire_placement(db, printed.id, at=clock.now())
    assert read_changes(marketer) == []


def test_only_words_that_the_design_shows_count(marketer: FlaskClient, store: Store, printed: Placement) -> None:
    change(store, printed, location_id=None)
    assert read_changes(marketer) == []
    raw = format_design(get_ready_design("pack").design)
    text = next(element for element in raw["elements"] if "text" in element)
    text["text"] = {"": "{location} {brand}"}
    with store.write() as db:
        ref = str(designs.add_design(db, raw | {"name": "Ours"}, by="Mei", at=clock.now()))
    shop = add_location(store, "Tainan", "TNN")
    change(store, printed, location_id=shop.id, medium="pack")
    print_labels(marketer, store, [printed.code], stock="single-62x29", design=ref)
    assert read_changes(marketer) == []
    change(store, printed, location_id=None)
    with store.write() as db:
        product = product_store.get_product(db, printed.product_id)
        product_store.update_product(
            db, product.id, product.revision, name=product.name, brand="Alishan", gtin="", photo="", colour="#1f6f54",
            at=clock.now(),
        )  # fmt: skip
        designs.add_version(db, int(ref), raw | {"name": "Ours"}, after=1, by="Mei", at=clock.now())
    assert read_changes(marketer) == [
        ("Brand", "Wuling", "Alishan"),
        ("Location", "Tainan", "nothing"),
        ("Design version", "1", "2"),
    ]


@pytest.fixture
def moved(app: Flask) -> Iterator[None]:
    """The site is at another address since."""
    here = get_state(app)
    before = here.settings
    here.settings = replace(before, origin="https://new.example")
    yield
    here.settings = before


@pytest.mark.usefixtures("printed", "moved")
def test_another_address_of_the_site_concerns_every_label(marketer: FlaskClient) -> None:
    assert read_changes(marketer) == [("Address", "http://localhost:8000", "https://new.example")]


def test_staff_see_the_queues_and_print_nothing(staff: FlaskClient, store: Store) -> None:
    add_placement(store, add_tea(store))
    page = staff.get(UNPRINTED)
    assert page.status_code == 200
    assert "Print all" not in page.text
    assert 'name="code"' not in page.text
