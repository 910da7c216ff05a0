"""The local file a scan is answered from: codes, slugs and rendered pages. Knows no store and no requests.

It is built whole or changed in one transaction, each with a new version. Readers keep codes in memory and page
bytes in a bounded cache, take over only what changed, and go on with the last good state when the file goes bad.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import sqlite3
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import brotli  # type: ignore[import-untyped]

from shelftalk import clock
from shelftalk.errors import Unavailable
from shelftalk.scans.answer import Head
from shelftalk.scans.policy import make_policy
from shelftalk.scans.segment import sync_folder

log = logging.getLogger(__name__)
NOTICES = ("unknown", "retired", "draft", "busy", "privacy")
COPY_AGE_S = 600.0  # the good copy is renewed when older than this
WAIT_S = 10.0  # for another process that writes
_FEW = 50  # pages worth the slowest compression
_SCHEMA = """
create table if not exists meta (name text primary key, value integer not null);
create table if not exists targets (
  code text primary key, kind text not null, product_id integer not null, placement_id integer not null,
  slug text not null, changed_in integer not null
) without rowid;
create table if not exists slugs (
  slug text primary key, product_id integer not null, changed_in integer not null
) without rowid;
create table if not exists pages (
  key text not null, language text not null, etag text not null, policy text not null,
  br blob, gz blob, crc integer not null, changed_in integer not null, primary key (key, language)
);
create table if not exists links (
  key text not null, name text not null, url text not null, block_type text not null, primary key (key, name)
) without rowid;
create index if not exists targets_changed on targets (changed_in);
create index if not exists slugs_changed on slugs (changed_in);
create index if not exists pages_changed on pages (changed_in);
"""
GONE = "gone"  # the kind of a code that was taken off the shelf


@dataclass(frozen=True, slots=True)
class Target:
    """Where a code leads. `kind` is "page", "draft" or "retired"."""

    code: str
    kind: str
    product_id: int
    placement_id: int
    slug: str = ""
    key: str = field(init=False, compare=False)  # of the page it shows; one text for all codes of a product

    def __post_init__(self) -> None:
        key = f"product:{self.product_id}" if self.kind == "page" else f"notice:{self.kind}"
        object.__setattr__(self, "key", sys.intern(key))


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A page ready to be put on the shelf. `csp` empty: made from the page, its inline styles by their hashes."""

    key: str
    language: str
    html: bytes
    csp: str = ""
    links: Mapping[str, str] = field(default_factory=dict)  # what `?go=` may lead to, by its name
    taps: Mapping[str, str] = field(default_factory=dict)  # what `?act=` may say, with the kind of its block
    gz: bytes = b""  # compressed already


@dataclass(slots=True)
class ShelfPage:
    """A page as served: its bytes in both compressions. What was made of it is forgotten with it."""

    etag: str
    policy: str
    br: bytes
    gz: bytes
    heads: dict[tuple[str, str], Head] = field(default_factory=dict, compare=False)  # by kind and compression
    asked: bool = field(default=False, compare=False)  # since the cache last looked for room


@dataclass(frozen=True, slots=True)
class Link:
    """What can be tapped on a page. `url` is empty for what leads nowhere: an answer unfolded, a video played."""

    url: str
    block_type: str


@dataclass(frozen=True)
class Content:
    """What is put on the shelf or taken off it together. The pages of a key come whole: its languages that are not
    among them go. A slug leads to a product, old slugs too."""

    targets: Sequence[Target] = ()
    pages: Sequence[RenderedPage] = ()
    slugs: Mapping[str, int] = field(default_factory=dict)
    gone_codes: Sequence[str] = ()
    gone_keys: Sequence[str] = ()


