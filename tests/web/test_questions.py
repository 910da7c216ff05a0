"""Questions from the search field on a page to the marketer's answer in the draft."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.page import Block, PageContent
from shelftalk.catalog.product import Product
from shelftalk.store import Store
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.store import questions as question_store
from shelftalk.store.rows import ListQuery
from shelftalk.web.state import get_state

NASTY = '<script>alert(1)</script>"><b>tea'
ASK = "/p/high-mountain-oolong?in=faq&lang=en&ask="
DO = "/p/high-mountain-oolong?do=faq&lang=en"


def add_page(store: Store, app: Flask, *, ask: str = "") -> Product:
    at = clock.now()
    blocks = (
        Block("hero", "hero", False, {}),
        Block("facts", "facts", False, {}),
        Block("faq", "faq", False, {"ask": ask}),
    )
    rows = [
        {"question": "Can I make it as iced tea?", "answer": "Yes: 8 g in a litre of cold water."},
        {"question": "Is <b>it</b> strong?", "answer": "A third of the caffeine of coffee."},
    ]
    texts = {
        "en": {
            "hero": {"title": "High Mountain Oolong"},
            "facts": {"heading": "What is in it", "rows": [{"label": "Caffeine", "value": "30 mg a cup"}]},
            "faq": {"heading": "Questions", "rows": rows},
        },
        "fa": {"hero": {"title": "چای کوهستان"}},
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


def read(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def list_all(store: Store) -> list[question_store.QuestionRow]:
    with store.read() as db:
        return question_store.list_questions(db, ListQuery()).rows


def leave(store: Store, tea: Product, text: str = "Is it vegan?", language: str = "en") -> int:
    with store.write() as db:
        question_store.add_question(db, tea.id, "faq", language, text, on=clock.today(), at=clock.now())
    return next(row.id for row in list_all(store) if row.text == text)


@pytest.mark.usefixtures("tea")
def test_a_question_finds_answers_all_over_the_page_and_marks_the_words(outsider: FlaskClient) -> None:
    page = read(outsider, ASK + "how+much+caffeine%3F")
    assert "<mark>Caffeine</mark>" in page and "30 mg a cup" in page
    assert "A third of the <mark>caffeine</mark> of coffee." in page
    assert "/p/high-mountain-oolong?lang=en#faq-2" in page
    assert page.index("30 mg a cup") < page.index("A third of")
    assert 'value="how much caffeine?"' in page and "This does not answer it" in page


@pytest.mark.usefixtures("tea")
def test_the_page_itself_has_the_field_and_a_place_for_each_answer(outsider: FlaskClient) -> None:
    page = read(outsider, "/p/high-mountain-oolong?lang=en")
    assert 'name="ask"' in page and 'id="faq-2"' in page and "/static/js/blocks/faq.js?v=" in page


def test_a_page_may_do_without_the_field(outsider: FlaskClient, store: Store, app: Flask) -> None:
    add_page(store, app, ask="no")
    assert 'name="ask"' not in read(outsider, "/p/high-mountain-oolong?lang=en")


@pytest.mark.usefixtures("tea")
def test_a_question_nothing_fits_can_be_left_and_reaches_the_marketer(
    outsider: FlaskClient, staff: FlaskClient
) -> None:
    page = read(outsider, ASK + "Is+it+vegan%3F")
    assert "no answer to this yet" in page and "Leave out names" in page and 'value="Is it vegan?"' in page
    sent = outsider.post(DO, data={"question": "Is it vegan?"})
    assert (sent.status_code, sent.location) == (303, "/p/high-mountain-oolong?said=faq&lang=en")
    assert "Thank you" in read(outsider, sent.location)
    outsider.post(DO, data={"question": "is it VEGAN ?"})
    listed = read(staff, "/admin/questions/")
    assert "Is it vegan?" in listed and ">2<" in listed and "Open" in listed


def test_a_left_question_keeps_no_more_than_its_words_product_block_language_and_day(
    outsider: FlaskClient, store: Store, tea: Product
) -> None:
    outsider.post(DO, data={"question": "Is it vegan?"}, headers={"User-Agent": "Canary/1"})
    row = list_all(store)[0]
    assert (row.product_id, row.block_id, row.language, row.last_on) == (tea.id, "faq", "en", clock.today())
    with store.read() as db:
        assert "Canary" not in str(dict(db.get("get_question", id=row.id)))


@pytest.mark.parametrize(("typed", "told"), [("", "Write your question first"), ("x" * 161, "shorten it by 1")])
@pytest.mark.usefixtures("tea")
def test_a_question_that_is_empty_or_too_long_comes_back(
    outsider: FlaskClient, store: Store, typed: str, told: str
) -> None:
    answer = outsider.post(DO, data={"question": typed})
    assert answer.status_code == 422 and told in answer.get_data(as_text=True)
    assert typed in answer.get_data(as_text=True) and list_all(store) == []


@pytest.mark.usefixtures("tea")
def test_the_trap_keeps_programs_out(outsider: FlaskClient, store: Store) -> None:
    assert outsider.post(DO, data={"question": "Hi?", "website": "x"}).status_code == 303
    assert list_all(store) == []


@pytest.mark.usefixtures("tea")
def test_when_too_many_wait_the_shopper_is_told_so(outsider: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question_store, "MOST_OPEN", 0)
    answer = outsider.post(DO, data={"question": "Is it vegan?"})
    assert answer.status_code == 422 and "come back another day" in answer.get_data(as_text=True)


@pytest.mark.parametrize("asked", ["", "%20", "%F0%9F%8D%B5", "a", "?" * 9, "x" * 1500])
@pytest.mark.usefixtures("tea")
def test_odd_questions_get_the_form_and_no_fault(outsider: FlaskClient, asked: str) -> None:
    answer = outsider.get(ASK + asked)
    assert answer.status_code == 200 and "Leave the question" in answer.get_data(as_text=True)


def test_what_a_stranger_asks_is_text_and_never_markup(
    outsider: FlaskClient, marketer: FlaskClient, store: Store, tea: Product
) -> None:
    from urllib.parse import quote

    question = leave(store, tea, NASTY)
    addresses = (ASK + quote(NASTY), "/admin/questions/", f"/admin/questions/{question}")
    for address in addresses:
        page = read(marketer, address)
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page, address
    assert "Is <b>" not in read(outsider, ASK + "strong")


def test_an_answer_goes_to_the_draft_in_the_questions_language_and_the_question_is_done(
    marketer: FlaskClient, store: Store, tea: Product
) -> None:
    question = leave(store, tea)
    assert "Is it vegan?" in read(marketer, f"/admin/questions/{question}")
    with store.read() as db:
        before = page_store.get_page(db, tea.id).revision
    told = marketer.post(f"/admin/questions/{question}", data={"question": "Is it vegan?", "answer": "Yes, all leaf."})
    assert (told.status_code, told.location) == (303, f"/admin/products/{tea.id}/page?show=en")
    with store.read() as db:
        page = page_store.get_page(db, tea.id)
        rows = page.content.texts["en"]["faq"]["rows"]
    assert (len(rows), rows[-1]) == (3, {"question": "Is it vegan?", "answer": "Yes, all leaf."})
    assert (page.revision, page.updated_by) == (before + 1, "Mei")
    assert (list_all(store)[0].state, list_all(store)[0].decided_by) == ("answered", "Mei")


def test_an_answer_in_a_language_whose_block_is_empty_gets_a_heading_too(
    marketer: FlaskClient, store: Store, tea: Product
) -> None:
    question = leave(store, tea, "آیا ارگانیک است؟", "fa")
    marketer.post(f"/admin/questions/{question}", data={"question": "آیا ارگانیک است؟", "answer": "بله."})
    with store.read() as db:
        values = page_store.get_page(db, tea.id).content.texts["fa"]["faq"]
    assert values["rows"] == [{"question": "آیا ارگانیک است؟", "answer": "بله."}] and values["heading"]


def test_an_answer_that_is_empty_comes_back_with_what_was_typed(
    marketer: FlaskClient, store: Store, tea: Product
) -> None:
    question = leave(store, tea)
    told = marketer.post(f"/admin/questions/{question}", data={"question": "Is it really vegan?", "answer": " "})
    assert told.status_code == 422
    assert "This is empty" in told.get_data(as_text=True) and "Is it really vegan?" in told.get_data(as_text=True)
    assert list_all(store)[0].state == "open"


def test_a_form_sent_twice_adds_one_row(marketer: FlaskClient, store: Store, tea: Product) -> None:
    question = leave(store, tea)
    for _turn in range(2):
        marketer.post(
            f"/admin/questions/{question}", data={"question": "Vegan?", "answer": "Yes.", "form_key": "one-key"}
        )
    with store.read() as db:
        assert len(page_store.get_page(db, tea.id).content.texts["en"]["faq"]["rows"]) == 3


def test_questions_are_dismissed_and_opened_again_by_marketers_only(
    marketer: FlaskClient, staff: FlaskClient, store: Store, tea: Product
) -> None:
    question = leave(store, tea)
    assert staff.post("/admin/questions/decide", data={"id": question, "action": "dismiss"}).status_code == 403
    marketer.post("/admin/questions/decide", data={"id": question, "action": "dismiss"})
    assert list_all(store)[0].state == "dismissed"
    marketer.post("/admin/questions/decide", data={"id": question, "action": "open", "back": "//x.example"})
    assert list_all(store)[0].state == "open"
    assert marketer.post("/admin/questions/decide", data={"id": question, "action": "x"}).status_code in (400, 422)


@pytest.mark.usefixtures("csrf_app")
def test_a_decision_needs_the_forms_token(marketer: FlaskClient, store: Store, tea: Product) -> None:
    question = leave(store, tea)
    assert marketer.post("/admin/questions/decide", data={"id": question, "action": "dismiss"}).status_code == 400
    assert list_all(store)[0].state == "open"


def test_the_list_filters_and_exports(staff: FlaskClient, store: Store, tea: Product) -> None:
    leave(store, tea, "=1+1?")
    leave(store, tea, "آیا ارگانیک است؟", "fa")
    page = read(staff, "/admin/questions/?language=fa")
    assert "ارگانیک" in page and "=1+1" not in page
    rows = list(csv.DictReader(io.StringIO(read(staff, "/admin/questions/questions.csv"))))
    assert {row["question"] for row in rows} == {"'=1+1?", "آیا ارگانیک است؟"}
    assert len(read(staff, "/admin/questions/questions.csv?language=fa&state=open").splitlines()) == 2


def test_an_empty_list_says_what_to_do(staff: FlaskClient) -> None:
    assert "No question yet" in read(staff, "/admin/questions/")
