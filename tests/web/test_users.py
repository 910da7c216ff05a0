"""People: added, changed, never the last administrator away; each their own account."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.user import User
from shelftalk.store import Store
from shelftalk.store import users as user_store
from shelftalk.web import users
from shelftalk.web.forms import Form, read_form
from shelftalk.web.security import check_password
from tests.support import PASSWORD, add_person, sign_in

NEW = {"name": "Lena", "email": "lena@tea.example", "role": "marketer", "password": "green leaves only"}


def find(store: Store, email: str) -> User:
    with store.read() as db:
        user = user_store.find_user_by_email(db, email)
    assert user
    return user


def test_an_administrator_adds_a_person_who_can_sign_in(admin: FlaskClient, app: Flask, store: Store) -> None:
    assert admin.post("/admin/users/new", data=NEW).location == "/admin/users/"
    assert find(store, "lena@tea.example").role == "marketer"
    newcomer = app.test_client()
    assert newcomer.post("/admin/sign-in", data=NEW).location == "/admin/"
    assert "Lena" in admin.get("/admin/users/").text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"email": "lena"}, "“lena” is not an e-mail address"),
        ({"email": "admin@tea.example"}, "has an account already"),
        ({"role": "owner"}, "“owner” is not a role"),
        ({"password": "short"}, "The password has 5 characters. It needs at least 10."),
        ({"name": "  "}, "This is empty. Fill it in."),
        ({"name": "x" * 201}, "shorten it by 1"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_is_lost(
    admin: FlaskClient, store: Store, change: dict[str, str], message: str
) -> None:
    answer = admin.post("/admin/users/new", data=NEW | change)
    assert answer.status_code == 422
    assert message in answer.text
    field = next(iter(change))
    assert f'id="field-{field}-error"' in answer.text
    assert "field-error" in answer.text
    if field != "name":
        assert 'value="Lena"' in answer.text
    with store.read() as db:
        assert user_store.count_users(db) == 1


def test_a_form_posted_twice_adds_one_person(admin: FlaskClient, store: Store) -> None:
    twice = [admin.post("/admin/users/new", data=NEW | {"form_key": "k1"}) for _ in range(2)]
    assert [answer.location for answer in twice] == ["/admin/users/"] * 2
    with store.read() as db:
        assert user_store.count_users(db) == 2


def test_the_last_administrator_keeps_role_and_account(admin: FlaskClient, store: Store) -> None:
    ada = find(store, "admin@tea.example")
    for change in ({"role": "staff", "active": "on"}, {"role": "admin"}):
        answer = admin.post(f"/admin/users/{ada.id}", data={"name": "Ada"} | change)
        assert answer.status_code == 422
        assert "last administrator" in answer.text
    assert find(store, "admin@tea.example").may("admin")


def test_switching_a_person_off_signs_them_out(admin: FlaskClient, staff: FlaskClient, store: Store) -> None:
    sina = find(store, "staff@tea.example")
    assert admin.post(f"/admin/users/{sina.id}", data={"name": "Sina", "role": "staff"}).status_code == 303
    assert staff.get("/admin/").status_code == 303
    admin.post(f"/admin/users/{sina.id}", data={"name": "Sina", "role": "staff", "active": "on"})
    assert find(store, "staff@tea.example").active


def test_a_new_password_replaces_the_old_one_and_ends_sessions(
    admin: FlaskClient, staff: FlaskClient, store: Store
) -> None:
    sina = find(store, "staff@tea.example")
    assert admin.post(f"/admin/users/{sina.id}/password", data={"password": "fresh mountain air"}).status_code == 303
    changed = find(store, "staff@tea.example")
    assert check_password(changed, "fresh mountain air")
    assert not check_password(changed, PASSWORD)
    assert staff.get("/admin/").status_code == 303


def test_signing_out_everywhere_ends_every_session(admin: FlaskClient, staff: FlaskClient, store: Store) -> None:
    sina = find(store, "staff@tea.example")
    assert admin.post(f"/admin/users/{sina.id}/end-sessions").status_code == 303
    assert staff.get("/admin/").status_code == 303


def test_an_unknown_person_is_not_found(admin: FlaskClient) -> None:
    assert admin.get("/admin/users/999").status_code == 404
    assert admin.post("/admin/users/999", data={"name": "X", "role": "staff"}).status_code == 404


@pytest.mark.usefixtures("admin")
def test_everybody_changes_their_own_name_and_language_but_not_their_role(staff: FlaskClient, store: Store) -> None:
    answer = staff.post("/admin/account", data={"name": "سینا", "language": "fa", "role": "admin"})
    assert answer.status_code == 303
    sina = find(store, "staff@tea.example")
    assert (sina.name, sina.language, sina.role) == ("سینا", "fa", "staff")
    assert '<html lang="fa" dir="rtl">' in staff.get("/admin/").text


def test_an_unknown_language_is_refused(staff: FlaskClient) -> None:
    assert staff.post("/admin/account", data={"name": "Sina", "language": "xx"}).status_code == 422
    answer = staff.post("/admin/language", data={"language": "xx"})
    assert answer.status_code == 422
    assert "“xx” is not a language" in answer.text


def test_changing_ones_password_needs_the_present_one(staff: FlaskClient, store: Store) -> None:
    answer = staff.post("/admin/account/password", data={"current": "wrong", "password": "fresh mountain air"})
    assert answer.status_code == 422
    assert "This is not your present password." in answer.text
    assert check_password(find(store, "staff@tea.example"), PASSWORD)


def test_changing_ones_password_keeps_this_browser_and_ends_the_others(
    app: Flask, store: Store, password_hash: str
) -> None:
    user = add_person(store, "staff", password_hash)
    here, there = sign_in(app, user), app.test_client()
    there.post("/admin/sign-in", data={"email": user.email, "password": PASSWORD})
    here.post("/admin/account/password", data={"current": PASSWORD, "password": "fresh mountain air"})
    assert here.get("/admin/").status_code == 200
    assert there.get("/admin/").status_code == 303


def test_the_language_switch_works_before_and_after_signing_in(admin: FlaskClient, app: Flask, store: Store) -> None:
    stranger = app.test_client()
    assert stranger.post("/admin/language", data={"language": "ru", "next": "/admin/sign-in"}).status_code == 303
    assert '<html lang="ru"' in stranger.get("/admin/sign-in").text
    admin.post("/admin/language", data={"language": "zh-Hant", "next": "/admin/users/"})
    assert find(store, "admin@tea.example").language == "zh-Hant"
    assert '<html lang="zh-Hant"' in admin.get("/admin/users/").text


def test_who_changes_their_name_while_they_lose_a_role_does_not_get_it_back(
    marketer: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = find(store, "marketer@tea.example")

    def demote_meanwhile(*names: str) -> Form:
        with store.write() as db:
            user_store.update_user(db, person.id, name=person.name, role="staff", active=False, language="")
        return read_form(*names)

    monkeypatch.setattr(users, "read_form", demote_meanwhile)
    with store.write() as db:
        user_store.add_user(db, email="boss@tea.example", name="Boss", password_hash="", role="admin", at=clock.now())
    assert marketer.post("/admin/account", data={"name": "Mei Lin", "language": "fa"}).status_code == 303
    now = find(store, "marketer@tea.example")
    assert (now.name, now.language, now.role, now.active) == ("Mei Lin", "fa", "staff", False)
