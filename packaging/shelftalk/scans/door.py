"""The scan path: a bare WSGI callable in front of the application. Knows the shelf and the spool, no store, no Flask.

It answers `/q/<code>`, `/p/<slug>` and `/privacy`, with the taps on their pages, and hands everything else on. A page
never fails because its scan could not be counted; a counted scan is in the spool before its page goes out.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from shelftalk import clock
from shelftalk.catalog.codes import LENGTH, is_code, normalise_code
from shelftalk.catalog.units import UNIT_LENGTH, split_unit
from shelftalk.scans.actions import Actions, Place, Wish, read_wish
from shelftalk.scans.answer import NO_STORE, Answer, Head, Header
from shelftalk.scans.asking import TEST_COOKIE, Asking, Memory, Reading, read_asking
from shelftalk.scans.classify import RULE_VERSION, Environ, Verdict, classify
from shelftalk.scans.negotiate import choose_tag, has_etag
from shelftalk.scans.policy import make_policy
from shelftalk.scans.reader import ShelfReader
from shelftalk.scans.record import format_line
from shelftalk.scans.shelf import ShelfPage, Target
from shelftalk.scans.spool import Spool
from shelftalk.scans.target import read_target
from shelftalk.scans.visitors import Visitors

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["MAX_URL", "TEST_COOKIE", "Answer", "Door", "Header", "get_remote_address"]

log = logging.getLogger(__name__)
MAX_URL = 2048
PAGE_AGE_S = 60
ALLOWED = "GET, HEAD, OPTIONS"
STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_KEEP = ("Cache-Control", f"max-age={PAGE_AGE_S}")
_OK = HTTPStatus.OK.value


class _Found(NamedTuple):
    """What to answer: a page's key and the status it goes out with."""

    key: str
    status: int = _OK


_UNKNOWN = _Found("notice:unknown", HTTPStatus.NOT_FOUND.value)
_RETIRED = _Found("notice:retired", HTTPStatus.GONE.value)
_BUSY = _Found("notice:busy", HTTPStatus.SERVICE_UNAVAILABLE.value)
_PRIVACY = _Found("notice:privacy")


