"""A real server on a free port, as `make run` starts it, for tests that click."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """A running Shelftalk and how to command it."""

    url: str
    environ: dict[str, str]

    def flask(self, *args: str) -> str:
        """Run a command on the same instance; gives what it printed."""
        command = [sys.executable, "-m", "flask", *args]
        done = subprocess.run(command, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_up(url: str, process: subprocess.Popen[bytes], seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended at its start"
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    process.kill()
    process.wait()
    raise AssertionError("the server did not come up")


def start_server(instance: Path, **more: str) -> tuple[subprocess.Popen[bytes], Server]:
    """What `make run` starts, on an instance of its own. Labels and pages say http://localhost:<port>."""
    port = find_free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("SHELFTALK_", "DATABASE_"))}
    environ |= {"PORT": str(port), "SHELFTALK_INSTANCE": str(instance), "SHELFTALK_CHECK_LINKS": "off", **more}
    process = subprocess.Popen([sys.executable, str(ROOT / "scripts/serve.py")], cwd=ROOT, env=environ)
    url = f"http://localhost:{port}"
    wait_until_up(url, process)
    return process, Server(url, environ)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server on an empty instance."""
    process, running = start_server(tmp_path / "instance")
    yield running
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)
