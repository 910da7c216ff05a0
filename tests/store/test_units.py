"""Serial numbers given out once, and scans counted by unit. On both engines."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from shelftalk.catalog.placement import Placement
from shelftalk.catalog.units import LAST_UNIT, MOST_UNITS, format_unit
from shelftalk.errors import Invalid, ShelftalkError
from shelftalk.store import Db, Store, retention, sample, scans, units
from shelftalk.store.backup import read_backup, write_backup
from shelftalk.store.retention import Window
from shelftalk.store.rows import ListQuery
from shelftalk.store.units import RunUnits, Taken, UnitCount, UnitFigures
from tests.store.test_run_events import add_run
from tests.store.test_store_contract import AT, SpooledScan, add_location, add_placement, add_product

DAY = date(2026, 11, 3)  # of AT in Tehran


@dataclass(frozen=True)
class SpooledUnit(SpooledScan):
    unit: str = ""


def make_placement(store: Store, **more: object) -> Placement:
    with store.write() as db:
        return add_placement(db, add_product(db, **more), add_location(db))


def reserve(db: Db, placement: Placement, count: int) -> units.UnitRange:
    return units.reserve(db, placement.id, count, by="Mina", at=AT)


def give_out(db: Db, placement: Placement, first: int, last: int) -> None:
    series = units.begin_series(db, placement.id)
    units.add_ranges(db, [RunUnits(placement.id, placement.code, first, last, series.key)], run_id=5, by="Mina", at=AT)


def scan_unit(db: Db, placement: Placement, number: int, at: datetime = AT) -> SpooledUnit:
    series = units.begin_series(db, placement.id)
    return SpooledUnit(placement.code, at, unit=format_unit(placement.code, number, series.key)[10:])


def count(db: Db, *found: SpooledUnit) -> int:
    scans.add_scans(db, found, "UTC")
    return units.add_unit_scans(db, found, "UTC")


def test_numbers_are_given_out_one_after_the_other_and_each_placement_has_its_own(store: Store) -> None:
    one = make_placement(store)
    with store.write() as db:
        other = add_placement(db, add_product(db, "Another tea"))
        given = [(r.first, r.last) for r in (reserve(db, one, 5), reserve(db, other, 3), reserve(db, one, 1))]
        assert given == [(1, 5), (1, 3), (6, 6)]
        give_out(db, one, 7, 9)
        mine, *_earlier = units.list_ranges(db, placement_id=one.id)
        assert (mine.units, mine.run_id, mine.at, mine.by) == (3, 5, AT, "Mina")
        assert units.begin_series(db, one.id).key != units.begin_series(db, other.id).key
        assert [r.first for r in units.list_ranges(db, placement_id=one.id)] == [7, 6, 1]


def test_a_range_keeps_the_address_its_codes_were_given_out_with(store: Store, tmp_path: Path) -> None:
    placement = make_placement(store)
    with store.write() as db:
        units.reserve(db, placement.id, 5, by="Mina", at=AT, origin="https://old.example")
        run = add_run(db, [placement.code], labels=5, origin="https://printed.example")
        series = units.begin_series(db, placement.id)
        units.add_ranges(
            db, [RunUnits(placement.id, placement.code, 6, 10, series.key)], run_id=run.id, by="Mina", at=AT
        )
        reserve(db, placement, 1)
    write_backup(store, tmp_path / "backup.sqlite")
    read_backup(store, tmp_path / "backup.sqlite")
    with store.read() as db:
        found = units.list_ranges(db, placement_id=placement.id)
        assert [one.origin for one in found] == ["", "https://printed.example", "https://old.example"]
        assert [units.get_range(db, one.id) for one in found] == found


def test_numbers_that_are_not_the_next_are_refused(store: Store) -> None:
    placement = make_placement(store)
    with store.write() as db:
        reserve(db, placement, 5)
    for first, last in ((5, 7), (7, 9), (1, 1)):
        with pytest.raises(Taken), store.write() as db:
            give_out(db, placement, first, last)
    with store.read() as db:
        assert units.count_units(db).printed == 5


def test_a_number_of_units_nobody_can_make_is_refused(store: Store) -> None:
    placement = make_placement(store)
    for wished in (0, -1, MOST_UNITS + 1):
        with pytest.raises(Invalid, match=r"Choose 1 to 1000000"), store.write() as db:
            reserve(db, placement, wished)
    with store.write() as db:
        for _time in range(9):
            reserve(db, placement, MOST_UNITS)
        reserve(db, placement, MOST_UNITS - 1)
        assert units.begin_series(db, placement.id).last == LAST_UNIT
    with pytest.raises(Invalid, match="9999999"), store.write() as db:
        reserve(db, placement, 1)


def test_two_who_ask_at_once_never_get_the_same_number(store: Store) -> None:
    placement = make_placement(store)
    found: list[tuple[int, int]] = []

    def ask() -> None:
        for _time in range(10):
            with store.write() as db:
                given = reserve(db, placement, 7)
            found.append((given.first, given.last))
        if store.engine.name == "sqlite":
            store.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [number for first, last in found for number in range(first, last + 1)]
    assert sorted(numbers) == list(range(1, 141))


def test_two_prints_of_the_same_placements_in_another_order_do_not_hold_each_other_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.write() as db:
        tea = add_product(db)
        places = [add_placement(db, tea) for _ in range(2)]
        keys = [units.begin_series(db, place.id).key for place in places]
    asked = [RunUnits(place.id, place.code, 1, 10, key) for place, key in zip(places, keys, strict=True)]
    take, ready, ends = units._take, threading.Barrier(2), []

    def take_slowly(db: Db, *given: int) -> None:
        take(db, *given)
        time.sleep(0.2)

    def give_out(given: list[RunUnits]) -> None:
        ready.wait()
        try:
            with store.write() as db:
                units.add_ranges(db, given, run_id=1, by="", at=AT)
        except ShelftalkError as error:
            ends.append(type(error))
        else:
            ends.append(None)

    monkeypatch.setattr(units, "_take", take_slowly)
    prints = [threading.Thread(target=give_out, args=(given,)) for given in (asked, asked[::-1])]
    for one in prints:
        one.start()
    for one in prints:
        one.join()
    assert sorted(ends, key=bool) == [None, Taken], "not a deadlock that the database has to break"


def test_what_is_given_out_in_a_transaction_that_fails_is_given_out_again(store: Store) -> None:
    placement = make_placement(store)
    with pytest.raises(ZeroDivisionError), store.write() as db:
        reserve(db, placement, 5)
        _ = 1 / 0
    with store.write() as db:
        assert reserve(db, placement, 5).first == 1


def test_scans_are_counted_by_unit_and_the_day_is_all_that_is_known(store: Store) -> None:
    placement = make_placement(store)
    with store.write() as db:
        reserve(db, placement, 100)
        later = AT + timedelta(days=2)
        assert count(db, *(scan_unit(db, placement, n) for n in (7, 7, 9)), scan_unit(db, placement, 7, later)) == 4
        assert count(db, scan_unit(db, placement, 7, AT - timedelta(days=4))) == 1
        rows = [dict(row) for row in db.engine.execute(db.connection, "select * from unit_scans order by number", {})]
        figures = units.count_units(db, placement_id=placement.id)
        unusual = units.list_unusual(db, placement.id)
        assert scans.count_scans(db) == 5
    assert rows == [
        {"placement_id": placement.id, "number": 7, "scans": 4, "first_day": "2026-10-30", "last_day": "2026-11-05"},
        {"placement_id": placement.id, "number": 9, "scans": 1, "first_day": "2026-11-03", "last_day": "2026-11-03"},
    ]
    assert figures == UnitFigures(printed=100, ranges=1, scanned=2, scans=5, often=0, again=1)
    assert unusual == [UnitCount(7, 4, date(2026, 10, 30), date(2026, 11, 5))]


def test_a_suffix_nobody_printed_counts_for_no_unit(store: Store) -> None:
    placement = make_placement(store)
    with store.write() as db:
        reserve(db, placement, 10)
        strangers = [
            scan_unit(db, placement, 11),
            SpooledUnit(placement.code, unit="22222222"),
            SpooledUnit("k7m4p29xqd", unit="22222222"),
            SpooledUnit(add_placement(db, add_product(db, "Plain")).code, unit="22222222"),
        ]
        assert units.add_unit_scans(db, strangers, "UTC") == 0
        assert units.count_units(db).scanned == 0


def test_figures_of_a_product_and_of_a_run_hold_only_their_own(store: Store) -> None:
    placement = make_placement(store)
    with store.write() as db:
        other = add_placement(db, add_product(db, "Another tea"))
        reserve(db, placement, 10)
        reserve(db, other, 10)
        give_out(db, placement, 11, 30)
        count(db, *(scan_unit(db, placement, n) for n in [1] * 20 + [10, 11, 30]), scan_unit(db, other, 1))
        assert units.count_units(db) == UnitFigures(40, 3, 5, 24, 1, 0)
        assert units.count_units(db, product_id=placement.product_id) == UnitFigures(30, 2, 4, 23, 1, 0)
        assert units.count_units(db, run_id=5) == UnitFigures(20, 1, 2, 2, 0, 0)
        [printed] = units.list_run_units(db, 5)
        assert (printed.code, printed.first, printed.last) == (placement.code, 11, 30)
        listing = units.list_placements(db, ListQuery(), other.product_id)
        assert [row.code for row in listing.rows] == [other.code]


def test_all_unusual_units_come_in_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    placement = make_placement(store)
    with store.write() as db:
        reserve(db, placement, 50)
        count(db, *(scan_unit(db, placement, n) for n in range(1, 12) for _time in range(20)))
    monkeypatch.setattr(units, "CHUNK", 4)
    assert [one.number for one in units.each_unusual(store, placement.id)] == list(range(1, 12))


def test_days_too_old_to_keep_go_and_the_counts_stay(store: Store) -> None:
    placement = make_placement(store)
    with store.write() as db:
        reserve(db, placement, 50)
        count(db, *(scan_unit(db, placement, n, AT - timedelta(days=400)) for n in range(1, 8)))
        count(db, scan_unit(db, placement, 1), scan_unit(db, placement, 9))
    cut = AT.date() - timedelta(days=100)
    assert retention.has_older_scan(store, cut)
    retention.drop_old_scans(store, cut)
    assert not retention.has_older_scan(store, cut)
    with store.write() as db:
        assert units.count_units(db) == UnitFigures(50, 1, 8, 9, 0, 1)
        assert retention.find_oldest_day(db) == cut
        count(db, *(scan_unit(db, placement, n, AT + timedelta(days=1)) for n in (1, 2)))
        found = db.list("list_unusual_units", "number", placement_id=placement.id, after=0, often=1, apart=0, limit=2)
        assert [tuple(dict(row).values()) for row in found] == [
            (1, 3, cut.isoformat(), "2026-11-04"),
            (2, 2, "2026-11-04", "2026-11-04"),
        ]


def test_a_unit_whose_first_day_is_too_old_to_keep_is_erased_with_its_last(store: Store) -> None:
    placement = make_placement(store)
    with store.write() as db:
        reserve(db, placement, 50)
        count(db, scan_unit(db, placement, 1, AT - timedelta(days=400)), scan_unit(db, placement, 1))
    retention.drop_old_scans(store, AT.date() - timedelta(days=100))
    with store.write() as db:
        retention.erase_scans(db, Window(placement.code, DAY, DAY), by="Mina", at=AT)
        assert units.count_units(db).scanned == 0


def test_erasing_days_takes_the_counts_of_their_units_with_them(store: Store) -> None:
    placement = make_placement(store)
    with store.write() as db:
        reserve(db, placement, 50)
        before = AT - timedelta(days=30)
        count(db, scan_unit(db, placement, 1, before), scan_unit(db, placement, 2, before), scan_unit(db, placement, 2))
        count(db, scan_unit(db, placement, 3))
        retention.erase_scans(db, Window(placement.code, DAY, DAY), by="Mina", at=AT)
        assert units.count_units(db) == UnitFigures(50, 1, 1, 1, 0, 0)


def test_a_backup_has_it_all_and_an_older_one_gives_no_number_out_again(store: Store, tmp_path: Path) -> None:
    placement = make_placement(store)
    with store.write() as db:
        reserve(db, placement, 10)
        unit = scan_unit(db, placement, 3)
        count(db, unit)
    write_backup(store, tmp_path / "backup.sqlite")
    with store.write() as db:
        reserve(db, placement, 20)
        late = add_placement(db, add_product(db, "Made after the backup"))
        reserve(db, late, 5)
    read_backup(store, tmp_path / "backup.sqlite")
    with store.write() as db:
        assert units.count_units(db) == UnitFigures(10, 1, 1, 1, 0, 0)
        assert count(db, unit) == 1, "the key came with the backup"
        assert reserve(db, placement, 1).first == 31


def test_the_sample_takes_its_units_with_it(store: Store) -> None:
    with store.write() as db:
        placement = add_placement(db, add_product(db, is_sample=True), is_sample=True)
        reserve(db, placement, 10)
        count(db, scan_unit(db, placement, 1))
        sample.remove_sample(db)
        assert units.count_units(db) == UnitFigures(0, 0, 0, 0, 0, 0)
