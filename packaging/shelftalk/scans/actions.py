"""What people do on a page once it is open: follow a link, read on, come by a shared link. Knows the shelf, no store.

Links lead to the page's own address with `?go=<block>.<hash>`, so a tap keeps the scanned code and needs no script;
where it goes on to is looked up on the shelf, never taken from the request. What leads nowhere is told by a beacon,
`?act=<block>.<word>`. Both become lines in the spool, like scans, with no more of the visitor than a scan has.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from shelftalk import clock
from shelftalk.scans.answer import NO_STORE, Answer, Header
from shelftalk.scans.asking import Asking, read_asking
from shelftalk.scans.classify import RULE_VERSION, Environ, Verdict, classify, classify_action
from shelftalk.scans.negotiate import choose_tag
from shelftalk.scans.reader import ShelfReader
from shelftalk.scans.record import Action, format_action
from shelftalk.scans.spool import Spool
from shelftalk.scans.visitors import Visitors

log = logging.getLogger(__name__)
READ, GO, SHARED = "read", "go", "shared"
PAGE_WORDS = (READ, "share")  # of the page as a whole
WORD = re.compile(r"[a-z_]{2,20}")
_NAME = re.compile(r"[A-Za-z0-9]{2,20}\.[a-z0-9_]{2,20}")
_NO_FRIEND = ("cross-site", "same-site")
_FIELDS = 50


class Wish(NamedTuple):
    """What a request wants besides the page. "form": what a shopper sent, which is the application's."""

    kind: Literal["go", "act", "shared", "form"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an action happened: the page's path, the product, and the code by which the page was opened, if any."""

    path: str
    product_id: int
    code: str = ""

    @property
    def key(self) -> str:
        """The key of the product's page on the shelf."""
        return f"product:{self.product_id}"


def read_wish(environ: Environ, query: str) -> Wish | None:
    """What is wanted of a page besides showing it, or None."""
    method = environ.get("REQUEST_METHOD")
    if not query or method not in ("GET", "HEAD", "POST") or query.count("&") >= _FIELDS:
        return None
    values = parse_qs(query, keep_blank_values=True, max_num_fields=_FIELDS)
    if method == "POST":
        return Wish("form") if "do" in values else Wish("act", values["act"][0]) if "act" in values else None
    if "go" in values:
        return Wish("go", values["go"][0])
    if method == "HEAD":
        return None
    if "said" in values or ("ask" in values and "in" in values):
        return Wish("form")
    return Wish("shared") if values.get("via") == ["share"] else None


class Actions:
    """Answers taps and beacons, and makes their lines. `host` is the site's own; safe to use from any thread."""

    def __init__(
        self,
        shelf: ShelfReader,
        spool: Spool,
        visitors: Visitors,
        *,
        host: str = "",
        get_address: Callable[[Environ], str] = lambda environ: str(environ.get("REMOTE_ADDR", "")),
        is_staff: Callable[[Environ], bool] = lambda _environ: False,
    ) -> None:
        self._shelf = shelf
        self._spool = spool
        self._visitors = visitors
        self._host = host
        self._get_address = get_address
        self._is_staff = is_staff

    def follow(self, place: Place, name: str, environ: Environ, query: str, base: list[Header]) -> Answer:
        """The way on to a link's stored target; back to the page when there is no such link."""
        asking = read_asking(environ, query)
        language = self.choose_language(place, asking)
        answer = Answer(HTTPStatus.SEE_OTHER.value, base.copy(), about="Action")
        link = self._shelf.find_link(place.key, name) if _NAME.fullmatch(name) else None
        if link is None or not link.url:
            answer.note = "refused; unknown link"
            where = f"{quote(place.path)}?lang={quote(language)}" if language else quote(place.path)
        else:
            where = make_location(link.url)
            if asking.method != "GET":
                answer.note = f"refused; {asking.method} is not a tap"
            elif self._is_foreign(environ):
                answer.note = "refused; from another site"
            else:
                self._count(answer, place, (name.partition(".")[0], link.block_type, GO), asking, environ)
        answer.headers += [("Location", where), ("Content-Length", "0")]
        return answer

    def take(self, place: Place, name: str, environ: Environ, query: str) -> Answer:
        """A beacon of the page's own script."""
        answer = Answer(HTTPStatus.NO_CONTENT.value, [NO_STORE], about="Action")
        asking = read_asking(environ, query)
        what = self._find_tap(place, name)
        if self._is_foreign(environ):
            answer.status, answer.note = HTTPStatus.FORBIDDEN.value, "refused; from another site"
        elif what is None:
            answer.status, answer.note = HTTPStatus.NOT_FOUND.value, "refused; unknown action"
        else:
            self._count(answer, place, what, asking, environ, beacon=True)
        if answer.status != HTTPStatus.NO_CONTENT:
            answer.headers.append(("Content-Length", "0"))
        return answer

    def note_shared(self, answer: Answer, place: Place, environ: Environ, query: str) -> None:
        """A page that is opened by a link somebody shared: word of mouth, and no scan at the shelf."""
        asking = read_asking(environ, query)
        self._count(answer, place, ("", "", SHARED), asking, environ)

    def note(self, place: Place, block: str, block_type: str, word: str, environ: Environ, query: str) -> None:
        """Keep an action the application took, such as a form; whatever goes wrong, the shopper gets the answer."""
        answer = Answer(HTTPStatus.OK.value, [])
        self._count(answer, place, (block, block_type, word), read_asking(environ, query), environ)
        if answer.line:
            self._spool.append_line(answer.line)

    def choose_language(self, place: Place, asking: Asking) -> str:
        """The language of the page it happened on."""
        available = self._shelf.list_languages(place.key)
        if asking.asked in available:
            return asking.asked
        return choose_tag(asking.languages, available) if available else ""

    def _find_tap(self, place: Place, name: str) -> tuple[str, str, str] | None:
        """Block, its kind and the word of a beacon, if the page can send such a one."""
        if name in PAGE_WORDS:
            return ("", "", name) if self._shelf.list_languages(place.key) else None
        link = self._shelf.find_link(place.key, name) if _NAME.fullmatch(name) else None
        if link is None or link.url:
            return None
        block, _, word = name.partition(".")
        return block, link.block_type, word

    def _is_foreign(self, environ: Environ) -> bool:
        """Whether another site sent this. No referrer is sent from our pages, so their origin may be "null"."""
        if environ.get("HTTP_SEC_FETCH_SITE") in _NO_FRIEND:
            return True
        origin = str(environ.get("HTTP_ORIGIN", ""))
        return origin not in ("", "null") and urlsplit(origin).netloc not in (environ.get("HTTP_HOST"), self._host)

    def _count(
        self,
        answer: Answer,
        place: Place,
        what: tuple[str, str, str],
        asking: Asking,
        environ: Environ,
        *,
        beacon: bool = False,
    ) -> None:
        """Put the action's line on the answer; whatever goes wrong here, the answer goes out."""
        try:
            staff = asking.trial or self._is_staff(environ)
            verdict = (
                classify("GET", environ, staff=staff) if what[2] == SHARED else classify_action(environ, staff=staff)
            )
            if beacon and verdict.private:
                answer.note = "refused; asked not to be counted"
                return
            self._make_line(answer, place, what, asking, environ, verdict)
            if beacon and answer.note.startswith("action; burst"):
                answer.line, answer.status, answer.note = b"", HTTPStatus.TOO_MANY_REQUESTS.value, "refused; too many"
        except Exception:
            log.exception("An action could not be counted")
            answer.note, answer.line = "lost", b""
            self._spool.declare_lost(1)

    def _make_line(
        self,
        answer: Answer,
        place: Place,
        what: tuple[str, str, str],
        asking: Asking,
        environ: Environ,
        verdict: Verdict,
    ) -> None:
        at, first, language, scan_class = clock.now(), False, "", verdict.scan_class
        if not verdict.private:
            language = self.choose_language(place, asking)
            if scan_class == "person":
                kind = what[2] if what[2] in (READ, SHARED) else "act"
                page = place.code or place.key
                seen = self._visitors.note_action(
                    self._get_address(environ), asking.agent, asking.languages, page, kind, at
                )
                first, scan_class = (False, "burst") if seen.flood else (seen.first, "person")
        where = (place.code, place.product_id, *what)
        answer.line = format_action(Action(at, *where, language, verdict.device, scan_class, RULE_VERSION, first))
        answer.note = f"action; {scan_class}"


@lru_cache(maxsize=1024)
def make_location(url: str) -> str:
    """An address as a header can carry it: other scripts' letters escaped, their hosts in Punycode."""
    if url.isascii():
        return url
    parts = urlsplit(url)
    host = parts.netloc
    if not host.isascii():
        name, colon, port = host.partition(":")
        with suppress(UnicodeError):  # a name there cannot be: the phone says so, and nothing here fails
            name = name.encode("idna").decode()
        host = quote(name) + colon + port
    safe = "/%:=&?~#+!$,;'@()*[]"
    return urlunsplit((parts.scheme, host, *(quote(part, safe=safe) for part in parts[2:])))
