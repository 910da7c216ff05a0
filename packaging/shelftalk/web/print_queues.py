"""Queues of what is to be printed: placements without any print, and labels that would say something else today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.placement import MEDIA
from shelftalk.store import print_queues
from shelftalk.store import runs as run_store
from shelftalk.store.db import Db
from shelftalk.store.rows import Listing, ListQuery
from shelftalk.store.runs import CodeRun
from shelftalk.web.label_changes import WHAT, Change, ChangedLabel, find_changed, find_changes
from shelftalk.web.lists import read_list_query
from shelftalk.web.security import requires
from shelftalk.web.state import state

bp = Blueprint("print_queues", __name__, url_prefix="/admin/print-queues")
MOST_AT_ONCE = 500  # codes handed to the print page: more make no address


@dataclass(frozen=True)
class QueueCounts:
    """How many placements wait in each queue."""

    unprinted: int
    changed: int


def get_today() -> date:
    """The day by which placements count as taken down."""
    return clock.today(state().settings.timezone)


def count_queues() -> QueueCounts:
    """How many placements wait to be printed, for the first time and anew."""
    with state().store.read() as db:
        unprinted = print_queues.count_unprinted(db, get_today())
    return QueueCounts(unprinted, len(list_changed()))


def list_changed() -> Sequence[ChangedLabel]:
    """Labels that would come out different today."""
    here = state()
    return find_changed(here.store, get_today(), here.settings.origin, here.translator)


@dataclass(frozen=True)
class PlacementPrints:
    """The runs that printed a placement's code, newest first, and what is another on its label today."""

    runs: list[CodeRun]
    changes: tuple[Change, ...]

    @property
    def labels(self) -> int:
        """Labels in all these runs."""
        return sum(run.quantity for run in self.runs)


def read_placement_prints(db: Db, code: str) -> PlacementPrints:
    """How a placement stands in the ledger."""
    here = state()
    changes = find_changes(db, code, get_today(), here.settings.origin, here.translator)
    return PlacementPrints(run_store.list_code_runs(db, code), changes)


@bp.get("/")
@requires("staff")
def unprinted() -> ResponseReturnValue:
    query = read_list_query(sorts=("product",))
    with state().store.read() as db:
        listing = print_queues.list_unprinted(db, get_today(), query.page, query.per_page)
        codes = print_queues.list_unprinted_codes(db, get_today(), MOST_AT_ONCE)
    return render_template(
        "print_queues/unprinted.html", query=query, listing=listing, codes=codes, media=MEDIA, counts=count_queues()
    )


@bp.get("/changed")
@requires("staff")
def changed() -> ResponseReturnValue:
    query = read_list_query(sorts=("product",))
    what = request.args.get("what", "")
    found = [one for one in list_changed() if what not in WHAT or any(change.what == what for change in one.changes)]
    return render_template(
        "print_queues/changed.html",
        query=query,
        listing=_cut(found, query),
        codes=[one.placement.code for one in found[:MOST_AT_ONCE]],
        what=what,
        kinds=_list_kinds(),
        names=WHAT,
        media=MEDIA,
        counts=count_queues(),
    )


def _list_kinds() -> list[str]:
    """What has changed anywhere, in its order."""
    there = {change.what for one in list_changed() for change in one.changes}
    return [what for what in WHAT if what in there]


def _cut(found: Sequence[ChangedLabel], query: ListQuery) -> Listing[ChangedLabel]:
    rows = list(found[query.offset : query.offset + query.per_page])
    return Listing(rows, len(found), query.page, query.per_page)


def make_print_address(codes: Sequence[str]) -> str:
    """The print page with these codes chosen."""
    return url_for("labels.index", codes=" ".join(codes))


def init(app: Flask) -> None:
    """Give the templates the queues' counts and the way to the print page."""
    app.jinja_env.globals["count_queues"] = count_queues
    app.jinja_env.globals["make_print_address"] = make_print_address
    app.jinja_env.globals["LABEL_CHANGES"] = WHAT
