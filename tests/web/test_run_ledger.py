"""What happened to a print run: written down, kept as it was, taken back by a line of its own; and printed again."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.config import Settings
from shelftalk.labels.design_json import format_design
from shelftalk.labels.ready_designs import get_ready_design
from shelftalk.store import Store, designs, run_events
from shelftalk.store import placements as placement_store
from shelftalk.store import runs as run_store
from shelftalk.store.rows import ListQuery
from shelftalk.store.runs import PrintRun
from shelftalk.web.state import get_state
from tests.web.shop import add_location, add_placement, add_tea
from tests.web.test_stocks import MEASURES


def print_labels(client: FlaskClient, store: Store, codes: list[str], **choices: str) -> PrintRun:
    """A run of these codes."""
    data: dict[str, object] = {"code": codes, "stock": "avery-l7160", "start": "1", "copies": "1", "do": "pdf"}
    answer = client.post("/admin/labels/", data=data | choices)
    assert answer.status_code == 303, re.findall(r'class="field-error"[^>]*>.*?<span>(.*?)</span>', answer.text)
    with store.read() as db:
        newest = run_store.list_runs(db, ListQuery(descending=True)).rows
        return run_store.get_run(db, max(row.id for row in newest))


@pytest.fixture
def run(marketer: FlaskClient, store: Store) -> PrintRun:
    """A run of two codes, ten labels each."""
    tea = add_tea(store)
    codes = [add_placement(store, tea, language=tag).code for tag in ("en", "fa")]
    return print_labels(marketer, store, codes, copies="10")


def read(client: FlaskClient, address: str) -> str:
    """A page's text as it is read."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", client.get(address).text)))


def test_what_happens_is_written_down_and_shown_with_its_sums(
    marketer: FlaskClient, staff: FlaskClient, store: Store, run: PrintRun
) -> None:
    shop = add_location(store)
    address = f"/admin/runs/{run.id}/events"
    for data in (
        {"kind": "shipped", "to": "taipei xinyi", "quantity": "12"},
        {"kind": "shipped", "to": "The fair in Keelung", "quantity": "5", "text": "by hand"},
        {"kind": "received", "quantity": "11"},
        {"kind": "spoiled", "quantity": "2", "text": "Smeared"},
        {"kind": "note", "text": "Thicker paper next time"},
    ):
        assert staff.post(address, data=data).status_code == 303
    page = read(staff, f"/admin/runs/{run.id}")
    for words in ("Taipei Xinyi", "The fair in Keelung · by hand", "Smeared", "Thicker paper next time", "Sina"):
        assert words in page
    assert "17 shipped, 11 received, 2 spoiled" in page
    assert "18 labels are usable" in page
    with store.read() as db:
        assert run_events.list_events(db, run.id)[0].location_id == shop.id
    assert f'/admin/runs/{run.id}"' in staff.get(f"/admin/runs/?location={shop.id}").text
    assert read(marketer, "/admin/runs/").count("17") >= 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "spoiled", "quantity": "21", "text": "wet"}, "must be a whole number from 1 to 20"),
        ({"kind": "spoiled", "quantity": "2", "text": ""}, "This is empty"),
        ({"kind": "shipped", "quantity": "2", "to": ""}, "This is empty"),
        ({"kind": "note", "text": " "}, "This is empty"),
        ({"kind": "received", "quantity": "x"}, "“x” must be a whole number"),
        ({"kind": "note", "text": "early", "done_on": "2001-02-03"}, "2001-02-03 is before the print"),
        ({"kind": "note", "text": "late", "done_on": "2999-01-01"}, "2999-01-01 is still to come"),
        ({"kind": "sent", "text": "by a form"}, "cannot be chosen here"),
    ],
)
def test_a_mistake_is_said_and_what_was_typed_stays(
    staff: FlaskClient, store: Store, run: PrintRun, data: dict[str, str], words: str
) -> None:
    answer = staff.post(f"/admin/runs/{run.id}/events", data=data)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    if data.get("text", "").strip() and data["kind"] != "sent":
        assert f'value="{data["text"]}"' in answer.text
    with store.read() as db:
        assert run_events.list_events(db, run.id) == []


