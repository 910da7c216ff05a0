"""What `make run` starts, as a real process: it says what to do first, and slow senders stop nobody."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import ROOT

HEAD = b"POST /admin/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(port: int, instance: Path, **more: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PORT": str(port), "SHELFTALK_INSTANCE": str(instance), "PYTHONUNBUFFERED": "1", **more}
    return subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "serve.py")],
        env=env,
        cwd=instance.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    port = find_port()
    process = start(port, tmp_path / "instance")
    try:
        for _ in range(200):
            if process.poll() is not None or fetch(port):
                break
            time.sleep(0.1)
        yield port, process
    finally:
        process.terminate()
        process.communicate(timeout=20)


def fetch(port: int, timeout: float = 5) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=timeout) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_600_half_open_clients_and_60_slow_senders_stop_nobody(server: tuple[int, subprocess.Popen[str]]) -> None:
    port, _process = server
    slow = []
    for number in range(660):
        client = socket.create_connection(("127.0.0.1", port))
        body = b"Content-Length: 100000\r\n\r\nemail=" if number % 11 == 0 else b"X-Never-Ends: "
        client.sendall(HEAD + body)
        slow.append(client)
    time.sleep(0.5)
    started = time.monotonic()
    assert all(fetch(port) for _ in range(20))
    assert time.monotonic() - started < 5
    for client in slow:
        client.close()


def test_the_start_says_where_and_what_to_do_first(tmp_path: Path) -> None:
    port = find_port()
    process = start(port, tmp_path / "instance")
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl+C" in line:
            break
    process.terminate()
    process.communicate(timeout=20)
    text = "".join(lines)
    token = (tmp_path / "instance" / "setup-token").read_text().strip()
    assert f"Shelftalk runs on http://localhost:{port}" in text
    assert f"http://localhost:{port}/admin/set-up?token={token}" in text


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [("SHELFTALK_ORIGIN", "tea.example", "must be https://"), ("SCAN_DURABILITY", "hope", "Allowed are power")],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path: Path, setting: str, value: str, says: str) -> None:
    process = start(find_port(), tmp_path / "instance", **{setting: value})
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert setting in output
    assert says in output
    assert "Traceback" not in output


def test_a_taken_port_is_said_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(port, tmp_path / "instance")
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"Port {port} is taken" in output


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "stopped-by-its-group"])
def test_told_to_stop_with_all_its_workers_at_once_it_stops(
    server: tuple[int, subprocess.Popen[str]], how: signal.Signals
) -> None:
    port, process = server
    assert fetch(port)
    os.killpg(process.pid, how)
    assert process.wait(timeout=12) == 0
    assert not fetch(port)
