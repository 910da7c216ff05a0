"""The first set-up: once, with the token of the console."""

from __future__ import annotations

import stat

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk.config import Settings
from shelftalk.store import Store
from shelftalk.store import users as user_store
from shelftalk.web.secret import find_setup_token

FORM = {"name": "Ada", "email": "ada@tea.example", "password": "quiet mountain tea"}


def test_the_staff_area_leads_to_set_up_while_nobody_has_an_account(client: FlaskClient) -> None:
    assert client.get("/admin/").location == "/admin/set-up"
    assert client.get("/admin/sign-in").location == "/admin/set-up"


def test_set_up_makes_the_administrator_and_signs_in(client: FlaskClient, settings: Settings, store: Store) -> None:
    answer = client.post("/admin/set-up", data=FORM | {"token": find_setup_token(settings.instance)})
    assert answer.location == "/admin/"
    assert client.get("/admin/").status_code == 200
    with store.read() as db:
        user = user_store.find_user_by_email(db, "ada@tea.example")
    assert user
    assert user.role == "admin"
    assert user.password_hash.startswith("$argon2id$")


@pytest.mark.usefixtures("admin")
def test_set_up_is_gone_once_somebody_has_an_account(outsider: FlaskClient) -> None:
    assert outsider.get("/admin/set-up").status_code == 404
    assert outsider.post("/admin/set-up", data=FORM).status_code == 404


def test_the_token_is_private_and_used_up(client: FlaskClient, settings: Settings) -> None:
    path = settings.instance / "setup-token"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    client.post("/admin/set-up", data=FORM | {"token": path.read_text().strip()})
    assert not path.exists()


def test_a_wrong_token_is_refused_and_what_was_typed_stays(client: FlaskClient, store: Store) -> None:
    answer = client.post("/admin/set-up", data=FORM | {"token": "guess"})
    assert answer.status_code == 422
    assert "This is not the token" in answer.text
    assert 'value="ada@tea.example"' in answer.text
    assert FORM["password"] not in answer.text
    with store.read() as db:
        assert user_store.count_users(db) == 0


def test_guessing_the_token_ends_soon(app: Flask) -> None:
    client = app.test_client()
    for _ in range(30):
        client.post("/admin/set-up", data={"token": "guess"})
    token = find_setup_token(app.extensions["shelftalk"].settings.instance)
    assert client.post("/admin/set-up", data=FORM | {"token": token}).status_code == 422
