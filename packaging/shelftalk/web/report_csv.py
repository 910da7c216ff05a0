"""The report as CSV for a period; the screen's export and the command line share it."""

from __future__ import annotations

from datetime import date

from shelftalk.reports.exports import report_rows, write_report_csv
from shelftalk.reports.numbers import add_cells
from shelftalk.store import Db, rollups


def make_report_csv(db: Db, from_day: date, to_day: date) -> str:
    """Scans by people, per product and location, of local days from `from_day` to `to_day`, both included."""
    names = {product.id: product.name for product in rollups.list_product_names(db)}
    places = {location.id: location.name for location in rollups.list_location_names(db)}
    return write_report_csv(report_rows(add_cells(rollups.list_cells(db, from_day, to_day)), names, places))
