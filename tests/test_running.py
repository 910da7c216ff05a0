"""docs/running.md names only commands, options, settings, files and figures that exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from shelftalk import clock
from shelftalk.scans.ledger import SpoolStatus
from shelftalk.scans.timing import Times
from shelftalk.web.cli import COMMANDS
from shelftalk.web.health import Health
from shelftalk.web.metrics import write_metrics
from shelftalk.web.retention import Retained
from tests.browser.conftest import find_free_port, wait_until_up
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
        assert set(re.findall(r"--[a-z][a-z-]*", rest)) <= OPTIONS[name], (name, rest)


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


UNITS = ("shelftalk@8000.service", "shelftalk-ingest.service", "shelftalk-backup.service", "shelftalk-backup.timer")


def test_the_units_are_what_systemd_reads(tmp_path: Path) -> None:
    units = re.findall(r"```ini\n(.*?)```", TEXT, re.DOTALL)
    assert len(units) == len(UNITS)
    programs = tmp_path / "bin"  # units want a path without spaces
    programs.symlink_to(Path(sys.executable).parent)
    for name, unit in zip(UNITS, units, strict=True):
        assert all(re.match(r"^(\[\w+\]|\w+=.+|)$", line) for line in unit.splitlines()), unit
        # What it starts is here, not in /opt.
        text = unit.replace("/opt/shelftalk/.venv/bin", str(programs)).replace("/opt/shelftalk", "/")
        (tmp_path / name).write_text(text)
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze: whether systemd takes the units of docs/running.md was not tried")
    environ = os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    for name in UNITS:
        command = ["systemd-analyze", "verify", str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
        assert [line for line in done.stderr.splitlines() if "shelftalk" in line] == [], done.stderr


def test_what_the_container_copies_is_enough_to_run(tmp_path: Path) -> None:
    """No container is needed to see that: the same files in an empty folder, the same command, the sign of life."""
    home = tmp_path / "opt"
    for line in re.findall(r"^COPY (.+)$", CONTAINER, re.MULTILINE):
        *sources, target = line.split()
        for source in sources:
            whole = (ROOT / source).is_dir()
            place = home / target / ("" if whole or not target.endswith("/") else source)
            place = home / source if target in (".", "./") else place
            place.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if whole else shutil.copy
            copy(ROOT / source, place)
    port = find_free_port()
    environ = {"SHELFTALK_INSTANCE": str(tmp_path / "instance"), "PORT": str(port), "PATH": "/usr/bin"}
    process = subprocess.Popen([sys.executable, "scripts/serve.py"], cwd=home, env=environ, stdout=subprocess.PIPE)
    try:
        wait_until_up(f"http://127.0.0.1:{port}", process)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/admin/sign-in", timeout=20) as answer:
            assert b"Shelftalk" in answer.read()
    finally:
        process.terminate()
        told, _ = process.communicate(timeout=20)
    assert b"set-up?token=" in told, "it says what to do first"
