"""Joins the scan path to the rest: the store feeds the shelf, the spool feeds the store, the door stands in front."""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING

from shelftalk import __version__, clock
from shelftalk.catalog.days import choose_shown, list_turning_days
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.product import Product
from shelftalk.errors import ShelftalkError, Unavailable
from shelftalk.scans.ingest import Ingester, Refused
from shelftalk.scans.record import Action, Record, Scan, UnitScan
from shelftalk.scans.shelf import Content, RenderedPage, ShelfWriter, Target
from shelftalk.scans.spool import Spool
from shelftalk.store import Db, Store, actions, media, notes, pages, placements, products, retention, scans, units
from shelftalk.store.extras import load_extras
from shelftalk.store.placements import CodeTarget
from shelftalk.web.files import write_whole
from shelftalk.web.ready_pages import ReadyPages, Source
from shelftalk.web.shopper import PageRenderer, list_pictures

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)
POLL_S = 1.0
DRAIN_S = 2.0
STOP_S = 3.0  # at most, for a follower to end what it is at
AGAIN_S = 10.0  # after a follower failed in a way nobody foresaw


class StoreSink:
    """Takes the spool's scans into the store, with the rollups and the spool's position in one transaction."""

    def __init__(self, store: Store, default_zone: str) -> None:
        self._store = store
        self._zone = default_zone

    def read_positions(self, node: str) -> Mapping[str, int]:
        """Segment -> position, as last written for this node."""
        with self._store.read() as db:
            return scans.list_positions(db, node)

    def write_batch(self, batch: Sequence[Record], positions: Mapping[str, int], node: str) -> None:
        """Write all of it or nothing; raises Refused when the batch holds scans of codes the store never knew."""
        with self._store.write() as db:
            batch = retention.leave_out_erased(db, batch, self._zone)
            strangers: list[Record] = [
                *scans.add_scans(db, [record for record in batch if isinstance(record, Scan)], self._zone),
                *actions.add_actions(db, [record for record in batch if isinstance(record, Action)], self._zone),
            ]
            if strangers and not notes.get_version(db):
                raise Unavailable("The store is empty. Scans wait until a backup is restored or a code is made.")
            if strangers:
                raise Refused(strangers)
            units.add_unit_scans(db, [one for one in batch if isinstance(one, UnitScan) and one.unit], self._zone)
            scans.set_positions(db, node, positions)

    def forget_positions(self, segments: Sequence[str], node: str) -> None:
        """Drop the positions of segments that are gone."""
        with self._store.write() as db:
            scans.forget_positions(db, node, segments)


@dataclass(frozen=True)
class _Seen:
    """What the shelf was last made from: the store's version, and what rendered it."""

    version: int
    made_by: str
    day: date  # of the pages: a recall comes up or goes with the day


