"""Label files that take longer than a request may: made apart, seen, cancelled; whole and proven, or not there."""

from __future__ import annotations

import errno
import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from shelftalk import clock
from shelftalk.config import Settings
from shelftalk.errors import Conflict
from shelftalk.labels import thermal
from shelftalk.labels.file_cost import estimate_seconds
from shelftalk.labels.raster import open_pages, render_svg
from shelftalk.labels.stock import make_page_stock
from shelftalk.labels.zpl_reader import read_zpl
from shelftalk.store import Store, notes
from shelftalk.store import printers as printer_store
from shelftalk.store.runs import PrintRun
from shelftalk.web import background, label_file_job_views, label_file_jobs, run_label_files
from shelftalk.web.label_file_jobs import FileJob, add_job, cancel, is_running, read_job, work
from shelftalk.web.label_orders import read_order
from shelftalk.web.run_label_files import RunFile, find_run_file
from shelftalk.web.state import State, get_state
from tests.web.shop import print_two_labels
from tests.web.test_label_files import allow, list_urls, listen, read

ZPL = "kind=zpl&dpi=203"


@pytest.fixture
def here(app: Flask) -> State:
    return get_state(app)


@pytest.fixture
def run(marketer: FlaskClient, store: Store) -> PrintRun:
    return print_two_labels(marketer, store)


