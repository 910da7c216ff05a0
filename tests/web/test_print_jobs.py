"""Printing more than fits in one file: in parts, going on after a kill, nothing twice and nothing missing."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from html import unescape

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from shelftalk import clock
from shelftalk.config import make_environ
from shelftalk.errors import Conflict, Invalid
from shelftalk.labels import label_files
from shelftalk.labels import run as label_run
from shelftalk.labels.raster import open_pages
from shelftalk.labels.stock import get_stock
from shelftalk.labels.symbol import Symbol, make_symbol
from shelftalk.store import Store, notes, placements, units
from shelftalk.store import runs as run_store
from shelftalk.store.rows import ListQuery
from shelftalk.store.runs import PrintRun
from shelftalk.web import background, marked_sheets, print_jobs
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
from shelftalk.web import marked_sheets, print_jobs
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
    monkeypatch.setattr(background, "NICENESS", 0)  # on a busy machine a process would hardly get its turn
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

    monkeypatch.setattr(background.subprocess, "Popen", Process)
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


def test_of_two_presses_at_once_one_prints(here: State, codes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL lets both look before either has noted its print."""
    first = begin(here, codes)
    with monkeypatch.context() as at_once:
        at_once.setattr(notes, "find_note", lambda _db, _name: "")
        with pytest.raises(Conflict, match="being printed already"):
            begin(here, codes[:2])
    assert read_job(here)[0] == first
    job = work(here)
    assert job is not None and job.complete, "its codes are kept"


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


# ---- what fails its proof ----


def break_symbols(monkeypatch: pytest.MonkeyPatch, *codes: str) -> None:
    """Symbols of these codes open another address than they are meant to."""

    def make(url: str, level: str = "M") -> Symbol:
        broken = any(code in url for code in codes)
        return make_symbol(f"{url}?from=elsewhere" if broken else url, level)

    monkeypatch.setattr(label_run, "make_symbol", make)


def read_words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def test_a_part_that_does_not_read_says_so_as_a_small_print_and_is_had_marked_only(
    here: State,
    marketer: FlaskClient,
    staff: FlaskClient,
    store: Store,
    codes: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = {"code": codes[1], "stock": STOCK.id, "start": "1", "copies": "21", "do": "pdf"}
    break_symbols(monkeypatch, codes[1])
    small = read_words(marketer.post("/admin/labels/", data=asked).text)
    begin(here, codes, start=3, copies=19)
    job = work(here)
    assert job is not None and len(job.runs) == 1 and job.unproven and not job.complete
    html = marketer.get(PAGE).text
    page = read_words(html)
    fault = (
        f"Sheet 1, row 1, column 1: the symbol reads “http://localhost:8000/q/{codes[1]}?from=elsewhere” and was meant"
    )
    assert fault in small
    assert f"File 2 of 4: {fault}" in page
    told = re.search(r"The sheets were made and read back.*?many times\.", small)
    assert told and told[0] in page and "Sheets marked UNPROVEN" in page
    (address,) = re.findall(r'href="([^"]*)"[^>]*>(?:(?!</a>).)*UNPROVEN', html)
    assert "UNPROVEN" not in staff.get(PAGE).text and staff.get(address).status_code == 403
    marked = marketer.get(address)
    assert marked.headers["Content-Disposition"] == f'attachment; filename="UNPROVEN-{STOCK.id}.pdf"'
    with open_pages(marked.data) as pages:
        assert len(pages) == 2, "42 cells, and this part has 38 labels"
        for number in range(len(pages)):
            assert zxingcpp.read_barcodes(pages.render(number, 200)) == []
    with store.read() as db:
        assert run_store.list_runs(db, ListQuery()).total == 1, "the marked sheets are no print"
    monkeypatch.undo()
    monkeypatch.setattr(print_jobs, "PART", 42)
    again = work(here)
    assert again is not None and again.complete and not again.unproven
    assert "UNPROVEN" not in marketer.get(PAGE).text
    assert marketer.get(address).status_code == 404


def test_the_marked_sheets_show_the_one_that_failed_however_far_behind(
    here: State, marketer: FlaskClient, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of a big print has hundreds of sheets, the marked one a few."""
    monkeypatch.setattr(marked_sheets, "SHOWN_SHEETS", 1)
    monkeypatch.setattr(label_files, "SHOWN_SHEETS", 1)
    break_symbols(monkeypatch, codes[3])
    shown: list[str] = []
    make = label_files.set_labels
    monkeypatch.setattr(
        label_files,
        "set_labels",
        lambda items, *args, **more: shown.extend(item.code for item in items) or make(items, *args, **more),
    )
    begin(here, codes, start=3, copies=10)  # 19 labels on the first sheet, then 21: the fourth code is on the second
    job = work(here)
    assert job is not None and job.unproven and "Sheet 2" in read_words(marketer.get(PAGE).text)
    marked = marketer.get(f"{PAGE}unproven.pdf")
    assert marked.headers["Content-Disposition"].endswith(f'"UNPROVEN-{STOCK.id}-from-sheet-2.pdf"')
    assert Counter(shown) == {codes[1]: 1, codes[2]: 10, codes[3]: 10}
    with open_pages(marked.data) as pages:
        assert len(pages) == 1 and zxingcpp.read_barcodes(pages.render(0, 200)) == []


def test_marked_sheets_of_units_give_out_no_number(
    here: State, marketer: FlaskClient, store: Store, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    break_symbols(monkeypatch, codes[0])
    add_job(here, codes[:1], STOCK, start=1, copies=30, by="Mei", units=True)
    job = work(here)
    assert job is not None and job.unproven and not job.runs
    with open_pages(marketer.get(f"{PAGE}unproven.pdf").data) as pages:
        assert len(pages) == 2 and zxingcpp.read_barcodes(pages.render(0, 200)) == []
    with store.read() as db:
        series = units.find_series(db, 1)
    assert series is None or series.last == 0


def test_other_faults_offer_no_marked_sheets(
    here: State, marketer: FlaskClient, store: Store, codes: list[str]
) -> None:
    begin(here, codes)
    with store.write() as db:
        placements.retire_placement(db, 1, at=clock.now())
    job = work(here)
    assert job is not None and job.fault and not job.unproven
    assert "UNPROVEN" not in marketer.get(PAGE).text
    assert marketer.get(f"{PAGE}unproven.pdf").status_code == 404


def test_a_print_begun_before_an_update_goes_on_after_it(here: State, store: Store, codes: list[str]) -> None:
    """The note of an earlier version lacks the fields that came later."""
    begin(here, codes)
    with store.write() as db:
        kept = json.loads(notes.find_note(db, print_jobs.NOTE))
        del kept["unproven"]
        notes.set_note(db, print_jobs.NOTE, json.dumps(kept))
    cancel(here)
    job, _told = read_job(here)
    assert job is not None and job.cancelled
    job = work(here)
    assert job is not None and job.complete and count_printed(store, job) == dict.fromkeys(codes, 21)
