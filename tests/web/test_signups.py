"""Sign-ups: confirmed by a real mail, ended by one click; addresses seen by marketers only."""

from __future__ import annotations

import csv
import io
import re
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.product import Product
from shelftalk.config import Settings
from shelftalk.store import Store, outbox
from shelftalk.store import sent as sent_store
from shelftalk.store import sign_ups as sign_up_store
from shelftalk.store.rows import ListQuery
from shelftalk.web.app import create_app
from shelftalk.web.outbox import Postman
from shelftalk.web.state import get_state
from tests.support import ROOT
from tests.web.mailbox import Mailbox, run_mailbox
from tests.web.offers import make_page, publish, send, text_of

TEXTS = {
    "en": {"heading": "Tea letter", "consent": "Wuling may write to me once a month.\nI can end it any time."},
    "fa": {"heading": "نامهٔ چای", "consent": "وولینگ می‌تواند ماهی یک بار بنویسد."},
}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with run_mailbox() as server:
        yield server


@pytest.fixture
def app(settings: Settings, fresh_instance: Path, mailbox: Mailbox) -> Iterator[Flask]:
    """The application with a mail server."""
    shutil.copytree(fresh_instance, settings.instance)
    made = create_app(ROOT, replace(settings, smtp_url=mailbox.url, mail_from="news@tea.example"), background=False)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield made
    get_state(made).store.close()


@pytest.fixture
def tea(app: Flask, store: Store) -> Product:
    product = publish(store, make_page("signup", TEXTS))
    get_state(app).refresh_shelf()
    return product


@pytest.fixture
def postman(app: Flask, store: Store) -> Postman:
    return Postman(store, get_state(app).settings)


def sign_up(client: FlaskClient, product: Product, email: str = "ada@tea.example", lang: str = "en") -> str:
    """Send the form; gives what the shopper reads then."""
    answer = send(client, product, lang=lang, email=email, consent="1")
    return text_of(client.get(answer.location))


def read_part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def find_link(mail: EmailMessage, work: str) -> str:
    found = re.search(rf"http://\S+/mail/{work}/\S+", read_part(mail, "plain"))
    assert found
    return urlsplit(found[0]).path


def count(store: Store) -> tuple[int, int, int]:
    with store.read() as db:
        counts = sign_up_store.count_sign_ups(db)
    return counts.confirmed, counts.waiting, counts.gone


def test_an_address_counts_once_its_owner_confirmed_it(
    client: FlaskClient, store: Store, tea: Product, postman: Postman, mailbox: Mailbox
) -> None:
    assert "Wuling may write to me once a month." in text_of(client.get(f"/p/{tea.slug}?lang=en"))
    assert "a mail is on its way" in sign_up(client, tea, "Ada@Tea.example")
    assert mailbox.mails == [], "no mail is sent while the shopper waits"
    assert postman.deliver_due() == 1
    assert mailbox.recipients == ["ada@tea.example"]
    link = find_link(mailbox.mails[0], "confirm")
    assert "Confirm your address" in text_of(client.get(link))
    assert count(store) == (0, 1, 0), "opening the link is not enough: mail programs open links too"
    assert "You are signed up" in text_of(client.post(link))
    assert count(store) == (1, 0, 0)


def test_the_mail_is_plain_and_html_in_the_shoppers_language_and_ends_by_one_click(
    client: FlaskClient, store: Store, tea: Product, postman: Postman, mailbox: Mailbox
) -> None:
    sign_up(client, tea, lang="fa")
    postman.deliver_due()
    mail = mailbox.mails[0]
    assert str(mail["From"]) == "Wuling <news@tea.example>"
    assert "چای کوهستان" in str(mail["Subject"])
    assert "وولینگ" in read_part(mail, "plain")
    assert '<html lang="fa" dir="rtl">' in read_part(mail, "html")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = urlsplit(str(mail["List-Unsubscribe"]).strip("<>")).path
    assert client.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert count(store) == (0, 0, 1)


