"""A run printed once more: with every choice it kept, with others, anyway; and what is said of what is gone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from html import unescape
from html.parser import HTMLParser

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.placement import Placement
from shelftalk.config import LabelPrinter
from shelftalk.labels.design_json import format_design
from shelftalk.labels.look import parse_look
from shelftalk.labels.placing import parse_placing
from shelftalk.labels.raster import open_pages
from shelftalk.labels.ready_designs import get_ready_design
from shelftalk.labels.ready_styles import get_ready_style
from shelftalk.labels.style import describe_style
from shelftalk.store import Store, designs, printers, run_events, styles
from shelftalk.store import placements as placement_store
from shelftalk.store import runs as run_store
from shelftalk.store.rows import ListQuery
from shelftalk.store.runs import PrintRun
from shelftalk.web.run_choices import read_choices
from shelftalk.web.run_files import parse_items
from shelftalk.web.state import get_state
from tests.web.shop import add_placement, add_tea
from tests.web.test_marked_prints import broken
from tests.web.test_print_advice import give_gtin
from tests.web.test_stocks import MEASURES

__all__ = ["broken"]
ADDRESS = "/admin/labels/"
OFFICE = {"ruler_x_mm": 99.5, "ruler_y_mm": 100.0, "left_mm": 20.5, "top_mm": 20.0, "dpi": 600}
BACK, TILL = LabelPrinter("Back office", "127.0.0.1", 9, 203), LabelPrinter("Back office 2", "127.0.0.1", 9, 300)


@pytest.fixture(autouse=True, scope="module")
def quick_camera() -> Iterator[None]:
    """What a style costs is measured elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shelftalk.web.style_library.measure_cost", lambda *_args, **_options: 0)
        yield


class FormReader(HTMLParser):
    """Collects what a browser would post of the print page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.form: dict[str, list[str]] = {}
        self._inside, self._select, self._first = False, "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside = self._inside or given.get("id") == "labels-form"
        if not self._inside:
            return
        if tag == "select":
            self._select, self._first = given["name"], True
        elif tag == "option" and self._select and (self._first or "selected" in given):
            self.form[self._select], self._first = [given["value"]], False
        elif tag == "input" and given.get("name") and "disabled" not in given and is_sent(given):
            self.form.setdefault(given["name"], []).append(given.get("value", "on"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "select":
            self._select = ""


def is_sent(given: dict[str, str]) -> bool:
    return "checked" in given or given.get("type") not in ("checkbox", "radio")


def print_labels(client: FlaskClient, store: Store, *codes: str, **choices: str) -> PrintRun:
    data: dict[str, object] = {"code": list(codes), "stock": "avery-l7160", "start": "1", "copies": "1", "do": "pdf"}
    answer = client.post(ADDRESS, data=data | choices)
    assert answer.status_code == 303, re.findall(r"data-fault-of.*?</p>", answer.text)
    return get_newest(store)


def get_newest(store: Store) -> PrintRun:
    with store.read() as db:
        return run_store.get_run(db, max(row.id for row in run_store.list_runs(db, ListQuery()).rows))


def open_choices(client: FlaskClient, run: PrintRun) -> str:
    """The print page as the run's button opens it."""
    (address,) = re.findall(r'href="([^"]*)"[^>]*>(?:(?!</a>).)*Print with other choices', read_actions(client, run))
    answer = client.get(unescape(address))
    assert answer.status_code == 200, re.findall(r"data-fault-of.*?</p>", answer.text)
    return answer.text


def read_actions(client: FlaskClient, run: PrintRun) -> str:
    return client.get(f"/admin/runs/{run.id}").text.partition('class="page-actions"')[2].partition("page-actions")[0]


def read_earlier(page: str) -> str:
    """What the page says of the earlier run."""
    said = page.partition('<b><a href="/admin/runs/')[2].partition("</div></div>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", said.partition(">")[2])).split())


def print_as_offered(client: FlaskClient, store: Store, page: str) -> PrintRun:
    answer = client.post(ADDRESS, data=FormReader(page).form | {"do": "pdf"})
    assert answer.status_code == 303, re.findall(r"data-fault-of.*?</p>", answer.text)
    return get_newest(store)


def list_kept(run: PrintRun) -> tuple[object, ...]:
    """Every choice that a run keeps."""
    items = [replace(item, code="", url="", serial="") if item.serial else item for item in parse_items(run)]
    chosen = (run.stock, run.start, run.copies, run.labels, run.sheets, run.design, run.placed, run.look)
    return *chosen, items


