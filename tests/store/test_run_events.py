"""The ledger of print runs: what happened later is appended, and the database itself refuses to change a row."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shelftalk.errors import Conflict, Invalid, NotFound
from shelftalk.store import Db, Store, locations, run_events, runs
from shelftalk.store.backup import read_backup, write_backup
from shelftalk.store.rows import ListQuery
from shelftalk.store.runs import PrintRun
from tests.store.test_store_contract import add_placement, add_product

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def add_run(db: Db, codes: list[str], labels: int, at: datetime = AT, **values: Any) -> PrintRun:
    given: dict[str, Any] = {"by": "Mina", "stock": "avery-l7160", "origin": "https://tea.example"}
    given |= {"start": 1, "copies": 1, "sheets": 1, "sha256": "", "proof": "{}"} | values
    return runs.add_run(db, labels=labels, items=json.dumps([{"code": code} for code in codes]), at=at, **given)


def test_a_run_knows_how_many_labels_each_code_got(db: Db) -> None:
    run = add_run(db, ["b", "a", "c"], labels=8)  # as a filled sheet shares them: the first ones get one more
    assert {one.code: one.quantity for one in runs.list_codes(db, run.id)} == {"b": 3, "a": 3, "c": 2}
    later = add_run(db, ["a"], labels=2, at=AT + timedelta(days=1))
    assert [(found.id, found.quantity) for found in runs.list_code_runs(db, "a")] == [(later.id, 2), (run.id, 3)]


def test_units_are_counted_as_many_as_there_are_of_their_placement(db: Db) -> None:
    kept = [{"code": "k7m4p29xqd", "suffixes": "abcdefgh" * 7}, {"code": "x7m4p29xqd", "suffixes": "abcdefgh" * 2}]
    given: dict[str, Any] = {"by": "", "stock": "s", "origin": "", "start": 1, "copies": 1, "sheets": 1, "sha256": ""}
    run = runs.add_run(db, labels=9, items=json.dumps(kept), proof="{}", at=AT, **given)
    assert {one.code: one.quantity for one in runs.list_codes(db, run.id)} == {"k7m4p29xqd": 7, "x7m4p29xqd": 2}


def test_what_happened_is_listed_in_its_order_with_its_sums(db: Db) -> None:
    run = add_run(db, ["a"], labels=100)
    shop = locations.add_location(db, name="Shop", code="S", gln="", address="", timezone="UTC", at=AT)
    run_events.add_event(db, run.id, "sent", by="Mina", at=AT, text="Zebra in the office")
    run_events.add_event(
        db, run.id, "shipped", by="Mina", at=AT, quantity=60, location_id=shop.id, done_on=date(2026, 2, 27)
    )
    run_events.add_event(db, run.id, "received", by="Sina", at=AT, quantity=55)
    run_events.add_event(db, run.id, "spoiled", by="Sina", at=AT, quantity=5, text="wet")
    events = run_events.list_events(db, run.id)
    assert [event.kind for event in events] == ["sent", "shipped", "received", "spoiled"]
    assert (events[1].location_name, events[1].done_on, events[0].done_on) == ("Shop", date(2026, 2, 27), AT.date())
    sums = run_events.sum_events(db, run.id)
    assert (sums.shipped, sums.received, sums.spoiled, sums.usable) == (60, 55, 5, 95)


def test_a_mistake_is_taken_back_by_a_counter_event_and_only_once(db: Db) -> None:
    run = add_run(db, ["a"], labels=10)
    wrong = run_events.add_event(db, run.id, "spoiled", by="Mina", at=AT, quantity=7, text="upside down")
    run_events.take_back(db, wrong, by="Mina", at=AT, text="they were fine")
    events = run_events.list_events(db, run.id)
    assert [(event.kind, event.undone, event.undoes) for event in events] == [
        ("spoiled", True, None),
        ("taken_back", False, wrong),
    ]
    assert run_events.sum_events(db, run.id).spoiled == 0
    for event in events:
        with pytest.raises(Conflict):
            run_events.take_back(db, event.id, by="Mina", at=AT)


@pytest.mark.parametrize(("kind", "quantity"), [("spoiled", 11), ("shipped", 0), ("shipped", 10), ("received", -1)])
def test_no_more_labels_can_go_than_there_are(db: Db, kind: str, quantity: int) -> None:
    run = add_run(db, ["a"], labels=10)
    run_events.add_event(db, run.id, "spoiled", by="Mina", at=AT, quantity=2)
    with pytest.raises(Invalid, match=rf"{quantity} labels.*1 to 8"):
        run_events.add_event(db, run.id, kind, by="Mina", at=AT, quantity=quantity)


def test_nothing_happens_to_a_run_that_is_not_there(db: Db) -> None:
    with pytest.raises(NotFound):
        run_events.add_event(db, 7, "note", by="Mina", at=AT, text="hello")


LEDGER = {
    "print_runs": ("labels = 9", "id = {id}"),
    "run_codes": ("quantity = 9", "run_id = {id}"),
    "run_events": ("text = 'never'", "run_id = {id}"),
}


@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_change_the_ledger(store: Store, table: str, verb: str) -> None:
    with store.write() as db:
        run = add_run(db, ["a"], labels=1)
        run_events.add_event(db, run.id, "note", by="Mina", at=AT, text="hello")
    change, which = LEDGER[table]
    which = which.format(id=run.id)
    sql = f"update {table} set {change} where {which}" if verb == "update" else f"delete from {table} where {which}"
    with pytest.raises(Conflict), store.write() as db:
        db.engine.execute(db.connection, sql, {})
    with store.read() as db:
        assert runs.get_run(db, run.id).labels == 1
        assert [one.quantity for one in runs.list_codes(db, run.id)] == [1]
        assert [event.text for event in run_events.list_events(db, run.id)] == ["hello"]


def test_rows_like_these_can_be_changed_where_no_ledger_is(store: Store) -> None:
    """The control of the test above: the same statements do change the same rows of a copy that nothing keeps."""
    with store.write() as db:
        run = add_run(db, ["a"], labels=1)
        db.engine.execute(db.connection, "create table copied as select * from print_runs", {})
        db.engine.execute(db.connection, f"update copied set labels = 9 where id = {run.id}", {})
        assert db.engine.execute(db.connection, "select labels from copied", {}).fetchone()["labels"] == 9


def test_a_ledger_opened_in_one_transaction_is_closed_in_the_next(store: Store) -> None:
    with store.write() as db:
        add_run(db, ["a"], labels=1)
        kept = add_run(db, ["b"], labels=1)
    with store.write() as db, runs.open_ledger(db):
        db.engine.execute(db.connection, "delete from run_codes where code = 'a'", {})
    with pytest.raises(Conflict), store.write() as db:
        db.engine.execute(db.connection, "delete from run_codes", {})
    with store.read() as db:
        assert [one.code for one in runs.list_codes(db, kept.id)] == ["b"]


def test_a_backup_brings_the_ledger_back_into_a_store_that_has_one(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        run = add_run(db, ["a", "b"], labels=5)
        run_events.add_event(db, run.id, "spoiled", by="Mina", at=AT, quantity=1, text="wet")
    write_backup(store, tmp_path / "backup.sqlite3")
    read_backup(store, tmp_path / "backup.sqlite3")
    with store.write() as db:
        assert runs.get_run(db, run.id) == run
        assert [one.quantity for one in runs.list_codes(db, run.id)] == [3, 2]
        assert run_events.sum_events(db, run.id).spoiled == 1
        run_events.add_event(db, run.id, "note", by="Mina", at=AT, text="goes on")


def test_a_backup_that_says_the_ledger_is_open_does_not_open_it(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        run = add_run(db, ["a"], labels=1)
    path = tmp_path / "backup.sqlite3"
    write_backup(store, path)
    with closing(sqlite3.connect(path)) as made_up, made_up:
        made_up.execute("insert into notes (name, value) values (?, '1')", (runs.OPEN,))
    read_backup(store, path)
    with pytest.raises(Conflict), store.write() as db:
        db.engine.execute(db.connection, "delete from run_codes", {})
    with store.read() as db:
        assert [one.quantity for one in runs.list_codes(db, run.id)] == [1]


def test_of_two_who_tell_of_the_last_labels_at_once_one_is_told(store: Store) -> None:
    with store.write() as db:
        run = add_run(db, ["a"], labels=10)
    ready, told = threading.Barrier(2), []

    def tell() -> None:
        ready.wait()
        try:
            with store.write() as db:
                run_events.add_event(db, run.id, "spoiled", by="Mina", at=AT, quantity=6, text="wet")
                time.sleep(0.2)  # whoever is first has not committed when the other one looks
        except Invalid as fault:
            told.append(str(fault))

    people = [threading.Thread(target=tell) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert told == ["6 labels are not possible here. Choose 1 to 4."]
    with store.read() as db:
        assert run_events.sum_events(db, run.id).spoiled == 6


def test_runs_are_found_by_person_stock_product_code_and_day(db: Db) -> None:
    tea, cake = (add_placement(db, add_product(db, name)) for name in ("Tea", "Cake"))
    first = add_run(db, [tea.code], labels=1)
    second = add_run(db, [tea.code, cake.code], labels=4, at=AT + timedelta(days=2), by="Sina", stock="own-5.2")

    def find(**filters: str) -> list[int]:
        return [run.id for run in runs.list_runs(db, ListQuery(filters=filters)).rows]

    assert find() == [first.id, second.id]
    assert find(by="Sina") == find(stock="own-5") == find(product=str(cake.product_id)) == [second.id]
    assert find(code=cake.code) == find(from_at="2026-03-02") == [second.id]
    assert find(to_at="2026-03-02", code=tea.code) == find(stock="avery-l7160") == [first.id]
    assert runs.list_people(db) == ["Mina", "Sina"]
    assert runs.list_stocks(db) == ["avery-l7160", "own-5.2"]


def test_what_took_an_event_back_gives_way_to_no_other_row(store: Store) -> None:
    with store.write() as db:
        run = add_run(db, ["a"], labels=10)
        wrong = run_events.add_event(db, run.id, "spoiled", by="Mina", at=AT, quantity=3)
        undone = run_events.take_back(db, wrong, by="Mina", at=AT)
    columns = "run_id, kind, at, by, done_on, quantity, text, undoes"
    values = f"{run.id}, 'taken_back', '', '', '', 0, '', {wrong}"
    verb = "insert or replace" if store.engine.name == "sqlite" else "insert"
    if store.engine.name == "sqlite":
        store.close()  # as another thread sees it: migrations leave settings of their own in their connection
    with pytest.raises(Conflict), store.write() as db:
        db.engine.execute(db.connection, f"{verb} into run_events ({columns}) values ({values})", {})
    with store.read() as db:
        assert [event.id for event in run_events.list_events(db, run.id)] == [wrong, undone]


def test_a_row_that_is_there_is_not_replaced_either(store: Store) -> None:
    with store.write() as db:
        run = add_run(db, ["a"], labels=1)
    replace = (
        "insert or replace into run_codes values (:id, 'a', 9)"
        if store.engine.name == "sqlite"
        else "insert into run_codes values (%(id)s, 'a', 9) on conflict (run_id, code) do update set quantity = 9"
    )
    with pytest.raises(Conflict), store.write() as db:
        db.engine.execute(db.connection, replace, {"id": run.id})
    with store.read() as db:
        assert [one.quantity for one in runs.list_codes(db, run.id)] == [1]
