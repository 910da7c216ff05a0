"""Printers and what was measured on their calibration pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shelftalk.errors import Conflict, Invalid
from shelftalk.store.db import Db
from shelftalk.store.rows import make_param, make_record


@dataclass(frozen=True)
class Printer:
    """A printer: how long its 100 mm rulers came out, and how far from the edges the corner mark lies."""

    id: int
    name: str
    ruler_x_mm: float
    ruler_y_mm: float
    left_mm: float
    top_mm: float
    dpi: int
    revision: int
    at: datetime
    by: str


def add_printer(
    db: Db,
    *,
    name: str,
    ruler_x_mm: float,
    ruler_y_mm: float,
    left_mm: float,
    top_mm: float,
    dpi: int,
    by: str,
    at: datetime,
) -> Printer:
    """Keep a printer; raises Invalid when the name is taken."""
    _check_name(db, name, 0)
    row = db.get(
        "add_printer",
        name=name,
        ruler_x_mm=ruler_x_mm,
        ruler_y_mm=ruler_y_mm,
        left_mm=left_mm,
        top_mm=top_mm,
        dpi=dpi,
        by=by,
        at=make_param(at),
    )
    return make_record(Printer, row)


def update_printer(
    db: Db,
    printer_id: int,
    revision: int,
    *,
    name: str,
    ruler_x_mm: float,
    ruler_y_mm: float,
    left_mm: float,
    top_mm: float,
    dpi: int,
    by: str,
    at: datetime,
) -> None:
    """Store what was measured anew; raises Conflict when somebody else did so first."""
    _check_name(db, name, printer_id)
    row = db.find(
        "update_printer",
        id=printer_id,
        revision=revision,
        name=name,
        ruler_x_mm=ruler_x_mm,
        ruler_y_mm=ruler_y_mm,
        left_mm=left_mm,
        top_mm=top_mm,
        dpi=dpi,
        by=by,
        at=make_param(at),
    )
    if row is None:
        newest = get_printer(db, printer_id)
        raise Conflict(
            "{name} changed this meanwhile. What you typed is still here: compare, then save again to replace theirs.",
            name=newest.by,
        )


def _check_name(db: Db, name: str, printer_id: int) -> None:
    taken = db.find("find_printer_by_name", name=name)
    if taken and taken["id"] != printer_id:
        raise Invalid("name", "There is a printer “{value}” already. Choose another name.", value=name)


def get_printer(db: Db, printer_id: int) -> Printer:
    """The printer with this id; raises NotFound."""
    return make_record(Printer, db.get("get_printer", id=printer_id))


def list_printers(db: Db) -> list[Printer]:
    """All of them, by name."""
    return [make_record(Printer, row) for row in db.list("list_printers")]


def drop_printer(db: Db, printer_id: int) -> Printer:
    """Forget a printer; runs keep the correction they were printed with. Gives what it was."""
    printer = get_printer(db, printer_id)
    db.run("drop_printer", id=printer_id)
    return printer
