"""Erasing one placement's scans of some days: asked for twice, done once, written down."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from shelftalk.catalog.placement import Placement
from shelftalk.errors import Invalid
from shelftalk.store import placements as placement_store
from shelftalk.store.retention import Window, count_window
from shelftalk.web.forms import Form, fresh_form, once, read_form, render_form
from shelftalk.web.retention import check_window, erase
from shelftalk.web.security import get_actor, requires
from shelftalk.web.state import state
from shelftalk.web.texts import ngettext

bp = Blueprint("erasures", __name__, url_prefix="/admin/placements")
FIELDS = ("from", "to", "sure")


@bp.get("/<int:placement_id>/erase")
@requires("admin")
def ask(placement_id: int) -> ResponseReturnValue:
    return render_template("erasures/ask.html", form=fresh_form(), placement=_get(placement_id), window=None, count=0)


@bp.post("/<int:placement_id>/erase")
@requires("admin")
def post(placement_id: int) -> ResponseReturnValue:
    placement = _get(placement_id)
    form = read_form(*FIELDS)
    window = _read_window(form, placement.code)
    if window is None or form.get("sure") != "yes":
        return _confirm(form, placement, window)
    with once(form) as earlier:
        if earlier:
            return earlier
        count = erase(state().store, state().ingester, window, by=get_actor().name)
        flash(ngettext("{n} scan erased, from rows and reports.", "{n} scans erased, from rows and reports.", count))
        return form.done(url_for("placements.show", placement_id=placement_id))


def _get(placement_id: int) -> Placement:
    with state().store.read() as db:
        return placement_store.get_placement(db, placement_id)


def _read_window(form: Form, code: str) -> Window | None:
    from_day, to_day = form.day("from"), form.day("to")
    for name, day in (("from", from_day), ("to", to_day)):
        if day is None and name not in form.errors:
            form.fail(Invalid(name, "This is empty. Fill it in."))
    if from_day is None or to_day is None:
        return None
    with form.catch():
        return check_window(code, from_day, to_day)
    return None


def _confirm(form: Form, placement: Placement, window: Window | None) -> ResponseReturnValue:
    """The form again, with the number of scans that would go when the days are right."""
    count = 0
    if window:
        state().ingester.ingest_once()
        with state().store.read() as db:
            count = count_window(db, window)
    return render_form("erasures/ask.html", form, placement=placement, window=window, count=count)
