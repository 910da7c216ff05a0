"""Sign-ups: takes an address and has a confirming mail sent; staff see who confirmed and take them out as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.block import Field, parse_value
from shelftalk.catalog.languages import LANGUAGES, get_language
from shelftalk.errors import Invalid, NotFound
from shelftalk.reports.exports import write_table_csv
from shelftalk.store import Db, outbox
from shelftalk.store import sign_ups as sign_up_store
from shelftalk.store.rows import ListQuery
from shelftalk.store.sign_ups import SignUp
from shelftalk.web import touch
from shelftalk.web.forms import go_to
from shelftalk.web.lists import read_list_query
from shelftalk.web.mail_links import make_link
from shelftalk.web.outbox import make_message
from shelftalk.web.security import get_actor, requires
from shelftalk.web.sent import catch, get_texts, get_whence, render_mail, send_file
from shelftalk.web.state import state
from shelftalk.web.texts import _
from shelftalk.web.touch import Reply, Touch, is_trapped

bp = Blueprint("signups", __name__, url_prefix="/admin/sign-ups")
EMAIL = Field("email", "", "email", max_length=254)
COLUMNS = ("email", "language", "confirmed_at", "product", "location", "code", "consent", "consent_version")


# ---- shoppers ----


def take(touch: Touch) -> Reply:
    """Keep an address and send its owner a link. The answer is the same whether we know the address or not."""
    if not state().settings.sends_mail:
        raise NotFound("This part of the page is no longer there. Open the page again.")
    if is_trapped(touch):
        return Reply(said=touch.block.id)
    errors: dict[str, str] = {}
    email, consent = "", str(get_texts(touch).get("consent") or "")
    with catch(errors, touch):
        email = read_email(touch.form)
    with catch(errors, touch):
        if touch.form.get("consent") != "1":
            raise Invalid("consent", "Tick the box: without it we may not write to you.")
    if errors:
        return Reply("answers/signup-form.html", _show(touch) | {"typed": touch.form, "errors": errors}, 422)
    with state().store.write() as db:
        at = clock.now()
        kept = sign_up_store.sign_up(db, get_whence(db, touch), email, consent, at=at)
        if kept:
            outbox.add_mail(db, email, _make_mail(touch, kept), at=at)
    return Reply(said=touch.block.id)


def read_email(form: Mapping[str, str], name: str = "email") -> str:
    """An address somebody typed, in small letters; raises Invalid."""
    email = str(parse_value(replace(EMAIL, name=name), form.get(name, ""))).lower()
    if not email:
        raise Invalid(name, "Write your e-mail address. It looks like this: ada@tea.example.")
    if not email.isascii():
        raise Invalid(name, "“{value}” has letters mail cannot be sent to. Give another address.", value=email)
    return email


def _make_mail(touch: Touch, kept: SignUp) -> str:
    """The mail with the link, in the shopper's language."""
    product = touch.product
    title = touch.content.get_title(touch.language) or product.name
    values = {
        "title": title,
        "brand": product.brand,
        "language": get_language(touch.language),
        "confirm_url": make_link("confirm", kept.id, kept.email),
        "leave_url": make_link("leave", kept.id, kept.email),
        "consent": kept.consent,
    }
    text, html = (render_mail(f"signups/mail.{form}", touch.language, values) for form in ("txt", "html"))
    subject = state().translator.translate("Confirm your sign-up: {name}", touch.language, name=title)
    return make_message(
        state().settings,
        kept.email,
        subject,
        text,
        html,
        name=product.brand or product.name,
        leave_url=str(values["leave_url"]),
    )


def say(touch: Touch) -> Reply:
    """Ask to look into the mailbox."""
    return Reply("answers/signup-said.html", _show(touch))


def _show(touch: Touch) -> dict[str, object]:
    return {"texts": get_texts(touch)}


touch.DOES["signup"] = take
touch.SAYS["signup"] = say


# ---- staff ----


@bp.get("/")
@requires("marketer")
def index() -> ResponseReturnValue:
    query = read_list_query(
        sorts=tuple(sign_up_store.SORTS), sort="at", descending=True, filters=("state", "product", "language")
    )
    with state().store.read() as db:
        listing = sign_up_store.list_sign_ups(db, query)
        return render_template(
            "signups/index.html",
            query=query,
            listing=listing,
            counts=sign_up_store.count_sign_ups(db),
            products=sign_up_store.list_products(db),
            waiting=outbox.count_mail(db),
            exports=sign_up_store.list_exports(db, "sign_ups"),
            sends_mail=state().settings.sends_mail,
            language_options=[(tag, language.name) for tag, language in LANGUAGES.items()],
            list_export=_make_export_address(query),
        )


def _make_export_address(query: ListQuery) -> str:
    chosen = {name: query.filter(name) for name in ("product", "language") if query.filter(name)}
    return url_for("signups.export_csv") + (f"?{urlencode(chosen)}" if chosen else "")


@bp.get("/addresses.csv")
@requires("marketer")
def export_csv() -> ResponseReturnValue:
    """The confirmed addresses as asked for by the list; that they left is written down."""
    query = read_list_query(sorts=tuple(sign_up_store.SORTS), sort="email", filters=("product", "language"))
    with state().store.write() as db:
        rows = _list_lines(db, replace(query, per_page=1_000_000, page=1))
        sign_up_store.note_export(db, "sign_ups", len(rows), by=get_actor().name, at=clock.now())
    return send_file(write_table_csv(COLUMNS, rows), "sign-ups.csv", "text/csv; charset=utf-8")


def _list_lines(db: Db, query: ListQuery) -> list[tuple[object, ...]]:
    return [
        (
            row.email,
            row.language,
            row.confirmed_at.isoformat(timespec="seconds") if row.confirmed_at else "",
            row.product_name,
            row.location_name,
            row.code,
            row.consent,
            row.version,
        )
        for row in sign_up_store.list_sign_ups(db, query).rows
    ]


@bp.post("/<int:sign_up_id>/delete")
@requires("marketer")
def delete(sign_up_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        if not sign_up_store.delete_sign_up(db, sign_up_id):
            raise NotFound("This address is gone already.")
    flash(_("The address is deleted."), "success")
    return go_to(url_for("signups.index"))
