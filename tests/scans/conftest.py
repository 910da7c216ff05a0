from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from scan_support import SqliteSink, fill_shelf, plain_app

from shelftalk.scans.door import Door
from shelftalk.scans.ingest import Ingester
from shelftalk.scans.reader import ShelfReader
from shelftalk.scans.spool import Spool


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool")
    yield made
    made.close()


@pytest.fixture
def sink(tmp_path: Path) -> SqliteSink:
    return SqliteSink(tmp_path / "store.sqlite")


@pytest.fixture
def ingester(spool: Spool, sink: SqliteSink) -> Ingester:
    return Ingester(spool, sink)


@pytest.fixture
def shelf_path(tmp_path: Path) -> Path:
    path = tmp_path / "shelf.sqlite"
    fill_shelf(path)
    return path


@pytest.fixture
def door(shelf_path: Path, spool: Spool) -> Door:
    return Door(plain_app, ShelfReader(shelf_path, refresh_s=0), spool, origin="https://tea.example")
