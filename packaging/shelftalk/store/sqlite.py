"""The embedded store: one SQLite file, opened per thread, one writer at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from shelftalk.errors import Conflict, Unavailable
from shelftalk.store.migrations.sqlite import migrations

BUSY_MS = 10_000


class SqliteEngine:
    """SQLite in write-ahead mode; a commit is on the disk before it returns (synchronous=FULL)."""

    name = "sqlite"
    driver = "sqlite3"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = threading.local()
        self._writer = threading.Lock()

    def _open(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is not None and self._threads.file != self._identify():
            # What is written into a file without a name is gone with the process; and the old file's -wal would
            # be read into the new one, so opening that is no way out either.
            raise Unavailable(
                "The database's file was replaced while it was in use. Put the old one back; or stop the server, "
                "delete {name}-wal and {name}-shm beside it, and start it again.",
                name=self.path.name,
            )
        if connection is None:
            self._make_file()
            connection = sqlite3.connect(self.path, isolation_level=None, timeout=BUSY_MS / 1000)
            connection.row_factory = sqlite3.Row
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.execute("pragma foreign_keys = on")
            connection.execute("pragma recursive_triggers = on")  # a row that gives way to another is a deleted one
            self._threads.connection, self._threads.file = connection, self._identify()
        return connection

    def _identify(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except OSError as error:
            raise Unavailable("The database's file {name} is gone. Put it back.", name=self.path.name) from error
        return found.st_dev, found.st_ino

    def _make_file(self) -> None:
        """SQLite would make it too, but readable by everybody."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
        except OSError as error:
            raise Unavailable(
                "The database cannot be used just now ({reason}). Try again.", reason=str(error.strerror)
            ) from error

    def migrate(self) -> None:
        """Apply what is pending, each step in a transaction of its own."""
        with self._writer, self._translate():
            migrations.apply(Database(self._open()))

    @contextmanager
    def _translate(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError as error:
            raise Conflict("Somebody saved the same thing a moment ago. Reload and look again.") from error
        except sqlite3.DatabaseError as error:
            raise Unavailable(
                "The database cannot be used just now ({reason}). Try again.", reason=str(error)
            ) from error

    @contextmanager
    def connect(self, *, write: bool) -> Iterator[sqlite3.Connection]:
        """The thread's connection inside one transaction."""
        with self._translate():
            if not write:
                yield from self._transaction("begin")
                return
            with self._writer:
                yield from self._transaction("begin immediate")

    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        connection = self._open()
        connection.execute(begin)
        try:
            yield connection
            connection.commit()
        except BaseException:
            connection.rollback()  # after a commit that failed too: the thread's next transaction begins clean
            raise

    def match(self, table: str) -> str:
        """Trigram full-text index: finds any part of a word in any script. It cannot see parts under 3 letters,
        nor wildcards that are meant as signs."""
        indexed = f"select rowid from {table}_fts where search_text like :pattern"  # noqa: S608 (names are ours)
        return (
            "case when length(:pattern) < 5 or instr(:pattern, '\\') > 0 "
            f"then {table}.search_text like :pattern escape '\\' else {table}.id in ({indexed}) end"
        )

    def execute(self, connection: sqlite3.Connection, sql: str, params: Mapping[str, object]) -> sqlite3.Cursor:
        """Run one statement."""
        return connection.execute(sql, params)

    def execute_many(self, connection: sqlite3.Connection, sql: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Run one statement for every row."""
        connection.executemany(sql, rows)

    def execute_lists(self, connection: sqlite3.Connection, sql: str, lists: Mapping[str, Sequence[object]]) -> None:
        """Run one statement for every row."""
        rows = zip(*lists.values(), strict=True)
        connection.executemany(sql, (dict(zip(lists, row, strict=True)) for row in rows))

    def copy(
        self, connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """Add many rows with one prepared insert."""
        places = ", ".join("?" * len(columns))
        connection.executemany(f"insert into {table} ({', '.join(columns)}) values ({places})", rows)  # noqa: S608 (names are ours)

    def drop_months(self, _connection: sqlite3.Connection, _table: str, _before: str) -> int:
        """Nothing to do: a table is one piece."""
        return 0

    def reset_identities(self, connection: sqlite3.Connection, tables: Sequence[str]) -> None:
        """Nothing to do: SQLite continues after the largest id."""

    def close(self) -> None:
        """Close this thread's connection; the others close with their threads."""
        connection = getattr(self._threads, "connection", None)
        if connection is not None:
            connection.close()
            self._threads.connection = None
