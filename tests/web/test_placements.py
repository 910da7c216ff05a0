"""Placements: adding, finding, changing, retiring, and the files of their symbols."""

from __future__ import annotations

import csv
import io
import re

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image

from shelftalk import clock
from shelftalk.catalog.codes import is_code
from shelftalk.labels.raster import render_svg
from shelftalk.store import Store
from shelftalk.store import placements as placement_store
from shelftalk.store import products as product_store
from shelftalk.store.placements import PlacementRow
from shelftalk.store.rows import ListQuery
from tests.web.shop import add_location, add_placement, add_tea

ORIGIN = "http://localhost:8000"


def rows(store: Store) -> list[PlacementRow]:
    with store.read() as db:
        return placement_store.list_placements(db, ListQuery(sort="location")).rows


def filled(product_id: int, *places: object, **changes: str) -> dict[str, object]:
    return {
        "product": str(product_id),
        "location": [str(place) for place in places],
        "medium": "shelf_talker",
        "stage": "",
        "language": "fa",
        "call_to_action": "",
        "note": "",
        "installed_on": "2026-10-01",
        "removed_on": "",
    } | changes


def get(client: FlaskClient, address: str, **query: str) -> str:
    answer = client.get(address, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_placement_gets_a_permanent_code_and_the_mediums_stage(marketer: FlaskClient, store: Store) -> None:
    product, location = add_tea(store), add_location(store)
    answer = marketer.post("/admin/placements/new", data=filled(product.id, location.id))
    assert answer.status_code == 303
    (row,) = rows(store)
    assert is_code(row.code)
    assert (row.stage, row.language, row.location_name) == ("compare", "fa", "Taipei Xinyi")
    page = get(marketer, answer.location)
    assert f"localhost:8000/q/{row.code}" in page
    assert "چای کوهستان" in page


def test_many_places_ticked_give_a_code_each(marketer: FlaskClient, store: Store) -> None:
    product = add_tea(store)
    places = [add_location(store, f"Shop {n}", f"S{n}").id for n in range(3)]
    answer = marketer.post("/admin/placements/new", data=filled(product.id, 0, *places))
    assert answer.status_code == 303
    found = rows(store)
    assert [row.location_name for row in found] == ["", "Shop 0", "Shop 1", "Shop 2"]
    assert len({row.code for row in found}) == 4


def test_posted_twice_is_added_once(marketer: FlaskClient, store: Store) -> None:
    data = filled(add_tea(store).id, 0, form_key="once")
    both = [marketer.post("/admin/placements/new", data=data) for _ in range(2)]
    assert both[0].location == both[1].location
    assert len(rows(store)) == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"removed_on": "2026-09-30"}, "Swap the two days"),
        ({"installed_on": "yesterday"}, "is not a day"),
        ({"medium": "balloon"}, "cannot be chosen here"),
        ({"stage": "never"}, "cannot be chosen here"),
        ({"language": "tlh"}, "cannot be chosen here"),
        ({"product": "99"}, "not there any more"),
        ({"product": ""}, "Choose the product"),
        ({"location": "99"}, "not there any more"),
        ({"location": ""}, "Look through the ticks again"),
        ({"call_to_action": "x" * 81}, "shorten it by 1"),
    ],
)
def test_mistakes_stand_beside_their_field_and_nothing_is_added(
    marketer: FlaskClient, store: Store, changes: dict[str, str], message: str
) -> None:
    data = filled(add_tea(store).id, 0, note="third shelf") | changes
    answer = marketer.post("/admin/placements/new", data=data)
    assert answer.status_code == 422
    assert message in answer.text
    assert "third shelf" in answer.text
    assert not rows(store)


def test_no_place_ticked_says_so(marketer: FlaskClient, store: Store) -> None:
    answer = marketer.post("/admin/placements/new", data=filled(add_tea(store).id))
    assert answer.status_code == 422
    assert "Tick at least one place" in answer.text


def test_a_retired_product_gets_no_new_codes(marketer: FlaskClient, store: Store) -> None:
    product = add_tea(store)
    with store.write() as db:
        product_store.retire_product(db, product.id, at=clock.now())
    answer = marketer.post("/admin/placements/new", data=filled(product.id, 0))
    assert answer.status_code == 422
    assert "is retired" in answer.text


