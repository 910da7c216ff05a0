"""What the tests of the scan path share: scans, a small shelf, a sink in a real SQLite file, a client."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import brotli

from shelftalk.catalog.codes import make_check
from shelftalk.scans.ingest import Refused
from shelftalk.scans.record import Scan
from shelftalk.scans.shelf import Content, RenderedPage, ShelfWriter, Target

AT = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
LANGUAGES = ("en", "zh-Hant", "zh-Hans", "ru", "fa")


def code_number(number: int) -> str:
    """A valid code, the same for the same number."""
    alphabet = "23456789abcdefghjkmnpqrstvwxy"
    body = ""
    for _ in range(9):
        number, place = divmod(number, 29)
        body += alphabet[place]
    return body + make_check(body)


LIVE, DRAFT, RETIRED, UNKNOWN = (code_number(n) for n in (1001, 1002, 1003, 1004))


def a_scan(**changes: object) -> Scan:
    return replace(Scan(AT, LIVE, "fa", "phone", "person", 1, True), **changes)


def some_content() -> Content:
    pages = [
        RenderedPage("product:7", tag, f"<html lang={tag}><style>p{{}}</style>Oolong {tag}</html>".encode())
        for tag in LANGUAGES
    ]
    pages += [
        RenderedPage(f"notice:{name}", tag, f"<html lang={tag}>{name}".encode())
        for name in ("unknown", "retired", "draft", "busy", "privacy")
        for tag in LANGUAGES
    ]
    targets = [
        Target(LIVE, "page", 7, 1, "oolong"),
        Target(DRAFT, "draft", 8, 2),
        Target(RETIRED, "retired", 7, 3, "oolong"),
    ]
    return Content(targets=targets, pages=pages, slugs={"oolong": 7, "old-oolong": 7})


def fill_shelf(path: Path) -> ShelfWriter:
    writer = ShelfWriter(path)
    writer.rebuild(some_content())
    return writer


class SqliteSink:
    """A store reduced to what exactly-once needs. `known`: the codes it takes; None: all."""

    def __init__(self, path: Path, known: set[str] | None = None) -> None:
        self.path = path
        self.known = known
        self.batches: list[int] = []
        with self._open() as db:
            db.execute("create table if not exists scans (id integer primary key, code text, class text, at text)")
            db.execute(
                "create table if not exists positions (node text, segment text, at int, primary key (node, segment))"
            )

    def read_positions(self, node: str) -> dict[str, int]:
        with self._open() as db:
            return dict(db.execute("select segment, at from positions where node = ?", (node,)).fetchall())

    def write_batch(self, batch: Sequence[Scan], positions: Mapping[str, int], node: str) -> None:
        refused = [scan for scan in batch if self.known is not None and scan.code not in self.known]
        with self._open() as db:
            db.executemany(
                "insert into scans (code, class, at) values (?, ?, ?)",
                [(scan.code, scan.scan_class, scan.at.isoformat()) for scan in batch],
            )
            if refused:
                raise Refused(refused)
            db.executemany(
                "insert or replace into positions values (?, ?, ?)",
                [(node, name, place) for name, place in positions.items()],
            )
        self.batches.append(len(batch))

    def forget_positions(self, segments: Sequence[str], node: str) -> None:
        with self._open() as db:
            db.executemany("delete from positions where node = ? and segment = ?", [(node, name) for name in segments])

    def list_codes(self) -> list[str]:
        with self._open() as db:
            return [row[0] for row in db.execute("select code from scans order by id")]

    def _open(self) -> _Connection:
        return _Connection(self.path)


class _Connection:
    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=10)

    def __enter__(self) -> sqlite3.Connection:
        return self._db.__enter__()

    def __exit__(self, *error: object) -> None:
        self._db.__exit__(*error)
        self._db.close()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def text(self) -> str:
        encoding = self.headers.get("Content-Encoding", "")
        body = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding, bytes)(self.raw)
        return body.decode()

    @property
    def note(self) -> str:
        return self.headers.get("X-Shelftalk-Scan", "")


def ask(app: object, url: str, method: str = "GET", **headers: str) -> Answer:
    """Call a WSGI app; headers as keywords: `accept_language="fa"`."""
    path, _, query = url.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REMOTE_ADDR": headers.pop("address", "203.0.113.9"),
    }
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    seen: list[tuple[str, list[tuple[str, str]]]] = []
    body = b"".join(app(environ, lambda status, headers, *_: seen.append((status, headers))))
    names = [name for name, _value in seen[0][1]]
    assert len(names) == len(set(names)), f"a header twice: {names}"
    return Answer(int(seen[0][0][:3]), dict(seen[0][1]), body)


def plain_app(environ: dict, start) -> list[bytes]:
    """What lies behind the door: says which path reached it."""
    start("200 OK", [("X-From", "application")])
    return [environ["PATH_INFO"].encode()]
