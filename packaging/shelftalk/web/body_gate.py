"""Keeps threads free for scans: only so many requests may be sending a body at a time. Knows nothing of what they send.

A body is read by the thread that handles it, as slowly as its sender likes; a proxy in front that reads bodies first
makes this unneeded, but `make run` has none.
"""

from __future__ import annotations

import threading

from flask import Flask, abort, g, request

BODIES_AT_ONCE = 12  # of the server's 32 threads


def init_body_gate(app: Flask, bodies_at_once: int = BODIES_AT_ONCE) -> None:
    """Answer 503 at once when too many bodies are on their way; must come before anything reads a form."""
    places = threading.BoundedSemaphore(bodies_at_once)

    def enter() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            if not places.acquire(blocking=False):
                abort(503)
            g.holds_body_place = True

    def leave(_error: BaseException | None) -> None:
        if g.pop("holds_body_place", False):
            places.release()

    app.before_request(enter)
    app.teardown_request(leave)
