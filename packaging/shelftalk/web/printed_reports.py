"""Scans per 1,000 printed, as the report shows them and as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.placement import MEDIA
from shelftalk.errors import mark
from shelftalk.reports.exports import ANYWHERE, write_table_csv
from shelftalk.reports.printed import LEAST_LABELS, Yield, sum_all, sum_yields
from shelftalk.store import Db, printed
from shelftalk.store.printed import PrintedCount
from shelftalk.web.report_figures import Names, read_names
from shelftalk.web.report_query import ReportQuery, read_report_query
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.texts import _

bp = Blueprint("printed_reports", __name__, url_prefix="/admin/reports")
SHOWN = 50  # rows of a table; the file has all
COLUMNS = (
    "product",
    "location",
    "medium",
    "code",
    "first_printed_on",
    "labels_printed_less_spoiled",
    "scans_by_people_since_first_print",
    "scans_per_1000_printed",
)
HOW_IT_IS_COUNTED = mark(
    "Scans by people in this period, from the day of a placement’s first print on, for every 1,000 labels printed by "
    "the end of the period. Spoiled labels are taken off, shared among a run’s codes; shipping changes nothing. "
    "Only placements that were printed here count. With fewer than {least} labels no figure is given, and never more "
    "figures than mean something."
)


@dataclass(frozen=True)
class YieldRow:
    """A product, medium, location or placement with what its labels brought."""

    name: str
    href: str
    found: Yield


@dataclass(frozen=True)
class PrintedReport:
    """The tables of the report, and the whole."""

    whole: Yield
    products: Sequence[YieldRow]
    media: Sequence[YieldRow]
    locations: Sequence[YieldRow]
    placements: Sequence[YieldRow]
    by_placement: Mapping[int, Yield]

    @property
    def how(self) -> str:
        """The definition, in the reader's language."""
        return _(HOW_IT_IS_COUNTED, least=LEAST_LABELS)


def list_counts(db: Db, query: ReportQuery) -> list[PrintedCount]:
    """The placements of the question that were printed."""
    where = {"product_id": query.product_id, "location_id": query.location_id}
    return printed.list_printed(db, query.period.from_day, query.period.to_day, **where)


def read_printed(db: Db, query: ReportQuery, names: Names) -> PrintedReport:
    """What the labels of this question brought."""
    counts = list_counts(db, query)
    titles = {one.placement_id: _name_placement(one, names) for one in counts}
    by_placement = sum_yields(counts, lambda one: one.placement_id)
    return PrintedReport(
        sum_all(counts),
        _make_rows(sum_yields(counts, lambda one: one.product_id), names.product, "product", query),
        _make_rows(sum_yields(counts, lambda one: one.medium), lambda medium: _(MEDIA[medium].label), "", query),
        _make_rows(sum_yields(counts, lambda one: one.location_id), names.location, "location", query),
        [
            YieldRow(titles[key], _link_placement(query, key), found)
            for key, found in list(by_placement.items())[:SHOWN]
        ],
        by_placement,
    )


def _name_placement(one: PrintedCount, names: Names) -> str:
    return " · ".join((names.product(one.product_id), _(MEDIA[one.medium].label), names.location(one.location_id)))


def _link_placement(query: ReportQuery, placement_id: int) -> str:
    return query.url("reports.placement", placement_id=placement_id, product=None, location=None)


def _make_rows(
    yields: Mapping[int, Yield] | Mapping[str, Yield], name: Callable[..., str], narrow: str, query: ReportQuery
) -> list[YieldRow]:
    """Rows whose names narrow the report to them, where it can be narrowed so."""
    found = list(yields.items())[:SHOWN]
    return [
        YieldRow(name(key), query.url("reports.index", **{narrow: key}) if narrow else "", one) for key, one in found
    ]


@bp.get("/printed.csv")
@requires("staff")
def export() -> ResponseReturnValue:
    with state().store.read() as db:
        names, places = read_names(db)
        query = read_report_query(places, state().settings.timezone, clock.now())
        counts = list_counts(db, query)
    rows = [_make_line(one, names) for one in counts]
    name = f"shelftalk-printed-{query.period.from_day}-{query.period.to_day}.csv"
    headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(write_table_csv(COLUMNS, rows).encode(), headers=headers)


def _make_line(one: PrintedCount, names: Names) -> tuple[object, ...]:
    found = Yield(one.labels, one.scans)
    place = names.location(one.location_id) if one.location_id else ANYWHERE
    rate = "" if found.per_thousand is None else f"{found.per_thousand:g}"
    start = (names.product(one.product_id), place, one.medium, one.code, one.first_on.isoformat())
    return (*start, found.printed, one.scans, rate)
