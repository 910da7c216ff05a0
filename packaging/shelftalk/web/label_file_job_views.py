"""The page of a label file that takes long to make: making it, how far it is, cancelling, and the finished file."""

from __future__ import annotations

import json

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.errors import Conflict, NotFound
from shelftalk.store.runs import PrintRun
from shelftalk.web.label_file_jobs import FileJob, add_job, cancel, is_running, launch, read_job
from shelftalk.web.label_orders import Order, read_order
from shelftalk.web.run_label_files import RunFile, find_run_file
from shelftalk.web.runs import get_run
from shelftalk.web.security import get_actor, requires
from shelftalk.web.state import state
from shelftalk.web.texts import _, text_error

bp = Blueprint("label_file_jobs", __name__, url_prefix="/admin/runs/<int:run_id>/file-job")


class MadeApart(Exception):
    """The file takes longer than a request may; `address` is the page where it is made."""

    def __init__(self, run: PrintRun, order: Order) -> None:
        self.address = make_address(f"{bp.name}.show", run.id, order)
        super().__init__(self.address)


def make_address(endpoint: str, run_id: int, order: Order) -> str:
    """Where something is done with the file that is ordered."""
    return f"{url_for(endpoint, run_id=run_id)}?{order.query}"


def _find_file(run_id: int) -> RunFile:
    return find_run_file(state(), get_run(run_id), read_order(request.args))


@bp.get("/")
@requires("marketer")
def show(run_id: int) -> ResponseReturnValue:
    file = _find_file(run_id)
    job, told = read_job(state())
    running = job is not None and is_running(job, told, clock.now())
    mine = job if job and job.is_of(file) else None
    return render_template(
        "label_files/job.html",
        file=file,
        run=file.run,
        state_name=_name_state(file, mine, running=running),
        done=told.labels if told else 0,
        job=mine,
        other=_list_addresses(job.run, job.order) if job and running and not mine else None,
        fault=_(mine.fault, **json.loads(mine.fault_values)) if mine and mine.fault else "",
        to=_list_addresses(run_id, file.order),
    )


def _name_state(file: RunFile, job: FileJob | None, *, running: bool) -> str:
    """What there is to say; a file that is kept is ready, whatever became of later tries."""
    if job and running:
        return "running"
    if file.find():
        return "ready"
    if job is None or job.done:
        return "new"
    return "cancelled" if job.cancelled else "unproven" if job.code else "stopped"


def _list_addresses(run_id: int, order: Order) -> dict[str, str]:
    """The ways from the page, by name."""
    ways = {name: make_address(f".{name}", run_id, order) for name in ("show", "begin", "stop", "unproven")}
    return ways | {"file": make_address("label_files.run_file", run_id, order)}


@bp.post("/begin")
@requires("marketer")
def begin(run_id: int) -> ResponseReturnValue:
    file = _find_file(run_id)
    try:
        launch(state(), add_job(state(), file, by=get_actor().name))
    except Conflict as fault:
        job, _told = read_job(state())
        if job is None or not job.is_of(file):
            flash(text_error(fault), "warning")
    return redirect(make_address(".show", run_id, file.order), 303)


@bp.post("/stop")
@requires("marketer")
def stop(run_id: int) -> ResponseReturnValue:
    file = _find_file(run_id)
    job, _told = read_job(state())
    if job and job.is_of(file):
        cancel(state(), job)
    return redirect(make_address(".show", run_id, file.order), 303)


@bp.get("/unproven.pdf")
@requires("marketer")
def unproven(run_id: int) -> ResponseReturnValue:
    marked = _find_file(run_id).marked
    if not marked.is_file():
        raise NotFound("This file reads as it should. Download the file itself.")
    headers = {"Content-Disposition": f'attachment; filename="UNPROVEN-{run_id}.pdf"'}
    return Response(marked.read_bytes(), mimetype="application/pdf", headers=headers)
