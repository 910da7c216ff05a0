"""The page editor: a form for the draft, its preview, saving without overwriting others, publishing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]

from shelftalk import clock
from shelftalk.catalog.blocks import BLOCKS, get_block_type
from shelftalk.catalog.languages import DEFAULT, get_language
from shelftalk.catalog.media import Media
from shelftalk.catalog.page import Gap, Page, PageContent, list_gaps
from shelftalk.catalog.product import Product
from shelftalk.errors import Conflict, Invalid
from shelftalk.store import Db
from shelftalk.store import media as media_store
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.web.gate import publish_page
from shelftalk.web.media import accept_image
from shelftalk.web.page_form import (
    Draft,
    apply_action,
    check_draft,
    list_missing,
    make_draft,
    name_field,
    read_draft,
    set_picture,
)
from shelftalk.web.page_preview import render_preview
from shelftalk.web.security import get_actor, may, requires
from shelftalk.web.shopper import list_pictures, make_picture_url
from shelftalk.web.state import state
from shelftalk.web.texts import _, ngettext, text_error

bp = Blueprint("pages", __name__, url_prefix="/admin/products/<int:product_id>")
MAX_PARTS = 20_000  # a page of forty blocks in five languages, with files


@dataclass
class View:
    """What the editor shows: the draft, what it lacks, and what happened to it just now."""

    product: Product
    page: Page
    draft: Draft
    show: str
    beside: str
    content: PageContent
    has_news: bool = False
    saved: bool = True
    message: str = ""  # what went wrong, on top
    conflict: bool = False
    revision: int = 0
    open_gaps: bool = False
    refused: Sequence[Gap] = ()
    pictures: Mapping[str, Media] = field(default_factory=dict)

    @property
    def gaps(self) -> list[Gap]:
        """What is missing before the page can be published; after a refusal, all that the gate had against it."""
        return list(self.refused) or list_gaps(self.content)

    @property
    def missing(self) -> dict[str, list[str]]:
        """Per language, what other languages have and it lacks; what is wrong is there, and told elsewhere."""
        wrong = self.draft.errors
        return {tag: [n for n in names if n not in wrong] for tag, names in list_missing(self.content).items()}


def after_change() -> None:
    """Put what changed on the shelf, so that phones get it at once."""
    state().refresh_shelf()


@bp.get("/page")
@requires("staff")
def edit(product_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        product, page = product_store.get_product(db, product_id), page_store.get_page(db, product_id)
        view = _make_view(db, product, page, make_draft(page.content), request.args)
    view.open_gaps = "check" in request.args
    return _render(view)


def _make_view(db: Db, product: Product, page: Page, draft: Draft, asked: Mapping[str, str]) -> View:
    content = check_draft(draft)
    written = content.languages
    first = written[0] if written else DEFAULT
    show = get_language(asked.get("show") or asked.get("lang") or first).tag
    beside = asked.get("beside", "")
    view = View(product, page, draft, show, get_language(beside).tag if beside else "", content)
    view.revision = page.revision
    view.has_news = bool(product.published_version) and page_store.has_news(db, product.id)
    view.pictures = media_store.find_media(db, list_pictures(product, content))
    return view


def _render(view: View, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "pages/edit.html",
        view=view,
        kinds=BLOCKS,
        get_kind=get_block_type,
        gap_lines=_describe_gaps(view.gaps, view.content),
        picture_url=make_picture_url,
        readonly=not may("marketer"),
    )
    return page, status


def _describe_gaps(gaps: list[Gap], content: PageContent) -> list[dict[str, str]]:
    """Each gap as a sentence, with the field it is about."""
    kinds = {block.id: get_block_type(block.type) for block in content.blocks}
    hero = next((block.id for block in content.blocks if block.type == "hero"), "")
    lines = []
    for gap in gaps:
        block_id, language = gap.block_id or hero, gap.language or DEFAULT
        name = name_field(block_id, language, gap.field, kinds[block_id].fields) if block_id in kinds else ""
        values = {k: _(v) if isinstance(v, str) and k != "url" else v for k, v in gap.values.items()}
        lines.append({"text": _(gap.message, **values), "name": name, "language": language})
    return lines


@bp.post("/page")
@requires("marketer")
def save(product_id: int) -> ResponseReturnValue:
    request.max_form_parts = MAX_PARTS
    draft = read_draft(request.form, request.form.getlist("block"))
    action = request.form.get("action", "save")
    message = ""
    if action in ("save", "overwrite", "publish"):
        return _save(product_id, draft, action)
    try:
        if action.startswith("upload."):
            _upload(draft, action)
        else:
            apply_action(draft, action)
    except Invalid as error:
        message = text_error(error)
        if error.field == "action":
            raise
    return _answer(product_id, draft, 422 if message else 200, message=message, saved=False)


def _upload(draft: Draft, action: str) -> None:
    """The way to add a picture without scripts: the file comes with the whole form."""
    _action, block_id, name = [*action.split("."), "", ""][:3]
    file = request.files.get(f"file.{block_id}.{name}")
    if file is None or not file.filename:
        raise Invalid("file", "Choose a picture first.")
    media = accept_image(file.read(), file.filename, state().media_folder)
    with state().store.write() as db:
        media_store.add_media(db, id=media.id, name=media.name, width=media.width, height=media.height, at=clock.now())
    set_picture(draft, block_id, name, media.id)


def _save(product_id: int, draft: Draft, action: str) -> ResponseReturnValue:
    """Save the draft and, when asked to, publish it. What is wrong is told; what was typed stays."""
    try:
        content = check_draft(draft)
    except Invalid as error:
        return _answer(product_id, draft, 422, message=text_error(error), saved=False)
    if draft.errors:
        return _answer(product_id, draft, 422, message=_count_errors(len(draft.errors)), saved=False)
    try:
        _keep(product_id, content, _read_revision("seen_revision" if action == "overwrite" else "revision"))
    except Conflict as error:
        return _answer(product_id, draft, 409, message=text_error(error), saved=False, conflict=True)
    if action == "publish":
        return _publish(product_id, draft)
    return _answer(product_id, draft, 200)


def _keep(product_id: int, content: PageContent, revision: int) -> None:
    """Save the draft. The same form sent twice, by an impatient finger, is no conflict with oneself."""
    by = get_actor().name
    with state().store.write() as db:
        stored = page_store.get_page(db, product_id)
        whole = PageContent(content.blocks, {tag: {} for tag in stored.content.texts} | content.texts)
        if stored.revision == revision + 1 and stored.updated_by == by and stored.content == whole:
            return
        page_store.save_page(db, product_id, revision, whole, by=by, at=clock.now())


def _publish(product_id: int, draft: Draft) -> ResponseReturnValue:
    at, by = clock.now(), get_actor().name
    try:
        version = publish_page(state(), product_id, by=by, at=at)
    except page_store.NotPublishable as error:
        count = len(error.gaps)
        message = ngettext(
            "Saved, but not published: {n} thing is missing.",
            "Saved, but not published: {n} things are missing.",
            count,
        )
        return _answer(product_id, draft, 422, message=message, refused=error.gaps)
    except Conflict as error:
        return _answer(product_id, draft, 409, message=text_error(error))
    after_change()
    notice = _("Version {version} is live. Phones get it from now on.", version=version)
    return _answer(product_id, draft, 200, notice=notice)


def _count_errors(count: int) -> str:
    return ngettext(
        "{n} field needs a look. Nothing was saved yet.", "{n} fields need a look. Nothing was saved yet.", count
    )


def _read_revision(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _answer(
    product_id: int,
    draft: Draft,
    status: int,
    *,
    message: str = "",
    notice: str = "",
    saved: bool = True,
    conflict: bool = False,
    refused: Sequence[Gap] = (),
) -> ResponseReturnValue:
    """The outcome for the script as JSON, for everybody else as the editor's page."""
    with state().store.read() as db:
        product, page = product_store.get_product(db, product_id), page_store.get_page(db, product_id)
        view = _make_view(db, product, page, draft, request.form)
    view.message, view.saved, view.conflict = message, saved, conflict
    view.open_gaps, view.refused = bool(refused), refused
    if not saved:
        view.revision = _read_revision("revision")
    if _wants_json():
        return _describe(view) | {"message": message, "notice": notice}, status
    if status == 200 and saved:
        flash(notice or _("Saved."), "success")
        address = address_of("pages.edit", product_id=product_id, show=view.show, beside=view.beside or None)
        return redirect(address, 303)
    return _render(view, status)


