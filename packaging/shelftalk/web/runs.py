"""Print runs: found again, shown with what happened to them, and the same file again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.codes import normalise_code
from shelftalk.catalog.units import drop_unit
from shelftalk.errors import Invalid
from shelftalk.labels.design_art import Images
from shelftalk.labels.label_design import Design
from shelftalk.labels.look import parse_look
from shelftalk.labels.stock import Stock
from shelftalk.store import rollups, run_events
from shelftalk.store import runs as run_store
from shelftalk.store.db import Db
from shelftalk.store.rows import ListQuery
from shelftalk.store.runs import PrintRun
from shelftalk.web.design_library import load_run_design
from shelftalk.web.forms import Form, fresh_form, parse_day
from shelftalk.web.lists import read_list_query
from shelftalk.web.run_files import parse_items, parse_proof, read_run_pdf
from shelftalk.web.run_words import EVENT_ICONS, EVENTS, describe_look, describe_placing, describe_proof
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock
from shelftalk.web.style_library import load_look_images
from shelftalk.web.texts import _

bp = Blueprint("runs", __name__, url_prefix="/admin/runs")
SORTS = ("created_at", "created_by", "stock", "labels")
FILTERS = ("by", "stock", "product", "location", "from", "to")
MOST_OPTIONS = 300  # a longer list is no choice any more
SHOWN = 500  # labels listed on a run's page
FORMS = (run_events.SHIPPED, run_events.RECEIVED, run_events.SPOILED, run_events.NOTE)
Options = list[tuple[str, str]]


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    query = read_list_query(sorts=SORTS, descending=True, filters=FILTERS)
    with state().store.read() as db:
        listing = run_store.list_runs(db, make_store_query(query))
        filters = _list_filters(db, query)
        stocks = list_named_stocks(db, {run.stock for run in listing.rows})
    return render_template(
        "runs/index.html",
        query=query,
        filters=filters,
        listing=listing,
        proofs={run.id: parse_proof(run) for run in listing.rows},
        stocks=stocks,
    )


def make_store_query(query: ListQuery) -> ListQuery:
    """The list's question as the store takes it: a code in the search box, days as the moments they begin and end."""
    filters = {name: query.filter(name) for name in ("by", "stock")}
    filters |= {name: query.filter(name) if query.number(name) else "" for name in ("product", "location")}
    filters["code"] = drop_unit(normalise_code(query.search.rpartition("/")[2])) if query.search else ""
    filters["from_at"] = _read_moment(query.filter("from"))
    filters["to_at"] = _read_moment(query.filter("to"), later=1)
    return replace(query, filters=filters)


def _read_moment(text: str, later: int = 0) -> str:
    """When a day, or the day `later` ones after it, begins, as moments are stored; empty for what is no day."""
    with suppress(Invalid, OverflowError):
        day = parse_day(text, "from")
        zone = state().settings.timezone
        return clock.format_at(clock.begin_day(day + timedelta(days=later), zone)) if day else ""
    return ""


def _list_filters(db: Db, query: ListQuery) -> list[tuple[str, str, Options]]:
    people: Options = [(name, name) for name in run_store.list_people(db) if name]
    stocks = list_named_stocks(db, run_store.list_stocks(db))
    sheets: Options = sorted(((key, stocks[key].title) for key in stocks), key=lambda option: option[1])
    return [
        ("by", _("By"), [("", _("Everybody")), *people]),
        ("stock", _("Sheet"), [("", _("All sheets")), *sheets]),
        ("product", _("Product"), [("", _("All products")), *_list_products(db, query.number("product"))]),
        ("location", _("Location"), [("", _("All locations")), *_list_locations(db, query.number("location"))]),
    ]


def _list_products(db: Db, chosen: int) -> Options:
    names = rollups.list_product_names(db)
    few = names if len(names) <= MOST_OPTIONS else [item for item in names if item.id == chosen]
    return [(str(item.id), item.name) for item in few]


def _list_locations(db: Db, chosen: int) -> Options:
    names = rollups.list_location_names(db)
    few = names if len(names) <= MOST_OPTIONS else [item for item in names if item.id == chosen]
    return [(str(item.id), item.name) for item in few]


def list_named_stocks(db: Db, ids: Iterable[str]) -> dict[str, Stock]:
    """The stocks of these names that are still known."""
    stocks = {}
    for stock_id in ids:
        with suppress(Invalid):
            stocks[stock_id] = find_stock(db, stock_id)
    return stocks


@bp.get("/<int:run_id>")
@requires("staff")
def show(run_id: int) -> ResponseReturnValue:
    return render_run(get_run(run_id))


def render_run(run: PrintRun, form: Form | None = None, *, again: Form | None = None) -> ResponseReturnValue:
    """A run's page; `form` is an event's that could not be kept, `again` says why it could not be printed again."""
    with state().store.read() as db:
        events = run_events.list_events(db, run.id)
        sums = run_events.sum_events(db, run.id)
        placements = {one.code: one.placement_id for one in run_store.list_codes(db, run.id)}
        places = rollups.list_location_names(db)
        stock = list_named_stocks(db, [run.stock]).get(run.stock)
    items, proof = parse_items(run), parse_proof(run)
    page = render_template(
        "runs/show.html",
        run=run,
        items=items,
        printed=list(zip(items, list_quantities(run, len(items)), strict=True))[:SHOWN],
        placements=placements,
        shown=SHOWN,
        proof=proof,
        measured=describe_proof(proof),
        stock=stock,
        placing=describe_placing(run),
        look=describe_look(run),
        events=events,
        sums=sums,
        words=EVENTS,
        icons=EVENT_ICONS,
        forms=_make_forms(sums, form),
        failed=form.get("kind") if form else "",
        places=places[:MOST_OPTIONS],
        new="new" in request.args,
        again=again,
        key=fresh_form().key,  # the same press prints once
    )
    return page, 422 if form or again else 200


def list_quantities(run: PrintRun, items: int) -> list[int]:
    """How many labels each of a run's items got: the first ones get what is left over."""
    each, rest = divmod(run.labels, items or 1)
    return [each + (number < rest) for number in range(items)]


def _make_forms(sums: run_events.RunSums, failed: Form | None) -> Mapping[str, Form]:
    """A form for each kind of event, with what is left as its number; the one that failed as it was typed."""
    today = clock.today(state().settings.timezone).isoformat()
    forms = {
        kind: fresh_form(kind=kind, to="", quantity=sums.count_left(kind), done_on=today, text="") for kind in FORMS
    }
    kind = failed.get("kind") if failed else ""
    return forms | ({kind if kind in forms else "": failed} if failed else {})


@bp.get("/<int:run_id>/labels.pdf")
@requires("marketer")
def pdf(run_id: int) -> ResponseReturnValue:
    run = get_run(run_id)
    content = read_run_pdf(state().settings.instance / "runs", run, lambda: _load_design(run), lambda: _find_stock(run))
    name = f"labels-{run.id}-{run.stock}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="application/pdf", headers=headers)


def _load_design(run: PrintRun) -> tuple[Design | None, Images]:
    with state().store.read() as db:
        design, images = load_run_design(db, state().media_folder, run.design, run.design_version)
        return design, images | load_look_images(db, state().media_folder, parse_look(run.look))


def _find_stock(run: PrintRun) -> Stock:
    with state().store.read() as db:
        return find_stock(db, run.stock)


def get_run(run_id: int) -> PrintRun:
    """The run with this number; raises NotFound."""
    with state().store.read() as db:
        return run_store.get_run(db, run_id)