def get_remote_address(environ: Environ) -> str:
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
        get_address: Callable[[Environ], str] = get_remote_address,
        is_staff: Callable[[Environ], bool] = lambda _environ: False,
    ) -> None:
        self._app = app
        self.shelf = shelf
        self.spool = spool
        self._visitors = visitors or Visitors()
        self._get_address = get_address
        self._is_staff = is_staff
        self._memory = Memory(self._read)
        self.actions = Actions(
            shelf,
            spool,
            self._visitors,
            host=urlsplit(origin).netloc,
            get_address=get_address,
            is_staff=is_staff,
        )
        base: list[Header] = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Vary", "Accept-Language, Accept-Encoding"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
        ]
        if origin.startswith("https://"):
            base.append(("Strict-Transport-Security", "max-age=31536000"))
        code = (*base, NO_STORE, ("X-Robots-Tag", "noindex"))
        self._bases = {"code": code, "page": (*base, _KEEP), "notice": (*base, NO_STORE)}  # by the kind of an answer
        self._tap_base = list(code[2:])  # it has no body: no type, and nothing it varies by

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        answer = self.decide(environ)
        if answer is None:
            return self._app(environ, start)
        outcome = self.spool.append_line(answer.line) if answer.line else "kept"
        start(STATUS_LINES[answer.status], answer.finish(outcome))
        return [answer.body]

    def decide(self, environ: Environ) -> Answer | None:
        """What to answer, or None when this is the application's. Waits for nothing: its line is not spooled yet."""
        path, query, length = read_target(environ)
        if length > MAX_URL:
            return _refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        if path[:3] in ("/q/", "/Q/", "/p/"):
            return self._answer_wished(path, environ, query)
        if path in ("/privacy", "/privacy/"):
            return self._answer_page(_PRIVACY, environ, query)
        return None

    def _read(self, environ: Environ, query: str) -> Reading:
        asking = read_asking(environ, query)
        try:
            staff = asking.trial or self._is_staff(environ)
            return asking, classify(asking.method, environ, switched=bool(asking.asked), staff=staff)
        except Exception:
            log.exception("A request could not be classed")
            return asking, None

    def _answer_wished(self, path: str, environ: Environ, query: str) -> Answer | None:
        """A page, or what is asked of it by its address; None for the forms of a page, which are the application's."""
        wish = read_wish(environ, query) if query else None
        if wish and wish.kind == "form":
            return None
        place = self._find_place(path) if wish else None
        if wish and place and wish.kind in ("go", "act"):
            return self._answer_tap(place, wish, environ, query)
        if path[:3] != "/p/":
            return self._answer_code(path[3:], environ, query)
        answer = self._answer_slug(path[3:], environ, query)
        if wish and place and wish.kind == "shared" and answer.status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
            self.actions.note_shared(answer, place, environ, query)
        return answer

    def _answer_tap(self, place: Place, wish: Wish, environ: Environ, query: str) -> Answer:
        if wish.kind == "go":
            return self.actions.follow(place, wish.name, environ, query, self._tap_base)
        return self.actions.take(place, wish.name, environ, query)

    def _find_place(self, path: str) -> Place | None:
        """Whose page a path shows, and by which code."""
        text = path[3:]
        if path[:3] == "/p/":
            product_id = self.shelf.find_product(text.removesuffix("/"))
            return Place(path, product_id) if product_id else None
        target = self.shelf.find_target(text) or self._find_written(text)[0]
        return Place(f"/q/{target.code}", target.product_id, target.code) if target else None

    def _answer_code(self, text: str, environ: Environ, query: str) -> Answer:
        asking, verdict = self._memory.recall(environ, query)
        if asking.method not in ("GET", "HEAD"):
            return _refuse_method(asking.method)
        target, unit = self.shelf.find_target(text), ""
        if target is None:
            target, unit = self._find_written(text)
        if target is None:
            answer = self._show(_UNKNOWN, self._choose_language(_UNKNOWN.key, asking), asking, "notice")
            known = is_code(normalise_code(text.removesuffix("/")))
            answer.note = "refused; unknown code" if known else "refused; not a code"
            return answer
        found = self._find_notice(target) if target.kind == "retired" else _Found(target.key)
        language = self._choose_language(found.key, asking)
        answer = self._show(found, language, asking, "code")
        self._count(answer, target.code, unit, language, asking, verdict, environ)
        return answer

    def _find_written(self, text: str) -> tuple[Target | None, str]:
        """Where a code leads that is typed freely or a unit's, and the unit's suffix. A printed code never dies: what
        begins with one opens its page, whatever the suffix."""
        code = normalise_code(text.removesuffix("/"))
        target = self.shelf.find_target(code)
        if target or not (LENGTH < len(code) <= UNIT_LENGTH + 2 and code.isalnum()):
            return target, ""
        start, unit = split_unit(code)
        return self.shelf.find_target(start), unit

    def _find_notice(self, target: Target) -> _Found:
        """The notice for a retired code: while the product is live, the one that leads on to it."""
        own = f"{_RETIRED.key}:{target.product_id}"
        return _Found(own, _RETIRED.status) if self.shelf.list_languages(own) else _RETIRED

    def _answer_slug(self, text: str, environ: Environ, query: str) -> Answer:
        slug = text.removesuffix("/")
        product_id = self.shelf.find_product(slug)
        if product_id is None:
            return self._answer_page(_UNKNOWN, environ, query)
        current = self.shelf.find_slug(product_id)
        if current and current != slug and self.shelf.find_product(current) == product_id:
            return _move(f"/p/{quote(current)}", read_asking(environ, query).asked, shared="via=share" in query)
        key = f"product:{product_id}"
        return self._answer_page(_Found(key) if self.shelf.list_languages(key) else _RETIRED, environ, query)

    def _answer_page(self, found: _Found, environ: Environ, query: str) -> Answer:
        """A page that is no scan: it may be kept a while and asked for again by its tag."""
        asking, _verdict = self._memory.recall(environ, query)
        if asking.method not in ("GET", "HEAD"):
            return _refuse_method(asking.method)
        self.shelf.refresh()
        language = self._choose_language(found.key, asking)
        if found.status != _OK:
            return self._show(found, language, asking, "notice")
        return self._show(found, language, asking, "page", str(environ.get("HTTP_IF_NONE_MATCH", "")))

    def _count(
        self,
        answer: Answer,
        code: str,
        unit: str,
        language: str,
        asking: Asking,
        verdict: Verdict | None,
        environ: Environ,
    ) -> None:
        """Make the scan's line; whatever goes wrong here, the page goes out."""
        try:
            if verdict is None:
                answer.note = "lost"
                self.spool.declare_lost(1)
            elif not verdict.scan_class:
                answer.note = f"refused; {verdict.reason}"
            else:
                self._make_line(answer, code, unit, language, asking, verdict, environ)
        except Exception:
            log.exception("A scan could not be counted")
            answer.note, answer.line = "lost", b""
            self.spool.declare_lost(1)

    def _make_line(
        self, answer: Answer, code: str, unit: str, language: str, asking: Asking, verdict: Verdict, environ: Environ
    ) -> None:
        at = clock.now()
        scan_class, reason, first = verdict.scan_class, verdict.reason, False
        if verdict.private:
            reason, language = reason or "private", ""
        elif scan_class == "person":
            printed = code + unit if unit else code  # another unit is no repeat of the first
            sighting = self._visitors.see(self._get_address(environ), asking.agent, asking.languages, printed, at)
            if sighting.flood:
                scan_class, reason = "burst", "flood"
            elif sighting.repeat:
                scan_class, reason = "repeat", "scanned within 30 minutes"
            else:
                first = sighting.first_of_day
        if unit and (scan_class != "person" or verdict.private):
            unit = ""  # nothing counts it, so nothing holds it
        answer.line = format_line(at, code, language, verdict.device, scan_class, RULE_VERSION, first, unit)
        answer.note = f"{scan_class}; {reason}" if reason else scan_class

    def _choose_language(self, key: str, asking: Asking) -> str:
        available = self.shelf.list_languages(key)
        if asking.asked in available:
            return asking.asked
        return choose_tag(asking.languages, available) if available else ""

    def _show(self, found: _Found, language: str, asking: Asking, kind: str, if_none_match: str = "") -> Answer:
        """The answer with a page on it. `kind`: what its headers say besides; `if_none_match`: what the phone has."""
        status, page = found.status, self.shelf.find_page(found.key, language)
        if page is None and status == _OK:
            status, if_none_match, kind = _BUSY.status, "", "notice" if kind == "page" else kind
            language = self._choose_language(_BUSY.key, asking)
            page = self.shelf.find_page(_BUSY.key, language)
        if page is None:
            answer = self._show_bare(status, kind)
        elif if_none_match and has_etag(if_none_match, _make_etag(page, asking.encoding)):
            head = Head([*self._bases[kind], *_describe(page, language, asking.encoding, kind)])
            return Answer(HTTPStatus.NOT_MODIFIED.value, head=head)
        else:
            answer = self._show_page(status, page, language, asking.encoding, kind)
        if asking.method == "HEAD":
            answer.body = b""
        return answer

    def _show_page(self, status: int, page: ShelfPage, language: str, encoding: str, kind: str) -> Answer:
        body = page.br if encoding == "br" else page.gz if encoding == "gzip" else gzip.decompress(page.gz)
        head = page.heads.get((kind, encoding))
        if head is None:
            headers = [*self._bases[kind], *_describe(page, language, encoding, kind)]
            if encoding != "identity":
                headers.append(("Content-Encoding", encoding))
            head = page.heads[kind, encoding] = Head([*headers, ("Content-Length", str(len(body)))])
        return Answer(status, [], body, head=head)

    def _show_bare(self, status: int, kind: str) -> Answer:
        """The last resort, before anything was ever put on the shelf: a number, which every language reads."""
        words, width = STATUS_LINES[status], "<meta name=viewport content='width=device-width'>"
        body = f"<!doctype html>{width}<title>{words}</title><h1>{words}</h1>".encode()
        sent = [("Content-Security-Policy", make_policy(b"")), ("Content-Length", str(len(body)))]
        return Answer(status, body=body, head=Head([*self._bases[kind], *sent]))