def _wants_json() -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _describe(view: View) -> dict[str, Any]:
    """What the script shows of the draft's state."""
    return {
        "revision": view.revision,
        "stored_revision": view.page.revision,
        "updated_by": view.page.updated_by,
        "errors": {name: text_error(error) for name, error in view.draft.errors.items()},
        "missing": view.missing,
        "written": list(view.content.languages),
        "gaps": _describe_gaps(view.gaps, view.content),
        "has_news": view.has_news,
        "status": view.product.status,
        "published": view.product.published_version,
    }


@bp.get("/page/token")
@requires("marketer")
def token(product_id: int) -> ResponseReturnValue:
    """A new form token, for an editor that was open while its person signed in again."""
    return {"token": generate_csrf(), "product": product_id}


@bp.get("/preview")
@requires("staff")
def preview(product_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        content = page_store.get_page(db, product_id).content
    return render_preview(product_id, content)


@bp.post("/preview")
@requires("marketer")
def preview_draft(product_id: int) -> ResponseReturnValue:
    request.max_form_parts = MAX_PARTS
    draft = read_draft(request.form, request.form.getlist("block"))
    content = check_draft(draft)
    if not _wants_json():
        return render_preview(product_id, content)
    with state().store.read() as db:
        product, page = product_store.get_product(db, product_id), page_store.get_page(db, product_id)
        view = _make_view(db, product, page, draft, request.form)
    answer = render_preview(product_id, content)
    return _describe(view) | {"html": answer.get_data(as_text=True)}


@bp.post("/publish")
@requires("marketer")
def publish(product_id: int) -> ResponseReturnValue:
    """Publish the draft as it was saved last: the button on the product's page."""
    try:
        version = publish_page(state(), product_id, by=get_actor().name, at=clock.now())
    except page_store.NotPublishable as error:
        flash(text_error(error), "warning")
        return redirect(address_of("gate.show", product_id=product_id), 303)
    except Conflict as error:
        flash(text_error(error), "warning")
        return redirect(address_of("products.show", product_id=product_id), 303)
    after_change()
    flash(_("Version {version} is live. Phones get it from now on.", version=version), "success")
    return redirect(address_of("products.show", product_id=product_id), 303)