def test_no_more_is_shipped_than_is_left(staff: FlaskClient, run: PrintRun) -> None:
    address = f"/admin/runs/{run.id}/events"
    staff.post(address, data={"kind": "shipped", "to": "Fair", "quantity": "15"})
    answer = staff.post(address, data={"kind": "shipped", "to": "Fair", "quantity": "15"})
    assert (answer.status_code, "Choose 1 to 5" in answer.text) == (422, True)


def test_the_same_form_writes_one_line(staff: FlaskClient, store: Store, run: PrintRun) -> None:
    data = {"kind": "note", "text": "once", "form_key": "k1"}
    for _time in range(2):
        assert staff.post(f"/admin/runs/{run.id}/events", data=data).status_code == 303
    with store.read() as db:
        assert len(run_events.list_events(db, run.id)) == 1


def test_taking_back_adds_a_line_and_takes_it_out_of_the_sums(staff: FlaskClient, store: Store, run: PrintRun) -> None:
    staff.post(f"/admin/runs/{run.id}/events", data={"kind": "spoiled", "quantity": "7", "text": "wet"})
    with store.read() as db:
        [wrong] = run_events.list_events(db, run.id)
    address = f"/admin/runs/{run.id}/events/{wrong.id}/take-back"
    assert staff.post(address).status_code == 303
    assert staff.post(address).status_code == 409
    assert staff.post(f"/admin/runs/{run.id + 1}/events/{wrong.id}/take-back").status_code == 404
    page = read(staff, f"/admin/runs/{run.id}")
    assert "taken back later" in page
    assert "0 spoiled" in page


def test_print_again_makes_a_run_of_its_own_with_the_same_choices(
    marketer: FlaskClient, store: Store, run: PrintRun
) -> None:
    code = run_store_codes(store, run)[0]
    with store.write() as db:
        place = placement_store.find_placement_by_code(db, code)
        assert place
        kept = ("medium", "location_id", "stage", "language", "note", "installed_on", "removed_on")
        values = {name: getattr(place, name) for name in kept} | {"call_to_action": "Taste it today"}
        placement_store.update_placement(db, place.id, place.revision, **values, at=clock.now())
    answer = marketer.post(f"/admin/runs/{run.id}/again", data={"form_key": "again"})
    assert answer.status_code == 303
    assert marketer.post(f"/admin/runs/{run.id}/again", data={"form_key": "again"}).location == answer.location
    with store.read() as db:
        assert run_store.list_runs(db, ListQuery()).total == 2
        new = run_store.get_run(db, run.id + 1)
    assert (new.stock, new.start, new.copies, new.labels) == (run.stock, run.start, run.copies, run.labels)
    assert "Taste it today" in new.items
    assert "Taste it today" not in run.items
    address = re.findall(r'href="(/admin/labels/\?run=[^"]*)"', marketer.get(f"/admin/runs/{run.id}").text)[0]
    other = marketer.get(address.replace("&amp;", "&")).text
    assert 'value="avery-l7160" checked' in other and 'name="copies" value="10"' in other, "other choices begin here"
    wrong = marketer.get("/admin/labels/?stock=nonsense&copies=-1&start=%D9%A3x&design=nothing")
    assert wrong.status_code == 200 and 'name="copies" value="1"' in wrong.text


def run_store_codes(store: Store, run: PrintRun) -> list[str]:
    with store.read() as db:
        return [one.code for one in run_store.list_codes(db, run.id)]


def test_a_retired_code_is_not_printed_again_and_the_page_says_so(
    marketer: FlaskClient, store: Store, run: PrintRun
) -> None:
    code = run_store_codes(store, run)[0]
    with store.write() as db:
        place = placement_store.find_placement_by_code(db, code)
        assert place
        placement_store.retire_placement(db, place.id, at=clock.now())
    answer = marketer.post(f"/admin/runs/{run.id}/again")
    assert answer.status_code == 422
    assert f"retired code: “{code}”" in unescape(answer.text)


