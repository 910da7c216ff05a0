"""Styles of symbols: the list with pictures, the form with what a camera sees of it, versions."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.media import make_file_name
from shelftalk.errors import Invalid
from shelftalk.labels.camera import Reading, check_reading
from shelftalk.labels.ready_styles import list_ready_styles
from shelftalk.labels.style import LEAST_CONTRAST, LEAST_DIFFERENCE, LOGO_LIMITS, Style, describe_style, raise_level
from shelftalk.labels.symbol import make_symbol
from shelftalk.store import media as media_store
from shelftalk.store import styles as style_store
from shelftalk.store.styles import StoredStyle
from shelftalk.web.forms import Form, fresh_form, once, read_form
from shelftalk.web.media import take_image
from shelftalk.web.security import get_actor, may, requires
from shelftalk.web.state import state
from shelftalk.web.style_choice import list_style_offers
from shelftalk.web.style_form import CHOICES, can_draw, list_fields, list_values, read_size, read_values
from shelftalk.web.style_library import (
    LONG,
    NamedStyle,
    draw_style,
    find_style,
    load_logo,
    make_sample_symbol,
    name_own,
    name_ready,
    read_from_far,
    read_plain_from_far,
)
from shelftalk.web.texts import _, get_language

bp = Blueprint("styles", __name__, url_prefix="/admin/styles")


@dataclass(frozen=True)
class Seen:
    """What the form's style looks like: a data: address, empty when there is nothing to draw."""

    style: Style
    picture: str
    size_mm: float
    reading: Reading | None = None
    less: int = 0  # how much less far than a plain symbol, in per cent


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    with state().store.read() as db:
        stored = style_store.list_styles(db)
    own = [name_own(one) for one in stored]
    return render_template(
        "styles/index.html",
        own=[one for one in own if not one.retired],
        retired=[one for one in own if one.retired],
        ready=[name_ready(one, state().translator) for one in list_ready_styles()],
    )


