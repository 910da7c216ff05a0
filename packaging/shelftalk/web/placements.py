"""Where a product's code is seen: the placements, their codes and symbols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.codes import make_url, normalise_code
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.placement import MEDIA, STAGES, Placement
from shelftalk.catalog.product import STATUSES
from shelftalk.catalog.units import drop_unit
from shelftalk.errors import Conflict, Invalid, NotFound
from shelftalk.store import locations as location_store
from shelftalk.store import placements as placement_store
from shelftalk.store import products as product_store
from shelftalk.store.db import Db
from shelftalk.store.rows import ListQuery
from shelftalk.web.codes_csv import write_codes_csv
from shelftalk.web.forms import Form, fresh_form, once, read_form, render_form
from shelftalk.web.label_items import CodeReader, get_call_to_action, make_short_address
from shelftalk.web.lists import read_list_query
from shelftalk.web.placement_forms import (
    ANYWHERE,
    FIELDS,
    LABELS,
    MOST_OPTIONS,
    PlacementInput,
    list_form_values,
    list_place_choice,
    list_usable_products,
    make_edit_values,
    make_start_values,
    make_words,
    read_placement,
    read_places,
    read_product,
)
from shelftalk.web.print_queues import read_placement_prints
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.symbol_files import SymbolFile, make_symbol_png, make_symbol_svg, read_symbol
from shelftalk.web.texts import _, ngettext, text_error

bp = Blueprint("placements", __name__, url_prefix="/admin/placements")
SORTS = ("product", "location", "medium", "stage", "status", "installed_on", "updated_at")
FILTERS = ("product", "location", "medium", "stage", "status")
NUMBERS = ("product", "location")
PRINT_DPI = (203, 300, 600)


# ---- the list ----


def read_query() -> ListQuery:
    """The list asked for; filters that cannot be are left out."""
    query = read_list_query(sorts=SORTS, filters=FILTERS)
    return replace(query, filters=clean_filters(query.filters))


def clean_filters(filters: Mapping[str, str]) -> dict[str, str]:
    """Filters the store can take: numbers where ids are meant."""
    return {
        name: value
        for name, value in filters.items()
        if name not in NUMBERS or (value.isascii() and value.isdecimal() and len(value) < 10)
    }


def list_filters(db: Db, query: ListQuery) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The filters the list offers, as `list_frame` takes them."""
    return [
        ("product", _("Product"), [("", _("All products")), *_list_products(db, query)]),
        (
            "location",
            _("Place"),
            [("", _("All places")), (ANYWHERE, _("Anywhere")), *_list_locations(db, query)],
        ),
        ("medium", _("Medium"), [("", _("All media")), *((name, _(item.label)) for name, item in MEDIA.items())]),
        ("stage", _("Stage"), [("", _("All stages")), *((name, _(label)) for name, label in STAGES.items())]),
        ("status", _("Status"), [("", _("Any status")), *((name, _(label)) for name, label in STATUSES.items())]),
    ]


def _list_products(db: Db, query: ListQuery) -> list[tuple[str, str]]:
    listing = list_usable_products(db, "", MOST_OPTIONS)
    if listing.total <= MOST_OPTIONS:
        return [(str(product.id), product.name) for product in listing.rows]
    chosen = int(query.filter("product") or 0)
    return [(str(chosen), product_store.get_product(db, chosen).name)] if chosen else []


def _list_locations(db: Db, query: ListQuery) -> list[tuple[str, str]]:
    listing = location_store.list_locations(db, ListQuery(sort="name", per_page=MOST_OPTIONS))
    if listing.total <= MOST_OPTIONS:
        return [(str(location.id), location.name) for location in listing.rows]
    chosen = int(query.filter("location") or 0)
    return [(str(chosen), location_store.get_location(db, chosen).name)] if chosen else []


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    query = read_query()
    with state().store.read() as db:
        listing = placement_store.list_placements(db, query)
        filters = list_filters(db, query)
    return render_template("placements/index.html", query=query, listing=listing, filters=filters)


@bp.post("/print")
@requires("marketer")
def print_ticked() -> ResponseReturnValue:
    """The ticked ones' codes, on to the labels."""
    ids = [int(text) for text in request.form.getlist("id") if text.isdecimal() and len(text) < 10]
    with state().store.read() as db:
        codes = [placement_store.get_placement(db, placement_id).code for placement_id in ids[:200]]
    return redirect(url_for("labels.index", codes=" ".join(codes)), 303)


