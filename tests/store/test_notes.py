"""Notes on each engine: a value is replaced only where the old one still stands."""

from __future__ import annotations

import threading

import pytest

from shelftalk.store import Store, notes


def test_a_note_is_replaced_only_where_the_old_one_stands(store: Store) -> None:
    with store.write() as db:
        notes.set_note(db, "which", "old")
        assert not notes.replace_note(db, "which", "other", "new")
        assert not notes.replace_note(db, "never set", "", "new")
        assert notes.replace_note(db, "which", "old", "new")
        assert notes.find_note(db, "which") == "new"


@pytest.mark.parametrize("old", ["old", ""])
def test_of_many_at_once_only_one_replaces_a_note(store: Store, old: str) -> None:
    if old:
        with store.write() as db:
            notes.set_note(db, "which", old)
    together, replaced = threading.Barrier(4), []

    def replace(number: int) -> None:
        together.wait()
        with store.write() as db:
            if notes.swap_note(db, "which", old, f"new {number}"):
                replaced.append(f"new {number}")

    threads = [threading.Thread(target=replace, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as db:
        assert [notes.find_note(db, "which")] == replaced
