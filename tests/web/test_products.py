"""Products in the staff area: list, form, one product's page, retiring and restoring."""

from __future__ import annotations

import io
import re
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.product import Product
from shelftalk.store import Store
from shelftalk.store import pages as page_store
from shelftalk.store import placements as placement_store
from shelftalk.store import products as product_store
from shelftalk.store.rows import ListQuery
from tests.tea_page import draw_garden, read_page

TEA = {"name": "High Mountain Oolong", "brand": "Hillside Tea", "gtin": "4006381333931", "colour": "#1f6f54"}


def add_product(store: Store, **changes: Any) -> Product:
    values: dict[str, Any] = {"name": "Oolong", "brand": "", "gtin": "", "photo": "", "colour": "#1f6f54"}
    with store.write() as db:
        return product_store.add_product(db, **(values | changes), at=clock.now())


def get_product(store: Store, product_id: int) -> Product:
    with store.read() as db:
        return product_store.get_product(db, product_id)


def list_all(store: Store) -> list[Product]:
    with store.read() as db:
        return product_store.list_products(db, ListQuery()).rows


def add_placement(store: Store, product_id: int) -> None:
    with store.write() as db:
        placement_store.add_placement(
            db,
            product_id=product_id,
            medium="shelf_talker",
            location_id=None,
            stage="shelf",
            language="en",
            call_to_action="",
            note="",
            installed_on=None,
            removed_on=None,
            at=clock.now(),
        )


def publish(store: Store, product: Product) -> None:
    with store.write() as db:
        page_store.save_page(db, product.id, 1, read_page("0123456789abcdef"), by="Mei", at=clock.now())
        page_store.publish_page(db, product.id, by="Mei", at=clock.now())


def test_strangers_are_sent_to_sign_in(outsider: FlaskClient) -> None:
    assert outsider.get("/admin/products/").status_code == 303


@pytest.mark.parametrize("path", ["/admin/products/new", "/admin/products/1/edit", "/admin/products/1/retire"])
def test_staff_may_look_but_not_change(staff: FlaskClient, store: Store, path: str) -> None:
    add_product(store)
    assert staff.get("/admin/products/").status_code == 200
    assert staff.get("/admin/products/1").status_code == 200
    assert staff.get(path).status_code == 403
    assert staff.post(path, data=TEA).status_code == 403


def test_empty_store_says_the_next_step(marketer: FlaskClient) -> None:
    page = marketer.get("/admin/products/").text
    assert "Add your first product" in page
    assert 'action="/admin/sample/load"' in page


def test_empty_store_offers_staff_nothing_they_may_not_do(staff: FlaskClient) -> None:
    page = staff.get("/admin/products/").text
    assert "No products yet" in page
    assert "/admin/sample/load" not in page


def test_a_new_product_leads_to_its_page(marketer: FlaskClient, store: Store) -> None:
    answer = marketer.post("/admin/products/new", data=TEA)
    assert (answer.status_code, answer.location) == (303, "/admin/products/1/page")
    product = get_product(store, 1)
    assert (product.name, product.gtin, product.status) == ("High Mountain Oolong", "04006381333931", "draft")


