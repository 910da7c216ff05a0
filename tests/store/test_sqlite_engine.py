"""What only the embedded store can get wrong: a commit that fails, a file that cannot be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from shelftalk.errors import Conflict, Unavailable
from shelftalk.store import Store, notes, users
from shelftalk.store.sqlite import SqliteEngine


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Store:
    store = Store(SqliteEngine(tmp_path / "store.sqlite"))
    store.migrate()
    return store


def test_after_a_commit_that_failed_the_thread_goes_on_working(sqlite_store: Store) -> None:
    with pytest.raises(Conflict), sqlite_store.write() as db:
        db.connection.execute("pragma defer_foreign_keys = on")  # so that not the insert fails but the commit
        db.connection.execute("insert into sessions values ('token', 999, '', '')")
    with sqlite_store.write() as db:
        assert users.count_users(db) == 0
        assert db.connection.execute("select count(*) from sessions").fetchone()[0] == 0


def test_a_file_that_cannot_be_made_is_a_store_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").symlink_to("/proc/nowhere/store.sqlite")
    with pytest.raises(Unavailable, match="cannot be used"):
        Store(SqliteEngine(tmp_path / "store.sqlite")).migrate()


def test_a_file_replaced_under_a_running_server_is_said_and_left_alone(sqlite_store: Store, tmp_path: Path) -> None:
    """What went into the old one would be gone, and the old one's journal would be read into the new one."""
    other = Store(SqliteEngine(tmp_path / "other.sqlite"))
    other.migrate()
    other.close()
    (tmp_path / "store.sqlite").rename(tmp_path / "kept")
    (tmp_path / "other.sqlite").rename(tmp_path / "store.sqlite")
    before = (tmp_path / "store.sqlite").read_bytes()
    for _time in range(2):
        with pytest.raises(Unavailable, match=r"was replaced.*store\.sqlite-wal"), sqlite_store.write() as db:
            notes.set_note(db, "more", "lost")
    assert (tmp_path / "store.sqlite").read_bytes() == before
    (tmp_path / "kept").replace(tmp_path / "store.sqlite")
    with sqlite_store.write() as db:
        notes.set_note(db, "more", "kept")
    sqlite_store.close()
    again = Store(SqliteEngine(tmp_path / "store.sqlite"))
    with again.read() as db:
        assert notes.find_note(db, "more") == "kept"
    again.close()


def test_a_file_that_is_gone_takes_nothing_until_it_is_back(sqlite_store: Store, tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").rename(tmp_path / "kept")
    for _time in range(2):
        with pytest.raises(Unavailable, match="is gone"), sqlite_store.write() as db:
            notes.set_note(db, "more", "lost")
    assert not (tmp_path / "store.sqlite").exists(), "no empty one in its place"
    (tmp_path / "kept").rename(tmp_path / "store.sqlite")
    with sqlite_store.write() as db:
        notes.set_note(db, "more", "kept")
        assert notes.find_note(db, "more") == "kept"
    sqlite_store.close()
