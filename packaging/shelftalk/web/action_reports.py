"""The funnel and the taps of a report as files."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.reports.exports import write_table_csv, write_tables
from shelftalk.reports.funnel import ActionFigures
from shelftalk.store import Db, attention
from shelftalk.web.action_figures import name_taps, read_action_figures
from shelftalk.web.report_figures import Names, read_names
from shelftalk.web.report_query import ReportQuery, read_report_query
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.texts import _

bp = Blueprint("actions", __name__, url_prefix="/admin/reports")
TAPS = ("product", "block", "kind", "text", "action", "taps", "first_taps")
FUNNELS = ("product", "location", "medium", "stage", "code", "scans", "read_on", "acted")


@bp.get("/taps.csv")
@requires("staff")
def export_taps() -> ResponseReturnValue:
    return _send_csv("taps", TAPS)


@bp.get("/funnel.csv")
@requires("staff")
def export_funnel() -> ResponseReturnValue:
    return _send_csv("funnel", FUNNELS)


@bp.get("/actions.xlsx")
@requires("staff")
def export_xlsx() -> ResponseReturnValue:
    with state().store.read() as db:
        query, figures, names = _read(db)
        tables: list[tuple[str, Sequence[str], Sequence[Sequence[object]]]] = [
            (_("From scan to action"), FUNNELS, _list_funnels(db, figures)),
            (_("What people tapped"), TAPS, _list_taps(db, figures, names)),
        ]
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _send(write_tables(tables), kind, query, "actions", "xlsx")


def _read(db: Db) -> tuple[ReportQuery, ActionFigures, Names]:
    names, places = read_names(db)
    query = read_report_query(places, state().settings.timezone, clock.now())
    return query, read_action_figures(db, query), names


def _send_csv(name: str, columns: Sequence[str]) -> Response:
    with state().store.read() as db:
        query, figures, names = _read(db)
        rows = _list_taps(db, figures, names) if columns is TAPS else _list_funnels(db, figures)
    return _send(write_table_csv(columns, rows).encode(), "text/csv; charset=utf-8", query, name, "csv")


def _list_taps(db: Db, figures: ActionFigures, names: Names) -> list[tuple[object, ...]]:
    return [
        (row.product, row.tap.block, row.tap.block_type, row.own, row.tap.word, row.tap.taps, row.tap.firsts)
        for row in name_taps(db, figures.taps, names)
    ]


def _list_funnels(db: Db, figures: ActionFigures) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for placement_id, funnel in figures.by_placement.items():
        place = attention.get_place(db, placement_id)
        where = (place.product_name, place.location_name or "Anywhere", place.medium, place.stage, place.code)
        rows.append((*where, *funnel.steps))
    return rows


def _send(body: bytes, kind: str, query: ReportQuery, name: str, ending: str) -> Response:
    file = f"shelftalk-{name}-{query.period.from_day}-{query.period.to_day}.{ending}"
    return Response(body, headers={"Content-Type": kind, "Content-Disposition": f'attachment; filename="{file}"'})
