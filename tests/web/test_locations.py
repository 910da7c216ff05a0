"""The shops: what can be entered, found and changed, and by whom."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.config import Settings
from shelftalk.store import Store
from shelftalk.store import locations as location_store
from shelftalk.store.rows import ListQuery
from tests.web.shop import add_location, add_placement, add_tea

FILLED = {
    "name": "Tehran Tajrish",
    "code": "THR-TJ",
    "gln": "",
    "address": "Tajrish Square\n  Tehran ",
    "timezone": "Asia/Tehran",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, timezone="Europe/Berlin")


def names(store: Store, search: str = "") -> list[str]:
    with store.read() as db:
        return [location.name for location in location_store.list_locations(db, ListQuery(search)).rows]


def test_a_location_is_added_with_its_lines_and_zone(marketer: FlaskClient, store: Store) -> None:
    answer = marketer.post("/admin/locations/new", data=FILLED, follow_redirects=True)
    assert "Tehran Tajrish" in answer.text
    with store.read() as db:
        location = location_store.find_location_by_code(db, "THR-TJ")
    assert location is not None
    assert (location.address, location.timezone) == ("Tajrish Square\nTehran", "Asia/Tehran")


def test_a_new_location_starts_in_the_sites_time_zone(marketer: FlaskClient) -> None:
    page = marketer.get("/admin/locations/new").text
    assert 'value="Europe/Berlin"' in page
    assert "Now there:" in page


def test_a_wrong_gln_is_refused_with_the_right_check_digit(marketer: FlaskClient, store: Store) -> None:
    answer = marketer.post("/admin/locations/new", data=FILLED | {"gln": "9521234000014"})
    assert answer.status_code == 422
    assert "it should be 3" in answer.text
    assert 'value="9521234000014"' in answer.text
    assert not names(store)


@pytest.mark.parametrize(("typed", "kept"), [("asia/tehran", "Asia/Tehran"), ("America/new york", "America/New_York")])
def test_a_time_zone_is_understood_as_typed(marketer: FlaskClient, store: Store, typed: str, kept: str) -> None:
    marketer.post("/admin/locations/new", data=FILLED | {"timezone": typed})
    with store.read() as db:
        location = location_store.find_location_by_code(db, "THR-TJ")
    assert location is not None
    assert location.timezone == kept


def test_an_unknown_time_zone_is_refused_with_examples(marketer: FlaskClient) -> None:
    answer = marketer.post("/admin/locations/new", data=FILLED | {"timezone": "Middle/Earth"})
    assert answer.status_code == 422
    assert "Europe/Berlin" in answer.text.split("field-error")[1]


def test_a_code_belongs_to_one_location(marketer: FlaskClient, store: Store) -> None:
    add_location(store, "Taipei", "THR-TJ")
    answer = marketer.post("/admin/locations/new", data=FILLED)
    assert answer.status_code == 422
    assert "“THR-TJ” is the code of “Taipei” already" in answer.text


def test_a_form_posted_twice_adds_one_location(marketer: FlaskClient, store: Store) -> None:
    both = [marketer.post("/admin/locations/new", data=FILLED | {"form_key": "abc"}) for _ in range(2)]
    assert [answer.status_code for answer in both] == [303, 303]
    assert both[0].location == both[1].location
    assert names(store) == ["Tehran Tajrish"]


def test_the_second_editor_is_told_and_keeps_what_was_typed(marketer: FlaskClient, store: Store) -> None:
    location = add_location(store)
    address = f"/admin/locations/{location.id}/edit"
    first = FILLED | {"name": "Xinyi A", "revision": "1"}
    second = FILLED | {"name": "Xinyi B", "revision": "1"}
    assert marketer.post(address, data=first).status_code == 303
    answer = marketer.post(address, data=second)
    assert answer.status_code == 409
    assert "Nothing was overwritten" in answer.text
    assert 'value="Xinyi B"' in answer.text
    assert "<bdi>Xinyi A</bdi>" in answer.text
    assert names(store) == ["Xinyi A"]
    assert 'name="revision" value="2"' in answer.text
    assert marketer.post(address, data=second | {"revision": "2"}).status_code == 303
    assert names(store) == ["Xinyi B"]


def test_saving_what_is_gone_is_404(marketer: FlaskClient) -> None:
    assert marketer.post("/admin/locations/77/edit", data=FILLED | {"revision": "1"}).status_code == 404


@pytest.mark.parametrize(("name", "search"), [("台北信義店", "信義"), ("تهران تجریش", "تجريش")])
def test_chinese_and_persian_names_are_found(staff: FlaskClient, store: Store, name: str, search: str) -> None:
    add_location(store, name, "A")
    add_location(store, "Berlin", "B")
    page = staff.get("/admin/locations/", query_string={"q": search}).text
    assert name in page
    assert "Berlin</bdi>" not in page


def test_ten_thousand_locations_stay_quick(staff: FlaskClient, store: Store) -> None:
    with store.write() as db:
        for number in range(10_000):
            location_store.add_location(
                db,
                name=f"Shop {number:05}",
                code=f"S{number}",
                gln="",
                address="",
                timezone="Asia/Taipei",
                at=clock.now(),
            )
    began = time.process_time()
    page = staff.get("/admin/locations/?page=200&sort=name").text
    assert time.process_time() - began < 2
    assert "Shop 09999" in page
    assert "Shop 05555" in staff.get("/admin/locations/?q=05555").text


def test_a_locations_page_shows_what_hangs_there(staff: FlaskClient, store: Store) -> None:
    location = add_location(store)
    placement = add_placement(store, add_tea(store), location)
    page = staff.get(f"/admin/locations/{location.id}").text
    assert placement.code in page
    assert f"/admin/reports/?location={location.id}" in page
    assert "Asia/Taipei" in page


def test_staff_look_and_change_nothing(staff: FlaskClient, store: Store) -> None:
    location = add_location(store)
    page = staff.get(f"/admin/locations/{location.id}").text
    assert "/edit" not in page
    for address in ("/admin/locations/new", f"/admin/locations/{location.id}/edit"):
        assert staff.get(address).status_code == 403
        assert staff.post(address, data=FILLED).status_code == 403


def test_strangers_are_sent_to_sign_in(outsider: FlaskClient) -> None:
    assert outsider.get("/admin/locations/").status_code == 303


def test_the_clock_of_a_place_follows_the_field(staff: FlaskClient) -> None:
    assert "Now there:" in staff.get("/admin/locations/local-time?timezone=asia/tehran").text
    assert "Now there:" not in staff.get("/admin/locations/local-time?timezone=nowhere").text
