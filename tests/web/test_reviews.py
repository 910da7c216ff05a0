"""Reviews from the form on a page to the list of staff and back to the page."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.page import Block, PageContent
from shelftalk.catalog.product import Product
from shelftalk.catalog.review import ReviewInput
from shelftalk.store import Store
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.store import reviews as review_store
from shelftalk.store.rows import ListQuery
from shelftalk.web.state import get_state

DO = "/p/high-mountain-oolong?do=voices&lang=en"
NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def add_page(store: Store, app: Flask, *, shown: str = "3") -> Product:
    """A live page with a block of reviews, in English and Russian."""
    at = clock.now()
    blocks = (Block("hero", "hero", False, {}), Block("voices", "reviews", False, {"shown": shown}))
    texts = {
        "en": {"hero": {"title": "High Mountain Oolong"}, "voices": {"heading": "Reviews"}},
        "ru": {"hero": {"title": "Высокогорный улун"}, "voices": {"heading": "Отзывы"}},
    }
    with store.write() as db:
        product = product_store.add_product(
            db, name="High Mountain Oolong", brand="Wuling", gtin="", photo="", colour="#1f6f54", at=at
        )
        page_store.save_page(db, product.id, 1, PageContent(blocks, texts), by="", at=at)  # type: ignore[arg-type]
        page_store.publish_page(db, product.id, by="", at=at)
    get_state(app).refresh_shelf()
    return product


@pytest.fixture
def tea(store: Store, app: Flask) -> Product:
    return add_page(store, app)


def write(store: Store, tea: Product, stars: int, text: str = "", language: str = "en", name: str = "") -> int:
    with store.write() as db:
        given = ReviewInput(stars, text, name)
        return review_store.add_review(db, tea.id, "voices", language, given, on=clock.today())


def read(client: FlaskClient, address: str = "/p/high-mountain-oolong?lang=en") -> str:
    return client.get(address).get_data(as_text=True)


def list_all(store: Store) -> list[review_store.ReviewRow]:
    with store.read() as db:
        return review_store.list_reviews(db, ListQuery()).rows


@pytest.mark.usefixtures("tea")
def test_a_review_waits_until_a_marketer_publishes_it_and_then_stands_on_the_page(
    outsider: FlaskClient, marketer: FlaskClient, store: Store
) -> None:
    assert "No reviews yet" in read(outsider)
    sent = outsider.post(DO, data={"stars": "4", "text": "Smells of orchids.", "name": "Anna"})
    assert (sent.status_code, sent.location) == (303, "/p/high-mountain-oolong?said=voices&lang=en")
    assert "reads it before it appears" in read(outsider, sent.location)
    assert "orchids" not in read(outsider)
    listed = read(marketer, "/admin/reviews/")
    assert "orchids" in listed and "Anna" in listed and "Waiting" in listed
    review = list_all(store)[0]
    marketer.post("/admin/reviews/decide", data={"id": review.id, "action": "publish"})
    page = read(outsider)
    assert "Smells of orchids." in page and "Anna" in page and "from 1 review" in page
    said = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])  # type: ignore[index]
    assert said["aggregateRating"] == {
        "@type": "AggregateRating",
        "ratingValue": "4.0",
        "reviewCount": 1,
        "bestRating": 5,
        "worstRating": 1,
    }


@pytest.mark.usefixtures("tea")
def test_search_engines_are_told_no_rating_while_there_is_none(outsider: FlaskClient) -> None:
    assert "aggregateRating" not in read(outsider)


def test_undo_brings_back_what_was_before(
    outsider: FlaskClient, marketer: FlaskClient, store: Store, tea: Product
) -> None:
    ids = [write(store, tea, 5, f"text {n}") for n in range(2)]
    marketer.post("/admin/reviews/decide", data={"id": ids, "action": "publish", "back": "/admin/reviews/?stars=5"})
    page = read(marketer, "/admin/reviews/?stars=5")
    assert "2 reviews are on their pages." in page and "Undo" in page
    assert "Undo" not in read(marketer, "/admin/reviews/"), "told once"
    marketer.post("/admin/reviews/undo", data={"id": ids})
    assert {row.state for row in list_all(store)} == {"waiting"}
    assert "text 1" not in read(outsider)


def test_a_refused_review_is_on_no_page(
    outsider: FlaskClient, marketer: FlaskClient, store: Store, tea: Product
) -> None:
    review = write(store, tea, 1, "Horrible.")
    marketer.post("/admin/reviews/decide", data={"id": review, "action": "refuse"})
    assert "Horrible" not in read(outsider) and "Horrible" not in read(
        outsider, "/p/high-mountain-oolong?ask=all&in=voices"
    )
    assert list_all(store)[0].state == "refused"


def test_the_brands_answer_stands_under_the_review_and_who_wrote_it_is_kept(
    outsider: FlaskClient, marketer: FlaskClient, store: Store, tea: Product
) -> None:
    review = write(store, tea, 2, "Too bitter.")
    told = marketer.post(f"/admin/reviews/{review}", data={"answer": "Try 90 °C.", "action": "publish"})
    assert told.status_code == 303
    page = read(outsider)
    assert "Too bitter." in page and "Answer from Wuling" in page and "Try 90 °C." in page
    shown = read(marketer, f"/admin/reviews/{review}")
    assert "Mei" in shown and "Answer changed" in shown and "Published" in shown


def test_an_answer_that_is_too_long_is_refused_and_kept_in_the_form(
    marketer: FlaskClient, store: Store, tea: Product
) -> None:
    review = write(store, tea, 2)
    answer = marketer.post(f"/admin/reviews/{review}", data={"answer": "x" * 2001})
    assert answer.status_code == 422
    assert "shorten it by 1" in answer.get_data(as_text=True) and "x" * 2001 in answer.get_data(as_text=True)
    assert list_all(store)[0].answer == ""


@pytest.mark.usefixtures("tea")
def test_a_form_without_stars_comes_back_with_everything_that_was_typed(outsider: FlaskClient, store: Store) -> None:
    answer = outsider.post(DO, data={"text": "Very good & sweet", "name": "N" * 41})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Choose how many stars" in page and "shorten it by 1" in page
    assert "Very good &amp; sweet" in page and "N" * 41 in page
    assert list_all(store) == []


@pytest.mark.parametrize("stars", ["0", "6", "-1", "4.5", "many", "٣٣", "²"])
@pytest.mark.usefixtures("tea")
def test_only_one_to_five_stars_are_taken(outsider: FlaskClient, store: Store, stars: str) -> None:
    assert outsider.post(DO, data={"stars": stars}).status_code == 422
    assert list_all(store) == []


@pytest.mark.usefixtures("tea")
def test_a_program_that_fills_in_the_trap_is_thanked_and_nothing_is_kept(outsider: FlaskClient, store: Store) -> None:
    assert outsider.post(DO, data={"stars": "5", "website": "https://x.example"}).status_code == 303
    assert list_all(store) == []


@pytest.mark.usefixtures("tea")
def test_a_review_with_a_link_is_held_and_staff_are_told_why(
    outsider: FlaskClient, staff: FlaskClient, store: Store
) -> None:
    outsider.post(DO, data={"stars": "5", "text": "Cheaper at https://x.example"})
    assert list_all(store)[0].held == "link"
    assert "It holds a link or an address." in read(staff, "/admin/reviews/")


@pytest.mark.usefixtures("tea")
def test_what_a_stranger_writes_is_text_and_never_markup(
    outsider: FlaskClient, marketer: FlaskClient, store: Store
) -> None:
    outsider.post(DO, data={"stars": "5", "text": NASTY, "name": NASTY[:40]})
    review = list_all(store)[0].id
    marketer.post(f"/admin/reviews/{review}", data={"answer": NASTY, "action": "publish"})
    views = ("/admin/reviews/", f"/admin/reviews/{review}", "/p/high-mountain-oolong?lang=en")
    for address in (*views, "/p/high-mountain-oolong?ask=all&in=voices&lang=en"):
        page = read(marketer, address)
        assert "<script>alert" not in page and "<img src=x" not in page, address
        assert "&lt;script&gt;alert" in page, address


def test_no_more_reviews_than_chosen_stand_on_the_page_and_the_rest_is_one_tap_away(
    outsider: FlaskClient, store: Store, tea: Product, app: Flask
) -> None:
    for n in range(23):
        review = write(store, tea, 1 + n % 5, f"Word {n}.", "ru" if n == 4 else "en")
        with store.write() as db:
            review_store.decide_review(db, review, "published", by="Mei", at=clock.now())
    get_state(app).refresh_shelf()
    page = read(outsider)
    assert re.findall(r"Word \d+", page) == ["Word 22", "Word 21", "Word 20"]
    assert "Read all 23 reviews" in page
    assert re.findall(r"Word \d+", read(outsider, "/p/high-mountain-oolong?lang=ru"))[0] == "Word 4"
    first = read(outsider, "/p/high-mountain-oolong?ask=all&in=voices&lang=en")
    assert len(re.findall(r"Word \d+", first)) == 20 and "page=2" in first
    second = read(outsider, "/p/high-mountain-oolong?ask=all&in=voices&lang=en&page=2")
    assert re.findall(r"Word \d+", second) == ["Word 1", "Word 0", "Word 4"]
    assert re.findall(r"Word \d+", read(outsider, "/p/high-mountain-oolong?ask=5&in=voices&lang=en")) == [
        "Word 19",
        "Word 14",
        "Word 9",
        "Word 4",
    ]


@pytest.mark.parametrize("query", ["ask=", "ask=9", "ask=all&page=0", "ask=all&page=999999999", "ask=all&page=x"])
@pytest.mark.usefixtures("tea")
def test_odd_addresses_of_all_reviews_still_show_something(outsider: FlaskClient, query: str) -> None:
    assert outsider.get(f"/p/high-mountain-oolong?{query}&in=voices").status_code == 200


def test_a_long_review_is_cut_on_the_page_and_whole_behind_it(
    outsider: FlaskClient, store: Store, tea: Product, app: Flask
) -> None:
    review = write(store, tea, 5, "leaf " * 200 + "end")
    with store.write() as db:
        review_store.decide_review(db, review, "published", by="Mei", at=clock.now())
    get_state(app).refresh_shelf()
    assert "leaf…" in read(outsider) and "leaf end" not in read(outsider)
    assert "leaf end" in read(outsider, "/p/high-mountain-oolong?ask=all&in=voices&lang=en")


def test_staff_read_but_have_no_buttons(staff: FlaskClient, store: Store, tea: Product) -> None:
    review = write(store, tea, 4, "Nice.")
    for address in ("/admin/reviews/", f"/admin/reviews/{review}"):
        page = read(staff, address)
        assert "Nice." in page and "/admin/reviews/decide" not in page
    assert staff.post("/admin/reviews/decide", data={"id": review, "action": "publish"}).status_code == 403


@pytest.mark.usefixtures("csrf_app")
def test_a_decision_needs_the_forms_token(marketer: FlaskClient, store: Store, tea: Product) -> None:
    review = write(store, tea, 4)
    assert marketer.post("/admin/reviews/decide", data={"id": review, "action": "publish"}).status_code == 400
    assert list_all(store)[0].state == "waiting"


def test_an_unknown_action_or_review_changes_nothing(marketer: FlaskClient, store: Store, tea: Product) -> None:
    review = write(store, tea, 4)
    assert marketer.post("/admin/reviews/decide", data={"id": review, "action": "burn"}).status_code in (400, 422)
    assert marketer.post("/admin/reviews/decide", data={"id": 999, "action": "publish"}).status_code == 404
    gone = marketer.post("/admin/reviews/decide", data={"action": "publish", "back": "https://x.example/"})
    assert gone.location == "/admin/reviews/"


def test_the_export_has_every_review_asked_for_and_no_formula(staff: FlaskClient, store: Store, tea: Product) -> None:
    write(store, tea, 5, "=HYPERLINK(1)", name="@Anna")
    write(store, tea, 1, "two\nlines", "ru")
    text = read(staff, "/admin/reviews/reviews.csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["stars"], row["text"], row["name"]) for row in rows] == [
        ("1", "two\nlines", ""),
        ("5", "'=HYPERLINK(1)", "'@Anna"),
    ]
    assert len(read(staff, "/admin/reviews/reviews.csv?stars=5").splitlines()) == 2


def test_an_empty_list_says_what_to_do(staff: FlaskClient) -> None:
    assert "No review yet" in read(staff, "/admin/reviews/")


def test_the_list_goes_on_over_pages(staff: FlaskClient, store: Store, tea: Product) -> None:
    for n in range(51):
        write(store, tea, 5, f"Word {n}.")
    assert "Word 0." not in read(staff, "/admin/reviews/")
    assert "Word 0." in read(staff, "/admin/reviews/?page=2")


def test_a_review_is_deleted_for_good_when_its_writer_asks(
    outsider: FlaskClient, marketer: FlaskClient, store: Store, tea: Product
) -> None:
    review = write(store, tea, 5, "Please forget me.", name="Anna")
    marketer.post("/admin/reviews/decide", data={"id": review, "action": "publish"})
    assert "Please forget me." in read(outsider)
    marketer.post(f"/admin/reviews/{review}/erase")
    assert list_all(store) == [] and "Please forget me." not in read(outsider)
    assert marketer.get(f"/admin/reviews/{review}").status_code == 404


def test_odd_filters_of_the_list_find_nothing_and_break_nothing(staff: FlaskClient, tea: Product) -> None:
    assert tea
    for query in (
        "product=" + "9" * 60,
        "stars=9999999999999",
        "state=x",
        "language=%25",
        "sort=-nothing",
        "q=%27%5C_",
    ):
        assert staff.get(f"/admin/reviews/?{query}").status_code == 200, query
        assert staff.get(f"/admin/questions/?{query}").status_code == 200, query
