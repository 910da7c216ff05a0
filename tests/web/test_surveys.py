"""Surveys: shoppers answer in any language without a name; staff read one result."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook

from shelftalk.catalog.product import Product
from shelftalk.store import Store
from shelftalk.store import surveys as survey_store
from shelftalk.store.sent import TABLES
from shelftalk.store.surveys import SurveyAsk
from shelftalk.web.state import get_state
from tests.web.offers import make_page, publish, send, text_of
from tests.web.shop import add_location, add_placement


def make_texts(**changes: str) -> dict[str, dict[str, object]]:
    en = [
        {"question": "How do you drink it?", "kind": "one", "answers": "Hot\nCold\nWith milk", "required": "1"},
        {"question": "What matters?", "kind": "several", "answers": "Taste\nPrice", "required": ""},
        {"question": "Would you buy it again?", "kind": "scale", "answers": "never\nsurely", "required": ""},
        {"question": "What would you change?", "kind": "text", "answers": "", "required": ""},
    ]
    ru = [
        {"question": "Как вы его пьёте?", "kind": "one", "answers": "Горячим\nХолодным\nС молоком", "required": "1"},
        {"question": "Что важно?", "kind": "several", "answers": "Вкус\nЦена", "required": ""},
        {"question": "Купите снова?", "kind": "scale", "answers": "нет\nда", "required": ""},
        {"question": "Что изменить?", "kind": "text", "answers": "", "required": ""},
    ]
    en[0] |= changes
    return {"en": {"heading": "Tell us", "rows": en}, "ru": {"heading": "Опрос", "rows": ru}}


@pytest.fixture
def tea(app: Flask, store: Store) -> Product:
    product = publish(store, make_page("survey", make_texts(), {"goal": "40"}))
    get_state(app).refresh_shelf()
    return product


def test_the_page_shows_the_form_and_thanks_after_it_was_sent(client: FlaskClient, tea: Product) -> None:
    page = text_of(client.get(f"/p/{tea.slug}?lang=en"))
    assert "How do you drink it?" in page
    assert 'name="q1" value="3"' in page
    answer = send(client, tea, q1="2", q2=["1", "2"], q3="5", q4="Less sugar")
    assert (answer.status_code, answer.location) == (303, f"/p/{tea.slug}?said=b1&lang=en")
    thanks = client.get(answer.location)
    assert "Thank you" in text_of(thanks)
    assert "Set-Cookie" not in thanks.headers


def test_answers_in_all_languages_count_together(client: FlaskClient, admin: FlaskClient, tea: Product) -> None:
    send(client, tea, q1="1")
    send(client, tea, lang="ru", q1="1", q3="4")
    send(client, tea, lang="ru", q1="3", q3="5")
    page = text_of(admin.get(f"/admin/surveys/{tea.id}/b1"))
    assert "3</p>" in page
    assert "answers, of 40 wanted" in page
    assert "4.5 on average" in page
    rows = list(csv.DictReader(io.StringIO(text_of(admin.get(f"/admin/surveys/{tea.id}/b1/results.csv"))[1:])))
    chosen = {row["answer"]: row["chosen"] for row in rows if row["question"] == "How do you drink it?"}
    assert chosen == {"Hot": "2", "Cold": "0", "With milk": "1"}


def test_what_must_be_answered_is_asked_for_and_what_was_typed_stays(client: FlaskClient, tea: Product) -> None:
    answer = send(client, tea, q2="2", q4="Больше <b>")
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Choose an answer." in page
    assert "Больше &lt;b&gt;" in page
    assert 'name="q2" value="2" checked' in page
    assert "Nothing was sent yet" in page


@pytest.mark.parametrize("form", [{"q1": "9"}, {"q1": "x"}, {"q1": ["1", "2"]}, {"q1": "1", "q4": "x" * 301}])
def test_what_does_not_fit_is_refused(client: FlaskClient, store: Store, tea: Product, form: dict[str, Any]) -> None:
    assert send(client, tea, **form).status_code == 422
    with store.read() as db:
        assert survey_store.count_answers(db, tea.id, "b1") == 0


def test_programs_that_fill_in_every_field_are_thanked_and_not_counted(
    client: FlaskClient, store: Store, tea: Product
) -> None:
    assert send(client, tea, q1="1", website="http://spam.example").status_code == 303
    with store.read() as db:
        assert survey_store.count_answers(db, tea.id, "b1") == 0


def test_a_mistake_is_explained_in_the_shoppers_language(client: FlaskClient, tea: Product) -> None:
    answer = send(client, tea, lang="ru")
    assert answer.headers["Content-Language"] == "ru"
    assert "Как вы его пьёте?" in text_of(answer)


def test_an_answer_counts_for_the_place_whose_code_was_scanned(
    app: Flask, client: FlaskClient, admin: FlaskClient, store: Store, tea: Product
) -> None:
    placement = add_placement(store, tea, add_location(store, "Taipei Xinyi"))
    get_state(app).refresh_shelf()
    client.post(f"/q/{placement.code}?do=b1&lang=en", data={"q1": "1"})
    page = text_of(admin.get(f"/admin/surveys/{tea.id}/b1"))
    assert placement.code in page
    assert "Taipei Xinyi" in page


def test_a_reworded_question_keeps_its_old_answers_under_its_old_words(
    app: Flask, client: FlaskClient, admin: FlaskClient, store: Store, tea: Product
) -> None:
    send(client, tea, q1="1")
    content = make_page("survey", make_texts(question="Hot or cold?", answers="Cold\nHot\nWith milk"))
    publish(store, content, tea)
    get_state(app).refresh_shelf()
    send(client, tea, q1="2")
    rows = list(csv.DictReader(io.StringIO(text_of(admin.get(f"/admin/surveys/{tea.id}/b1/results.csv"))[1:])))
    hot = [row for row in rows if row["answer"] == "Hot"]
    assert [(row["question"], row["chosen"]) for row in hot] == [("Hot or cold?", "2")], "Russian ties the two together"
    assert "How do you drink it?" in text_of(admin.get(f"/admin/surveys/{tea.id}/b1")), "as the earlier wording"


def test_a_question_that_is_gone_is_still_read_as_it_was(
    client: FlaskClient, admin: FlaskClient, store: Store, tea: Product
) -> None:
    send(client, tea, q1="1", q4="More of it")
    texts = make_texts()
    for own in texts.values():
        own["rows"] = own["rows"][:2]  # type: ignore[index]
    publish(store, make_page("survey", texts), tea)
    page = text_of(admin.get(f"/admin/surveys/{tea.id}/b1"))
    assert "More of it" in page
    assert "asked until version 1" in page


def test_a_few_answers_of_a_language_are_not_told_apart(client: FlaskClient, admin: FlaskClient, tea: Product) -> None:
    for _turn in range(4):
        send(client, tea, lang="ru", q1="1")
    page = text_of(admin.get(f"/admin/surveys/{tea.id}/b1?language=ru"))
    assert "Fewer than 5 answers" in page
    assert "How do you drink it?" not in page
    send(client, tea, lang="ru", q1="1")
    assert "How do you drink it?" in text_of(admin.get(f"/admin/surveys/{tea.id}/b1?language=ru"))


def test_the_excel_file_has_counts_texts_and_places_and_no_formula(
    client: FlaskClient, admin: FlaskClient, tea: Product
) -> None:
    send(client, tea, q1="1", q4="=1+1")
    book = CalamineWorkbook.from_filelike(io.BytesIO(admin.get(f"/admin/surveys/{tea.id}/b1/results.xlsx").data))
    assert book.sheet_names == ["Answers", "Texts", "Places"]
    assert book.get_sheet_by_name("Texts").to_python()[1][3] == "=1+1", "a text, not what it makes"


def test_a_survey_that_never_was_is_not_found(admin: FlaskClient, tea: Product) -> None:
    assert admin.get(f"/admin/surveys/{tea.id}/hero").status_code == 404
    assert admin.get("/admin/surveys/999/b1").status_code == 404


def test_uneven_languages_are_told(admin: FlaskClient, store: Store, tea: Product) -> None:
    texts = make_texts(answers="Hot\nCold")
    publish(store, make_page("survey", texts), tea)
    assert "differ in Русский" in text_of(admin.get(f"/admin/surveys/{tea.id}/b1"))


def test_the_list_says_how_far_each_survey_is(client: FlaskClient, admin: FlaskClient, tea: Product) -> None:
    send(client, tea, q1="1")
    assert "1 of 40" in text_of(admin.get("/admin/surveys/"))


def test_no_address_and_no_browser_is_kept(client: FlaskClient, store: Store, tea: Product) -> None:
    client.post(
        f"/p/{tea.slug}?do=b1", data={"q1": "1"}, headers={"User-Agent": "Canary/1.0", "Referer": "http://canary.test"}
    )
    with store.read() as db:
        assert survey_store.list_places(db, SurveyAsk(tea.id, "b1"))[0].n == 1
    files = get_state(client.application).settings.instance.rglob("*")
    assert not any(b"Canary/1.0" in path.read_bytes() for path in files if path.is_file())


def test_the_sample_leaves_with_all_that_was_sent_to_it(admin: FlaskClient, store: Store) -> None:
    admin.post("/admin/sample/load")
    assert "72 of 100" in text_of(admin.get("/admin/surveys/"))
    assert "Running out" in text_of(admin.get("/admin/coupons/"))
    admin.post("/admin/sample/remove")
    with store.read() as db:
        left = {
            table: db.engine.execute(db.connection, f"select count(*) from {table}", {}).fetchone()[0]
            for table in TABLES
        }
    assert left == dict.fromkeys(TABLES, 0)


def test_erasing_a_labels_days_erases_what_was_sent_from_it(
    app: Flask, client: FlaskClient, admin: FlaskClient, store: Store, tea: Product
) -> None:
    placement = add_placement(store, tea)
    get_state(app).refresh_shelf()
    for address in (f"/q/{placement.code}", f"/p/{tea.slug}"):
        client.post(f"{address}?do=b1&lang=en", data={"q1": "1"})
    days = {"from": "2020-01-01", "to": "2100-01-01", "sure": "yes"}
    admin.post(f"/admin/placements/{placement.id}/erase", data=days)
    with store.read() as db:
        assert survey_store.count_answers(db, tea.id, "b1") == 1
