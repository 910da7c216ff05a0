"""Runs the WSGI application behind an ASGI server, each request on a thread of a pool. Knows neither door nor Flask.

A request is read to its end before it gets a thread, so a slow sender holds none; a slow reader holds one only while
more than a window of its answer waits.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
IN_MEMORY = 1 << 20  # bytes of a request's body; more goes to an unnamed file
THREADS = 16
SEND_S = 60.0  # for one part of an answer; who takes longer is gone


class WsgiBridge:
    """An ASGI application around `app`. `limit`: bytes of a body, beyond which it stays unread and the app says so."""

    def __init__(
        self,
        app: WSGIApplication,
        make_environ: Callable[[Message], dict[str, Any]],
        *,
        limit: int,
        threads: int = THREADS,
    ) -> None:
        self._app = app
        self._make_environ = make_environ
        self._limit = limit
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="wsgi")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            length = await self._read_body(scope, receive, body)
            if length < 0:
                return
            body.seek(0)
            environ = self._make_environ(scope) | {
                "SCRIPT_NAME": "",
                "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),  # as PEP 3333 has it
                "SERVER_NAME": scope["server"][0],
                "SERVER_PORT": str(scope["server"][1]),
                "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
                "CONTENT_LENGTH": str(length),
                "wsgi.version": (1, 0),
                "wsgi.url_scheme": scope["scheme"],
                "wsgi.input": body,
                "wsgi.errors": sys.stderr,
                "wsgi.multithread": True,
                "wsgi.multiprocess": True,
                "wsgi.run_once": False,
            }
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._pool, _Exchange(self._app, environ, send, loop).run)

    async def _read_body(self, scope: Message, receive: Receive, body: IO[bytes]) -> int:
        """The body's length, or -1 when the client went away. What is beyond the limit stays unread."""
        length = _read_declared_length(scope)
        if length > self._limit:
            return length
        length = 0
        while length <= self._limit:
            message = await receive()
            if message["type"] != "http.request":
                return -1
            part = message.get("body", b"")
            body.write(part)
            length += len(part)
            if not message.get("more_body"):
                break
        return length


def _read_declared_length(scope: Message) -> int:
    text = dict(scope["headers"]).get(b"content-length", b"0")
    return int(text) if text.isdigit() else 0


class _Exchange:
    """One request on its thread."""

    def __init__(
        self, app: WSGIApplication, environ: dict[str, Any], send: Send, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._app = app
        self._environ = environ
        self._send = send
        self._loop = loop
        self._head: Message | None = None

    def run(self) -> None:
        parts: Iterable[bytes] = self._app(self._environ, self._start)
        try:
            held = b""
            for part in parts:
                if held:
                    self._put(held, more=True)
                held = part
            self._put(held, more=False)
        except OSError:
            pass  # the client is gone
        finally:
            close = getattr(parts, "close", None)
            if close:
                close()

    def _start(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        self._head = {
            "type": "http.response.start",
            "status": int(status[:3]),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }
        return lambda data: self._put(data, more=True)

    def _put(self, data: bytes, *, more: bool) -> None:
        asyncio.run_coroutine_threadsafe(self._pass_on(data, more), self._loop).result(SEND_S)

    async def _pass_on(self, data: bytes, more: bool) -> None:
        if self._head:
            head, self._head = self._head, None
            await self._send(head)
        await self._send({"type": "http.response.body", "body": data, "more_body": more})