def add_office(store: Store, name: str = "Office") -> None:
    with store.write() as db:
        printers.add_printer(db, name=name, **OFFICE, by="", at=clock.now())  # type: ignore[arg-type]


def add_own_style(store: Store, ref: str = "forest", name: str = "Our green") -> int:
    with store.write() as db:
        content = describe_style(get_ready_style(ref).style) | {"name": name}
        return styles.add_style(db, content, by="", at=clock.now())


# ---- with other choices ----


def test_every_choice_of_a_run_is_chosen_again_on_the_print_page(marketer: FlaskClient, store: Store) -> None:
    add_office(store)
    add_office(store, "Office, upstairs")  # measured the same
    tea = add_tea(store)
    give_gtin(store)
    codes = [add_placement(store, tea, medium=medium).code for medium in ("poster", "pack")]
    choices = {"start": "2", "skip": "4, 7–9", "copies": "3", "fill": "on", "printer": "2", "marks": "on"}
    choices |= {"bleed": "2.5", "level": "Q", "upper": "on", "style": "rounded", "till": "on", "anyway": "on"}
    run = print_labels(marketer, store, *codes, **choices)
    assert parse_placing(run.placed).printer == "Office, upstairs"
    look = parse_look(run.look)
    assert (look.level, look.upper, look.till, look.anyway) == ("Q", True, True, True)
    assert look.style and look.style.name == "Rounded"
    page = open_choices(marketer, run)
    assert read_earlier(page) == f"Run {run.id} : Its choices are taken over."
    assert '<details class="placing-more" open' in page, "a printer's correction is not hidden"
    assert list_kept(print_as_offered(marketer, store, page)) == list_kept(run)


def test_own_sheet_design_and_style_and_the_price_are_chosen_again(marketer: FlaskClient, store: Store) -> None:
    cards = {"name": "Cards", "shape": "rectangle", "columns": "2", "rows": "4", "left_mm": "5", "top_mm": "20"}
    size = {"label_width_mm": "100", "label_height_mm": "60", "pitch_x_mm": "100", "pitch_y_mm": "60"}
    assert marketer.post("/admin/stocks/new", data=MEASURES | cards | size).status_code == 303
    with store.write() as db:
        content = format_design(get_ready_design("shelf-talker").design) | {"name": "Ours"}
        design = designs.add_design(db, content, by="", at=clock.now())
    style = add_own_style(store)
    code = add_placement(store, add_tea(store), medium="pack").code
    choices = {"stock": "own-1", "design": str(design), "style": str(style), "price": "NT$ 480", "copies": "3"}
    run = print_labels(marketer, store, code, **choices)
    assert (run.stock, run.design, parse_items(run)[0].price) == ("own-1.1", str(design), "NT$ 480")
    assert (
        marketer.post("/admin/stocks/1", data=MEASURES | cards | size | {"left_mm": "4", "after": "1"}).status_code
        == 303
    )
    assert marketer.post("/admin/stocks/1/retire").status_code == 303, "what lies in the cupboard can be used up"
    assert list_kept(print_as_offered(marketer, store, open_choices(marketer, run))) == list_kept(run)


def test_codes_of_their_own_are_numbered_on_with_the_other_choices(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store), medium="pack").code
    run = print_labels(marketer, store, code, units="on", copies="5", level="H", start="4")
    after = print_as_offered(marketer, store, open_choices(marketer, run))
    assert list_kept(after) == list_kept(run)
    assert [item.serial for item in parse_items(after)] == [f"{number:06}" for number in range(6, 11)]


def test_a_style_is_found_again_by_its_looks_in_any_language_and_by_older_versions(
    app: Flask, marketer: FlaskClient, store: Store
) -> None:
    own, code = add_own_style(store), add_placement(store, add_tea(store), medium="pack").code
    assert marketer.post("/admin/language", data={"language": "ru"}).status_code == 303
    ready = print_labels(marketer, store, code, style="forest")
    kept = parse_look(ready.look).style
    assert kept and re.search("[а-я]", kept.name), "its name is kept in the printer’s language"
    ours = print_labels(marketer, store, code, style=str(own))
    with store.write() as db:
        newer = describe_style(get_ready_style("rounded").style) | {"name": "Our green"}
        styles.add_version(db, own, newer, after=1, by="", at=clock.now())
        styles.rename_style(db, own, "Our new green")
    with app.test_request_context(), store.read() as db:
        found = [read_choices(db, run, ()) for run in (ready, ours)]
    assert [choices.values["style"] for choices in found] == ["forest", str(own)]
    assert [choices.gone for choices in found] == [[], []]