def test_the_languages_of_the_products_page_come_first(marketer: FlaskClient, store: Store) -> None:
    page = get(marketer, "/admin/placements/new", product=str(add_tea(store).id))
    assert page.index("On the product&#39;s page") < page.index("Not on its page yet")
    assert page.index(">فارسی</option>") < page.index(">Русский</option>")


def test_with_very_many_products_the_product_is_searched_for(marketer: FlaskClient, store: Store) -> None:
    with store.write() as db:
        for number in range(201):
            product_store.add_product(
                db, name=f"Tea {number:03}", brand="", gtin="", photo="", colour="#1f6f54", at=clock.now()
            )
    page = get(marketer, "/admin/placements/new", q="tea 17", location="4")
    assert page.count("?product=") == 10
    assert "location=4" in page
    chosen = get(marketer, "/admin/placements/new", product="18")
    assert "Tea 017" in chosen
    assert '<select class="form-select" id="field-product"' not in chosen


def test_places_are_searched_without_losing_the_ticks(marketer: FlaskClient, store: Store) -> None:
    product = add_tea(store)
    places = [add_location(store, f"Shop {n:03}", f"S{n}") for n in range(70)]
    page = get(marketer, "/admin/placements/new")
    assert "10 more places" in page
    data = filled(product.id, places[3].id, do="find", place_search="shop 06")
    answer = marketer.post("/admin/placements/new", data=data)
    assert answer.status_code == 200
    assert f'name="location" value="{places[3].id}" checked' in answer.text
    assert "Shop 065" in answer.text
    assert "Shop 005" not in answer.text
    assert not rows(store)


def test_the_list_filters_and_searches(marketer: FlaskClient, store: Store) -> None:
    oolong, honey = add_tea(store), add_tea(store, "Buckwheat Honey", live=False)
    taipei = add_location(store)
    here, anywhere = add_placement(store, oolong, taipei), add_placement(store, honey, medium="pack")
    for query, found, lost in (
        ({"product": str(oolong.id)}, here, anywhere),
        ({"location": "0"}, anywhere, here),
        ({"location": str(taipei.id)}, here, anywhere),
        ({"medium": "pack"}, anywhere, here),
        ({"status": "draft"}, anywhere, here),
        ({"q": "xinyi"}, here, anywhere),
        ({"q": anywhere.code}, anywhere, here),
    ):
        page = get(marketer, "/admin/placements/", **query)
        assert found.code in page, query
        assert lost.code not in page, query
    assert here.code in get(marketer, "/admin/placements/", q="高山烏龍")


@pytest.mark.parametrize("odd", ["x", "-1", "9" * 30, "١", "²"])
def test_odd_filters_show_everything(marketer: FlaskClient, store: Store, odd: str) -> None:
    placement = add_placement(store, add_tea(store))
    assert placement.code in get(marketer, "/admin/placements/", product=odd, location=odd)


def test_the_csv_has_the_commands_columns_and_no_formula(marketer: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store, '=HYPERLINK("x")'), language="fa")
    answer = marketer.get("/admin/placements/codes.csv")
    assert answer.mimetype == "text/csv"
    head, row = list(csv.reader(io.StringIO(answer.text)))
    assert head == ["code", "url", "product", "location", "medium", "stage", "language", "status"]
    assert row == [
        placement.code,
        f"{ORIGIN}/q/{placement.code}",
        '\'=HYPERLINK("x")',
        "Anywhere",
        "shelf_talker",
        "compare",
        "fa",
        "live",
    ]


def test_the_csv_follows_the_filters(marketer: FlaskClient, store: Store) -> None:
    tea = add_tea(store)
    add_placement(store, tea)
    pack = add_placement(store, tea, medium="pack")
    text = marketer.get("/admin/placements/codes.csv?medium=pack").text
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == [pack.code]


def test_every_symbol_file_opens_the_printed_address(marketer: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store))
    address = f"/admin/placements/{placement.id}/symbol"
    url = f"{ORIGIN}/q/{placement.code}"
    svg = marketer.get(f"{address}.svg")
    assert svg.mimetype == "image/svg+xml"
    assert [code.text for code in zxingcpp.read_barcodes(render_svg(svg.data, 300))] == [url]
    widths = []
    for dpi in (203, 300, 600):
        image = Image.open(io.BytesIO(marketer.get(f"{address}-{dpi}.png").data))
        assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == [url]
        assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
        widths.append(image.width / dpi * 25.4)
    assert all(50 <= width < 58 for width in widths), "a shelf talker is read from half a metre: 50 mm"
    assert marketer.get(f"{address}-72.png").status_code == 200
    assert marketer.get(f"{address}-71.png").status_code == 422


