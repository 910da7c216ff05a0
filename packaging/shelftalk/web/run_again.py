"""Printing a run's placements once more: a new run with the same choices and with what the labels say today."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from flask import Blueprint
from flask.typing import ResponseReturnValue

from shelftalk.catalog.units import drop_unit
from shelftalk.errors import Invalid, NotFound, mark
from shelftalk.labels.look import parse_look
from shelftalk.labels.placing import parse_placing
from shelftalk.store.db import Db
from shelftalk.store.runs import PrintRun
from shelftalk.web.design_library import NamedDesign, find_design
from shelftalk.web.forms import Form, once, read_form
from shelftalk.web.label_job import PROOF, Job, carry_out, catch_proof, make_marked_sheets
from shelftalk.web.marked_sheets import answer_marked
from shelftalk.web.run_files import parse_items
from shelftalk.web.runs import get_run, render_run
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock
from shelftalk.web.texts import _

bp = Blueprint("run_again", __name__, url_prefix="/admin/runs")


FIELDS = ("anyway", PROOF, "do")
HELD = mark(
    "Labels meant for {meant} m would be read at up to {reach} m, less than half. Their symbol must be at least "
    "{side} mm wide."
)


@bp.post("/<int:run_id>/again")
@requires("marketer")
def post(run_id: int) -> ResponseReturnValue:
    run, form = get_run(run_id), read_form(*FIELDS)
    if form.get("do") == "marked":
        return _show_marked(run, form)
    with once(form) as earlier:
        if earlier:
            return earlier
        address = _print(run, form)
        return form.done(address) if address else render_run(run, again=form)


def _print(run: PrintRun, form: Form) -> str:
    """The new run's address; empty, with the mistake in the form, when it cannot be printed any more."""
    with catch_proof(form):
        try:
            return carry_out(_read_job(run, form))
        except Invalid as error:
            if error.field != "anyway":
                raise
            form.errors["anyway"] = _(HELD, **error.values)  # one press here, where a first print has a box to tick
    return ""


def _read_job(run: PrintRun, form: Form) -> Job:
    """The run's choices, and what its page asks for besides."""
    with state().store.read() as db:
        job = make_job(db, run)
    return replace(job, look=replace(job.look, anyway=True)) if form.get("anyway") == "on" else job


def _show_marked(run: PrintRun, form: Form) -> ResponseReturnValue:
    with form.catch():
        return answer_marked(make_marked_sheets(_read_job(run, form)))
    return render_run(run, again=form)


def make_job(db: Db, run: PrintRun) -> Job:
    """A run's choices; its design in today's version. Own stock stays in the version that was measured for it.

    Where every label had a code of its own, as many new units are numbered on.
    """
    items = parse_items(run)
    codes = list(dict.fromkeys(drop_unit(item.code) for item in items))
    units = any(item.serial for item in items)  # they get the next numbers
    return Job(
        codes,
        find_stock(db, run.stock),
        run.start,
        len(items) // len(codes) if units else run.copies,
        _find_design(db, run),
        items[0].price if items else "",
        parse_placing(run.placed),
        parse_look(run.look),
        units,
        run.id,
    )


def _find_design(db: Db, run: PrintRun) -> NamedDesign | None:
    if not run.design:
        return None
    with suppress(NotFound):
        newest = find_design(db, run.design)
        if not newest.retired:
            return newest
    return find_design(db, run.design, run.design_version)
