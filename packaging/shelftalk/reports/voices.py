"""What shoppers wrote, as CSV: no cell becomes a formula. Handed rows; knows no store and no request."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from shelftalk.reports.exports import safe_cell


def write_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV, head first, each with its line end (RFC 4180)."""
    yield _write_line(columns)
    for row in rows:
        yield _write_line([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])


def _write_line(cells: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
