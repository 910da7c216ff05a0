"""A real server to kill, and shoppers who remember what they were answered."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from scan_support import SqliteSink, code_number, some_content

from scripts.serve import SERVER
from shelftalk.scans.ingest import Ingester
from shelftalk.scans.shelf import Content, ShelfWriter, Target
from shelftalk.scans.spool import Spool

HERE = Path(__file__).resolve().parent
CODES = 20_000
ALL = os.environ.get("FAULTS") == "all"
SEED = int(os.environ.get("FAULTS_SEED", "20260301"))


def how_many(setting: str, few: int, many: int) -> int:
    """How often a fault is made: few times among all tests, many by `make faults`; the setting overrides both."""
    return int(os.environ.get(f"FAULTS_{setting}") or (many if ALL else few))


def measure_p99(times: list[float]) -> float:
    """The time 99 of 100 answers stayed below."""
    return sorted(times)[int(len(times) * 0.99)]


def fill_large_shelf(path: Path) -> None:
    content = some_content()
    targets = [Target(code_number(n), "page", 7, n, "oolong") for n in range(CODES)]
    ShelfWriter(path).rebuild(Content(targets=targets, pages=content.pages, slugs=content.slugs))


def find_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@dataclass
class Server:
    """A granian with its workers, in a process group of its own."""

    process: subprocess.Popen[bytes]
    port: int

    def kill_group(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def list_workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if "resource_tracker" not in " ".join(list_words(child))]

    def kill_worker(self) -> None:
        self.list_workers()[0].kill()

    def wait_for_workers(self, count: int) -> None:
        deadline = time.monotonic() + 20
        while len(self.list_workers()) < count:
            assert time.monotonic() < deadline, "the worker did not come back"
            time.sleep(0.05)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(20)


def list_words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


@contextmanager
def serve(
    folder: Path,
    spool: str = "power",
    workers: int = 1,
    wrapper: tuple[str, ...] = (),
    *,
    port: int = 0,
    app: str = "asgi_app",
) -> Iterator[Server]:
    """The server with the options `make run` gives it; `app` "app" is the same by WSGI."""
    port = port or find_port()
    options = SERVER.copy()
    if app == "app":
        options[options.index("asginl")] = "wsgi"
        options += ["--blocking-threads", "32"]
    options += ["--port", str(port), "--workers", str(workers), f"served_app:{app}"]
    process = subprocess.Popen(
        [*wrapper, sys.executable, "-m", "granian", *options],
        cwd=HERE,
        env=os.environ | {"FAULTS_FOLDER": str(folder), "FAULTS_SPOOL": spool},
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    server = Server(process, port)
    try:
        wait_for_port(server)
        yield server
    finally:
        if process.poll() is None:
            server.kill_group()


def wait_for_port(server: Server) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
            connection.request("GET", "/up")
            if connection.getresponse().read() == b"/up":
                connection.close()
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not come up")


@dataclass
class Shoppers:
    """Threads that scan, one code after the other, and keep what came back."""

    first: int = 0
    asked: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)  # with a whole page, and a scan said to be safe
    notes: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    failed: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._next = self.first

    @property
    def next(self) -> int:
        """Where the next shoppers go on."""
        return self._next

    def scan(self, port: int, stop: threading.Event, limit: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while not stop.is_set():
            with self._lock:
                number, self._next = self._next, self._next + 1
            if number >= self.first + limit:
                break
            began = time.monotonic()
            code = code_number(number % CODES)
            self.asked.append(code)
            try:
                self._ask(connection, code)
            except (OSError, http.client.HTTPException):
                self.failed += 1
                connection.close()
                time.sleep(0.02)
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            else:
                self.times.append(time.monotonic() - began)
        connection.close()

    def _ask(self, connection: http.client.HTTPConnection, code: str) -> None:
        connection.request(
            "GET", f"/q/{code}", headers={"User-Agent": "Mozilla/5.0 (iPhone) Mobile", "Accept-Language": "fa"}
        )
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or b"Oolong fa" not in body:
            raise http.client.HTTPException(f"{answer.status}")
        note = answer.headers["X-Shelftalk-Scan"]
        self.notes[note.rpartition("; ")[2]] += 1  # what became of it, if that is said, comes last
        if "lost" not in note and "late" not in note:
            self.answered.append(code)


@contextmanager
def shopping(port: int, shoppers: Shoppers, threads: int = 8, limit: int = CODES) -> Iterator[threading.Event]:
    stop = threading.Event()
    running = [threading.Thread(target=shoppers.scan, args=(port, stop, limit)) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in running:
            thread.join()


def wait_for_answers(shoppers: Shoppers, count: int, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while len(shoppers.times) < count:
        assert time.monotonic() < deadline, f"only {len(shoppers.times)} answers"
        time.sleep(0.005)


def take_over(folder: Path) -> tuple[list[str], Spool]:
    """Ingest all that lies in the spool; the codes stored, one for each scan."""
    spool, sink = Spool(folder / "spool"), SqliteSink(folder / "store.sqlite")
    Ingester(spool, sink).ingest_once()
    return sink.list_codes(), spool


def list_lost(answered: list[str], stored: list[str]) -> list[str]:
    return sorted((Counter(answered) - Counter(stored)).elements())


def list_doubled(asked: list[str], stored: list[str]) -> list[str]:
    """What is stored more often than it was asked for."""
    return sorted((Counter(stored) - Counter(asked)).elements())
