"""What a request for a page says of itself, read once for all requests that say the same. Knows headers, no address.

Most phones in a shop send one of a few hundred combinations of headers: what follows from them is remembered, in
memory only and bounded; requests with a cookie or with odd lengths are read anew each time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from shelftalk.scans.classify import MAX_AGENT, Environ, Verdict
from shelftalk.scans.negotiate import choose_encoding

TEST_COOKIE = "shelftalk-test"
KEPT = 4096  # combinations
KEPT_LENGTH = 1200  # characters of one
# Everything the class, the language and the compression of an answer follow from.
_NAMES = (
    "HTTP_COOKIE",
    "REQUEST_METHOD",
    "HTTP_USER_AGENT",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_SEC_FETCH_DEST",
    "HTTP_SEC_FETCH_SITE",
    "HTTP_CACHE_CONTROL",
    "HTTP_SEC_PURPOSE",
    "HTTP_PURPOSE",
    "HTTP_X_PURPOSE",
    "HTTP_X_MOZ",
    "HTTP_SEC_GPC",
    "HTTP_DNT",
)


@dataclass(frozen=True, slots=True)
class Asking:
    """A request's wishes. `asked`: the language in ?lang=, or empty; `trial`: ?test=1 or the test cookie."""

    method: str
    agent: str
    languages: str
    encoding: str
    asked: str
    trial: bool


Reading = tuple[Asking, Verdict | None]  # no verdict: the request could not be classed


def read_asking(environ: Environ, query: str) -> Asking:
    """Read a request's headers and query."""
    asked, trial = "", TEST_COOKIE + "=1" in _get(environ, "HTTP_COOKIE")
    if query:
        values = parse_qs(query, max_num_fields=50) if query.count("&") < 50 else {}
        asked = values.get("lang", [""])[0]
        trial = trial or values.get("test") == ["1"]
    return Asking(
        method=_get(environ, "REQUEST_METHOD"),
        agent=_get(environ, "HTTP_USER_AGENT")[:MAX_AGENT],
        languages=_get(environ, "HTTP_ACCEPT_LANGUAGE")[:MAX_AGENT],
        encoding=choose_encoding(_get(environ, "HTTP_ACCEPT_ENCODING")[:MAX_AGENT]),
        asked=asked,
        trial=trial,
    )


class Memory:
    """Remembers what `read` made of a combination of headers and a query. Safe to use from any thread."""

    def __init__(self, read: Callable[[Environ, str], Reading]) -> None:
        self._read = read
        self._kept: dict[tuple[object, ...], Reading] = {}

    def recall(self, environ: Environ, query: str) -> Reading:
        """What `read(environ, query)` gives, from memory where it can only be the same."""
        key = (query, *map(environ.get, _NAMES))
        found = self._kept.get(key)
        if found is None:
            found = self._read(environ, query)
            if found[1] and key[1] is None and sum(len(text) for text in key if isinstance(text, str)) <= KEPT_LENGTH:
                if len(self._kept) >= KEPT:
                    self._kept.clear()
                self._kept[key] = found
        return found


def _get(environ: Environ, name: str) -> str:
    value = environ.get(name, "")
    return value if isinstance(value, str) else ""
