"""The reading side of the shelf: lookups in memory, page bytes through a bounded cache, last known good."""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
from collections import OrderedDict
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from shelftalk import clock
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.scans.shelf import GONE, NOTICES, Link, ShelfPage, Target, copy_path, is_page_whole

log = logging.getLogger(__name__)
REFRESH_S = 0.5
CACHE_BYTES = 32 << 20
CACHE_LINKS = 4096
K = TypeVar("K")
V = TypeVar("V")
_ORDER = {tag: place for place, tag in enumerate(LANGUAGES)}


@dataclass(frozen=True)
class ShelfStatus:
    """How the shelf looks to this process. `source` is "shelf", "copy" or "none"."""

    source: str
    version: int
    codes: int
    pages: int
    error: str


@dataclass
class _View:
    """The shelf in memory. A new one is filled before it is used; small changes go into the one in use."""

    version: int = 0
    targets: dict[str, Target] = field(default_factory=dict)
    slugs: dict[str, int] = field(default_factory=dict)
    current: dict[int, str] = field(default_factory=dict)  # product -> its slug now
    etags: dict[str, dict[str, str]] = field(default_factory=dict)  # key -> language -> etag
    languages: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def put_target(self, target: Target) -> None:
        _set(self.targets, target.code, None if target.kind == GONE else target)
        if target.kind == "page" and target.slug:
            self.current[target.product_id] = target.slug

    def put_page(self, key: str, language: str, etag: str | None) -> None:
        key = sys.intern(key)  # the one its targets carry, so that it is found by comparing addresses
        etags = self.etags.get(key, {})
        _set(etags, language, etag)
        _set(self.etags, key, etags or None)
        _set(self.languages, key, _arrange(tuple(etags)) or None)

    def count_pages(self) -> int:
        return sum(map(len, list(self.etags.values())))


