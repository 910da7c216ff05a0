"""A page's history: every version, what differs between any two, how they looked, going back to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import PageContent
from shelftalk.catalog.page_diff import BlockChange, FieldChange, Piece, Summary, compare_pages, summarise
from shelftalk.catalog.product import Product
from shelftalk.errors import Conflict, NotFound, mark
from shelftalk.store import Db
from shelftalk.store import gate as gate_store
from shelftalk.store import media as media_store
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.store.pages import WHY, KeptDraft, NotPublishable
from shelftalk.web.page_preview import render_preview
from shelftalk.web.publishing import publish_again
from shelftalk.web.security import get_actor, requires
from shelftalk.web.shopper import make_picture_url
from shelftalk.web.state import state
from shelftalk.web.texts import _, ngettext, text_error

bp = Blueprint("page_versions", __name__, url_prefix="/admin/products/<int:product_id>/page/versions")
PER_PAGE = 20
HOW = {
    "added": (mark("Added"), "success"),
    "removed": (mark("Removed"), "danger"),
    "moved": (mark("Moved"), "primary"),
    "hidden": (mark("Hidden"), "secondary"),
    "shown": (mark("Shown again"), "secondary"),
    "changed": (mark("Changed"), "warning"),
}


@dataclass(frozen=True)
class Edition:
    """A state of the page one can look at: the draft, a version (v3), a draft put aside (d7)."""

    key: str
    name: str
    content: PageContent
    at: datetime
    by: str


@dataclass(frozen=True)
class Entry:
    """A version in the list, with what changed since the one before."""

    edition: Edition
    number: int
    before: str  # the key of the one before, or empty
    summary: Summary


def get_edition(db: Db, product_id: int, key: str) -> Edition:
    """The state of the page under a key; raises NotFound."""
    number = int(key[1:]) if key[1:].isdecimal() and len(key) < 10 else 0
    if key == "draft":
        page = page_store.get_page(db, product_id)
        return Edition(key, _("Draft"), page.content, page.updated_at, page.updated_by)
    if key.startswith("v") and number:
        version, content = page_store.get_version(db, product_id, number)
        return Edition(key, _name_version(number), content, version.published_at, version.published_by)
    if key.startswith("d") and number:
        return _make_kept(page_store.get_kept_draft(db, product_id, number))
    raise NotFound("There is no version “{value}” of this page.", value=key[:20])


def _name_version(number: int) -> str:
    return _("Version {version}", version=number)


def _make_kept(kept: KeptDraft) -> Edition:
    return Edition(f"d{kept.id}", _("Draft put aside"), kept.content, kept.at, kept.by)


@bp.get("")
@requires("staff")
def index(product_id: int) -> ResponseReturnValue:
    page = max(1, request.args.get("page", 1, int))
    with state().store.read() as db:
        product = product_store.get_product(db, product_id)
        draft = get_edition(db, product_id, "draft")
        published = page_store.get_published(db, product_id)
        numbers = [item.version for item in page_store.list_versions(db, product_id)]
        shown = numbers[(page - 1) * PER_PAGE : page * PER_PAGE]
        entries = _list_entries(db, product_id, shown, numbers)
        kept = page_store.list_kept_drafts(db, product_id)
        reasons = _list_reasons(db, product_id)
    return render_template(
        "pages/versions.html",
        reasons=reasons,
        product=product,
        draft=draft,
        news=summarise(compare_pages(published, draft.content)) if published else None,
        entries=entries,
        numbers=numbers,
        kept=[(_make_kept(item), _(WHY.get(item.why, ""))) for item in kept],
        page=page,
        pages=max(1, -(-len(numbers) // PER_PAGE)),
        describe=describe_summary,
    )


def _list_reasons(db: Db, product_id: int) -> dict[str, str]:
    """Why versions were published against advice, by key."""
    return {f"v{one.version}": one.reason for one in gate_store.list_overrides(db, product_id)}


def _list_entries(db: Db, product_id: int, shown: list[int], numbers: list[int]) -> list[Entry]:
    """The versions of one page of the list; each is read once, though it is compared twice."""
    entries: list[Entry] = []
    read: dict[int, Edition] = {}
    for number in shown:
        place = numbers.index(number) + 1
        pair = [number, *numbers[place : place + 1]]
        for one in pair:
            read[one] = read.get(one) or get_edition(db, product_id, f"v{one}")
        before = read[pair[1]].content if len(pair) == 2 else PageContent((), {})
        summary = summarise(compare_pages(before, read[number].content))
        entries.append(Entry(read[number], number, f"v{pair[1]}" if len(pair) == 2 else "", summary))
    return entries


def describe_summary(summary: Summary) -> str:
    """A difference in a line."""
    counts = (
        (summary.added, ngettext("{n} block added", "{n} blocks added", summary.added)),
        (summary.removed, ngettext("{n} block removed", "{n} blocks removed", summary.removed)),
        (summary.moved, ngettext("{n} block moved", "{n} blocks moved", summary.moved)),
        (summary.changed, ngettext("{n} block changed", "{n} blocks changed", summary.changed)),
    )
    parts = [text for count, text in counts if count]
    languages = ", ".join(LANGUAGES[tag].name for tag in summary.languages)
    return " · ".join([*parts, languages] if languages else parts) or _("Nothing differs")


@bp.get("/compare")
@requires("staff")
def compare(product_id: int) -> ResponseReturnValue:
    with state().store.read() as db:
        product = product_store.get_product(db, product_id)
        numbers = [item.version for item in page_store.list_versions(db, product_id)]
        newest = f"v{numbers[0]}" if numbers else "draft"
        old = get_edition(db, product_id, request.args.get("from") or newest)
        new = get_edition(db, product_id, request.args.get("to") or "draft")
        kept = page_store.list_kept_drafts(db, product_id)
    choices = [("draft", _("Draft")), *((f"v{number}", _name_version(number)) for number in numbers)]
    choices += [(f"d{item.id}", _("Draft put aside")) for item in kept]
    return render_compare(product, old, new, choices=choices)


def render_compare(
    product: Product, old: Edition, new: Edition, *, choices: list[tuple[str, str]] | None = None
) -> ResponseReturnValue:
    """What differs between two states of a page, to read."""
    changes = compare_pages(old.content, new.content)
    ids = {piece.text for change in changes for field in change.fields for piece in _list_pictures(field)}
    with state().store.read() as db:
        pictures = media_store.find_media(db, ids)
    return render_template(
        "pages/compare.html",
        product=product,
        old=old,
        new=new,
        changes=[(change, _name_block(change, old, new)) for change in changes],
        summary=describe_summary(summarise(changes)),
        choices=choices or [],
        get_kind=get_block_type,
        how=HOW,
        pictures=pictures,
        picture_url=make_picture_url,
    )


def _list_pictures(field: FieldChange) -> list[Piece]:
    return [piece for line in field.lines for piece in line] if field.field.kind == "image" else []


def _name_block(change: BlockChange, old: Edition, new: Edition) -> str:
    """A block's heading, to tell two of one kind apart."""
    source = old if change.how == ("removed",) else new
    for texts in source.content.texts.values():
        values = texts.get(change.block.id, {})
        heading = values.get("heading") or values.get("title") or ""
        if isinstance(heading, str) and heading:
            return heading
    return ""


