"""The store for growth: PostgreSQL through a pool of connections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import ClientCursor
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from shelftalk.errors import Conflict, Unavailable

MIGRATIONS = Path(__file__).parent / "migrations" / "postgres"
MIGRATION_LOCK = 7_401_225  # any number of ours: one node migrates, the others wait
PARTITION_LOCK = 7_401_226
PARTITIONED = {"scans": "day", "actions": "day"}  # table -> the column whose month chooses the partition
Connection = psycopg.Connection[dict[str, Any]]


class PostgresEngine:
    """PostgreSQL; every answer of a commit is durable (the server's default)."""

    name = "postgres"
    driver = "psycopg"

    def __init__(self, url: str) -> None:
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            min_size=1,
            max_size=10,
            timeout=10,
            open=False,
            check=ConnectionPool.check_connection,
            kwargs={"row_factory": dict_row, "cursor_factory": ClientCursor},
        )

    def migrate(self) -> None:
        """Apply the numbered files that are pending, each in a transaction of its own."""
        for path in sorted(MIGRATIONS.glob("*.sql")):
            with self.connect(write=True) as connection:
                connection.execute("select pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
                connection.execute("create table if not exists migrations (name text primary key)")
                done = connection.execute("select 1 from migrations where name = %s", (path.name,)).fetchone()
                if not done:
                    connection.execute(path.read_bytes())
                    connection.execute("insert into migrations values (%s)", (path.name,))

    @contextmanager
    def connect(self, *, write: bool) -> Iterator[Connection]:
        """A pooled connection inside one transaction."""
        try:
            self._pool.open()
            with self._pool.connection() as connection:
                if not write:
                    connection.execute("set transaction isolation level repeatable read, read only")
                yield connection
        except psycopg.IntegrityError as error:
            raise Conflict("Somebody saved the same thing a moment ago. Reload and look again.") from error
        except (psycopg.OperationalError, PoolTimeout) as error:
            raise Unavailable(
                "The database cannot be reached just now ({reason}). Try again.", reason=str(error)
            ) from error

    def match(self, table: str) -> str:
        """A plain search: tens of thousands of names take milliseconds."""
        return f"{table}.search_text like :pattern"

    def execute(self, connection: Connection, sql: str, params: Mapping[str, object]) -> psycopg.Cursor[dict[str, Any]]:
        """Run one statement."""
        return connection.execute(sql.encode(), params)

    def execute_many(self, connection: Connection, sql: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Run one statement for every row, pipelined."""
        with psycopg.Cursor(connection) as cursor:
            cursor.executemany(sql.encode(), rows)

    def execute_lists(self, connection: Connection, sql: str, lists: Mapping[str, Sequence[object]]) -> None:
        """Run one statement that takes each parameter as an array."""
        connection.execute(sql.encode(), lists)

    def copy(
        self, connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """Add many rows with COPY; the partitions they belong in are made first."""
        rows = list(rows)
        if table in PARTITIONED:
            place = list(columns).index(PARTITIONED[table])
            self._make_months(connection, table, sorted({str(row[place])[:7] for row in rows}))
        statement = f"copy {table} ({', '.join(columns)}) from stdin"
        with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def _make_months(self, connection: Connection, table: str, months: Sequence[str]) -> None:
        """Make the partitions that are missing; two nodes may come to it at the same time."""
        for month in months:
            name = name_month(table, month)
            if _exists(connection, name):
                continue
            connection.execute("select pg_advisory_xact_lock(%s)", (PARTITION_LOCK,))
            if _exists(connection, name):
                continue
            # Attached, not made as a partition: that would wait for every report that is being read.
            connection.execute(f"create table {name} (like {table} including defaults including constraints)".encode())
            attach = f"alter table {table} attach partition {name} for values from (%s) to (%s)"
            connection.execute(attach.encode(), (f"{month}-01", f"{get_next_month(month)}-01"))

    def drop_months(self, connection: Connection, table: str, before: str) -> int:
        """Drop the partitions that end before the month (2026-11); gives how many rows they held."""
        found = connection.execute(
            "select inhrelid::regclass::text as name from pg_inherits where inhparent = %s::regclass", (table,)
        ).fetchall()
        count = 0
        for name in sorted(row["name"] for row in found if row["name"] < name_month(table, before)):
            connection.execute("set local lock_timeout = '5s'")  # a long report goes first; the next try will do
            held = connection.execute(f"select count(*) as n from {name}".encode()).fetchone()  # noqa: S608 (names are ours)
            connection.execute(f"drop table {name}".encode())
            count += held["n"] if held else 0
        return count

    def reset_identities(self, connection: Connection, tables: Sequence[str]) -> None:
        """Let each identity continue after the largest id."""
        for table in tables:
            statement = (
                f"select setval(pg_get_serial_sequence('{table}', 'id'), "  # noqa: S608 (names are ours)
                f"coalesce((select max(id) from {table}), 0) + 1, false)"
            )
            connection.execute(statement.encode())

    def close(self) -> None:
        """Close the pool."""
        self._pool.close()


def name_month(table: str, month: str) -> str:
    """The partition of a month: scans_2026_11 for 2026-11."""
    return f"{table}_{int(month[:4]):04}_{int(month[5:7]):02}"


def get_next_month(month: str) -> str:
    """The month after: 2027-01 for 2026-12."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:7]), 12)
    return f"{year:04}-{number + 1:02}"


def _exists(connection: Connection, table: str) -> bool:
    # Asked of the catalogue's rows: to_regclass may answer from what it remembered before a lock was waited for.
    found = connection.execute(
        "select 1 from pg_class where relname = %s and relnamespace = current_schema()::regnamespace", (table,)
    )
    return found.fetchone() is not None
