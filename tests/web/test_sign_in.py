"""Signing in and out: one answer for every mistake, few attempts, sessions that can be ended."""

from __future__ import annotations

import re
from dataclasses import replace
from statistics import median
from time import process_time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk.catalog.user import User
from shelftalk.config import Settings
from shelftalk.store import Store
from shelftalk.store import users as user_store
from shelftalk.web.app import create_app
from shelftalk.web.security import safe_next
from shelftalk.web.state import get_state
from tests.support import PASSWORD, ROOT, add_person, sign_in


@pytest.fixture
def ada(store: Store, password_hash: str) -> User:
    return add_person(store, "admin", password_hash, "Ada")


def try_sign_in(client: FlaskClient, email: str = "admin@tea.example", password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post("/admin/sign-in", data={"email": email, "password": password, **more})


@pytest.mark.usefixtures("ada")
def test_the_right_password_opens_the_overview(client: FlaskClient) -> None:
    answer = try_sign_in(client, " Admin@Tea.example ")
    assert (answer.status_code, answer.location) == (303, "/admin/")
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("ada")
def test_signing_in_goes_on_to_where_one_wanted_to_go(client: FlaskClient) -> None:
    asked = client.get("/admin/users/?sort=name")
    assert asked.location == "/admin/sign-in?next=%2Fadmin%2Fusers%2F%3Fsort%3Dname"
    assert try_sign_in(client, next="/admin/users/?sort=name").location == "/admin/users/?sort=name"


@pytest.mark.parametrize(
    "text", ["https://evil.example", "//evil.example", "/\\evil.example", "/q/abc", "/admin/\r\nX: y", "javascript:1"]
)
def test_signing_in_never_leads_outside_the_staff_area(text: str) -> None:
    assert safe_next(text) == "/admin/"


@pytest.mark.usefixtures("ada")
def test_an_unknown_person_and_a_wrong_password_get_the_same_answer(client: FlaskClient) -> None:
    answers = [try_sign_in(client, "nobody@tea.example"), try_sign_in(client, password="wrong")]
    assert {answer.status_code for answer in answers} == {422}
    texts = [re.sub(r'value="[^"]*"', "", answer.text) for answer in answers]
    assert texts[0] == texts[1]


@pytest.mark.usefixtures("ada")
def test_an_unknown_person_takes_as_long_as_a_wrong_password(client: FlaskClient) -> None:
    def measure(email: str) -> float:
        start = process_time()
        try_sign_in(client, email, "wrong")
        return process_time() - start

    pairs = [(measure("admin@tea.example"), measure(f"nobody{n}@tea.example")) for n in range(7)]
    known, unknown = median(a for a, _ in pairs), median(b for _, b in pairs)
    assert 0.4 < known / unknown < 2.5


def test_somebody_switched_off_cannot_sign_in_and_an_open_session_ends(app: Flask, ada: User) -> None:
    browser = sign_in(app, ada)
    assert browser.get("/admin/").status_code == 200
    with get_state(app).store.write() as db:
        user_store.add_user(db, email="b@tea.example", name="B", password_hash="", role="admin", at=ada.created_at)
        user_store.update_user(db, ada.id, name="Ada", role="admin", active=False, language="")
    assert browser.get("/admin/").status_code == 303
    assert try_sign_in(app.test_client()).status_code == 422


@pytest.mark.usefixtures("ada")
def test_an_account_allows_few_attempts_and_says_when_to_come_back(client: FlaskClient) -> None:
    for _ in range(8):
        assert try_sign_in(client, password="wrong").status_code == 422
    refused = try_sign_in(client)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 601
    assert "Try again in 10 min" in refused.text


@pytest.mark.usefixtures("ada")
def test_an_address_allows_few_attempts_over_all_accounts(client: FlaskClient) -> None:
    for number in range(30):
        get_state(client.application).by_address.take("127.0.0.1")
        assert number < 30
    assert try_sign_in(client, "other@tea.example").status_code == 429


@pytest.mark.usefixtures("ada")
def test_signing_in_gives_a_new_session_and_ends_the_old_one(client: FlaskClient) -> None:
    try_sign_in(client)
    with client.session_transaction() as session:
        old = dict(session)
    try_sign_in(client)
    with client.session_transaction() as session:
        assert session["token"] != old["token"]
    thief = client.application.test_client()
    with thief.session_transaction() as session:
        session.update(old)
    assert thief.get("/admin/").status_code == 303


def test_signing_out_makes_the_cookie_worthless(app: Flask, ada: User) -> None:
    browser = sign_in(app, ada)
    with browser.session_transaction() as session:
        old = dict(session)
    assert browser.post("/admin/sign-out").location == "/admin/sign-in"
    with browser.session_transaction() as session:
        session.update(old)
    assert browser.get("/admin/").status_code == 303


def test_the_store_keeps_no_token_that_could_be_used(app: Flask, ada: User, settings: Settings) -> None:
    sign_in(app, ada)
    files = [path.read_bytes() for path in settings.instance.glob("shelftalk.sqlite*")]
    assert files
    assert not any(b"token-of-" in content for content in files)


@pytest.mark.usefixtures("ada")
def test_on_this_machine_the_cookie_is_closed_to_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = try_sign_in(client).headers["Set-Cookie"]
    assert cookie.startswith("shelftalk=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_on_https_the_cookie_is_bound_to_the_host(settings: Settings, password_hash: str) -> None:
    app = create_app(ROOT, replace(settings, origin="https://tea.example"), background=False)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    add_person(get_state(app).store, "admin", password_hash)
    answer = try_sign_in(app.test_client())
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-shelftalk=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Strict-Transport-Security" in answer.headers
    get_state(app).store.close()


def test_htmx_is_told_to_load_the_sign_in_page_whole(outsider: FlaskClient) -> None:
    answer = outsider.get("/admin/users/", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/admin/sign-in?next=")
