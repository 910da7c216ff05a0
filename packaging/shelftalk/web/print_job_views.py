"""The page of a big print: how far it is, its runs, going on and cancelling."""

from __future__ import annotations

import json

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.errors import Invalid
from shelftalk.web.marked_parts import make_marked_part
from shelftalk.web.marked_sheets import answer_marked
from shelftalk.web.print_jobs import PrintJob, cancel, is_running, launch, read_job
from shelftalk.web.security import requires
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock
from shelftalk.web.texts import _

bp = Blueprint("print_jobs", __name__, url_prefix="/admin/labels/job")


@bp.get("/")
@requires("staff")
def show() -> ResponseReturnValue:
    job, told = read_job(state())
    running = job is not None and is_running(job, told, clock.now())
    return render_template(
        "print_jobs/show.html",
        job=job,
        done=max(job.printed, told.done if told and running else 0) if job else 0,
        running=running,
        state_name=_name_state(job, running=running) if job else "",
        stock=_name_stock(job) if job else "",
        fault=_(job.fault, **json.loads(job.fault_values)) if job and job.fault else "",
    )


def _name_state(job: PrintJob, *, running: bool) -> str:
    if running:
        return "running"
    if job.complete:
        return "complete"
    return "cancelled" if job.cancelled else "stopped"


def _name_stock(job: PrintJob) -> str:
    try:
        with state().store.read() as db:
            return find_stock(db, job.stock).title
    except Invalid:
        return job.stock


@bp.get("/unproven.pdf")
@requires("marketer")
def unproven() -> ResponseReturnValue:
    return answer_marked(make_marked_part(state(), read_job(state())[0]))


@bp.post("/go-on")
@requires("marketer")
def go_on() -> ResponseReturnValue:
    job, told = read_job(state())
    if job and is_running(job, told, clock.now()):
        flash(_("Labels are being printed already."), "warning")
    elif job and not job.complete:
        launch(state())
    return redirect(url_for("print_jobs.show"), 303)


@bp.post("/cancel")
@requires("marketer")
def stop() -> ResponseReturnValue:
    cancel(state())
    return redirect(url_for("print_jobs.show"), 303)
