"""Labels that each have a code of their own: no serial number twice, whoever prints and whatever is killed."""

from __future__ import annotations

import hashlib
import html
import json
import re
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.units import parse_unit
from shelftalk.config import make_environ
from shelftalk.labels.item import LabelItem, fill_template
from shelftalk.labels.placing import PLAIN
from shelftalk.labels.stock import get_stock
from shelftalk.store import Store
from shelftalk.store import runs as run_store
from shelftalk.store import units as unit_store
from shelftalk.store.rows import ListQuery
from shelftalk.store.runs import PrintRun
from shelftalk.store.units import RunUnits
from shelftalk.web import print_jobs
from shelftalk.web.print_jobs import PrintJob, add_job, count_job_sheets, read_job, work
from shelftalk.web.print_parts import split_unit_parts
from shelftalk.web.run_files import parse_items
from shelftalk.web.state import State, get_state
from shelftalk.web.unit_prints import Plan, each_unit_item, lengthen_items, shorten_items
from tests.web.shop import add_placement, add_tea
from tests.web.test_print_jobs import WORKER

STOCK = get_stock("avery-l7160")
KEY = bytes(16)


@pytest.fixture
def codes(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two placements' codes; a file holds 42 labels."""
    monkeypatch.setattr(print_jobs, "PART", 42)
    tea = add_tea(store)
    return [add_placement(store, tea).code for _ in range(2)]


@pytest.fixture
def here(app: Flask) -> State:
    return get_state(app)


def begin(here: State, codes: list[str], units: int) -> PrintJob:
    return add_job(here, codes, STOCK, start=1, copies=units, by="Mei", units=True)


def list_runs(store: Store) -> list[PrintRun]:
    with store.read() as db:
        rows = run_store.list_runs(db, ListQuery(per_page=100)).rows
        return [run_store.get_run(db, row.id) for row in sorted(rows, key=lambda row: row.id)]


def list_numbers(store: Store, code: str) -> list[int]:
    """The serial numbers on paper, read from the codes in the symbols."""
    runs = list_runs(store)
    with store.read() as db:
        keys = {printed.code: printed.key for run in runs for printed in unit_store.list_run_units(db, run.id)}
    items = [item for run in runs for item in parse_items(run) if item.code.startswith(code)]
    numbers = [parse_unit(item.url.rpartition("/")[2], keys[code]) for item in items]
    assert [int(item.serial) for item in items] == numbers
    return [number for number in numbers if number]


@pytest.mark.parametrize(
    ("codes", "units", "parts"),
    [
        (1, 100, [(0, 42), (42, 84), (84, 100)]),
        (2, 50, [(0, 42), (42, 50), (50, 92), (92, 100)]),
        (5, 21, [(0, 42), (42, 84), (84, 105)]),
        (3, 1, [(0, 3)]),
    ],
)
def test_a_part_holds_whole_placements_or_a_piece_of_one(codes: int, units: int, parts: list[tuple[int, int]]) -> None:
    assert list(split_unit_parts(codes, units, STOCK, 1, 42)) == parts


def test_a_million_of_each_of_two_thousand_codes_is_counted_at_once() -> None:
    """It is refused, but first its sheets are told: that took six seconds."""
    began = time.thread_time()
    assert count_job_sheets(2_000, 1_000_000, STOCK, 1, PLAIN, units=True) == 95_240_000
    assert time.thread_time() - began < 2


def test_every_label_of_a_print_has_a_code_of_its_own_and_is_read_back(
    marketer: FlaskClient, store: Store, codes: list[str], here: State
) -> None:
    data = {"code": codes, "stock": STOCK.id, "start": "1", "copies": "15", "units": "on", "do": "pdf"}
    assert marketer.post("/admin/labels/", data=data).status_code == 303
    [run] = list_runs(store)
    assert (run.labels, run.copies, json.loads(run.proof)["symbols"]) == (30, 1, 30)
    assert [list_numbers(store, code) for code in codes] == [list(range(1, 16))] * 2
    assert len({item.url for item in parse_items(run)}) == 30
    assert len(run.items) < 2_500, "a run keeps suffixes, not labels"
    page = marketer.get(f"/admin/runs/{run.id}").text
    assert "000001–000015" in page and "A code for every unit" in page
    assert '<bdi dir="ltr">000003</bdi>' in page, "each row says which unit it is"
    again_with = html.unescape(re.findall(r'href="(/admin/labels/\?run=[^"]*)"', page)[0])
    other = marketer.get(again_with).text
    assert 'name="copies" value="15"' in other and re.search(r'name="units" value="on" checked', other)
    (here.settings.instance / "runs" / f"{run.id}.pdf").unlink()
    again = marketer.get(f"/admin/runs/{run.id}/labels.pdf")
    assert hashlib.sha256(again.data).hexdigest() == run.sha256


def test_printed_again_the_numbers_go_on(marketer: FlaskClient, store: Store, codes: list[str]) -> None:
    data = {"code": codes[:1], "stock": STOCK.id, "start": "1", "copies": "5", "units": "on", "do": "pdf"}
    assert marketer.post("/admin/labels/", data=data).status_code == 303
    assert marketer.post("/admin/runs/1/again", data={}).status_code == 303
    assert list_numbers(store, codes[0]) == list(range(1, 11))
    listed = marketer.get("/admin/runs/1/codes.csv").text
    assert listed.count("/q/" + codes[0]) >= 5


def test_a_design_may_say_the_serial_number_and_a_units_code_finds_its_print(
    marketer: FlaskClient, store: Store, codes: list[str]
) -> None:
    data = {
        "code": codes[:1],
        "stock": STOCK.id,
        "start": "1",
        "copies": "3",
        "units": "on",
        "design": "pack",
        "do": "pdf",
    }
    assert marketer.post("/admin/labels/", data=data | {"anyway": "on"}).status_code == 303
    [run] = list_runs(store)
    last = parse_items(run)[2]
    assert fill_template("No. {serial}", last) == "No. 000003"
    assert fill_template("{serial}", replace(last, serial="")) == ""
    assert run.design == "pack"
    assert "/admin/runs/1" in marketer.get(f"/admin/runs/?q={last.code.upper()}").text
    assert marketer.get(f"/admin/placements/code/{last.code}").headers["Location"].endswith("/admin/placements/1")


def test_a_preview_gives_nothing_out_and_shows_codes_as_long_as_in_print(
    marketer: FlaskClient, store: Store, codes: list[str]
) -> None:
    data = {"code": codes[:1], "stock": STOCK.id, "start": "1", "copies": "1000000", "units": "on"}
    answer = marketer.post("/admin/labels/", data=data)
    assert answer.status_code == 200
    assert "data:image/png" in answer.text
    with store.read() as db:
        assert db.value("find_unit_series", placement_id=1) is None


def test_what_the_page_says_of_the_sheet_is_said_of_units(marketer: FlaskClient, codes: list[str]) -> None:
    """Labels and sheets in all; no copies, and no sheet filled with them, whatever was ticked before."""
    data = {"code": codes, "stock": STOCK.id, "start": "20", "copies": "15", "units": "on", "fill": "on"}
    page = marketer.post("/admin/labels/", data=data).text
    assert "30 labels · 3 sheets" in page
    assert "2 of 2 read back on this sheet" in page
    assert "Labels of each placement" in page and "Off: a further copy" in page
    assert "2,004 labels · 97 sheets" in marketer.post("/admin/labels/", data=data | {"copies": "1002"}).text
    assert marketer.post("/admin/labels/", data=data | {"do": "pdf"}).status_code == 303
    assert "30 labels" in marketer.get("/admin/runs/1").text


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"copies": "1000001"}, "1,000,000"),
        ({"copies": "600000", "both": "1"}, "1,000,000"),
        ({"copies": "1001", "units": ""}, "1,000"),
    ],
)
def test_what_cannot_be_is_refused(marketer: FlaskClient, store: Store, codes, more: dict[str, str], says: str) -> None:
    chosen = codes if more.pop("both", "") else codes[:1]
    data = {"code": chosen, "stock": STOCK.id, "start": "1", "units": "on", "do": "pdf"} | more
    answer = marketer.post("/admin/labels/", data=data)
    assert answer.status_code == 422
    assert says in answer.text
    assert list_runs(store) == []


