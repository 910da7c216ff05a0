"""A code for every unit: given to print shops once, scanned as the placement's, and counted without a time."""

from __future__ import annotations

import csv
import io
import os
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from shelftalk import clock
from shelftalk.catalog.placement import Placement
from shelftalk.catalog.units import KEY_BYTES, MOST_UNITS, each_unit, parse_unit
from shelftalk.scans.record import UnitScan
from shelftalk.store import Store, scans
from shelftalk.store import placements as placement_store
from shelftalk.store import products as product_store
from shelftalk.store import units as unit_store
from shelftalk.web import unit_codes
from shelftalk.web.state import get_state
from shelftalk.web.unit_csv import measure_codes, write_codes
from tests.web.shop import add_placement, add_tea

PHONE = {
    "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1",
    "Accept-Language": "fa",
}


@pytest.fixture
def placement(store: Store, app: Flask) -> Placement:
    placed = add_placement(store, add_tea(store))
    get_state(app).refresh_shelf()
    return placed


def make_codes(marketer: FlaskClient, placement: Placement, count: int) -> list[dict[str, str]]:
    """The rows of a new range's file."""
    answer = marketer.post(f"/admin/units/{placement.id}", data={"units": str(count)})
    assert answer.status_code == 303, answer.text
    given = answer.headers["Location"].rpartition("=")[2]
    return read_csv(marketer, f"/admin/units/{placement.id}/codes-{given}.csv")


