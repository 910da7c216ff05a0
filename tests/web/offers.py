"""Pages with a form on them, for the tests of surveys, coupons, sign-ups and warranties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shelftalk import clock
from shelftalk.catalog.page import Block, PageContent, parse_content
from shelftalk.catalog.product import Product
from shelftalk.store import Store
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store

TITLES = {"en": "High Mountain Oolong", "ru": "Высокогорный улун", "fa": "چای کوهستان"}
Texts = Mapping[str, Mapping[str, object]]


def make_page(kind: str, texts: Texts, shared: Mapping[str, str] | None = None, block_id: str = "b1") -> PageContent:
    """A headline and one block, in the languages of its texts."""
    return parse_content(
        {
            "blocks": [
                {"id": "hero", "type": "hero", "hidden": False, "shared": {}},
                {"id": block_id, "type": kind, "hidden": False, "shared": dict(shared or {})},
            ],
            "texts": {tag: {"hero": {"title": TITLES[tag]}, block_id: dict(own)} for tag, own in texts.items()},
        }
    )


def publish(store: Store, content: PageContent, product: Product | None = None) -> Product:
    """A product with this page, live; or the next version of its page."""
    at = clock.now()
    with store.write() as db:
        if product is None:
            product = product_store.add_product(
                db, name="Oolong", brand="Wuling", gtin="", photo="", colour="#1f6f54", at=at
            )
        page = page_store.get_page(db, product.id)
        page_store.save_page(db, product.id, page.revision, content, by="", at=at)
        page_store.publish_page(db, product.id, by="", at=at)
        return product_store.get_product(db, product.id)


def change(block: Block, **shared: str) -> Block:
    """The block with other shared values."""
    return replace(block, shared=block.shared | shared)


def send(client: FlaskClient, product: Product, block: str = "b1", lang: str = "en", **form: Any) -> TestResponse:
    """Send a form of the product's page, as a browser without script does."""
    return client.post(f"/p/{product.slug}?do={block}&lang={lang}", data=form)


def text_of(answer: TestResponse) -> str:
    """What a person reads, roughly."""
    return answer.get_data(as_text=True)
