"""Label sheets in the staff area: chosen, seen, printed; what cannot be printed says why and prints nothing."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from shelftalk import clock
from shelftalk.config import Settings
from shelftalk.labels.raster import make_preview
from shelftalk.store import Store
from shelftalk.store import placements as placement_store
from shelftalk.store import runs as run_store
from shelftalk.store.rows import ListQuery
from shelftalk.web import label_job
from shelftalk.web.label_items import make_label_items
from shelftalk.web.state import get_state
from tests.web.shop import add_location, add_placement, add_tea

ADDRESS = "/admin/labels/"


def filled(*codes: str, **changes: str) -> dict[str, object]:
    return {"code": list(codes), "stock": "avery-l7160", "start": "1", "copies": "1", "q": ""} | changes


def read_pages(pdf: bytes, pages: int = 1) -> list[list[str]]:
    """What zxing reads on each page at 300 dpi."""
    found = []
    for page in range(pages):
        image = Image.open(io.BytesIO(make_preview(pdf, page, 300))).convert("L")
        found.append(sorted(code.text for code in zxingcpp.read_barcodes(image)))
    return found


def count_runs(store: Store) -> int:
    with store.read() as db:
        return run_store.list_runs(db, ListQuery()).total


def test_the_pdf_holds_each_code_as_often_as_asked(marketer: FlaskClient, store: Store) -> None:
    tea = add_tea(store)
    codes = [add_placement(store, tea, language=tag).code for tag in ("en", "zh-Hant", "fa")]
    answer = marketer.post(ADDRESS, data=filled(*codes, start="20", copies="2", do="pdf"))
    assert answer.status_code == 303
    address = answer.location.partition("?")[0]
    pdf = marketer.get(f"{address}/labels.pdf").data
    first, second = read_pages(pdf, 2)
    assert sorted(first + second) == sorted(f"http://localhost:8000/q/{code}" for code in codes for _ in range(2))
    assert len(first) == 2, "the sheet was used up to label 19"


def test_the_preview_is_the_first_sheet_itself(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    page = marketer.post(ADDRESS, data=filled(code, copies="4", do="preview")).text
    picture = re.search(r"data:image/png;base64,([A-Za-z0-9+/=]+)", page)
    assert picture
    assert Image.open(io.BytesIO(base64.b64decode(picture[1]))).size == (910, 1287)
    assert "4 of 4 read back" in page
    assert count_runs(store) == 0


def test_codes_in_the_address_are_chosen(marketer: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store))
    page = marketer.get(ADDRESS, query_string={"codes": placement.code.upper()}).text
    assert f'name="code" value="{placement.code}" checked' in page


def test_filters_in_the_address_choose_all_that_match(marketer: FlaskClient, store: Store) -> None:
    tea, taipei = add_tea(store), add_location(store)
    here, there = add_placement(store, tea, taipei), add_placement(store, tea)
    page = marketer.get(ADDRESS, query_string={"location": str(taipei.id)}).text
    assert f'value="{here.code}" checked' in page
    assert f'value="{there.code}" checked' not in page


def test_a_search_keeps_what_is_ticked(marketer: FlaskClient, store: Store) -> None:
    tea = add_tea(store)
    ticked, found = add_placement(store, tea), add_placement(store, add_tea(store, "Buckwheat Honey"))
    page = marketer.post(ADDRESS, data=filled(ticked.code, q="honey", do="find")).text
    assert f'value="{ticked.code}" checked' in page
    assert f'value="{found.code}"' in page
    everything = marketer.post(ADDRESS, data=filled(q="honey", do="all")).text
    assert f'value="{found.code}" checked' in everything


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": "22"}, "Label 22 does not exist on Avery L7160: it has 21. Choose 1 to 21."),
        ({"start": "0"}, "whole number"),
        ({"copies": "0"}, "whole number"),
        ({"copies": "many"}, "whole number"),
        ({"copies": "2500"}, "at most 1,000. Print several times, or tick “A different code on every label”"),
        ({"stock": "avery-l7171"}, "Did you mean"),
    ],
)
def test_an_impossible_job_says_why_and_prints_nothing(
    marketer: FlaskClient, store: Store, changes: dict[str, str], message: str
) -> None:
    code = add_placement(store, add_tea(store)).code
    answer = marketer.post(ADDRESS, data=filled(code, do="pdf") | changes)
    assert answer.status_code == 422
    assert message in answer.text
    for name in changes.keys() & {"start", "copies"}:
        assert f'id="field-{name}-error"' in answer.text and f'href="#field-{name}"' in answer.text
    assert f'value="{code}" checked' in answer.text
    assert count_runs(store) == 0


@pytest.mark.parametrize(
    ("words", "stock", "message"),
    [
        (
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"[:80],
            "avery-l7651",
            "mm too long",
        ),
        ("See how to brew it \U00010330", "avery-l7160", "No font has the character"),
    ],
)
def test_words_that_cannot_be_set_are_named(
    marketer: FlaskClient, store: Store, words: str, stock: str, message: str
) -> None:
    code = add_placement(store, add_tea(store), call_to_action=words).code
    answer = marketer.post(ADDRESS, data=filled(code, stock=stock, do="pdf"))
    assert answer.status_code == 422
    assert message in answer.text
    assert count_runs(store) == 0


def test_nothing_chosen_says_so(marketer: FlaskClient) -> None:
    answer = marketer.post(ADDRESS, data=filled(do="pdf"))
    assert answer.status_code == 422
    assert "No label was chosen" in answer.text


def test_an_unknown_code_is_named_and_the_others_stay(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    answer = marketer.post(ADDRESS, data=filled(code, "2222222222", do="preview"))
    assert answer.status_code == 422
    assert "No placement has the code “2222222222”" in answer.text
    assert f'value="{code}" checked' in answer.text


def test_nothing_new_is_printed_with_a_retired_code(marketer: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store))
    with store.write() as db:
        placement_store.retire_placement(db, placement.id, at=clock.now())
    answer = marketer.post(ADDRESS, data=filled(placement.code, do="pdf"))
    assert answer.status_code == 422
    assert "Restore the placement" in answer.text


def test_more_labels_than_a_big_print_makes_are_refused(
    marketer: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shelftalk.web.label_job.MOST_BIG", 2_000)
    tea = add_tea(store)
    codes = [add_placement(store, tea).code for _ in range(3)]
    answer = marketer.post(ADDRESS, data=filled(*codes, copies="667", do="pdf"))
    assert answer.status_code == 422
    assert "2,001 labels are too many at once: at most 2,000" in answer.text


def test_the_same_print_posted_twice_is_one_run_and_another_is_another(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    data = filled(code, do="pdf", form_key="sheet")
    assert len({marketer.post(ADDRESS, data=data).location for _ in range(2)}) == 1
    assert count_runs(store) == 1
    marketer.post(ADDRESS, data=data | {"start": "5"})
    assert count_runs(store) == 2


def test_a_local_origin_is_warned_about(marketer: FlaskClient) -> None:
    assert "fine for trying out, never for print" in marketer.get(ADDRESS).text


def test_the_stock_of_the_last_run_is_offered_first(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    marketer.post(ADDRESS, data=filled(code, stock="herma-4346", anyway="on", do="pdf"))
    assert 'value="herma-4346" checked' in marketer.get(ADDRESS).text


def test_the_steps_are_numbered_in_each_readers_digits(marketer: FlaskClient) -> None:
    for tag, digit in (("en", "1"), ("fa", "۱"), ("en", "1")):
        page = marketer.get("/admin/labels/", headers={"Accept-Language": tag}).text
        assert f'<span class="step">{digit}</span>' in page


def test_staff_see_the_sheets_and_print_nothing(staff: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    page = staff.get(ADDRESS, query_string={"codes": code}).text
    assert 'value="pdf"' not in page
    assert f'value="{code}" checked disabled>' in page
    assert staff.post(ADDRESS, data=filled(code, do="pdf")).status_code == 403


def test_labels_say_the_products_name_in_their_language(app: Flask, store: Store) -> None:
    tea = add_tea(store, "Tea no. 7", live=False)
    codes = [add_placement(store, tea, language=tag).code for tag in ("fa", "ru")]
    with store.read() as db:
        items = make_label_items(db, [codes[0].upper(), *codes], "https://tea.example", get_state(app).translator)
    assert [item.name for item in items] == ["چای کوهستان", "Tea no. 7"]
    assert [item.address for item in items] == [f"tea.example/q/{code}" for code in codes]
    assert all(item.call_to_action for item in items)


def test_labels_print_the_configured_origin(app: Flask, settings: Settings, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    get_state(app).settings = replace(settings, origin="https://tea.example")
    with app.test_request_context("/admin/labels/", base_url="http://evil.example"):
        (item,) = label_job.make_items(label_job.Job([code], label_job.get_stock("avery-l7160"), 1, 1))
    assert item.url == f"https://tea.example/q/{code}"