def read_csv(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_print_shop_gets_serial_number_code_and_address_of_each_unit(
    marketer: FlaskClient, store: Store, placement: Placement
) -> None:
    rows = make_codes(marketer, placement, 10_000)
    assert (len(rows), len({row["code"] for row in rows})) == (10_000, 10_000)
    assert rows[122]["serial"] == "000123"
    with store.read() as db:
        series = unit_store.find_series(db, placement.id)
    assert series
    assert [parse_unit(row["code"], series.key) for row in rows] == list(range(1, 10_001))
    assert all(row["url"] == f"http://localhost:8000/q/{row['code']}" for row in rows)
    assert all(row["code"].startswith(placement.code) for row in rows)


def test_the_same_range_is_the_same_file_and_the_next_one_goes_on(marketer: FlaskClient, placement: Placement) -> None:
    first, second = make_codes(marketer, placement, 30), make_codes(marketer, placement, 20)
    assert [row["serial"] for row in second][:2] == ["000031", "000032"]
    assert not {row["code"] for row in first} & {row["code"] for row in second}
    files = [marketer.get(f"/admin/units/{placement.id}/codes-1.csv") for _time in range(2)]
    assert files[0].data == files[1].data
    assert files[0].content_length == len(files[0].data)


def test_a_range_stays_the_same_file_when_the_address_of_this_server_changes(
    marketer: FlaskClient, placement: Placement, app: Flask
) -> None:
    rows = make_codes(marketer, placement, 3)
    state = get_state(app)
    state.settings = replace(state.settings, origin="https://moved.example")
    assert read_csv(marketer, f"/admin/units/{placement.id}/codes-1.csv") == rows
    assert all(row["url"].startswith("https://moved.example/q/") for row in make_codes(marketer, placement, 3))


@pytest.mark.parametrize(("units", "says"), [("0", "1"), ("1000001", "1,000,000"), ("many", "many"), ("", "1")])
def test_a_number_that_cannot_be_is_refused_and_gives_nothing_out(
    marketer: FlaskClient, store: Store, placement: Placement, units: str, says: str
) -> None:
    answer = marketer.post(f"/admin/units/{placement.id}", data={"units": units})
    assert answer.status_code == 422
    assert says in answer.text
    with store.read() as db:
        assert unit_store.count_units(db).printed == 0


def test_a_form_posted_twice_gives_out_once(marketer: FlaskClient, store: Store, placement: Placement) -> None:
    for _time in range(2):
        data = {"units": "5", "form_key": "the-same-page"}
        assert marketer.post(f"/admin/units/{placement.id}", data=data).status_code == 303
    with store.read() as db:
        assert unit_store.count_units(db).printed == 5


def test_nothing_is_made_for_a_retired_placement(marketer: FlaskClient, store: Store, placement: Placement) -> None:
    with store.write() as db:
        placement_store.retire_placement(db, placement.id, at=clock.now())
    answer = marketer.post(f"/admin/units/{placement.id}", data={"units": "5"})
    assert answer.status_code == 422
    assert "retired code" in answer.text


def test_codes_of_one_placement_are_not_found_under_another(
    marketer: FlaskClient, store: Store, placement: Placement
) -> None:
    make_codes(marketer, placement, 5)
    other = add_placement(store, add_tea(store, "Another tea"))
    assert marketer.get(f"/admin/units/{other.id}/codes-1.csv").status_code == 404
    make_codes(marketer, other, 5)
    assert marketer.get(f"/admin/units/{other.id}/codes-1.csv").status_code == 404
    assert marketer.get(f"/admin/units/{placement.id}/codes-99.csv").status_code == 404


def test_a_workbook_says_the_same_as_the_csv_and_is_the_same_each_time(
    marketer: FlaskClient, placement: Placement, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_codes(marketer, placement, 50)
    rows = make_codes(marketer, placement, 30)
    books = [marketer.get(f"/admin/units/{placement.id}/codes-2.xlsx") for _time in range(2)]
    assert books[0].data == books[1].data
    assert 'filename="codes-' in books[0].headers["Content-Disposition"]
    cells = CalamineWorkbook.from_filelike(io.BytesIO(books[0].data)).get_sheet_by_index(0).to_python()
    assert cells == [list(rows[0]), *(list(row.values()) for row in rows)]
    assert cells[1][0] == "000051", "a text: no spreadsheet takes the zeros away"
    monkeypatch.setattr(unit_codes, "MOST_ROWS", 40)
    page = marketer.get(f"/admin/units/{placement.id}").text
    assert "codes-2.xlsx" in page and "codes-1.xlsx" not in page
    refused = marketer.get(f"/admin/units/{placement.id}/codes-1.xlsx")
    assert refused.status_code == 422 and "at most 40. Take the CSV." in refused.text


def test_the_command_gives_out_a_range_and_writes_its_file_again(
    app: Flask, marketer: FlaskClient, placement: Placement, tmp_path: Path
) -> None:
    run = app.test_cli_runner()
    first, again, book = (tmp_path / name for name in ("codes.csv", "again.csv", "codes.xlsx"))
    done = run.invoke(args=["units", "--code", placement.code, "--quantity", "10000", "--out", str(first)])
    assert done.exit_code == 0, done.output
    assert f"Range 1: 10000 units of {placement.code}, 000001 to 010000." in done.output
    for file in (again, book):
        assert run.invoke(args=["units", "--range", "1", "--out", str(file)]).exit_code == 0
    assert first.read_bytes() == again.read_bytes()
    assert first.read_bytes() == marketer.get(f"/admin/units/{placement.id}/codes-1.csv").data
    assert CalamineWorkbook.from_path(book).get_sheet_by_index(0).height == 10_001
    assert make_codes(marketer, placement, 1)[0]["serial"] == "010001"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--quantity", "5"], "Name the code and how many"),
        (["--code", "CODE"], "Name the code and how many"),
        (["--code", "CODE", "--quantity", "0"], "0 units cannot be made at once"),
        (["--code", "CODE", "--quantity", "1000001"], "1 to 1000000"),
        (["--code", "k7m4p29xqd", "--quantity", "5"], "No placement has the code “k7m4p29xqd”"),
        (["--code", "CODE", "--range", "1"], "Leave out --code"),
        (["--range", "7"], "7"),
        (["--code", "CODE", "--quantity", "5", "--out", "/no/folder/here.csv"], "no folder “/no/folder”"),
    ],
)
def test_a_mistake_on_the_command_line_gives_nothing_out(
    app: Flask, store: Store, placement: Placement, tmp_path: Path, options: list[str], says: str
) -> None:
    out = tmp_path / "codes.csv"
    args = [placement.code if option == "CODE" else option for option in options]
    done = app.test_cli_runner().invoke(args=["units", "--out", str(out), *args])
    assert done.exit_code == 1
    assert says in done.output
    assert not out.exists()
    with store.read() as db:
        assert unit_store.count_units(db).printed == 0


