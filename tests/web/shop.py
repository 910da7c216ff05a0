"""A small tea brand for the tests of places, placements and labels."""

from __future__ import annotations

from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.location import Location
from shelftalk.catalog.page import make_content
from shelftalk.catalog.placement import Placement
from shelftalk.catalog.product import Product
from shelftalk.store import Store
from shelftalk.store import locations as location_store
from shelftalk.store import pages as page_store
from shelftalk.store import placements as placement_store
from shelftalk.store import products as product_store
from shelftalk.store import runs as run_store
from shelftalk.store.runs import PrintRun

TITLES = {"en": "High Mountain Oolong", "zh-Hant": "高山烏龍", "fa": "چای کوهستان"}


def add_tea(store: Store, name: str = "High Mountain Oolong", *, live: bool = True) -> Product:
    """A product with a headline in English, Chinese and Persian; published unless said otherwise."""
    at = clock.now()
    with store.write() as db:
        product = product_store.add_product(db, name=name, brand="Wuling", gtin="", photo="", colour="#1f6f54", at=at)
        content = make_content()
        hero = content.blocks[0].id
        texts = {tag: {hero: {"title": title, "tagline": "", "badge": ""}} for tag, title in TITLES.items()}
        page_store.save_page(db, product.id, 1, type(content)(content.blocks, texts), by="", at=at)  # type: ignore[arg-type]
        if live:
            page_store.publish_page(db, product.id, by="", at=at)
        return product_store.get_product(db, product.id)


def add_location(store: Store, name: str = "Taipei Xinyi", code: str = "TPE", zone: str = "Asia/Taipei") -> Location:
    """A shop."""
    with store.write() as db:
        return location_store.add_location(db, name=name, code=code, gln="", address="", timezone=zone, at=clock.now())


def add_placement(
    store: Store,
    product: Product,
    location: Location | None = None,
    *,
    language: str = "en",
    call_to_action: str = "",
    medium: str = "shelf_talker",
    stage: str = "compare",
) -> Placement:
    """A placement with its code."""
    with store.write() as db:
        return placement_store.add_placement(
            db,
            product_id=product.id,
            medium=medium,
            location_id=location.id if location else None,
            stage=stage,
            language=language,
            call_to_action=call_to_action,
            note="",
            installed_on=None,
            removed_on=None,
            at=clock.now(),
        )


def print_two_labels(marketer: FlaskClient, store: Store) -> PrintRun:
    """A run of two labels, three times each."""
    tea = add_tea(store)
    codes = [add_placement(store, tea, language=tag).code for tag in ("en", "fa")]
    data = {"code": codes, "stock": "single-57x32", "start": "1", "copies": "3", "do": "pdf"}
    assert marketer.post("/admin/labels/", data=data).status_code == 303
    with store.read() as db:
        return run_store.get_run(db, 1)
