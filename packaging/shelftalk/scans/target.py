"""The target of a request as it was sent: what `PATH_INFO` loses when a server decodes it. Knows WSGI's variables.

Within a GS1 value `%2F` is a character of that value and `/` ends it, so an escaped slash stays escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

RAW_NAMES = ("RAW_URI", "REQUEST_URI")  # gunicorn and this project's ASGI entry; uWSGI, mod_wsgi and others
_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_SLASH = re.compile("%2f", re.IGNORECASE)


def read_target(environ: Mapping[str, object]) -> tuple[str, str, int]:
    """The decoded path with each `%2F` left as it is, the query, and the length of the target as it was sent.

    Where the server keeps no raw target, the path is the decoded one and the length the best that can be known.
    """
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if not isinstance(raw, str):
        path, query = str(environ.get("PATH_INFO", "")), str(environ.get("QUERY_STRING", ""))
        return path, query, len(path) + len(query) + 1
    path, _, query = raw.partition("?")
    if path[:1] != "/":
        path = _ABSOLUTE.sub("", path, count=1) or "/"  # absolute form (RFC 9112 section 3.2.2)
    if "%" in path:
        path = unquote(_SLASH.sub("%252F", path))
    return path, query, len(raw)
