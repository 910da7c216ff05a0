"""The scan path: a bare WSGI callable in front of the application. Knows the shelf and the spool, no store, no Flask.

It answers `/q/<code>`, `/p/<slug>` and `/privacy` and hands everything else on. A page never fails because its
scan could not be counted; a counted scan is in the spool before its page goes out.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from shelftalk import clock
from shelftalk.catalog.codes import is_code, normalise_code
from shelftalk.scans.classify import MAX_AGENT, RULE_VERSION, Verdict, classify
from shelftalk.scans.negotiate import choose_encoding, choose_tag, has_etag
from shelftalk.scans.policy import make_policy
from shelftalk.scans.reader import ShelfReader
from shelftalk.scans.record import Scan
from shelftalk.scans.shelf import ShelfPage, Target
from shelftalk.scans.spool import Spool
from shelftalk.scans.visitors import Visitors

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)
MAX_URL = 2048
PAGE_AGE_S = 60
TEST_COOKIE = "shelftalk-test"
ALLOWED = "GET, HEAD, OPTIONS"
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Request:
    """What the door looks at: parsed once."""

    method: str
    environ: WSGIEnvironment
    asked: str  # the language in ?lang=, or empty
    trial: bool  # ?test=1 or the test cookie


@dataclass(frozen=True, slots=True)
class _Found:
    """What to answer: a page's key and the status it goes out with."""

    key: str
    status: HTTPStatus = HTTPStatus.OK


_UNKNOWN = _Found("notice:unknown", HTTPStatus.NOT_FOUND)
_RETIRED = _Found("notice:retired", HTTPStatus.GONE)


def get_remote_address(environ: WSGIEnvironment) -> str:
    """The address a request came from, as the server or a trusted proxy layer says."""
    return str(environ.get("REMOTE_ADDR", ""))


