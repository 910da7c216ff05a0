"""Print runs: what was printed, when, by whom. Rows are added and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, TypedDict, Unpack

from shelftalk.store import notes
from shelftalk.store.db import Db
from shelftalk.store.rows import Listing, ListQuery, make_param, make_record

SORTS = {"created_at": "created_at", "stock": "stock", "labels": "labels", "created_by": "created_by"}
TABLES = ("print_runs", "run_codes", "run_events")  # the database itself refuses to change their rows
OPEN = "ledger_open"  # the note by which it lets rows go; it never outlives its transaction
LAST = 2**62
ORDINARY = {"design": "", "design_version": 0, "placed": "", "look": ""}


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


@dataclass(frozen=True)
class RunRow:
    """A print run as a list shows it: without its labels, with what became of them."""

    id: int
    created_at: datetime
    created_by: str
    stock: str
    labels: int
    sheets: int
    design: str
    design_version: int
    proof: str
    codes: int  # different ones
    shipped: int
    spoiled: int


@dataclass(frozen=True)
class RunCode:
    """How many labels of a run carry a code; without a placement when that left with the sample."""

    code: str
    quantity: int
    placement_id: int | None


@dataclass(frozen=True)
class CodeRun:
    """A run that printed a code, and how often."""

    id: int
    created_at: datetime
    created_by: str
    stock: str
    quantity: int


class NewRun(TypedDict):
    """A print to be recorded; what is left out is as ordinary as in `PrintRun`."""

    by: str
    stock: str
    origin: str
    start: int
    copies: int
    labels: int
    sheets: int
    sha256: str
    items: str
    proof: str
    design: NotRequired[str]
    design_version: NotRequired[int]
    placed: NotRequired[str]
    look: NotRequired[str]


def add_run(db: Db, *, at: datetime, is_sample: bool = False, **run: Unpack[NewRun]) -> PrintRun:
    """Record a print, and how many labels each of its codes got."""
    row = db.get("add_run", at=make_param(at), is_sample=int(is_sample), **{**ORDINARY, **run})
    fill_codes(db, row["id"], row["id"])
    return make_record(PrintRun, row)


def fill_codes(db: Db, first: int = 0, last: int = LAST) -> None:
    """Count each code's labels in the runs from `first` to `last`, which were not counted yet."""
    db.run("fill_run_codes", first=first, last=last)


def get_run(db: Db, run_id: int) -> PrintRun:
    """The print run with this id; raises NotFound."""
    return make_record(PrintRun, db.get("get_run", id=run_id))


def list_runs(db: Db, query: ListQuery) -> Listing[RunRow]:
    """One page of the runs. Filters: by, stock, product, location (ids), code, from_at, to_at (moments as stored)."""
    params: dict[str, object] = {name: query.filter(name) for name in ("by", "stock", "code", "from_at", "to_at")}
    params |= {"product_id": query.number("product"), "location_id": query.number("location")}
    params |= {"versions": f"{query.filter('stock')}.%"}
    rows = db.list("list_runs", query.order(SORTS, "created_at"), limit=query.per_page, offset=query.offset, **params)
    total = int(db.value("count_matching_runs", **params))
    return Listing([make_record(RunRow, row) for row in rows], total, query.page, query.per_page)


def list_people(db: Db) -> list[str]:
    """Who has printed, by name."""
    return [row["created_by"] for row in db.list("list_run_people")]


def list_stocks(db: Db) -> list[str]:
    """What was printed on, as runs name it."""
    return [row["stock"] for row in db.list("list_run_stocks")]


def list_codes(db: Db, run_id: int) -> list[RunCode]:
    """What a run printed, by code."""
    return [make_record(RunCode, row) for row in db.list("list_run_codes", run_id=run_id)]


def list_code_runs(db: Db, code: str) -> list[CodeRun]:
    """The runs that printed a code, newest first."""
    return [make_record(CodeRun, row) for row in db.list("list_code_runs", code=code)]


@contextmanager
def open_ledger(db: Db) -> Iterator[None]:
    """Let rows of the ledger go meanwhile: for what replaces the whole store, and for the sample."""
    notes.set_note(db, OPEN, "1")
    yield
    close_ledger(db)


def close_ledger(db: Db) -> None:
    """Let no row of the ledger go from now on."""
    db.run("drop_note", name=OPEN)
