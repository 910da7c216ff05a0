"""Opens the store on SQLite or PostgreSQL and hands out transactions; knows no table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import aiosql

from shelftalk.config import Settings
from shelftalk.errors import NotFound

Row = Mapping[str, Any]
SQL_FOLDER = Path(__file__).parent / "sql"


class Engine(Protocol):
    """What SQLite and PostgreSQL must each do for the store."""

    name: str
    driver: str  # aiosql's name of the driver

    def migrate(self) -> None:
        """Bring the schema up to date; safe to call again."""

    def connect(self, *, write: bool) -> AbstractContextManager[Any]:
        """A connection inside one transaction: committed at the end, rolled back on an exception."""

    def match(self, table: str) -> str:
        """The SQL condition that finds `:pattern` in the search text of `table`."""

    def execute(self, connection: Any, sql: str, params: Mapping[str, object]) -> Any:
        """Run one statement; gives a cursor."""

    def execute_many(self, connection: Any, sql: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Run one statement for every row."""

    def execute_lists(self, connection: Any, sql: str, lists: Mapping[str, Sequence[object]]) -> None:
        """Run one statement for rows that come as a list for each parameter, all of one length."""

    def copy(self, connection: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Add many rows the engine's fastest way."""

    def drop_months(self, connection: Any, table: str, before: str, /) -> int:
        """Drop whole months before the month (2026-11) where the engine can; gives how many rows went."""

    def reset_identities(self, connection: Any, tables: Sequence[str]) -> None:
        """After rows came with their own ids: let the next new row get a free one."""

    def close(self) -> None:
        """Give back what the engine holds open."""


class Db:
    """One open transaction. Statements go by their name in `sql/`."""

    def __init__(self, engine: Engine, statements: Mapping[str, str], connection: Any) -> None:
        self.engine = engine
        self.connection = connection
        self._statements = statements

    def _cursor(self, statement: str, params: Mapping[str, object], sort: str = "") -> Any:
        sql = self._statements[statement].replace("{sort}", sort)
        return self.engine.execute(self.connection, sql, params)

    def run(self, statement: str, /, **params: object) -> int:
        """Run a statement; gives the number of rows it touched."""
        return int(self._cursor(statement, params).rowcount)

    def find(self, statement: str, /, **params: object) -> Row | None:
        """The first row, or None."""
        row: Row | None = self._cursor(statement, params).fetchone()
        return row

    def get(self, statement: str, /, **params: object) -> Row:
        """The first row; raises NotFound."""
        row = self.find(statement, **params)
        if row is None:
            raise NotFound("There is nothing here under {key}.", key=tuple(map(str, params.values())))
        return row

    def list(self, statement: str, sort: str = "", /, **params: object) -> Sequence[Row]:
        """All rows. `sort` fills the statement's `{sort}`; callers take it from a fixed table only."""
        rows: Sequence[Row] = self._cursor(statement, params, sort).fetchall()
        return rows

    def value(self, statement: str, /, **params: object) -> Any:
        """The first column of the first row, or None."""
        row = self.find(statement, **params)
        return None if row is None else next(iter(dict(row).values()))

    def run_many(self, statement: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Run a statement for every row."""
        self.engine.execute_many(self.connection, self._statements[statement], rows)

    def run_lists(self, statement: str, lists: Mapping[str, Sequence[object]]) -> None:
        """Run a statement for many rows at once, given as a list for each parameter."""
        self.engine.execute_lists(self.connection, self._statements[statement], lists)


class Store:
    """The database of record: `read()` and `write()` each open one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._statements = load_statements(engine)

    def migrate(self) -> None:
        """Bring the schema up to date; safe to call again."""
        self.engine.migrate()

    @contextmanager
    def read(self) -> Iterator[Db]:
        """A consistent view; what is changed in it is not kept."""
        with self.engine.connect(write=False) as connection:
            yield Db(self.engine, self._statements, connection)

    @contextmanager
    def write(self) -> Iterator[Db]:
        """One transaction: all of it is kept, or none."""
        with self.engine.connect(write=True) as connection:
            yield Db(self.engine, self._statements, connection)

    def close(self) -> None:
        """Give back connections."""
        self.engine.close()


def load_statements(engine: Engine) -> dict[str, str]:
    """Every named statement of `sql/`, with the engine's own files in `sql/<engine>/` taking precedence."""
    statements: dict[str, str] = {}
    for folder in (SQL_FOLDER, SQL_FOLDER / engine.name):
        for path in sorted(folder.glob("*.sql")):
            text = re.sub(r"\{match (\w+)\}", lambda found: engine.match(found[1]), path.read_text("utf-8"))
            statements |= _parse_statements(text, engine.driver)
    return statements


@cache
def _parse_statements(text: str, driver: str) -> Mapping[str, str]:
    """The statements of one file by name, read once however many stores a process opens."""
    queries = aiosql.from_str(text, driver, kwargs_only=True)
    return {name: getattr(queries, name).sql for name in queries.available_queries if not name.endswith("_cursor")}


def open_store(settings: Settings) -> Store:
    """The store the settings choose; nothing is created before `migrate()`."""
    if settings.database_url:
        from shelftalk.store.postgres import PostgresEngine

        return Store(PostgresEngine(settings.database_url))
    from shelftalk.store.sqlite import SqliteEngine

    return Store(SqliteEngine(settings.database_path))