def test_a_big_print_goes_on_with_the_next_number(here: State, store: Store, codes: list[str]) -> None:
    begin(here, codes, 50)
    job = work(here)
    assert job is not None
    assert job.complete and job.labels == 100 and len(job.runs) == 4
    assert [list_numbers(store, code) for code in codes] == [list(range(1, 51))] * 2
    with store.read() as db:
        assert unit_store.count_units(db).printed == 100
        assert [one.units for one in unit_store.list_ranges(db)] == [8, 42, 8, 42]


def test_the_command_prints_a_code_on_every_label(app: Flask, store: Store, codes: list[str]) -> None:
    run = app.test_cli_runner()
    args = ["print-job", "--code", codes[0], "--units", "50"]
    for wrong, says in ((["--fill"], "prints codes twice"), (["--copies", "2"], "Name one of both")):
        refused = run.invoke(args=[*args, *wrong])
        assert refused.exit_code == 1 and says in refused.output
    done = run.invoke(args=args)
    assert done.exit_code == 0 and "Labels 50 of 50, files 2 of 2" in done.output, done.output
    assert list_numbers(store, codes[0]) == list(range(1, 51))


def kill_in_the_middle(here: State) -> None:
    """Two processes work at the job and are killed, one after the other, while a part is in the making."""
    for runs in (1, 2):
        worker = [sys.executable, "-c", WORKER, str(here.settings.root)]
        with subprocess.Popen(worker, env=make_environ(here.settings)) as process:
            deadline = time.monotonic() + 60
            while not (job := read_job(here)[0]) or len(job.runs) < runs:
                assert time.monotonic() < deadline and process.poll() is None
                time.sleep(0.02)
            process.kill()


