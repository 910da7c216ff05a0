"""What tests share by name: people, the browser's path, the accessibility check."""

from __future__ import annotations

import shutil
from datetime import timedelta
from functools import cache
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, sync_playwright

from shelftalk import clock
from shelftalk.catalog.user import User
from shelftalk.store import Store
from shelftalk.store import users as user_store
from shelftalk.web.security import hash_token
from shelftalk.web.state import get_state

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "quiet mountain tea"
NO_BROWSER = "there is no Chromium; `make browser` installs one"


def add_person(store: Store, role: str, password_hash: str, name: str = "") -> User:
    """A person with this role; the e-mail address is <role>@tea.example."""
    with store.write() as db:
        return user_store.add_user(
            db,
            email=f"{role}@tea.example",
            name=name or role.title(),
            password_hash=password_hash,
            role=role,
            at=clock.now(),
        )


def sign_in(app: Flask, user: User) -> FlaskClient:
    """A browser in which the person is signed in."""
    token = f"token-of-{user.id}"
    at = clock.now()
    with get_state(app).store.write() as db:
        user_store.add_session(
            db, token_hash=hash_token(token), user_id=user.id, at=at, expires_at=at + timedelta(days=1)
        )
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["token"] = token
    return browser


def find_browser() -> str:
    """The Chromium to drive: one on PATH, else playwright's own download; empty when there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        path = shutil.which(name)
        if path:
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).is_file() else ""


@cache
def _read_axe() -> str:
    return (ROOT / "tests" / "vendor" / "axe.min.js").read_text("utf-8")


def run_axe(page: Page) -> list[str]:
    """What axe finds wrong on a page; nothing is right."""
    # Evaluated, not added as a tag: the pages' own policy allows no foreign script.
    page.evaluate(_read_axe())
    found = page.evaluate("axe.run({resultTypes: ['violations'], selectors: false}).then((all) => all.violations)")
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]
