"""Static files: the vendored ones unchanged, versioned addresses, compressed when accepted, nothing foreign."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from scripts import vendor
from shelftalk.store import Store
from shelftalk.web.compress import LONG_PAGE
from tests.support import ROOT
from tests.web.shop import add_tea


def test_the_vendored_files_match_their_hashes() -> None:
    command = [sys.executable, "scripts/vendor.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    named = {line.split("  ", 1)[1] for line in vendor.SUMS.read_text("utf-8").splitlines()}
    there = {str(path.relative_to(ROOT)) for path in vendor.VENDOR.rglob("*") if path.is_file()}
    assert there - named <= {str(vendor.SUMS.relative_to(ROOT))}, "every copy has a hash"


def test_a_changed_copy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "library.js").write_text("changed")
    (tmp_path / "sums").write_text(f"{'0' * 64}  library.js\n{'0' * 64}  gone.js\n")
    monkeypatch.setattr(vendor, "ROOT", tmp_path)
    monkeypatch.setattr(vendor, "SUMS", tmp_path / "sums")
    assert vendor.check() == 1
    assert [line.split()[0] for line in capsys.readouterr().err.splitlines()] == ["library.js", "gone.js"]


def test_the_lock_names_no_registry_and_a_hash_for_every_package() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    packages = {name: package for name, package in lock.items() if name}
    assert packages
    assert all("resolved" not in package and package["integrity"] for package in packages.values())


def test_every_icon_used_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text()))
    used = set()
    for path in (ROOT / "templates").rglob("*.html"):
        used |= set(re.findall(r"\bicon\(\s*\"([a-z0-9-]+)\"", path.read_text("utf-8")))
    assert used
    assert used <= sprite


def test_a_versioned_address_is_kept_for_a_year(client: FlaskClient) -> None:
    address = re.findall(r"/static/css/staff\.css\?v=[0-9a-f]{8}", client.get("/admin/set-up").text)[0]
    assert "max-age=31536000" in client.get(address, buffered=True).headers["Cache-Control"]
    assert "max-age=3600" in client.get("/static/css/staff.css", buffered=True).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("accepted", "coding"), [("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("", None)]
)
def test_style_sheets_come_compressed_when_accepted(client: FlaskClient, accepted: str, coding: str | None) -> None:
    plain = (ROOT / "static/vendor/tabler/tabler.min.css").read_bytes()
    asked = {"Accept-Encoding": accepted}
    answer = client.get("/static/vendor/tabler/tabler.min.css", headers=asked, buffered=True)
    assert answer.headers.get("Content-Encoding") == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    read = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    assert read(answer.data) == plain
    if coding:
        assert len(answer.data) < len(plain) / 5
        etag = answer.headers["ETag"]
        asked["If-None-Match"] = etag
        again = client.get("/static/vendor/tabler/tabler.min.css", headers=asked, buffered=True)
        assert again.status_code == 304


def test_no_page_asks_another_origin_for_anything() -> None:
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static/css").glob("*.css")]:
        text = path.read_text("utf-8")
        assert not re.search(r"(src|href)=\"(https?:)?//", text), path
        assert not re.search(r"url\((['\"]?)(https?:)?//", text), path


def test_a_long_page_comes_compressed_and_never_says_its_length(marketer: FlaskClient, store: Store) -> None:
    add_tea(store)
    plain = marketer.get("/admin/products/1/page").get_data()
    assert len(plain) > LONG_PAGE
    answers = [marketer.get("/admin/products/1/page", headers={"Accept-Encoding": "gzip, br"}) for _ in range(12)]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
    assert all(b"<h1" in gzip.decompress(answer.data) for answer in answers)
    assert max(len(answer.data) for answer in answers) < len(plain) / 5
    padding = {len(answer.data) - len(gzip.compress(gzip.decompress(answer.data), 5)) for answer in answers}
    assert len(padding) > 3


def test_a_short_page_is_left_alone(marketer: FlaskClient) -> None:
    answer = marketer.get("/admin/products/", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in answer.headers
