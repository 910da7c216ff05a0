"""The gate before publishing: measures a page as phones would get it, tells what is wrong, lets an administrator by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.form_rules import CODES_FIELD
from shelftalk.catalog.gate import (
    MAX_PAGE_BYTES,
    RULES,
    Check,
    check_alt,
    check_contrast,
    check_forms,
    check_languages,
    check_links,
    check_pictures,
    check_weight,
    check_words,
    list_links,
)
from shelftalk.catalog.languages import LANGUAGES, get_language
from shelftalk.catalog.media import Media, make_file_name
from shelftalk.catalog.page import Gap, PageContent
from shelftalk.catalog.palette import make_palettes
from shelftalk.catalog.product import Product
from shelftalk.errors import Conflict, Invalid, mark
from shelftalk.scans.shelf import RenderedPage, compress_page
from shelftalk.store import Db, notes
from shelftalk.store import coupons as coupon_store
from shelftalk.store import gate as gate_store
from shelftalk.store import media as media_store
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.store.extras import load_extras
from shelftalk.web import link_check
from shelftalk.web.forms import fresh_form, read_form, render_form
from shelftalk.web.page_form import name_field
from shelftalk.web.ready_pages import Source
from shelftalk.web.security import get_actor, may, requires
from shelftalk.web.shopper import list_pictures
from shelftalk.web.state import State, state
from shelftalk.web.texts import _

bp = Blueprint("gate", __name__, url_prefix="/admin")
FIRST_PICTURE_PX = 691  # 64 vw of a 360 px screen with three pixels to one
KNOWN_FOR = timedelta(hours=24)
REQUIRED = "required_languages"  # the note they are kept in
MIN_REASON = 10
_FAULTS: Mapping[str, str] = {
    "gone": mark("“{url}” answers {detail}: there is nothing any more. Correct the address or take it out."),
    "unknown_host": mark("“{url}” leads nowhere: there is no site called {detail}. Look for a slip of the finger."),
    "private": mark("“{url}” leads into a private network ({detail}), where no shopper gets. Give the public address."),
    "insecure": mark("“{url}” would show shoppers a warning: the certificate of {detail} is not valid."),
}


@dataclass(frozen=True)
class Report:
    """The gate's word on a page: every rule's outcome, in order."""

    checks: tuple[Check, ...]

    @property
    def gaps(self) -> list[Gap]:
        """All that stands in the way."""
        return [gap for check in self.checks for gap in check.gaps]


def run_gate(state: State, db: Db, product: Product, content: PageContent) -> Report:
    """Every rule but the links, which `ask_links` adds: they take as long as the world outside."""
    media = media_store.find_media(db, list_pictures(product, content))
    pages = _render_pages(state, Source(product, content, media, load_extras(db, product.id, content)))
    sizes = {page.language: len(page.gz) for page in pages}
    hero = next((block for block in content.blocks if block.type == "hero" and not block.hidden), None)
    photo = media.get((hero.shared.get("image", "") if hero else "") or product.photo)
    return Report(
        (
            check_words(content),
            check_languages(content, list_required(db)),
            check_weight(content, sizes),
            check_pictures(content, _weigh_picture(state, photo)),
            check_alt(content, has_photo=photo is not None),
            check_contrast(make_palettes(product.colour)),
            check_forms(content, sends_mail=state.settings.sends_mail, codeless=find_codeless(db, product.id, content)),
        )
    )


def find_codeless(db: Db, product_id: int, content: PageContent) -> list[str]:
    """The coupons whose pool never had a code."""
    pools = [block for block in content.blocks if block.type == "coupon" and not block.shared.get("common")]
    return [block.id for block in pools if not coupon_store.count_coupons(db, product_id, block.id).total]


def _render_pages(state: State, source: Source) -> list[RenderedPage]:
    """The pages as phones would get them. Once they pass, the shelf takes these very ones."""
    pages = state.renderer.render_pages(source.product, source.content, source.media, source.extras)
    compressed = [replace(page, gz=compress_page(page.html)) for page in pages]
    state.keeper.ready.put(replace(source, without=state.renderer.without), compressed)
    return compressed


def _weigh_picture(state: State, photo: Media | None) -> int:
    """The bytes of the first picture as a usual phone asks for it."""
    if photo is None:
        return 0
    path = state.media_folder / make_file_name(photo.id, photo.choose_width(FIRST_PICTURE_PX), "avif")
    return path.stat().st_size if path.is_file() else 0


def ask_links(state: State, content: PageContent, *, anew: bool = False) -> Check:
    """Ask every address on the page that was not asked within a day; none of it inside a transaction."""
    links, at = list_links(content), clock.now()
    with state.store.read() as db:
        known = {} if anew else gate_store.list_link_checks(db, {link.url for link in links}, at - KNOWN_FOR)
    good = {url: link_check.LinkResult("works") for url, found in known.items() if found.state == "works"}
    found = _ask(state, [link.url for link in links if link.url not in good])
    if found:
        with state.store.write() as db:
            gate_store.put_link_checks(db, {url: (one.state, one.detail) for url, one in found.items()}, at)
    faults = {url: (_FAULTS[one.state], {"detail": one.detail}) for url, one in found.items() if one.state in _FAULTS}
    return check_links(links, faults)


def _ask(state: State, urls: Sequence[str]) -> dict[str, link_check.LinkResult]:
    settings = state.settings
    if not settings.check_links or not urls:
        return {}
    control = "example.com" if settings.origin_is_local else urlsplit(settings.origin).hostname or ""
    return link_check.check_links(urls, control, state.network)


def list_required(db: Db) -> list[str]:
    """The languages every page must have before it is published."""
    return [tag for tag in notes.find_note(db, REQUIRED).split(",") if tag in LANGUAGES]


def check_draft_page(state: State, product_id: int, *, anew: bool = False) -> Report:
    """The gate's word on the draft as it was saved last."""
    with state.store.read() as db:
        content = page_store.get_page(db, product_id).content
    return _check_page(state, product_id, content, anew=anew)


