"""The check before publishing as people meet it: the screen, publishing against it, the rules."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from urllib.parse import SplitResult

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.page import parse_content
from shelftalk.catalog.product import Product
from shelftalk.store import Store, gate, notes, pages
from shelftalk.web.gate import REQUIRED, publish_page
from shelftalk.web.link_check import Network
from shelftalk.web.state import get_state
from tests.web.shop import add_tea

GONE = "https://shop.example/gone"


@pytest.fixture
def tea(store: Store) -> Product:
    """A draft with a link that is gone."""
    product = add_tea(store, live=False)
    link(store, product, GONE)
    return product


@pytest.fixture
def asked(app: Flask) -> list[str]:
    """Links are asked, in a world where /gone is gone; gives the addresses asked."""
    urls: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        if not host.endswith(".example") and host != "example.com":
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return ["10.0.0.1"] if host.startswith("in.") else ["93.184.215.14"]

    def ask(target: SplitResult, _address: str, _method: str) -> tuple[int, str]:
        urls.append(target.geturl())
        return (404 if "gone" in target.path else 200), ""

    state = get_state(app)
    changed = replace(state, settings=replace(state.settings, check_links=True), network=Network(resolve, ask))
    app.extensions["shelftalk"] = changed
    return urls


def link(store: Store, product: Product, url: str) -> None:
    with store.write() as db:
        page = pages.get_page(db, product.id)
        hero = page.content.blocks[0].id
        raw = {
            "blocks": [{"id": hero, "type": "hero"}, {"id": "b2", "type": "buy"}],
            "texts": {
                "en": {hero: {"title": "Oolong"}, "b2": {"label": "Buy", "url": url}},
                "fa": {hero: {"title": "چای"}},
            },
        }
        pages.save_page(db, product.id, page.revision, parse_content(raw), by="Mei", at=clock.now())


def get_versions(store: Store, product: Product) -> int:
    with store.read() as db:
        return len(pages.list_versions(db, product.id))


def test_the_check_says_where_and_how_to_mend_it(marketer: FlaskClient, tea: Product, asked: list[str]) -> None:
    html = marketer.get(f"/admin/products/{tea.id}/page/check").get_data(as_text=True)
    assert 'data-verdict="bad"' in html
    assert "answers 404" in html
    assert f"/admin/products/{tea.id}/page?show=en#b.b2.en.url" in html
    assert asked == [GONE, GONE]  # HEAD, then GET


@pytest.mark.usefixtures("asked")
def test_a_page_with_a_dead_link_is_not_published(marketer: FlaskClient, tea: Product, store: Store) -> None:
    answer = marketer.post(f"/admin/products/{tea.id}/publish")
    assert answer.status_code == 303
    assert answer.location.endswith("/page/check")
    assert get_versions(store, tea) == 0
    link(store, tea, "https://shop.example/fine")
    marketer.post(f"/admin/products/{tea.id}/publish")
    assert get_versions(store, tea) == 1


def test_a_private_link_is_refused_without_asking_it(
    marketer: FlaskClient, tea: Product, asked: list[str], store: Store
) -> None:
    link(store, tea, "https://in.example/")
    html = marketer.get(f"/admin/products/{tea.id}/page/check").get_data(as_text=True)
    assert "private network" in html
    assert asked == []


def test_a_link_that_worked_today_is_not_asked_again_unless_told(
    marketer: FlaskClient, tea: Product, asked: list[str], store: Store
) -> None:
    link(store, tea, "https://shop.example/fine")
    for _time in range(2):
        marketer.get(f"/admin/products/{tea.id}/page/check")
    assert len(asked) == 1
    marketer.post(f"/admin/products/{tea.id}/page/check")
    assert len(asked) == 2


@pytest.mark.usefixtures("asked")
def test_an_administrator_may_publish_with_a_reason_that_is_kept(
    admin: FlaskClient, tea: Product, store: Store
) -> None:
    path = f"/admin/products/{tea.id}/page/override"
    short = admin.post(path, data={"reason": "so"})
    assert short.status_code == 422
    assert ">so</textarea>" in short.get_data(as_text=True)
    assert get_versions(store, tea) == 0
    assert admin.post(path, data={"reason": "The shop opens tomorrow at nine"}).status_code == 303
    with store.read() as db:
        [kept] = gate.list_overrides(db, tea.id)
    assert (kept.version, kept.by, kept.reason, kept.failures) == (1, "Ada", "The shop opens tomorrow at nine", 1)
    for where in ("check", "versions", "versions/v1"):
        html = admin.get(f"/admin/products/{tea.id}/page/{where}").get_data(as_text=True)
        assert "The shop opens tomorrow at nine" in html, where


@pytest.mark.usefixtures("asked")
def test_a_marketer_may_not_override(marketer: FlaskClient, tea: Product) -> None:
    html = marketer.get(f"/admin/products/{tea.id}/page/check").get_data(as_text=True)
    assert "/page/override" not in html
    answer = marketer.post(f"/admin/products/{tea.id}/page/override", data={"reason": "because I say so"})
    assert answer.status_code == 403


def test_a_headline_alone_is_held_back_and_a_part_of_a_page_is_told(
    marketer: FlaskClient, tea: Product, store: Store
) -> None:
    whole = {f"t{n}": {"heading": "Why", "body": "High and cool."} for n in range(3)}
    texts = {"en": {"h1": {"title": "Oolong"}} | whole, "ru": {"h1": {"title": "Улун"}}, "fa": {"h1": {"title": "چای"}}}
    texts["ru"]["t0"] = {"heading": "Почему", "body": "Высоко."}
    blocks = [{"id": "h1", "type": "hero"}, *({"id": name, "type": "text"} for name in whole)]
    with store.write() as db:
        page = pages.get_page(db, tea.id)
        content = parse_content({"blocks": blocks, "texts": texts})
        pages.save_page(db, tea.id, page.revision, content, by="Mei", at=clock.now())
    html = marketer.get(f"/admin/products/{tea.id}/page/check").get_data(as_text=True)
    assert "فارسی has 1 of 4 blocks" in re.sub(r"[\u2066-\u2069]", "", html)
    assert "they then read English" in re.sub(r"[\u2066-\u2069]", "", html)
    assert f"/admin/products/{tea.id}/page?show=fa#b.t0.fa.heading" in html
    assert f"/admin/products/{tea.id}/page?show=ru#b.t1.ru.heading" in html.partition("data-advice")[2]
    marketer.post(f"/admin/products/{tea.id}/publish")
    assert get_versions(store, tea) == 0
    with store.write() as db:
        page = pages.get_page(db, tea.id)
        content = parse_content({"blocks": blocks, "texts": texts | {"fa": {}}})
        pages.save_page(db, tea.id, page.revision, content, by="Mei", at=clock.now())
    marketer.post(f"/admin/products/{tea.id}/publish")
    assert get_versions(store, tea) == 1, "a part of a page may be meant"


def test_a_coupon_without_any_code_is_held_back_until_it_has_some(
    marketer: FlaskClient, tea: Product, store: Store
) -> None:
    texts = {"en": {"h1": {"title": "Oolong"}, "c1": {"heading": "10 % off", "offer": "Your next box"}}}
    with store.write() as db:
        page = pages.get_page(db, tea.id)
        blocks = [{"id": "h1", "type": "hero"}, {"id": "c1", "type": "coupon"}]
        content = parse_content({"blocks": blocks, "texts": texts})
        pages.save_page(db, tea.id, page.revision, content, by="Mei", at=clock.now())
    pool = f"/admin/coupons/{tea.id}/c1"
    html = marketer.get(f"/admin/products/{tea.id}/page/check").get_data(as_text=True)
    assert "has no codes yet" in html
    assert f'href="{pool}"' in html
    editor = marketer.get(f"/admin/products/{tea.id}/page").get_data(as_text=True)
    assert re.search(r'data-codeless="c1">.*No codes yet', editor, re.DOTALL)
    assert f'href="{pool}"' in editor
    marketer.post(f"/admin/products/{tea.id}/publish")
    assert get_versions(store, tea) == 0
    assert "10 % off" in marketer.get("/admin/coupons/").get_data(as_text=True), "the draft's coupon is listed"
    assert marketer.post(pool, data={"codes": "TEA-1"}).status_code == 303
    assert 'data-codeless="c1" hidden' in marketer.get(f"/admin/products/{tea.id}/page").get_data(as_text=True)
    marketer.post(f"/admin/products/{tea.id}/publish")
    assert get_versions(store, tea) == 1


def test_the_languages_a_site_promises_are_asked_for(
    admin: FlaskClient, tea: Product, store: Store, app: Flask
) -> None:
    assert admin.post("/admin/rules", data={"language": ["en", "fa", "ru"]}).status_code == 303
    with store.read() as db:
        assert notes.find_note(db, REQUIRED) == "en,ru,fa"
    with pytest.raises(pages.NotPublishable) as refused:
        publish_page(get_state(app), tea.id, by="Mei", at=clock.now())
    assert [gap.language for gap in refused.value.gaps] == ["ru"]
    admin.post("/admin/rules", data={"language": ["en", "fa"]})
    assert publish_page(get_state(app), tea.id, by="Mei", at=clock.now()) == 1


def test_a_language_that_does_not_exist_is_refused(admin: FlaskClient, store: Store) -> None:
    assert admin.post("/admin/rules", data={"language": ["xx"]}).status_code == 422
    with store.read() as db:
        assert notes.find_note(db, REQUIRED) == ""


def test_a_page_too_heavy_for_the_first_flight_is_refused(
    marketer: FlaskClient, tea: Product, store: Store, app: Flask
) -> None:
    with store.write() as db:
        page = pages.get_page(db, tea.id)
        hero = page.content.blocks[0].id
        words = " ".join(f"{n * 7919 % 99991:x}{n * n % 9973:x}" for n in range(2600))
        texts = [{"id": f"t{n}", "type": "text"} for n in range(8)]
        raw = {
            "blocks": [{"id": hero, "type": "hero"}, *texts],
            "texts": {
                "en": {hero: {"title": "Oolong"}}
                | {f"t{n}": {"heading": "Long", "body": words[n * 2900 : n * 2900 + 2900]} for n in range(8)}
            },
        }
        pages.save_page(db, tea.id, page.revision, parse_content(raw), by="Mei", at=clock.now())
    html = marketer.get(f"/admin/products/{tea.id}/page/check").get_data(as_text=True)
    assert "at most 14 kB arrive at once" in html
    with pytest.raises(pages.NotPublishable):
        publish_page(get_state(app), tea.id, by="Mei", at=clock.now())


def test_a_photo_that_nobody_described_is_told(marketer: FlaskClient, tea: Product, store: Store, app: Flask) -> None:
    import io

    from PIL import Image

    from shelftalk.store import media, products
    from shelftalk.web.media import accept_image

    file = io.BytesIO()
    Image.effect_noise((900, 900), 120).convert("RGB").save(file, "PNG")
    photo = accept_image(file.getvalue(), "noise.png", get_state(app).media_folder)
    with store.write() as db:
        media.add_media(db, id=photo.id, name=photo.name, width=photo.width, height=photo.height, at=clock.now())
        product = products.get_product(db, tea.id)
        products.update_product(
            db, tea.id, product.revision, name=product.name, brand=product.brand, gtin="", photo=photo.id,
            colour=product.colour, at=clock.now(),
        )  # fmt: skip
    html = marketer.get(f"/admin/products/{tea.id}/page/check").get_data(as_text=True)
    assert "is not described in English" in html
    assert "The first picture has" not in html
    # Pictures kept by earlier versions of the software may be heavier than today's.
    for file in get_state(app).media_folder.glob("*.avif"):
        file.write_bytes(bytes(120_000))
    html = marketer.get(f"/admin/products/{tea.id}/page/check").get_data(as_text=True)
    assert "The first picture has 120 kB" in html
