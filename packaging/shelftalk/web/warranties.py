"""Warranties: registers what a shopper bought, confirms it by mail where one was given; staff find and delete."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.languages import get_language
from shelftalk.catalog.warranty import Registration, find_delete_day, list_asked, read_field
from shelftalk.errors import Invalid, NotFound
from shelftalk.reports.exports import write_table_csv
from shelftalk.store import Db, outbox
from shelftalk.store import sign_ups as sign_up_store
from shelftalk.store import warranties as warranty_store
from shelftalk.store.rows import ListQuery
from shelftalk.web import touch
from shelftalk.web.forms import go_to
from shelftalk.web.i18n import format_date
from shelftalk.web.lists import read_list_query
from shelftalk.web.outbox import make_message
from shelftalk.web.security import get_actor, requires
from shelftalk.web.sent import catch, get_texts, get_whence, render_mail, send_file
from shelftalk.web.state import state
from shelftalk.web.texts import _
from shelftalk.web.touch import Reply, Touch, is_trapped

bp = Blueprint("warranties", __name__, url_prefix="/admin/warranties")
COLUMNS = (
    "number",
    "registered_at",
    "product",
    "serial",
    "lot",
    "bought_on",
    "shop",
    "email",
    "language",
    "location",
    "code",
    "delete_on",
    "consent",
    "consent_version",
)


# ---- shoppers ----


def take(touch: Touch) -> Reply:
    """Register an item, or give the form back with what is missing."""
    if is_trapped(touch):
        return Reply(said=touch.block.id)
    errors: dict[str, str] = {}
    today = clock.today(state().settings.timezone)
    values = _read_fields(touch, today, errors)
    with catch(errors, touch):
        if touch.form.get("consent") != "1":
            raise Invalid("consent", "Tick the box: without it we may not keep this.")
    if errors:
        return Reply("answers/warranty-form.html", _show(touch) | {"typed": touch.form, "errors": errors}, 422)
    given = Registration(**values)  # type: ignore[arg-type]
    consent = str(get_texts(touch).get("consent") or "")
    delete_on = find_delete_day(touch.block.shared, today)
    with state().store.write() as db:
        at = clock.now()
        whence = get_whence(db, touch)
        done = warranty_store.register(db, whence, given, consent=consent, delete_on=delete_on, at=at)
        if done.mail_due and state().settings.sends_mail:
            outbox.add_mail(db, given.email, _make_mail(touch, given, done.number, delete_on), at=at)
    return Reply(said=touch.block.id, mine=done.number)


def _read_fields(touch: Touch, today: date, errors: dict[str, str]) -> dict[str, str | date]:
    """What the block asks for; mistakes go to `errors`."""
    values: dict[str, str | date] = {}
    for name, required in list_asked(touch.block.shared).items():
        with catch(errors, touch):
            value = read_field(name, touch.form.get(name, ""), today, required=required)
            if value:
                values[name] = value
    return values


def _make_mail(touch: Touch, given: Registration, number: str, delete_on: date) -> str:
    """What was registered, for the files of its owner."""
    title = touch.content.get_title(touch.language) or touch.product.name
    values = {
        "title": title,
        "brand": touch.product.brand,
        "language": get_language(touch.language),
        "number": number,
        "day": format_date(given.bought_on, touch.language) if given.bought_on else "",
        "delete_on": delete_on,
    }
    text, html = (render_mail(f"warranties/mail.{form}", touch.language, values) for form in ("txt", "html"))
    subject = state().translator.translate("Registered: {name}", touch.language, name=title)
    name = touch.product.brand or touch.product.name
    return make_message(state().settings, given.email, subject, text, html, name=name)


def say(touch: Touch) -> Reply:
    """The number, to write down."""
    number = touch.form.get("mine", "")
    good = len(number) == len("ABC-DEF-GHJ") and number.replace("-", "").isalnum() and number.isascii()
    return Reply("answers/warranty-said.html", _show(touch) | {"number": number if good else ""})


def _show(touch: Touch) -> dict[str, object]:
    return {"texts": get_texts(touch), "today": clock.today(state().settings.timezone).isoformat()}


touch.DOES["warranty"] = take
touch.SAYS["warranty"] = say


# ---- staff ----


@bp.get("/")
@requires("marketer")
def index() -> ResponseReturnValue:
    query = read_list_query(sorts=tuple(warranty_store.SORTS), sort="at", descending=True, filters=("product",))
    chosen = {"q": query.search} | dict(query.filters)
    address = url_for("warranties.export_csv") + "?" + urlencode({k: v for k, v in chosen.items() if v})
    with state().store.read() as db:
        return render_template(
            "warranties/index.html",
            query=query,
            listing=warranty_store.list_warranties(db, query),
            products=warranty_store.list_products(db),
            exports=sign_up_store.list_exports(db, "warranties"),
            list_export=address,
        )


@bp.get("/registered.csv")
@requires("marketer")
def export_csv() -> ResponseReturnValue:
    """What the list shows, as a file; that it left is written down."""
    query = read_list_query(sorts=tuple(warranty_store.SORTS), sort="at", filters=("product",))
    with state().store.write() as db:
        rows = _list_lines(db, replace(query, per_page=1_000_000, page=1))
        sign_up_store.note_export(db, "warranties", len(rows), by=get_actor().name, at=clock.now())
    return send_file(write_table_csv(COLUMNS, rows), "warranties.csv", "text/csv; charset=utf-8")


def _list_lines(db: Db, query: ListQuery) -> list[tuple[object, ...]]:
    return [
        (
            row.number,
            row.at.isoformat(timespec="seconds"),
            row.product_name,
            row.serial,
            row.lot,
            row.bought_on.isoformat() if row.bought_on else "",
            row.shop,
            row.email,
            row.language,
            row.location_name,
            row.code,
            row.delete_on.isoformat(),
            row.consent,
            row.version,
        )
        for row in warranty_store.list_warranties(db, query).rows
    ]


@bp.post("/<int:warranty_id>/delete")
@requires("marketer")
def delete(warranty_id: int) -> ResponseReturnValue:
    with state().store.write() as db:
        if not warranty_store.delete_warranty(db, warranty_id):
            raise NotFound("This registration is gone already.")
    flash(_("The registration is deleted."), "success")
    return go_to(url_for("warranties.index"))
