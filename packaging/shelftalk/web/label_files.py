"""Files of single labels: for thermal printers and as pictures, of a run as it was printed or of one placement."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.config import LabelPrinter
from shelftalk.errors import Conflict, Invalid, NotFound, ShelftalkError
from shelftalk.labels.design_checks import check_stock
from shelftalk.labels.label_files import LabelFile, Recipe, Unproven, make_png_file
from shelftalk.labels.look import PLAIN_LOOK
from shelftalk.labels.symbol import LEVELS
from shelftalk.labels.thermal import HEADS
from shelftalk.store import placements as placement_store
from shelftalk.store import run_events
from shelftalk.store.printers import Printer
from shelftalk.store.runs import PrintRun
from shelftalk.web.design_library import find_design, load_images
from shelftalk.web.forms import Form, fresh_form, once, read_form
from shelftalk.web.label_designs import list_offers
from shelftalk.web.label_file_job_views import MadeApart
from shelftalk.web.label_items import CodeReader, make_label_items
from shelftalk.web.label_job import read_number
from shelftalk.web.label_orders import (
    PART,
    Order,
    Source,
    count_parts,
    find_shift,
    make_file,
    name_file,
    read_order,
)
from shelftalk.web.label_printers import Delivery, find_label_printer, send_labels
from shelftalk.web.look_form import read_look
from shelftalk.web.placing_form import list_printers
from shelftalk.web.run_choices import find_label_printer_again
from shelftalk.web.run_files import parse_items
from shelftalk.web.run_label_files import find_run_file
from shelftalk.web.runs import get_run
from shelftalk.web.security import get_actor, requires
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock, list_stocks
from shelftalk.web.style_library import load_look_images
from shelftalk.web.texts import _, ngettext, text_error

bp = Blueprint("label_files", __name__, url_prefix="/admin")
Make = Callable[[Order], tuple[str, LabelFile]]  # the file that is wanted, by its name
FIRST_STOCK = "single-62x29"
CHOICES = {"stock": FIRST_STOCK, "design": "", "level": PLAIN_LOOK.level, "style": ""}
PREVIEW_PX = 900  # across


# ---- a run's files ----


@dataclass(frozen=True)
class Panel:
    """What a run's page offers."""

    parts: list[tuple[int, int]]  # first and last label of each
    heads: list[int]
    calibrated: list[Printer]
    printers: tuple[LabelPrinter, ...]
    chosen: LabelPrinter | None  # the one that this run, or the one it follows, was sent to
    form: Form


def make_panel(run: PrintRun) -> Panel:
    """For the run's page."""
    count = len(parse_items(run))
    parts = [(part * PART + 1, min(count, (part + 1) * PART)) for part in range(count_parts(count))]
    printers = state().settings.label_printers
    with state().store.read() as db:
        chosen = find_label_printer_again(db, [run.id, read_number(request.args.get("like", ""))], printers)
    return Panel(parts, list(HEADS), list_printers(), printers, chosen, fresh_form())


@bp.get("/runs/<int:run_id>/labels.file")
@requires("marketer")
def run_file(run_id: int) -> ResponseReturnValue:
    run = get_run(run_id)
    back = url_for("runs.show", run_id=run.id)
    return _answer(lambda order: _keep(run, order), back, url_for(".unproven", run_id=run.id))


def _keep(run: PrintRun, order: Order) -> tuple[str, LabelFile]:
    """A run's file by its name: kept, or made of the run's own items; raises MadeApart where that takes long."""
    file = find_run_file(state(), run, order)
    kept = file.find() if file.is_big else None
    if file.is_big and not kept:
        raise MadeApart(run, order)
    return file.name, kept or file.keep()


@bp.errorhandler(MadeApart)
def make_apart(fault: MadeApart) -> ResponseReturnValue:
    """On to the page where it is made."""
    return redirect(fault.address, 303)


