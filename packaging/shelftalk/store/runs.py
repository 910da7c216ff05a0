"""Print runs: what was printed, when, by whom. Rows are added and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shelftalk.store.db import Db
from shelftalk.store.rows import Listing, ListQuery, make_param, make_record

SORTS = {"created_at": "created_at", "stock": "stock", "labels": "labels", "created_by": "created_by"}


@dataclass(frozen=True)
class PrintRun:
    """One print. `items` and `proof` are JSON: the labels as they were typeset, and what decoding them found."""

    id: int
    created_at: datetime
    created_by: str
    stock: str
    origin: str
    start: int
    copies: int
    labels: int
    sheets: int
    sha256: str
    items: str
    proof: str
    design: str = ""  # a ready-made design's name or one's own number; empty: the automatic arrangement
    design_version: int = 0
    placed: str = ""  # gaps, fill, a printer's correction, crop marks; empty: nothing out of the ordinary
    look: str = ""  # level, case and style of the symbols; empty: the plain ones


def add_run(
    db: Db,
    *,
    by: str,
    stock: str,
    origin: str,
    start: int,
    copies: int,
    labels: int,
    sheets: int,
    sha256: str,
    items: str,
    proof: str,
    design: str = "",
    design_version: int = 0,
    placed: str = "",
    look: str = "",
    at: datetime,
) -> PrintRun:
    """Record a print."""
    row = db.get(
        "add_run",
        at=make_param(at),
        by=by,
        stock=stock,
        origin=origin,
        start=start,
        copies=copies,
        labels=labels,
        sheets=sheets,
        sha256=sha256,
        items=items,
        proof=proof,
        design=design,
        design_version=design_version,
        placed=placed,
        look=look,
    )
    return make_record(PrintRun, row)


def get_run(db: Db, run_id: int) -> PrintRun:
    """The print run with this id; raises NotFound."""
    return make_record(PrintRun, db.get("get_run", id=run_id))


def list_runs(db: Db, query: ListQuery) -> Listing[PrintRun]:
    """One page of the print runs."""
    rows = db.list("list_runs", query.order(SORTS, "created_at"), limit=query.per_page, offset=query.offset)
    return Listing(
        [make_record(PrintRun, row) for row in rows], int(db.value("count_runs")), query.page, query.per_page
    )
