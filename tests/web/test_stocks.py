"""Sheets and rolls of one's own, and printers' calibration, as a marketer uses them."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from shelftalk.store import Store, printers, stocks
from shelftalk.web.stock_library import find_stock

MEASURES = {
    "name": "Jar lids",
    "shape": "round",
    "page_width_mm": "210",
    "page_height_mm": "297",
    "columns": "4",
    "rows": "6",
    "label_width_mm": "42,5",
    "label_height_mm": "42.5",
    "left_mm": "12",
    "top_mm": "14",
    "pitch_x_mm": "46",
    "pitch_y_mm": "45",
    "corner_mm": "0",
}
MEASURED = {
    "name": "Office",
    "ruler_x_mm": "99,5",
    "ruler_y_mm": "100",
    "left_mm": "20.5",
    "top_mm": "20",
    "dpi": "600",
}


def add_lids(client: FlaskClient) -> None:
    assert client.post("/admin/stocks/new", data=MEASURES).status_code == 303


def test_a_sheet_is_measured_once_and_found_by_the_labels(marketer: FlaskClient, store: Store) -> None:
    add_lids(marketer)
    with store.read() as db:
        stock = find_stock(db, "own-1.1")
    assert (stock.title, stock.name, stock.shape, stock.count) == ("Jar lids", "Ø 42.5 mm, 24 on A4", "round", 24)
    assert "Jar lids" in marketer.get("/admin/stocks/").text


def test_all_faults_are_said_at_once_and_nothing_typed_is_lost(marketer: FlaskClient, store: Store) -> None:
    wrong = MEASURES | {"name": "", "pitch_x_mm": "40", "rows": "7", "corner_mm": "much"}
    page = marketer.post("/admin/stocks/new", data=wrong)
    assert page.status_code == 422
    assert 'id="field-name-error"' in page.text and "“much” is not a measure" in page.text
    page = marketer.post("/admin/stocks/new", data=wrong | {"corner_mm": "0"})
    assert "overlap by 2.5 mm" in page.text and "over the lower edge of the page" in page.text
    assert 'value="40"' in page.text
    with store.read() as db:
        assert stocks.list_stocks(db) == []


def test_the_picture_follows_the_fields(marketer: FlaskClient) -> None:
    drawn = marketer.post("/admin/stocks/picture", data=MEASURES).text
    assert drawn.count("M") >= 24 and "is-wrong" not in drawn
    assert "is-wrong" in marketer.post("/admin/stocks/picture", data=MEASURES | {"pitch_x_mm": "40"}).text
    nothing = marketer.post("/admin/stocks/picture", data=MEASURES | {"columns": "x"}).text
    assert "<svg" not in nothing.partition("stock-faults")[0]


def test_a_known_sheet_is_copied_with_its_measures(marketer: FlaskClient) -> None:
    page = marketer.get("/admin/stocks/new?like=avery-22807").text
    assert re.search(r'name="label_width_mm" value="50.8"', page) and "Copy of Avery 22807" in page
    assert marketer.get("/admin/stocks/new?like=nothing-9").status_code in (404, 422)


def test_what_is_edited_becomes_a_new_version(marketer: FlaskClient, store: Store) -> None:
    add_lids(marketer)
    saved = marketer.post(
        "/admin/stocks/1", data=MEASURES | {"label_width_mm": "41", "label_height_mm": "41", "after": "1"}
    )
    assert saved.status_code == 303
    with store.read() as db:
        assert find_stock(db, "own-1.1").label_width_mm == 42.5
        assert find_stock(db, "own-1").label_width_mm == 41
    late = marketer.post("/admin/stocks/1", data=MEASURES | {"after": "1"})
    assert late.status_code == 409 and "changed this meanwhile" in late.text


def test_a_retired_sheet_is_kept_for_the_runs_but_offered_no_longer(marketer: FlaskClient, store: Store) -> None:
    add_lids(marketer)
    marketer.post("/admin/stocks/1/retire")
    assert "1 retired" in marketer.get("/admin/stocks/").text
    with store.read() as db:
        assert find_stock(db, "own-1.1").title == "Jar lids"
    marketer.post("/admin/stocks/1/restore")
    assert "1 retired" not in marketer.get("/admin/stocks/").text


@pytest.mark.parametrize(("words", "title"), [("8160", "Avery 5160"), ("brother 62x29", "Brother DK-11209")])
def test_known_sheets_are_searched_by_number_and_size(marketer: FlaskClient, words: str, title: str) -> None:
    page = marketer.get("/admin/stocks/", query_string={"q": words}).text
    assert title in page and "Herma" not in page
    assert "No sheet matches" in marketer.get("/admin/stocks/?q=zzz").text


def test_a_printer_is_measured_and_its_correction_tried(marketer: FlaskClient, store: Store) -> None:
    assert marketer.post("/admin/calibration/new", data=MEASURED).status_code == 303
    with store.read() as db:
        assert printers.list_printers(db)[0].ruler_x_mm == 99.5
    page = marketer.get("/admin/calibration/").text
    assert "Office" in page and "-0.6 / +0.0 mm" in page and "100.5 / 100.0 %" in page
    tried = PdfReader(io.BytesIO(marketer.get("/admin/calibration/page.pdf?printer=1").data))
    assert "Corrected for Office" in tried.pages[0].extract_text()
    plain = PdfReader(io.BytesIO(marketer.get("/admin/calibration/page.pdf?stock=avery-5160").data))
    assert "Measure both rulers" in plain.pages[0].extract_text()
    marketer.post("/admin/calibration/1/drop")
    assert "Office" not in marketer.get("/admin/calibration/").text.partition("<main")[2].partition("<table")[2]


def test_a_measure_far_off_is_refused_with_what_is_allowed(marketer: FlaskClient) -> None:
    page = marketer.post("/admin/calibration/new", data=MEASURED | {"ruler_x_mm": "70"})
    assert page.status_code == 422 and "“70” is not a measure from 90 to 110 mm" in page.text
