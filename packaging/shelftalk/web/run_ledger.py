"""What happens to a print run later, as people write it down: shipped, received, spoiled, a note; taken back."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.errors import Invalid
from shelftalk.store import rollups, run_events
from shelftalk.store.db import Db
from shelftalk.store.runs import PrintRun
from shelftalk.web.forms import Form, go_to, once, read_form
from shelftalk.web.runs import FORMS, get_run, render_run
from shelftalk.web.security import get_actor, requires
from shelftalk.web.state import state
from shelftalk.web.texts import _

bp = Blueprint("run_ledger", __name__, url_prefix="/admin/runs")
FIELDS = ("kind", "to", "quantity", "done_on", "text")
MOST_TEXT = 300


@bp.post("/<int:run_id>/events")
@requires("staff")
def add(run_id: int) -> ResponseReturnValue:
    run = get_run(run_id)
    form = read_form(*FIELDS)
    with once(form) as earlier:
        if earlier:
            return earlier
        _add(run, form)
        if form.valid:
            flash(_("It is written down."), "success")
            return form.done(url_for("runs.show", run_id=run.id) + "#events")
        return render_run(run, form)


def _add(run: PrintRun, form: Form) -> None:
    """Write the event down; mistakes are kept in the form and nothing is written."""
    kind = form.choice("kind", list(FORMS))
    counted = kind in run_events.COUNTED
    text = form.text("text", required=not counted or kind == run_events.SPOILED, max_length=MOST_TEXT)
    place = form.text("to", required=True) if kind == run_events.SHIPPED else ""
    quantity = form.whole("quantity", 1, run.labels, 0) if counted else 0
    done_on = _read_day(form, run)
    if "kind" in form.errors:
        form.errors[""] = form.errors.pop("kind")  # no field of the page
    if not form.valid:
        return
    with form.catch(), state().store.write() as db:
        location_id = _find_location(db, place)
        run_events.add_event(
            db,
            run.id,
            kind,
            by=get_actor().name,
            at=clock.now(),
            text=text if location_id or not place else " · ".join(filter(None, (place, text))),
            quantity=quantity,
            location_id=location_id,
            done_on=done_on,
        )


def _read_day(form: Form, run: PrintRun) -> date:
    """The day it happened: today when it is not said, and never one that is still to come."""
    today = clock.today(state().settings.timezone)
    day = form.day("done_on") or today
    with form.catch():
        if day > today:
            raise Invalid(
                "done_on", "{value} is still to come. Write it down when it has happened.", value=day.isoformat()
            )
        if day < clock.days_before(run.created_at.date(), 1):
            raise Invalid(
                "done_on",
                "{value} is before the print. Choose {day} or later.",
                value=day.isoformat(),
                day=run.created_at.date().isoformat(),
            )
    return day


def _find_location(db: Db, name: str) -> int | None:
    """The location somebody means by a name; None for words that name none."""
    wanted = name.casefold()
    return next((item.id for item in rollups.list_location_names(db) if item.name.casefold() == wanted), None)


@bp.post("/<int:run_id>/events/<int:event_id>/take-back")
@requires("staff")
def take_back(run_id: int, event_id: int) -> ResponseReturnValue:
    form = read_form()
    with once(form) as earlier:
        if earlier:
            return earlier
        with state().store.write() as db:
            run_events.take_back(db, event_id, by=get_actor().name, at=clock.now(), run_id=run_id)
        flash(_("Taken back. Both stay in the list."), "success")
        return go_to(url_for("runs.show", run_id=run_id) + "#events")
