"""The staff area's front page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from shelftalk.web.auth import needs_set_up
from shelftalk.web.security import ask_to_sign_in, current_user, public

bp = Blueprint("overview", __name__, url_prefix="/admin")


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    if current_user() is None:
        return redirect(url_for("auth.set_up"), 303) if needs_set_up() else ask_to_sign_in()
    return render_template("overview/index.html")
