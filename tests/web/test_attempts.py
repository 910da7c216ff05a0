"""Who sends too often from a page: counted by network, since one household has countless IPv6 addresses."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shelftalk.store import Store
from shelftalk.store import coupons as coupon_store
from shelftalk.web.attempts import name_network
from shelftalk.web.state import get_state
from tests.store.test_store_contract import AT
from tests.web.offers import make_page, publish


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2%eth0", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("a socket", "a socket"),
        (None, ""),
    ],
)
def test_an_address_is_counted_as_its_network(address: str | None, network: str) -> None:
    assert name_network(address) == network


def test_one_household_cannot_empty_a_pool_of_coupons(app: Flask, client: FlaskClient, store: Store) -> None:
    tea = publish(store, make_page("coupon", {"en": {"heading": "10 % off", "offer": "10 % off", "terms": ""}}))
    with store.write() as db:
        coupon_store.add_coupons(db, tea.id, "b1", [f"TEA-{n}" for n in range(9)], at=AT)
    get_state(app).by_sender.limit = 3

    def take(address: str) -> int:
        return client.post(f"/p/{tea.slug}?do=b1", environ_base={"REMOTE_ADDR": address}).status_code

    assert [take(f"2001:db8:1:2::{n:x}") for n in range(5)] == [303, 303, 303, 429, 429]
    assert take("2001:db8:1:3::1") == 303, "the neighbours are others"
    with store.read() as db:
        assert coupon_store.count_coupons(db, tea.id, "b1").remaining == 5


def test_whoever_asks_a_page_without_end_waits_and_the_page_itself_still_comes(
    app: Flask, client: FlaskClient, store: Store
) -> None:
    texts = {"en": {"heading": "Questions", "rows": [{"question": "Iced?", "answer": "Cold water."}]}}
    tea = publish(store, make_page("faq", texts))
    get_state(app).refresh_shelf()
    get_state(app).by_reader.limit = 3
    asker = {"REMOTE_ADDR": "203.0.113.7"}

    def ask(environ: dict[str, str]) -> int:
        return client.get(f"/p/{tea.slug}?in=b1&lang=en&ask=iced", environ_base=environ).status_code

    assert [ask(asker) for _time in range(5)] == [200, 200, 200, 429, 429]
    assert client.get(f"/p/{tea.slug}?lang=en", environ_base=asker).status_code == 200
    assert ask({"REMOTE_ADDR": "203.0.113.8"}) == 200, "the neighbours are others"