def _answer(make: Make, back: str, unproven: str) -> ResponseReturnValue:
    """The file that the address asks for, or a page that says why there is none."""
    try:
        order = read_order(request.args)
        name, made = make(order)
    except Unproven as fault:
        return _refuse(fault, back, _add_query(unproven, order), fault.code)
    except (Invalid, NotFound, Conflict) as fault:
        return _refuse(fault, back)
    kind = "inline" if "show" in request.args else "attachment"
    headers = {"Content-Disposition": f'{kind}; filename="{name}"', "X-Label-SHA256": made.sha256}
    return Response(made.content, mimetype=made.mimetype, headers=headers)


def _add_query(address: str, order: Order) -> str:
    return f"{address}{'&' if '?' in address else '?'}{order.query}"


def _refuse(fault: ShelftalkError, back: str, unproven: str = "", code: str = "") -> ResponseReturnValue:
    page = render_template("label_files/refused.html", fault=text_error(fault), back=back, unproven=unproven, code=code)
    return page, 409 if isinstance(fault, Conflict) else 422


@bp.get("/runs/<int:run_id>/unproven.pdf")
@requires("marketer")
def unproven(run_id: int) -> ResponseReturnValue:
    run = get_run(run_id)
    return _show_unproven(lambda order: _keep(run, order), f"UNPROVEN-{run.id}.pdf")


def _show_unproven(make: Make, name: str) -> ResponseReturnValue:
    """The marked picture of a file that fails its proof; there is none of a file that passes."""
    try:
        make(read_order(request.args))
    except Unproven as fault:
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(fault.pdf, mimetype="application/pdf", headers=headers)
    raise NotFound("This file reads as it should. Download the file itself.")


# ---- to a printer ----


@bp.post("/runs/<int:run_id>/send")
@requires("marketer")
def send(run_id: int) -> ResponseReturnValue:
    run, form = get_run(run_id), read_form("to", "printer", "part")
    back = url_for("runs.show", run_id=run.id)
    with once(form) as earlier:
        if earlier:
            return earlier
        try:
            _send(run, form)
        except Unproven as fault:
            order = _read_sending(form)
            return _refuse(fault, back, _add_query(url_for(".unproven", run_id=run.id), order), fault.code)
        except (Invalid, NotFound, Conflict) as fault:
            return _refuse(fault, back)
        return form.done(f"{back}#events")


def _find_printer(form: Form) -> LabelPrinter:
    return find_label_printer(state().settings.label_printers, form.get("to"))


def _read_sending(form: Form) -> Order:
    given = {"kind": "zpl", "dpi": str(_find_printer(form).dpi), "printer": form.get("printer")}
    return read_order(given | {"part": form.get("part") or "1"})


def _send(run: PrintRun, form: Form) -> None:
    """Make the labels for the printer, send them, and write down what became of it."""
    printer, order = _find_printer(form), _read_sending(form)
    file = find_run_file(state(), run, order)
    _name, made = _keep(run, order)
    delivery = send_labels(printer, made.content)
    words = _describe(delivery, sum(file.source.shares))
    flash(words, "success" if delivery.complete else "warning")
    if delivery.reached:
        with state().store.write() as db:
            run_events.add_event(
                db,
                run.id,
                run_events.SENT,
                by=get_actor().name,
                at=clock.now(),
                quantity=sum(file.source.shares),
                text=words,
            )


def _describe(delivery: Delivery, labels: int) -> str:
    name = delivery.printer.name
    if not delivery.reached:
        return _("{printer} does not answer: nothing was sent. Is it switched on, and on this network?", printer=name)
    if delivery.complete:
        return ngettext("{printer} took {n} label.", "{printer} took {n} labels.", labels, printer=name)
    return _(
        "{printer} broke off: it took {taken} of {size} bytes. Look at the printer before you send again.",
        printer=name,
        taken=delivery.taken,
        size=delivery.size,
    )


# ---- one placement's label ----


