"""The door as an ASGI application: no thread waits for a disk, and the raw target of a request is known.

Knows the door and one event loop per process. Whatever is not the door's goes to `rest`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any

from shelftalk import clock
from shelftalk.scans.answer import Answer
from shelftalk.scans.door import Door
from shelftalk.scans.spool import Batch, Outcome
from shelftalk.scans.timing import Timing

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Waiter = asyncio.Future[Outcome]
MAX_NAME = 100  # characters of a header's name; longer ones are nobody's
REFRESH_S = 0.25  # well within the shelf's own: a look at its file, or a large change, never falls to a request


class AsyncDoor:
    """`amend` may put right what a trusted proxy says before the door looks; `start` is called once, at first."""

    def __init__(
        self,
        door: Door,
        rest: AsgiApp,
        *,
        amend: Callable[[dict[str, Any]], None] | None = None,
        start: Callable[[], object] | None = None,
        timing: Timing | None = None,
    ) -> None:
        self._door = door
        self._rest = rest
        self._amend = amend
        self._start = start
        self._timing = timing
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiters: dict[Batch, list[Waiter]] = {}
        self._turn: list[tuple[bytes, asyncio.Future[bool]]] = []  # the loop's present turn, written together

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began = clock.monotonic() if self._timing else 0.0
        if self._loop is None:
            self._begin()
        environ = make_environ(scope)
        if self._amend:
            self._amend(environ)
        answer = self._door.decide(environ)
        if answer is None:
            await self._rest(scope, receive, send)
            return
        headers = answer.encode(await self._keep(answer) if answer.line else "kept")
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})
        if self._timing:
            self._timing.note(clock.monotonic() - began, answer.note)

    def _begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self._start:
            self._start()
        threading.Thread(target=self._refresh, name="shelf-reader", daemon=True).start()

    def _refresh(self) -> None:
        pause = threading.Event()
        while not pause.wait(REFRESH_S):
            self._door.shelf.refresh(now=True)

    async def _keep(self, answer: Answer) -> Outcome:
        """Have the answer's scan kept; waits for what covers it, no longer than the spool's patience."""
        spool = self._door.spool
        if spool.durability == "process" and await self._join_turn(answer.line):
            return "kept"
        batch = spool.hand_over(answer.line, self._wake)
        if isinstance(batch, str):
            return batch
        if spool.hangs():
            return batch.outcome if batch.done.is_set() else "late"
        loop = asyncio.get_running_loop()
        waiter: Waiter = loop.create_future()
        waiters = self._waiters.get(batch)
        if waiters is None:
            self._waiters[batch] = [waiter]
            loop.call_later(spool.limits.patience_s, self._settle, batch, "late")
        else:
            waiters.append(waiter)
        return await waiter

    def _join_turn(self, line: bytes) -> asyncio.Future[bool]:
        """One write for all scans of a turn of the loop: each write lets go of the interpreter and queues for it."""
        loop = self._loop or asyncio.get_running_loop()
        if not self._turn:
            loop.call_soon(self._end_turn)
        waiter: asyncio.Future[bool] = loop.create_future()
        self._turn.append((line, waiter))
        return waiter

    def _end_turn(self) -> None:
        turn, self._turn, spool = self._turn, [], self._door.spool
        kept = not spool.hangs() and spool.write_now([line for line, _waiter in turn])
        for _line, waiter in turn:
            if not waiter.done():
                waiter.set_result(kept)

    def _wake(self, batch: Batch) -> None:
        """Called by the spool's thread: the one crossing for all who wait."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._settle, batch, batch.outcome)

    def _settle(self, batch: Batch, outcome: Outcome) -> None:
        for waiter in self._waiters.pop(batch, ()):
            if not waiter.done():
                waiter.set_result(outcome)


def make_environ(scope: Scope) -> dict[str, Any]:
    """The CGI variables of an ASGI request, with its target as it was sent."""
    raw, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    client = scope.get("client")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": scope["path"],
        "QUERY_STRING": query,
        "RAW_URI": f"{raw}?{query}" if query else raw,
        "REMOTE_ADDR": client[0] if client else "",
    }
    for name, value in scope["headers"]:
        variable = _name_variable(name) if len(name) <= MAX_NAME else ""
        if not variable:
            continue
        text = value.decode("latin-1")
        if variable in environ:
            text = f"{environ[variable]}{'; ' if variable == 'HTTP_COOKIE' else ','}{text}"
        environ[variable] = text
    return environ


@lru_cache(maxsize=512)
def _name_variable(name: bytes) -> str:
    """Empty for a name with an underscore: it would pass for the one with a hyphen, which a proxy may have set."""
    if b"_" in name:
        return ""
    variable = name.decode("latin-1").upper().replace("-", "_")
    return variable if variable in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{variable}"