def test_a_symbol_is_had_in_a_style_and_opens_the_same_address(marketer: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store), language="fa")
    address, url = f"/admin/placements/{placement.id}", f"{ORIGIN}/q/{placement.code}"
    page = marketer.get(f"{address}?style=banner").text
    assert f"{address}/symbol.svg?style=banner" in page and "Banner" in page
    svg = marketer.get(f"{address}/symbol.svg?style=banner")
    assert "#7a1f2b" in svg.text and f"{placement.code}-style-banner.svg" in svg.headers["Content-Disposition"]
    assert [code.text for code in zxingcpp.read_barcodes(render_svg(svg.data, 300))] == [url]
    image = Image.open(io.BytesIO(marketer.get(f"{address}/symbol-300.png?style=banner").data))
    assert [code.text for code in zxingcpp.read_barcodes(image.convert("L"))] == [url]
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.02)
    assert (0x7A, 0x1F, 0x2B) in {colour for _, colour in image.convert("RGB").getcolors(1 << 20)}  # type: ignore[misc]
    side = int(re.search(r"at least (\d+) mm wide", page)[1])
    assert side - 1 <= image.width / 300 * 25.4 < side + 4, "whole pixels make it a little wider"
    assert f"at least {side} mm wide" not in marketer.get(address).text, "frame and words come on top"
    assert marketer.get(f"{address}/symbol.svg?style=logo").status_code == 422
    assert marketer.get(f"{address}/symbol-300.png?style=nonsense").status_code == 404
    assert "waits for your logo" in marketer.get(f"{address}?style=logo").text


def test_symbols_lead_to_the_origin_whatever_host_asks(marketer: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store))
    cookie = marketer.get_cookie("shelftalk")
    assert cookie
    marketer.set_cookie("shelftalk", cookie.value, domain="127.0.0.1")
    page = marketer.get(f"/admin/placements/{placement.id}", base_url="http://127.0.0.1").text
    assert f"{ORIGIN}/q/{placement.code}" in page
    assert "127.0.0.1" not in page


def test_a_retired_code_says_so_and_comes_back(marketer: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store))
    address = f"/admin/placements/{placement.id}"
    marketer.post(f"{address}/retire")
    assert rows(store)[0].status == "retired"
    page = get(marketer, address)
    assert "A printed code never dies" in page
    assert "Print label" not in page
    marketer.post(f"{address}/restore")
    assert rows(store)[0].status == "live"


def test_the_second_editor_is_told_and_nothing_is_overwritten(marketer: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store), add_location(store))
    address = f"/admin/placements/{placement.id}/edit"
    first = filled(0, 0, note="first", revision="1")
    second = filled(0, 0, note="second", revision="1")
    assert marketer.post(address, data=first).status_code == 303
    answer = marketer.post(address, data=second)
    assert answer.status_code == 409
    assert "Nothing was overwritten" in answer.text
    assert "second</textarea>" in answer.text
    assert "<bdi>first</bdi>" in answer.text
    with store.read() as db:
        assert placement_store.get_placement(db, placement.id).note == "first"
    second["revision"] = "2"
    assert marketer.post(address, data=second).status_code == 303


def test_ticked_placements_go_to_the_labels(marketer: FlaskClient, store: Store) -> None:
    tea = add_tea(store)
    both = [add_placement(store, tea), add_placement(store, tea)]
    data = {"action": "print", "id": [str(placement.id) for placement in both]}
    answer = marketer.post("/admin/placements/print", data=data)
    page = marketer.get(answer.location).text
    for placement in both:
        assert f'name="code" value="{placement.code}" checked' in page


def test_a_code_leads_to_its_placement(marketer: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store))
    answer = marketer.get(f"/admin/placements/code/{placement.code.upper()}")
    assert answer.location == f"/admin/placements/{placement.id}"
    assert marketer.get("/admin/placements/code/nothing").status_code == 404


def test_staff_look_and_change_nothing(staff: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store))
    address = f"/admin/placements/{placement.id}"
    page = get(staff, address)
    assert "Retire" not in page
    assert get(staff, "/admin/placements/")
    for change in ("/admin/placements/new", f"{address}/edit", f"{address}/retire", "/admin/placements/print"):
        assert staff.post(change).status_code == 403
