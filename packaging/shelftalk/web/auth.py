"""Signing in and out, the first set-up, the language of the staff area."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as PageNotFound

from shelftalk import clock
from shelftalk.catalog.languages import get_language
from shelftalk.catalog.user import User, parse_email, parse_password
from shelftalk.errors import Invalid, mark
from shelftalk.store import users as user_store
from shelftalk.web.attempts import name_network
from shelftalk.web.forms import Form, fresh_form, go_to, read_form, render_form
from shelftalk.web.secret import drop_setup_token, find_setup_token
from shelftalk.web.security import (
    check_password,
    current_user,
    end_session,
    hash_password,
    public,
    requires,
    safe_next,
    same_text,
    start_session,
)
from shelftalk.web.state import state
from shelftalk.web.texts import _

bp = Blueprint("auth", __name__, url_prefix="/admin")
WRONG = mark("E-mail address and password do not match. Check both; capital letters count in the password.")


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    if current_user():
        return redirect(safe_next(request.args.get("next", "")), 303)
    if needs_set_up():
        return redirect(url_for("auth.set_up"), 303)
    return render_template("auth/sign_in.html", form=fresh_form(email="", next=request.args.get("next", "")))


@bp.post("/sign-in")
@public
def sign_in_post() -> ResponseReturnValue:
    form = read_form("email", "password", "next")
    email = form.get("email").strip().lower()[:254]
    wait_s = max(state().by_address.take(name_network(request.remote_addr)), state().by_account.take(email))
    if wait_s:
        return _refuse_for_now(form, wait_s)
    with state().store.read() as db:
        user = user_store.find_user_by_email(db, email)
    if not check_password(user, form.get("password")) or user is None:
        form.errors[""] = _(WRONG)
        return render_form("auth/sign_in.html", form)
    state().by_account.forget(email)
    start_session(user)
    return go_to(safe_next(form.get("next")))


def _refuse_for_now(form: Form, wait_s: float) -> ResponseReturnValue:
    minutes = int(wait_s // 60) + 1
    form.errors[""] = _("Too many attempts. Try again in {minutes} min.", minutes=minutes)
    page = render_template("auth/sign_in.html", form=form)
    return Response(page, 429, {"Retry-After": str(int(wait_s) + 1)})


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    end_session()
    return go_to(url_for("auth.sign_in"))


def needs_set_up() -> bool:
    """Whether nobody has an account yet."""
    with state().store.read() as db:
        return user_store.count_users(db) == 0


@bp.get("/set-up")
@public
def set_up() -> ResponseReturnValue:
    _require_set_up()
    return render_template("auth/set_up.html", form=fresh_form(token=request.args.get("token", "")))


@bp.post("/set-up")
@public
def set_up_post() -> ResponseReturnValue:
    _require_set_up()
    form = read_form("token", "name", "email", "password")
    name = form.text("name", required=True)
    email = form.parse("email", parse_email, "")
    password = form.parse("password", parse_password, "")
    form.parse("token", _check_token, "")
    if form.valid:
        with form.catch():
            user = _add_first_user(email=email, name=name, password_hash=hash_password(password))
            drop_setup_token(state().settings.instance)
            start_session(user)
            return go_to(url_for("overview.index"))
    return render_form("auth/set_up.html", form)


def _require_set_up() -> None:
    if not needs_set_up():
        raise PageNotFound


def _check_token(text: str) -> str:
    if state().by_address.take(name_network(request.remote_addr)):
        raise Invalid("token", "Too many attempts. Wait ten minutes.")
    if same_text(text.strip(), find_setup_token(state().settings.instance)):
        return text
    raise Invalid("token", "This is not the token. Copy it from the server's console, or from the file setup-token.")


def _add_first_user(*, email: str, name: str, password_hash: str) -> User:
    with state().store.write() as db:
        if user_store.count_users(db):
            raise PageNotFound
        return user_store.add_user(
            db, email=email, name=name, password_hash=password_hash, role="admin", at=clock.now()
        )


@bp.post("/language")
@public
def switch_language() -> ResponseReturnValue:
    tag = get_language(request.form.get("language", "")).tag
    session["language"] = tag
    user = current_user()
    if user:
        with state().store.write() as db:
            user_store.set_profile(db, user.id, name=user.name, language=tag)
    return redirect(safe_next(request.form.get("next", "")), 303)


@bp.get("")
@requires("staff")
def without_slash() -> ResponseReturnValue:
    return redirect(url_for("overview.index"), 301)