@bp.get("/<ref>/picture.svg")
@requires("staff")
def picture(ref: str) -> ResponseReturnValue:
    named = _find(ref)
    with state().store.read() as db:
        images = load_logo(db, state().media_folder, named.style)
    answer = Response(
        draw_style(named.style, images, get_language().tag, state().settings.origin), mimetype="image/svg+xml"
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _find(ref: str) -> NamedStyle:
    version = request.args.get("version", "")
    with state().store.read() as db:
        number = int(version) if version.isdecimal() and len(version) < 8 else 0
        return find_style(db, ref, state().translator, number)


@bp.get("/new")
@requires("marketer")
def new() -> ResponseReturnValue:
    start = _find(request.args.get("from", "rounded"))
    name = ""
    if "from" in request.args:
        name = _("Copy of {name}", name=start.name) if start.own else _(start.name)
    return _render(fresh_form(**list_values(replace(start.style, name=name)), after="0"), None)


@bp.get("/<ref>")
@requires("staff")
def show(ref: str) -> ResponseReturnValue:
    named = _find(ref)
    after = 0
    if named.own:
        with state().store.read() as db:
            after = style_store.get_style(db, int(ref)).version
    style = named.style if named.own else replace(named.style, name=_(named.name))
    return _render(fresh_form(**list_values(style), after=after), named)


@bp.post("/new")
@requires("marketer")
def add() -> ResponseReturnValue:
    return _post(None)


@bp.post("/<int:style_id>")
@requires("marketer")
def save(style_id: int) -> ResponseReturnValue:
    return _post(name_own(_get(style_id)))


def _post(named: NamedStyle | None) -> ResponseReturnValue:
    form = read_form(*list_fields())
    with once(form) as earlier:
        if earlier:
            return earlier
        _take_logo(form)
        style = read_values(form)
        if form.get("do") == "show":
            return _render(form, named, looked=True)
        content = _prove(form, style) if form.valid else None
        if content and form.valid:
            with form.catch():
                style_id, version = _store(content, None if form.get("do") == "save-new" else named, form)
                flash(_("Saved as version {version}.", version=version), "success")
                return form.done(url_for("styles.show", ref=style_id))
        return _render(form, named, looked=True)


def _take_logo(form: Form) -> None:
    """A picture chosen in the form is kept, whatever button was pressed."""
    if form.get("logo_drop"):
        form.values |= {"logo": "", "logo_drop": ""}
    file = form.file("logo_file")
    if file:
        try:
            form.values["logo"] = take_image(file).id
        except Invalid as error:
            form.fail(error, "logo_file")


def _prove(form: Form, style: Style) -> dict[str, Any] | None:
    """The style as it is kept, with what was measured; None, and why in the form, when a camera cannot read it."""
    origin = state().settings.origin
    with form.catch():
        with state().store.read() as db:
            images = load_logo(db, state().media_folder, style)
        for tag in LANGUAGES:
            if style.get_caption(tag):
                draw_style(style, images, tag, origin)
        silent = replace(style, name="", caption_at="none", captions=())
        for symbol in (make_sample_symbol(origin, style), make_symbol(LONG, raise_level("M", style))):
            check_reading(symbol, silent, logo=images.get(style.logo, b""))
        return describe_style(style) | {"reading": asdict(read_from_far(style, images, origin))}
    return None


def _store(content: dict[str, Any], named: NamedStyle | None, form: Form) -> tuple[int, int]:
    by, at, after = get_actor().name, clock.now(), form.get("after")
    with state().store.write() as db:
        if named is None:
            return style_store.add_style(db, content, by=by, at=at), 1
        known = int(after) if after.isdecimal() and len(after) < 8 else 0
        return int(named.ref), style_store.add_version(db, int(named.ref), content, after=known, by=by, at=at)


def _render(form: Form, named: NamedStyle | None, *, looked: bool = False) -> ResponseReturnValue:
    status = 200 if form.valid else 422
    seen = _see(form, looked=looked)
    with state().store.read() as db:
        logo = media_store.find_media(db, (form.get("logo"),)).get(form.get("logo")) if form.get("logo") else None
    page = render_template(
        "styles/edit.html",
        form=form,
        named=named,
        seen=seen,
        off=not may("marketer") or (named is not None and not named.own),
        logo=f"/m/{make_file_name(logo.id, logo.choose_width(240), 'webp')}" if logo else "",
        choices=CHOICES,
        limits=LOGO_LIMITS,
        least_contrast=LEAST_CONTRAST,
        least_difference=LEAST_DIFFERENCE,
    )
    return page, status


def _see(form: Form, *, looked: bool) -> Seen:
    """The picture of what the form holds and, when asked to look, from how far it is read."""
    quiet = Form(dict(form.values))
    style, size = read_values(quiet), read_size(form)
    if not can_draw(form):
        return Seen(style, "", size)
    try:
        with state().store.read() as db:
            images = load_logo(db, state().media_folder, style)
        drawn = draw_style(style, images, get_language().tag, state().settings.origin)
    except Invalid as error:
        form.fail(error)
        return Seen(style, "", size)
    seen = Seen(style, "data:image/svg+xml;base64," + base64.b64encode(drawn).decode(), size)
    return _measure(seen, images) if looked else seen


def _measure(seen: Seen, images: dict[str, bytes]) -> Seen:
    origin = state().settings.origin
    reading = read_from_far(seen.style, images, origin, seen.size_mm)
    return replace(seen, reading=reading, less=reading.compare(read_plain_from_far(origin, seen.size_mm)))


@bp.post("/preview")
@requires("marketer")
def preview() -> ResponseReturnValue:
    """What the form holds now, with what is wrong; `looked` also says from how far it is read, which takes a second."""
    form = read_form(*list_fields())
    read_values(form)
    form.errors.pop("name", None)  # nobody has to name it before looking at it
    seen = _see(form, looked=bool(request.args.get("looked")))
    template = "styles/_reading.html" if request.args.get("looked") else "styles/_preview.html"
    return render_template(
        template, form=form, seen=seen, least_contrast=LEAST_CONTRAST, least_difference=LEAST_DIFFERENCE
    )


@bp.get("/<int:style_id>/versions")
@requires("staff")
def versions(style_id: int) -> ResponseReturnValue:
    stored = _get(style_id)
    with state().store.read() as db:
        listed = style_store.list_versions(db, style_id)
    return render_template("styles/versions.html", stored=stored, versions=listed)


def _get(style_id: int) -> StoredStyle:
    with state().store.read() as db:
        return style_store.get_style(db, style_id)


@bp.post("/<int:style_id>/retire")
@requires("marketer")
def retire(style_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        style_store.retire_style(db, style_id, clock.now())
    flash(_("The style is no longer offered. What was printed with it stays."), "success")
    return redirect(url_for("styles.index"), 303)


@bp.post("/<int:style_id>/restore")
@requires("marketer")
def restore(style_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        style_store.retire_style(db, style_id, None)
    flash(_("The style is offered again."), "success")
    return redirect(url_for("styles.index"), 303)


def describe_distance(distance_mm: float, *, up: bool = False) -> str:
    """A distance as people say it, centimetres up to a metre: rounded down, or `up`."""
    step = 10 if distance_mm < 990 else 100
    rounded = -int(-distance_mm // step) if up else int(distance_mm // step)
    return _("{n} cm", n=rounded) if step == 10 else _("{n} m", n=rounded / 10)


def init(app: Flask) -> None:
    """Give the templates the words for a distance, and what can be chosen at print."""
    app.jinja_env.globals.update(describe_distance=describe_distance, list_style_offers=list_style_offers)