def test_no_code_of_a_long_run_is_left_out(app: Flask, marketer: FlaskClient, store: Store) -> None:
    tea = add_tea(store)
    codes = [add_placement(store, tea, medium="pack").code for _ in range(160)]
    run = print_labels(marketer, store, codes[0])
    (item,) = parse_items(run)
    long = replace(run, items=json.dumps([asdict(replace(item, code=code)) for code in codes]))
    with app.test_request_context(), store.read() as db:
        assert read_choices(db, long, ()).codes == codes


def test_what_is_gone_is_said_in_a_sentence_each_and_the_rest_is_chosen(
    app: Flask, marketer: FlaskClient, store: Store
) -> None:
    add_office(store)
    style, tea = add_own_style(store), add_tea(store)
    with store.write() as db:
        content = format_design(get_ready_design("pack").design) | {"name": "Ours"}
        design = designs.add_design(db, content, by="", at=clock.now())
    kept, lost = (add_placement(store, tea, medium="pack") for _ in range(2))
    choices = {"stock": "single-62x29", "design": str(design), "style": str(style), "printer": "1", "level": "Q"}
    run = print_labels(marketer, store, kept.code, lost.code, **choices, copies="3")
    with store.write() as db:
        designs.retire_design(db, design, clock.now())
        styles.retire_style(db, style, clock.now())
        printers.drop_printer(db, 1)
        placement_store.retire_placement(db, lost.id, at=clock.now())
        run_events.add_event(db, run.id, "sent", by="", at=clock.now(), text="Front desk took 6 labels.", quantity=6)
    allow(app, BACK)
    page = open_choices(marketer, run)
    said = read_earlier(page)
    for sentence in (
        "Its choices are taken over, as far as they are still there.",
        f"1 code is retired and left out: {lost.code}.",
        "The design “Ours” is no longer offered: labels arrange themselves.",
        "The style “Our green” is no longer offered: symbols are plain.",
        "The printer “Office” was forgotten: nothing is corrected.",
        "The label printer it was sent to is no longer offered.",
    ):
        assert sentence in said
    after = print_as_offered(marketer, store, page)
    assert [item.code for item in parse_items(after)] == [kept.code]
    assert (after.stock, after.copies, after.design, after.placed) == ("single-62x29", 3, "", "")
    assert parse_look(after.look).level == "Q" and parse_look(after.look).style is None


def test_an_older_run_finds_its_printer_by_the_correction(app: Flask, marketer: FlaskClient, store: Store) -> None:
    """Runs of earlier versions keep the correction and not whose it is."""
    add_office(store)
    code = add_placement(store, add_tea(store), medium="pack").code
    run = print_labels(marketer, store, code, printer="1", start="3")
    older = replace(run, placed=run.placed.replace(', "printer": "Office"', ""))
    assert older.placed != run.placed
    gone = replace(older, stock="avery-gone", placed=older.placed.replace('"y_mm": 0.0', '"y_mm": 0.25'))
    with app.test_request_context(), store.read() as db:
        assert read_choices(db, older, ()).values["printer"] == "1"
        without = read_choices(db, gone, ())
    assert without.gone == [
        "The sheet “avery-gone” is no longer known: choose one.",
        "The printer it was corrected for is no longer known: nothing is corrected.",
    ]
    assert not without.values.keys() & {"stock", "start", "skip", "printer"}


@pytest.mark.parametrize("again", [False, True])
def test_the_label_printer_of_a_run_is_offered_first_to_what_follows_it(
    app: Flask, marketer: FlaskClient, store: Store, again: bool
) -> None:
    allow(app, BACK, TILL)
    code = add_placement(store, add_tea(store), medium="pack").code
    run = print_labels(marketer, store, code, stock="single-57x32")
    with store.write() as db:
        said = f"{TILL.name} took 1 label."
        run_events.add_event(db, run.id, "sent", by="", at=clock.now(), text=said, quantity=1)
    if again:
        address = marketer.post(f"/admin/runs/{run.id}/again").location
    else:
        address = marketer.post(ADDRESS, data=FormReader(open_choices(marketer, run)).form | {"do": "pdf"}).location
    for page in (marketer.get(f"/admin/runs/{run.id}").text, marketer.get(address).text):
        assert f'<option value="{TILL.name}" selected>' in page
        assert re.search(r'name="dpi" value="300" checked', page) and not re.search(r'value="203" checked', page)


def allow(app: Flask, *allowed: LabelPrinter) -> None:
    """Let labels be sent to these printers."""
    here = get_state(app)
    here.settings = replace(here.settings, label_printers=allowed)


