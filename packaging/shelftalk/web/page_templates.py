"""Starting a page from a template, keeping one as a template, and copying one to another product."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.blocks import BLOCKS
from shelftalk.catalog.page import PageContent
from shelftalk.catalog.page_starts import STARTS, drop_headline, make_start, take_over
from shelftalk.errors import Conflict, Invalid, NotFound
from shelftalk.store import Db, page_templates
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.store.rows import ListQuery
from shelftalk.web.forms import Form, fresh_form, once, parse_line, read_form
from shelftalk.web.page_preview import render_preview
from shelftalk.web.security import get_actor, requires
from shelftalk.web.state import state
from shelftalk.web.texts import _, text_error

bp = Blueprint("page_templates", __name__, url_prefix="/admin")
MAX_NAME = 80
SHOWN = 30  # products to copy to, before one searches


def get_content(db: Db, which: str) -> PageContent:
    """The page of a ready-made template, or of one's own (t7); raises NotFound."""
    if which in STARTS:
        return make_start(STARTS[which])
    if which.startswith("t") and which[1:].isdecimal() and len(which) < 9:
        return page_templates.get_template(db, int(which[1:])).content
    raise NotFound("This template is no longer there.")


@bp.get("/products/<int:product_id>/page/templates")
@requires("marketer")
def choose(product_id: int) -> ResponseReturnValue:
    return _render_choice(product_id, fresh_form(name=""))


def _render_choice(product_id: int, form: Form) -> ResponseReturnValue:
    with state().store.read() as db:
        product, page = product_store.get_product(db, product_id), page_store.get_page(db, product_id)
        own = page_templates.list_templates(db)
    html = render_template(
        "pages/templates.html",
        form=form,
        product=product,
        page=page,
        starts=STARTS.values(),
        own=own,
        kinds=BLOCKS,
        is_empty=not page.content.texts,
    )
    return html, 200 if form.valid else 422


@bp.get("/products/<int:product_id>/page/templates/<which>/preview")
@requires("marketer")
def preview(product_id: int, which: str) -> ResponseReturnValue:
    """How this product's page would look with the template."""
    with state().store.read() as db:
        content = take_over(get_content(db, which), page_store.get_page(db, product_id).content)
    return render_preview(product_id, content)


@bp.post("/products/<int:product_id>/page/templates")
@requires("marketer")
def add(product_id: int) -> ResponseReturnValue:
    """Keep the page as it was saved last under a name."""
    form = read_form("name")
    with once(form) as earlier:
        if earlier:
            return earlier
        name = form.text("name", required=True, max_length=MAX_NAME)
        if form.valid:
            with form.catch(), state().store.write() as db:
                content = drop_headline(page_store.get_page(db, product_id).content)
                page_templates.add_template(db, name, content, by=get_actor().name, at=clock.now())
        if not form.valid:
            return _render_choice(product_id, form)
        flash(_("“{name}” is a template now. Other pages can start from it.", name=name), "success")
        return form.done(url_for("page_templates.choose", product_id=product_id))


@bp.post("/products/<int:product_id>/page/templates/<which>/use")
@requires("marketer")
def use(product_id: int, which: str) -> ResponseReturnValue:
    """Put the template in the draft's place; headline and photo stay, the old draft is put aside."""
    try:
        with state().store.write() as db:
            _replace(db, product_id, get_content(db, which), "template")
    except Conflict as error:
        flash(text_error(error), "warning")
        return redirect(url_for("page_templates.choose", product_id=product_id), 303)
    flash(_("The page starts from the template. The draft there was is put aside under Versions."), "success")
    return redirect(url_for("pages.edit", product_id=product_id), 303)


def _replace(db: Db, product_id: int, content: PageContent, why: str) -> None:
    """Raises Conflict when somebody saved the draft after it was looked at."""
    page = page_store.get_page(db, product_id)
    if request.form.get("revision") != str(page.revision):
        raise Conflict(
            "{name} saved the draft meanwhile. Look at it first, then choose again.",
            name=page.updated_by or "Somebody else",
        )
    whole = take_over(content, page.content)
    page_store.replace_draft(db, product_id, whole, why=why, by=get_actor().name, at=clock.now())


@bp.get("/products/<int:product_id>/page/copy")
@requires("marketer")
def ask_to_copy(product_id: int) -> ResponseReturnValue:
    search, wanted = request.args.get("q", "").strip()[:80], request.args.get("to", "")
    with state().store.read() as db:
        product = product_store.get_product(db, product_id)
        target = product_store.get_product(db, int(wanted)) if wanted.isdecimal() and len(wanted) < 10 else None
        page = page_store.get_page(db, target.id) if target else None
        listing = product_store.list_products(db, ListQuery(search=search, per_page=SHOWN))
    return render_template(
        "pages/copy.html",
        product=product,
        target=target if target and target.id != product_id else None,
        target_page=page,
        search=search,
        found=[item for item in listing.rows if item.id != product_id],
        more=listing.total > SHOWN,
    )


@bp.post("/products/<int:product_id>/page/copy")
@requires("marketer")
def copy(product_id: int) -> ResponseReturnValue:
    """Put this page's blocks and words into another product's draft, under its own headline and photo."""
    wanted = request.form.get("to", "")
    target_id = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0
    try:
        with state().store.write() as db:
            target = product_store.get_product(db, target_id)
            if target_id == product_id:
                raise Conflict("A page cannot be copied onto itself. Choose another product.")
            _replace(db, target_id, page_store.get_page(db, product_id).content, "copy")
    except Conflict as error:
        flash(text_error(error), "warning")
        return redirect(url_for("page_templates.ask_to_copy", product_id=product_id, to=target_id), 303)
    flash(
        _("The page is copied into the draft of “{name}”. Shoppers see it once it is published.", name=target.name),
        "success",
    )
    return redirect(url_for("pages.edit", product_id=target_id), 303)


@bp.get("/page-templates/")
@requires("marketer")
def index() -> ResponseReturnValue:
    return _render_list({}, {})


def _render_list(typed: dict[int, str], errors: dict[int, str]) -> ResponseReturnValue:
    with state().store.read() as db:
        own = page_templates.list_templates(db)
    html = render_template("pages/template_list.html", own=own, kinds=BLOCKS, typed=typed, errors=errors)
    return html, 422 if errors else 200


@bp.post("/page-templates/<int:template_id>/rename")
@requires("marketer")
def rename(template_id: int) -> ResponseReturnValue:
    typed = request.form.get("name", "").replace("\x00", "")
    try:
        name = parse_line(typed, "name", required=True, max_length=MAX_NAME)
        with state().store.write() as db:
            page_templates.rename_template(db, template_id, name)
    except Invalid as error:
        return _render_list({template_id: typed}, {template_id: text_error(error)})
    flash(_("Saved."), "success")
    return redirect(url_for("page_templates.index"), 303)


@bp.post("/page-templates/<int:template_id>/delete")
@requires("marketer")
def delete(template_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        template = page_templates.drop_template(db, template_id)
    flash(_("The template “{name}” is deleted. Pages made from it stay.", name=template.name), "success")
    return redirect(url_for("page_templates.index"), 303)
