"""The status page for people signed in, and the sign of life for machines."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from shelftalk.store.retention import Erasure, list_erasures
from shelftalk.web.health import read_health
from shelftalk.web.security import may, requires
from shelftalk.web.state import state

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
    erased = list_erased() if health.store_ms is not None and may("admin") else []
    return render_template("status/index.html", health=health, settings=state().settings, erasures=erased)


def list_erased() -> list[Erasure]:
    """The newest erasures, for administrators."""
    with state().store.read() as db:
        return list_erasures(db)
