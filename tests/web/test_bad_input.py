"""Bad input through the whole application: a clear error, and the instance on disk is exactly what it was before."""

from __future__ import annotations

import io
import sqlite3
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from shelftalk import clock
from shelftalk.catalog.page import PageContent
from shelftalk.config import Settings
from shelftalk.store import Store
from shelftalk.store import pages as page_store
from shelftalk.web.state import get_state
from tests.tea_page import read_page
from tests.web.shop import add_location, add_placement, add_tea
from tests.web.test_media import make_png_header
from tests.web.test_page_editor import Form, find_block, load, press, read_form

TEA = {"name": "Spring Oolong", "brand": "Wuling", "gtin": "4006381333931", "colour": "#1f6f54"}
JOB = {"stock": "avery-l7160", "start": "1", "copies": "1", "q": "", "do": "pdf"}
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 15) Mobile", "Accept-Language": "fa-IR"}
Look = Callable[[], dict[str, Any]]


@pytest.fixture
def look(app: Flask, settings: Settings) -> Look:  # noqa: ARG001 (the instance has to be there)
    """Gives everything that is kept: the rows of each table and the name and size of each picture and print."""

    def read() -> dict[str, Any]:
        with sqlite3.connect(settings.instance / "shelftalk.sqlite") as db:
            names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            kept: dict[str, Any] = {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
        db.close()
        scratch = {settings.instance / "spool", settings.instance / "shelf"}
        files = [path for path in settings.instance.rglob("*") if path.is_file() and not scratch & set(path.parents)]
        kept["files"] = {path.name: path.stat().st_size for path in files if "sqlite" not in path.name}
        return kept

    return read


@pytest.fixture
def tea(store: Store) -> PageContent:
    """The page of a product in five languages."""
    product = add_tea(store, live=False)
    with store.write() as db:
        page_store.save_page(db, product.id, 2, read_page("0123456789abcdef"), by="Mei", at=clock.now())
        return page_store.get_page(db, product.id).content


def get_texts(store: Store) -> Any:
    with store.read() as db:
        return page_store.get_page(db, 1).content.texts


def make_huge_picture() -> bytes:
    """A real picture of 40 megapixels, small as a file."""
    target = io.BytesIO()
    Image.new("1", (8000, 5000)).save(target, "PNG")
    return target.getvalue()


PICTURES = [
    pytest.param(
        make_huge_picture, "huge.png", "The picture has 40 megapixels; at most 24 are allowed", id="forty-megapixels"
    ),
    pytest.param(
        lambda: make_png_header(30000, 30000),
        "bomb.png",
        "The picture has 900 megapixels; at most 24 are allowed",
        id="a-bomb",
    ),
    pytest.param(lambda: b"GIF89a but not really", "cat.gif", "“cat.gif”", id="a-fake"),
]


@pytest.mark.parametrize(("make", "name", "says"), PICTURES)
def test_a_photo_that_cannot_be_taken_adds_no_product_and_leaves_no_file(
    marketer: FlaskClient, look: Look, make: Callable[[], bytes], name: str, says: str
) -> None:
    before = look()
    answer = marketer.post("/admin/products/new", data=TEA | {"photo_file": (io.BytesIO(make()), name)})
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="Spring Oolong"' in answer.text
    assert 'value="4006381333931"' in answer.text
    assert look() == before


@pytest.mark.parametrize(("make", "name", "says"), PICTURES)
def test_a_picture_the_editor_cannot_take_leaves_text_and_folder_alone(
    marketer: FlaskClient, tea: PageContent, look: Look, make: Callable[[], bytes], name: str, says: str
) -> None:
    before, hero = look(), find_block(tea, "hero")
    form = load(marketer)
    form[f"b.{hero}.ru.title"] = "Только что набрано"
    form["action"], form[f"file.{hero}.image"] = f"upload.{hero}.image", (io.BytesIO(make()), name)
    answer = marketer.post("/admin/products/1/page", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert says in answer.text
    assert read_form(answer)[f"b.{hero}.ru.title"] == "Только что набрано"
    assert look() == before


def test_a_wrong_check_digit_keeps_the_product_as_it_was(marketer: FlaskClient, store: Store, look: Look) -> None:
    add_tea(store)
    before = look()
    answer = marketer.post("/admin/products/1/edit", data=TEA | {"gtin": "4006381333930", "revision": "1"})
    assert answer.status_code == 422
    assert "it should be 1" in answer.text
    assert 'value="Spring Oolong"' in answer.text
    assert look() == before


@pytest.mark.parametrize(
    ("stock", "start", "words", "says"),
    [
        pytest.param("avery-l7160", "22", "Scan me", "Choose 1 to 21", id="a-start-beyond-the-sheet"),
        pytest.param("avery-l7651", "1", "W" * 80, "mm too long", id="a-text-that-does-not-fit"),
        pytest.param("avery-l7160", "1", "Brew it \U00010330", "\U00010330", id="a-character-no-font-has"),
    ],
)
def test_labels_that_cannot_be_printed_leave_neither_run_nor_file(
    marketer: FlaskClient, store: Store, look: Look, stock: str, start: str, words: str, says: str
) -> None:
    tea = add_tea(store)
    codes = [add_placement(store, tea).code, add_placement(store, tea, call_to_action=words).code]
    before = look()
    answer = marketer.post("/admin/labels/", data=JOB | {"code": codes, "stock": stock, "start": start})
    assert answer.status_code == 422
    assert says in answer.text
    assert all(f'value="{code}" checked' in answer.text for code in codes)
    assert look() == before


@pytest.mark.usefixtures("csrf_app", "tea")
def test_no_form_of_the_staff_area_does_anything_without_its_token(
    app: Flask, admin: FlaskClient, store: Store, look: Look
) -> None:
    add_location(store)
    before, adapter, done = look(), app.url_map.bind("localhost"), []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and "POST" in (rule.methods or ()):
            address = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, 1), method="POST")
            if admin.post(address, data=TEA | JOB | {"revision": "1", "language": "fa"}).status_code != 400:
                done.append(address)
    assert done == []
    assert look() == before


