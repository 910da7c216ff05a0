"""Status: what the parts say, and that none of them being away breaks the page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.errors import Unavailable
from shelftalk.scans.ledger import SpoolStatus
from shelftalk.store import Store, notes
from shelftalk.web.health import Health, read_health
from shelftalk.web.state import get_state
from tests.web.shop import add_placement, add_tea

SPOOL = SpoolStatus(segments=1, bytes=100, depth=2, served=10, stored=8, set_aside=0, lost=0, torn=0, missing=0)
GOOD = Health(
    at=clock.now(),
    store_ms=0.4,
    store_kind="SQLite",
    store_version=7,
    shelf_version=7,
    shelf=None,
    spool=replace(SPOOL, depth=0, stored=10),
    ingested_at=clock.now(),
    ingest_rate=0.0,
    ingest_error="",
    backup_at=clock.now(),
)


def test_alive_says_so_and_nothing_else(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.json == {"status": "ok"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_alive_needs_no_database(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_state(app).store.engine, "connect", None)
    assert client.get("/healthz").status_code == 200


def test_a_fresh_installation_is_good(app: Flask) -> None:
    health = read_health(get_state(app))
    assert health.good and health.balanced and health.store_ms is not None
    assert health.backup_at is None and health.backup_is_old


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({}, True),
        ({"store_ms": None}, False),
        ({"spool": replace(SPOOL, missing=1)}, False),
        ({"spool": replace(SPOOL, lost=3)}, True),  # declared: nothing vanished silently
        ({"spool": SPOOL, "ingested_at": None}, False),
        ({"spool": SPOOL, "ingested_at": clock.now() - timedelta(hours=1)}, False),
        ({"spool": SPOOL}, True),
        ({"shelf_version": 6}, False),
        ({"shelf_version": 0, "store_version": 0}, True),
        ({"spool": None, "shelf_version": None}, True),
        ({"backup_at": None}, True),
    ],
)
def test_the_verdict_is_red_only_when_somebody_is_needed(changes: dict[str, Any], good: bool) -> None:
    assert replace(GOOD, **changes).good is good


def test_a_store_that_is_away_makes_no_error(app: Flask) -> None:
    class Away:
        def read(self) -> None:
            raise Unavailable("The database is away.")

    state = replace(get_state(app), store=Away())  # type: ignore[type-var,arg-type]
    health = read_health(state)
    assert health.store_ms is None and not health.good


def test_an_answered_scan_is_counted_from_the_spool_to_the_store(
    app: Flask, staff: FlaskClient, client: FlaskClient, store: Store
) -> None:
    placement = add_placement(store, add_tea(store))
    get_state(app).refresh_shelf()
    phone = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36"
    assert client.get(f"/q/{placement.code}", headers={"User-Agent": phone}).status_code == 200
    assert figures(staff) == {"served": 1, "stored": 0, "depth": 1, "lost": 0}
    get_state(app).ingester.ingest_once()
    assert figures(staff) == {"served": 1, "stored": 1, "depth": 0, "lost": 0}
    page = staff.get("/admin/status").text
    assert 'data-verdict="good"' in page and "It adds up" in page


def figures(staff: FlaskClient) -> dict[str, int]:
    page = staff.get("/admin/status").text
    return {name: int(value) for name, value in re.findall(r'data-figure="(\w+)">(\d+)<', page)}


def test_only_administrators_see_details(staff: FlaskClient, admin: FlaskClient) -> None:
    assert "localhost" not in staff.get("/admin/status").text
    page = admin.get("/admin/status").text
    assert "http://localhost:8000" in page and "Local: do not print" in page


def test_the_last_backup_is_told(staff: FlaskClient, store: Store) -> None:
    assert "None yet" in staff.get("/admin/status").text
    with store.write() as db:
        notes.set_note(db, "last_backup_at", clock.format_at(clock.now() - timedelta(days=3)))
    page = staff.get("/admin/status").text
    assert "3 days ago" in page and "flask backup" not in page


def test_strangers_are_sent_to_sign_in(outsider: FlaskClient) -> None:
    assert outsider.get("/admin/status").status_code == 303