@bp.get("/<key>")
@requires("staff")
def show(product_id: int, key: str) -> ResponseReturnValue:
    with state().store.read() as db:
        product = product_store.get_product(db, product_id)
        edition = get_edition(db, product_id, key)
        page = page_store.get_page(db, product_id)
        reasons = _list_reasons(db, product_id)
    languages = edition.content.languages
    asked = request.args.get("lang", "")
    return render_template(
        "pages/version.html",
        reasons=reasons,
        product=product,
        edition=edition,
        page=page,
        languages=languages,
        shown=asked if asked in languages else (languages[0] if languages else ""),
        is_live=product.status == "live" and key == f"v{product.published_version}",
        same_as_draft=edition.content == page.content,
    )


@bp.get("/<key>/preview")
@requires("staff")
def preview(product_id: int, key: str) -> ResponseReturnValue:
    with state().store.read() as db:
        content = get_edition(db, product_id, key).content
    return render_preview(product_id, content)


@bp.post("/<key>/publish")
@requires("marketer")
def publish(product_id: int, key: str) -> ResponseReturnValue:
    """Go back to an older version: shoppers read it as a new one, so that the history stays whole."""
    number, seen = key[1:], request.form.get("published", "")
    if not key.startswith("v") or not number.isdecimal() or len(number) > 8:
        raise NotFound("There is no version “{value}” of this page.", value=key[:20])
    live = int(seen) if seen.isdecimal() and len(seen) < 9 else 0
    try:
        version = publish_again(state(), product_id, int(number), live, by=get_actor().name, at=clock.now())
    except NotPublishable as error:
        flash(text_error(error), "warning")
        flash(_("Take it into the draft instead: there you can mend what is wrong."), "warning")
        return redirect(url_for("page_versions.show", product_id=product_id, key=key), 303)
    except Conflict as error:
        flash(text_error(error), "warning")
        return redirect(url_for("page_versions.index", product_id=product_id), 303)
    state().refresh_shelf()
    flash(_("Version {version} is live. Phones get it from now on.", version=version), "success")
    return redirect(url_for("page_versions.index", product_id=product_id), 303)


@bp.post("/<key>/take")
@requires("marketer")
def take(product_id: int, key: str) -> ResponseReturnValue:
    """Put a version's content into the draft; the draft there was is put aside."""
    seen = request.form.get("revision", "")
    with state().store.write() as db:
        content = get_edition(db, product_id, key).content
        page = page_store.get_page(db, product_id)
        same = seen == str(page.revision)
        if same and content != page.content:
            why = "draft" if key.startswith("d") else "version"
            page_store.replace_draft(db, product_id, content, why=why, by=get_actor().name, at=clock.now())
    if not same:
        by = page.updated_by or _("Somebody else")
        flash(_("{name} saved the draft meanwhile. Look at it first, then choose again.", name=by), "warning")
        return redirect(f"{url_for('page_versions.compare', product_id=product_id)}?from={key}&to=draft", 303)
    flash(_("It is in the draft now. The draft there was is put aside under Versions."), "success")
    return redirect(url_for("pages.edit", product_id=product_id), 303)