@lru_cache(maxsize=1024)
def _arrange(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Languages in the site's order: one tuple for all products that have the same."""
    return tuple(sorted(map(sys.intern, tags), key=lambda tag: _ORDER.get(tag, len(_ORDER))))


class ShelfReader:
    """Answers from memory. Safe to use from any thread; never raises on a bad file."""

    def __init__(self, path: Path, *, refresh_s: float = REFRESH_S, cache_bytes: int = CACHE_BYTES) -> None:
        self._path = path
        self._refresh_s = refresh_s
        self._lock = threading.Lock()
        self._cache = PageCache(cache_bytes)
        self._pinned: dict[tuple[str, str], ShelfPage] = {}
        self._links: dict[tuple[str, str], Link] = {}  # those tapped lately
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._source, self._error = "none", ""
        self._view = _View()
        self._checked_at = float("-inf")
        self.refresh()

    def find_target(self, code: str) -> Target | None:
        """Where a code leads, or None."""
        self.refresh()
        return self._view.targets.get(code)

    def find_product(self, slug: str) -> int | None:
        """The product a slug leads to, or None."""
        self.refresh()
        return self._view.slugs.get(slug)

    def find_slug(self, product_id: int) -> str:
        """The slug a product's codes carry now, or empty."""
        return self._view.current.get(product_id, "")

    def list_languages(self, key: str) -> tuple[str, ...]:
        """The languages a page can be read in, in the site's order; empty when there is no such page."""
        return self._view.languages.get(key, ())

    def find_page(self, key: str, language: str) -> ShelfPage | None:
        """A page's bytes, or None when they cannot be had just now."""
        etags = self._view.etags.get(key)
        etag = etags.get(language) if etags else None
        if etag is None:
            return None
        page = self._cache.get(key, language)
        if page is None or page.etag != etag:
            page = self._pinned.get((key, language), page)
        if page and page.etag == etag:
            return page
        found = self._read_page(key, language)
        if found:
            self._cache.put(key, language, found)
        return found or page  # better yesterday's words than none

    def find_link(self, key: str, name: str) -> Link | None:
        """What can be tapped on a page under a name, or None: never there, gone, or it cannot be read just now."""
        self.refresh()
        links = self._links  # a newer shelf brings a new one
        link = links.get((key, name))
        if link is None:
            link = self._read_link(key, name)
            if link:
                if len(links) >= CACHE_LINKS:
                    links.clear()
                links[key, name] = link
        return link

    def status(self) -> ShelfStatus:
        """For the status page."""
        return ShelfStatus(
            self._source, self._view.version, len(self._view.targets), self._view.count_pages(), self._error
        )

    def refresh(self, *, now: bool = False) -> None:
        """Take over what changed; looks at most once in `refresh_s`, unless it has to be `now`."""
        at = clock.monotonic()
        if not now and at - self._checked_at < self._refresh_s:
            return
        if not self._lock.acquire(blocking=now):
            return
        try:
            self._checked_at = at
            self._take_over()
        except (sqlite3.Error, OSError) as error:
            self._note_error(str(error))
        finally:
            self._lock.release()

    def _take_over(self) -> None:
        file = _identify(self._path)
        if self._source == "none" or (file and file != self._file):
            self._open(file)
        elif file is None:
            self._error = "the shelf's file is missing"
        elif self._db:
            if _read_version(self._db) != self._view.version:
                self._load(self._db, self._view.version)
            self._error = ""

    def _open(self, file: tuple[int, int] | None) -> None:
        """Open the shelf; at a start with a bad one, its good copy. What is in memory is at least as good as that."""
        try:
            self._use(self._path, "shelf")
            self._file = file
        except (sqlite3.Error, OSError) as error:
            self._note_error(f"{self._path.name}: {error}")
            if self._source == "none":
                self._use(copy_path(self._path), "copy")

    def _use(self, path: Path, source: str) -> None:
        db = _connect(path)
        try:
            if _read_version(db) == 0:
                raise sqlite3.DatabaseError("nothing was put on it yet")
            self._load(db, 0)
        except sqlite3.Error:
            db.close()
            raise
        if self._db:
            self._db.close()
        self._db, self._source = db, source
        if source == "shelf":
            self._error = ""

    def _note_error(self, error: str) -> None:
        if error != self._error:
            log.warning("The shelf cannot be read, the last good state stays: %s", error)
        self._error = error

    def _load(self, db: sqlite3.Connection, seen: int) -> None:
        """Read what changed after version `seen`, all of it before any of it is used."""
        db.execute("begin")
        try:
            version = _read_version(db)
            targets = db.execute(
                "select code, kind, product_id, placement_id, slug from targets where changed_in > ?", (seen,)
            ).fetchall()
            slugs = db.execute("select slug, product_id from slugs where changed_in > ?", (seen,)).fetchall()
            pages = db.execute(
                "select key, language, etag, br is null from pages where changed_in > ?", (seen,)
            ).fetchall()
            notices = self._read_notices(db)
        finally:
            db.execute("rollback")
        view = self._view if seen else _View()
        for target in targets:
            view.put_target(Target(*target))
        for slug, product_id in slugs:
            _set(view.slugs, slug, product_id or None)
        for key, language, etag, gone in pages:
            view.put_page(key, language, None if gone else etag)
        view.version = version
        self._pinned, self._view, self._links = notices, view, {}

    def _read_notices(self, db: sqlite3.Connection) -> dict[tuple[str, str], ShelfPage]:
        keys = [f"notice:{name}" for name in NOTICES]
        marks = ",".join("?" * len(keys))
        rows = db.execute(
            f"select key, language, etag, policy, br, gz, crc from pages where br is not null and key in ({marks})",  # noqa: S608
            keys,
        )
        return {(row[0], row[1]): ShelfPage(*row[2:6]) for row in rows if is_page_whole(row[4], row[5], row[6])}

    def _read_page(self, key: str, language: str) -> ShelfPage | None:
        with self._lock:
            page = self._read_from(self._db, key, language)
            if page is None and self._source == "shelf":
                page = self._read_from_copy(key, language)
        return page

    def _read_from(self, db: sqlite3.Connection | None, key: str, language: str) -> ShelfPage | None:
        if db is None:
            return None
        sql = "select etag, policy, br, gz, crc from pages where key = ? and language = ? and br is not null"
        try:
            row = db.execute(sql, (key, language)).fetchone()
        except sqlite3.Error as error:
            self._error = str(error)
            return None
        if row and is_page_whole(row[2], row[3], row[4]):
            return ShelfPage(*row[:4])
        return None

    def _read_from_copy(self, key: str, language: str) -> ShelfPage | None:
        try:
            db = _connect(copy_path(self._path))
        except (sqlite3.Error, OSError):
            return None
        try:
            return self._read_from(db, key, language)
        finally:
            db.close()

    def _read_link(self, key: str, name: str) -> Link | None:
        """From the shelf, or from its copy when it is damaged."""
        with self._lock:
            try:
                return _find_link(self._db, key, name) if self._db else None
            except sqlite3.Error as error:
                self._error = str(error)
            try:
                with closing(_connect(copy_path(self._path))) as copy:
                    return _find_link(copy, key, name)
            except (sqlite3.Error, OSError):
                return None


def _find_link(db: sqlite3.Connection, key: str, name: str) -> Link | None:
    row = db.execute("select url, block_type from links where key = ? and name = ?", (key, name)).fetchone()
    return Link(*row) if row else None


class PageCache:
    """Pages asked for lately, up to a number of bytes. A hit only leaves a mark; who wants room looks for it."""

    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple[str, str], ShelfPage] = OrderedDict()

    def get(self, key: str, language: str) -> ShelfPage | None:
        """A page, or None."""
        page = self._pages.get((key, language))
        if page:
            page.asked = True
        return page

    def put(self, key: str, language: str, page: ShelfPage) -> None:
        """Keep a page. When there are too many bytes the oldest go; those asked for meanwhile have another turn."""
        with self._lock:
            self._drop(self._pages.pop((key, language), None))
            self._pages[key, language] = page
            self._size += len(page.br) + len(page.gz)
            while self._size > self._limit:
                place, oldest = self._pages.popitem(last=False)
                if oldest.asked:
                    oldest.asked = False
                    self._pages[place] = oldest
                else:
                    self._drop(oldest)

    def _drop(self, page: ShelfPage | None) -> None:
        if page:
            self._size -= len(page.br) + len(page.gz)


def _set(values: dict[K, V], key: K, value: V | None) -> None:
    if value is None:
        values.pop(key, None)
    else:
        values[key] = value


def _identify(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _connect(path: Path) -> sqlite3.Connection:
    if not path.is_file():
        raise FileNotFoundError(f"{path.name} is missing")
    try:
        return _connect_as(path, "mode=rw")
    except sqlite3.OperationalError:
        return _connect_as(path, "immutable=1")  # a file system gone read-only has no room for locks


def _connect_as(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{mode}"
    db = sqlite3.connect(uri, uri=True, timeout=0.2, isolation_level=None, check_same_thread=False)
    try:
        db.execute("pragma query_only = 1")
        _read_version(db)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _read_version(db: sqlite3.Connection) -> int:
    row = db.execute("select value from meta where name = 'version'").fetchone()
    return int(row[0]) if row else 0
