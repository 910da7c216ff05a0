"""The proxies of docs/running.md, their text as it stands there, before a real server: what gets through, and not."""

from __future__ import annotations

import http.client
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path

import pytest

from shelftalk.config import read_settings
from shelftalk.store import open_store
from tests.browser.conftest import ROOT, Server, find_free_port, start_server
from tests.store.test_store_contract import add_placement, add_product, publish

pytestmark = pytest.mark.faults
TEXT = (ROOT / "docs/running.md").read_text("utf-8")
HOST = "tea.example"
PHONE = {"Host": HOST, "User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile", "Accept-Language": "fa"}
NGINX = """
daemon off; worker_processes 1; {user} pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {text}
}}
"""
CADDY = """
{{
	admin off
	http_port {free}
	https_port {port}
	storage file_system {folder}/caddy
	auto_https disable_redirects
}}
{text}
"""


@dataclass(frozen=True)
class Front:
    """A proxy with one live server behind it, and one that is down."""

    port: int
    behind: Server
    behind_port: int
    instance: Path
    code: str
    stored: list[int] = field(default_factory=list)

    def ask(self, target: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
        with closing(self.connect()) as connection:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, headers=PHONE | named)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.sock = self.open_socket()
        return connection

    def open_socket(self) -> ssl.SSLSocket:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 20), server_hostname=HOST)

    def take_over(self, count: int) -> list[tuple[str, int]]:
        """Class and first-of-day bit of the newest `count` scans, when the server has moved so many more."""
        deadline = time.monotonic() + 30
        self.stored.append(count)
        while True:
            with closing(sqlite3.connect(self.instance / "shelftalk.sqlite")) as db:
                rows = db.execute("select scan_class, first_of_day from scans order by id").fetchall()
            if len(rows) >= sum(self.stored):
                assert len(rows) == sum(self.stored)
                return rows[-count:]
            assert time.monotonic() < deadline, f"{len(rows)} scans, {sum(self.stored)} were made"
            time.sleep(0.1)


def find_block(language: str, sign: str) -> str:
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    [block] = [text for kind, text in blocks if kind == language and sign in text]
    return str(block)


def make_certificate(folder: Path) -> None:
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}", "-days", "2", "-nodes"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", *names, *files], check=True, capture_output=True)


