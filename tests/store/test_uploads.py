"""Whatever may still be shown or restored names its uploads, on both engines; what nothing names is seen as such."""

from __future__ import annotations

from datetime import timedelta

from shelftalk.catalog.page import PageContent, parse_content
from shelftalk.store import Db, designs, media, page_schedules, page_templates, pages, products, uploads
from shelftalk.store.backup import TABLES
from shelftalk.store.notes import set_note
from tests.store.test_store_contract import AT, add_product

PHOTO, LIVE, OLDER, DRAFT, KEPT, DATED, TEMPLATE, DRAWN, FILM, NOTED, LOOSE = (f"{n:x}" * 16 for n in range(1, 12))


def make_page(picture: str, film: str = "") -> PageContent:
    blocks = [
        {"id": "h1", "type": "hero"},
        {"id": "p1", "type": "image", "shared": {"image": picture}},
        {"id": "v1", "type": "documents"},
    ]
    rows = [{"label": "Guide", "file": film}] if film else []
    texts = {"h1": {"title": "Oolong"}, "p1": {"alt": "A cup"}, "v1": {"heading": "More", "rows": rows}}
    return parse_content({"blocks": blocks, "texts": {"en": texts}})


def save(db: Db, product_id: int, content: PageContent) -> None:
    pages.save_page(db, product_id, pages.get_revision(db, product_id), content, by="Mei", at=AT)


def test_every_place_that_names_an_upload_is_searched(db: Db) -> None:
    product = add_product(db, photo=PHOTO).id
    for picture in (OLDER, LIVE):
        pages.publish_content(db, product, make_page(picture), by="Mei", at=AT, force=True)
    save(db, product, make_page(KEPT))
    pages.keep_draft(db, product, why="version", at=AT)
    save(db, product, make_page(DRAFT, FILM))
    due = AT + timedelta(days=9)
    page_schedules.add_schedule(db, product, "publish", due, make_page(DATED), by="Mei", at=AT)
    page_templates.add_template(db, "Teas", make_page(TEMPLATE), by="Mei", at=AT)
    design = designs.add_design(db, {"name": "Card", "elements": [{"media": DRAWN}]}, by="Mei", at=AT)
    designs.add_version(db, design, {"name": "Card", "elements": []}, after=1, by="Mei", at=AT)
    set_note(db, "ours", NOTED)
    media.add_media(db, id=LOOSE, name="x.png", width=9, height=9, at=AT)
    named = uploads.find_named(db, without_note="ours")
    assert {PHOTO, LIVE, OLDER, DRAFT, KEPT, DATED, TEMPLATE, DRAWN, FILM} <= named
    assert not {LOOSE, NOTED} & named
    assert NOTED in uploads.find_named(db)
    assert not {LIVE, OLDER, KEPT} & uploads.find_named(db, history=False), "the second look is the quick one"


def test_the_same_picture_again_counts_as_uploaded_again(db: Db) -> None:
    for days in (0, 40):
        media.add_media(db, id=LOOSE, name="x.png", width=9, height=9, at=AT + timedelta(days=days))
    [upload] = uploads.list_uploads(db)
    assert upload == uploads.Upload(LOOSE, "media", AT + timedelta(days=40))
    uploads.drop_uploads(db, [upload])
    assert uploads.list_uploads(db) == []


def test_only_tables_that_exist_are_left_out_of_the_search() -> None:
    assert set(TABLES) >= uploads.NAMELESS
    assert not uploads.NAMELESS & {"pages", "page_texts", *uploads.HISTORY, "products", "page_templates"}
    assert products
