"""Stocks of one's own and printers' corrections, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from shelftalk import clock
from shelftalk.errors import Conflict, Invalid, NotFound
from shelftalk.store import Db, Store, printers, stocks
from shelftalk.store.backup import read_backup, write_backup

AT = clock.parse_at("2026-11-22T10:00:00+00:00")
MEASURES = {"columns": 3, "label_width_mm": 60.5}
MEASURED = {"ruler_x_mm": 99.5, "ruler_y_mm": 100.0, "left_mm": 20.5, "top_mm": 19.0, "dpi": 600}


def add_stock(db: Db, name: str = "Jar lids") -> int:
    return stocks.add_stock(db, name, MEASURES, by="Mei", at=AT)


def test_an_edited_stock_keeps_the_measures_of_its_earlier_versions(db: Db) -> None:
    stock_id = add_stock(db)
    stocks.add_version(db, stock_id, "Jar lids, new", MEASURES | {"columns": 4}, after=1, by="Ada", at=AT)
    newest = stocks.get_stock(db, stock_id)
    assert (newest.version, newest.shown, newest.measures["columns"], newest.by) == (2, 2, 4, "Ada")
    first = stocks.get_stock(db, stock_id, 1)
    assert (first.version, first.shown, first.name, first.measures) == (2, 1, "Jar lids", MEASURES)
    assert (first.key, newest.key) == (f"own-{stock_id}.1", f"own-{stock_id}.2")
    with pytest.raises(NotFound):
        stocks.get_stock(db, stock_id, 3)


def test_a_stock_changed_by_somebody_else_meanwhile_is_not_overwritten(db: Db) -> None:
    stock_id = add_stock(db)
    stocks.add_version(db, stock_id, "Jar lids", MEASURES, after=1, by="Ada", at=AT)
    with pytest.raises(Conflict, match="Ada changed this meanwhile"):
        stocks.add_version(db, stock_id, "Jar lids", MEASURES, after=1, by="Mei", at=AT)


def test_two_stocks_never_share_a_name(db: Db) -> None:
    add_stock(db)
    with pytest.raises(Invalid, match="There is a stock “JAR LIDS” already"):
        add_stock(db, "JAR LIDS")


def test_a_retired_stock_comes_last_and_can_come_back(db: Db) -> None:
    first, second = add_stock(db, "A"), add_stock(db, "B")
    stocks.retire_stock(db, first, AT)
    assert [stock.id for stock in stocks.list_stocks(db)] == [second, first]
    stocks.retire_stock(db, first, None)
    assert [stock.id for stock in stocks.list_stocks(db)] == [first, second]


def test_a_printer_is_measured_anew(db: Db) -> None:
    printer = printers.add_printer(db, name="Office", **MEASURED, by="Mei", at=AT)
    printers.update_printer(db, printer.id, 1, name="Office", **MEASURED | {"left_mm": 20.0}, by="Ada", at=AT)
    assert (printers.get_printer(db, printer.id).left_mm, printers.get_printer(db, printer.id).revision) == (20.0, 2)
    with pytest.raises(Conflict):
        printers.update_printer(db, printer.id, 1, name="Office", **MEASURED, by="Mei", at=AT)
    with pytest.raises(Invalid, match="There is a printer “office” already"):
        printers.add_printer(db, name="office", **MEASURED, by="Mei", at=AT)
    printers.drop_printer(db, printer.id)
    assert printers.list_printers(db) == []


def test_a_backup_holds_stocks_and_printers(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        add_stock(db)
        printers.add_printer(db, name="Office", **MEASURED, by="Mei", at=AT)
    write_backup(store, tmp_path / "backup.sqlite")
    with store.write() as db:
        stocks.retire_stock(db, 1, AT)
        printers.drop_printer(db, 1)
    read_backup(store, tmp_path / "backup.sqlite")
    with store.write() as db:
        assert stocks.list_stocks(db)[0].retired_at is None
        assert printers.list_printers(db)[0].ruler_x_mm == 99.5
        assert add_stock(db, "Next") == 2