class ShelfWriter:
    """The publishing side. Use one at a time per file; SQLite makes others wait."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self.is_empty = True  # then only `rebuild` helps
        with suppress(Unavailable), self._open() as db:
            self.is_empty = _read_version(db) == 0

    def write(self, content: Content) -> int:
        """Change what is given, and nothing else; returns the shelf's version. Equal pages stay untouched.

        Raises Unavailable when there is no whole shelf to change: then `is_empty` is set, and only `rebuild` helps.
        """
        with self._open() as db, _transaction(db):
            version = _read_version(db) + 1
            if version == 1:
                self.is_empty = True
                raise Unavailable("The shelf is empty or was damaged. It has to be built anew from the store.")
            changed = _put(db, content, version)
            if changed:
                _write_version(db, version)
        self._keep_copy(COPY_AGE_S)
        return version if changed else version - 1

    def rebuild(self, content: Content) -> int:
        """Make the shelf hold exactly what is given: the rest goes. Then keeps a copy for worse days."""
        with suppress(Unavailable), self._open():
            pass  # a damaged file goes aside here, so that the next one is sound
        with self._open() as db, _transaction(db):
            version = _read_version(db) + 1
            _put(db, content, version)
            _take_off_others(db, content, version)
            _write_version(db, version)
        self.is_empty = False
        self._keep_copy(0)
        return version

    def _keep_copy(self, age_s: float) -> None:
        """A checked copy beside the shelf; readers fall back on it when the shelf is damaged."""
        good = copy_path(self._path)
        with suppress(FileNotFoundError):
            if age_s and clock.now().timestamp() - good.stat().st_mtime < age_s:
                return
        draft = good.with_name(f".{good.name}.new")
        draft.unlink(missing_ok=True)
        with self._open() as db:
            db.execute("vacuum into ?", (str(draft),))
        with closing(sqlite3.connect(draft)) as copy:
            if copy.execute("pragma quick_check").fetchone()[0] != "ok":
                log.error("The shelf's copy came out damaged; the older one is kept")
                draft.unlink()
                return
        draft.replace(good)
        sync_folder(good.parent)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(_connect(self._path)) as db:
                yield db
        except sqlite3.OperationalError as error:
            raise Unavailable("The shelf cannot be written just now: {reason}.", reason=error) from error
        except sqlite3.DatabaseError as error:
            log.error("The shelf is damaged; it is put aside and has to be built anew: %s", error)
            _put_file_aside(self._path)
            self.is_empty = True
            raise Unavailable("The shelf is empty or was damaged. It has to be built anew from the store.") from error


def copy_path(path: Path) -> Path:
    """Where a shelf's good copy lies."""
    return path.with_name(f"{path.name}.good")


def compress_page(html: bytes) -> bytes:
    """A page as it is kept for phones that take gzip."""
    return gzip.compress(html, 9, mtime=0)


def is_page_whole(br: bytes, gz: bytes, crc: int) -> bool:
    """Whether the stored bytes are those once written."""
    return zlib.crc32(gz, zlib.crc32(br)) == crc


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)
    try:
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = full")
        if db.execute("select count(*) from sqlite_master where name = 'links'").fetchone()[0] == 0:
            db.executescript(_SCHEMA)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _put_file_aside(path: Path) -> None:
    path.replace(path.with_name(f"{path.name}.damaged"))
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("begin immediate")
    try:
        yield
        db.execute("commit")
    except BaseException:
        if db.in_transaction:
            db.execute("rollback")
        raise


def _read_version(db: sqlite3.Connection) -> int:
    row = db.execute("select value from meta where name = 'version'").fetchone()
    return int(row[0]) if row else 0


def _write_version(db: sqlite3.Connection, version: int) -> None:
    db.execute("insert or replace into meta values ('version', ?)", (version,))


def _put(db: sqlite3.Connection, content: Content, version: int) -> int:
    changed = 0
    for target in content.targets:
        row = (target.kind, target.product_id, target.placement_id, target.slug)
        changed += db.execute(
            "insert into targets values (?, ?, ?, ?, ?, ?) on conflict (code) do update set kind = excluded.kind,"
            " product_id = excluded.product_id, placement_id = excluded.placement_id, slug = excluded.slug,"
            " changed_in = excluded.changed_in where (kind, product_id, placement_id, slug) is not (?, ?, ?, ?)",
            (target.code, *row, version, *row),
        ).rowcount
    for slug, product_id in content.slugs.items():
        changed += db.execute(
            "insert into slugs values (?, ?, ?) on conflict (slug) do update set product_id = excluded.product_id,"
            " changed_in = excluded.changed_in where product_id is not excluded.product_id",
            (slug, product_id, version),
        ).rowcount
    changed += _put_pages(db, content.pages, version) + _put_links(db, content.pages)
    for key, languages in _group_languages(content.pages).items():
        changed += _take_off_pages(db, key, languages, version)
    changed += _take_off_codes(db, content.gone_codes, version)
    for key in content.gone_keys:
        changed += _take_off_pages(db, key, (), version) + _replace_links(db, key, {})
    return changed


