"""Print runs: what was printed, when, by whom, and the same file again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from shelftalk.errors import Invalid
from shelftalk.labels.design_art import Images
from shelftalk.labels.label_design import Design
from shelftalk.labels.stock import Stock
from shelftalk.store import runs as run_store
from shelftalk.store.runs import PrintRun
from shelftalk.web.design_library import load_run_design
from shelftalk.web.lists import read_list_query
from shelftalk.web.run_files import parse_items, parse_proof, read_run_pdf
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock

bp = Blueprint("runs", __name__, url_prefix="/admin/runs")
SORTS = ("created_at", "created_by", "stock", "labels")


@bp.get("/")
@requires("staff")
def index() -> ResponseReturnValue:
    query = read_list_query(sorts=SORTS, descending=True)
    with state().store.read() as db:
        listing = run_store.list_runs(db, query)
    return render_template(
        "runs/index.html",
        query=query,
        listing=listing,
        proofs={run.id: parse_proof(run) for run in listing.rows},
        stocks=list_named_stocks(listing.rows),
    )


def list_named_stocks(runs: Sequence[PrintRun]) -> dict[str, Stock]:
    """The stocks of these runs that are still known."""
    stocks = {}
    with state().store.read() as db:
        for stock_id in {run.stock for run in runs}:
            with suppress(Invalid):
                stocks[stock_id] = find_stock(db, stock_id)
    return stocks


@bp.get("/<int:run_id>")
@requires("staff")
def show(run_id: int) -> ResponseReturnValue:
    run = _get(run_id)
    return render_template(
        "runs/show.html",
        run=run,
        items=parse_items(run),
        proof=parse_proof(run),
        stock=list_named_stocks([run]).get(run.stock),
        new="new" in request.args,
    )


@bp.get("/<int:run_id>/labels.pdf")
@requires("marketer")
def pdf(run_id: int) -> ResponseReturnValue:
    run = _get(run_id)
    content = read_run_pdf(state().settings.instance / "runs", run, lambda: _load_design(run), lambda: _find_stock(run))
    name = f"labels-{run.id}-{run.stock}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="application/pdf", headers=headers)


def _load_design(run: PrintRun) -> tuple[Design | None, Images]:
    with state().store.read() as db:
        return load_run_design(db, state().media_folder, run.design, run.design_version)


def _find_stock(run: PrintRun) -> Stock:
    with state().store.read() as db:
        return find_stock(db, run.stock)


def _get(run_id: int) -> PrintRun:
    with state().store.read() as db:
        return run_store.get_run(db, run_id)
