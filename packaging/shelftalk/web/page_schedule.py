"""Dates of a page: publishing the draft as it is now, or taking the page off phones, by the site's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import click
from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.page import Page, list_gaps
from shelftalk.errors import Conflict, Invalid
from shelftalk.store import Db, page_schedules
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.store.page_schedules import STATES, WHATS
from shelftalk.web.cli import command
from shelftalk.web.forms import Form, fresh_form, once, read_form
from shelftalk.web.page_clock import PageClock, parse_told
from shelftalk.web.security import get_actor, requires
from shelftalk.web.state import state
from shelftalk.web.texts import _, text_error

bp = Blueprint("page_schedule", __name__, url_prefix="/admin/products/<int:product_id>/page/schedule")
LAST_YEAR = 2100


def parse_moment(day: str, hour: str, zone: str) -> datetime:
    """A day and a time as the fields send them, in the zone, as UTC; raises Invalid for a time no clock there shows.

    Of an hour that comes twice, in autumn, the first one is meant.
    """
    try:
        on = date.fromisoformat(day.strip())
    except ValueError:
        raise Invalid("day", "“{value}” is not a day. Choose one.", value=day[:30]) from None
    try:
        at = time.fromisoformat(hour.strip())
    except ValueError:
        raise Invalid(
            "time", "“{value}” is not a time of day. Write hours and minutes: 09:30.", value=hour[:30]
        ) from None
    if not 2000 < on.year < LAST_YEAR:
        raise Invalid("day", "“{value}” is too far away. Choose a day before {allowed}.", value=day, allowed=LAST_YEAR)
    local = datetime.combine(on, at.replace(tzinfo=None), ZoneInfo(zone))
    moment = local.astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Invalid(
            "time", "{value} does not exist on that day: the clocks go forward. Choose a later hour.", value=hour
        )
    return moment


@bp.get("")
@requires("staff")
def index(product_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        page = page_store.get_page(db, product_id)
    return _render(product_id, _make_form(page))


def _make_form(page: Page) -> Form:
    tomorrow = clock.today(state().settings.timezone).toordinal() + 1
    return fresh_form(what="publish", day=date.fromordinal(tomorrow), time="09:00", revision=page.revision)


def _render(product_id: int, form: Form, status: int = 0) -> ResponseReturnValue:
    with state().store.read() as db:
        product, page = product_store.get_product(db, product_id), page_store.get_page(db, product_id)
        dates = page_schedules.list_schedules(db, product_id)
    html = render_template(
        "pages/schedule.html",
        form=form,
        product=product,
        page=page,
        gaps=len(list_gaps(page.content)),
        waiting=sorted((item for item in dates if item.state == "waiting"), key=lambda item: item.due_at),
        past=[item for item in dates if item.state != "waiting"],
        whats=WHATS,
        states=STATES,
        zone=state().settings.timezone,
        now=clock.now(),
        describe=describe_failure,
    )
    return html, status or (200 if form.valid else 422)


def describe_failure(told: str) -> list[str]:
    """Why a date came to nothing, in the reader's language."""
    return [
        _(
            message,
            **{name: _(value) if isinstance(value, str) and name != "url" else value for name, value in values.items()},
        )
        for message, values in parse_told(told)
    ]


@bp.post("")
@requires("marketer")
def add(product_id: int) -> ResponseReturnValue:
    form = read_form("what", "day", "time", "revision")
    with once(form) as earlier:
        if earlier:
            return earlier
        what = form.choice("what", list(WHATS))
        due = form.parse(
            "time", lambda text: parse_moment(form.get("day"), text, state().settings.timezone), clock.now()
        )
        if not form.valid:
            return _render(product_id, form)
        try:
            with form.catch(), state().store.write() as db:
                _add(db, product_id, what, due, form.get("revision"))
        except Conflict as error:
            form.fail(error)
        if not form.valid:
            with state().store.read() as db:
                form.values["revision"] = str(page_store.get_page(db, product_id).revision)
            return _render(product_id, form)
        flash(_("The date is set."), "success")
        return form.done(url_for("page_schedule.index", product_id=product_id))


def _add(db: Db, product_id: int, what: str, due: datetime, seen: str) -> None:
    page = page_store.get_page(db, product_id)
    content = page.content if what == "publish" else None
    if content is not None:
        if seen != str(page.revision):
            raise Conflict(
                "{name} saved the draft meanwhile. Look at it first, then choose again.",
                name=page.updated_by or "Somebody else",
            )
        gaps = list_gaps(content)
        if gaps:
            raise page_store.NotPublishable(gaps)
    page_schedules.add_schedule(db, product_id, what, due, content, by=get_actor().name, at=clock.now())


@bp.post("/<int:schedule_id>/cancel")
@requires("marketer")
def cancel(product_id: int, schedule_id: int) -> ResponseReturnValue:
    try:
        with state().store.write() as db:
            page_schedules.cancel_schedule(db, product_id, schedule_id, at=clock.now())
    except Conflict as error:
        flash(text_error(error), "warning")
    else:
        flash(_("The date is cancelled. The page stays as it is."), "success")
    back = "pages.edit" if request.form.get("back") == "editor" else "page_schedule.index"
    return redirect(url_for(back, product_id=product_id), 303)


@bp.post("/seen")
@requires("marketer")
def dismiss(product_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        page_schedules.dismiss_failures(db, product_id)
    return redirect(url_for("page_schedule.index", product_id=product_id), 303)


@bp.post("/unpublish")
@requires("marketer")
def unpublish(product_id: int) -> ResponseReturnValue:
    """Take the page off phones at once."""
    try:
        with state().store.write() as db:
            page_store.unpublish_page(db, product_id, at=clock.now())
    except Conflict as error:
        flash(text_error(error), "warning")
    else:
        state().refresh_shelf()
        flash(_("The page is off phones. Who scans a code reads that it is not ready yet."), "success")
    return redirect(url_for("page_schedule.index", product_id=product_id), 303)


@command("publish-due")
def publish_due() -> None:
    """Do what pages were given a date for and is due by now; the running server does it by itself."""
    done = PageClock(state()).run_due()
    state().refresh_shelf()
    for schedule, worked in done:
        click.echo(f"{'Done' if worked else 'Failed'}: {schedule.what}, product {schedule.product_id}.")
    if not done:
        click.echo("Nothing is due.")


def init(app: Flask) -> None:
    """Give the application the command."""
    app.cli.add_command(publish_due)
