"""The status page for people signed in, and the sign of life for machines."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from shelftalk.store.retention import Erasure, list_erasures
from shelftalk.web.health import read_health
from shelftalk.web.security import may, requires
from shelftalk.web.state import state
from shelftalk.web.upload_sweep import UNUSED_DAYS, Swept, read_swept

bp = Blueprint("status", __name__)


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    answer = jsonify(status="ok")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/admin/status")
@requires("staff")
def index() -> ResponseReturnValue:
    health = read_health(state())
    there = health.store_ms is not None
    erased = list_erased() if there and may("admin") else []
    swept = find_swept() if there else None
    return render_template(
        "status/index.html",
        health=health,
        settings=state().settings,
        erasures=erased,
        swept=swept,
        unused_days=UNUSED_DAYS,
    )


def find_swept() -> Swept | None:
    """The last time unused uploads were looked for."""
    with state().store.read() as db:
        return read_swept(db)


def list_erased() -> list[Erasure]:
    """The newest erasures, for administrators."""
    with state().store.read() as db:
        return list_erasures(db)
