"""What only the embedded store can get wrong: a commit that fails, a file that cannot be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from shelftalk.errors import Conflict, Unavailable
from shelftalk.store import Store, users
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