@bp.get("/codes.csv")
@requires("staff")
def export() -> ResponseReturnValue:
    query = read_query()
    with state().store.read() as db:
        text = "".join(write_codes_csv(placement_store.each_placement(db, query), state().settings.origin))
    headers = {"Content-Disposition": 'attachment; filename="codes.csv"'}
    return Response(text, mimetype="text/csv", headers=headers)


# ---- adding ----


@bp.get("/new")
@requires("marketer")
def new() -> ResponseReturnValue:
    given = {name: request.args.get(name, "") for name in ("product", "location", "medium")}
    form = fresh_form(**make_start_values(**given))
    ticked = [form.get("location")] if form.get("location") else []
    with state().store.read() as db:
        values = list_form_values(db, form, ticked)
        if not values["products"] and values["product"] is None:
            return _choose_product(db)
    return render_template("placements/new.html", form=form, **values)


def _choose_product(db: Db) -> str:
    """The step before the form where products are too many for one list."""
    search = " ".join(request.args.get("q", "").split())[:100]
    listing = list_usable_products(db, search, 24)
    usable = [product for product in listing.rows if product.status != "retired"]
    location = request.args.get("location", "")
    return render_template(
        "placements/choose_product.html", search=search, listing=listing, products=usable, location=location
    )


@bp.post("/new")
@requires("marketer")
def add() -> ResponseReturnValue:
    form = read_form(*FIELDS)
    ticked = form.get_all("location")
    if form.get("do") == "find":
        return _render_new(form, ticked)
    with once(form) as earlier:
        if earlier:
            return earlier
        added = _add(form, ticked)
        if not added:
            return _render_new(form, ticked)
        return form.done(_announce(added))


def _render_new(form: Form, ticked: list[str]) -> ResponseReturnValue:
    with state().store.read() as db:
        values = list_form_values(db, form, ticked)
    return render_form("placements/new.html", form, **values)


def _add(form: Form, ticked: list[str]) -> list[Placement]:
    """The placements added, or none with the mistakes in the form."""
    with state().store.write() as db:
        product = read_product(db, form)
        places = read_places(db, form, ticked)
        given = read_placement(form)
        if not form.valid or product is None:
            return []
        at = clock.now()
        added = [
            placement_store.add_placement(db, product_id=product.id, location_id=place, **vars(given), at=at)
            for place in places
        ]
    state().refresh_shelf()
    return added


def _announce(added: Sequence[Placement]) -> str:
    """Say what was added; gives the address to go on to."""
    flash(
        ngettext("The code is made. It is permanent: print it.", "{n} placements, each with its code.", len(added)),
        "success",
    )
    if len(added) == 1:
        return url_for("placements.show", placement_id=added[0].id)
    return url_for("placements.index", product=added[0].product_id, sort="-updated_at")


@bp.post("/places")
@requires("marketer")
def places() -> ResponseReturnValue:
    """The part of the form with the places, for a search as one types."""
    form = read_form(*FIELDS)
    with state().store.read() as db:
        choice = list_place_choice(db, form.get("place_search")[:100], form.get_all("location"))
    kind = "radio" if form.get("kind") == "radio" else "checkbox"
    return render_template("placements/_places.html", form=form, choice=choice, kind=kind)


# ---- one placement ----


@bp.get("/<int:placement_id>")
@requires("staff")
def show(placement_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        item = CodeReader(db).read(placement_store.get_placement(db, placement_id))
        prints = read_placement_prints(db, item.code)
        symbol = _read_shown(db, item.placement)
    url = make_url(state().settings.origin, item.code)
    return render_template(
        "placements/show.html",
        item=item,
        placement=item.placement,
        medium=MEDIA[item.placement.medium],
        stage=STAGES[item.placement.stage],
        label_language=LANGUAGES[item.placement.language],
        call_to_action=get_call_to_action(item.placement, state().translator),
        url=url,
        address=make_short_address(url),
        symbol=symbol,
        sizes=PRINT_DPI,
        prints=prints,
    )


def _read_shown(db: Db, placement: Placement) -> SymbolFile:
    """The symbol in the style the address asks for; the plain one, and why, where it cannot be."""
    try:
        return read_symbol(db, placement, request.args.get("style", ""))
    except (Invalid, NotFound) as fault:
        flash(text_error(fault), "warning")
        return read_symbol(db, placement, "")


@bp.get("/code/<code>")
@requires("staff")
def show_code(code: str) -> ResponseReturnValue:
    with state().store.read() as db:
        placement = placement_store.find_placement_by_code(db, drop_unit(normalise_code(code)[:20]))
    if placement is None:
        raise NotFound("No placement has the code {value}. Compare it with the list of placements.", value=code[:20])
    return redirect(url_for("placements.show", placement_id=placement.id), 303)


def _read_symbol(placement_id: int) -> SymbolFile:
    with state().store.read() as db:
        return read_symbol(db, placement_store.get_placement(db, placement_id), request.args.get("style", ""))


@bp.get("/<int:placement_id>/symbol.svg")
@requires("staff")
def symbol_svg(placement_id: int) -> ResponseReturnValue:
    file = _read_symbol(placement_id)
    return _send(make_symbol_svg(file), "image/svg+xml", f"{file.placement.code}{file.suffix}.svg")


@bp.get("/<int:placement_id>/symbol-<int:dpi>.png")
@requires("staff")
def symbol_png(placement_id: int, dpi: int) -> ResponseReturnValue:
    file = _read_symbol(placement_id)
    return _send(make_symbol_png(file, dpi), "image/png", f"{file.placement.code}{file.suffix}-{dpi}dpi.png")


def _send(content: bytes, mimetype: str, name: str) -> Response:
    kind = "inline" if "show" in request.args else "attachment"
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'{kind}; filename="{name}"'})


