"""Who is asking, what they may do, and the headers every answer carries."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, Response, current_app, g, make_response, redirect, request, session
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]
from itsdangerous import BadSignature
from werkzeug.http import parse_cookie

from shelftalk import clock
from shelftalk.catalog.user import ROLES, User
from shelftalk.errors import Forbidden
from shelftalk.store import users as user_store
from shelftalk.web.body_gate import init_body_gate
from shelftalk.web.state import state

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
SESSION_DAYS = 14
csrf = CSRFProtect()
# OWASP's argon2id figures; four at a time, so that a flood of sign-ins cannot fill the memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_hashing = threading.BoundedSemaphore(4)
_nobody = _hasher.hash(secrets.token_hex(16))

CONTENT_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",  # heat grids and charts set sizes and colours on elements
    "img-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def hash_password(password: str) -> str:
    """The argon2id hash that is stored."""
    with _hashing:
        return _hasher.hash(password)


def check_password(user: User | None, password: str) -> bool:
    """Whether the password is the user's; takes as long for nobody as for somebody."""
    hashed = user.password_hash if user and user.password_hash else _nobody
    with _hashing:
        try:
            _hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
    return user is not None and user.active


def same_text(given: str, expected: str) -> bool:
    """Compare two secrets in constant time; an empty one equals nothing."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def hash_token(token: str) -> str:
    """What the store keeps of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def start_session(user: User) -> None:
    """Sign in: a new token in a new cookie session; the old ones are worth nothing."""
    token = secrets.token_urlsafe(32)
    at = clock.now()
    _end_old_session()
    with state().store.write() as db:
        user_store.add_session(
            db, token_hash=hash_token(token), user_id=user.id, at=at, expires_at=at + timedelta(days=SESSION_DAYS)
        )
    session.clear()
    session.permanent = True
    session["token"] = token
    g.user = user


def end_session() -> None:
    """Sign out: the token is forgotten on both sides."""
    _end_old_session()
    session.clear()
    g.user = None


def _end_old_session() -> None:
    token = session.get("token")
    if token:
        with state().store.write() as db:
            user_store.end_session(db, hash_token(token))


def current_user() -> User | None:
    """The person signed in, or None; looked up once a request."""
    if "user" not in g:
        g.user = None
        token = session.get("token")
        if token:
            with state().store.read() as db:
                g.user = user_store.find_session(db, hash_token(token), clock.now())
    return cast("User | None", g.user)


def get_actor() -> User:
    """The person signed in; raises Forbidden. For views that `requires` guards."""
    user = current_user()
    if user is None:
        raise Forbidden("Sign in first.")
    return user


def may(role: str) -> bool:
    """Whether the person signed in may do what needs `role`."""
    user = current_user()
    return user is not None and user.may(role)


def requires(role: str) -> Callable[[Callable[P, R]], Callable[P, ResponseReturnValue]]:
    """A view for people with this role or a higher one; others are refused, nobody is asked to sign in."""
    if role not in ROLES:
        raise ValueError(role)

    def decorate(view: Callable[P, R]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            user = current_user()
            if user is None:
                return ask_to_sign_in()
            if not user.may(role):
                raise Forbidden("Your role does not allow this. Ask an administrator.")
            return view(*args, **kwargs)

        guarded.required_role = role  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """A view under /admin/ that needs no role: signing in, the first set-up."""
    view.required_role = ""  # type: ignore[attr-defined]
    return view


def ask_to_sign_in() -> Response:
    """To the sign-in page and back after; htmx is told to load it whole."""
    back = request.full_path.rstrip("?") if request.method == "GET" else "/admin/"
    address = "/admin/sign-in" + ("" if back == "/admin/" else "?" + urlencode({"next": back}))
    if request.headers.get("HX-Request"):
        return make_response("", 401, {"HX-Redirect": address})
    return cast(Response, redirect(address, 303))


def has_staff_cookie(app: Flask, environ: Mapping[str, object]) -> bool:
    """Whether a scan comes from a browser that is signed in here. Trusts the cookie's signature; asks no store."""
    name, cookies = app.config["SESSION_COOKIE_NAME"], str(environ.get("HTTP_COOKIE", ""))
    if name not in cookies:
        return False
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    try:
        content = serializer.loads(parse_cookie(cookies).get(name, "")) if serializer else {}
    except BadSignature:
        return False
    return "token" in content


def safe_next(text: str) -> str:
    """An address to go on to: a path of the staff area, or its front page."""
    parts = urlsplit(text)
    inside = text.startswith("/admin/") and not parts.netloc and not parts.scheme and "\\" not in text
    return text if inside and not any(ord(c) < 32 for c in text) else "/admin/"


def refuse_unguarded() -> None:
    """Deny by default: an endpoint under /admin/ must say whom it is for."""
    if request.endpoint and request.path.startswith("/admin"):
        view = current_app.view_functions[request.endpoint]
        if not hasattr(view, "required_role"):
            raise Forbidden("Your role does not allow this. Ask an administrator.")


def allow_framing(response: Response) -> Response:
    """Let the staff area's own pages show this answer in a frame: the page preview."""
    policy = CONTENT_POLICY | {"frame-ancestors": "'self'"}
    response.headers["Content-Security-Policy"] = format_policy(policy)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def format_policy(policy: dict[str, str]) -> str:
    """A content security policy as its header says it."""
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def add_headers(response: Response) -> Response:
    """The headers every answer carries; a view's own stay."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", format_policy(CONTENT_POLICY))
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    staff = request.path.startswith("/admin")
    headers.setdefault("Referrer-Policy", "same-origin" if staff else "no-referrer")
    if staff:
        headers.setdefault("Cache-Control", "no-store")
    if state().settings.origin.startswith("https://"):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def limit_plain_forms() -> None:
    """Werkzeug bounds the texts of multipart forms only; a plain form gets the same bound as a whole."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def init_security(app: Flask) -> None:
    """Guard every form and every staff endpoint; add the headers."""
    init_body_gate(app)
    app.before_request(limit_plain_forms)
    csrf.init_app(app)
    app.before_request(refuse_unguarded)
    app.after_request(add_headers)
