"""Old rows go and their counts stay; erased rows go with their counts. On both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from shelftalk.clock import local_hour
from shelftalk.errors import NotFound
from shelftalk.store import Db, Store, retention, rollups, sample, scans
from shelftalk.store.backup import TABLES, YOUNGER, read_backup, write_backup
from shelftalk.store.retention import Window
from tests.store.test_store_contract import AT, SpooledScan, add_location, add_placement, add_product

YEAR = (date(2025, 1, 1), date(2027, 12, 31))
Totals = dict[str, tuple[int, int]]


def total(db: Db) -> Totals:
    """Every rollup's sum; all must be the same as the rows while none is too old."""
    counted = {
        "cells": rollups.list_cells(db, *YEAR),
        "days": rollups.list_days(db, *YEAR),
        "placements": rollups.list_placement_totals(db, *YEAR),
        "hours": rollups.list_hours(db, *YEAR),
    }
    return {name: (sum(r.scans for r in rows), sum(r.first_scans for r in rows)) for name, rows in counted.items()}


def fill(db: Db) -> tuple[str, str]:
    """Two codes with a scan every five hours for 400 days before AT."""
    product, location = add_product(db), add_location(db)
    here, there = add_placement(db, product, location).code, add_placement(db, product).code
    for code in (here, there):
        scans.add_scans(
            db,
            [
                SpooledScan(
                    code,
                    AT - timedelta(hours=5 * n),
                    scan_class="person" if n % 3 else "staff",
                    first_of_day=n % 2 == 0,
                )
                for n in range(1_920)
            ],
            "UTC",
        )
    return here, there


def test_old_rows_go_and_their_counts_stay(store: Store) -> None:
    with store.write() as db:
        fill(db)
        before = total(db)
        stored = scans.count_scans(db)
    cut = date(2026, 2, 14)
    removed = retention.drop_old_scans(store, cut)
    assert removed > 1_000
    assert not retention.has_older_scan(store, cut)
    with store.read() as db:
        assert retention.find_oldest_day(db) == cut
        assert scans.count_scans(db) == stored - removed
        assert total(db) == before
    assert retention.drop_old_scans(store, cut) == 0


def test_months_that_went_whole_can_come_again(store: Store) -> None:
    with store.write() as db:
        here, _there = fill(db)
    retention.drop_old_scans(store, date(2026, 11, 1))
    with store.write() as db:
        scans.add_scans(db, [SpooledScan(here, datetime(2025, 12, 5, tzinfo=UTC))], "UTC")
    assert retention.has_older_scan(store, date(2026, 1, 1))


def test_erased_scans_are_in_no_row_and_no_count(db: Db) -> None:
    here, there = fill(db)
    whole = scans.count_scans(db)
    window = Window(here, date(2026, 10, 1), date(2026, 10, 31))
    expected = retention.count_window(db, window)
    assert expected > 100
    assert retention.erase_scans(db, window, by="Ada", at=AT) == expected
    assert scans.count_scans(db) == whole - expected
    assert {sums[0] for sums in total(db).values()} == {whole - expected}
    left = total(db)
    scans.rebuild_rollups(db)
    assert total(db) == left, "what was taken out is what counting anew would give"
    assert retention.count_window(db, window) == 0
    assert retention.count_window(db, Window(there, window.from_day, window.to_day)) > 100
    days = rollups.list_placement_days(db, *YEAR, placement_id=1)
    assert not [row for row in days if window.from_day <= row.day <= window.to_day], "no empty rows are left"


def test_days_are_the_places_own(db: Db) -> None:
    code = add_placement(db, add_product(db), add_location(db)).code
    scans.add_scans(db, [SpooledScan(code)], "UTC")  # 20:45 UTC is the 3rd in Tehran
    assert retention.erase_scans(db, Window(code, date(2026, 11, 2), date(2026, 11, 2)), by="Ada", at=AT) == 0
    assert retention.erase_scans(db, Window(code, date(2026, 11, 3), date(2026, 11, 3)), by="Ada", at=AT) == 1
    assert set(total(db).values()) == {(0, 0)}


