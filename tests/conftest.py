"""What every test may ask for: an application on its own instance, its store, and people signed in."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect, sync_playwright
from werkzeug.serving import make_server

from shelftalk.config import Settings, read_settings
from shelftalk.store import Store
from shelftalk.web.app import create_app
from shelftalk.web.security import hash_password
from shelftalk.web.state import get_state
from tests.speed import share_addresses, share_pictures, share_templates
from tests.support import NO_BROWSER, PASSWORD, ROOT, add_person, find_browser, sign_in

# Playwright's own list, which a second one replaces, and the parts of a window that are pages themselves: nobody sees
# this window, and a toolbar made anew for each page takes longer than most of the pages.
NOT_NEEDED = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,"
    "AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    "InitialWebUI,PreloadTopChromeWebUI,WebUIReloadButton,WebUIToolbar,WebUILocationBar,WebUITabStrip,"
    "WebUIOmniboxPopup,WebUIOmniboxFullPopup,WebUIOmniboxAimPopup"
)
# Quiet: without these a browser looks for its maker's servers at every start.
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={NOT_NEEDED}",
]
MEMORY, ROOM = Path("/dev/shm"), 8 << 30
share_addresses()
share_pictures()
expect.set_options(timeout=20_000)  # a machine may be busy; what is right is seen at once all the same


def pytest_configure(config: pytest.Config) -> None:
    """Put temporary folders into memory where there is room: no test takes the power away, so none needs a disk.

    Benchmarks and the long fault tests stay on the disk.
    """
    usual = "test_*.py" in config.getini("python_files") and os.environ.get("FAULTS") != "all"
    if usual and MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of PASSWORD, made once: hashing is slow on purpose."""
    return hash_password(PASSWORD)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh instance; a test may use its own with `dataclasses.replace`."""
    return read_settings(ROOT, {"SHELFTALK_INSTANCE": str(tmp_path / "instance"), "SHELFTALK_CHECK_LINKS": "off"})


@pytest.fixture(scope="session")
def fresh_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance as the first start makes it; each test gets a copy, which is faster than starting anew."""
    folder = tmp_path_factory.mktemp("fresh") / "instance"
    made = create_app(ROOT, read_settings(ROOT, {"SHELFTALK_INSTANCE": str(folder)}), background=False)
    get_state(made).store.close()
    return folder


@pytest.fixture
def app(settings: Settings, fresh_instance: Path) -> Iterator[Flask]:
    """The application on a fresh instance. Forms need no token here; `csrf_app` keeps the check."""
    shutil.copytree(fresh_instance, settings.instance)
    made = create_app(ROOT, settings, background=False)
    share_templates(made)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield made
    get_state(made).store.close()


@pytest.fixture
def csrf_app(app: Flask) -> Flask:
    """The same, with every form's token checked as in life."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.fixture
def store(app: Flask) -> Store:
    """The application's store."""
    return get_state(app).store


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody with a browser, not signed in."""
    return app.test_client()


@pytest.fixture
def outsider(client: FlaskClient) -> FlaskClient:
    """A stranger: no account at all."""
    return client


@pytest.fixture
def admin(app: Flask, store: Store, password_hash: str) -> FlaskClient:
    """An administrator, signed in."""
    return sign_in(app, add_person(store, "admin", password_hash, "Ada"))


@pytest.fixture
def marketer(app: Flask, store: Store, password_hash: str) -> FlaskClient:
    """A marketer, signed in."""
    return sign_in(app, add_person(store, "marketer", password_hash, "Mei"))


@pytest.fixture
def staff(app: Flask, store: Store, password_hash: str) -> FlaskClient:
    """A member of staff, signed in."""
    return sign_in(app, add_person(store, "staff", password_hash, "Sina"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium. Without one the test is skipped, and the summary says so loudly."""
    path = find_browser()
    if not path:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield started
        started.close()


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The application behind a real port of this machine; gives its origin."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly how many tests a missing browser cost."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(r.longrepr)]
    if skipped:
        terminalreporter.section("BROWSER TESTS SKIPPED", sep="!")
        terminalreporter.line(f"{len(skipped)} browser tests did not run: {NO_BROWSER}")
