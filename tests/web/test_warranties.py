"""Warranties: only what the marketer asks for, kept for as long as the page says, seen by marketers only."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.product import Product
from shelftalk.config import Settings
from shelftalk.store import Store
from shelftalk.store import sent as sent_store
from shelftalk.store import warranties as warranty_store
from shelftalk.store.rows import ListQuery
from shelftalk.web.app import create_app
from shelftalk.web.outbox import Postman
from shelftalk.web.state import get_state
from tests.support import ROOT
from tests.web.mailbox import Mailbox, run_mailbox
from tests.web.offers import make_page, publish, send, text_of

TEXTS = {
    "en": {"heading": "Warranty", "consent": "Wuling may keep this for the warranty.", "thanks": "Enjoy your tea."},
    "fa": {"heading": "ضمانت", "consent": "وولینگ می‌تواند این را نگه دارد."},
}
ASKED = {"serial": "required", "bought_on": "required", "shop": "optional", "email": "optional", "keep": "24"}
FORM = {"serial": "SN-1001", "bought_on": "2026-01-31", "consent": "1"}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with run_mailbox() as server:
        yield server


@pytest.fixture
def app(settings: Settings, fresh_instance: Path, mailbox: Mailbox) -> Iterator[Flask]:
    """The application with a mail server."""
    shutil.copytree(fresh_instance, settings.instance)
    made = create_app(ROOT, replace(settings, smtp_url=mailbox.url, mail_from="care@tea.example"), background=False)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield made
    get_state(made).store.close()


@pytest.fixture
def kettle(app: Flask, store: Store) -> Product:
    product = publish(store, make_page("warranty", TEXTS, ASKED))
    get_state(app).refresh_shelf()
    return product


def list_all(store: Store) -> list[warranty_store.Warranty]:
    with store.read() as db:
        return warranty_store.list_warranties(db, ListQuery()).rows


def test_an_item_is_registered_and_gets_a_number(client: FlaskClient, store: Store, kettle: Product) -> None:
    page = text_of(client.get(f"/p/{kettle.slug}?lang=en"))
    assert "Serial number" in page
    assert "Lot number" not in page, "what is not asked for is not on the page"
    answer = send(client, kettle, **FORM, shop="Taipei Xinyi", lot="L-9")
    (row,) = list_all(store)
    assert row.number in text_of(client.get(answer.location))
    assert (row.serial, row.shop, row.email, row.consent) == (
        "SN-1001",
        "Taipei Xinyi",
        "",
        "Wuling may keep this for the warranty.",
    )
    assert row.lot == "", "nor kept when it is sent all the same"


def test_who_gives_an_address_gets_the_number_by_mail_once(
    app: Flask, client: FlaskClient, store: Store, kettle: Product, mailbox: Mailbox
) -> None:
    postman = Postman(store, get_state(app).settings)
    for serial in ("SN-1", "SN-1", "SN-2"):
        send(client, kettle, **(FORM | {"serial": serial}), email="Ada@tea.example")
    assert postman.deliver_due() == 1
    assert mailbox.recipients == ["ada@tea.example"]
    part = mailbox.mails[0].get_body(("plain",))
    assert part is not None
    assert list_all(store)[0].number in part.get_content()
    assert len(list_all(store)) == 2, "the same form sent twice is one registration"


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"serial": ""}, "serial", "This is empty"),
        ({"bought_on": "yesterday"}, "bought_on", "is not a day"),
        ({"bought_on": "2090-01-01"}, "bought_on", "is still to come"),
        ({"bought_on": "1905-01-01"}, "bought_on", "is too long ago"),
        ({"email": "ada"}, "email", "is not an e-mail address"),
        ({"shop": "x" * 101}, "shop", "At most 100 fit"),
        ({"consent": ""}, "consent", "Tick the box"),
    ],
)
def test_mistakes_are_told_beside_their_field_and_nothing_typed_is_lost(
    client: FlaskClient, store: Store, kettle: Product, changes: dict[str, str], field: str, said: str
) -> None:
    answer = send(client, kettle, **(FORM | {"shop": "My <shop>"} | changes))
    page = text_of(answer)
    assert answer.status_code == 422
    assert said in page
    assert f'id="b1-{field}-wrong"' in page
    assert list_all(store) == []
    if field != "shop":
        assert "My &lt;shop&gt;" in page


def test_days_may_be_typed_in_persian_digits(client: FlaskClient, store: Store, kettle: Product) -> None:
    send(client, kettle, lang="fa", **(FORM | {"bought_on": "۲۰۲۶-۰۱-۳۱"}))
    (row,) = list_all(store)
    assert str(row.bought_on) == "2026-01-31"


def test_it_is_deleted_when_its_months_are_over(client: FlaskClient, store: Store, kettle: Product) -> None:
    send(client, kettle, **FORM)
    (row,) = list_all(store)
    assert 729 <= (row.delete_on - clock.now().date()).days <= 731
    with store.write() as db:
        sent_store.drop_old_sent(db, row.delete_on - timedelta(days=1), 396)
    assert len(list_all(store)) == 1
    with store.write() as db:
        sent_store.drop_old_sent(db, row.delete_on, 396)
    assert list_all(store) == []


def test_programs_register_nothing(client: FlaskClient, store: Store, kettle: Product) -> None:
    assert send(client, kettle, **FORM, website="x").status_code == 303
    assert list_all(store) == []


def test_marketers_find_take_out_and_delete_and_the_file_is_written_down(
    client: FlaskClient, marketer: FlaskClient, store: Store, kettle: Product
) -> None:
    for number in range(3):
        send(client, kettle, **(FORM | {"serial": f"SN-{number}"}))
    page = text_of(marketer.get("/admin/warranties/?q=sn-2"))
    assert "SN-2" in page
    assert "SN-1" not in page
    rows = list(csv.DictReader(io.StringIO(text_of(marketer.get("/admin/warranties/registered.csv?q=sn-2"))[1:])))
    assert [row["serial"] for row in rows] == ["SN-2"]
    assert "Who took this out" in text_of(marketer.get("/admin/warranties/"))
    marketer.post(f"/admin/warranties/{list_all(store)[0].id}/delete")
    assert len(list_all(store)) == 2


def test_formulas_in_serial_numbers_stay_text(client: FlaskClient, marketer: FlaskClient, kettle: Product) -> None:
    send(client, kettle, **(FORM | {"serial": "=1+1"}))
    assert "'=1+1" in text_of(marketer.get("/admin/warranties/registered.csv"))
