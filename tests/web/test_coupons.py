"""Coupons: every code goes to one shopper only, a reload takes no second one, staff see what is left."""

from __future__ import annotations

import csv
import io
import re
import threading

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.product import Product
from shelftalk.store import Store
from shelftalk.store import coupons as coupon_store
from shelftalk.web.state import get_state
from tests.web.offers import make_page, publish, send, text_of
from tests.web.shop import add_location, add_placement

TEXTS = {
    "en": {"heading": "10 % off", "offer": "10 % off your next box", "terms": "One per person."},
    "fa": {"heading": "ده درصد", "offer": "ده درصد تخفیف", "terms": ""},
}


def add_codes(store: Store, product: Product, *codes: str) -> int:
    with store.write() as db:
        return coupon_store.add_coupons(db, product.id, "b1", codes, at=clock.now())


@pytest.fixture
def tea(app: Flask, store: Store) -> Product:
    product = publish(store, make_page("coupon", TEXTS))
    add_codes(store, product, "TEA-1", "TEA-2")
    get_state(app).refresh_shelf()
    return product


def take(client: FlaskClient, product: Product, lang: str = "en") -> str:
    """The code that is shown after the button was pressed; empty when there is none."""
    answer = send(client, product, lang=lang)
    shown = text_of(client.get(answer.location)) if answer.location else text_of(answer)
    found = re.search(r"<output[^>]*>([^<]*)<", shown)
    return found[1] if found else ""


def test_each_shopper_gets_another_code_and_then_hears_that_all_are_gone(client: FlaskClient, tea: Product) -> None:
    assert "Show my code" in text_of(client.get(f"/p/{tea.slug}?lang=en"))
    assert [take(client, tea), take(client, tea), take(client, tea)] == ["TEA-1", "TEA-2", ""]
    assert "All 2 codes are gone since" in text_of(send(client, tea))
    page = text_of(client.get(f"/p/{tea.slug}?lang=en"))
    assert "All 2 codes are gone." in page
    assert "Show my code" not in page


def test_a_reload_shows_the_same_code_and_takes_no_other(client: FlaskClient, store: Store, tea: Product) -> None:
    answer = send(client, tea)
    assert answer.status_code == 303
    for _turn in range(3):
        assert "TEA-1" in text_of(client.get(answer.location))
    with store.read() as db:
        assert coupon_store.count_coupons(db, tea.id, "b1").given == 1


def test_nobody_finds_another_code_by_changing_the_address(client: FlaskClient, tea: Product) -> None:
    address = send(client, tea).location
    assert "TEA" not in text_of(client.get(address[:-4] + "AAAA"))
    assert "TEA" not in text_of(client.get(f"/p/{tea.slug}?said=b1&lang=en&mine=1"))
    with time_machine.travel(clock.now().timestamp() + 25 * 3600):
        assert "TEA" not in text_of(client.get(address)), "a day later the address is worth nothing"


def test_many_phones_at_once_get_different_codes(app: Flask, store: Store, tea: Product) -> None:
    add_codes(store, tea, *(f"MORE-{n:03}" for n in range(38)))
    got: list[str] = []
    app.extensions["shelftalk"].by_sender.limit = 1_000

    def run() -> None:
        client = app.test_client()
        for _turn in range(6):
            got.append(take(client, tea))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shown = [code for code in got if code]
    assert len(got) == 48
    assert (len(shown), len(set(shown))) == (40, 40)


def test_one_code_for_all_is_counted(app: Flask, client: FlaskClient, admin: FlaskClient, store: Store) -> None:
    product = publish(store, make_page("coupon", TEXTS, {"common": "TEA10"}))
    get_state(app).refresh_shelf()
    assert {take(client, product) for _turn in range(3)} == {"TEA10"}
    page = text_of(admin.get(f"/admin/coupons/{product.id}/b1"))
    assert 'data-figure="given">3<' in page
    assert "TEA10" in page


@pytest.mark.parametrize(
    ("days", "said"),
    [({"from": "2031-01-01"}, "begins on 1 Jan 2031"), ({"until": "2021-01-31"}, "last day was 31 Jan 2021")],
)
def test_before_and_after_its_days_no_code_is_given(
    app: Flask, client: FlaskClient, store: Store, days: dict[str, str], said: str
) -> None:
    product = publish(store, make_page("coupon", TEXTS, days))
    add_codes(store, product, "TEA-1")
    get_state(app).refresh_shelf()
    assert said in text_of(send(client, product))
    with store.read() as db:
        assert coupon_store.count_coupons(db, product.id, "b1").given == 0


