"""What people and machines write into an address: no answer is a failure of ours, whatever the store runs on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk.config import Settings
from shelftalk.store import scans
from shelftalk.web.app import create_app
from shelftalk.web.state import get_state
from tests.store.conftest import postgres_server, postgres_url  # noqa: F401 (fixtures)
from tests.store.test_store_contract import SpooledScan, add_location, add_placement, add_product, publish
from tests.support import ROOT, add_person, sign_in

HUGE = "9" * 25


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def shop(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Flask]:
    """The application with one of everything, on each engine."""
    if request.param == "postgres":
        settings = replace(settings, database_url=request.getfixturevalue("postgres_url"))
    app = create_app(ROOT, settings, background=False)
    app.config.update(WTF_CSRF_ENABLED=False)
    with get_state(app).store.write() as db:
        product = add_product(db)
        code = add_placement(db, product, add_location(db)).code
        publish(db, product, en="Oolong", fa="اولانگ")
        scans.add_scans(db, [SpooledScan(code)] * 3, "UTC")
    get_state(app).refresh_shelf()
    yield app
    get_state(app).store.close()


@pytest.fixture
def boss(shop: Flask, password_hash: str) -> FlaskClient:
    return sign_in(shop, add_person(get_state(shop).store, "admin", password_hash))


def list_paths(app: Flask) -> list[str]:
    return sorted(
        {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - {"/static/<path:filename>"}
    )


def test_every_page_opens_and_no_number_or_sign_in_an_address_breaks_one(shop: Flask, boss: FlaskClient) -> None:
    for path in list_paths(shop):
        for number in ("1", "0", HUGE, "%00", "٣"):
            address = re.sub(r"<[^>]+>", number, path)
            assert boss.get(address).status_code < 500, address
        for query in ("q=%00", "status=a%00b", f"product={HUGE}", f"location={HUGE}", f"page={HUGE}", "q=%25_%5C"):
            address = re.sub(r"<[^>]+>", "1", path) + "?" + query
            assert boss.get(address).status_code < 500, address


def test_a_number_no_column_could_hold_is_nobodys(boss: FlaskClient) -> None:
    for path in ("products/{}", "products/{}/page", "locations/{}", "placements/{}", "runs/{}", "users/{}"):
        assert boss.get("/admin/" + path.format(HUGE)).status_code == 404
    assert boss.post(f"/admin/products/{HUGE}/retire").status_code == 404


def test_a_sign_postgres_keeps_in_no_text_is_dropped_from_forms(boss: FlaskClient) -> None:
    assert boss.get("/admin/products/?q=%00").status_code == 400
    assert boss.post("/admin/labels/", data={"code": "a\0b", "do": "find"}).status_code == 422
