"""The people with an account, and each person's own."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, flash, render_template, url_for
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.user import ROLES, User, parse_email, parse_password, parse_role
from shelftalk.errors import Invalid
from shelftalk.store import users as user_store
from shelftalk.web.forms import Form, fresh_form, once, read_form, render_form
from shelftalk.web.security import check_password, get_actor, hash_password, requires, start_session
from shelftalk.web.state import state
from shelftalk.web.texts import _

bp = Blueprint("users", __name__, url_prefix="/admin")


@bp.get("/users/")
@requires("admin")
def index() -> ResponseReturnValue:
    with state().store.read() as db:
        people = user_store.list_users(db)
    return render_template("users/index.html", people=people)


@bp.get("/users/new")
@requires("admin")
def new() -> ResponseReturnValue:
    return render_template("users/new.html", form=fresh_form(role="staff"))


@bp.post("/users/new")
@requires("admin")
def add() -> ResponseReturnValue:
    form = read_form("name", "email", "role", "password")
    with once(form) as earlier:
        if earlier:
            return earlier
        name = form.text("name", required=True)
        email = form.parse("email", parse_email, "")
        role = form.parse("role", parse_role, "staff")
        password = form.parse("password", parse_password, "")
        if form.valid:
            with form.catch():
                _add(email=email, name=name, role=role, password=password)
                flash(_("{name} can sign in now. Hand over the password in person.", name=name), "success")
                return form.done(url_for("users.index"))
        return render_form("users/new.html", form)


def _add(*, email: str, name: str, role: str, password: str) -> None:
    password_hash = hash_password(password)
    with state().store.write() as db:
        user_store.add_user(db, email=email, name=name, password_hash=password_hash, role=role, at=clock.now())


@bp.get("/users/<int:user_id>")
@requires("admin")
def edit(user_id: int) -> ResponseReturnValue:
    person = _get(user_id)
    form = fresh_form(name=person.name, role=person.role, active="on" if person.active else "")
    return render_template("users/edit.html", person=person, form=form, password_form=fresh_form())


def _get(user_id: int) -> User:
    with state().store.read() as db:
        return user_store.get_user(db, user_id)


@bp.post("/users/<int:user_id>")
@requires("admin")
def save(user_id: int) -> ResponseReturnValue:
    person = _get(user_id)
    form = read_form("name", "role", "active")
    name = form.text("name", required=True)
    role = form.parse("role", parse_role, person.role)
    if form.valid:
        with form.catch():
            _save(person, name=name, role=role, active=form.get("active") == "on")
            flash(_("Saved."), "success")
            return form.done(url_for("users.edit", user_id=user_id))
    return render_form("users/edit.html", form, person=person, password_form=fresh_form())


def _save(person: User, *, name: str, role: str, active: bool) -> None:
    with state().store.write() as db:
        user_store.update_user(db, person.id, name=name, role=role, active=active, language=person.language)
        if not active:
            user_store.end_sessions(db, person.id)


@bp.post("/users/<int:user_id>/password")
@requires("admin")
def reset_password(user_id: int) -> ResponseReturnValue:
    person = _get(user_id)
    form = read_form("password")
    password = form.parse("password", parse_password, "")
    if not form.valid:
        values = fresh_form(name=person.name, role=person.role, active="on" if person.active else "")
        return render_template("users/edit.html", person=person, form=values, password_form=form), 422
    _set_password(person, password)
    flash(_("{name} has a new password and was signed out everywhere.", name=person.name), "success")
    return form.done(url_for("users.edit", user_id=user_id))


def _set_password(person: User, password: str) -> None:
    password_hash = hash_password(password)
    with state().store.write() as db:
        user_store.set_password(db, person.id, password_hash)
        user_store.end_sessions(db, person.id)


@bp.post("/users/<int:user_id>/end-sessions")
@requires("admin")
def end_sessions(user_id: int) -> ResponseReturnValue:
    person = _get(user_id)
    with state().store.write() as db:
        user_store.end_sessions(db, person.id)
    flash(_("{name} was signed out everywhere.", name=person.name), "success")
    return read_form().done(url_for("users.edit", user_id=user_id))


@bp.get("/account")
@requires("staff")
def account() -> ResponseReturnValue:
    return render_template("users/account.html", **_account_forms(get_actor()).parts)


@dataclass(frozen=True)
class AccountForms:
    """The two forms of a person's own account."""

    form: Form
    password_form: Form

    @property
    def parts(self) -> dict[str, Form]:
        """As the template names them."""
        return {"form": self.form, "password_form": self.password_form}


def _account_forms(person: User) -> AccountForms:
    return AccountForms(fresh_form(name=person.name, language=person.language), fresh_form(current="", password=""))


@bp.post("/account")
@requires("staff")
def save_account() -> ResponseReturnValue:
    person = get_actor()
    form = read_form("name", "language")
    name = form.text("name", required=True)
    language = form.choice("language", ["", *LANGUAGES])
    if not form.valid:
        return render_form("users/account.html", form, password_form=_account_forms(person).password_form)
    with state().store.write() as db:
        user_store.set_profile(db, person.id, name=name, language=language)
    flash(_("Saved."), "success")
    return form.done(url_for("users.account"))


@bp.post("/account/password")
@requires("staff")
def change_password() -> ResponseReturnValue:
    person = get_actor()
    form = read_form("current", "password")
    password = form.parse("password", parse_password, "")
    if form.valid:
        form.parse("current", lambda text: _check_current(person, text), "")
    if not form.valid:
        forms = AccountForms(_account_forms(person).form, form)
        return render_template("users/account.html", **forms.parts), 422
    _set_password(person, password)
    start_session(person)
    flash(_("Your password is changed. You were signed out on all other devices."), "success")
    return form.done(url_for("users.account"))


def _check_current(person: User, text: str) -> str:
    if state().by_account.take(person.email):
        raise Invalid("current", "Too many attempts. Wait ten minutes.")
    if not check_password(person, text):
        raise Invalid("current", "This is not your present password.")
    state().by_account.forget(person.email)
    return text


def init(app: Flask) -> None:
    """Give the templates the roles."""
    app.jinja_env.globals["ROLES"] = ROLES