def test_a_run_on_own_stock_comes_again_the_same_after_the_stock_was_edited(
    marketer: FlaskClient, settings: Settings, store: Store
) -> None:
    marketer.post("/admin/stocks/new", data=MEASURES)
    code = add_placement(store, add_tea(store), medium="pack").code
    run = print_labels(
        marketer, store, [code], stock="own-1.1", copies="3", skip="2", marks="on", bleed="1", fill="on", start="1"
    )
    assert run.stock == "own-1.1"
    smaller = {"label_width_mm": "41", "label_height_mm": "41", "after": "1"}
    assert marketer.post("/admin/stocks/1", data=MEASURES | smaller).status_code == 303
    assert marketer.post("/admin/stocks/1/retire").status_code == 303
    (settings.instance / "runs" / f"{run.id}.pdf").unlink()
    answer = marketer.get(f"/admin/runs/{run.id}/labels.pdf")
    assert hashlib.sha256(answer.data).hexdigest() == run.sha256
    page = read(marketer, f"/admin/runs/{run.id}")
    assert "without label 2 of the first sheet · last sheet filled · crop marks · 1 mm bleed" in page
    assert "Ø 42.5 mm" in page
    assert marketer.get("/admin/runs/?stock=own-1").text.count(f"/admin/runs/{run.id}/labels.pdf") == 1


def test_a_run_with_an_own_design_comes_again_the_same_after_the_design_was_edited(
    marketer: FlaskClient, settings: Settings, store: Store
) -> None:
    first, second = (format_design(get_ready_design(name).design) for name in ("pack", "shelf-talker"))
    with store.write() as db:
        design_id = designs.add_design(db, first | {"name": "Ours"}, by="Mei", at=clock.now())
    code = add_placement(store, add_tea(store), medium="pack").code
    run = print_labels(marketer, store, [code], stock="single-62x29", design=str(design_id))
    assert (run.design, run.design_version) == (str(design_id), 1)
    with store.write() as db:
        designs.add_version(db, design_id, second | {"name": "Ours"}, after=1, by="Mei", at=clock.now())
    (settings.instance / "runs" / f"{run.id}.pdf").unlink()
    answer = marketer.get(f"/admin/runs/{run.id}/labels.pdf")
    assert hashlib.sha256(answer.data).hexdigest() == run.sha256


def test_runs_are_found_by_the_day_their_list_shows(
    marketer: FlaskClient, run: PrintRun, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, there = get_state(app), f'href="/admin/runs/{run.id}"'
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):  # it is never the same day in both
        monkeypatch.setattr(own, "settings", replace(own.settings, timezone=zone))
        day = clock.local_hour(run.created_at, zone)[0]
        before, after = day - timedelta(days=1), day + timedelta(days=1)
        assert there in marketer.get(f"/admin/runs/?from={day}&to={day}").text
        assert there not in marketer.get(f"/admin/runs/?to={before}").text
        assert there not in marketer.get(f"/admin/runs/?from={after}").text
        for end in (date.min, date.max):
            assert marketer.get(f"/admin/runs/?from={end}&to={end}").status_code == 200


def test_runs_are_found_by_code_day_and_person(marketer: FlaskClient, run: PrintRun, store: Store) -> None:
    there = f'href="/admin/runs/{run.id}"'
    code = run_store_codes(store, run)[0]
    today = clock.today()
    tomorrow, yesterday = (today + timedelta(days=1)).isoformat(), (today - timedelta(days=1)).isoformat()
    for found in (f"q={code}", f"q=https://tea.example/q/{code}", "by=Mei", f"from={yesterday}&to={tomorrow}"):
        assert there in marketer.get(f"/admin/runs/?{found}").text
    for missed in ("q=k7m4p29xqd", "by=Ada", f"from={tomorrow}", f"to={yesterday}", "product=99"):
        page = marketer.get(f"/admin/runs/?{missed}").text
        assert there not in page
        assert "Nothing matches" in page
    for odd in ("from=x", "to=9999-12-31", f"to={date.max}", "product=x", "location=-1"):
        assert there in marketer.get(f"/admin/runs/?{odd}").text