def test_who_leaves_is_forgotten(
    client: FlaskClient, store: Store, tea: Product, postman: Postman, mailbox: Mailbox
) -> None:
    sign_up(client, tea)
    postman.deliver_due()
    client.post(find_link(mailbox.mails[0], "confirm"))
    link = find_link(mailbox.mails[0], "leave")
    assert "Take me off the list" in text_of(client.get(link))
    assert count(store) == (1, 0, 0)
    client.post(link)
    assert "You are not on the list" in text_of(client.get(link))
    assert count(store) == (0, 0, 1)
    with store.read() as db:
        rows = db.engine.execute(db.connection, "select * from sign_ups", {}).fetchall()
    assert "ada@tea.example" not in str([dict(row) for row in rows])
    assert sign_up(client, tea), "and may come back"
    assert count(store) == (0, 1, 1)


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(
    client: FlaskClient, tea: Product, postman: Postman, mailbox: Mailbox
) -> None:
    first = sign_up(client, tea)
    postman.deliver_due()
    client.post(find_link(mailbox.mails[0], "confirm"))
    assert sign_up(client, tea) == first
    assert postman.deliver_due() == 0, "and who is signed up gets no further mail"


def test_nobody_is_sent_the_same_mail_over_and_over(
    client: FlaskClient, tea: Product, postman: Postman, mailbox: Mailbox
) -> None:
    for _turn in range(5):
        sign_up(client, tea)
    assert postman.deliver_due() == 1
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        sign_up(client, tea)
        assert postman.deliver_due() == 1
    assert len(mailbox.mails) == 2


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"email": "ada@tea.example"}, "Tick the box"),
        ({"email": "", "consent": "1"}, "Write your e-mail address"),
        ({"email": "ada at tea", "consent": "1"}, "“ada at tea” is not an e-mail address"),
        ({"email": "ada@tea.example\nBcc: all@tea.example", "consent": "1"}, "is not an e-mail address"),
        ({"email": "adä@tea.example", "consent": "1"}, "Give another address"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_what_was_typed_stays(
    client: FlaskClient, store: Store, tea: Product, form: dict[str, str], said: str
) -> None:
    answer = send(client, tea, **form)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert count(store) == (0, 0, 0)
    if form["email"]:
        assert form["email"].split("\n")[0] in text_of(answer)


def test_programs_are_thanked_and_get_no_mail(client: FlaskClient, tea: Product, postman: Postman) -> None:
    send(client, tea, email="ada@tea.example", consent="1", website="x")
    assert postman.deliver_due() == 0


def test_a_link_that_was_changed_or_is_too_old_does_nothing(
    client: FlaskClient, store: Store, tea: Product, postman: Postman, mailbox: Mailbox
) -> None:
    sign_up(client, tea)
    postman.deliver_due()
    link = find_link(mailbox.mails[0], "confirm")
    assert client.post(link[:-3] + "AAA").status_code == 404
    assert client.post(link.replace("confirm", "leave")).status_code == 404
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        assert client.post(link).status_code == 404
    assert count(store) == (0, 1, 0)


def test_an_address_nobody_confirms_is_deleted_after_seven_days(
    client: FlaskClient, store: Store, tea: Product
) -> None:
    sign_up(client, tea)
    today = clock.now().date()
    with store.write() as db:
        sent_store.drop_old_sent(db, today + timedelta(days=7), 396)
    assert count(store) == (0, 1, 0)
    with store.write() as db:
        sent_store.drop_old_sent(db, today + timedelta(days=8), 396)
    assert count(store) == (0, 0, 0)


def test_a_mail_server_that_is_busy_is_asked_again(
    client: FlaskClient, tea: Product, postman: Postman, mailbox: Mailbox
) -> None:
    mailbox.answer = "450 later"
    sign_up(client, tea)
    assert postman.deliver_due() == 0
    mailbox.answer = "250 OK"
    assert postman.deliver_due() == 0, "not at once"
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        assert postman.deliver_due() == 1


def test_a_mail_server_that_is_down_is_asked_again(client: FlaskClient, store: Store, tea: Product, app: Flask) -> None:
    settings = replace(get_state(app).settings, smtp_url="smtp://127.0.0.1:1")
    assert "a mail is on its way" in sign_up(client, tea), "the answer never waits for the mail server"
    assert Postman(store, settings).deliver_due() == 0
    with store.read() as db:
        assert outbox.count_mail(db) == outbox.Waiting(1, 1)


def test_an_address_the_server_refuses_for_good_is_given_up(
    client: FlaskClient, store: Store, tea: Product, postman: Postman, mailbox: Mailbox
) -> None:
    mailbox.answer = "550 no such user"
    sign_up(client, tea)
    postman.deliver_due()
    with store.read() as db:
        assert outbox.count_mail(db).count == 0


def test_an_address_no_server_can_be_told_holds_up_no_other(
    client: FlaskClient, store: Store, tea: Product, postman: Postman
) -> None:
    with store.write() as db:
        outbox.add_mail(db, "ü@tea.example", "Subject: x", at=clock.now() - timedelta(hours=1))
    sign_up(client, tea)
    assert postman.deliver_due() == 1


def test_nothing_of_an_address_is_logged(
    client: FlaskClient, tea: Product, postman: Postman, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    for answer in ("450 later", "550 never"):
        mailbox.answer = answer
        sign_up(client, tea, f"canary-{answer[:3]}@tea.example")
        postman.deliver_due()
    assert len(caplog.records) >= 2
    assert "canary" not in caplog.text + str([record.__dict__ for record in caplog.records if record.name != "time"])


def test_marketers_see_and_take_out_the_confirmed_and_it_is_written_down(
    client: FlaskClient, marketer: FlaskClient, tea: Product, postman: Postman, mailbox: Mailbox
) -> None:
    for name in ("ada", "mei"):
        sign_up(client, tea, f"{name}@tea.example")
    postman.deliver_due()
    client.post(find_link(mailbox.mails[0], "confirm"))
    page = text_of(marketer.get("/admin/sign-ups/"))
    assert "ada@tea.example" in page
    assert "mei@tea.example" not in page
    assert "mei@tea.example" in text_of(marketer.get("/admin/sign-ups/?state=waiting"))
    assert "ada@tea.example" not in text_of(marketer.get("/admin/sign-ups/?q=mei&state=all"))
    rows = list(csv.DictReader(io.StringIO(text_of(marketer.get("/admin/sign-ups/addresses.csv"))[1:])))
    assert [row["email"] for row in rows] == ["ada@tea.example"]
    assert rows[0]["consent"] == TEXTS["en"]["consent"]
    assert "Who took this out" in text_of(marketer.get("/admin/sign-ups/"))


def test_one_address_can_be_deleted(client: FlaskClient, marketer: FlaskClient, store: Store, tea: Product) -> None:
    sign_up(client, tea)
    with store.read() as db:
        row = sign_up_store.list_sign_ups(db, ListQuery(filters={"state": "all"})).rows[0]
    marketer.post(f"/admin/sign-ups/{row.id}/delete")
    assert count(store) == (0, 0, 0)
    assert marketer.post(f"/admin/sign-ups/{row.id}/delete").status_code == 404


def test_without_a_mail_server_the_page_shows_no_form(settings: Settings, fresh_instance: Path, tmp_path: Path) -> None:
    instance = tmp_path / "mute"
    shutil.copytree(fresh_instance, instance)
    made = create_app(ROOT, replace(settings, instance=instance), background=False)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    store = get_state(made).store
    product = publish(store, make_page("signup", TEXTS))
    get_state(made).refresh_shelf()
    client = made.test_client()
    page = text_of(client.get(f"/p/{product.slug}?lang=en"))
    assert "High Mountain Oolong" in page
    assert "Tea letter" not in page
    assert send(client, product, email="ada@tea.example", consent="1").status_code == 404
    store.close()


def test_a_running_server_sends_by_itself(
    client: FlaskClient, tea: Product, postman: Postman, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shelftalk.web.outbox.POLL_S", 0.05)
    stop = threading.Event()
    thread = threading.Thread(target=postman.run_forever, args=(stop,))
    thread.start()
    sign_up(client, tea)
    deadline = time.monotonic() + 10
    while not mailbox.mails and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    thread.join()
    assert len(mailbox.mails) == 1