def test_killed_and_gone_on_with_no_serial_number_comes_twice_and_none_is_missing(
    here: State, store: Store, codes: list[str]
) -> None:
    begin(here, codes[:1], 300)
    kill_in_the_middle(here)
    unfinished, _told = read_job(here)
    assert unfinished is not None and not unfinished.complete, "control: there was something left to go on with"
    job = work(here)
    assert job is not None and job.complete
    assert list_numbers(store, codes[0]) == list(range(1, 301))


def test_control_numbers_not_given_out_with_their_run_come_twice(
    here: State, store: Store, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Plan, "give_out", lambda *_args, **_named: None)
    begin(here, codes[:1], 60)
    work(here)
    runs = [parse_items(run) for run in list_runs(store)]
    assert [item.code for item in runs[1]] == [item.code for item in runs[0]][: len(runs[1])]


def test_numbers_taken_by_somebody_else_meanwhile_are_not_printed_too(
    here: State, store: Store, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A print shop asks for codes while a part is in the making."""
    made = print_jobs.make_labels
    asked: list[int] = []

    def make(*args: object, **named: object) -> object:
        sheets = made(*args, **named)
        if not asked:
            with store.write() as db:
                asked.append(unit_store.reserve(db, 1, 7, by="", at=clock.now()).last)
        return sheets

    monkeypatch.setattr(print_jobs, "make_labels", make)
    begin(here, codes[:1], 30)
    job = work(here)
    assert job is not None and job.complete and asked == [7]
    assert list_numbers(store, codes[0]) == list(range(8, 38))


def test_a_run_keeps_its_labels_short_and_gives_them_back_as_they_were() -> None:
    base = LabelItem(
        "h73222222b", "HTTPS://TEA.EXAMPLE/Q/H73222222B", "tea.example/q/h73222222b", "茶", "扫一扫", "zh-Hans"
    )
    other = replace(base, code="k7m4p29xq3", url="https://tea.example/q/k7m4p29xq3", address="tea.example/q/k7m4p29xq3")
    units = [
        *each_unit_item(base, RunUnits(1, base.code, 7, 400, KEY)),
        *each_unit_item(base, RunUnits(1, base.code, 9, 9, KEY)),
    ]
    items = [other, *units, other, replace(other, price="NT$ 480")]
    kept = json.loads(json.dumps(shorten_items(items)))
    assert len(kept) == 5
    assert list(lengthen_items(kept)) == items
    assert units[0].url == units[0].url.upper() and units[0].serial == "000007"
    assert units[0].address == base.address, "what people type is the placement's"
