"""Coupons: shows a shopper a code, one of a pool never twice; staff fill the pools and see what is left.

After a code was given, the answer's address carries the code's number, signed and good for a day: reloading that
answer, or coming back to it, shows the same code and takes no other. Nothing about the phone is kept for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, current_app, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from shelftalk import clock
from shelftalk.catalog.coupon import find_day, parse_coupons
from shelftalk.errors import Invalid, NotFound
from shelftalk.reports.exports import write_table_csv
from shelftalk.store import Db
from shelftalk.store import coupons as coupon_store
from shelftalk.store import sent as sent_store
from shelftalk.store.coupons import Pool, Stock
from shelftalk.store.sent import Holder, PlacedBlock
from shelftalk.web import touch
from shelftalk.web.forms import Form, fresh_form, once, read_form, render_form
from shelftalk.web.i18n import current_tag
from shelftalk.web.lists import read_list_query
from shelftalk.web.pages import after_change
from shelftalk.web.security import requires
from shelftalk.web.sent import get_texts, get_whence, send_file
from shelftalk.web.state import state
from shelftalk.web.texts import ngettext
from shelftalk.web.touch import Reply, Touch, is_trapped

bp = Blueprint("coupons", __name__, url_prefix="/admin/coupons")
GOOD_S = 24 * 3600  # how long the address of an answer finds its code again


# ---- shoppers ----


def take(touch: Touch) -> Reply:
    """Give a code: the one for all, or the next of the pool."""
    early, late = _check_days(touch, clock.today(state().settings.timezone))
    if early or late:
        return _gone(touch, early=early, late=late)
    if is_trapped(touch):
        return _gone(touch)
    common = touch.block.shared.get("common", "")
    with state().store.write() as db:
        whence = get_whence(db, touch)
        at = clock.now()
        given = (
            coupon_store.take_common_coupon(db, whence, common, at=at)
            if common
            else coupon_store.take_coupon(db, whence, at=at)
        )
        stock = coupon_store.count_coupons(db, touch.product.id, touch.block.id)
    if given is None:
        return _gone(touch, stock=stock)
    if stock.is_gone and not common:
        after_change()
    return Reply(said=touch.block.id, mine=_sign(touch, given.id))


def _check_days(touch: Touch, today: date) -> tuple[date | None, date | None]:
    """The first day when it is still to come, the last day when it is over."""
    first, last = find_day(touch.block.shared, "from"), find_day(touch.block.shared, "until")
    return (first if first and today < first else None), (last if last and today > last else None)


def _gone(touch: Touch, *, early: date | None = None, late: date | None = None, stock: Stock | None = None) -> Reply:
    values = _show(touch) | {"early": early, "late": late, "stock": stock}
    return Reply("answers/coupon-gone.html", values, act="-")


def say(touch: Touch) -> Reply:
    """The code that was given, as often as its answer is opened."""
    with state().store.read() as db:
        found = _read_signed(touch)
        coupon = coupon_store.find_coupon(db, touch.product.id, touch.block.id, found) if found else ""
    if not coupon:
        return _gone(touch)
    return Reply("answers/coupon-said.html", _show(touch) | {"coupon": coupon})


def _show(touch: Touch) -> dict[str, object]:
    return {"texts": get_texts(touch), "until": find_day(touch.block.shared, "until")}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="coupon")


def _sign(touch: Touch, coupon_id: int) -> str:
    signed = _signer().dumps([touch.product.id, touch.block.id, coupon_id])
    return signed if isinstance(signed, str) else signed.decode()


def _read_signed(touch: Touch) -> int:
    """The number of the code its sender was given, or 0."""
    try:
        product_id, block_id, coupon_id = _signer().loads(touch.form.get("mine", "")[:300], max_age=GOOD_S)
    except (BadSignature, ValueError, TypeError):
        return 0
    return int(coupon_id) if (product_id, block_id) == (touch.product.id, touch.block.id) else 0


touch.DOES["coupon"] = take
touch.SAYS["coupon"] = say


# ---- staff ----


@dataclass(frozen=True)
class PoolLine:
    """A coupon in the list."""

    product_id: int
    block_id: str
    product_name: str
    heading: str
    common: str
    stock: Stock
    given: int
    shown: bool
    pooled: bool  # whether codes belong to it: on phones, or in the draft that is to follow


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    query = read_list_query(sorts=("product",))
    with state().store.read() as db:
        holders = sent_store.list_holders(db, "coupon", query)
        lines = [line for holder in holders.rows for line in _list_lines(db, holder)]
    return render_template("coupons/index.html", query=query, listing=holders, pools=lines)


def _list_lines(db: Db, holder: Holder) -> list[PoolLine]:
    """A product's coupons: those on its page, those on its draft, then those that were."""
    pools = {pool.block_id: pool for pool in coupon_store.list_pools(db, holder.product_id)}
    published = sent_store.list_blocks(db, "coupon", holder)
    drafts = sent_store.list_draft_blocks(db, "coupon", holder)
    known = {one.block.id for one in published}
    pooled = {one.block.id for one in (*published, *drafts) if not one.block.shared.get("common")}
    new = [one for one in drafts if one.block.id not in known]
    lines = [_make_line(one, pools.pop(one.block.id, None), one.block.id in pooled) for one in (*published, *new)]
    return [*lines, *(_make_gone_line(holder, pool) for pool in pools.values())]


