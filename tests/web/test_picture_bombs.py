"""Pictures made to hurt are refused within two seconds and without the server growing; measured in a real process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shelftalk.web.media import accept_image
from tests.support import ROOT
from tests.tea_page import draw_garden
from tests.web.bombs import list_bombs, list_disguises

SECONDS = 2.0
MEGABYTES = 24  # a picture of the editor's size and its encoders; any of the bombs would take hundreds


def take(folder: Path, files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """Offer the files to a process of its own, one after the other."""
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    command = [sys.executable, "-m", "tests.web.bombs", *(str(folder / name) for name in files)]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": "packaging"}, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    results: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return results


def test_bombs_are_refused_at_once_and_take_no_memory(tmp_path: Path) -> None:
    results = take(tmp_path / "bombs", dict(list_bombs()))
    assert len(results) == 13
    for name, result in results.items():
        assert result["said"], f"{name} was taken"
        assert result["seconds"] <= SECONDS, name
    assert sum(result["grown"] for result in results.values()) <= MEGABYTES, results


def test_disguised_pictures_are_taken_at_once_and_take_no_memory(tmp_path: Path) -> None:
    results = take(tmp_path / "disguises", dict(list_disguises()))
    assert all(result["seconds"] <= SECONDS for result in results.values()), results
    assert sum(result["grown"] for result in results.values()) <= MEGABYTES, results


@pytest.mark.parametrize(
    "data", [data for _name, data in list_disguises()], ids=[name for name, _data in list_disguises()]
)
def test_nothing_of_what_hid_in_a_picture_is_kept(data: bytes, tmp_path: Path) -> None:
    accept_image(data, "x.png", tmp_path)
    for path in tmp_path.iterdir():
        kept = path.read_bytes()
        assert not any(sign in kept for sign in (b"<script", b"canary", b"PK\x03\x04", b"%PDF"))


def test_the_measure_itself_sees_what_a_large_picture_takes(tmp_path: Path) -> None:
    (result,) = take(tmp_path / "large", {"large.jpg": draw_garden(5_000, 4_000)}).values()
    assert result["said"] == ""
    assert result["grown"] > MEGABYTES
