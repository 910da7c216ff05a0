"""Error pages: said in the person's language, in the staff layout or light and branded; never a trace."""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException, SecurityError

from shelftalk.catalog.codes import normalise_code
from shelftalk.catalog.units import drop_unit
from shelftalk.errors import Conflict, Forbidden, Invalid, NotFound, ShelftalkError, Unavailable, mark
from shelftalk.web.texts import _, text_error

# What happened, and what to do.
WORDS: dict[int, tuple[str, str]] = {
    400: (mark("This request cannot be read"), mark("Go back and try again.")),
    403: (mark("This is not open to you"), mark("Ask an administrator if you need it.")),
    404: (mark("Nothing is here"), mark("The address may be mistyped, or what was here has moved.")),
    405: (mark("This cannot be done here"), mark("Go back and use the page's own buttons.")),
    409: (
        mark("Somebody else was faster"),
        mark("Nothing was overwritten. Load the page again and repeat your change."),
    ),
    413: (mark("This is too large"), mark("A file may have at most 30 MB, a text at most 2 MB.")),
    414: (mark("This address is too long"), mark("Open it from its link again.")),
    422: (mark("This cannot be saved"), mark("Go back and correct what was entered.")),
    429: (mark("Too many attempts"), mark("Wait a few minutes, then try again.")),
    500: (mark("Something broke on our side"), mark("It has been noted. Try again in a moment.")),
    503: (
        mark("This is not available just now"),
        mark("Try again in a minute. Scans and product pages are not affected."),
    ),
}
STATUSES: dict[type[ShelftalkError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    Unavailable: 503,
}
CSRF_HINT = mark("The page was open for too long or cookies are switched off. Go back, load the page again and repeat.")


def render_problem(status: int, message: str = "", error_id: str = "") -> Response:
    """The page for an error; `message` says more than the status does."""
    title, hint = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    template = _choose_template()
    values = {"title": _(title), "message": message or _(hint), "error_id": error_id, "status": status}
    return make_response(render_template(template, **values), status)


def _choose_template() -> str:
    if not request.path.startswith("/admin"):
        return "errors/public.html"
    # Only a person already looked up: the store may be what failed.
    return "errors/staff.html" if g.get("user") else "errors/signed_out.html"


def handle_known(error: ShelftalkError) -> Response:
    status = next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 400)
    if status == 503:
        current_app.logger.error("unavailable: %s", error)
        return render_problem(status)
    return render_problem(status, text_error(error))


def handle_http(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):  # a foreign Host: nothing here has an address under it
        return make_response(_(WORDS[400][0]), 400, {"Content-Type": "text/plain; charset=utf-8"})
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    answer = render_problem(error.code)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def handle_csrf(error: CSRFError) -> Response:
    current_app.logger.info("form without a valid token: %s", error.description)
    return render_problem(400, _(CSRF_HINT))


def handle_crash(error: Exception) -> Response:
    error_id = secrets.token_hex(4)
    current_app.logger.error("error %s at %s %s", error_id, request.method, _name_place(), exc_info=error)
    return render_problem(500, error_id=error_id)


def _name_place() -> str:
    """The address for the log; beside the time it must not say which unit's code was opened."""
    start, found, code = request.path.partition("/q/")
    return start + found + drop_unit(normalise_code(code)) if found and not start else request.path


def init_problems(app: Flask) -> None:
    """Answer every error with a page of our own."""
    app.register_error_handler(ShelftalkError, handle_known)
    app.register_error_handler(HTTPException, handle_http)
    app.register_error_handler(CSRFError, handle_csrf)
    app.register_error_handler(500, lambda error: handle_crash(getattr(error, "original_exception", None) or error))
