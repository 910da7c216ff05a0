"""Print runs: kept as they were, and the same file again, bit for bit."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from shelftalk.config import Settings
from shelftalk.labels.measure import LEAST_CONTRAST, LEAST_DOTS
from shelftalk.labels.proof import Proof
from shelftalk.store import Store
from shelftalk.store import runs as run_store
from shelftalk.store.rows import ListQuery
from shelftalk.store.runs import PrintRun
from shelftalk.web import run_files
from shelftalk.web.run_words import describe_proof
from tests.web.shop import add_placement, add_tea


@pytest.fixture
def run(marketer: FlaskClient, store: Store) -> PrintRun:
    """A run of two labels."""
    tea = add_tea(store)
    codes = [add_placement(store, tea, language=tag).code for tag in ("en", "fa")]
    data = {"code": codes, "stock": "avery-l7160", "start": "3", "copies": "1", "do": "pdf"}
    assert marketer.post("/admin/labels/", data=data).status_code == 303
    with store.read() as db:
        return run_store.get_run(db, run_store.list_runs(db, ListQuery()).rows[0].id)


def test_a_run_says_what_when_who_and_that_it_was_read_back(marketer: FlaskClient, run: PrintRun) -> None:
    listed = marketer.get("/admin/runs/").text
    for word in ("Mei", "Avery L7160", "2 of 2 read back"):
        assert word in listed
    page = marketer.get(f"/admin/runs/{run.id}").text
    assert "چای کوهستان" in page
    assert "from label 3" in page
    assert "2 of 2 read back" in page


def test_a_run_says_what_was_measured_of_its_symbols(marketer: FlaskClient, run: PrintRun) -> None:
    page = re.sub(r"\s+", " ", marketer.get(f"/admin/runs/{run.id}").text)  # numbers are tied to their units
    found = re.search(r"at least ([\d.]+) dots a module · quiet zone whole · contrast (\d+) %", page)
    assert found and float(found[1]) >= LEAST_DOTS and int(found[2]) >= 100 * LEAST_CONTRAST
    assert describe_proof(Proof(dpi=300, sheets=1, symbols=2, empty=0)) == [], "an earlier run was not measured"


def test_the_file_comes_again_bit_for_bit(marketer: FlaskClient, run: PrintRun) -> None:
    for _ in range(2):
        answer = marketer.get(f"/admin/runs/{run.id}/labels.pdf")
        assert answer.mimetype == "application/pdf"
        assert hashlib.sha256(answer.data).hexdigest() == run.sha256
    assert answer.headers["Content-Disposition"] == f'attachment; filename="labels-{run.id}-avery-l7160.pdf"'


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_a_lost_or_damaged_file_is_made_again_the_same(
    marketer: FlaskClient, settings: Settings, run: PrintRun, damage: str
) -> None:
    path = settings.instance / "runs" / f"{run.id}.pdf"
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:1000])
    answer = marketer.get(f"/admin/runs/{run.id}/labels.pdf")
    assert hashlib.sha256(answer.data).hexdigest() == run.sha256
    assert hashlib.sha256(path.read_bytes()).hexdigest() == run.sha256


def test_what_would_come_out_different_is_refused(
    marketer: FlaskClient, settings: Settings, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.instance / "runs" / f"{run.id}.pdf").unlink()
    items = run_files.parse_items(run)
    changed = [replace(item, name="Another tea") for item in items]
    monkeypatch.setattr(run_files, "parse_items", lambda _run: changed)
    answer = marketer.get(f"/admin/runs/{run.id}/labels.pdf")
    assert answer.status_code == 409
    assert "Print its placements as a new run" in answer.text


def test_no_half_written_file_is_left(settings: Settings, run: PrintRun) -> None:
    assert [path.name for path in (settings.instance / "runs").iterdir()] == [f"{run.id}.pdf"]


def test_a_run_without_its_file_is_not_recorded(
    marketer: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_files, "write_whole", full)
    marketer.application.config["PROPAGATE_EXCEPTIONS"] = False
    marketer.application.config["TESTING"] = False
    code = add_placement(store, add_tea(store)).code
    data = {"code": code, "stock": "avery-l7160", "start": "1", "copies": "1", "do": "pdf"}
    assert marketer.post("/admin/labels/", data=data).status_code == 500
    with store.read() as db:
        assert run_store.list_runs(db, ListQuery()).total == 0


def test_staff_see_runs_and_print_nothing(run: PrintRun, staff: FlaskClient) -> None:
    assert staff.get("/admin/runs/").status_code == 200
    page = staff.get(f"/admin/runs/{run.id}").text
    assert "labels.pdf" not in page
    assert staff.get(f"/admin/runs/{run.id}/labels.pdf").status_code == 403


def test_an_unknown_run_is_404(marketer: FlaskClient) -> None:
    assert marketer.get("/admin/runs/9").status_code == 404
    assert marketer.get("/admin/runs/9/labels.pdf").status_code == 404


def test_nothing_printed_yet_says_what_to_do(marketer: FlaskClient) -> None:
    assert "Nothing printed yet" in marketer.get("/admin/runs/").text