def _check_page(state: State, product_id: int, content: PageContent, *, anew: bool = False) -> Report:
    with state.store.read() as db:
        report = run_gate(state, db, product_store.get_product(db, product_id), content)
    return Report((*report.checks, ask_links(state, content, anew=anew)))


def publish_page(state: State, product_id: int, *, by: str, at: datetime, reason: str = "") -> int:
    """Publish the draft if the gate lets it pass, or for a `reason` that is kept; gives the version.

    Raises NotPublishable with all that is wrong, and Conflict when somebody saved meanwhile.
    """
    with state.store.read() as db:
        page = page_store.get_page(db, product_id)
    gaps = _check_page(state, product_id, page.content).gaps
    if gaps and not reason:
        raise page_store.NotPublishable(gaps)
    with state.store.write() as db:
        if page_store.get_revision(db, product_id) != page.revision:
            raise Conflict("Somebody saved this page a moment ago. Look at it, then publish again.")
        version = page_store.publish_content(db, product_id, page.content, by=by, at=at, force=bool(reason))
        if gaps:
            known = {one.version for one in gate_store.list_overrides(db, product_id)}
            if version not in known:
                gate_store.add_override(db, product_id, version, by=by, reason=reason, failures=len(gaps), at=at)
    return version


@bp.get("/products/<int:product_id>/page/check")
@requires("staff")
def show(product_id: int) -> ResponseReturnValue:
    return _show(product_id)


