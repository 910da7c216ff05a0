"""Products: the list, one product's page, adding and changing, retiring and restoring."""

from __future__ import annotations

from typing import TypedDict

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.media import Media
from shelftalk.catalog.page import list_gaps
from shelftalk.catalog.product import STATUSES, Product, parse_colour
from shelftalk.errors import Conflict, Invalid
from shelftalk.gs1.keys import parse_gtin
from shelftalk.store import Db
from shelftalk.store import media as media_store
from shelftalk.store import pages as page_store
from shelftalk.store import placements as placement_store
from shelftalk.store import products as product_store
from shelftalk.store.rows import ListQuery
from shelftalk.web.forms import Form, fresh_form, once, read_form, render_form
from shelftalk.web.lists import is_narrowed, read_list_query
from shelftalk.web.media import accept_image
from shelftalk.web.pages import after_change
from shelftalk.web.security import requires
from shelftalk.web.shopper import HOUSE_COLOUR, make_picture_url
from shelftalk.web.state import state
from shelftalk.web.texts import _

bp = Blueprint("products", __name__, url_prefix="/admin/products")
FIELDS = ("name", "brand", "gtin", "photo", "colour", "photo_clear")


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    query = read_list_query(sorts=("name", "brand", "gtin", "status", "updated_at"), filters=("status",))
    with state().store.read() as db:
        listing = product_store.list_products(db, query)
        photos = media_store.find_media(db, [product.photo for product in listing.rows])
    return render_template(
        "products/index.html",
        query=query,
        listing=listing,
        photos=photos,
        picture_url=make_picture_url,
        statuses=STATUSES,
        is_empty=not listing.total and not is_narrowed(query),
    )


@bp.get("/new")
@requires("marketer")
def new() -> ResponseReturnValue:
    return _render_new(fresh_form(name="", brand="", gtin="", photo="", colour=HOUSE_COLOUR))


def _render_new(form: Form) -> ResponseReturnValue:
    return render_form("products/new.html", form, photo=_find_photo(form.get("photo")), picture_url=make_picture_url)


def _find_photo(media_id: str) -> Media | None:
    with state().store.read() as db:
        return media_store.find_media(db, [media_id]).get(media_id)


@bp.post("/new")
@requires("marketer")
def add() -> ResponseReturnValue:
    form = read_form(*FIELDS)
    with once(form) as earlier:
        if earlier:
            return earlier
        values = _read_values(form)
        if form.valid:
            with form.catch():
                with state().store.write() as db:
                    product = product_store.add_product(db, **values, at=clock.now())
                flash(_("“{name}” is here. Now write its page.", name=product.name), "success")
                return form.done(url_for("pages.edit", product_id=product.id))
        return _render_new(form)


class Values(TypedDict):
    """What a product's form says."""

    name: str
    brand: str
    gtin: str
    photo: str
    colour: str


def _read_values(form: Form) -> Values:
    """The product's values; mistakes go beside their fields. A good new photo is kept even when others are wrong."""
    _read_photo(form)
    return {
        "name": form.text("name", required=True, max_length=120),
        "brand": form.text("brand", max_length=80),
        "gtin": form.parse("gtin", parse_gtin, ""),
        "photo": form.get("photo"),
        "colour": form.parse("colour", parse_colour, HOUSE_COLOUR),
    }


def _read_photo(form: Form) -> None:
    if form.get("photo") and _find_photo(form.get("photo")) is None:
        form.values["photo"] = ""
    if form.get("photo_clear") == "on":
        form.values["photo"] = ""
    file = form.file("photo_file")
    if file is None:
        return
    form.values["photo_clear"] = ""
    try:
        media = accept_image(file.read(), file.filename or "", state().media_folder)
    except Invalid as error:
        form.values.setdefault("photo_file", "")
        form.fail(error, "photo_file")
        return
    with state().store.write() as db:
        media_store.add_media(db, id=media.id, name=media.name, width=media.width, height=media.height, at=clock.now())
    form.values["photo"] = media.id


