"""docs/running.md names only commands, options, settings, files and figures that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from shelftalk import clock
from shelftalk.scans.ledger import SpoolStatus
from shelftalk.scans.timing import Times
from shelftalk.web.cli import COMMANDS
from shelftalk.web.health import Health
from shelftalk.web.metrics import write_metrics
from shelftalk.web.retention import Retained
from tests.test_docs import read_settings_names

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs/running.md").read_text("utf-8")
CONTAINER = (ROOT / "Containerfile").read_text("utf-8")
OPTIONS = {
    command.name: {option for param in command.params for option in param.opts if option.startswith("--")}
    for command in COMMANDS
}


def test_every_command_and_option_exists() -> None:
    named = re.findall(r"flask ([a-z-]+)([^`\n]*)", TEXT)
    assert {name for name, _rest in named} >= {"ingest", "backup", "restore", "report", "retain", "erase"}
    for name, rest in named:
        assert name in OPTIONS, name
        assert set(re.findall(r"--[a-z]+", rest)) <= OPTIONS[name], (name, rest)


@pytest.mark.parametrize("text", [TEXT, CONTAINER], ids=["running.md", "Containerfile"])
def test_every_setting_exists(text: str) -> None:
    named = set(re.findall(r"\b(SHELFTALK_[A-Z_]+|DATABASE_[A-Z]+|SCAN_[A-Z]+|PORT)\b", text))
    assert len(named) >= 2
    assert named <= read_settings_names()


def test_every_file_it_starts_or_copies_exists() -> None:
    named = set(re.findall(r"\b(scripts/[a-z.]+|requirements[a-z-]*\.txt|Containerfile)", TEXT))
    named |= {source for line in re.findall(r"^COPY (.+) \S+$", CONTAINER, re.MULTILINE) for source in line.split()}
    assert len(named) >= 6
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_figure_exists() -> None:
    spool = SpoolStatus(segments=1, bytes=1, depth=0, served=1, stored=1, set_aside=0, lost=0, torn=0, missing=0)
    at = clock.now()
    retained = Retained(at, 0, at.date(), None, True)
    health = Health(at, 1.0, "SQLite", 1, 1, None, spool, at, 1.0, "", at, retained)
    lines = "".join(write_metrics(health, {"person": 1}, Times()))
    for name in set(re.findall(r"\bshelftalk_[a-z_]+", TEXT)):
        assert f"\n{name}" in lines, name
    assert 'fate="lost"' in lines


def test_every_address_exists(request: pytest.FixtureRequest) -> None:
    app = request.getfixturevalue("app")
    known = {rule.rule for rule in app.url_map.iter_rules()}
    assert set(re.findall(r"`(/(?:admin/)?[a-z]+)`", TEXT)) <= known


def test_the_units_are_what_systemd_reads(tmp_path: Path) -> None:
    units = re.findall(r"```ini\n(.*?)```", TEXT, re.DOTALL)
    assert len(units) == 4
    for unit in units:
        assert all(re.match(r"^(\[\w+\]|\w+=.+|)$", line) for line in unit.splitlines()), unit
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze for the rest")
    path = tmp_path / "shelftalk@.service"
    path.write_text(units[0])
    done = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False)
    assert "Unknown" not in done.stderr