def scan(client: FlaskClient, code: str, address: str = "203.0.113.9", **headers: str) -> str:
    answer = client.get(f"/q/{code}", headers=PHONE | headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 200
    return answer.headers["X-Shelftalk-Scan"]


def test_a_scanned_unit_counts_for_its_placement_and_for_itself(
    app: Flask, client: FlaskClient, marketer: FlaskClient, store: Store, placement: Placement
) -> None:
    codes = [row["code"] for row in make_codes(marketer, placement, 100)]
    assert scan(client, codes[41]) == "person"
    assert scan(client, codes[41].upper(), "203.0.113.10") == "person"
    assert scan(client, codes[7]) == "person"
    assert scan(client, codes[7]).startswith("repeat")
    assert scan(client, placement.code, "203.0.113.11") == "person"
    assert scan(client, placement.code + "22222222", "203.0.113.12") == "person"
    assert scan(client, codes[9], "203.0.113.13", **{"Sec-GPC": "1"}).startswith("person")
    get_state(app).ingester.ingest_once()
    with store.read() as db:
        assert scans.count_scans(db) == 7
        figures = unit_store.count_units(db, placement_id=placement.id)
    assert (figures.scanned, figures.scans) == (2, 3)
    page = marketer.get(f"/admin/units/{placement.id}").text
    assert 'data-figure="scanned">2 <small class="soft">2%' in page.replace("2.0%", "2%")
    assert 'data-figure="each">1.5' in page
    assert "100 printed" in marketer.get(f"/admin/placements/{placement.id}").text


def test_which_unit_was_scanned_when_is_written_down_nowhere(
    app: Flask, settings, client: FlaskClient, marketer: FlaskClient, store: Store, placement: Placement
) -> None:
    codes = [row["code"] for row in make_codes(marketer, placement, 100)]
    scan(client, codes[41])
    state = get_state(app)
    state.spool.close()  # as the minutes do it
    state.ingester.ingest_once()
    store.close()
    files = [path for path in Path(settings.instance).rglob("*") if path.is_file()]
    assert len(files) > 5
    assert not [path.name for path in files if codes[41][10:].encode() in path.read_bytes()]
    with store.read() as db:
        row = dict(db.engine.execute(db.connection, "select * from unit_scans", {}).fetchone())
        columns = db.engine.execute(db.connection, "select * from scans", {}).fetchone().keys()
    assert set(row) == {"placement_id", "number", "scans", "first_day", "last_day"}
    assert (row["number"], row["scans"], len(row["first_day"])) == (42, 1, len("2026-11-02"))
    assert not {"unit", "number", "serial"} & set(columns)


def test_units_scanned_unusually_often_are_listed_and_exported_and_others_never(
    app: Flask, marketer: FlaskClient, placement: Placement
) -> None:
    codes = [row["code"] for row in make_codes(marketer, placement, 100)]
    at, spool = clock.now(), get_state(app).spool
    for number, times, days in ((5, 25, 0), (6, 2, 9), (7, 19, 1)):
        for time in range(times):
            moment = at - timedelta(days=days if time else 0)
            plain = (moment, placement.code, "fa", "phone", "person", 2, True)
            spool.append(UnitScan(*plain, unit=codes[number - 1][10:]))
    get_state(app).ingester.ingest_once()
    rows = read_csv(marketer, f"/admin/units/{placement.id}/unusual.csv")
    assert [(row["serial"], row["scans"]) for row in rows] == [("000005", "25"), ("000006", "2")]
    assert [row["code"] for row in rows] == [codes[4], codes[5]]
    page = marketer.get(f"/admin/units/{placement.id}").text
    assert 'data-figure="often">1<' in page
    assert "000005" in page
    assert "000007" not in page
    listed = marketer.get("/admin/units/").text
    assert f"/admin/units/{placement.id}" in listed


def test_products_and_reports_lead_to_their_units_and_say_nothing_where_there_are_none(
    app: Flask, client: FlaskClient, marketer: FlaskClient, store: Store, placement: Placement
) -> None:
    product = placement.product_id
    pages = {
        f"/admin/products/{product}": f'"/admin/units/?product={product}">150 units with',
        f"/admin/reports/placements/{placement.id}": f'"/admin/units/{placement.id}">100<',
        "/admin/reports/": '"/admin/units/">155<',
        f"/admin/reports/?product={product}": f'"/admin/units/?product={product}">150<',
    }
    scan(client, placement.code)
    get_state(app).ingester.ingest_once()
    assert not [page for page in pages if "/admin/units/" in marketer.get(page).text]
    codes = [row["code"] for row in make_codes(marketer, placement, 100)]
    with store.read() as db:
        tea = product_store.get_product(db, product)
    make_codes(marketer, add_placement(store, tea), 50)
    make_codes(marketer, add_placement(store, add_tea(store, "Another tea")), 5)
    scan(client, codes[41], "203.0.113.10")
    get_state(app).ingester.ingest_once()
    for page, link in pages.items():
        assert link in marketer.get(page).text, page
    assert f"/admin/products/{product}" in marketer.get(f"/admin/units/?product={product}").text
    assert 'id="units"' not in marketer.get("/admin/reports/?location=0").text, "units are not kept by location"


def test_the_file_is_made_while_it_is_sent(placement: Placement) -> None:
    tracemalloc.start()
    size = sum(map(len, write_codes(placement.code, 1, 20_000, bytes(KEY_BYTES), "https://tea.example")))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == measure_codes(1, 20_000, "https://tea.example")
    assert peak < 2 << 20


@pytest.mark.parametrize(("first", "last"), [(1, 1), (999_990, 1_000_010), (1_000_000, 1_000_003)])
def test_its_length_is_known_before(first: int, last: int) -> None:
    size = sum(map(len, write_codes("k7m4p29xqd", first, last, bytes(KEY_BYTES), "http://localhost:8000")))
    assert size == measure_codes(first, last, "http://localhost:8000")


@pytest.mark.skipif(os.environ.get("LABELS") != "all", reason="a million codes take half a minute: LABELS=all")
def test_a_million_units_have_a_million_codes() -> None:
    seen = set(each_unit("k7m4p29xqd", 1, MOST_UNITS, bytes(KEY_BYTES)))
    assert len(seen) == MOST_UNITS