# ---- changing ----


@bp.get("/<int:placement_id>/edit")
@requires("marketer")
def edit(placement_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        placement = placement_store.get_placement(db, placement_id)
        form = fresh_form(**make_edit_values(placement))
        values = list_form_values(db, form, [form.get("location")])
    return render_template("placements/edit.html", form=form, placement=placement, **values)


@bp.post("/<int:placement_id>/edit")
@requires("marketer")
def save(placement_id: int) -> ResponseReturnValue:
    form = read_form(*FIELDS, "revision")
    if form.get("do") == "find":
        return _render_edit(placement_id, form)
    revision = form.whole("revision", 0, 10**9, 0)
    given = read_placement(form)
    try:
        with state().store.write() as db:
            places = read_places(db, form, form.get_all("location")[:1])
            if form.valid:
                placement_store.update_placement(
                    db, placement_id, revision, location_id=places[0], **vars(given), at=clock.now()
                )
    except Conflict as error:
        form.fail(error)
        return _render_conflict(placement_id, form, given)
    if not form.valid:
        return _render_edit(placement_id, form)
    state().refresh_shelf()
    flash(_("Saved."), "success")
    return form.done(url_for("placements.show", placement_id=placement_id))


def _render_edit(placement_id: int, form: Form) -> ResponseReturnValue:
    with state().store.read() as db:
        placement = placement_store.get_placement(db, placement_id)
        form.values["product"] = str(placement.product_id)
        values = list_form_values(db, form, form.get_all("location"))
    return render_form("placements/edit.html", form, placement=placement, **values)


def _render_conflict(placement_id: int, form: Form, given: PlacementInput) -> ResponseReturnValue:
    """The form with what was typed, beside it what was stored meanwhile; saving again replaces that knowingly."""
    with state().store.read() as db:
        item = CodeReader(db).read(placement_store.get_placement(db, placement_id))
        form.values |= {"revision": str(item.placement.revision), "product": str(item.product.id)}
        values = list_form_values(db, form, form.get_all("location"))
    place = item.location.name if item.location else _("Anywhere")
    stored = make_words(item.placement) | {"location": place}
    mine = make_words(given)
    theirs = [(LABELS[name], stored[name]) for name in LABELS if name in mine and mine[name] != stored[name]]
    if str(item.placement.location_id or ANYWHERE) != form.get("location"):
        theirs.append((LABELS["location"], place))
    page = render_template("placements/edit.html", form=form, placement=item.placement, theirs=theirs, **values)
    return page, 409


@bp.post("/<int:placement_id>/retire")
@requires("marketer")
def retire(placement_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        placement_store.retire_placement(db, placement_id, at=clock.now())
    flash(_("Retired. The printed code answers with a page of its own and is still counted."), "success")
    return _changed(placement_id)


@bp.post("/<int:placement_id>/restore")
@requires("marketer")
def restore(placement_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        placement_store.restore_placement(db, placement_id, at=clock.now())
    flash(_("Restored. The printed code leads to the product again."), "success")
    return _changed(placement_id)


def _changed(placement_id: int) -> Response:
    state().refresh_shelf()
    return read_form().done(url_for("placements.show", placement_id=placement_id))


def init(app: Flask) -> None:
    """Give the templates the media, the stages and the printed origin."""
    app.jinja_env.globals.update(
        MEDIA=MEDIA,
        STAGES=STAGES,
        origin_is_local=lambda: state().settings.origin_is_local,
        origin_host=lambda: make_short_address(state().settings.origin),
    )