def _show(product_id: int, *, anew: bool = False, error: str = "", reason: str = "") -> ResponseReturnValue:
    report = check_draft_page(state(), product_id, anew=anew)
    with state().store.read() as db:
        product, content = product_store.get_product(db, product_id), page_store.get_page(db, product_id).content
        has_news = product.status != "live" or page_store.has_news(db, product_id)
        overrides, required = gate_store.list_overrides(db, product_id), list_required(db)
    page = render_template(
        "gate/show.html",
        product=product,
        report=report,
        rules=RULES,
        lines={check.rule: [_describe(product_id, gap, content) for gap in check.gaps] for check in report.checks},
        advice={check.rule: [_describe(product_id, gap, content) for gap in check.advice] for check in report.checks},
        overrides=overrides,
        required=required,
        has_news=has_news and product.status != "retired",
        allowed=MAX_PAGE_BYTES,
        links_on=state().settings.check_links,
        link_count=len({link.url for link in list_links(content)}),
        may_override=may("admin") and bool(content.languages),
        error=error,
        reason=reason,
    )
    return page, 422 if error else 200


def _describe(product_id: int, gap: Gap, content: PageContent) -> dict[str, str]:
    """A gap as a sentence, and the address where it is mended."""
    kinds = {block.id: get_block_type(block.type) for block in content.blocks}
    hero = next((block.id for block in content.blocks if block.type == "hero"), "")
    block_id = gap.block_id or hero
    language = gap.language or next(iter(content.languages), "")
    kind = kinds.get(block_id)
    name = name_field(block_id, language, gap.field, kind.fields) if kind else ""
    href = url_for("pages.edit", product_id=product_id, show=language or None, _anchor=name or None)
    if gap.field == "colour":
        href = url_for("products.edit", product_id=product_id)
    elif kind and kind.name == "coupon" and gap.field == CODES_FIELD:
        href = url_for("coupons.show", product_id=product_id, block=block_id)
    return {"text": _(gap.message, **{key: _translate(key, value) for key, value in gap.values.items()}), "href": href}


def _translate(key: str, value: object) -> object:
    """A value of a message in the reader's language; an address stays as it is."""
    if isinstance(value, tuple):
        return tuple(_(one) for one in value)
    return _(value) if isinstance(value, str) and key != "url" else value


@bp.post("/products/<int:product_id>/page/check")
@requires("marketer")
def ask_again(product_id: int) -> ResponseReturnValue:
    """Ask every link anew, those that worked within a day too."""
    return _show(product_id, anew=True)


@bp.post("/products/<int:product_id>/page/override")
@requires("admin")
def override(product_id: int) -> ResponseReturnValue:
    """Publish although something is wrong; who and why is kept with the version."""
    reason = " ".join(request.form.get("reason", "").replace("\x00", "").split())[:500]
    if len(reason) < MIN_REASON:
        error = _("Write why, in {allowed} letters or more: it is kept with the version.", allowed=MIN_REASON)
        return _show(product_id, error=error, reason=reason)
    try:
        version = publish_page(state(), product_id, by=get_actor().name, at=clock.now(), reason=reason)
    except page_store.NotPublishable:
        return _show(product_id, error=_("Without a headline in any language there is no page to publish."))
    except Conflict as problem:
        return _show(product_id, error=_(problem.message, **problem.values), reason=reason)
    state().refresh_shelf()
    flash(_("Version {version} is live. Phones get it from now on.", version=version), "success")
    return redirect(url_for("products.show", product_id=product_id), 303)


@bp.get("/rules")
@requires("admin")
def rules() -> ResponseReturnValue:
    with state().store.read() as db:
        form = fresh_form(**dict.fromkeys(list_required(db), "on"))
    return render_template("gate/rules.html", form=form, chosen=set(form.values))


@bp.post("/rules")
@requires("admin")
def save_rules() -> ResponseReturnValue:
    form = read_form()
    chosen = form.get_all("language")
    try:
        tags = [get_language(tag).tag for tag in chosen]
    except Invalid as error:
        form.fail(error)
        return render_form("gate/rules.html", form, chosen=set(chosen))
    with state().store.write() as db:
        notes.set_note(db, REQUIRED, ",".join(tag for tag in LANGUAGES if tag in tags))
    flash(_("Saved."), "success")
    return form.done(url_for("gate.rules"))
