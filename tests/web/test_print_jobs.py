"""Printing more than fits in one file: in parts, going on after a kill, nothing twice and nothing missing."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from shelftalk import clock
from shelftalk.config import make_environ
from shelftalk.errors import Conflict, Invalid
from shelftalk.labels.stock import get_stock
from shelftalk.store import Store, placements
from shelftalk.store import runs as run_store
from shelftalk.store.rows import ListQuery
from shelftalk.store.runs import PrintRun
from shelftalk.web import print_jobs
from shelftalk.web.design_library import find_design
from shelftalk.web.print_jobs import PrintJob, add_job, cancel, is_running, read_job, work
from shelftalk.web.print_parts import split_parts
from shelftalk.web.run_files import parse_items
from shelftalk.web.state import State, get_state
from tests.web.shop import add_placement, add_tea

STOCK = get_stock("avery-l7160")
PAGE = "/admin/labels/job/"
# A process that works at the job in parts of 42 labels, as `flask print-job` does in parts of 5,000.
WORKER = """
import sys, pathlib
sys.path.insert(0, sys.argv[1] + "/packaging")
from shelftalk.web import print_jobs
from shelftalk.web.app import create_app
from shelftalk.web.state import get_state
print_jobs.PART = 42
app = create_app(pathlib.Path(sys.argv[1]), background=False)
with app.app_context():
    print_jobs.work(get_state(app))
"""


@pytest.fixture
def codes(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Seven placements' codes; a file holds 42 labels."""
    monkeypatch.setattr(print_jobs, "PART", 42)
    tea = add_tea(store)
    return [add_placement(store, tea).code for _ in range(7)]


@pytest.fixture
def here(app: Flask) -> State:
    return get_state(app)


def begin(here: State, codes: list[str], copies: int = 21, start: int = 1) -> PrintJob:
    return add_job(here, codes, STOCK, start=start, copies=copies, by="Mei")


def list_runs(store: Store, job: PrintJob) -> list[PrintRun]:
    with store.read() as db:
        return [run_store.get_run(db, number) for number in job.runs]


def count_printed(store: Store, job: PrintJob) -> Counter[str]:
    """How often each code is on paper."""
    printed: Counter[str] = Counter()
    for run in list_runs(store, job):
        for item in parse_items(run):
            printed[item.code] += run.copies
    return printed


@pytest.mark.parametrize(("count", "start", "copies"), [(7, 1, 21), (100, 5, 1), (40, 19, 3), (3, 2, 1000), (1, 1, 1)])
def test_parts_follow_each_other_without_gap_and_fill_their_sheets(count: int, start: int, copies: int) -> None:
    parts = split_parts(count, STOCK, start, copies, 42)
    assert [first for first, _ in parts] == [0, *(last for _, last in parts[:-1])]
    assert parts[-1][1] == count
    for number, (first, last) in enumerate(parts[:-1]):
        labels = (last - first) * copies
        assert labels <= max(42, copies)
        if copies in (1, 3, 21):
            assert (labels + (start - 1 if number == 0 else 0)) % STOCK.count == 0


def test_every_part_is_a_proven_run_and_progress_is_told(here: State, store: Store, codes: list[str]) -> None:
    begin(here, codes)
    told: list[tuple[int, int]] = []
    job = work(here, lambda done, labels: told.append((done, labels)))
    assert job is not None
    assert job.complete and len(job.runs) == 4
    assert count_printed(store, job) == dict.fromkeys(codes, 21)
    assert told == sorted(told) and told[0] == (21, 147) and told[-1] == (147, 147)
    for run in list_runs(store, job):
        pdf = (here.settings.instance / "runs" / f"{run.id}.pdf").read_bytes()
        assert hashlib.sha256(pdf).hexdigest() == run.sha256
        assert len(PdfReader(io.BytesIO(pdf)).pages) == run.sheets == json.loads(run.proof)["sheets"]
        assert json.loads(run.proof)["symbols"] == run.labels


def test_the_design_and_the_price_chosen_are_on_every_file(here: State, store: Store, codes: list[str]) -> None:
    with store.read() as db:
        design = find_design(db, "pack")
    add_job(here, codes, STOCK, start=1, copies=9, by="", design=design, price="NT$ 480")
    job = work(here)
    assert job is not None and job.complete
    assert {run.design for run in list_runs(store, job)} == {design.ref}
    assert {item.price for run in list_runs(store, job) for item in parse_items(run)} == {"NT$ 480"}


def test_only_the_first_file_begins_at_the_label_asked_for(here: State, store: Store, codes: list[str]) -> None:
    begin(here, codes, copies=10, start=12)
    job = work(here)
    assert job is not None
    assert [run.start for run in list_runs(store, job)] == [12] + [1] * (len(job.runs) - 1)


def test_a_killed_print_goes_on_with_no_label_twice_and_none_missing(
    here: State, store: Store, codes: list[str]
) -> None:
    begin(here, codes)
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            WORKER,
            here.settings.root,
        ],
        env=make_environ(here.settings),
    )
    deadline = time.monotonic() + 120
    while not (job := read_job(here)[0]) or not job.runs:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    left, _ = read_job(here)
    assert left is not None
    assert 1 <= len(left.runs) <= 4
    job = work(here)
    assert job is not None and job.complete
    assert job.runs[: len(left.runs)] == left.runs
    assert count_printed(store, job) == dict.fromkeys(codes, 21)