class ShelfKeeper:
    """Keeps this node's shelf like the store: at start, after each change here, and after changes made elsewhere."""

    def __init__(self, store: Store, renderer: PageRenderer, path: Path, fingerprint: str, zone: str = "UTC") -> None:
        self._store = store
        self._renderer = renderer
        self._path = path
        self._seen_path = path.with_name("seen.json")
        self._fingerprint = fingerprint
        self._zone = zone
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = ShelfWriter(path)
        self._warned = False
        self.ready = ReadyPages()

    def refresh(self, *, full: bool = False) -> None:
        """Put what changed on the shelf; everything, when asked to or when the templates are newer than the shelf."""
        with _hold(self._path.with_name("refresh.lock")):
            seen = None if self._writer.is_empty else self._read_seen()
            with self._store.read() as db:
                version, rebuild = notes.get_version(db), notes.get_rebuild(db)
            if seen and not full and self._is_store_lost(seen, version):
                return
            known = seen is not None and seen.made_by == self._fingerprint and rebuild <= seen.version <= version
            if full or seen is None or not known:  # seen.version > version: a backup was restored
                self._rebuild()
            elif seen.version != version or seen.day != clock.today(self._zone):
                today = clock.today(self._zone)
                content, version = self._collect(seen.version, today, seen.day)
                self._writer.write(content)
                self._note_seen(version, today)

    def _is_store_lost(self, seen: _Seen, version: int) -> bool:
        """Whether nothing was ever put into the store, yet much on the shelf: its file is gone, or it is another one.

        The shelf is then all there is, and stays until a backup is restored or somebody begins anew.
        """
        lost = version == 0 and seen.version > 0
        if lost and not self._warned:
            log.error("The store is empty, the shelf is not: shoppers go on reading it. Restore a backup.")
        self._warned = lost
        return lost

    def _rebuild(self) -> None:
        today = clock.today(self._zone)
        content, version = self._collect(0, today, today)
        self._writer.rebuild(content)
        self._note_seen(version, today)

    def get_seen(self) -> int:
        """The store's version the shelf shows."""
        seen = self._read_seen()
        return seen.version if seen and seen.made_by == self._fingerprint else 0

    def get_changed_at(self) -> datetime:
        """When the shelf last took something over; raises OSError when it never did."""
        return datetime.fromtimestamp(self._seen_path.stat().st_mtime, UTC)

    def _read_seen(self) -> _Seen | None:
        try:
            seen = json.loads(self._seen_path.read_bytes())
            return _Seen(int(seen["version"]), str(seen["made_by"]), date.fromisoformat(seen.get("day", "0001-01-01")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _note_seen(self, version: int, day: date) -> None:
        seen = {"version": version, "made_by": self._fingerprint, "day": day.isoformat()}
        write_whole(self._seen_path, json.dumps(seen).encode())

    def _collect(self, seen: int, today: date, since: date) -> tuple[Content, int]:
        """What changed after a version, and by itself with the days after `since`."""
        with self._store.read() as db:
            version = notes.get_version(db)
            changed = products.list_changed_products(db, seen)
            changed += _list_turned(db, {product.id for product in changed}, since, today)
            targets = [_make_target(target) for target in placements.list_changed_targets(db, seen)]
            with_retired = placements.list_retired_product_ids(db)
            retired = {target.product_id for target in targets if target.kind == "retired"}
            rendered = self._renderer.render_notices() if not seen else []
            gone: list[str] = []
            for product in changed:
                pages_now = self._render_product(db, product, today)
                rendered += pages_now
                gone += [] if pages_now else [f"product:{product.id}", f"notice:retired:{product.id}"]
            for product_id in sorted(with_retired & (retired | {product.id for product in changed})):
                rendered += self._render_retired(db, product_id)
        return Content(targets, rendered, _list_slugs(changed), gone_keys=gone), version

    def _render_product(self, db: Db, product: Product, today: date) -> list[RenderedPage]:
        """A live product's page in its languages; none when it is a draft or retired."""
        published = pages.get_published(db, product.id) if product.status == "live" else None
        if published is None:
            return []
        published = choose_shown(published, today)
        pictures = media.find_media(db, list_pictures(product, published))
        source = Source(product, published, pictures, load_extras(db, product.id, published), self._renderer.without)
        return self.ready.take(source) or self._renderer.render_pages(product, published, pictures, source.extras)

    def _render_retired(self, db: Db, product_id: int) -> list[RenderedPage]:
        """The notice of a live product's retired codes: it leads on to the product."""
        product = products.get_product(db, product_id)
        published = pages.get_published(db, product_id) if product.status == "live" else None
        if published is None:
            return []
        return [self._renderer.render_notice("retired", tag, product, published) for tag in LANGUAGES]

    def follow(self, stop: threading.Event) -> None:
        """Look for changes made elsewhere until `stop`; while the store is away the shelf stays as it is."""
        while not stop.wait(POLL_S):
            try:
                self.refresh()
            except (ShelftalkError, OSError) as error:
                log.warning("The shelf could not be refreshed: %s", error)


def _make_target(target: CodeTarget) -> Target:
    return Target(target.code, target.kind, target.product_id, target.placement_id, target.slug)


def _list_turned(db: Db, known: set[int], since: date, today: date) -> list[Product]:
    """The live products whose page is another one today than on the day `since`, less those known to have changed."""
    first, last = sorted((since, today))
    if first == last:
        return []
    live = [one for one in products.list_changed_products(db, 0) if one.status == "live" and one.id not in known]
    contents = ((one, pages.get_published(db, one.id)) for one in live)
    return [one for one, content in contents if content and any(first < d <= last for d in list_turning_days(content))]


def _list_slugs(changed: Sequence[Product]) -> dict[str, int]:
    """Addresses of products that were ever published; those of retired ones lead to their own notice."""
    return {product.slug: product.id for product in changed if product.published_version}


def make_fingerprint(root: Path, origin: str) -> str:
    """Changes whenever a rendered page could: with the templates, styles, translations, version and origin."""
    digest = hashlib.sha256(f"{__version__} {origin}".encode())
    folders = ("templates/shopper", "templates/blocks", "static/css", "static/js", "packaging/shelftalk/translations")
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".html", ".css", ".js", ".po"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class StartOnce:
    """Starts this process's followers with its first request: commands, which serve nothing, never have them."""

    def __init__(
        self, followers: Mapping[str, Callable[[threading.Event], None]], spool: Spool, ingester: Ingester
    ) -> None:
        self._followers = followers
        self._spool = spool
        self._ingester = ingester
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._started = False

    def wrap(self, app: WSGIApplication) -> WSGIApplication:
        """`app`, with the followers running behind it."""

        def serve(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            if not self._started:
                self.start()
            return app(environ, start)

        return serve

    def start(self) -> None:
        """Start them, if nobody has."""
        with self._lock:
            if not self._started:
                for name, follow in self._followers.items():
                    thread = threading.Thread(target=_keep_up, args=(follow, self._stop), name=name, daemon=True)
                    thread.start()
                    self._threads.append(thread)
                # Of the two, the one that this server's kind of process runs at its end.
                atexit.register(self.stop)
                Finalize(None, self.stop, exitpriority=10)
                self._started = True
                log.info("started")

    def stop(self) -> None:
        """When the server has answered its last request: end the followers whole, let the spool's segment go."""
        with self._lock:
            if not self._started or self._stop.is_set():
                return
            self._stop.set()
        for thread in self._threads:
            thread.join(timeout=STOP_S)
        self._spool.close()
        self._drain()
        log.info("stopped")

    def _drain(self) -> None:
        """Take over what the last answers left, for a moment; a long backlog is the next start's."""
        late = threading.Event()
        timer = threading.Timer(DRAIN_S, late.set)
        timer.start()
        try:
            self._ingester.ingest_once(wait_s=0, stop=late)
        except (ShelftalkError, OSError):
            log.info("what waits in the spool stays there")
        finally:
            timer.cancel()


def _keep_up(follow: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Run a follower until `stop`; what it did not foresee is told, and a while later it goes on."""
    while not stop.is_set():
        try:
            follow(stop)
            return
        except Exception:
            log.exception("A follower failed")
            stop.wait(AGAIN_S)


@contextmanager
def _hold(path: Path) -> Iterator[None]:
    """One refresher per node at a time, whichever process it is in."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
