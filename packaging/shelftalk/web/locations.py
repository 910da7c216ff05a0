"""The shops: where placements hang, and whose clock their numbers follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import dates
from flask import Blueprint, Flask, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.languages import localise_digits
from shelftalk.catalog.location import Location, list_timezones, parse_timezone
from shelftalk.errors import Conflict, Invalid, mark
from shelftalk.gs1.keys import parse_gln
from shelftalk.store import locations as location_store
from shelftalk.store import placements as placement_store
from shelftalk.store.rows import ListQuery
from shelftalk.web.forms import Form, fresh_form, once, parse_line, read_form, render_form
from shelftalk.web.i18n import current_tag, get_date_locale
from shelftalk.web.lists import read_list_query
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.texts import _

bp = Blueprint("locations", __name__, url_prefix="/admin/locations")
FIELDS = ("name", "code", "gln", "address", "timezone")
LABELS = {
    "name": mark("Name"),
    "code": mark("Short name"),
    "gln": mark("GLN"),
    "address": mark("Address"),
    "timezone": mark("Time zone"),
}
SHOWN_PLACEMENTS = 50


@dataclass(frozen=True)
class LocationInput:
    """A location as a person filled it in."""

    name: str
    code: str
    gln: str
    address: str
    timezone: str


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    query = read_list_query(sorts=("name", "code", "timezone", "gln", "updated_at"))
    with state().store.read() as db:
        listing = location_store.list_locations(db, query)
    return render_template("locations/index.html", query=query, listing=listing, now=clock.now())


@bp.get("/new")
@requires("marketer")
def new() -> ResponseReturnValue:
    form = fresh_form(**dict.fromkeys(FIELDS, ""), revision=0)
    form.values["timezone"] = state().settings.timezone
    return _render(form)


@bp.post("/new")
@requires("marketer")
def add() -> ResponseReturnValue:
    form = read_form(*FIELDS)
    with once(form) as earlier:
        if earlier:
            return earlier
        given = read_location(form)
        if form.valid:
            with form.catch():
                with state().store.write() as db:
                    location = location_store.add_location(db, **vars(given), at=clock.now())
                flash(_("“{name}” is added. Put the first code up there.", name=location.name), "success")
                return form.done(url_for("locations.show", location_id=location.id))
        return _render(form)


@bp.get("/<int:location_id>")
@requires("staff")
def show(location_id: int) -> ResponseReturnValue:
    query = ListQuery(filters={"location": str(location_id)}, sort="product", per_page=SHOWN_PLACEMENTS)
    with state().store.read() as db:
        location = location_store.get_location(db, location_id)
        placements = placement_store.list_placements(db, query)
    return render_template("locations/show.html", location=location, placements=placements, now=clock.now())


@bp.get("/<int:location_id>/edit")
@requires("marketer")
def edit(location_id: int) -> ResponseReturnValue:
    location = _get(location_id)
    values = {name: getattr(location, name) for name in FIELDS}
    return _render(fresh_form(**values, revision=location.revision), location)


@bp.post("/<int:location_id>/edit")
@requires("marketer")
def save(location_id: int) -> ResponseReturnValue:
    location = _get(location_id)
    form = read_form(*FIELDS, "revision")
    given = read_location(form)
    revision = form.whole("revision", 0, 10**9, 0)
    if not form.valid:
        return _render(form, location)
    try:
        with state().store.write() as db:
            location_store.update_location(db, location_id, revision, **vars(given), at=clock.now())
    except Conflict as error:
        return _render_conflict(form, _get(location_id), given, error)
    except Invalid as error:
        form.fail(error)
        return _render(form, location)
    flash(_("Saved."), "success")
    return form.done(url_for("locations.show", location_id=location_id))


def _get(location_id: int) -> Location:
    with state().store.read() as db:
        return location_store.get_location(db, location_id)


def _render(form: Form, location: Location | None = None) -> ResponseReturnValue:
    zone = form.get("timezone")
    return render_form(
        "locations/form.html",
        form,
        location=location,
        timezones=list_offered_timezones(),
        local_time=find_local_time(zone),
    )


def _render_conflict(form: Form, stored: Location, given: LocationInput, error: Conflict) -> ResponseReturnValue:
    """The form with what was typed, beside it what was stored meanwhile; saving again replaces that knowingly."""
    form.fail(error)
    form.values["revision"] = str(stored.revision)
    theirs = [(LABELS[name], getattr(stored, name)) for name in FIELDS if getattr(stored, name) != getattr(given, name)]
    page = render_template(
        "locations/form.html",
        form=form,
        location=stored,
        theirs=theirs,
        timezones=list_offered_timezones(),
        local_time=find_local_time(form.get("timezone")),
    )
    return page, 409


@bp.get("/local-time")
@requires("staff")
def local_time() -> ResponseReturnValue:
    return render_template("locations/_local_time.html", local_time=find_local_time(request.args.get("timezone", "")))


def read_location(form: Form) -> LocationInput:
    """What was filled in; mistakes are kept in the form."""
    return LocationInput(
        name=form.text("name", required=True),
        code=form.text("code", required=True, max_length=40),
        gln=form.parse("gln", parse_gln, ""),
        address=form.parse("address", parse_address, ""),
        timezone=form.parse("timezone", find_timezone, state().settings.timezone),
    )


def parse_address(text: str) -> str:
    """A postal address: its lines kept, each tidied; raises Invalid when it is too long."""
    parse_line(text, "address", max_length=400)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def find_timezone(text: str) -> str:
    """The time zone a person means: any case, blanks for underscores; raises Invalid."""
    wanted = text.strip().replace(" ", "_").casefold()
    known = {zone.casefold(): zone for zone in list_offered_timezones()}
    return known.get(wanted) or parse_timezone(text)


def list_offered_timezones() -> list[str]:
    """The time zones to choose from; the site's own is always among them."""
    zones = list_timezones()
    own = state().settings.timezone
    return zones if own in zones else [own, *zones]


def find_local_time(zone: str) -> str:
    """What a clock shows in a time zone now; empty while there is no such zone."""
    try:
        return format_local_time(clock.now(), find_timezone(zone))
    except Invalid:
        return ""


def format_local_time(at: datetime, zone: str) -> str:
    """Weekday and time of a moment in a time zone, in the reader's language."""
    tag = current_tag()
    local, locale = at.astimezone(ZoneInfo(zone)), get_date_locale(tag)
    text = f"{dates.format_date(local, 'EEE', locale=locale)} {dates.format_time(local, 'short', locale=locale)}"
    return localise_digits(text, tag)


def init(app: Flask) -> None:
    """Give the templates the clock of a place."""
    app.jinja_env.filters["local_time"] = format_local_time
