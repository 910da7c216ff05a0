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

    def copy(
        self, connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """Add many rows with COPY."""
        statement = f"copy {table} ({', '.join(columns)}) from stdin"
        with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)

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
