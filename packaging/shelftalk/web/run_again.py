"""Printing a run's placements once more: a new run with the same choices and with what the labels say today."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint
from flask.typing import ResponseReturnValue

from shelftalk.catalog.units import drop_unit
from shelftalk.errors import NotFound, ShelftalkError
from shelftalk.labels.look import parse_look
from shelftalk.labels.placing import parse_placing
from shelftalk.store.db import Db
from shelftalk.store.runs import PrintRun
from shelftalk.web.design_library import NamedDesign, find_design
from shelftalk.web.forms import Form, once, read_form
from shelftalk.web.label_job import Job, carry_out
from shelftalk.web.run_files import parse_items
from shelftalk.web.runs import get_run, render_run
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock
from shelftalk.web.texts import text_error

bp = Blueprint("run_again", __name__, url_prefix="/admin/runs")


@bp.post("/<int:run_id>/again")
@requires("marketer")
def post(run_id: int) -> ResponseReturnValue:
    run, form = get_run(run_id), read_form()
    with once(form) as earlier:
        if earlier:
            return earlier
        address = _print(run, form)
        return form.done(address) if address else render_run(run, form)


def _print(run: PrintRun, form: Form) -> str:
    """The new run's address; empty, with the mistake in the form, when it cannot be printed any more."""
    try:
        with state().store.read() as db:
            job = make_job(db, run)
        return carry_out(job)
    except ShelftalkError as error:
        form.errors[""] = text_error(error)
        return ""


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
    )


def _find_design(db: Db, run: PrintRun) -> NamedDesign | None:
    if not run.design:
        return None
    with suppress(NotFound):
        newest = find_design(db, run.design)
        if not newest.retired:
            return newest
    return find_design(db, run.design, run.design_version)