def _put_pages(db: sqlite3.Connection, pages: Sequence[RenderedPage], version: int) -> int:
    changed = 0
    for page in pages:
        policy = page.csp or make_policy(page.html)
        etag = hashlib.blake2b(page.html + policy.encode(), digest_size=12).hexdigest()
        here = db.execute(
            "select etag from pages where key = ? and language = ? and br is not null", (page.key, page.language)
        ).fetchone()
        if here and here[0] == etag:
            continue
        br = brotli.compress(page.html, quality=11 if len(pages) <= _FEW else 6, mode=brotli.MODE_TEXT)
        gz = page.gz or compress_page(page.html)
        crc = zlib.crc32(gz, zlib.crc32(br))
        row = (page.key, page.language, etag, policy, br, gz, crc, version)
        db.execute("insert or replace into pages values (?, ?, ?, ?, ?, ?, ?, ?)", row)
        changed += 1
    return changed


def _put_links(db: sqlite3.Connection, pages: Sequence[RenderedPage]) -> int:
    """The pages of a key come whole, and so do its links: those of all languages together."""
    links: dict[str, dict[str, Link]] = {}
    for page in pages:
        named = links.setdefault(page.key, {})
        for name in [*page.links, *page.taps]:
            named[name] = Link(page.links.get(name, ""), page.taps.get(name, ""))
    return sum(_replace_links(db, key, named) for key, named in links.items())


def _replace_links(db: sqlite3.Connection, key: str, links: Mapping[str, Link]) -> int:
    rows = db.execute("select name, url, block_type from links where key = ?", (key,)).fetchall()
    if {name: Link(url, kind) for name, url, kind in rows} == links:
        return 0
    db.execute("delete from links where key = ?", (key,))
    new = [(key, name, link.url, link.block_type) for name, link in links.items()]
    db.executemany("insert into links values (?, ?, ?, ?)", new)
    return 1


def _group_languages(pages: Sequence[RenderedPage]) -> dict[str, list[str]]:
    languages: dict[str, list[str]] = {}
    for page in pages:
        languages.setdefault(page.key, []).append(page.language)
    return languages


def _take_off_codes(db: sqlite3.Connection, codes: Iterable[str], version: int) -> int:
    sql = "update targets set kind = ?, changed_in = ? where code = ? and kind <> ?"
    return sum(db.execute(sql, (GONE, version, code, GONE)).rowcount for code in codes)


def _take_off_pages(db: sqlite3.Connection, key: str, kept: Iterable[str], version: int) -> int:
    """A page's row stays, empty, so that readers learn of it."""
    languages = [row[0] for row in db.execute("select language from pages where key = ? and br is not null", (key,))]
    sql = "update pages set br = null, gz = null, changed_in = ? where key = ? and language = ?"
    return sum(db.execute(sql, (version, key, tag)).rowcount for tag in set(languages) - set(kept))


def _take_off_others(db: sqlite3.Connection, content: Content, version: int) -> None:
    codes = {target.code for target in content.targets}
    _take_off_codes(db, {row[0] for row in db.execute("select code from targets")} - codes, version)
    kept = _group_languages(content.pages)
    for (key,) in db.execute("select distinct key from pages").fetchall():
        _take_off_pages(db, key, kept.get(key, ()), version)
    for (key,) in db.execute("select distinct key from links").fetchall():
        if key not in kept:
            _replace_links(db, key, {})
    for (slug,) in db.execute("select slug from slugs where product_id <> 0").fetchall():
        if slug not in content.slugs:
            db.execute("update slugs set product_id = 0, changed_in = ? where slug = ?", (version, slug))
