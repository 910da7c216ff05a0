"""Headers, form tokens, secrets, limits: what every answer and every form keeps to."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk.config import Settings
from shelftalk.errors import Invalid
from shelftalk.web.app import create_app
from shelftalk.web.secret import read_secret_key
from shelftalk.web.security import allow_framing
from tests.support import PASSWORD, ROOT


def test_every_answer_carries_the_headers(admin: FlaskClient) -> None:
    for path in ("/admin/", "/admin/nothing", "/nothing", "/static/css/staff.css"):
        headers = admin.get(path, buffered=True).headers
        policy = headers["Content-Security-Policy"]
        assert re.search(r"script-src 'self'(;|$)", policy)
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == ("same-origin" if path.startswith("/admin") else "no-referrer")


def test_the_staff_area_is_never_kept_by_caches(admin: FlaskClient) -> None:
    assert admin.get("/admin/").headers["Cache-Control"] == "no-store"


def test_a_preview_may_be_framed_by_our_own_pages_only(app: Flask) -> None:
    with app.test_request_context("/admin/"):
        response = allow_framing(app.make_response("page"))
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]


def test_no_page_needs_a_script_or_style_in_its_html() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        if not path.is_relative_to(ROOT / "templates" / "shopper") and "/blocks/" not in str(path):
            assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), path
            assert not re.search(r"\son[a-z]+=", text), path


def test_every_post_form_carries_the_token() -> None:
    signed = {ROOT / f"templates/answers/signup-{name}.html" for name in ("confirm", "leave")}  # by a mail's address
    for path in set((ROOT / "templates").rglob("*.html")) - signed:
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text("utf-8"), re.S):
            guarded = r"csrf_token|(ui\.)?hidden\(" if "?do=" not in form else r"(ui\.)?trap\("
            assert re.search(guarded, form), (path, form[:200])


@pytest.mark.usefixtures("csrf_app")
def test_a_form_without_token_changes_nothing(admin: FlaskClient) -> None:
    new = {"name": "Lena", "email": "l@tea.example", "role": "staff", "password": PASSWORD}
    answer = admin.post("/admin/users/new", data=new)
    assert answer.status_code == 400
    assert "Go back, load the page again and repeat." in answer.text
    assert "l@tea.example" not in admin.get("/admin/users/").text


@pytest.mark.usefixtures("csrf_app")
def test_the_pages_own_token_is_accepted_from_field_and_header(admin: FlaskClient) -> None:
    page = admin.get("/admin/users/new").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    new = {"name": "Lena", "email": "l@tea.example", "role": "staff", "password": PASSWORD, "csrf_token": token}
    assert admin.post("/admin/users/new", data=new).status_code == 303
    assert admin.post("/admin/sign-out", headers={"X-CSRFToken": token}).status_code == 303


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"])
def test_a_foreign_host_is_refused(client: FlaskClient, host: str) -> None:
    assert client.get("/admin/sign-in", headers={"Host": host}).status_code == 400


def test_the_secret_is_made_once_private_and_long(app: Flask, settings: Settings) -> None:
    path = settings.instance / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().strip()) == 64
    assert read_secret_key(settings.instance) == app.config["SECRET_KEY"]


@pytest.mark.parametrize(
    ("text", "mode", "says"), [("dev", 0o600, "too weak"), ("0123456789abcdef" * 4, 0o644, "chmod")]
)
def test_a_weak_or_readable_secret_is_refused(tmp_path: Path, text: str, mode: int, says: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(Invalid, match=says):
        read_secret_key(tmp_path)


def test_a_form_larger_than_allowed_is_413(admin: FlaskClient) -> None:
    answer = admin.post("/admin/users/new", data={"name": "x" * (3 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "at most 2 MB" in answer.text


def test_a_form_of_too_many_parts_is_413(admin: FlaskClient) -> None:
    parts = {f"field{number}": "x" for number in range(2_100)}
    answer = admin.post("/admin/users/new", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_an_endpoint_that_says_no_role_is_closed(settings: Settings, password_hash: str) -> None:
    from shelftalk.web.state import get_state
    from tests.support import add_person, sign_in

    app = create_app(ROOT, settings, background=False)
    app.add_url_rule("/admin/forgotten", "forgotten", lambda: "secret")
    browser = sign_in(app, add_person(get_state(app).store, "admin", password_hash))
    assert browser.get("/admin/forgotten").status_code == 403
    get_state(app).store.close()