def test_programs_get_none(client: FlaskClient, store: Store, tea: Product) -> None:
    send(client, tea, website="x")
    with store.read() as db:
        assert coupon_store.count_coupons(db, tea.id, "b1").given == 0


def test_the_answer_speaks_the_shoppers_language(client: FlaskClient, tea: Product) -> None:
    page = text_of(client.get(send(client, tea, lang="fa").location))
    assert 'dir="rtl"' in page
    assert "ده درصد تخفیف" in page


def test_staff_paste_codes_and_what_is_there_already_is_told(marketer: FlaskClient, store: Store, tea: Product) -> None:
    form = {"codes": "code\nTEA-2\nTEA-3\n\n TEA-4 \nTEA-3"}
    page = text_of(marketer.post(f"/admin/coupons/{tea.id}/b1", data=form, follow_redirects=True))
    assert "2 codes added. 1 was there already." in page
    with store.read() as db:
        assert coupon_store.count_coupons(db, tea.id, "b1").total == 4


def test_a_csv_file_is_read_by_its_first_column(marketer: FlaskClient, store: Store, tea: Product) -> None:
    file = (io.BytesIO('\ufeffcode;value\n"A-1";10\n"A-2";10\n'.encode()), "codes.csv")
    marketer.post(f"/admin/coupons/{tea.id}/b1", data={"codes": "", "file": file})
    with store.read() as db:
        assert coupon_store.count_coupons(db, tea.id, "b1").total == 4


@pytest.mark.parametrize(
    ("codes", "said"),
    [("", "There is no code in it"), ("ok\n<b>no</b>", "Line 2: “&lt;b&gt;no&lt;/b&gt;” is no code"), ("x" * 41, "40")],
)
def test_a_bad_list_is_explained_and_stays(marketer: FlaskClient, tea: Product, codes: str, said: str) -> None:
    answer = marketer.post(f"/admin/coupons/{tea.id}/b1", data={"codes": codes})
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_a_pool_that_runs_out_warns(client: FlaskClient, admin: FlaskClient, tea: Product) -> None:
    take(client, tea)
    assert "1 code is left" in text_of(admin.get(f"/admin/coupons/{tea.id}/b1"))
    assert "Running out" in text_of(admin.get("/admin/coupons/"))
    take(client, tea)
    assert "All gone" in text_of(admin.get("/admin/coupons/"))


def test_the_export_says_when_and_where_and_not_to_whom(
    app: Flask, client: FlaskClient, marketer: FlaskClient, store: Store, tea: Product
) -> None:
    placement = add_placement(store, tea, add_location(store, "Taipei Xinyi"))
    get_state(app).refresh_shelf()
    client.post(f"/q/{placement.code}?do=b1&lang=en")
    content = text_of(marketer.get(f"/admin/coupons/{tea.id}/b1/given.csv"))
    rows = list(csv.DictReader(io.StringIO(content[1:])))
    assert [list(row) for row in rows] == [["coupon", "given_at", "location", "code", "language"]]
    assert [rows[0][name] for name in ("coupon", "location", "code", "language")] == [
        "TEA-1",
        "Taipei Xinyi",
        placement.code,
        "en",
    ]


def test_a_wrong_list_can_be_taken_out_and_given_codes_stay(
    client: FlaskClient, marketer: FlaskClient, store: Store, tea: Product
) -> None:
    take(client, tea)
    page = marketer.post(f"/admin/coupons/{tea.id}/b1/empty", follow_redirects=True)
    assert "1 code taken out." in text_of(page)
    with store.read() as db:
        assert coupon_store.count_coupons(db, tea.id, "b1").given == 1


def test_a_page_without_codes_shows_no_button(app: Flask, client: FlaskClient, store: Store) -> None:
    product = publish(store, make_page("coupon", TEXTS))
    get_state(app).refresh_shelf()
    page = text_of(client.get(f"/p/{product.slug}?lang=en"))
    assert "There are no codes just now." in page
    assert "Show my code" not in page