class Door:
    """Wraps `app`. `get_address` says who asks, `is_staff` whether it is somebody who is signed in."""

    def __init__(
        self,
        app: WSGIApplication,
        shelf: ShelfReader,
        spool: Spool,
        *,
        visitors: Visitors | None = None,
        origin: str = "",
        get_address: Callable[[WSGIEnvironment], str] = get_remote_address,
        is_staff: Callable[[WSGIEnvironment], bool] = lambda _environ: False,
    ) -> None:
        self._app = app
        self._shelf = shelf
        self._spool = spool
        self._visitors = visitors or Visitors()
        self._get_address = get_address
        self._is_staff = is_staff
        self._base: Headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Vary", "Accept-Language, Accept-Encoding"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
        ]
        if origin.startswith("https://"):
            self._base.append(("Strict-Transport-Security", "max-age=31536000"))

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        query: str = environ.get("QUERY_STRING", "")
        if len(path) + len(query) >= MAX_URL:
            return self._refuse(environ, start, HTTPStatus.REQUEST_URI_TOO_LONG)
        if path[:3] in ("/q/", "/Q/"):
            return self._answer_code(path[3:], _read_request(environ, query), start)
        if path.startswith("/p/"):
            return self._answer_slug(path[3:], _read_request(environ, query), start)
        if path in ("/privacy", "/privacy/"):
            return self._answer_page(_Found("notice:privacy"), _read_request(environ, query), start)
        return self._app(environ, start)

    def _answer_code(self, text: str, request: _Request, start: StartResponse) -> Iterable[bytes]:
        if request.method not in ("GET", "HEAD"):
            return self._refuse(request.environ, start)
        code = normalise_code(text.removesuffix("/"))
        target = self._shelf.find_target(code)
        if target is None:
            reason = "unknown code" if is_code(code) else "not a code"
            headers = [("Cache-Control", "no-store"), ("X-Shelftalk-Scan", f"refused; {reason}")]
            return self._send(_UNKNOWN, request, start, headers)
        found = self._find_notice(target) if target.kind == "retired" else _Found(target.key)
        note = self._count(code, found.key, request)
        headers = [("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex"), ("X-Shelftalk-Scan", note)]
        return self._send(found, request, start, headers)

    def _find_notice(self, target: Target) -> _Found:
        """The notice for a retired code: while the product is live, the one that leads on to it."""
        own = f"{_RETIRED.key}:{target.product_id}"
        return _Found(own, HTTPStatus.GONE) if self._shelf.list_languages(own) else _RETIRED

    def _answer_slug(self, text: str, request: _Request, start: StartResponse) -> Iterable[bytes]:
        slug = text.removesuffix("/")
        product_id = self._shelf.find_product(slug)
        if product_id is None:
            return self._answer_page(_UNKNOWN, request, start)
        current = self._shelf.find_slug(product_id)
        if current and current != slug and self._shelf.find_product(current) == product_id:
            return _move(start, f"/p/{quote(current)}", request.asked)
        key = f"product:{product_id}"
        return self._answer_page(_Found(key) if self._shelf.list_languages(key) else _RETIRED, request, start)

    def _answer_page(self, found: _Found, request: _Request, start: StartResponse) -> Iterable[bytes]:
        """A page that is no scan: it may be kept a while and asked for again by its tag."""
        if request.method not in ("GET", "HEAD"):
            return self._refuse(request.environ, start)
        self._shelf.refresh()
        headers = [("Cache-Control", f"max-age={PAGE_AGE_S}" if found.status == HTTPStatus.OK else "no-store")]
        return self._send(found, request, start, headers, tagged=found.status == HTTPStatus.OK)

    def _count(self, code: str, key: str, request: _Request) -> str:
        """Spool the scan and say what became of it; whatever goes wrong here, the page goes out."""
        try:
            staff = request.trial or self._is_staff(request.environ)
            verdict = classify(request.method, request.environ, switched=bool(request.asked), staff=staff)
            if not verdict.scan_class:
                return f"refused; {verdict.reason}"
            scan, reason = self._make_scan(code, key, request, verdict)
            outcome = self._spool.append(scan)
        except Exception:
            log.exception("A scan could not be counted")
            self._spool.declare_lost(1)
            return "lost"
        notes = [scan.scan_class, reason, "" if outcome == "kept" else outcome]
        return "; ".join(note for note in notes if note)

    def _make_scan(self, code: str, key: str, request: _Request, verdict: Verdict) -> tuple[Scan, str]:
        at = clock.now()
        if verdict.private:
            return Scan(at, code, "", "", verdict.scan_class, RULE_VERSION, False), verdict.reason or "private"
        scan_class, reason, first = verdict.scan_class, verdict.reason, False
        if scan_class == "person":
            scan_class, reason, first = self._recognise(request.environ, at)
        language = self._choose_language(key, request)
        return Scan(at, code, language, verdict.device, scan_class, RULE_VERSION, first), reason

    def _recognise(self, environ: WSGIEnvironment, at: datetime) -> tuple[str, str, bool]:
        agent = environ.get("HTTP_USER_AGENT", "")[:MAX_AGENT]
        languages = environ.get("HTTP_ACCEPT_LANGUAGE", "")[:MAX_AGENT]
        sighting = self._visitors.see(self._get_address(environ), agent, languages, at)
        return ("burst", "flood", False) if sighting.flood else ("person", "", sighting.first_of_day)

    def _choose_language(self, key: str, request: _Request) -> str:
        available = self._shelf.list_languages(key)
        if request.asked in available:
            return request.asked
        return choose_tag(request.environ.get("HTTP_ACCEPT_LANGUAGE", ""), available) if available else ""

    def _send(
        self, found: _Found, request: _Request, start: StartResponse, headers: Headers, *, tagged: bool = False
    ) -> Iterable[bytes]:
        tag = self._choose_language(found.key, request)
        page = self._shelf.find_page(found.key, tag)
        status = found.status
        if page is None and found.status == HTTPStatus.OK:
            found = _Found("notice:busy", HTTPStatus.SERVICE_UNAVAILABLE)
            tag = self._choose_language(found.key, request)
            page, status, tagged = self._shelf.find_page(found.key, tag), found.status, False
            headers = [*[header for header in headers if header[0] != "Cache-Control"], ("Cache-Control", "no-store")]
        if page is None:
            return _send_bare(start, status, request.method, [*self._base, *headers])
        return self._send_page(page, tag, status, request, start, headers, tagged=tagged)

    def _send_page(
        self,
        page: ShelfPage,
        tag: str,
        status: HTTPStatus,
        request: _Request,
        start: StartResponse,
        headers: Headers,
        *,
        tagged: bool,
    ) -> Iterable[bytes]:
        encoding = choose_encoding(request.environ.get("HTTP_ACCEPT_ENCODING", ""))
        headers = [*self._base, *headers, ("Content-Language", tag), ("Content-Security-Policy", page.policy)]
        if tagged:
            etag = f'"{page.etag}-{encoding}"'
            headers.append(("ETag", etag))
            if has_etag(request.environ.get("HTTP_IF_NONE_MATCH", ""), etag):
                start("304 Not Modified", headers)
                return ()
        body = page.br if encoding == "br" else page.gz
        if encoding == "identity":
            body = gzip.decompress(page.gz)
        else:
            headers.append(("Content-Encoding", encoding))
        headers.append(("Content-Length", str(len(body))))
        start(f"{status.value} {status.phrase}", headers)
        return () if request.method == "HEAD" else (body,)

    def _refuse(
        self, environ: WSGIEnvironment, start: StartResponse, status: HTTPStatus = HTTPStatus.METHOD_NOT_ALLOWED
    ) -> Iterable[bytes]:
        if status == HTTPStatus.METHOD_NOT_ALLOWED and environ["REQUEST_METHOD"] == "OPTIONS":
            status = HTTPStatus.NO_CONTENT
        start(f"{status.value} {status.phrase}", [("Allow", ALLOWED), ("Content-Length", "0")])
        return ()


def _read_request(environ: WSGIEnvironment, query: str) -> _Request:
    asked, trial = "", TEST_COOKIE + "=1" in environ.get("HTTP_COOKIE", "")
    if query:
        values = parse_qs(query, max_num_fields=50) if query.count("&") < 50 else {}
        asked = values.get("lang", [""])[0]
        trial = trial or values.get("test") == ["1"]
    return _Request(environ["REQUEST_METHOD"], environ, asked, trial)


def _move(start: StartResponse, path: str, language: str) -> Iterable[bytes]:
    where = f"{path}?lang={quote(language)}" if language else path
    start("301 Moved Permanently", [("Location", where), ("Content-Length", "0"), ("Cache-Control", "max-age=3600")])
    return ()


def _send_bare(start: StartResponse, status: HTTPStatus, method: str, headers: Headers) -> Iterable[bytes]:
    """The last resort, before anything was ever put on the shelf: a number, which every language reads."""
    body = f"<!doctype html><meta name=viewport content='width=device-width'><title>{status}</title><h1>{status}</h1>"
    raw = body.encode()
    headers = [*headers, ("Content-Security-Policy", make_policy(b"")), ("Content-Length", str(len(raw)))]
    start(f"{status.value} {status.phrase}", headers)
    return () if method == "HEAD" else (raw,)
