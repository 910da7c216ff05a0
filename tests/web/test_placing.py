"""Gaps, full sheets, printers and crop marks as they are chosen where labels are printed."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from shelftalk import clock
from shelftalk.config import Settings
from shelftalk.errors import Invalid
from shelftalk.labels.placing import parse_placing
from shelftalk.store import Store, printers, stocks
from shelftalk.store import runs as run_store
from shelftalk.store.runs import PrintRun
from shelftalk.web.placing_form import format_cells, parse_cells
from tests.web.shop import add_placement, add_tea
from tests.web.test_stocks import MEASURES

ADDRESS = "/admin/labels/"
PLAIN = {"stock": "avery-l7160", "start": "1", "copies": "1"}


def print_labels(client: FlaskClient, store: Store, **changes: str) -> tuple[PrintRun, bytes]:
    code = add_placement(store, add_tea(store)).code
    answer = client.post(ADDRESS, data={**PLAIN, "code": code, "do": "pdf", **changes})
    assert answer.status_code == 303, answer.text
    with store.read() as db:
        run = run_store.get_run(db, int(answer.location.partition("?")[0].rpartition("/")[2]))
    return run, client.get(f"/admin/runs/{run.id}/labels.pdf").data


def test_gaps_and_a_full_sheet_are_printed_and_remembered(marketer: FlaskClient, store: Store) -> None:
    run, _ = print_labels(marketer, store, start="15", skip="16, 20–21", fill="on")
    assert (run.labels, run.sheets) == (4, 1)
    placing = parse_placing(run.placed)
    assert placing.skip == {16, 20, 21} and placing.fill


def test_a_lost_file_comes_out_the_same_with_all_it_was_printed_with(
    marketer: FlaskClient, store: Store, settings: Settings
) -> None:
    marketer.post("/admin/stocks/new", data=MEASURES)
    with store.write() as db:
        measured = {"ruler_x_mm": 99.5, "ruler_y_mm": 100.0, "left_mm": 20.5, "top_mm": 20.0, "dpi": 600}
        printers.add_printer(db, name="Office", **measured, by="", at=clock.now())
    placed = {"skip": "2", "copies": "3", "printer": "1", "marks": "on", "bleed": "3"}
    run, pdf = print_labels(marketer, store, stock="own-1.1", anyway="on", **placed)
    (settings.instance / "runs" / f"{run.id}.pdf").unlink()
    with store.write() as db:
        printers.drop_printer(db, 1)
        stocks.add_version(
            db, 1, "Other lids", stocks.get_stock(db, 1).measures | {"columns": 2}, after=1, by="", at=clock.now()
        )
    assert marketer.get(f"/admin/runs/{run.id}/labels.pdf").data == pdf
    assert "/TrimBox" in PdfReader(io.BytesIO(pdf)).pages[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"skip": "22"}, "Label 22 does not exist on Avery L7160"),
        ({"skip": "two"}, "“two” is no label’s number"),
        ({"skip": "1-21"}, "No free label is left on the first sheet"),
        ({"bleed": "20"}, "“20” is not a measure from 0 to 10 mm"),
        ({"printer": "7"}, "“7” cannot be chosen here"),
    ],
)
def test_what_cannot_lie_so_is_said_and_nothing_is_printed(
    marketer: FlaskClient, store: Store, changes: dict[str, str], message: str
) -> None:
    code = add_placement(store, add_tea(store)).code
    answer = marketer.post(ADDRESS, data={**PLAIN, "code": code, "do": "pdf", **changes})
    assert answer.status_code == 422 and message in answer.text


def test_a_click_without_script_begins_there_or_marks_a_gap(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    begun = marketer.post(ADDRESS, data={**PLAIN, "code": code, "do": "cell:5"}).text
    assert 'name="start" value="5"' in begun
    marked = marketer.post(ADDRESS, data={**PLAIN, "code": code, "do": "cell:5", "click": "gap", "skip": "3, 4"}).text
    assert 'name="skip" value="3–5"' in marked
    freed = marketer.post(ADDRESS, data={**PLAIN, "code": code, "do": "cell:4", "click": "gap", "skip": "3–5"}).text
    assert 'name="skip" value="3, 5"' in freed


def test_stocks_are_searched_where_labels_are_printed(marketer: FlaskClient) -> None:
    page = marketer.post(ADDRESS, data={**PLAIN, "sq": "herma round", "do": "find"}).text
    assert 'value="herma-4476"' in page and 'value="avery-5160"' not in page
    assert 'value="avery-l7160" checked' in page, "what is chosen stays"
    assert "2 sheet" in page and "Chosen now" in page
    number = marketer.post(ADDRESS, data={**PLAIN, "sq": "L7160", "do": "find"}).text
    assert "1 sheet or roll matches" in number and "Chosen now" not in number
    nothing = marketer.post(ADDRESS, data={**PLAIN, "sq": "x9999", "do": "find"}).text
    assert "No sheet or roll matches “x9999”." in nothing and 'value="avery-l7160" checked' in nothing


@given(st.frozensets(st.integers(1, 500), max_size=60))
def test_gaps_are_read_back_as_they_are_written(cells: frozenset[int]) -> None:
    assert parse_cells(format_cells(cells)) == cells


@pytest.mark.parametrize("text", ["x", "3-", "9-2", "1-9999999", "-4", "2.5"])
def test_what_are_no_labels_is_said(text: str) -> None:
    with pytest.raises(Invalid, match="is no label’s number"):
        parse_cells(text)
