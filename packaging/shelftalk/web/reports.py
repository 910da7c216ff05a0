"""Reports: which places work. Every number leads to what it is made of, down to the stored scans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.placement import MEDIA, STAGES
from shelftalk.errors import NotFound, mark
from shelftalk.reports.exports import ReportRow, report_rows, write_report_csv, write_report_xlsx
from shelftalk.reports.numbers import (
    CLASSES,
    EMPTY,
    add_cells,
    add_days,
    add_placements,
    count_cell_classes,
    count_classes,
    hide_small,
    make_line,
    total,
)
from shelftalk.reports.periods import MAX_DAYS, PRESETS, Period
from shelftalk.store import Db, attention, day_scans, rollups
from shelftalk.store.rows import Listing, ListQuery
from shelftalk.web.action_figures import read_action_report, read_placement_report
from shelftalk.web.forms import parse_day
from shelftalk.web.lists import read_list_query
from shelftalk.web.printed_reports import read_printed
from shelftalk.web.report_figures import (
    WHY_A_RANGE,
    Figures,
    Names,
    format_time,
    is_narrowed,
    list_weekdays,
    make_chart,
    make_earlier_line,
    make_line_chart,
    read_figures,
    read_hours,
    read_marks,
    read_names,
)
from shelftalk.web.report_query import ALL, ReportQuery, read_report_query
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.texts import _, get_language

bp = Blueprint("reports", __name__, url_prefix="/admin/reports")
SORTS = ("scans", "product", "location", "people")
MAX_OPTIONS = 300  # a longer list is no choice any more: names in the tables narrow the report instead
SCANS_PER_PAGE = 100
DEVICES = {
    "phone": mark("Phone"),
    "tablet": mark("Tablet"),
    "desktop": mark("Computer"),
    "other": mark("Something else"),
    "": mark("Not kept"),
}


def _read_query(db: Db) -> tuple[ReportQuery, Names]:
    names, places = read_names(db)
    return read_report_query(places, state().settings.timezone, clock.now()), names


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    with state().store.read() as db:
        query, names = _read_query(db)
        figures = read_figures(db, query, names)
        hours = read_hours(db, query)
        marks = read_marks(db, query)
        done = read_action_report(db, query, names) if figures.tally.shown else None
        printed = read_printed(db, query, names) if figures.tally.shown else None
        counted = None if figures.tally.shown else rollups.find_counted_days(db)
        progress = None if figures.tally.shown or counted else attention.get_progress(db)
    list_query = read_list_query(sorts=SORTS, sort="scans", descending=True)
    page = render_template(
        "reports/index.html",
        query=query,
        figures=figures,
        names=names,
        chart=make_chart(figures, marks),
        earlier_line=make_earlier_line(figures),
        hours=hours,
        done=done,
        printed=printed,
        weekdays=list_weekdays(),
        counted=Period(*counted) if counted else None,
        whole=_fit(counted) if counted else None,
        progress=progress,
        list_query=list_query,
        listing=_list_rows(figures, list_query),
        largest=max((tally.shown for tally in figures.cells.values()), default=1),
        presets=PRESETS,
        classes=CLASSES,
        max_options=MAX_OPTIONS,
        why_a_range=WHY_A_RANGE,
        narrowed=is_narrowed(query),
    )
    return page, 422 if query.errors else 200


def _fit(counted: tuple[date, date]) -> Period:
    """The newest counted days that fit into one report."""
    return Period(max(counted[0], clock.days_before(counted[1], MAX_DAYS - 1)), counted[1])


def _list_rows(figures: Figures, query: ListQuery) -> Listing[ReportRow]:
    rows = report_rows(
        figures.cells,
        figures.names.products,
        figures.names.locations,
        anywhere=_("Anywhere"),
        sort=query.sort,
        descending=query.descending,
    )
    return Listing(rows[query.offset : query.offset + query.per_page], len(rows), query.page, query.per_page)


@bp.get("/placements")
@requires("staff")
def list_all() -> ResponseReturnValue:
    asked = read_list_query(sorts=("scans",))
    with state().store.read() as db:
        query, names = _read_query(db)
        period, where = query.period, {"product_id": query.product_id, "location_id": query.location_id}
        rows = rollups.list_placement_totals(db, period.from_day, period.to_day, **where)
        tallies = add_placements(rows, all_classes=query.all_classes)
        cells = rollups.list_cells(db, period.from_day, period.to_day, **where)
        ranked = sorted(tallies, key=lambda placement_id: (-tallies[placement_id].shown, placement_id))
        shown = [attention.get_place(db, key) for key in ranked[asked.offset : asked.offset + asked.per_page]]
        printed = read_printed(db, query, names)
    whole = total(add_cells(cells, all_classes=query.all_classes).values())
    return render_template(
        "reports/placements.html",
        query=query,
        names=names,
        list_query=asked,
        listing=Listing(shown, len(ranked), asked.page, asked.per_page),
        tallies=tallies,
        printed=printed,
        whole=whole,
        moved=whole.shown - total(tallies.values()).shown,
        media=MEDIA,
        stages=STAGES,
    )


@bp.get("/placements/<int:placement_id>")
@requires("staff")
def placement(placement_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        query, names = _read_query(db)
        place = attention.get_place(db, placement_id)
        rows = rollups.list_placement_days(db, query.period.from_day, query.period.to_day, placement_id)
        done = read_placement_report(db, query, place, names)
    days = add_days(rows, all_classes=query.all_classes)
    return render_template(
        "reports/placement.html",
        query=query,
        names=names,
        place=place,
        done=done,
        days=sorted(days.items(), reverse=True),
        line=make_line(days, query.period),
        chart=make_line_chart(make_line(days, query.period), query),
        tally=total(days.values()),
        classes=count_classes(rows),
        class_names=CLASSES,
        media=MEDIA,
        stages=STAGES,
        presets=PRESETS,
    )


@bp.get("/scans")
@requires("staff")
def list_scans() -> ResponseReturnValue:
    placement_text = request.args.get("placement", "")
    day = parse_day(request.args.get("day", ""), "day")
    if day is None or not placement_text.isdecimal() or len(placement_text) > 9:
        raise NotFound("This address lacks a placement or a day. Choose a day in the report of a placement.")
    asked = replace(read_list_query(sorts=("at",)), per_page=SCANS_PER_PAGE)
    with state().store.read() as db:
        query, names = _read_query(db)
        place = attention.get_place(db, int(placement_text))
        zone = place.timezone or state().settings.timezone
        only = not query.all_classes
        counted = rollups.list_placement_days(db, day, day, place.id)
        scans = day_scans.list_day_scans(db, place.id, day, by_people=only, page=asked.page, per_page=SCANS_PER_PAGE)
        languages = hide_small(day_scans.count_day_languages(db, place.id, day, by_people=only))
        devices = hide_small(day_scans.count_day_devices(db, place.id, day, by_people=only))
    tally = total(add_days(counted, all_classes=query.all_classes).values())
    return render_template(
        "reports/scans.html",
        query=query,
        names=names,
        place=place,
        day=day,
        zone=zone,
        times=[format_time(scan.at, zone) for scan in scans],
        list_query=asked,
        listing=Listing(scans, tally.shown, asked.page, SCANS_PER_PAGE),
        tally=tally,
        classes=count_classes(counted),
        class_names=CLASSES,
        languages=languages,
        devices=devices,
        told={item.value for item in languages if item.count is not None},
        told_devices={item.value for item in devices if item.count is not None},
        language_names={tag: language.name for tag, language in LANGUAGES.items()},
        device_names=DEVICES,
        media=MEDIA,
    )


@bp.get("/report.csv")
@requires("staff")
def export_csv() -> ResponseReturnValue:
    with state().store.read() as db:
        query, names = _read_query(db)
        where = {"product_id": query.product_id, "location_id": query.location_id}
        cells = rollups.list_cells(db, query.period.from_day, query.period.to_day, **where)
    rows = report_rows(add_cells(cells, all_classes=query.all_classes), names.products, names.locations)
    text = write_report_csv(rows, count_cell_classes(cells) if query.all_classes else None)
    return _send(text.encode(), "text/csv; charset=utf-8", query, "csv")


@bp.get("/report.xlsx")
@requires("staff")
def export_xlsx() -> ResponseReturnValue:
    with state().store.read() as db:
        query, names = _read_query(db)
        figures = read_figures(db, query, names)
    days = [(day, figures.days.get(day, EMPTY)) for day in query.period]
    book = write_report_xlsx(
        report_rows(figures.cells, names.products, names.locations),
        days,
        _make_facts(figures),
        titles=(_("Report"), _("By day"), _("About")),
        right_to_left=get_language().direction == "rtl",
    )
    return _send(book, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", query, "xlsx")


def _make_facts(figures: Figures) -> list[tuple[str, object]]:
    query, names = figures.query, figures.names
    all_places = query.location_id == ALL
    facts: list[tuple[str, object]] = [
        (_("First day"), query.period.from_day),
        (_("Last day"), query.period.to_day),
        (_("Product"), names.product(query.product_id) if query.product_id else _("All products")),
        (_("Location"), _("All locations") if all_places else names.location(query.location_id)),
        (_("Counted"), _("Every scan") if query.all_classes else _("People only")),
        (_("Scans"), figures.tally.shown),
    ]
    facts += [(_(CLASSES[name].label) if name in CLASSES else name, n) for name, n in figures.classes.counts.items()]
    return [*facts, (_("All scans answered"), figures.classes.total), (_("People"), _(WHY_A_RANGE))]


def _send(body: bytes, kind: str, query: ReportQuery, ending: str) -> Response:
    name = f"shelftalk-{query.period.from_day}-{query.period.to_day}.{ending}"
    return Response(body, headers={"Content-Type": kind, "Content-Disposition": f'attachment; filename="{name}"'})