@pytest.mark.usefixtures("tea")
def test_a_page_published_twice_by_a_double_click_has_one_version(marketer: FlaskClient, look: Look) -> None:
    form = load(marketer)
    first, second = (press(marketer, form, "publish") for _click in range(2))
    assert first.status_code == 303
    assert second.status_code in (303, 409)
    assert len(look()["page_versions"]) == 1


def test_an_unknown_language_on_a_label_shows_the_readers_own_and_the_scan_counts(
    app: Flask, marketer: FlaskClient, store: Store, look: Look
) -> None:
    code = add_placement(store, add_tea(store)).code
    get_state(app).refresh_shelf()
    answer = marketer.application.test_client().get(f"/q/{code}?lang=xx", headers=PHONE)
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == "fa"
    assert get_state(app).ingester.ingest_once() == 1
    assert "xx" not in str(look()["scans"])


def test_an_unknown_language_is_quoted_by_the_editor_and_nothing_is_saved(
    marketer: FlaskClient, tea: PageContent, look: Look
) -> None:
    before, hero = look(), find_block(tea, "hero")
    form = load(marketer)
    form[f"b.{hero}.en.title"], form[f"b.{hero}.tlh.title"] = "Just typed", "tlh wIch"
    answer = press(marketer, form, "save")
    assert answer.status_code == 422
    assert "“tlh” is not a language of this site" in answer.text
    assert look() == before


def test_of_two_people_saving_a_page_at_the_same_moment_one_is_told(
    marketer: FlaskClient, admin: FlaskClient, store: Store, tea: PageContent
) -> None:
    hero, meet = find_block(tea, "hero"), threading.Barrier(2)
    answers: dict[str, TestResponse] = {}

    def save(client: FlaskClient, title: str, form: Form) -> None:
        for tag in ("en", "ru"):
            form[f"b.{hero}.{tag}.title"] = title
        meet.wait()
        answers[title] = press(client, form, "save")

    work = [(marketer, "Mei’s", load(marketer)), (admin, "Ada’s", load(admin))]
    threads = [threading.Thread(target=save, args=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers.values()) == [303, 409]
    winner = next(title for title, answer in answers.items() if answer.status_code == 303)
    loser = next(title for title in answers if title != winner)
    assert "saved this page while you edited it" in answers[loser].text
    assert read_form(answers[loser])[f"b.{hero}.en.title"] == loser
    texts = get_texts(store)
    assert {texts[tag][hero]["title"] for tag in ("en", "ru")} == {winner}
    assert texts["fa"] == tea.texts["fa"]


def test_a_form_that_was_refused_can_be_sent_again_when_mended(marketer: FlaskClient, look: Look) -> None:
    form = TEA | {"form_key": "one-form"}
    assert marketer.post("/admin/products/new", data=form | {"gtin": "4006381333930"}).status_code == 422
    assert not look()["products"]
    mended = [marketer.post("/admin/products/new", data=form) for _click in range(2)]
    assert {answer.status_code for answer in mended} == {303}
    assert len(look()["products"]) == 1


def test_a_post_cut_off_in_the_middle_changes_nothing(marketer: FlaskClient, look: Look) -> None:
    before = look()
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nSpring Ool'
    answer = marketer.post("/admin/products/new", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (400, 422)
    assert look() == before
