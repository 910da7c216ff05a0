"""Label designs: the list with its pictures, the editor, versions, files to take along."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.languages import LANGUAGES, get_language
from shelftalk.errors import Invalid, NotFound
from shelftalk.labels.design_art import DesignPicture
from shelftalk.labels.design_checks import list_faults, list_hints
from shelftalk.labels.design_json import MAX_FILE, format_design, format_file, parse_file
from shelftalk.labels.label_design import (
    ALIGNS,
    KIND_LABELS,
    PLACE_FIELDS,
    PLACEHOLDERS,
    SHAPES,
    Design,
    ImageElement,
)
from shelftalk.labels.ready_designs import list_ready_designs
from shelftalk.store import designs as design_store
from shelftalk.store import media as media_store
from shelftalk.store import placements as placement_store
from shelftalk.store.db import Db
from shelftalk.store.placements import PlacementRow
from shelftalk.store.rows import ListQuery
from shelftalk.web import design_form
from shelftalk.web.design_library import NamedDesign, find_design, load_images, name_own, name_ready
from shelftalk.web.design_pictures import PLAINLY, Words, Worn, draw, make_sample_item
from shelftalk.web.forms import Form, fresh_form, once, parse_line, read_form
from shelftalk.web.media import accept_image, take_image
from shelftalk.web.print_advice import describe_design_reach
from shelftalk.web.security import get_actor, may, requires
from shelftalk.web.state import state
from shelftalk.web.style_library import find_style, load_logo
from shelftalk.web.texts import _, text_error
from shelftalk.web.texts import get_language as get_reader

bp = Blueprint("designs", __name__, url_prefix="/admin/designs")
SAMPLES = 60  # placements whose words can be tried
FIELDS = (*design_form.SIZE_FIELDS, "mirror", "lang", "sample", "worn", "after", "do")


@dataclass(frozen=True)
class Desk:
    """What the editor's page shows: the design as far as it can be read, its picture, and what is wrong."""

    named: NamedDesign | None  # the stored design; None for a new one
    design: Design
    picture: str  # a data: address; empty when nothing can be drawn
    words: Words
    open: str = ""  # the element whose fields are unfolded
    worn: Worn = PLAINLY  # what its symbol is shown in; no part of the design


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    return _render_list(fresh_form(file=""))


def _render_list(form: Form) -> ResponseReturnValue:
    with state().store.read() as db:
        stored = design_store.list_designs(db)
    own = [name_own(one) for one in stored]
    page = render_template(
        "designs/index.html",
        form=form,
        own=[one for one in own if not one.retired],
        retired=[one for one in own if one.retired],
        ready=[name_ready(one) for one in list_ready_designs()],
        saved={str(one.id): one for one in stored},
    )
    return page, 200 if form.valid else 422


@bp.get("/<ref>/picture.svg")
@requires("staff")
def picture(ref: str) -> ResponseReturnValue:
    tag = request.args.get("lang", "")
    words = Words("", tag if tag in LANGUAGES else _choose_language())
    with state().store.read() as db:
        named = find_design(db, ref, _read_version())
        item = make_sample_item(db, words, state().settings.origin, state().translator)
        drawn = draw(db, state().media_folder, named.design, item)
    answer = Response(drawn.svg, mimetype="image/svg+xml")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _read_version() -> int:
    """The version that the address asks for; 0: the newest."""
    version = request.args.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 8 else 0


def _choose_language() -> str:
    """The reader's own language, when labels are printed in it."""
    return get_reader().tag


@bp.get("/new")
@requires("marketer")
def new() -> ResponseReturnValue:
    with state().store.read() as db:
        start = find_design(db, request.args.get("from", "sticker"), _read_version())
    name = _("Copy of {name}", name=start.name) if start.own else _(start.name)
    return _render(_open_form(replace(start.design, name=name)), None)


@bp.get("/<ref>")
@requires("staff")
def show(ref: str) -> ResponseReturnValue:
    with state().store.read() as db:
        named = find_design(db, ref, _read_version())
        after = design_store.get_design(db, int(ref)).version if named.own else 0
    design = named.design if named.own else replace(named.design, name=_(named.name))
    return _render(_open_form(design, after), named)


def _open_form(design: Design, after: int = 0) -> Form:
    lang = request.args.get("lang", "")
    more = {name: request.args.get(name, "")[:20] for name in ("sample", "worn")}
    more["lang"] = lang if lang in LANGUAGES else _choose_language()
    return fresh_form(**design_form.list_values(design), **more, after=str(after))


@bp.post("/new")
@requires("marketer")
def add() -> ResponseReturnValue:
    return _post(None)


