"""Scans of units moved into both stores: each raises its unit's counter once, wherever the ingester is killed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from shelftalk.catalog.units import format_unit
from shelftalk.scans.ingest import Ingester
from shelftalk.scans.record import Record, Scan, UnitScan
from shelftalk.scans.spool import Limits, Spool
from shelftalk.store import Db, Store, retention, scans, units
from shelftalk.store.retention import Window
from shelftalk.web import scan_path
from shelftalk.web.scan_path import StoreSink
from tests.store.test_store_contract import AT, add_location, add_placement, add_product

SEED, SCANS = 19, 400


class Killed(BaseException):
    """As if the process ended here."""


class Cut(StoreSink):
    """A store that loses its client at a step of the transaction, or right after it was kept."""

    def __init__(self, store: Store, step: int) -> None:
        super().__init__(store, "UTC")
        self.step = step

    def write_batch(self, batch: Sequence[Record], positions: Mapping[str, int], node: str) -> None:
        self.step -= 1
        super().write_batch(batch, positions, node)
        if self.step == 0:
            raise Killed


def fill(store: Store, spool: Spool) -> dict[int, int]:
    """Scans of a placement's units, of plain codes and of suffixes nobody printed; gives how often each unit was."""
    chance = random.Random(SEED)
    expected: dict[int, int] = {}
    with store.write() as db:
        placement = add_placement(db, add_product(db), add_location(db))
        units.reserve(db, placement.id, 60, by="", at=AT)
        key = units.begin_series(db, placement.id).key
    for count in range(SCANS):
        plain = (AT + timedelta(seconds=count), placement.code, "fa", "phone", "person", 2, False)
        number = chance.randint(1, 120)
        if number <= 60:
            expected[number] = expected.get(number, 0) + 1
        scan = UnitScan(*plain, unit=format_unit(placement.code, number, key)[10:]) if number <= 100 else Scan(*plain)
        assert spool.append(scan) == "kept"
    spool.close()
    return expected


def list_counts(db: Db) -> dict[int, int]:
    rows = db.engine.execute(db.connection, "select number, scans from unit_scans", {}).fetchall()
    return {row["number"]: row["scans"] for row in rows}


def ingest(spool: Spool, sink: StoreSink) -> bool:
    try:
        Ingester(spool, sink).ingest_once()
    except Killed:
        return False
    return True


def test_killed_at_any_step_every_unit_is_counted_once(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shelftalk.scans.ingest.BATCH", 37)
    spool = Spool(tmp_path / "spool", "process", Limits(segment_bytes=4_000))
    expected = fill(store, spool)
    given, set_positions = units.add_unit_scans, scans.set_positions
    for number in range(6):  # in the transaction before and after the counters; and after it was kept
        where = ("add_unit_scans", "set_positions", "")[number % 3]

        def die(*_args: object) -> None:
            raise Killed

        with monkeypatch.context() as broken:
            if where:
                broken.setattr(scan_path.units if where == "add_unit_scans" else scan_path.scans, where, die)
            assert not ingest(spool, Cut(store, 1))
    assert (units.add_unit_scans, scans.set_positions) == (given, set_positions)
    assert ingest(spool, StoreSink(store, "UTC"))
    with store.read() as db:
        assert (scans.count_scans(db), list_counts(db)) == (SCANS, expected)


def test_control_counters_outside_the_transaction_count_twice(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path / "spool", "process")
    expected = fill(store, spool)
    inside = units.add_unit_scans

    def outside(_db: Db, found: Sequence[UnitScan], _zone: str) -> int:
        kept.extend(found)
        return len(found)

    kept: list[UnitScan] = []
    monkeypatch.setattr(scan_path.units, "add_unit_scans", outside)
    with monkeypatch.context() as broken:
        broken.setattr(scan_path.scans, "set_positions", lambda *_args: (_ for _ in ()).throw(Killed))
        assert not ingest(spool, StoreSink(store, "UTC"))
    assert ingest(spool, StoreSink(store, "UTC"))
    with store.write() as db:
        inside(db, kept, "UTC")
        assert list_counts(db) == {number: 2 * count for number, count in expected.items()}


def test_units_erased_while_they_lay_in_the_spool_are_not_counted(store: Store, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", "process")
    fill(store, spool)
    with store.write() as db:
        code = db.list("list_unit_series")[0]["code"]
        day = (AT + timedelta(days=1)).date()
        later = AT + timedelta(days=2)
        retention.erase_scans(db, Window(code, AT.date(), day), by="Mina", at=later)
    assert ingest(spool, StoreSink(store, "UTC"))
    with store.read() as db:
        assert (scans.count_scans(db), list_counts(db)) == (0, {})