def _describe(page: ShelfPage, language: str, encoding: str, kind: str) -> list[Header]:
    headers = [("Content-Language", language), ("Content-Security-Policy", page.policy)]
    return [*headers, ("ETag", _make_etag(page, encoding))] if kind == "page" else headers


def _make_etag(page: ShelfPage, encoding: str) -> str:
    return f'"{page.etag}-{encoding}"'


def _refuse_method(method: str) -> Answer:
    return _refuse(HTTPStatus.NO_CONTENT if method == "OPTIONS" else HTTPStatus.METHOD_NOT_ALLOWED)


def _refuse(status: HTTPStatus) -> Answer:
    note = f"refused; {status.phrase.lower()}" if status != HTTPStatus.NO_CONTENT else ""
    headers = [("Allow", ALLOWED)] if status != HTTPStatus.REQUEST_URI_TOO_LONG else []
    if status != HTTPStatus.NO_CONTENT:
        headers.append(("Content-Length", "0"))  # with 204 it must not be sent (RFC 9110 section 8.6)
    return Answer(status.value, headers, note=note)


def _move(path: str, language: str, *, shared: bool) -> Answer:
    words = ([f"lang={quote(language)}"] if language else []) + (["via=share"] if shared else [])
    where = f"{path}?{'&'.join(words)}" if words else path
    headers = [("Location", where), ("Content-Length", "0"), ("Cache-Control", "max-age=3600")]
    return Answer(HTTPStatus.MOVED_PERMANENTLY.value, headers)