@pytest.fixture
def big(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file takes too long for a request."""
    monkeypatch.setattr(run_label_files, "MOST_SECONDS", 0)


def find(app: Flask, run: PrintRun, **wanted: str) -> RunFile:
    with app.test_request_context():
        return find_run_file(get_state(app), run, read_order({"kind": "zpl", "dpi": "203"} | wanted))


def begin(app: Flask, run: PrintRun, **wanted: str) -> FileJob:
    return add_job(get_state(app), find(app, run, **wanted), by="Mei")


def make(app: Flask, job: FileJob, tell: Callable[[int, int], None] = lambda _done, _labels: None) -> None:
    with app.test_request_context():
        work(get_state(app), job.id, tell)


def get_page(run: PrintRun, query: str = ZPL) -> str:
    return f"/admin/runs/{run.id}/file-job/?{query}"


def list_kept(settings: Settings, run: PrintRun) -> list[Path]:
    return sorted((settings.instance / "runs" / f"{run.id}-files").glob("*"))


@pytest.mark.parametrize(
    ("kind", "size", "dpi", "labels", "is_big"),
    [
        ("zpl", (57, 32), 203, 500, False),
        ("zpl", (57, 32), 600, 100, False),
        ("zpl", (100, 150), 600, 40, False),
        ("zpl", (100, 150), 600, 500, True),
        ("png", (57, 32), 300, 100, False),
        ("png", (57, 32), 300, 500, True),
        ("svg", (57, 32), 600, 200, False),
        ("svg", (100, 150), 600, 500, True),
    ],
)
def test_what_takes_longer_than_a_few_seconds_is_known_before(
    kind: str, size: tuple[float, float], dpi: int, labels: int, is_big: bool
) -> None:
    stock = make_page_stock(*size)
    assert (estimate_seconds(kind, labels, stock, dpi) > run_label_files.MOST_SECONDS) is is_big


@pytest.mark.usefixtures("big")
def test_a_file_that_takes_long_is_made_by_a_process_of_its_own(
    marketer: FlaskClient,
    run: PrintRun,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background, "NICENESS", 0)  # on a busy machine it would hardly get its turn
    asked = marketer.get(f"/admin/runs/{run.id}/labels.file?{ZPL}")
    assert asked.status_code == 303
    page = marketer.get(asked.location).text
    assert 'data-state="new"' in page and "takes about 1 minute" in page and "Make the file" in page
    assert list_kept(settings, run) == []
    begun = marketer.post(asked.location.replace("/?", "/begin?"))
    assert begun.location == asked.location
    deadline = time.monotonic() + 180
    while 'data-state="ready"' not in (page := marketer.get(begun.location).text):
        assert time.monotonic() < deadline and "alert-danger" not in page, page
        time.sleep(0.2)
    assert "labels.file?kind=zpl&amp;dpi=203" in page
    made = marketer.get(f"/admin/runs/{run.id}/labels.file?{ZPL}")
    labels = read_zpl(made.data)
    assert [read(label.image) for label in labels] == list_urls(run)
    assert [label.copies for label in labels] == [3, 3]


@pytest.mark.parametrize("kind", ["zpl", "png", "svg"])
def test_the_file_is_the_one_a_request_makes_and_progress_is_told(
    app: Flask,
    marketer: FlaskClient,
    run: PrintRun,
    settings: Settings,
    kind: str,
) -> None:
    at_once = marketer.get(f"/admin/runs/{run.id}/labels.file?kind={kind}&dpi=203").data
    for path in list_kept(settings, run):
        path.unlink()
    told: list[tuple[int, int]] = []
    make(app, begin(app, run, kind=kind), lambda done, labels: told.append((done, labels)))
    assert told == [(1, 2), (2, 2)]
    job, last = read_job(get_state(app))
    assert job is not None and job.done and last is not None and last.labels == 2
    assert marketer.get(f"/admin/runs/{run.id}/labels.file?kind={kind}&dpi=203").data == at_once
    if kind != "zpl":
        with zipfile.ZipFile(io.BytesIO(at_once)) as archive:
            first = archive.read(archive.namelist()[0])
        picture = Image.open(io.BytesIO(first)) if kind == "png" else render_svg(first, 300)
        assert read(picture) == list_urls(run)[0]


@pytest.mark.usefixtures("big")
def test_what_is_cancelled_leaves_nothing_and_can_be_made_again(
    app: Flask,
    here: State,
    marketer: FlaskClient,
    run: PrintRun,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = begin(app, run)
    page = marketer.get(get_page(run)).text
    assert 'data-state="running"' in page and "0 of 2 labels" in page and "Mei" in page
    make(app, job, lambda _done, _labels: cancel(here, job))
    assert list_kept(settings, run) == []
    page = marketer.get(get_page(run)).text
    assert 'data-state="cancelled"' in page and "Make it again" in page
    make(app, job)
    assert list_kept(settings, run) == [], "a process that starts late does nothing"
    monkeypatch.setattr(label_file_job_views, "launch", lambda _state, job: make(app, job))
    assert marketer.post(get_page(run).replace("/?", "/begin?")).status_code == 303
    assert 'data-state="ready"' in marketer.get(get_page(run)).text
    begin(app, run, dpi="300")
    assert marketer.post(get_page(run, "kind=zpl&dpi=300").replace("/?", "/stop?")).status_code == 303
    after, _told = read_job(here)
    assert after is not None and after.cancelled


def test_one_file_is_made_at_a_time_and_the_page_leads_to_it(
    app: Flask,
    marketer: FlaskClient,
    run: PrintRun,
) -> None:
    first = begin(app, run)
    with pytest.raises(Conflict, match="Another file is being made"):
        begin(app, run, kind="png")
    page = marketer.get(get_page(run, "kind=png&dpi=300")).text
    assert 'data-state="new"' in page and "Another file is being made" in page
    assert first.query.replace("&", "&amp;") in page and "/begin?" not in page
    answer = marketer.post(get_page(run, "kind=png&dpi=300").replace("/?", "/begin?"), follow_redirects=True)
    assert "Another file is being made" in answer.text
    again = marketer.post(get_page(run).replace("/?", "/begin?"), follow_redirects=True)
    assert 'data-state="running"' in again.text, "posted twice, made once"
    assert read_job(get_state(app))[0] == first


def test_of_two_presses_at_once_one_makes_its_file(
    app: Flask, here: State, run: PrintRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL lets both look before either has noted its file."""
    files = [find(app, run), find(app, run, kind="png")]
    first = add_job(here, files[0], by="Mei")
    with monkeypatch.context() as at_once:
        at_once.setattr(notes, "find_note", lambda _db, _name: "")
        with pytest.raises(Conflict, match="Another file is being made"):
            add_job(here, files[1], by="Li")
    assert read_job(here)[0] == first


def test_a_silent_process_is_taken_for_dead_and_replaced(
    app: Flask,
    here: State,
    marketer: FlaskClient,
    run: PrintRun,
    settings: Settings,
) -> None:
    dead = begin(app, run)
    _job, told = read_job(here)
    assert is_running(dead, told, clock.now()) and not is_running(dead, told, clock.now() + timedelta(seconds=91))
    with here.store.write() as db:
        at = clock.format_at(clock.now() - timedelta(seconds=91))
        notes.set_note(db, label_file_jobs.TOLD, json.dumps({"at": at, "labels": 1}))
    assert 'data-state="stopped"' in marketer.get(get_page(run)).text
    other = begin(app, run, kind="png")
    make(app, dead)
    assert list_kept(settings, run) == [], "another file is wanted now"
    make(app, other)
    assert len(list_kept(settings, run)) == 2, "the file and its record"


def test_what_fails_its_proof_is_offered_marked_only(
    app: Flask,
    marketer: FlaskClient,
    run: PrintRun,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = thermal.draw_symbol
    with monkeypatch.context() as wrong:
        wrong.setattr(thermal, "draw_symbol", lambda image, symbol, spot: draw(image, replace(symbol, bits=0), spot))
        make(app, begin(app, run))
    page = marketer.get(get_page(run)).text
    assert 'data-state="unproven"' in page and "cannot be read" in page
    address = get_page(run).replace("/?", "/unproven.pdf?")
    marked = marketer.get(address)
    assert marked.headers["Content-Disposition"] == f'attachment; filename="UNPROVEN-{run.id}.pdf"'
    with open_pages(marked.data) as pages:
        assert zxingcpp.read_barcodes(pages.render(0, 200, grey=False)) == []
    make(app, begin(app, run))
    assert marketer.get(address).status_code == 404, "it reads now"
    assert 'data-state="ready"' in marketer.get(get_page(run)).text


def test_a_run_that_got_the_number_of_another_has_nothing_of_it(
    app: Flask,
    marketer: FlaskClient,
    run: PrintRun,
    settings: Settings,
) -> None:
    """As after a restore, or when the sample left."""
    job, file = begin(app, run), find(app, run)
    file.keep_marked(b"%PDF-1.7")
    failed = replace(job, fault="The symbol cannot be read.", code="x")
    with get_state(app).store.write() as db:
        notes.set_note(db, label_file_jobs.NOTE, json.dumps(asdict(failed)))
    assert 'data-state="unproven"' in marketer.get(get_page(run)).text
    with get_state(app).store.write() as db:
        notes.set_note(db, label_file_jobs.NOTE, json.dumps(asdict(replace(failed, of="another"))))
    assert 'data-state="new"' in marketer.get(get_page(run)).text
    assert replace(file, run=replace(run, sha256="another")).marked != file.marked
    assert len(list_kept(settings, run)) == 1


@pytest.mark.parametrize("broken", ["keep_file", "keep_marked"])
def test_a_full_disk_leaves_nothing_and_is_named(
    app: Flask,
    marketer: FlaskClient,
    run: PrintRun,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if broken == "keep_file":
        monkeypatch.setattr("shelftalk.web.derived_files.write_whole", fail)
    else:
        draw = thermal.draw_symbol
        monkeypatch.setattr(
            thermal, "draw_symbol", lambda image, symbol, spot: draw(image, replace(symbol, bits=0), spot)
        )
        monkeypatch.setattr("shelftalk.web.run_label_files.write_whole", fail)
    with pytest.raises(OSError, match="No space left"):
        make(app, begin(app, run))
    page = marketer.get(get_page(run)).text
    assert 'data-state="stopped"' in page and "No space left on device" in page and "Make it again" in page
    assert list_kept(settings, run) == []


@pytest.mark.usefixtures("big")
def test_a_printer_gets_the_file_once_it_is_made_as_that_printer_was_measured(
    app: Flask,
    marketer: FlaskClient,
    store: Store,
    run: PrintRun,
) -> None:
    with store.write() as db:
        measures = {"ruler_x_mm": 100, "ruler_y_mm": 100, "left_mm": 19.0, "top_mm": 20.0, "dpi": 203}
        printer_store.add_printer(db, name="Zebra", **measures, by="", at=clock.now())
    with listen() as (port, taken):
        allow(app, port)
        posted = {"to": "Back office", "printer": "1"}
        answer = marketer.post(f"/admin/runs/{run.id}/send", data=posted)
        assert answer.location == get_page(run, f"{ZPL}&packing=z64&printer=1&part=1")
        assert not taken
        make(app, begin(app, run, printer="1"))
        answer = marketer.post(f"/admin/runs/{run.id}/send", data=posted)
        assert answer.location.endswith("#events")
    moved = marketer.get(f"/admin/runs/{run.id}/labels.file?{ZPL}&printer=1").data
    make(app, begin(app, run))
    plain = marketer.get(f"/admin/runs/{run.id}/labels.file?{ZPL}").data
    assert read_zpl(moved)[0].fields[0][0] == read_zpl(plain)[0].fields[0][0] + 8
    assert taken == moved


@pytest.mark.parametrize(
    ("query", "says"),
    [("kind=exe", "“exe” cannot be chosen here"), ("kind=zpl&dpi=203&part=2", "There is no part 2")],
)
def test_what_there_is_not_is_said(marketer: FlaskClient, run: PrintRun, query: str, says: str) -> None:
    answer = marketer.get(get_page(run, query))
    assert answer.status_code == 422
    assert says in answer.text


def test_the_command_writes_the_same_file(
    app: Flask,
    marketer: FlaskClient,
    run: PrintRun,
    tmp_path: Path,
) -> None:
    out, command = tmp_path / "labels.zpl", app.test_cli_runner()
    answer = command.invoke(args=["label-file", "--run", str(run.id), "--dpi", "203", "--out", str(out)])
    assert answer.exit_code == 0 and "labels 2, each read back" in answer.output
    assert out.read_bytes() == marketer.get(f"/admin/runs/{run.id}/labels.file?{ZPL}").data
    for args, says in (
        (["--out", str(out)], "Name a run and a file"),
        (["--run", "99", "--out", str(out)], "99"),
        (["--run", "1", "--dpi", "150", "--out", str(out)], "no print head with 150 dots an inch"),
        (["--run", "1", "--out", str(tmp_path / "none" / "x.zpl")], "There is no folder"),
    ):
        refused = command.invoke(args=["label-file", *args])
        assert refused.exit_code == 1 and says in refused.output
