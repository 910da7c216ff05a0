"""The codes as CSV, for the list's export and the command line; knows no request."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from shelftalk.catalog.codes import make_url
from shelftalk.reports.exports import ANYWHERE, safe_cell
from shelftalk.store.placements import PlacementRow

COLUMNS = ("code", "url", "product", "location", "medium", "stage", "language", "status")


def write_codes_csv(rows: Iterable[PlacementRow], origin: str) -> Iterator[str]:
    """The lines of the CSV, head first, each with its line end (RFC 4180)."""
    yield _write_line(COLUMNS)
    for row in rows:
        place = row.location_name if row.location_id else ANYWHERE
        yield _write_line(
            (
                row.code,
                make_url(origin, row.code),
                row.product_name,
                place,
                row.medium,
                row.stage,
                row.language,
                row.status,
            )
        )


def _write_line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()