def test_of_two_processes_at_once_only_one_adds_a_part(
    here: State, store: Store, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second takes over while the first has a part in hand; what the first made then is dropped whole."""
    begin(here, codes)
    make, others = print_jobs.make_labels, []

    def make_slowly(*args, **options):  # type: ignore[no-untyped-def]
        sheets = make(*args, **options)
        if not others:
            others.append("begun")
            others.append(work(here))
        return sheets

    monkeypatch.setattr(print_jobs, "make_labels", make_slowly)
    job = work(here)
    assert job == others[1] and job is not None and job.complete
    assert count_printed(store, job) == dict.fromkeys(codes, 21)
    with store.read() as db:
        assert run_store.list_runs(db, ListQuery()).total == 4


def test_a_cancelled_print_keeps_its_finished_files_and_can_go_on(here: State, store: Store, codes: list[str]) -> None:
    begin(here, codes)
    job = work(here, lambda done, _labels: cancel(here) if done == 63 else None)
    assert job is not None and job.cancelled and len(job.runs) == 1
    assert sum(count_printed(store, job).values()) == 42
    job = work(here)
    assert job is not None and job.complete and not job.cancelled
    assert count_printed(store, job) == dict.fromkeys(codes, 21)


def test_what_is_cancelled_before_its_process_has_begun_stays_cancelled(
    here: State, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process takes seconds to start: the page is there before it."""
    begin(here, codes)
    started: list[list[str]] = []

    class Process:
        def __init__(self, command: list[str], **_options: object) -> None:
            started.append(command)

        def wait(self) -> None:
            return

    monkeypatch.setattr(print_jobs.subprocess, "Popen", Process)
    print_jobs.launch(here)
    worker = started[0][started[0].index("--worker") + 1]
    cancel(here)
    job = work(here, worker=worker)
    assert job is not None and job.cancelled and not job.runs
    print_jobs.launch(here)
    job = work(here, worker=worker)
    assert job is not None and not job.cancelled and not job.runs, "another process has it now"


def test_a_code_that_was_retired_meanwhile_stops_the_print_and_is_named(
    here: State, marketer: FlaskClient, store: Store, codes: list[str]
) -> None:
    begin(here, codes)
    with store.write() as db:
        placement = placements.find_placement_by_code(db, codes[4])
        assert placement is not None
        placements.retire_placement(db, placement.id, at=clock.now())
    job = work(here)
    assert job is not None and len(job.runs) == 2 and not job.complete
    page = marketer.get(PAGE).text
    assert codes[4] in page and 'data-state="stopped"' in page
    assert "Go on" in page


def test_two_big_prints_at_once_and_too_big_ones_are_refused(here: State, codes: list[str]) -> None:
    with pytest.raises(Invalid, match=r"7000000 labels cannot be printed. Choose 1 to 1000000."):
        add_job(here, codes, STOCK, start=1, copies=1_000_000, by="")
    begin(here, codes)
    with pytest.raises(Conflict, match="being printed already"):
        begin(here, codes)


def test_a_silent_process_is_taken_for_dead(here: State, codes: list[str]) -> None:
    begin(here, codes)
    job, told = read_job(here)
    assert job is not None
    assert is_running(job, told, clock.now())
    assert not is_running(job, told, clock.now() + timedelta(seconds=91))


def test_one_click_prints_many_in_a_process_of_its_own(
    marketer: FlaskClient, store: Store, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from shelftalk.web import label_job

    monkeypatch.setattr(label_job, "MOST_LABELS", 60)
    data = {"code": codes, "stock": STOCK.id, "start": "1", "copies": "9", "do": "pdf"}
    answer = marketer.post("/admin/labels/", data=data)
    assert answer.status_code == 303 and answer.headers["Location"].endswith(PAGE)
    deadline = time.monotonic() + 120
    while 'data-state="complete"' not in (html := marketer.get(PAGE).text):
        assert time.monotonic() < deadline, html
        time.sleep(0.3)
    assert "63 of 63 labels" in html
    with store.read() as db:
        job = print_jobs.find_job(db)
    assert job is not None
    assert count_printed(store, job) == dict.fromkeys(codes, 9)
    assert marketer.get(f"/admin/runs/{job.runs[0]}/labels.pdf").status_code == 200


def test_the_buttons_cancel_and_go_on(here: State, marketer: FlaskClient, codes: list[str]) -> None:
    assert "No big print yet" in marketer.get(PAGE).text
    begin(here, codes)
    page = marketer.get(PAGE).text
    assert 'data-state="running"' in page and "0 of 147 labels" in page and "Cancel" in page
    assert marketer.post(f"{PAGE}cancel").status_code == 303
    assert 'data-state="cancelled"' in marketer.get(PAGE).text
    assert marketer.post(f"{PAGE}go-on").status_code == 303
    deadline = time.monotonic() + 120
    while 'data-state="complete"' not in marketer.get(PAGE).text:
        assert time.monotonic() < deadline
        time.sleep(0.3)


def test_the_command_prints_and_goes_on(app: Flask, here: State, codes: list[str]) -> None:
    run = app.test_cli_runner()
    assert "No print was begun" in run.invoke(args=["print-job"]).output
    begin(here, codes)
    work(here, lambda done, _labels: cancel(here) if done == 42 else None)
    answer = run.invoke(args=["print-job"])
    assert answer.exit_code == 0, answer.output
    assert "Labels 147 of 147, files 4 of 4; runs" in answer.output
    answer = run.invoke(args=["print-job", "--code", *codes[:2], "--copies", "3"])
    assert answer.exit_code == 0 and "Labels 6 of 6, files 1 of 1" in answer.output
