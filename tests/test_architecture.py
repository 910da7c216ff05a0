"""The layout's rules: imports run one way, each room keeps to its trade, nothing shadows a library."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "packaging"
PACKAGE = SOURCE / "shelftalk"
BASE = {"errors", "clock", "config"}
PURE = {"catalog", "gs1"}
# Room -> the rooms it may import from. A new room needs a line here.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "clock": {"errors"},
    "config": {"errors"},
    "gs1": BASE,
    "catalog": BASE | {"gs1"},
    "labels": BASE | PURE,
    "scans": BASE | PURE,
    "reports": BASE | PURE,
    "sample": BASE | PURE,
    "store": BASE | PURE,
    "web": BASE | PURE | {"labels", "scans", "reports", "sample", "store"},
}
# What only one room may touch -> (room, why).
ONLY = {
    "flask": "web",
    "werkzeug": "web",
    "aiosql": "store",
    "psycopg": "store",
    "psycopg_pool": "store",
    "sqlite_utils": "store",
}
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@cache
def walk(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def imports_of(path: Path) -> Iterator[str]:
    for node in walk(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the direction"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "shelftalk")


def calls_of(path: Path) -> Iterator[str]:
    for node in walk(path):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


@pytest.mark.parametrize("path", [path for path in FILES if path != PACKAGE / "__init__.py"], ids=str)
def test_imports_run_one_way(path: Path) -> None:
    room = room_of(path)
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] == "shelftalk" and len(parts) > 1 and parts[1] != room and parts[1] != "__version__":
            assert parts[1] in MAY_IMPORT[room], f"{room} must not import {name}"
        if parts[0] in ONLY:
            assert room == ONLY[parts[0]], f"only {ONLY[parts[0]]} may import {parts[0]}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_only_the_clock_reads_time_and_only_config_the_environment(path: Path) -> None:
    calls = set(calls_of(path))
    if room_of(path) != "clock":
        read = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "time.monotonic", "time.time_ns"}
        assert not calls & read, f"{path} reads time"
    if room_of(path) != "config":
        assert not calls & {"os.environ", "os.getenv"}, f"{path} reads the environment"


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) not in ("store", "scans", "web")], ids=str)
def test_only_the_store_speaks_sql(path: Path) -> None:
    assert "sqlite3" not in {name.split(".")[0] for name in imports_of(path)}


def test_web_asks_the_store_and_never_a_database() -> None:
    for path in (PACKAGE / "web").rglob("*.py"):
        assert "sqlite3" not in set(imports_of(path)), path


def test_the_shelf_is_the_only_file_the_scan_path_opens_as_a_database() -> None:
    users = {path.name for path in (PACKAGE / "scans").rglob("*.py") if "sqlite3" in set(imports_of(path))}
    assert users <= {"shelf.py", "reader.py"}, users


def test_the_source_root_is_no_package() -> None:
    assert not list(SOURCE.glob("*.py")), "packaging/ shadows a library as soon as it holds Python files"
    assert not (SOURCE / "__init__.py").exists()


def test_the_library_called_packaging_is_still_found() -> None:
    import packaging.version

    assert "site-packages" in str(packaging.version.__file__)


def test_the_rule_can_fail(tmp_path: Path) -> None:
    culprit = tmp_path / "x.py"
    culprit.write_text("import flask\nfrom shelftalk.web import app\nfrom shelftalk import store\n")
    found = set(imports_of(culprit))
    assert {"flask", "shelftalk.web", "shelftalk.store"} <= found
    assert "shelftalk.web" not in {f"shelftalk.{name}" for name in MAY_IMPORT["labels"]}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400, "split it"
