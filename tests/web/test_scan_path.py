"""Where the scan path meets the store: what is published, retired or restored is what the next scan gets."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from shelftalk.catalog.page import PageContent
from shelftalk.config import Settings
from shelftalk.errors import Unavailable
from shelftalk.scans.reader import ShelfReader
from shelftalk.store import Store, pages, placements, products, sample
from shelftalk.web.app import create_app
from shelftalk.web.sample import load_sample, remove_sample
from shelftalk.web.scan_path import ShelfKeeper, StartOnce
from shelftalk.web.state import State, get_state
from tests.store.test_store_contract import AT, add_placement, add_product, make_page, publish
from tests.support import ROOT

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile", "Accept-Language": "fa"}


@pytest.fixture
def parts(app: Flask) -> State:
    return get_state(app)


def test_a_draft_has_a_page_that_says_so_and_is_counted(app: Flask, parts: State, store: Store) -> None:
    with store.write() as db:
        code = add_placement(db, add_product(db)).code
    parts.refresh_shelf()
    answer = app.test_client().get(f"/q/{code}", headers=PHONE)
    assert answer.status_code == 200
    assert answer.headers["X-Shelftalk-Scan"] == "person"
    assert parts.ingester.ingest_once() == 1


def test_a_language_taken_off_a_page_is_no_longer_offered(app: Flask, parts: State, store: Store) -> None:
    with store.write() as db:
        product = add_product(db)
        code = add_placement(db, product).code
        publish(db, product, en="Oolong", fa="اولانگ")
    parts.refresh_shelf()
    assert "اولانگ" in app.test_client().get(f"/q/{code}", headers=PHONE).text
    with store.write() as db:
        page = pages.get_page(db, product.id)
        texts = {"en": page.content.texts["en"], "fa": {}}
        pages.save_page(db, product.id, page.revision, PageContent(page.content.blocks, texts), by="", at=AT)
        pages.publish_page(db, product.id, by="", at=AT)
    parts.refresh_shelf()
    answer = app.test_client().get(f"/q/{code}", headers=PHONE)
    assert answer.headers["Content-Language"] == "en"
    assert "اولانگ" not in answer.text


def test_a_retired_code_leads_on_to_its_live_product(app: Flask, parts: State, store: Store) -> None:
    with store.write() as db:
        product = add_product(db)
        placement = add_placement(db, product)
        other = add_placement(db, product)
        publish(db, product, en="Oolong", fa="اولانگ")
        placements.retire_placement(db, placement.id, at=AT)
    parts.refresh_shelf()
    answer = app.test_client().get(f"/q/{placement.code}", headers=PHONE)
    assert answer.status_code == 410
    assert f"/p/{product.slug}" in answer.text
    assert app.test_client().get(f"/q/{other.code}", headers=PHONE).status_code == 200
    with store.write() as db:
        products.retire_product(db, product.id, at=AT)
    parts.refresh_shelf()
    for code in (placement.code, other.code):
        answer = app.test_client().get(f"/q/{code}", headers=PHONE)
        assert answer.status_code == 410
        assert f"/p/{product.slug}" not in answer.text
    assert app.test_client().get(f"/p/{product.slug}").status_code == 410


def test_a_restored_code_shows_its_page_again(app: Flask, parts: State, store: Store) -> None:
    with store.write() as db:
        product = add_product(db)
        placement = add_placement(db, product)
        publish(db, product)
        placements.retire_placement(db, placement.id, at=AT)
    parts.refresh_shelf()
    with store.write() as db:
        placements.restore_placement(db, placement.id, at=AT)
    parts.refresh_shelf()
    assert app.test_client().get(f"/q/{placement.code}", headers=PHONE).status_code == 200


def list_tags(shelf: ShelfReader) -> dict[tuple[str, str], str]:
    return {(key, language): etag for key, tags in shelf._view.etags.items() for language, etag in tags.items()}


def test_publishing_one_page_rewrites_one_page(parts: State, store: Store) -> None:
    with store.write() as db:
        first, second = add_product(db, "First"), add_product(db, "Second")
        publish(db, first)
        publish(db, second)
    parts.refresh_shelf()
    before = list_tags(parts.shelf)
    with store.write() as db:
        page = pages.get_page(db, first.id)
        pages.save_page(db, first.id, page.revision, make_page(en="First, renewed"), by="", at=AT)
        pages.publish_page(db, first.id, by="", at=AT)
    parts.refresh_shelf()
    after = list_tags(parts.shelf)
    assert {key for key in after if before.get(key) != after[key]} == {(f"product:{first.id}", "en")}


def test_a_shelf_that_was_deleted_is_made_anew_at_the_next_start(
    parts: State, store: Store, settings: Settings
) -> None:
    with store.write() as db:
        product = add_product(db)
        code = add_placement(db, product).code
        publish(db, product)
    parts.refresh_shelf()
    for path in (settings.instance / "shelf").iterdir():
        path.unlink()
    reborn = create_app(ROOT, settings, background=False)
    assert reborn.test_client().get(f"/q/{code}", headers=PHONE).status_code == 200


def test_another_origin_renews_every_page(app: Flask, parts: State, store: Store, settings: Settings) -> None:
    with store.write() as db:
        product = add_product(db)
        publish(db, product)
    parts.refresh_shelf()
    assert "http://localhost:8000/p/" in app.test_client().get(f"/p/{product.slug}").text
    moved = create_app(ROOT, replace(settings, origin="https://tea.example"), background=False)
    assert (
        "https://tea.example/p/" in moved.test_client().get(f"/p/{product.slug}", base_url="https://tea.example").text
    )


def test_scans_wait_in_the_spool_while_the_store_is_locked(app: Flask, parts: State, store: Store) -> None:
    with store.write() as db:
        product = add_product(db)
        code = add_placement(db, product).code
        publish(db, product)
    parts.refresh_shelf()
    with store.write():  # somebody holds the store
        for _ in range(5):
            assert app.test_client().get(f"/q/{code}", headers=PHONE).status_code == 200
    assert parts.spool.status().depth == 5
    assert parts.ingester.ingest_once() == 5
    assert parts.spool.status().depth == 0
    assert parts.ingester.ingest_once() == 0


def test_a_signed_in_browser_is_staff(app: Flask, parts: State, store: Store, admin) -> None:  # type: ignore[no-untyped-def]
    with store.write() as db:
        product = add_product(db)
        code = add_placement(db, product).code
        publish(db, product)
    parts.refresh_shelf()
    assert admin.get(f"/q/{code}", headers=PHONE).headers["X-Shelftalk-Scan"].startswith("staff")
    forged = app.test_client()
    forged.set_cookie("shelftalk", "eyJ0b2tlbiI6IngifQ.forged.signature")
    assert forged.get(f"/q/{code}", headers=PHONE).headers["X-Shelftalk-Scan"] == "person"


def test_a_scan_of_a_code_the_store_lost_is_set_aside_and_blocks_nothing(
    app: Flask, parts: State, store: Store
) -> None:
    with store.write() as db:
        product = add_product(db, is_sample=True)
        sampled = add_placement(db, product, is_sample=True).code
        own = add_placement(db, add_product(db, "Own")).code
    parts.refresh_shelf()
    for code in (own, sampled, own):
        app.test_client().get(f"/q/{code}", headers=PHONE)
    with store.write() as db:
        sample.remove_sample(db)
    parts.ingester.ingest_once()
    status = parts.spool.status()
    assert (status.stored, status.set_aside, status.depth) == (2, 1, 0)
    assert status.balanced


def test_a_store_whose_file_is_gone_leaves_shoppers_their_pages(parts: State, store: Store, settings: Settings) -> None:
    with store.write() as db:
        product = add_product(db)
        code = add_placement(db, product).code
        publish(db, product, en="Oolong")
    parts.refresh_shelf()
    store.close()
    for file in settings.instance.glob("shelftalk.sqlite*"):
        file.unlink()
    again = create_app(ROOT, settings, background=False)
    assert again.test_client().get(f"/q/{code}", headers=PHONE).status_code == 200
    with pytest.raises(Unavailable, match="The store is empty"):
        get_state(again).ingester.ingest_once()
    assert get_state(again).spool.status().depth == 1, "the scan waits for a backup and is not set aside"
    with get_state(again).store.write() as db:
        add_product(db)
    get_state(again).refresh_shelf()
    assert again.test_client().get(f"/q/{code}", headers=PHONE).status_code == 404, "somebody began anew"
    get_state(again).store.close()


def test_a_shelf_with_nothing_new_is_left_alone_even_before_the_first_product(parts: State) -> None:
    version = parts.shelf.status().version
    parts.refresh_shelf()
    assert parts.shelf.status().version == version


def test_another_node_learns_that_the_sample_is_gone(app: Flask, parts: State, store: Store, tmp_path: Path) -> None:
    load_sample(parts)
    other = ShelfKeeper(store, parts.renderer, tmp_path / "other" / "shelf.sqlite", "same templates")
    other.refresh()
    reader = ShelfReader(tmp_path / "other" / "shelf.sqlite", refresh_s=0)
    with store.read() as db:
        [code, *_] = [row["code"] for row in db.list("list_sample_codes")]
    assert reader.find_target(code)
    remove_sample(parts)
    other.refresh()
    assert reader.find_target(code) is None
    assert app.test_client().get(f"/q/{code}", headers=PHONE).status_code == 404
    rebuilt = reader.status().version
    other.refresh()
    assert reader.status().version == rebuilt, "made anew once, not for ever"


def test_a_follower_goes_on_after_what_nobody_foresaw(
    monkeypatch: pytest.MonkeyPatch, parts: State, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("shelftalk.web.scan_path.AGAIN_S", 0.01)
    turns, again = [], threading.Event()

    def follow(_stop: threading.Event) -> None:
        turns.append(1)
        if len(turns) < 3:
            raise KeyError("nobody thought of it")
        again.set()

    started = StartOnce({"clumsy": follow}, parts.spool, parts.ingester)
    started.start()
    assert again.wait(10)
    started.stop()
    assert len(turns) == 3
    assert caplog.text.count("A follower failed") == 2
