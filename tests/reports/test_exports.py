"""Exports: the columns scripts rely on, no cell a formula, numbers and days as such."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from shelftalk.reports.exports import report_rows, safe_cell, write_report_csv, write_report_xlsx
from shelftalk.reports.numbers import Tally

PRODUCTS = {1: "High Mountain Oolong", 2: '=HYPERLINK("http://evil.example")', 3: "چای سبز"}
LOCATIONS = {1: "Taipei Xinyi", 2: "@home"}
TALLIES = {(1, 1): Tally(612, 612, 540), (1, 0): Tally(402, 402, 300), (2, 2): Tally(1, 1, 0), (3, 1): Tally(0)}
HEAD = ["product", "location", "scans", "people_low", "people_high"]


def test_csv_has_exactly_the_agreed_columns_and_rows() -> None:
    text = write_report_csv(report_rows(TALLIES, PRODUCTS, LOCATIONS))
    assert text.startswith("product,location,scans,people_low,people_high\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        HEAD,
        ['\'=HYPERLINK("http://evil.example")', "'@home", "1", "1", "1"],
        ["High Mountain Oolong", "Anywhere", "402", "300", "402"],
        ["High Mountain Oolong", "Taipei Xinyi", "612", "540", "612"],
    ]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_a_risky_cell_becomes_text(text: str) -> None:
    assert safe_cell(text) == "'" + text


@given(st.text())
def test_no_cell_begins_like_a_formula_and_nothing_is_lost(text: str) -> None:
    cell = safe_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell in (text, "'" + text)


def test_rows_sort_by_each_column_and_equals_by_name() -> None:
    tallies = {(1, 1): Tally(5, 5, 1), (1, 2): Tally(5, 5, 3), (3, 1): Tally(9, 9, 9)}
    rows = report_rows(tallies, PRODUCTS, LOCATIONS, sort="scans", descending=True)
    assert [(row.product_id, row.location_id) for row in rows] == [(3, 1), (1, 2), (1, 1)]
    rows = report_rows(tallies, PRODUCTS, LOCATIONS, sort="location")
    assert [row.location for row in rows] == ["@home", "Taipei Xinyi", "Taipei Xinyi"]


def test_a_product_that_is_gone_keeps_its_number() -> None:
    rows = report_rows({(77, 5): Tally(1, 1, 1)}, PRODUCTS, LOCATIONS)
    assert (rows[0].product, rows[0].location) == ("#77", "#5")


def test_workbook_has_types_a_second_sheet_by_day_and_no_formula() -> None:
    rows = report_rows(TALLIES, PRODUCTS, LOCATIONS)
    days = [(date(2026, 11, 1), Tally(615, 615, 500)), (date(2026, 11, 2), Tally())]
    facts = [("First day", date(2026, 11, 1)), ("Scans", 1015)]
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_report_xlsx(rows, days, facts)))
    assert book.sheet_names == ["Report", "By day", "About"]
    report = book.get_sheet_by_name("Report").to_python()
    assert report[0] == HEAD
    assert report[1] == ['=HYPERLINK("http://evil.example")', "@home", 1, 1, 1]
    assert report[3] == ["High Mountain Oolong", "Taipei Xinyi", 612, 540, 612]
    by_day = book.get_sheet_by_name("By day").to_python()
    assert by_day == [
        ["day", "scans", "people_low", "people_high"],
        [date(2026, 11, 1), 615, 500, 615],
        [date(2026, 11, 2), 0, 0, 0],
    ]
    assert book.get_sheet_by_name("About").to_python()[1] == ["Scans", 1015]


def test_an_empty_report_is_a_head_alone() -> None:
    assert write_report_csv([]) == "product,location,scans,people_low,people_high\r\n"
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_report_xlsx([], [])))
    assert book.sheet_names == ["Report", "By day"]


def test_east_asian_signs_begin_no_formula_either() -> None:
    assert [safe_cell(sign + "1")[0] for sign in "\uff1d\uff0b\uff0d\uff20"] == ["'"] * 4
