"""What the door is measured against, each as a WSGI application of its own. `BENCH_FOLDER` holds shelf and spool."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "packaging"), str(ROOT / "tests" / "scans")]

import flask  # noqa: E402
from scan_support import plain_app  # noqa: E402

from shelftalk import clock  # noqa: E402
from shelftalk.scans.async_door import AsyncDoor  # noqa: E402
from shelftalk.scans.door import Door  # noqa: E402
from shelftalk.scans.reader import ShelfReader  # noqa: E402
from shelftalk.scans.spool import Spool  # noqa: E402

FOLDER = Path(os.environ["BENCH_FOLDER"])
PAGE = (FOLDER / "page.br").read_bytes()
HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Encoding", "br"),
    ("Content-Length", str(len(PAGE))),
]
RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS]


def constant(_environ, start) -> list[bytes]:
    """The same page whatever is asked: what the server itself costs."""
    start("200 OK", HEADERS)
    return [PAGE]


async def constant_asgi(_scope, _receive, send) -> None:
    """The same by ASGI."""
    await send({"type": "http.response.start", "status": 200, "headers": RAW_HEADERS})
    await send({"type": "http.response.body", "body": PAGE})


def bare(environ, start) -> list[bytes]:
    """A code looked up in a dictionary, its page sent: the least a callable can do."""
    found = CODES.get(environ["PATH_INFO"][3:])
    start("200 OK" if found else "404 Not Found", list(HEADERS))
    return [PAGE]


def make_usual() -> flask.Flask:
    """The usual way: Flask, one committed row for each scan."""
    app = flask.Flask("usual")
    local = threading.local()

    @app.get("/q/<code>")
    def scan(code: str) -> flask.Response:
        if not hasattr(local, "db"):
            local.db = sqlite3.connect(FOLDER / "usual.sqlite", timeout=30, isolation_level=None)
            local.db.execute("pragma journal_mode = wal")
            local.db.execute("pragma synchronous = full")
            local.db.execute("create table if not exists scans (at text, code text)")
        local.db.execute("insert into scans values (?, ?)", (clock.format_at(clock.now()), code))
        return flask.Response(PAGE, headers=HEADERS)

    return app


def make_door(durability: str) -> Door:
    return Door(plain_app, ShelfReader(FOLDER / "shelf.sqlite"), Spool(FOLDER / f"spool-{durability}", durability))


KIND = os.environ["BENCH_KIND"]
CODES = dict.fromkeys((FOLDER / "codes.txt").read_text().split(), PAGE)
MAKERS = {
    "constant": lambda: constant,
    "constant-asgi": lambda: constant_asgi,
    "bare": lambda: bare,
    "usual": make_usual,
    "power-wsgi": lambda: make_door("power"),
}
app = MAKERS.get(KIND, lambda: AsyncDoor(make_door(KIND), constant_asgi))()