def write_nginx(folder: Path, port: int, live: int, dead: int) -> list[str]:
    text = find_block("nginx", "upstream").replace("listen 443", f"listen 127.0.0.1:{port}")
    text = text.replace(f"/etc/ssl/{HOST}.pem", str(folder / "cert.pem"))
    text = text.replace(f"/etc/ssl/{HOST}.key", str(folder / "key.pem"))
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{live}").replace("127.0.0.1:8001", f"127.0.0.1:{dead}")
    user = "user root;" if folder.owner() == "root" else ""
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, text=text, user=user))
    return ["nginx", "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def write_caddy(folder: Path, port: int, live: int, dead: int) -> list[str]:
    text = find_block("", "reverse_proxy")
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{live}").replace("127.0.0.1:8001", f"127.0.0.1:{dead}")
    text = text.replace(f"{HOST} {{", f"{HOST} {{\n\ttls {folder}/cert.pem {folder}/key.pem\n\tbind 127.0.0.1", 1)
    values = {"free": find_free_port(), "port": port, "folder": folder, "text": text}
    (folder / "Caddyfile").write_text(CADDY.format(**values))
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@contextmanager
def start_proxy(name: str, folder: Path, live: int) -> Iterator[int]:
    port = find_free_port()
    command = {"nginx": write_nginx, "caddy": write_caddy}[name](folder, port, live, find_free_port())
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        for _ in range(200):
            assert process.poll() is None, (folder / "said").read_text()
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.fixture(params=["nginx", "caddy"])
def front(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    name = request.param
    if not shutil.which(name) or not shutil.which("openssl"):
        pytest.skip(f"needs {name} and openssl: what docs/running.md says of {name} was not tried")
    instance, folder = tmp_path / "instance", tmp_path / "proxy"
    folder.mkdir()
    make_certificate(folder)
    store = open_store(read_settings(ROOT, {"SHELFTALK_INSTANCE": str(instance)}))
    store.migrate()
    with store.write() as db:
        product = add_product(db)
        code = add_placement(db, product).code
        publish(db, product, en="Oolong", fa="اولانگ")
    store.close()
    process, server = start_server(instance, SHELFTALK_ORIGIN=f"https://{HOST}", SHELFTALK_METRICS_TOKEN="m" * 20)
    live = int(server.environ["PORT"])
    try:
        with start_proxy(name, folder, live) as port:
            yield Front(port, server, live, instance, code)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_a_proxy_as_documented(front: Front) -> None:
    """One server is down all the time: no phone notices. All in one, since a start takes seconds."""
    check_scans(front)
    check_targets(front)
    check_what_stays_inside(front)
    check_slow_clients(front)
    check_addresses(front)


def check_scans(front: Front) -> None:
    for _time in range(20):
        status, headers, body = front.ask(f"/q/{front.code}", Accept_Encoding="gzip")
        assert (status, headers["Content-Encoding"]) == (200, "gzip")
        assert headers["Strict-Transport-Security"] and body
    status, headers, body = front.ask(f"/q/{front.code}", "HEAD")
    assert (status, body, int(headers["Content-Length"]) > 100) == (200, b"", True)
    assert len(front.take_over(20)) == 20, "a HEAD is no scan"


def check_targets(front: Front) -> None:
    """A slash that belongs to a value arrives as it was sent: else both of these would be the same."""
    assert front.ask(f"/q/{front.code}/")[0] == 200
    assert front.ask(f"/q/{front.code}%2F")[0] == 404
    assert front.ask(f"/q/{front.code}%2f")[0] == 404
    assert front.ask("/q/nobody-knows-it")[0] == 404
    assert front.ask(f"/q/{front.code}?{'a' * 3_000}")[0] == 414
    assert front.ask("/admin/", Accept="text/html")[1]["Location"].startswith("/admin/"), "never the server's own port"


def check_what_stays_inside(front: Front) -> None:
    assert front.ask("/metrics", Authorization=f"Bearer {'m' * 20}")[0] == 403
    with closing(front.connect()) as connection:
        connection.putrequest("POST", "/admin/sign-in", skip_host=True)
        connection.putheader("Host", HOST)
        connection.putheader("Content-Length", str(36_000_000))
        connection.endheaders()
        try:
            chunk = b"x" * 1_000_000
            for _ in range(36):
                connection.send(chunk)
        except OSError:
            pass  # refused before the end
        # 502: the proxy was still sending when the server had refused and hung up.
        assert connection.getresponse().status in (400, 413, 502)


def check_slow_clients(front: Front) -> None:
    slow = [front.open_socket() for _ in range(100)]
    for client in slow:
        client.sendall(f"POST /admin/sign-in HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n\r\nemail=".encode())
    times = []
    for _ in range(30):
        began = time.monotonic()
        assert front.ask(f"/q/{front.code}")[0] == 200
        times.append(time.monotonic() - began)
    for client in slow:
        client.close()
    assert max(times) < 2


def check_addresses(front: Front) -> None:
    """What a phone writes about its address is nothing to the proxy: each of these is the same phone."""
    front.take_over(31)  # those of the checks before
    for number in range(5):
        assert front.ask(f"/q/{front.code}", X_Forwarded_For=f"198.51.100.{number}")[0] == 200
    assert sum(first for _class, first in front.take_over(5)) == 0, "it was seen before, by its real address"
    for number in range(5):  # the control: with nothing in front, the server believes what it reads
        with closing(http.client.HTTPConnection("127.0.0.1", front.behind_port, timeout=20)) as direct:
            address = {"X-Forwarded-For": f"203.0.113.{number}"}
            direct.request("GET", f"/q/{front.code}", headers=PHONE | address)
            assert direct.getresponse().status == 200
    assert sum(first for _class, first in front.take_over(5)) == 5
