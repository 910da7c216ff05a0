"""A run's codes for a print shop: tables no spreadsheet takes for formulas, and the symbols they name, read back."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
import zxingcpp
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from shelftalk.labels.look import Look
from shelftalk.labels.raster import render_svg
from shelftalk.labels.style import Style
from shelftalk.labels.symbol import make_svg
from shelftalk.store import Store
from shelftalk.store.runs import PrintRun
from shelftalk.web import run_lists
from shelftalk.web.run_files import parse_items
from tests.web.shop import add_location, add_placement, add_tea
from tests.web.test_run_ledger import print_labels


@pytest.fixture
def run(marketer: FlaskClient, store: Store) -> PrintRun:
    """Two codes on a sheet that is filled: one has a label more, one a call to action like a formula."""
    tea = add_tea(store, "=Tea")
    shop = add_location(store)
    codes = [
        add_placement(store, tea, shop, call_to_action="=1+1").code,
        add_placement(store, tea, language="fa").code,
    ]
    return print_labels(marketer, store, codes, copies="10", fill="on")


def read_csv(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_a_row_for_each_code_tells_how_many_labels_it_has(marketer: FlaskClient, run: PrintRun) -> None:
    first, second = read_csv(marketer, f"/admin/runs/{run.id}/codes.csv")
    assert list(first) == list(run_lists.COLUMNS)
    assert (first["quantity"], second["quantity"]) == ("11", "10")
    assert first["url"].endswith(f"/q/{first['code']}")
    assert first["address"] == first["url"].partition("://")[2]
    assert (first["location"], first["placement"], first["language"]) == ("Taipei Xinyi", "Shelf talker", "en")
    assert (second["product"], second["location"]) == ("چای کوهستان", "")
    assert first["file"] == f"{first['code']}.svg"


def test_a_row_for_each_label_repeats_them(marketer: FlaskClient, run: PrintRun) -> None:
    rows = read_csv(marketer, f"/admin/runs/{run.id}/codes.csv?rows=label")
    assert len(rows) == run.labels == 21
    assert {row["quantity"] for row in rows} == {"1"}


def test_no_cell_becomes_a_formula(marketer: FlaskClient, run: PrintRun) -> None:
    assert read_csv(marketer, f"/admin/runs/{run.id}/codes.csv")[0]["call_to_action"] == "'=1+1"
    answer = marketer.get(f"/admin/runs/{run.id}/codes.xlsx")
    head, first, _second = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert head == list(run_lists.COLUMNS)
    assert dict(zip(head, first, strict=True))["call_to_action"] == "=1+1"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_the_zip_holds_every_symbol_under_the_name_in_the_table(marketer: FlaskClient, run: PrintRun) -> None:
    rows = read_csv(marketer, f"/admin/runs/{run.id}/codes.csv")
    answer = marketer.get(f"/admin/runs/{run.id}/symbols.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [row["file"] for row in rows]
        for row in rows:
            [found] = zxingcpp.read_barcodes(render_svg(archive.read(row["file"]), 600))
            assert found.text == row["url"]


def test_a_run_in_a_style_gives_its_symbols_in_that_style(run: PrintRun) -> None:
    [item, _other] = parse_items(run)
    look = Look("Q", style=Style("Ours", dark="#1f3d6f", modules="dots", frame="rounded"))
    svg = run_lists.draw_symbol(item, look, {})
    [found] = zxingcpp.read_barcodes(render_svg(svg, 600))
    assert found.text == item.url
    assert b"#1f3d6f" in svg


def test_a_symbol_that_does_not_read_breaks_the_zip_off(
    marketer: FlaskClient, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[bytes] = []

    def spoil_second(*args: object, **values: object) -> bytes:
        drawn.append(make_svg(*args, **values))  # type: ignore[arg-type]
        return drawn[0]

    monkeypatch.setattr(run_lists, "make_svg", spoil_second)
    with pytest.raises(Exception, match="read"):
        _ = marketer.get(f"/admin/runs/{run.id}/symbols.zip").data
    assert len(drawn) == 2


def test_what_is_too_much_for_a_file_is_refused_with_a_way_out(
    marketer: FlaskClient, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lists, "MOST_XLSX", 20)
    monkeypatch.setattr(run_lists, "MOST_SYMBOLS", 1)
    refused = marketer.get(f"/admin/runs/{run.id}/codes.xlsx?rows=label")
    assert (refused.status_code, "at most 20. Take the CSV" in refused.text) == (422, True)
    refused = marketer.get(f"/admin/runs/{run.id}/symbols.zip")
    assert (refused.status_code, "at most 1. Print in parts" in refused.text) == (422, True)
    assert marketer.get(f"/admin/runs/{run.id}/codes.xlsx").status_code == 200
