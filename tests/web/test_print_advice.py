"""Reading distance where labels are printed: what the page says, what helps, what is held, what a run keeps of it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from shelftalk import clock
from shelftalk.config import Settings
from shelftalk.labels import camera
from shelftalk.labels.look import Look, parse_look
from shelftalk.labels.raster import make_preview
from shelftalk.store import Store
from shelftalk.store import products as product_store
from shelftalk.store import runs as run_store
from shelftalk.store.rows import ListQuery
from shelftalk.web.state import get_state
from tests.web.shop import add_placement, add_tea

ADDRESS = "/admin/labels/"
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"}
GTIN = "09506000134352"


def filled(*codes: str, **changes: str) -> dict[str, object]:
    return {"code": list(codes), "stock": "avery-l7160", "start": "1", "copies": "1", "q": ""} | changes


def look_at(client: FlaskClient, *codes: str, **changes: str) -> str:
    """The words of the page's outcome, without its tags."""
    page = client.post(ADDRESS, data=filled(*codes, do="preview", **changes)).text
    outcome = page.partition('<div id="outcome"')[2].partition("</form>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", outcome).split())


def read_plain(page: str) -> str:
    """A page's words, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def read_looks(store: Store) -> list[Look]:
    """What each run kept, the newest first."""
    with store.read() as db:
        rows = run_store.list_runs(db, ListQuery(sort="created_at", descending=True)).rows
        return [parse_look(run_store.get_run(db, row.id).look) for row in rows]


def read_symbol(client: FlaskClient, run: int = 1) -> str:
    pdf = client.get(f"/admin/runs/{run}/labels.pdf").data
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(make_preview(pdf, 0, 300))).convert("L"))
    return str(found.text)


def give_gtin(store: Store, gtin: str = GTIN) -> None:
    with store.write() as db:
        tea = product_store.get_product(db, 1)
        product_store.update_product(
            db, tea.id, tea.revision, name=tea.name, brand=tea.brand, gtin=gtin, photo="", colour=tea.colour,
            at=clock.now(),
        )  # fmt: skip


def test_one_medium_says_size_reach_and_the_distance_it_is_meant_for(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store), medium="pack").code
    words = look_at(marketer, code)
    assert "Symbols 31.3 mm wide, modules 0.847 mm: they read at up to 0.31 m." in words
    assert "Meant for 0.25 m, read at up to 0.31 m. (held in the hand)" in words
    assert "What helps" not in words and "Print anyway" not in words


def test_media_are_told_apart_and_the_worst_comes_first(marketer: FlaskClient, store: Store) -> None:
    tea = add_tea(store)
    codes = [add_placement(store, tea, medium=medium).code for medium in ("pack", "shelf_talker", "poster")]
    words = look_at(marketer, *codes, copies="4")
    assert "8 of 12 labels are meant to be read from farther:" in words
    assert words.index("Poster") < words.index("Shelf talker") < words.index("4 labels read from as far")
    assert "Meant for 1.5 m, read at up to 0.31 m. The symbol must be at least 151 mm wide. (from the aisle)" in words


def test_a_remedy_is_one_press_and_keeps_its_promise(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    page = marketer.post(ADDRESS, data=filled(code, do="preview")).text
    offered = re.findall(r'name="do" value="((?:upper|stock)[^"]*)".*?up to ([\d.]+)\sm<', page)
    assert [kind.partition(":")[0] for kind, _ in offered] == ["upper", "stock"]
    for value, reach in offered:
        words = read_plain(marketer.post(ADDRESS, data=filled(code, do=value)).text)
        assert f"they read at up to {reach} m." in words
    stock = offered[1][0].removeprefix("stock:")
    chosen = marketer.post(ADDRESS, data=filled(code, do=f"stock:{stock}")).text
    assert stock == "avery-l7173", "on the same paper, no larger than it must be"
    assert f'value="{stock}" checked' in chosen and "What helps" not in chosen


def test_a_design_that_is_too_small_is_told_of_a_larger_one(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store), medium="dangler").code
    page = marketer.post(ADDRESS, data=filled(code, stock="page-62x29", design="pack", do="preview")).text
    assert "read at up to 0.25\u00a0m" in page, "a number and its unit stay on one line"
    found = re.search(
        r'value="(page:[a-z0-9-]+)" formnovalidate[^>]*><span><bdi>[^<]*</bdi></span> <small>up to ([\d.]+)\sm<', page
    )
    assert found and found[1] == "page:dangler", "smaller designs are not enough"
    larger = marketer.post(ADDRESS, data=filled(code, stock="page-62x29", design="pack", do=found[1])).text
    assert f"read at up to {found[2]}\u00a0m" in larger


def test_less_than_half_the_distance_is_held_until_somebody_wants_it(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store), medium="poster").code
    held = marketer.post(ADDRESS, data=filled(code, do="pdf"))
    assert held.status_code == 422
    assert "1 of these labels are meant for 1.5 m and read at up to 0.31 m, less than half." in held.text
    assert 'name="anyway"' in held.text and read_looks(store) == []
    assert marketer.post(ADDRESS, data=filled(code, anyway="on", do="pdf")).status_code == 303
    assert read_looks(store) == [Look(anyway=True)]
    assert "printed anyway: some are read from less than half" in marketer.get("/admin/runs/1").text


def test_a_tick_for_what_is_not_held_is_not_kept(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    assert marketer.post(ADDRESS, data=filled(code, anyway="on", do="pdf")).status_code == 303
    assert read_looks(store) == [Look()]


def test_level_and_upper_case_are_printed_and_kept_bit_for_bit(
    marketer: FlaskClient, store: Store, settings: Settings
) -> None:
    code = add_placement(store, add_tea(store)).code
    marketer.post(ADDRESS, data=filled(code, level="Q", upper="on", do="pdf"))
    assert read_looks(store) == [Look("Q", upper=True)]
    assert read_symbol(marketer) == f"HTTP://LOCALHOST:8000/Q/{code.upper()}"
    pdf = marketer.get("/admin/runs/1/labels.pdf").data
    (settings.instance / "runs" / "1.pdf").unlink()
    assert marketer.get("/admin/runs/1/labels.pdf").data == pdf


def test_a_level_that_does_not_exist_is_refused(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    answer = marketer.post(ADDRESS, data=filled(code, level="X", do="pdf"))
    assert answer.status_code == 422 and "“X” cannot be chosen here." in answer.text


def test_what_is_printed_in_upper_case_opens_the_same_page_and_is_counted(
    app: Flask, marketer: FlaskClient, store: Store
) -> None:
    code = add_placement(store, add_tea(store)).code
    marketer.post(ADDRESS, data=filled(code, upper="on", do="pdf"))
    get_state(app).refresh_shelf()
    address = urlsplit(read_symbol(marketer))
    assert (address.scheme, address.hostname) == ("http", "localhost"), "any case means the same here"
    phone = app.test_client()
    upper = phone.get(address.path, base_url=f"http://{address.netloc}", headers=PHONE)
    assert upper.status_code == 200 and "High Mountain Oolong" in upper.text
    assert upper.headers["X-Shelftalk-Scan"] == "person"
    tagged = phone.get(f"{address.path}?utm_source=Window", headers=PHONE)
    assert tagged.status_code == 200 and "High Mountain Oolong" in tagged.text
    assert get_state(app).ingester.ingest_once() == 2


def test_an_origin_below_a_path_bears_no_upper_case(app: Flask, marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    get_state(app).settings = replace(get_state(app).settings, origin="https://tea.example/shop")
    answer = marketer.post(ADDRESS, data=filled(code, upper="on", do="pdf"))
    assert answer.status_code == 422 and "Print it in lower case." in answer.text
    assert 'value="upper"' not in marketer.post(ADDRESS, data=filled(code, do="preview")).text


def test_the_till_wants_a_gtin_and_names_who_has_none(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store), medium="pack").code
    refused = marketer.post(ADDRESS, data=filled(code, till="on", do="pdf"))
    assert refused.status_code == 422 and f"the products of these codes have none: {code}." in refused.text
    give_gtin(store)
    assert marketer.post(ADDRESS, data=filled(code, till="on", do="pdf")).status_code == 303
    assert read_looks(store) == [Look(till=True)]


@pytest.mark.parametrize(
    ("stock", "design", "sentence"),
    [
        ("avery-l7160", "", "For the till: modules are 0.396 to 0.99 mm, with 4 modules of white on every side."),
        ("page-100x150", "", "modules 0.974 mm"),
        ("page-105x148", "poster-a6", "2.159 mm are too large for the till: at most 0.99 mm."),
        ("herma-4607", "", "too small for the till: the symbol must be at least 14.7 mm wide"),
    ],
)
def test_the_till_holds_modules_to_its_sizes_or_says_what_to_change(
    marketer: FlaskClient, store: Store, stock: str, design: str, sentence: str
) -> None:
    code = add_placement(store, add_tea(store), medium="pack").code
    give_gtin(store)
    assert sentence in look_at(marketer, code, stock=stock, design=design, till="on")


def test_what_a_style_costs_is_told_counted_and_known_the_next_time(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    words = look_at(marketer, code, style="dots")
    cost = int(re.search(r"Dark blue dots : (\d+) % less far than plain black squares", words)[1])
    module, reach = (float(re.search(rf"{name} ([0-9.]+) m", words)[1]) for name in ("modules", "they read at up to"))
    assert 2 < cost < 25 and reach == pytest.approx(module * 0.37 * (1 - cost / 100), abs=0.012)
    plain = re.search(r"Plain up to ([0-9.]+) m", words)
    assert plain and float(plain[1]) > reach, "no style is among what helps"
    looked = camera._measure_reach.cache_info().misses
    assert look_at(marketer, code, style="dots") == words
    assert camera._measure_reach.cache_info().misses == looked, "the camera looks once"
    assert "less far" not in look_at(marketer, code)
    taken = marketer.post(ADDRESS, data=filled(code, style="dots", do="plain")).text
    assert re.search(r'name="style" value="" checked', taken)


def test_staff_read_the_choices_and_change_none(staff: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    page = staff.get(ADDRESS, query_string={"codes": code}).text
    assert 'name="level" value="M" checked disabled' in page
    assert 'name="upper"' not in page and 'name="anyway"' not in page


def test_a_placements_page_says_how_wide_its_own_symbol_must_be(marketer: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store), medium="poster")
    page = marketer.get(f"/admin/placements/{placement.id}").text
    assert "Print it at least 151 mm wide: here people hold the phone about 1.5 m away." in page
    svg = marketer.get(f"/admin/placements/{placement.id}/symbol.svg").text
    assert 'width="150.368mm"' in svg


def test_the_command_warns_holds_and_prints_like_the_page(app: Flask, store: Store, tmp_path: Path) -> None:
    tea = add_tea(store)
    shelf, poster = (add_placement(store, tea, medium=medium).code for medium in ("shelf_talker", "poster"))
    out = tmp_path / "labels.pdf"
    run = app.test_cli_runner()
    done = run.invoke(args=["labels", "--code", shelf, "--level", "L", "--upper", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "Shelf talker: 1 of 1 read at up to 0.34 m, meant for 0.5 m" in done.output
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(make_preview(out.read_bytes(), 0, 300))).convert("L"))
    assert found.text == f"HTTP://LOCALHOST:8000/Q/{shelf.upper()}" and found.ec_level == "L"
    held = run.invoke(args=["labels", "--code", poster, "--out", str(tmp_path / "held.pdf")])
    assert held.exit_code == 1 and "less than half" in held.output and not (tmp_path / "held.pdf").exists()
    assert run.invoke(args=["labels", "--code", poster, "--anyway", "--out", str(out)]).exit_code == 0
    till = run.invoke(args=["labels", "--code", shelf, "--till", "--out", str(out)])
    assert till.exit_code == 1 and "GTIN" in till.output
    big = run.invoke(args=["print-job", "--code", shelf, "--level", "Q", "--upper"])
    assert big.exit_code == 0, big.output
    assert read_looks(store) == [Look("Q", upper=True)]
