"""Error pages: the right status, in the reader's language, never a trace."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from shelftalk.config import Settings
from shelftalk.errors import Conflict, Forbidden, Invalid, NotFound, ShelftalkError, Unavailable
from shelftalk.web.app import create_app
from shelftalk.web.problems import handle_crash
from shelftalk.web.security import public, requires
from shelftalk.web.state import get_state
from tests.support import ROOT, add_person, sign_in

ERRORS: dict[str, tuple[ShelftalkError, int]] = {
    "missing": (NotFound("No tea is called {name}.", name="Nil"), 404),
    "forbidden": (Forbidden("Not yours."), 403),
    "conflict": (Conflict("Changed by {name}.", name="Mei"), 409),
    "invalid": (Invalid("x", "“{value}” is wrong.", value="<b>7</b>"), 422),
    "unavailable": (Unavailable("The disk at /secret/path is full."), 503),
}


@pytest.fixture
def broken(settings: Settings) -> Flask:
    """The application with views that fail in every way."""
    app = create_app(ROOT, settings, background=False)
    app.config.update(WTF_CSRF_ENABLED=False)

    @requires("staff")
    def fail(how: str) -> str:
        raise ERRORS[how][0]

    @public
    def crash() -> str:
        raise RuntimeError("secret detail")

    app.add_url_rule("/admin/fail/<how>", "fail", fail)
    app.add_url_rule("/admin/crash", "crash", crash)
    app.add_url_rule("/crash", "open_crash", crash)
    app.add_url_rule("/abort/<int:status>", "abort", lambda status: abort(status))
    return app


@pytest.fixture
def somebody(broken: Flask, password_hash: str) -> FlaskClient:
    return sign_in(broken, add_person(get_state(broken).store, "staff", password_hash))


@pytest.mark.parametrize("how", ERRORS)
def test_each_mistake_has_its_status_and_its_own_words(somebody: FlaskClient, how: str) -> None:
    error, status = ERRORS[how]
    answer = somebody.get(f"/admin/fail/{how}")
    assert answer.status_code == status
    assert "<b>7" not in answer.text
    assert "/secret/path" not in answer.text
    if how not in ("unavailable", "invalid"):
        assert str(error) in answer.text
    assert 'id="places"' in answer.text, "people who are signed in keep their navigation"


@pytest.mark.parametrize("path", ["/admin/crash", "/crash"])
def test_a_crash_shows_a_number_that_is_in_the_log(broken: Flask, caplog: pytest.LogCaptureFixture, path: str) -> None:
    with caplog.at_level(logging.ERROR):
        answer = broken.test_client().get(path)
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    line = next(record for record in caplog.records if record.message.startswith("error "))
    assert line.message.split()[1] in answer.text
    assert line.exc_info


@pytest.mark.parametrize("path", ["/q/k7m4p29xqsqw7k2m9x", "/q/K7M4-P29X-QS-QW7K2M9X/"])
def test_the_log_of_a_crash_does_not_say_which_unit_was_scanned(
    broken: Flask, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    """Beside the log's time it would be what nothing else keeps: when somebody held this pack."""
    with caplog.at_level(logging.ERROR), broken.test_request_context(path, method="POST"):
        assert handle_crash(RuntimeError()).status_code == 500
    [line] = (record.message for record in caplog.records if record.message.startswith("error "))
    assert line.endswith("POST /q/k7m4p29xqs")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 414, 418, 422, 429, 500, 503])
def test_pages_outside_the_staff_area_are_light_and_branded(broken: Flask, status: int) -> None:
    answer = broken.test_client().get(f"/abort/{status}", headers={"Accept-Language": "fa"})
    assert answer.status_code == status
    assert '<html lang="fa" dir="rtl">' in answer.text
    assert "tabler" not in answer.text
    assert len(answer.data) < 2_000


def test_a_wrong_method_says_which_are_right(broken: Flask) -> None:
    answer = broken.test_client().delete("/admin/sign-in")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_stranger_sees_no_navigation_on_an_error_page(broken: Flask) -> None:
    answer = broken.test_client().get("/admin/nothing-here")
    assert answer.status_code == 404
    assert 'id="places"' not in answer.text
