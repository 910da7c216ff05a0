"""Printers and their calibration: a page to print, four measures to type, and what they correct."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.errors import Conflict, Invalid
from shelftalk.labels.calibration import (
    FAR_MM,
    RULER_MM,
    START_MM,
    Measured,
    PageWords,
    make_calibration,
    parse_measure,
)
from shelftalk.labels.placing import Offset
from shelftalk.store import printers as printer_store
from shelftalk.store.printers import Printer
from shelftalk.web.forms import Form, fresh_form, once, read_form
from shelftalk.web.security import get_actor, requires
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock, list_stocks
from shelftalk.web.texts import _, get_language

bp = Blueprint("calibration", __name__, url_prefix="/admin/calibration")
MEASURES = ("ruler_x_mm", "ruler_y_mm", "left_mm", "top_mm")
FIELDS = ("name", *MEASURES, "dpi", "revision")
DPIS = ("203", "300", "600", "1200")
LEAST_PAGE_MM = 125


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    with state().store.read() as db:
        printers = printer_store.list_printers(db)
        sheets = [stock for stock in list_stocks(db) if min(stock.page_width_mm, stock.page_height_mm) >= LEAST_PAGE_MM]
    rows = [(printer, find_offset(printer)) for printer in printers]
    return render_template("calibration/index.html", rows=rows, sheets=sheets)


@bp.get("/page.pdf")
@requires("marketer")
def page() -> ResponseReturnValue:
    number = request.args.get("printer", "")
    with state().store.read() as db:
        stock = find_stock(db, request.args.get("stock", "avery-l7160"))
        printer = printer_store.get_printer(db, int(number)) if number.isdecimal() and len(number) < 9 else None
    pdf = make_calibration(stock, _list_words(stock.title, printer), find_offset(printer) if printer else None)
    headers = {"Content-Disposition": 'attachment; filename="calibration.pdf"'}
    return Response(pdf, mimetype="application/pdf", headers=headers)


def _list_words(title: str, printer: Printer | None) -> PageWords:
    steps = (
        _("Print this page at 100 %, not “fit to page”."),
        _("Measure both rulers from 0 to 100."),
        _("Measure from the paper’s left edge to the upright ruler, and from its upper edge to the lying one."),
        _("Type the four measures where the printer is kept. Outlines show the labels of {stock}.", stock=title),
    )
    corrected = _("Corrected for {printer}: both rulers must measure 100 mm.", printer=printer.name) if printer else ""
    return PageWords(_("Calibration page"), (corrected,) if corrected else steps, get_language().tag)


def find_offset(printer: Printer) -> Offset:
    """What corrects this printer."""
    return Measured(printer.ruler_x_mm, printer.ruler_y_mm, printer.left_mm, printer.top_mm).offset


@bp.get("/new")
@requires("marketer")
def new() -> ResponseReturnValue:
    form = fresh_form(name="", ruler_x_mm="", ruler_y_mm="", left_mm="", top_mm="", dpi="600", revision=0)
    return _render(form)


@bp.post("/new")
@requires("marketer")
def add() -> ResponseReturnValue:
    form = read_form(*FIELDS)
    with once(form) as earlier:
        if earlier:
            return earlier
        given = _read(form)
        if form.valid:
            with form.catch():
                with state().store.write() as db:
                    printer = printer_store.add_printer(db, **given, by=get_actor().name, at=clock.now())
                flash(_("“{name}” is kept. Choose it when you print.", name=printer.name), "success")
                return form.done(url_for("calibration.index"))
        return _render(form)


@bp.get("/<int:printer_id>")
@requires("marketer")
def edit(printer_id: int) -> ResponseReturnValue:
    printer = _get(printer_id)
    values = {field: f"{getattr(printer, field):g}" for field in (*MEASURES, "dpi")}
    return _render(fresh_form(name=printer.name, revision=printer.revision, **values), printer)


@bp.post("/<int:printer_id>")
@requires("marketer")
def save(printer_id: int) -> ResponseReturnValue:
    printer = _get(printer_id)
    form = read_form(*FIELDS)
    given = _read(form)
    revision = form.whole("revision", 0, 10**9, 0)
    if not form.valid:
        return _render(form, printer)
    try:
        with state().store.write() as db:
            actor = get_actor().name
            printer_store.update_printer(db, printer_id, revision, **given, by=actor, at=clock.now())
    except Conflict as error:
        form.fail(error)
        form.values["revision"] = str(_get(printer_id).revision)
        return _render(form, printer)[0], 409
    except Invalid as error:
        form.fail(error)
        return _render(form, printer)
    flash(_("Saved."), "success")
    return form.done(url_for("calibration.index"))


@bp.post("/<int:printer_id>/drop")
@requires("marketer")
def drop(printer_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        printer = printer_store.drop_printer(db, printer_id)
    flash(_("“{name}” is forgotten. Runs keep the correction they were printed with.", name=printer.name), "success")
    return redirect(url_for("calibration.index"), 303)


def _get(printer_id: int) -> Printer:
    with state().store.read() as db:
        return printer_store.get_printer(db, printer_id)


def _read(form: Form) -> dict[str, Any]:
    given: dict[str, Any] = {"name": form.text("name", required=True, max_length=60)}
    for field, low, high in (
        ("ruler_x_mm", RULER_MM - FAR_MM, RULER_MM + FAR_MM),
        ("ruler_y_mm", RULER_MM - FAR_MM, RULER_MM + FAR_MM),
        ("left_mm", START_MM - FAR_MM, START_MM + FAR_MM),
        ("top_mm", START_MM - FAR_MM, START_MM + FAR_MM),
    ):
        given[field] = form.parse(field, lambda text, f=field, a=low, b=high: parse_measure(text, f, a, b), low)  # type: ignore[misc]
    given["dpi"] = int(form.choice("dpi", list(DPIS)))
    return given


def _render(form: Form, printer: Printer | None = None) -> tuple[str, int]:
    return render_template(
        "calibration/form.html", form=form, printer=printer, dpis=[(dpi, dpi) for dpi in DPIS]
    ), 200 if form.valid else 422