@bp.post("/<int:design_id>")
@requires("marketer")
def save(design_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        named = name_own(design_store.get_design(db, design_id))
    return _post(named)


def _post(named: NamedDesign | None) -> ResponseReturnValue:
    form = read_form(*FIELDS)
    design, faults = design_form.read_values(form.values, named.ref if named else "")
    _take_pictures(form, design)
    design, faults = design_form.read_values(form.values, design.id)
    action = form.get("do")
    if action in ("save", "save-new"):
        return _save(form, design, faults, None if action == "save-new" else named, named)
    if any(fault.field != "name" for fault in faults) or ":" not in action:
        return _render(form, named, opened=action.partition(":")[2])
    changed, opened = design_form.change(design, action, lambda text: _(text))
    kept = {name: form.get(name) for name in ("name", "lang", "sample", "worn", "after")}
    renewed = Form(design_form.list_values(changed) | kept, form.key)
    return _render(renewed, named, opened=opened, fresh=True)


def _take_pictures(form: Form, design: Design) -> None:
    """Pictures chosen in the form are kept, whatever button was pressed."""
    for number, element in enumerate(design.elements):
        file = form.file(f"e-{number}-file") if isinstance(element, ImageElement) else None
        if file:
            try:
                form.values[f"e-{number}-media"] = take_image(file).id
            except Invalid as error:
                form.errors.setdefault(f"{element.id}.media", text_error(error))


def _save(
    form: Form, design: Design, faults: Sequence[Invalid], named: NamedDesign | None, shown: NamedDesign | None
) -> ResponseReturnValue:
    """Kept only when it could be printed; `named` is the design it becomes a version of."""
    with once(form) as earlier:
        if earlier:
            return earlier
        for fault in (*faults, *list_faults(design)):
            form.errors.setdefault(fault.field, text_error(fault))
        if form.valid:
            with form.catch():
                design_id, version = _store(design, named, form)
                flash(_("Saved as version {version}.", version=version), "success")
                lang, sample, worn = (form.get(name) or None for name in ("lang", "sample", "worn"))
                return form.done(url_for("designs.show", ref=design_id, lang=lang, sample=sample, worn=worn))
    return _render(form, shown)


def _store(design: Design, named: NamedDesign | None, form: Form) -> tuple[int, int]:
    content, by, at = format_design(design), get_actor().name, clock.now()
    after = form.get("after")
    with state().store.write() as db:
        if named is None:
            return design_store.add_design(db, content, by=by, at=at), 1
        known = int(after) if after.isdecimal() and len(after) < 8 else 0
        return int(named.ref), design_store.add_version(db, int(named.ref), content, after=known, by=by, at=at)


def _render(form: Form, named: NamedDesign | None, *, opened: str = "", fresh: bool = False) -> ResponseReturnValue:
    """The editor. Errors stand beside their elements; those of printing are shown, and do not stop the form."""
    design, read = design_form.read_values(form.values, named.ref if named else "")
    words = _read_words(form)
    with state().store.read() as db:
        item = make_sample_item(db, words, state().settings.origin, state().translator)
        worn = _read_style(db, form)
        drawn = draw(db, state().media_folder, replace(design, faces=1), item, worn)
        samples = list_samples(db)
        pictures = media_store.find_media(db, design.media)
    faults = {fault.field: text_error(fault) for fault in reversed((*read, *drawn.faults, *list_hints(design)))}
    status = 200 if form.valid else 422
    page = render_template(
        "designs/edit.html",
        form=form,
        desk=Desk(named, design, _embed(drawn), words, opened, worn),
        errors=faults | form.errors,
        samples=samples,
        pictures=pictures,
        kinds=KIND_LABELS,
        place_fields=PLACE_FIELDS,
        placeholders=PLACEHOLDERS,
        shapes=SHAPES,
        aligns=ALIGNS,
        changed=fresh or (request.method == "POST"),
        off=not may("marketer") or (named is not None and not named.own),
        heading=(design.name if named else _("New design")),
        languages=LANGUAGES,
        label_language=get_language(words.language),
    )
    return page, status


def _read_words(form: Form) -> Words:
    lang = form.get("lang")
    return Words(form.get("sample")[:20], lang if lang in LANGUAGES else _choose_language())


def _read_style(db: Db, form: Form) -> Worn:
    """The style the form shows the symbol in; plainly where it names none that can be printed."""
    try:
        named = find_style(db, form.get("worn") or "-", state().translator)
        logo = load_logo(db, state().media_folder, named.style)
    except (Invalid, NotFound):
        return PLAINLY
    return PLAINLY if named.wants_logo else Worn(named.style, logo.get(named.style.logo, b""))


def _embed(drawn: DesignPicture) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.svg).decode() if drawn.svg else ""


def list_samples(db: Db) -> list[PlacementRow]:
    """Placements whose words a design can be tried with, the newest first."""
    rows = placement_store.list_placements(db, ListQuery(sort="updated_at", descending=True, per_page=SAMPLES)).rows
    return [row for row in rows if row.status != "retired"]