@pytest.mark.parametrize(("number", "status"), [("999", 404), ("x", 200), ("٣", 200), ("9" * 12, 200)])
def test_a_run_that_is_none_opens_no_choices(marketer: FlaskClient, number: str, status: int) -> None:
    assert marketer.get(f"{ADDRESS}?run={number}").status_code == status


# ---- again ----


@pytest.fixture
def older(marketer: FlaskClient, store: Store) -> PrintRun:
    """A run on packs which hang as posters today, so that they are read from less than half as far."""
    place = add_placement(store, add_tea(store), medium="pack")
    run = print_labels(marketer, store, place.code, copies="2", level="Q")
    hang_as_poster(store, place)
    return run


def hang_as_poster(store: Store, place: Placement) -> None:
    kept = ("location_id", "stage", "language", "note", "installed_on", "removed_on", "call_to_action")
    values = {name: getattr(place, name) for name in kept} | {"medium": "poster"}
    with store.write() as db:
        placement_store.update_placement(db, place.id, place.revision, **values, at=clock.now())


def test_what_reads_from_less_than_half_as_far_is_printed_again_by_one_more_press(
    marketer: FlaskClient, store: Store, older: PrintRun
) -> None:
    held = marketer.post(f"/admin/runs/{older.id}/again", data={"form_key": "first"})
    assert held.status_code == 422
    words = " ".join(unescape(re.sub(r"<[^>]*>", " ", held.text)).split())
    assert "Labels meant for 1.5 m would be read at up to 0.28 m, less than half." in words
    assert "tick “" not in words, "here it is a press"
    assert "The run keeps that somebody wanted it." in words
    assert get_newest(store) == older, "nothing was printed"
    (form,) = re.findall(r'<form[^>]*>(?:(?!</form>).)*?name="anyway".*?</form>', held.text, re.S)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form))
    (action,) = re.findall(r'action="([^"]*)"', form)
    pressed = marketer.post(action, data=fields)
    assert pressed.status_code == 303
    new = get_newest(store)
    assert new.id == older.id + 1 and (new.stock, new.copies) == (older.stock, older.copies)
    assert parse_look(new.look) == replace(parse_look(older.look), anyway=True)
    assert "printed anyway: some are read from less than half" in marketer.get(pressed.location).text
    assert marketer.post(action, data=fields).location == pressed.location and get_newest(store) == new
    assert marketer.post(f"/admin/runs/{new.id}/again").status_code == 303, "it was wanted once"


def test_a_press_that_was_not_needed_is_not_kept(marketer: FlaskClient, store: Store) -> None:
    run = print_labels(marketer, store, add_placement(store, add_tea(store), medium="pack").code)
    assert marketer.post(f"/admin/runs/{run.id}/again", data={"anyway": "on"}).status_code == 303
    assert get_newest(store).look == run.look == ""


def test_a_press_that_arrives_twice_prints_again_once(marketer: FlaskClient, store: Store) -> None:
    run = print_labels(marketer, store, add_placement(store, add_tea(store), medium="pack").code)
    form = read_actions(marketer, run).partition("/again")[2].partition("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form))
    twice = [marketer.post(f"/admin/runs/{run.id}/again", data=fields).location for _ in range(2)]
    assert twice[0] == twice[1] and get_newest(store).id == run.id + 1


def test_other_mistakes_offer_no_press(marketer: FlaskClient, store: Store, older: PrintRun) -> None:
    with store.write() as db:
        placement_store.retire_placement(db, 1, at=clock.now())
    answer = marketer.post(f"/admin/runs/{older.id}/again")
    assert answer.status_code == 422 and "Nothing is printed with a retired code" in answer.text
    assert 'name="anyway"' not in answer.text and 'value="marked"' not in answer.text


def test_what_fails_its_proof_when_printed_again_is_had_marked_only(
    marketer: FlaskClient, store: Store, request: pytest.FixtureRequest
) -> None:
    run = print_labels(marketer, store, add_placement(store, add_tea(store), medium="pack").code)
    address = f"/admin/runs/{run.id}/again"
    passing = marketer.post(address, data={"do": "marked"})
    assert passing.status_code == 422 and "This file reads as it should" in passing.text
    request.getfixturevalue(broken.__name__)
    answer = marketer.post(address)
    assert answer.status_code == 422 and get_newest(store) == run
    assert "Sheet 1, row 1, column 1: the symbol reads “" in answer.text and 'value="marked"' in answer.text
    marked = marketer.post(address, data={"do": "marked"})
    assert marked.headers["Content-Disposition"] == 'attachment; filename="UNPROVEN-avery-l7160.pdf"'
    with open_pages(marked.data) as pages:
        assert zxingcpp.read_barcodes(pages.render(0, 200)) == []
