from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scans"))

from fault_support import fill_large_shelf


@pytest.fixture(scope="session")
def large_shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shelf") / "shelf.sqlite"
    fill_large_shelf(path)
    return path


@pytest.fixture
def folder(tmp_path: Path, large_shelf: Path) -> Path:
    """What a server needs: a shelf of 20,000 codes and room for a spool."""
    for part in large_shelf.parent.iterdir():
        (tmp_path / part.name).write_bytes(part.read_bytes())
    return tmp_path