def test_an_erasure_is_written_down_without_what_it_took(db: Db) -> None:
    here, _there = fill(db)
    count = retention.erase_scans(db, Window(here, date(2026, 10, 1), date(2026, 10, 2)), by="Ada", at=AT)
    [note] = retention.list_erasures(db)
    assert (note.by, note.at, note.scans, note.code) == ("Ada", AT, count, here)


def test_an_erasure_that_fails_halfway_takes_nothing(store: Store) -> None:
    with store.write() as db:
        here, _there = fill(db)
        before = total(db)
    with pytest.raises(ZeroDivisionError), store.write() as db:
        retention.erase_scans(db, Window(here, *YEAR), by="Ada", at=AT)
        _ = 1 / 0
    with store.read() as db:
        assert total(db) == before
        assert retention.list_erasures(db) == []


def test_a_code_nobody_has_is_said(db: Db) -> None:
    with pytest.raises(NotFound, match="k7m4p29xqd"):
        retention.erase_scans(db, Window("k7m4p29xqd", *YEAR), by="Ada", at=AT)


def test_a_backup_from_before_erasures_is_still_whole(store: Store, tmp_path: Path) -> None:
    import sqlite3

    with store.write() as db:
        fill(db)
    path = tmp_path / "old.sqlite"
    write_backup(store, path)
    with sqlite3.connect(path) as connection:
        for table in YOUNGER:
            connection.execute(f"drop table {table}")
    connection.close()
    assert read_backup(store, path) > 1_000
    assert set(TABLES) >= YOUNGER


def test_an_erased_scan_that_still_lies_in_a_spool_does_not_come_back(db: Db) -> None:
    here, there = fill(db)
    erased_at = AT + timedelta(minutes=5)
    place = db.find("find_code_place", code=here)
    assert place
    day = local_hour(AT, place["timezone"])[0]
    taken = retention.erase_scans(db, Window(here, day, day), by="Ada", at=erased_at)
    before = total(db)
    late = [SpooledScan(here, AT), SpooledScan(here, AT, scan_class="staff")]
    others = [
        SpooledScan(there, AT),  # another code
        SpooledScan(here, AT - timedelta(days=1)),  # another day
        SpooledScan(here, AT + timedelta(minutes=6)),  # made after it was erased
    ]
    kept = retention.leave_out_erased(db, [*late, *others], "UTC")
    assert list(kept) == others
    scans.add_scans(db, kept, "UTC")
    assert total(db)["days"][0] == before["days"][0] + 3
    assert retention.list_erasures(db)[0].scans == taken + 2


def test_the_day_of_an_erased_scan_is_the_places_own(db: Db) -> None:
    code = add_placement(db, add_product(db), add_location(db)).code
    with_zone = db.find("find_code_place", code=code)
    assert with_zone
    zone = with_zone["timezone"]
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    day = local_hour(at, zone)[0]
    retention.erase_scans(db, Window(code, day, day), by="", at=AT + timedelta(days=30))
    assert list(retention.leave_out_erased(db, [SpooledScan(code, at)], "UTC")) == []
    assert len(retention.leave_out_erased(db, [SpooledScan(code, at + timedelta(days=1))], "UTC")) == 1


def test_the_sample_leaves_the_counts_of_own_scans_whose_rows_are_too_old_to_keep(store: Store) -> None:
    with store.write() as db:
        fill(db)
    retention.drop_old_scans(store, date(2026, 2, 14))
    with store.write() as db:
        before = total(db)
        guest = add_placement(db, add_product(db, "Sampled", is_sample=True), is_sample=True).code
        scans.add_scans(db, [SpooledScan(guest, AT - timedelta(hours=5 * n)) for n in range(50)], "UTC")
        assert total(db) != before
        sample.remove_sample(db)
        assert total(db) == before
