"""Label sheets: which placements, on which stock, from which label; seen before they are printed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from shelftalk.errors import Invalid, NotFound
from shelftalk.labels.distance import REASONS, round_down
from shelftalk.labels.item import asks_for
from shelftalk.labels.point_of_sale import X_DIMENSION
from shelftalk.store import placements as placement_store
from shelftalk.store import runs as run_store
from shelftalk.store.db import Db
from shelftalk.store.placements import PlacementRow
from shelftalk.store.rows import Listing, ListQuery
from shelftalk.web import label_job, look_form, placing_form
from shelftalk.web.forms import Form, fresh_form, once, read_form
from shelftalk.web.label_designs import choose_design, list_offers
from shelftalk.web.label_items import CodeReader, PrintedCode, get_call_to_action
from shelftalk.web.label_job import FIRST_STOCK, MOST_LABELS, Outcome, foresee, read_job, refuse_many
from shelftalk.web.lists import is_narrowed, read_list_query
from shelftalk.web.marked_sheets import answer_marked
from shelftalk.web.placements import FILTERS, SORTS, clean_filters
from shelftalk.web.print_advice import describe_design_reach
from shelftalk.web.run_choices import RunChoices, read_choices
from shelftalk.web.security import may, requires
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock, list_stocks
from shelftalk.web.stock_words import describe_stock, find_stocks, group_stocks

bp = Blueprint("labels", __name__, url_prefix="/admin/labels")
FIELDS = ("q", "codes", "sq", *label_job.FIELDS, "do")
SHOWN = 40  # placements offered, and chosen ones listed one by one


@dataclass(frozen=True)
class Chosen:
    """A placement chosen for printing, with the words its label says."""

    code: PrintedCode
    call_to_action: str


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    form = fresh_form(q="", stock=_find_last_stock(), sq="", **label_job.FRESH)
    run_id = label_job.read_number(request.args.get("run", ""))
    if run_id:
        earlier = _take_run(form, run_id)
        return _render(form, earlier.codes, earlier)
    _take_choices(form)
    form.values["style"] = request.args.get("style", "")[:40]
    choose_design(form, request.args.get("design", ""))
    codes = read_codes(request.args.getlist("code"), request.args.get("codes", ""))
    query = read_list_query(sorts=SORTS, filters=FILTERS)
    query = replace(query, filters=clean_filters(query.filters))
    if is_narrowed(query) and not codes:
        codes = _list_matching(query, form)
    return _render(form, codes)


def _take_run(form: Form, run_id: int) -> RunChoices:
    """What an earlier run was printed with, to be changed; raises NotFound."""
    with state().store.read() as db:
        earlier = read_choices(db, run_store.get_run(db, run_id), state().settings.label_printers)
    form.values |= earlier.values | {"like": str(run_id)}
    return earlier


def _take_choices(form: Form) -> None:
    """What the address asks for; what cannot be meant is left as it was."""
    form.values["units"] = "on" if request.args.get("units") == "on" else ""
    for name in ("start", "copies"):
        number = request.args.get(name, "")
        if number.isdecimal() and len(number) < 8 and int(number):
            form.values[name] = str(int(number))
    with suppress(Invalid, NotFound), state().store.read() as db:
        form.values["stock"] = find_stock(db, request.args.get("stock", "")[:40]).id


@bp.post("/")
@requires("marketer")
def post() -> ResponseReturnValue:
    form = read_form(*FIELDS)
    codes = read_codes(form.get_all("code"), form.get("codes"))
    if form.get("do") == "all":
        codes = list(dict.fromkeys([*codes, *_list_matching(ListQuery(search=form.get("q"), sort="product"), form)]))
    if form.get("do").startswith("cell:"):
        placing_form.take_click(form, form.get("do").partition(":")[2])
    if form.get("do").startswith("page:"):
        choose_design(form, form.get("do").partition(":")[2], on_page=True)
    look_form.take_remedy(form, form.get("do"))
    if form.get("do") == "pdf":
        return _print(form, codes)
    if form.get("do") == "marked":
        return _show_marked(form, codes)
    return _render(form, codes)


def read_codes(one_by_one: Sequence[str], together: str) -> list[str]:
    """Codes as they come from ticks and from one line, each once."""
    found = [*one_by_one, *together.replace(",", " ").split()]
    return list(dict.fromkeys(code[:20] for code in found if code))


def _list_matching(query: ListQuery, form: Form) -> list[str]:
    """The codes of every placement that matches and can be printed."""
    with state().store.read() as db:
        rows = [row for row in placement_store.each_placement(db, query) if row.status != "retired"]
    if len(rows) > MOST_LABELS:
        form.fail(refuse_many(len(rows)))
    return [row.code for row in rows[:MOST_LABELS]]


def _find_last_stock() -> str:
    """The stock printed on last; most people have one kind in the cupboard."""
    with state().store.read() as db:
        newest = run_store.list_runs(db, ListQuery(sort="created_at", descending=True, per_page=1)).rows
        known = {stock.id for stock in list_stocks(db)}
    return newest[0].stock if newest and newest[0].stock in known else FIRST_STOCK


def _render(form: Form, codes: list[str], earlier: RunChoices | None = None) -> ResponseReturnValue:
    with state().store.read() as db:
        chosen = list_chosen(db, codes, form)
        found = list_found(db, form.get("q"), [item.code.code for item in chosen])
    job = read_job(form, [item.code.code for item in chosen])
    outcome = foresee(form, job) if may("marketer") and form.get("do") != "find" else Outcome()
    page = render_template(
        "labels/index.html",
        form=form,
        earlier=earlier,
        chosen=chosen,
        found=found,
        job=job,
        preview=outcome.preview,
        advice=outcome.advice,
        stock_groups=group_stocks(job.stock),
        stocks_found=find_stocks(form.get("sq")),
        printers=placing_form.list_printers(),
        offers=list_offers(job.stock),
        asks_price=job.design is not None and asks_for(job.design.design, "price"),
        most=SHOWN,
    )
    return page, 200 if form.valid else 422


def list_chosen(db: Db, codes: Sequence[str], form: Form) -> list[Chosen]:
    """The placements of these codes; unknown ones are named in the form and left out."""
    reader = CodeReader(db)
    try:
        found = reader.list_codes(codes)
    except Invalid as error:
        form.fail(error)
        known = [code for code in codes if placement_store.find_placement_by_code(db, code)]
        found = reader.list_codes(known)
    return [Chosen(item, get_call_to_action(item.placement, state().translator)) for item in found]


def list_found(db: Db, search: str, without: Sequence[str]) -> Listing[PlacementRow]:
    """Placements to tick; those ticked already stand above them."""
    query = ListQuery(search=search[:100], sort="product", per_page=SHOWN)
    listing = placement_store.list_placements(db, query)
    ticked = set(without)
    return replace(listing, rows=[row for row in listing.rows if row.code not in ticked and row.status != "retired"])


def _print(form: Form, codes: list[str]) -> ResponseReturnValue:
    job = read_job(form, codes)
    key = form.key
    # Back from a print, the same page may print something else: only the same job is the same post.
    form.key = hashlib.sha256(f"{key} {job}".encode()).hexdigest()
    with once(form) as earlier:
        if earlier:
            return earlier
        if form.valid:
            with label_job.catch_proof(form):
                return form.done(label_job.carry_out(job))
    form.key = key
    return _render(form, codes)


def _show_marked(form: Form, codes: list[str]) -> ResponseReturnValue:
    """What failed its proof, to be shown to somebody: marked, so that it cannot be used."""
    job = read_job(form, codes)
    if form.valid:
        with form.catch():
            return answer_marked(label_job.make_marked_sheets(job))
    return _render(form, codes)


def init(app: Flask) -> None:
    """Give the templates the words for a stock and for distances."""
    app.jinja_env.globals |= {
        "describe_stock": describe_stock,
        "describe_design_reach": describe_design_reach,
        "metres": round_down,
        "reading_reason": REASONS.get,
        "TILL": X_DIMENSION,
    }
