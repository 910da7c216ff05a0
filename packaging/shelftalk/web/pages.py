"""The page editor: a form for the draft, its preview, saving without overwriting others, publishing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]

from shelftalk import clock
from shelftalk.catalog.block import Group
from shelftalk.catalog.blocks import BLOCKS, get_block_type
from shelftalk.catalog.languages import DEFAULT, get_language
from shelftalk.catalog.media import Media, StoredFile
from shelftalk.catalog.page import Gap, Page, PageContent, list_gaps, list_references
from shelftalk.catalog.product import Product
from shelftalk.errors import Conflict, Invalid, NotFound, mark
from shelftalk.store import Db, page_schedules, page_visits
from shelftalk.store import files as file_store
from shelftalk.store import media as media_store
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.web.gate import find_codeless, publish_page
from shelftalk.web.page_draft import Draft, make_draft, read_draft
from shelftalk.web.page_form import (
    apply_action,
    check_draft,
    find_spot,
    list_missing,
    name_field,
    set_media,
)
from shelftalk.web.page_notes import list_notes
from shelftalk.web.page_preview import render_preview
from shelftalk.web.page_versions import Edition, render_compare
from shelftalk.web.security import get_actor, may, requires
from shelftalk.web.shopper import list_pictures, make_picture_url
from shelftalk.web.state import state
from shelftalk.web.texts import _, ngettext, text_error
from shelftalk.web.uploads import take_upload

bp = Blueprint("pages", __name__, url_prefix="/admin/products/<int:product_id>")
SAVES = ("save", "autosave", "overwrite", "publish", "schedule")
GROUPS: dict[Group, str] = {
    "say": mark("Say"),
    "show": mark("Show"),
    "do": mark("Lead on"),
    "ask": mark("Ask and answer"),
    "care": mark("After buying"),
}
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
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    dates: Sequence[page_schedules.Schedule] = ()  # that wait
    others: Sequence[page_visits.Visit] = ()  # who else has the page open
    codeless: Sequence[str] = ()  # coupons whose pool never had a code

    @property
    def gaps(self) -> list[Gap]:
        """What is missing before the page can be published; after a refusal, all that the gate had against it."""
        return list(self.refused) or list_gaps(self.content)

    @property
    def missing(self) -> dict[str, list[str]]:
        """Per language, what other languages have and it lacks; what is wrong is there, and told elsewhere."""
        wrong = self.draft.errors
        return {tag: [n for n in names if n not in wrong] for tag, names in list_missing(self.content).items()}

    @property
    def older(self) -> list[str]:
        """Texts older than their source, as `<block>.<language>`; hidden blocks count not."""
        shown = {block.id for block in self.content.blocks if not block.hidden}
        return [f"{one}.{tag}" for tag, blocks in self.page.list_older().items() for one in blocks if one in shown]

    @property
    def older_languages(self) -> set[str]:
        """The languages with such a text."""
        return {name.partition(".")[2] for name in self.older}


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
    source = get_language(asked.get("source") or page.source).tag
    page = replace(page, source=source)
    view = View(product, page, draft, show, get_language(beside).tag if beside else "", content)
    view.revision = page.revision
    view.has_news = bool(product.published_version) and page_store.has_news(db, product.id)
    dates = page_schedules.list_schedules(db, product.id)
    view.dates = sorted((item for item in dates if item.state == "waiting"), key=lambda item: item.due_at)
    view.others = page_visits.list_others(db, product.id, get_actor().id, at=clock.now())
    view.pictures = media_store.find_media(db, list_pictures(product, content))
    view.codeless = find_codeless(db, product.id, content)
    view.files = file_store.find_files(db, list_references(content, "file"))
    return view


def _render(view: View, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "pages/edit.html",
        view=view,
        kinds=BLOCKS,
        groups=GROUPS,
        editor=request.form.get("editor", "")[:32] or secrets.token_hex(8),
        zone=state().settings.timezone,
        is_new=view.page.revision == 1 and not view.content.texts,
        notes=list_notes(view.draft.raw),
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
    if action in SAVES:
        return _save(product_id, draft, action)
    if action == "compare":
        return _compare(product_id, draft)
    try:
        if action.startswith("upload."):
            _upload(draft, action)
        elif action.startswith("fits."):
            _mark_fitting(product_id, *action.split(".")[1:3])
        else:
            apply_action(draft, action)
    except Invalid as error:
        message = text_error(error)
        if error.field == "action":
            raise
    return _answer(product_id, draft, 422 if message else 200, message=message, saved=False)


def _mark_fitting(product_id: int, block_id: str = "", tag: str = "") -> None:
    """Somebody looked: a text is right though its source is younger."""
    language = get_language(tag).tag
    with state().store.write() as db:
        page_store.mark_fitting(db, product_id, language, block_id, at=clock.now())


def _upload(draft: Draft, action: str) -> None:
    """The way to add a picture or file without scripts: it comes with the whole form."""
    where = action.partition(".")[2]
    spot = find_spot(draft, where.split("."))
    set_media(spot, take_upload(request.files.get(f"file.{where}"), spot.field.accepts).id)


def _save(product_id: int, draft: Draft, action: str) -> ResponseReturnValue:
    """Save the draft and, when asked to, publish it. What is wrong is told; what was typed stays."""
    try:
        content = check_draft(draft)
    except Invalid as error:
        return _answer(product_id, draft, 422, message=text_error(error), saved=False)
    if draft.errors:
        return _answer(product_id, draft, 422, message=_count_errors(len(draft.errors)), saved=False)
    try:
        _keep(product_id, content, action)
    except Conflict as error:
        return _answer(product_id, draft, 409, message=text_error(error), saved=False, conflict=True)
    if action == "publish":
        return _publish(product_id, draft)
    if action == "schedule" and not _wants_json():
        return redirect(address_of("page_schedule.index", product_id=product_id), 303)
    return _answer(product_id, draft, 200)


def _keep(product_id: int, content: PageContent, action: str) -> None:
    """Save the draft. The same form sent twice, by an impatient finger, is no conflict with oneself."""
    by, at = get_actor().name, clock.now()
    revision = _read_revision("seen_revision" if action == "overwrite" else "revision")
    source = get_language(request.form.get("source") or DEFAULT).tag if "source" in request.form else ""
    editor = request.form.get("editor", "")[:32]
    with state().store.write() as db:
        stored = page_store.get_page(db, product_id)
        whole = PageContent(content.blocks, {tag: {} for tag in stored.content.texts} | content.texts)
        if stored.revision == revision + 1 and stored.updated_by == by:
            if stored.content == whole and source in ("", stored.source):
                return
            if editor and stored.editor == editor:
                revision += 1  # the answer to its last save was lost on the way
        if action == "overwrite" and stored.revision == revision:
            page_store.keep_draft(db, product_id, why="overwrite", at=at)
        page_store.save_page(db, product_id, revision, whole, by=by, at=at, source=source, editor=editor)


def _compare(product_id: int, draft: Draft) -> ResponseReturnValue:
    """What stands in the form beside what is stored: two people have written."""
    content = check_draft(draft)
    with state().store.read() as db:
        product, page = product_store.get_product(db, product_id), page_store.get_page(db, product_id)
    theirs = Edition("draft", _("Saved"), page.content, page.updated_at, page.updated_by)
    mine = Edition("", _("Yours, not saved"), content, clock.now(), get_actor().name)
    return render_compare(product, theirs, mine)


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
        "older": view.older,
        "codeless": view.codeless,
        "source": view.page.source,
        "notes": list_notes(view.draft.raw),
        "status": view.product.status,
        "published": view.product.published_version,
    }


@bp.get("/page/token")
@requires("marketer")
def token(product_id: int) -> ResponseReturnValue:
    """A new form token, for an editor that was open while its person signed in again."""
    return {"token": generate_csrf(), "product": product_id}


@bp.get("/page/blocks/")
@bp.get("/page/blocks/<kind>")
@requires("marketer")
def new_block(product_id: int, kind: str = "") -> ResponseReturnValue:
    """An empty block of a kind for the script to put in."""
    if kind not in BLOCKS:
        raise NotFound("“{value}” is not a kind of block.", value=kind[:30])
    with state().store.read() as db:
        product, page = product_store.get_product(db, product_id), page_store.get_page(db, product_id)
        view = _make_view(db, product, page, make_draft(page.content), request.args)
    return render_template(
        "pages/_block.html", view=view, kind=BLOCKS[kind], notes={}, picture_url=make_picture_url, readonly=False
    )


@bp.get("/preview")
@requires("staff")
def preview(product_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        content = page_store.get_page(db, product_id).content
    return render_preview(product_id, content, writing=True)


@bp.post("/preview")
@requires("marketer")
def preview_draft(product_id: int) -> ResponseReturnValue:
    request.max_form_parts = MAX_PARTS
    draft = read_draft(request.form, request.form.getlist("block"))
    content = check_draft(draft)
    if not _wants_json():
        return render_preview(product_id, content, writing=True)
    with state().store.read() as db:
        product, page = product_store.get_product(db, product_id), page_store.get_page(db, product_id)
        view = _make_view(db, product, page, draft, request.form)
    answer = render_preview(product_id, content, writing=True)
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
