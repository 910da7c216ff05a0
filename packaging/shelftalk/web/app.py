"""The application factory: settings in, a Flask application with every area out."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from shelftalk.config import LOCAL_HOSTS, Settings, read_settings
from shelftalk.errors import Unavailable
from shelftalk.scans.async_door import AsyncDoor, make_environ
from shelftalk.scans.door import Door
from shelftalk.scans.ingest import Ingester
from shelftalk.scans.reader import ShelfReader
from shelftalk.scans.spool import Spool
from shelftalk.scans.timing import Timing
from shelftalk.scans.visitors import Visitors
from shelftalk.store import Store, open_store
from shelftalk.store import users as user_store
from shelftalk.web import (
    action_reports,
    auth,
    bulk,
    calibration,
    cli,
    coupons,
    designs,
    erasures,
    gate,
    label_file_command,
    label_file_job_views,
    label_files,
    labels,
    locations,
    mail_links,
    media,
    metrics,
    overview,
    page_presence,
    page_schedule,
    page_templates,
    page_versions,
    pages,
    placements,
    print_job_views,
    print_queues,
    printed_reports,
    products,
    questions,
    reports,
    reviews,
    run_again,
    run_ledger,
    run_lists,
    runs,
    sample,
    signups,
    status,
    stocks,
    styles,
    surveys,
    touch,
    unit_codes,
    uploads,
    users,
    warranties,
)
from shelftalk.web.addresses import init_addresses
from shelftalk.web.attempts import Attempts
from shelftalk.web.bridge import WsgiBridge
from shelftalk.web.compress import init_compress
from shelftalk.web.i18n import Translator
from shelftalk.web.link_check import INTERNET
from shelftalk.web.lists import list_globals
from shelftalk.web.logs import init_logs
from shelftalk.web.navigation import list_places
from shelftalk.web.once import DoneForms
from shelftalk.web.outbox import Postman
from shelftalk.web.page_clock import PageClock
from shelftalk.web.problems import init_problems
from shelftalk.web.retention import Retainer
from shelftalk.web.scan_path import ShelfKeeper, StartOnce, StoreSink, make_fingerprint
from shelftalk.web.secret import make_setup_token, read_secret_key
from shelftalk.web.security import SESSION_DAYS, current_user, has_staff_cookie, init_security, may
from shelftalk.web.shopper import make_renderer
from shelftalk.web.state import State
from shelftalk.web.texts import init_texts
from shelftalk.web.upload_sweep import sweep

# Every area: a module with a blueprint `bp` and, where it needs one, `init(app)`.
AREAS: tuple[ModuleType, ...] = (
    auth,
    overview,
    users,
    media,
    uploads,
    sample,
    products,
    pages,
    page_versions,
    page_schedule,
    page_templates,
    page_presence,
    gate,
    bulk,
    locations,
    placements,
    labels,
    designs,
    label_files,
    label_file_job_views,
    styles,
    stocks,
    calibration,
    print_job_views,
    print_queues,
    runs,
    run_ledger,
    run_again,
    run_lists,
    unit_codes,
    reports,
    action_reports,
    printed_reports,
    status,
    erasures,
    metrics,
    reviews,
    questions,
    surveys,
    coupons,
    signups,
    mail_links,
    warranties,
    touch,
)
MEGABYTE = 1024 * 1024
BODY_LIMIT = 32 * MEGABYTE  # a video and a page's form around it
log = logging.getLogger(__name__)


class Shelftalk(Flask):
    """Flask, with static files kept for a year under their versioned addresses, which never change.

    `asgi_app` is the same application for a server that speaks ASGI.
    """

    asgi_app: AsyncDoor

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        return 31_536_000 if request.args.get("v") else super().get_send_file_max_age(filename)


def create_app(root: Path, settings: Settings | None = None, *, background: bool = True) -> Shelftalk:
    """The WSGI application of the checkout at `root`; raises Invalid when a setting or secret is wrong.

    With `background`, the first request starts the threads that move scans and refresh the shelf.
    """
    settings = settings or read_settings(root)
    init_logs()
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Shelftalk(
        "shelftalk",
        root_path=str(root),
        instance_path=str(settings.instance),
        template_folder=str(root / "templates"),
        static_folder=str(root / "static"),
    )
    _configure(app, settings)
    state = _make_state(root, settings)
    app.extensions["shelftalk"] = state
    init_addresses(app)
    init_security(app)
    init_texts(app)
    init_problems(app)
    init_compress(app)
    _init_templates(app)
    for area in AREAS:
        app.register_blueprint(area.bp)
        if hasattr(area, "init"):
            area.init(app)
    cli.init(app)
    label_file_command.init(app)
    _wire_scan_path(app, state, background=background)
    _trust_proxy(app, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    secure = settings.origin.startswith("https://")
    host = urlsplit(settings.origin).hostname or ""
    app.config.update(
        SECRET_KEY=read_secret_key(settings.instance),
        SESSION_COOKIE_NAME="__Host-shelftalk" if secure else "shelftalk",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(days=SESSION_DAYS),
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form may stay open over lunch
        TRUSTED_HOSTS=[host, *LOCAL_HOSTS],
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
    )


def _make_state(root: Path, settings: Settings) -> State:
    store, translator = open_store(settings), Translator()
    renderer = make_renderer(root, translator, settings.origin, settings.keep_days)
    renderer.without = frozenset() if settings.sends_mail else frozenset({"signup"})
    shelf_path = settings.instance / "shelf" / "shelf.sqlite"
    fingerprint = make_fingerprint(root, f"{settings.origin} {settings.keep_days} {settings.sends_mail}")
    keeper = ShelfKeeper(store, renderer, shelf_path, fingerprint, settings.timezone)
    _prepare(settings, store, keeper)
    spool = Spool(settings.instance / "spool", settings.durability)
    return State(
        settings=settings,
        store=store,
        translator=translator,
        network=INTERNET,
        by_address=Attempts(limit=30, span_s=600),
        by_account=Attempts(limit=8, span_s=600),
        by_sender=Attempts(limit=60, span_s=600),
        by_reader=Attempts(limit=1_200, span_s=600),
        done_forms=DoneForms(),
        renderer=renderer,
        keeper=keeper,
        shelf=ShelfReader(shelf_path),
        spool=spool,
        ingester=Ingester(spool, StoreSink(store, settings.timezone)),
        timing=Timing(settings.instance / "timing"),
    )


def _prepare(settings: Settings, store: Store, keeper: ShelfKeeper) -> None:
    """Bring schema and shelf up to date. With the store away, scans are answered from the shelf as it is."""
    try:
        store.migrate()
        with store.read() as db:
            people = user_store.count_users(db)
        if not people:
            make_setup_token(settings.instance)
        keeper.refresh()
    except Unavailable as error:
        log.warning("Starting without the store: %s", error)


def _init_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(current_user=current_user, may=may, list_places=list_places, **list_globals())
    version = lru_cache(maxsize=500)(_make_version)

    def add_version(endpoint: str, values: dict[str, object]) -> None:
        if endpoint == "static" and app.static_folder:
            path = Path(app.static_folder) / str(values.get("filename", ""))
            if path.is_file():
                values["v"] = version(path, path.stat().st_mtime_ns)

    app.url_defaults(add_version)


def _make_version(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def _trust_proxy(app: Shelftalk, settings: Settings) -> None:
    """An https origin means a proxy in front: it says who asks. The host never comes from it."""
    if settings.origin.startswith("https://"):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]


def _trust_proxy_address(environ: dict[str, object]) -> None:
    """The same for a scan that comes by ASGI: the last address is the one the proxy itself has seen."""
    forwarded = str(environ.get("HTTP_X_FORWARDED_FOR", ""))
    if forwarded:
        environ["REMOTE_ADDR"] = forwarded.rpartition(",")[2].strip()


def _wire_scan_path(app: Shelftalk, state: State, *, background: bool) -> None:
    """Put the door in front of Flask, for both kinds of server: a scan never enters it."""
    settings = state.settings
    door = Door(
        app.wsgi_app,
        state.shelf,
        state.spool,
        visitors=Visitors(settings.visitors_memory),
        origin=settings.origin,
        is_staff=lambda environ: has_staff_cookie(app, environ),
    )
    state.actions = door.actions
    folders = (state.media_folder, state.files_folder)
    followers = {
        "shelf": state.keeper.follow,
        "ingest": state.ingester.run_forever,
        "timing": state.timing.tell_forever,
        "pages": PageClock(state).run_forever,
        "retention": Retainer(state.store, settings.keep_days, lambda: sweep(state.store, folders)).run_forever,
        "outbox": Postman(state.store, settings).run_forever,
    }
    start = StartOnce(followers, state.spool, state.ingester)
    app.wsgi_app = start.wrap(door) if background else door  # type: ignore[method-assign,assignment]
    app.asgi_app = AsyncDoor(
        door,
        WsgiBridge(lambda environ, respond: app.wsgi_app(environ, respond), make_environ, limit=BODY_LIMIT),
        amend=_trust_proxy_address if settings.origin.startswith("https://") else None,
        start=start.start if background else None,
        timing=state.timing,
    )