@bp.get("/<int:product_id>/edit")
@requires("marketer")
def edit(product_id: int) -> ResponseReturnValue:
    product = _get(product_id)
    return _render_edit(product, _fill_form(product))


def _get(product_id: int) -> Product:
    with state().store.read() as db:
        return product_store.get_product(db, product_id)


def _fill_form(product: Product) -> Form:
    return fresh_form(
        name=product.name,
        brand=product.brand,
        gtin=product.gtin,
        photo=product.photo,
        colour=product.colour,
        revision=product.revision,
    )


def _render_edit(product: Product, form: Form, stored: Product | None = None, status: int = 0) -> ResponseReturnValue:
    page = render_template(
        "products/edit.html",
        form=form,
        product=product,
        stored=stored,
        photo=_find_photo(form.get("photo")),
        picture_url=make_picture_url,
    )
    return page, status or (200 if form.valid else 422)


@bp.post("/<int:product_id>/edit")
@requires("marketer")
def save(product_id: int) -> ResponseReturnValue:
    product = _get(product_id)
    form = read_form(*FIELDS, "revision")
    with once(form) as earlier:
        if earlier:
            return earlier
        revision = form.whole("revision", 1, 10**9, 0)
        values = _read_values(form)
        if not form.valid:
            return _render_edit(product, form)
        try:
            return _save(product_id, revision, values, form)
        except Conflict as error:
            # What is stored now stands beside what was typed; saving again is then a choice.
            form.fail(error)
            stored = _get(product_id)
            form.values["revision"] = str(stored.revision)
            return _render_edit(stored, form, stored, 409)


def _save(product_id: int, revision: int, values: Values, form: Form) -> ResponseReturnValue:
    try:
        with state().store.write() as db:
            product_store.update_product(db, product_id, revision, **values, at=clock.now())
    except Invalid as error:
        form.fail(error)
        return _render_edit(_get(product_id), form)
    after_change()
    flash(_("Saved."), "success")
    return form.done(url_for("products.show", product_id=product_id))


@bp.get("/<int:product_id>")
@requires("staff")
def show(product_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        product = product_store.get_product(db, product_id)
        page = page_store.get_page(db, product_id)
        versions = page_store.list_versions(db, product_id)
        photo = media_store.find_media(db, [product.photo]).get(product.photo)
        codes = _count_codes(db, product_id)
        has_news = bool(product.published_version) and page_store.has_news(db, product_id)
    return render_template(
        "products/show.html",
        product=product,
        page=page,
        gaps=list_gaps(page.content),
        versions=versions,
        photo=photo,
        picture_url=make_picture_url,
        codes=codes,
        has_news=has_news,
        address=f"{state().settings.origin}/p/{product.slug}",
    )


def _count_codes(db: Db, product_id: int) -> dict[str, int]:
    """How many codes lead to the product, by status, and all together under the empty one."""
    counts = {}
    for status in ("", *STATUSES):
        query = ListQuery(filters={"product": str(product_id), "status": status}, per_page=1)
        counts[status] = placement_store.list_placements(db, query).total
    return counts


@bp.get("/<int:product_id>/retire")
@requires("marketer")
def ask_to_retire(product_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        product = product_store.get_product(db, product_id)
        codes = _count_codes(db, product_id)
    return render_template("products/retire.html", product=product, codes=codes)


@bp.post("/<int:product_id>/retire")
@requires("marketer")
def retire(product_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        product = product_store.retire_product(db, product_id, at=clock.now())
    after_change()
    flash(_("“{name}” is retired. Its codes say so to whoever scans them.", name=product.name), "success")
    return redirect(url_for("products.show", product_id=product_id), 303)


@bp.post("/<int:product_id>/restore")
@requires("marketer")
def restore(product_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        product = product_store.restore_product(db, product_id, at=clock.now())
    after_change()
    live = product.status == "live"
    told = (
        _("“{name}” is live again, with the page published last.", name=product.name)
        if live
        else _("“{name}” is a draft again.", name=product.name)
    )
    flash(told, "success")
    return redirect(url_for("products.show", product_id=product_id), 303)
