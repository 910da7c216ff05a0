"""Codes of units as a workbook: the same bytes each time. It lies on the disk while it is made, not in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

import xlsxwriter  # type: ignore[import-untyped]

from shelftalk.catalog.codes import make_url
from shelftalk.catalog.units import each_unit, format_serial
from shelftalk.web.unit_csv import COLUMNS

MOST_ROWS = 100_000  # made while somebody waits: 3 s of CPU
WIDTHS = (10, 22, 44)
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
PIECE = 1 << 16


def write_codes_xlsx(code: str, first: int, last: int, key: bytes, origin: str, at: datetime) -> Iterator[bytes]:
    """A row for each unit from `first` to `last`, head first; `at` is when they were given out."""
    with tempfile.TemporaryFile() as file:
        _write(file, code, first, last, key, origin, at)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _write(file: IO[bytes], code: str, first: int, last: int, key: bytes, origin: str, at: datetime) -> None:
    start = make_url(origin, "")
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        book.set_properties({"created": at})
        sheet = book.add_worksheet("Codes")
        for column, (title, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title)
        for row, unit in enumerate(each_unit(code, first, last, key), start=1):
            sheet.write_string(row, 0, format_serial(first + row - 1))
            sheet.write_string(row, 1, unit)
            sheet.write_string(row, 2, start + unit)