@bp.get("/placements/<int:placement_id>/label")
@requires("staff")
def label(placement_id: int) -> ResponseReturnValue:
    form = _read_choices()
    preview = _make_preview(placement_id, form)
    with state().store.read() as db:
        item = CodeReader(db).read(placement_store.get_placement(db, placement_id))
        stock = form.parse("stock", lambda text: find_stock(db, text), find_stock(db, FIRST_STOCK))
        stocks = list_stocks(db)
    page = render_template(
        "label_files/label.html",
        form=form,
        item=item,
        placement=item.placement,
        stock=stock,
        singles=[known for known in stocks if known.count == 1],
        others=[known for known in stocks if known.count > 1],
        offers=[offer for offer in list_offers(stock) if not offer.reason],
        levels=LEVELS,
        heads=list(HEADS),
        preview=preview,
    )
    return page, 200 if form.valid else 422


def _read_choices() -> Form:
    """What the address asks the label to be."""
    return fresh_form(**{name: request.args.get(name, first)[:40] for name, first in CHOICES.items()})


def _make_preview(placement_id: int, form: Form) -> str:
    """The label as it prints, as a data: address; empty, with the fault in the form, when it cannot be made."""
    with form.catch():
        source = _read_label(placement_id, form)
        dpi = min(600, max(150, round(PREVIEW_PX / source.recipe.stock.label_width_mm * 25.4)))
        made = make_png_file(source.items[0], source.recipe, dpi)
        return "data:image/png;base64," + base64.b64encode(made.content).decode()
    return ""


def _read_label(placement_id: int, form: Form) -> Source:
    """One label of a placement as it is today; raises Invalid and NotFound."""
    asked = dict(form.values)
    look = read_look(form)
    for name in form.errors:
        raise Invalid(name, "“{value}” cannot be chosen here. Choose one of the list.", value=asked.get(name, ""))
    with state().store.read() as db:
        placement = placement_store.get_placement(db, placement_id)
        stock = find_stock(db, form.get("stock"))
        items = make_label_items(db, [placement.code], state().settings.origin, state().translator)
        recipe = Recipe(stock, images=load_look_images(db, state().media_folder, look), look=look)
        if form.get("design"):
            design = find_design(db, form.get("design")).design
            check_stock(design, stock)
            images = {**(recipe.images or {}), **load_images(db, state().media_folder, design)}
            recipe = replace(recipe, design=design, images=images)
    return Source(items, [1], recipe, f"label-{placement.code}")


@bp.get("/placements/<int:placement_id>/label.file")
@requires("marketer")
def label_file(placement_id: int) -> ResponseReturnValue:
    given = urlencode(_read_choices().values)
    back, unproven = (url_for(f".{name}", placement_id=placement_id) for name in ("label", "label_unproven"))
    return _answer(lambda order: _make_label(placement_id, order), f"{back}?{given}", f"{unproven}?{given}")


def _make_label(placement_id: int, order: Order) -> tuple[str, LabelFile]:
    source = _read_label(placement_id, _read_choices())
    source = replace(source, shares=[form_copies()])
    return name_file(source, order), make_file(source, order, find_shift(order))


def form_copies() -> int:
    """How often a printer is to print the label."""
    form = fresh_form(copies=request.args.get("copies", "1"))
    copies = form.whole("copies", 1, 1_000, 1)
    if not form.valid:
        raise Invalid(
            "copies",
            "{value} copies cannot be printed. Choose 1 to {allowed}.",
            value=form.get("copies")[:20],
            allowed=1_000,
        )
    return copies


@bp.get("/placements/<int:placement_id>/unproven.pdf")
@requires("marketer")
def label_unproven(placement_id: int) -> ResponseReturnValue:
    return _show_unproven(lambda order: _make_label(placement_id, order), f"UNPROVEN-{placement_id}.pdf")


def init(app: Flask) -> None:
    """Give the run's page what it offers."""
    app.jinja_env.globals["make_label_panel"] = make_panel