def test_wrong_check_digit_is_422_and_says_the_right_one_beside_the_field(marketer: FlaskClient, store: Store) -> None:
    answer = marketer.post("/admin/products/new", data=TEA | {"gtin": "4006381333932"})
    assert answer.status_code == 422
    message = re.search(r'id="field-gtin-error">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
    assert message is not None
    assert "it should be 1" in message[1]
    assert 'value="High Mountain Oolong"' in answer.text
    assert not list_all(store)


def test_a_gtin_another_product_has_is_refused_with_its_name(marketer: FlaskClient, store: Store) -> None:
    add_product(store, name="Jasmine", gtin="04006381333931")
    answer = marketer.post("/admin/products/new", data=TEA)
    assert answer.status_code == 422
    assert "the GTIN of “Jasmine” already" in answer.text


def test_several_mistakes_are_all_told_at_once(marketer: FlaskClient) -> None:
    answer = marketer.post("/admin/products/new", data={"name": " ", "gtin": "12", "colour": "green"})
    assert answer.status_code == 422
    for field in ("name", "gtin", "colour"):
        assert f'id="field-{field}-error"' in answer.text


def test_a_form_posted_twice_adds_one_product(marketer: FlaskClient, store: Store) -> None:
    form = TEA | {"form_key": "posted-twice"}
    first, second = (marketer.post("/admin/products/new", data=form) for _time in range(2))
    assert first.location == second.location
    assert len(list_all(store)) == 1


def test_a_photo_is_kept_though_another_field_is_wrong(marketer: FlaskClient, store: Store) -> None:
    photo = (io.BytesIO(draw_garden(400, 300)), "garden.jpg")
    answer = marketer.post("/admin/products/new", data=TEA | {"gtin": "1", "photo_file": photo})
    kept = re.search(r'name="photo" value="([0-9a-f]{16})"', answer.text)
    assert answer.status_code == 422
    assert kept is not None
    marketer.post("/admin/products/new", data=TEA | {"photo": kept[1]})
    assert get_product(store, 1).photo == kept[1]
    assert f"/m/{kept[1]}-" in marketer.get("/admin/products/").text


def test_a_file_that_is_no_picture_is_told_beside_the_photo(marketer: FlaskClient) -> None:
    fake = (io.BytesIO(b"GIF89a but not really"), "cat.gif")
    answer = marketer.post("/admin/products/new", data=TEA | {"photo_file": fake})
    assert answer.status_code == 422
    assert 'id="field-photo_file-error"' in answer.text


def test_a_photo_can_be_taken_off(marketer: FlaskClient, store: Store) -> None:
    photo = (io.BytesIO(draw_garden(400, 300)), "garden.jpg")
    marketer.post("/admin/products/new", data=TEA | {"photo_file": photo})
    product = get_product(store, 1)
    form = TEA | {"revision": "1", "photo": product.photo, "photo_clear": "on"}
    assert marketer.post("/admin/products/1/edit", data=form).status_code == 303
    assert get_product(store, 1).photo == ""


def test_a_photo_nobody_uploaded_is_not_taken(marketer: FlaskClient, store: Store) -> None:
    marketer.post("/admin/products/new", data=TEA | {"photo": "0123456789abcdef"})
    assert get_product(store, 1).photo == ""


def test_the_second_of_two_editors_is_told_and_sees_both_versions(marketer: FlaskClient, store: Store) -> None:
    add_product(store, name="Oolong")
    first = TEA | {"name": "Oolong of spring", "revision": "1"}
    second = TEA | {"name": "Oolong of winter", "revision": "1"}
    assert marketer.post("/admin/products/1/edit", data=first).status_code == 303
    told = marketer.post("/admin/products/1/edit", data=second)
    assert told.status_code == 409
    assert "changed by somebody else" in told.text
    assert 'value="Oolong of winter"' in told.text
    assert "<dd><bdi>Oolong of spring</bdi></dd>" in told.text
    assert get_product(store, 1).name == "Oolong of spring"
    assert marketer.post("/admin/products/1/edit", data=second | {"revision": "2"}).status_code == 303
    assert get_product(store, 1).name == "Oolong of winter"


@pytest.mark.parametrize("search", ["高山", "چای کوهستان", "چاي كوهستان", "hillside", "4006381333931"])
def test_search_finds_every_script(marketer: FlaskClient, store: Store, search: str) -> None:
    add_product(store, name="高山烏龍 چای کوهستان", brand="Hillside", gtin="04006381333931")
    add_product(store, name="Honey")
    page = marketer.get("/admin/products/", query_string={"q": search}).text
    assert "高山烏龍" in page
    assert "Honey" not in page


def test_the_list_filters_sorts_and_says_when_nothing_matches(marketer: FlaskClient, store: Store) -> None:
    for name in ("Beta", "Alpha"):
        add_product(store, name=name)
    page = marketer.get("/admin/products/?sort=-name").text
    assert page.index("Beta") < page.index("Alpha")
    assert "Nothing matches" in marketer.get("/admin/products/?status=retired").text


def test_ten_thousand_products_are_listed_quickly(marketer: FlaskClient, store: Store) -> None:
    with store.write() as db:
        first = product_store.add_product(
            db, name="Tea 0", brand="B", gtin="", photo="", colour="#1f6f54", at=clock.now()
        )
        columns = "slug, name, brand, gtin, photo, colour, status, changed_in, search_text, is_sample, revision"
        db.connection.execute(
            f"insert into products ({columns}, created_at, updated_at) "
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 9999) "
            "select 'tea-' || i, 'Tea ' || i, brand, '', '', colour, status, changed_in, 'tea ' || i, 0, 1,"
            " created_at, updated_at from products, n where id = ?",
            (first.id,),
        )
    started = time.process_time()
    page = marketer.get("/admin/products/?q=tea&sort=-updated_at&page=120")
    assert page.status_code == 200
    assert "10,000" in page.text
    assert time.process_time() - started < 1.5


def test_the_product_page_leads_to_codes_report_and_public_address(marketer: FlaskClient, store: Store) -> None:
    product = add_product(store)
    add_placement(store, product.id)
    publish(store, product)
    page = marketer.get("/admin/products/1").text
    assert f'href="/admin/placements/?product={product.id}">1</a>' in page
    assert f'href="/admin/reports/?product={product.id}"' in page
    assert f'href="/p/{product.slug}"' in page
    assert "On phones now" in page


def test_a_draft_with_gaps_links_to_what_is_missing(marketer: FlaskClient, store: Store) -> None:
    add_product(store)
    page = marketer.get("/admin/products/1").text
    assert "1 thing is missing" in page
    assert 'href="/admin/products/1/page?check=1"' in page


def test_retiring_asks_first_and_says_what_happens_to_the_codes(marketer: FlaskClient, store: Store) -> None:
    product = add_product(store)
    add_placement(store, product.id)
    assert "1 code leads to this product" in marketer.get("/admin/products/1/retire").text
    assert get_product(store, 1).status == "draft"
    assert marketer.post("/admin/products/1/retire").status_code == 303
    assert get_product(store, 1).status == "retired"


def test_restoring_brings_the_published_page_back(marketer: FlaskClient, store: Store) -> None:
    product = add_product(store)
    publish(store, product)
    marketer.post("/admin/products/1/retire")
    marketer.post("/admin/products/1/restore")
    assert get_product(store, 1).status == "live"
    assert marketer.get(f"/p/{product.slug}").status_code == 200


def test_an_unknown_product_is_404(marketer: FlaskClient) -> None:
    assert marketer.get("/admin/products/99").status_code == 404


def test_a_name_is_text_and_never_markup(marketer: FlaskClient, store: Store) -> None:
    add_product(store, name="<b>Tea</b>")
    for path in ("/admin/products/", "/admin/products/1", "/admin/products/1/page", "/admin/products/1/retire"):
        assert "<b>Tea</b>" not in marketer.get(path).text