@bp.post("/preview")
@requires("marketer")
def preview() -> ResponseReturnValue:
    """The picture of what the form shows, and what is wrong with it by field."""
    form = read_form(*FIELDS)
    design, read = design_form.read_values(form.values)
    with state().store.read() as db:
        item = make_sample_item(db, _read_words(form), state().settings.origin, state().translator)
        worn = _read_style(db, form)
        drawn = draw(db, state().media_folder, replace(design, faces=1), item, worn)
    faults = {fault.field: text_error(fault) for fault in reversed((*read, *drawn.faults, *list_hints(design)))}
    reach = describe_design_reach(design, worn.style, worn.images)
    size = {"width": design.width_mm, "height": design.height_mm, "reach": reach}
    return {"picture": _embed(drawn), "faults": faults} | size


@bp.get("/<int:design_id>/versions")
@requires("staff")
def versions(design_id: int) -> ResponseReturnValue:
    return _render_versions(design_id, None)


def _render_versions(design_id: int, form: Form | None) -> ResponseReturnValue:
    with state().store.read() as db:
        stored = design_store.get_design(db, design_id)
        listed = design_store.list_versions(db, design_id)
    form = form or fresh_form(name=stored.name)
    page = render_template("designs/versions.html", stored=stored, versions=listed, form=form)
    return page, 200 if form.valid else 422


@bp.post("/<int:design_id>/rename")
@requires("marketer")
def rename(design_id: int) -> ResponseReturnValue:
    form = read_form("name")
    with form.catch():
        name = parse_line(form.get("name"), "name", required=True, max_length=60)
        with state().store.write() as db:
            design_store.rename_design(db, design_id, name)
        flash(_("Saved."), "success")
        return redirect(url_for("designs.versions", design_id=design_id), 303)
    return _render_versions(design_id, form)


@bp.post("/<int:design_id>/retire")
@requires("marketer")
def retire(design_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        design_store.retire_design(db, design_id, clock.now())
    flash(_("The design is no longer offered. What was printed with it stays."), "success")
    return redirect(url_for("designs.index"), 303)


@bp.post("/<int:design_id>/restore")
@requires("marketer")
def restore(design_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        design_store.retire_design(db, design_id, None)
    flash(_("The design is offered again."), "success")
    return redirect(url_for("designs.index"), 303)


@bp.get("/<ref>/export")
@requires("staff")
def export(ref: str) -> ResponseReturnValue:
    with state().store.read() as db:
        named = find_design(db, ref)
        file = format_file(named.design, load_images(db, state().media_folder, named.design))
    plain = re.sub(r"[^A-Za-z0-9]+", "-", named.name).strip("-").lower() or "design"
    headers = {"Content-Disposition": f'attachment; filename="{plain}.label.json"'}
    return Response(file, mimetype="application/json", headers=headers)


@bp.post("/import")
@requires("marketer")
def take_in() -> ResponseReturnValue:
    form = read_form("file")
    with once(form) as earlier:
        if earlier:
            return earlier
        with form.catch():
            design_id = _take_in(form)
            flash(_("The design is here. Look at it before you print."), "success")
            return form.done(url_for("designs.show", ref=design_id))
    return _render_list(form)


def _take_in(form: Form) -> int:
    """Keep an exported design and its pictures; a name that is taken gets a number."""
    sent = form.file("file")
    if sent is None:
        raise Invalid("file", "Choose a file first.")
    design, images = parse_file(sent.read(MAX_FILE + 1))
    faults = list_faults(design)
    if faults:
        raise Invalid("file", faults[0].message, **faults[0].values)
    ids = {}
    for media_id, data in images.items():
        media = accept_image(data, f"{media_id}.png", state().media_folder)
        ids[media_id] = media.id
        with state().store.write() as db:
            media_store.add_media(
                db, id=media.id, name=media.name, width=media.width, height=media.height, at=clock.now()
            )
    elements = tuple(
        replace(element, media=ids.get(element.media, "")) if isinstance(element, ImageElement) else element
        for element in design.elements
    )
    with state().store.write() as db:
        named = replace(design, elements=elements, name=_find_name(db, design.name))
        return design_store.add_design(db, format_design(named), by=get_actor().name, at=clock.now())


def _find_name(db: Db, name: str) -> str:
    taken = {stored.name.lower() for stored in design_store.list_designs(db)}
    for number in range(2, 1000):
        if name.lower() not in taken:
            return name
        name = f"{re.sub(r' [0-9]+$', '', name)[:55]} {number}"
    raise NotFound("There is no such design.")


def name_design(ref: str) -> str:
    """A design's name in the reader's language; its short name when it is gone."""
    with state().store.read() as db:
        try:
            named = find_design(db, ref)
        except NotFound:
            return ref
    return named.name if named.own else _(named.name)


def init(app: Flask) -> None:
    """Give the templates the name of a run's design."""
    app.jinja_env.globals["name_design"] = name_design