def _make_line(one: PlacedBlock, pool: Pool | None, pooled: bool) -> PoolLine:
    return PoolLine(
        one.holder.product_id,
        one.block.id,
        one.holder.product_name,
        one.get_text("heading", current_tag()),
        one.block.shared.get("common", ""),
        Stock(pool.total, pool.remaining) if pool else Stock(0, 0),
        pool.given if pool else 0,
        one.shown,
        pooled,
    )


def _make_gone_line(holder: Holder, pool: Pool) -> PoolLine:
    stock = Stock(pool.total, pool.remaining)
    return PoolLine(holder.product_id, pool.block_id, holder.product_name, "", "", stock, pool.given, False, True)


def _find_line(product_id: int, block: str) -> PoolLine:
    """One coupon; raises NotFound."""
    with state().store.read() as db:
        for line in _list_lines(db, sent_store.get_holder(db, product_id)):
            if line.block_id == block:
                return line
    raise NotFound("There is no such coupon. Save the page with its block first.")


@bp.get("/<int:product_id>/<block>")
@requires("staff")
def show(product_id: int, block: str) -> ResponseReturnValue:
    return _render(_find_line(product_id, block), fresh_form())


def _render(line: PoolLine, form: Form) -> ResponseReturnValue:
    with state().store.read() as db:
        places = coupon_store.list_giving_places(db, line.product_id, line.block_id)
    return render_form("coupons/show.html", form, pool=line, places=places)


@bp.post("/<int:product_id>/<block>")
@requires("marketer")
def add(product_id: int, block: str) -> ResponseReturnValue:
    """Add codes to a pool, pasted or from a file."""
    line = _find_line(product_id, block)
    form = read_form("codes", "file")
    coupons: Sequence[str] = ()
    with form.catch():
        coupons = parse_coupons(_read_text(form))
    if not form.valid:
        return _render(line, form)
    with once(form) as earlier:
        if earlier:
            return earlier
        with state().store.write() as db:
            count = coupon_store.add_coupons(db, product_id, block, coupons, at=clock.now())
        after_change()
        flash(_describe_added(count, len(coupons) - count), "success" if count else "warning")
        return form.done(url_for("coupons.show", product_id=product_id, block=block))


def _read_text(form: Form) -> str:
    file = form.file("file")
    if file is None:
        return form.get("codes")
    try:
        return str(file.read(), "utf-8-sig") + "\n" + form.get("codes")
    except UnicodeDecodeError:
        raise Invalid("file", "“{value}” is no text file. Save it as CSV in UTF-8.", value=file.filename) from None


def _describe_added(count: int, known: int) -> str:
    added = ngettext("{n} code added.", "{n} codes added.", count)
    return f"{added} " + ngettext("{n} was there already.", "{n} were there already.", known) if known else added


@bp.post("/<int:product_id>/<block>/empty")
@requires("marketer")
def empty(product_id: int, block: str) -> ResponseReturnValue:
    """Take the codes nobody has out of a pool: the wrong list was pasted."""
    _find_line(product_id, block)
    form = read_form()
    with once(form) as earlier:
        if earlier:
            return earlier
        with state().store.write() as db:
            count = coupon_store.drop_coupons_left(db, product_id, block)
        after_change()
        flash(ngettext("{n} code taken out.", "{n} codes taken out.", count), "success")
        return form.done(url_for("coupons.show", product_id=product_id, block=block))


@bp.get("/<int:product_id>/<block>/given.csv")
@requires("marketer")
def export_csv(product_id: int, block: str) -> ResponseReturnValue:
    """Which codes were shown when and where."""
    line = _find_line(product_id, block)
    with state().store.read() as db:
        givings = coupon_store.list_givings(db, product_id, line.block_id)
    rows = [(one.coupon, _format_at(one.at), one.location_name, one.code, one.language) for one in givings]
    table = write_table_csv(("coupon", "given_at", "location", "code", "language"), rows)
    return send_file(table, f"coupons-{line.block_id}.csv", "text/csv; charset=utf-8")


def _format_at(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
