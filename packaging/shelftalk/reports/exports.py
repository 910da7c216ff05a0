"""Report tables as CSV and XLSX: no cell becomes a formula. Handed tallies and names; writes to memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from shelftalk.reports.numbers import CLASSES, Tally

COLUMNS = ("product", "location", "scans", "people_low", "people_high")
DAY_COLUMNS = ("day", "scans", "people_low", "people_high")
ANYWHERE = "Anywhere"  # in files always English: scripts rely on it
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones: East Asian spreadsheets
WIDEST = 60


@dataclass(frozen=True)
class ReportRow:
    """A product at a location, or anywhere."""

    product_id: int
    location_id: int
    product: str
    location: str
    tally: Tally

    @property
    def values(self) -> tuple[str, str, int, int, int]:
        """The row as files have it."""
        return (self.product, self.location, self.tally.shown, self.tally.people_low, self.tally.people_high)


SORTS: dict[str, Callable[[ReportRow], Any]] = {
    "product": lambda row: (row.product.casefold(), row.location.casefold()),
    "location": lambda row: (row.location.casefold(), row.product.casefold()),
    "scans": lambda row: row.tally.shown,
    "people": lambda row: (row.tally.people_high, row.tally.people_low),
}


def report_rows(
    tallies: Mapping[tuple[int, int], Tally],
    products: Mapping[int, str],
    locations: Mapping[int, str],
    *,
    anywhere: str = ANYWHERE,
    sort: str = "product",
    descending: bool = False,
) -> list[ReportRow]:
    """A row for each product and location with a scan. Names that are gone stand as #number."""
    rows = [
        ReportRow(
            product_id,
            location_id,
            products.get(product_id, f"#{product_id}"),
            locations.get(location_id, f"#{location_id}") if location_id else anywhere,
            tally,
        )
        for (product_id, location_id), tally in tallies.items()
        if tally.shown
    ]
    rows.sort(key=lambda row: (row.product.casefold(), row.product_id, row.location.casefold(), row.location_id))
    if sort != "product" or descending:
        rows.sort(key=SORTS[sort], reverse=descending)  # stable: equals stay in the order of their names
    return rows


def safe_cell(text: str) -> str:
    """A text no spreadsheet takes for a formula: a leading = + - @ tab or line end gets an apostrophe before it.

    >>> safe_cell("=1+1")
    "'=1+1"
    """
    return "'" + text if text.startswith(RISKY) else text


def write_report_csv(
    rows: Iterable[ReportRow], classes: Mapping[tuple[int, int], Mapping[str, int]] | None = None
) -> str:
    """The rows as CSV (RFC 4180) with the columns product, location, scans, people_low, people_high.

    `classes`, by product and location, adds a column for each class of scans; they add up to the row's scans.
    """
    kinds = _list_kinds(classes) if classes is not None else ()
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, *kinds])
    for row in rows:
        product, location, *counts = row.values
        own = (classes or {}).get((row.product_id, row.location_id), {})
        writer.writerow([safe_cell(product), safe_cell(location), *counts, *(own.get(kind, 0) for kind in kinds)])
    return out.getvalue()


def _list_kinds(classes: Mapping[tuple[int, int], Mapping[str, int]]) -> tuple[str, ...]:
    """The classes' own names, always all of them; one that no rule of today knows comes last."""
    unknown = {kind for counts in classes.values() for kind in counts} - set(CLASSES)
    return (*CLASSES, *sorted(unknown))


def write_report_xlsx(
    rows: Sequence[ReportRow],
    days: Sequence[tuple[date, Tally]],
    facts: Sequence[tuple[str, object]] = (),
    *,
    titles: tuple[str, str, str] = ("Report", "By day", "About"),
    right_to_left: bool = False,
) -> bytes:
    """The rows, the days and what the numbers are about as one workbook of three sheets."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        _add_table(book, titles[0], COLUMNS, [row.values for row in rows])
        by_day = [(day, tally.shown, tally.people_low, tally.people_high) for day, tally in days]
        _add_table(book, titles[1], DAY_COLUMNS, by_day)
        if facts:
            _add_facts(book, titles[2], facts)
        if right_to_left:
            for sheet in book.worksheets():
                sheet.right_to_left()
    return out.getvalue()


def write_table_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV (RFC 4180), with a mark that tells spreadsheets it is UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
    return "\ufeff" + out.getvalue()


def write_tables(tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[object]]]]) -> bytes:
    """A workbook with a sheet for each table: its title, columns and rows."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        for title, columns, rows in tables:
            _add_table(book, title, columns, rows)
    return out.getvalue()


def _add_table(book: Any, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    sheet = book.add_worksheet(title)
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8F3EE"})
    number, day = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "yyyy-mm-dd"})
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, head)
        width = max([len(column) + 3, *(_width(row[place]) for row in rows)])
        sheet.set_column(place, place, min(width, WIDEST))
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(line, place, value, day)
            elif isinstance(value, int):
                sheet.write_number(line, place, value, number)
            else:
                sheet.write_string(line, place, str(value))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    sheet.repeat_rows(0)


def _add_facts(book: Any, title: str, facts: Sequence[tuple[str, object]]) -> None:
    sheet = book.add_worksheet(title)
    name, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    number = book.add_format({"num_format": "#,##0", "align": "left"})
    sheet.set_column(0, 0, max(len(fact) for fact, _ in facts) + 3)
    sheet.set_column(1, 1, WIDEST)
    for line, (fact, value) in enumerate(facts):
        sheet.write_string(line, 0, fact, name)
        if isinstance(value, date):
            sheet.write_datetime(line, 1, value, day)
        elif isinstance(value, int):
            sheet.write_number(line, 1, value, number)
        else:
            sheet.write_string(line, 1, str(value), wrap)


def _width(value: object) -> int:
    """About how wide a value is, in digits: Chinese letters take two."""
    if isinstance(value, date):
        return 12
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text) + 2
