"""The status page for people signed in, and the sign of life for machines."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from shelftalk.web.health import read_health
from shelftalk.web.security import requires
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
    return render_template("status/index.html", health=health, settings=state().settings)
