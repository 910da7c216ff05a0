"""Actions: rows and rollup together, unknown ones refused, old and erased ones gone. On both engines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from shelftalk.store import Db, Store, actions, retention
from shelftalk.store.backup import read_backup, write_backup
from shelftalk.store.retention import Window
from tests.store.test_store_contract import AT, add_location, add_placement, add_product

YEARS = (date(2024, 1, 1), date(2027, 12, 31))


@dataclass(frozen=True)
class Done:
    at: datetime = AT
    code: str = ""
    product_id: int = 0
    block: str = "buy"
    block_type: str = "buy"
    word: str = "go"
    language: str = "fa"
    device: str = "phone"
    scan_class: str = "person"
    rule_version: int = 2
    first: bool = True


def sums(db: Db) -> tuple[int, int]:
    rows = actions.list_action_totals(db, *YEARS)
    return sum(row.actions for row in rows), sum(row.firsts for row in rows)


def fill(db: Db) -> tuple[int, str, str]:
    product, location = add_product(db), add_location(db)
    here, there = add_placement(db, product, location).code, add_placement(db, product).code
    made = [
        Done(AT - timedelta(hours=7 * n), (here, there, "")[n % 3], product.id, first=n % 2 == 0) for n in range(1_200)
    ]
    assert actions.add_actions(db, made, "UTC") == []
    return product.id, here, there


def test_an_action_belongs_to_its_code_s_product_place_and_local_day(db: Db) -> None:
    product, location = add_product(db), add_location(db)
    placement = add_placement(db, product, location)
    late = datetime(2026, 11, 14, 22, 0, tzinfo=UTC)  # already the 15th in Tehran
    assert actions.add_actions(db, [Done(late, placement.code, product_id=99)], "UTC") == []
    assert actions.add_actions(db, [Done(late, "", product.id, word="read", block="", block_type="")], "UTC") == []
    rows = db.list("list_action_totals", from_day="2026-11-15", to_day="2026-11-15", product_id=0, location_id=-1)
    assert [(row["product_id"], row["placement_id"]) for row in rows] == [(product.id, placement.id)]
    own = actions.list_action_totals(db, *YEARS, location_id=0)
    assert [(row.product_id, row.placement_id, row.word) for row in own] == [(product.id, 0, "read")]


def test_what_no_store_can_know_is_handed_back(db: Db) -> None:
    product = add_product(db)
    known = Done(product_id=product.id)
    strangers = [Done(code="zzzzzzzzzz", product_id=product.id), Done(product_id=product.id + 1)]
    assert actions.add_actions(db, [known, *strangers], "UTC") == strangers
    assert actions.count_actions(db) == 1


def test_counts_are_what_counting_anew_would_give(db: Db) -> None:
    product_id, here, _there = fill(db)
    assert sums(db) == (1_200, 600)
    before = actions.list_action_totals(db, *YEARS)
    actions.rebuild_action_rollup(db)
    assert actions.list_action_totals(db, *YEARS) == before
    assert sum(row.actions for row in before if row.placement_id == 0) == 400
    assert {row.product_id for row in actions.list_action_totals(db, *YEARS, product_id=product_id)} == {product_id}
    assert actions.list_action_totals(db, *YEARS, product_id=product_id + 1) == []
    assert here


def test_what_was_done_goes_with_the_scans_that_are_erased(db: Db) -> None:
    _product_id, here, there = fill(db)
    window = Window(here, date(2026, 10, 1), date(2026, 10, 31))
    whole = actions.count_actions(db)
    retention.erase_scans(db, window, by="Ada", at=AT)
    gone = whole - actions.count_actions(db)
    assert gone > 20
    assert sums(db)[0] == whole - gone
    left = actions.list_action_totals(db, *YEARS)
    actions.rebuild_action_rollup(db)
    assert actions.list_action_totals(db, *YEARS) == left
    assert there


def test_an_erased_action_that_lies_in_a_spool_does_not_come_back(db: Db) -> None:
    product, location = add_product(db), add_location(db)
    code = add_placement(db, product, location).code
    retention.erase_scans(db, Window(code, AT.date() - timedelta(days=2), AT.date()), by="Ada", at=AT)
    late = Done(AT - timedelta(hours=3), code, product.id)
    new = replace(late, at=AT + timedelta(minutes=1))
    assert retention.leave_out_erased(db, [late, new], "UTC") == [new]


def test_old_actions_go_and_their_counts_stay(store: Store) -> None:
    with store.write() as db:
        fill(db)
        before = sums(db)
    cut = date(2026, 2, 14)
    assert retention.drop_old_scans(store, cut) > 100
    assert not retention.has_older_scan(store, cut)
    with store.read() as db:
        assert retention.find_oldest_day(db) == cut
        assert sums(db) == before


def test_a_backup_holds_them(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        fill(db)
        before = actions.list_action_totals(db, *YEARS)
    write_backup(store, tmp_path / "backup")
    with store.write() as db:
        db.run("drop_action_days")
    read_backup(store, tmp_path / "backup")
    with store.write() as db:
        assert actions.list_action_totals(db, *YEARS) == before
        assert actions.count_actions(db) == 1_200
        product = add_product(db, "New")
        assert actions.add_actions(db, [Done(product_id=product.id)], "UTC") == []
