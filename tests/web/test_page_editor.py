"""The page editor without scripts: its form, its buttons, saving, two people at once, publishing, preview."""

from __future__ import annotations

import io
import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from shelftalk import clock
from shelftalk.catalog.blocks import BLOCKS
from shelftalk.catalog.page import PageContent, format_content
from shelftalk.store import Store
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.web.page_form import list_missing
from tests.tea_page import draw_garden, read_page

PAGE = "/admin/products/1/page"
NOT_TEXT = ("radio", "checkbox", "file")
JSON = {"Accept": "application/json"}
Form = MultiDict[str, Any]


@pytest.fixture
def tea(store: Store) -> PageContent:
    """A product with a written, never published page in five languages."""
    add_product(store)
    with store.write() as db:
        content = read_page("0123456789abcdef")
        page_store.save_page(db, 1, 1, content, by="Mei", at=clock.now())
    return content


def add_product(store: Store) -> None:
    with store.write() as db:
        product_store.add_product(
            db, name="Oolong", brand="Hillside", gtin="", photo="", colour="#1f6f54", at=clock.now()
        )


def get_content(store: Store) -> PageContent:
    with store.read() as db:
        return page_store.get_page(db, 1).content


class FormReader(HTMLParser):
    """Collects what a browser would post of the editor's form; templates are no part of it."""

    def __init__(self) -> None:
        super().__init__()
        self.form: Form = MultiDict()
        self._inside = False
        self._templates = 0
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside = self._inside or given.get("id") == "editor"
        self._templates += tag == "template"
        if not self._inside or self._templates:
            return
        if tag == "textarea":
            self._area = ""
            self.form.add(str(given["name"]), "")
        elif tag == "input" and given.get("name") and ("checked" in given or given.get("type") not in NOT_TEXT):
            self.form.add(str(given["name"]), given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area += data

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template"
        if tag == "form":
            self._inside = False
        if tag == "textarea" and self._area is not None:
            name = list(self.form)[-1]
            self.form[name] = self._area.removeprefix("\n")
            self._area = None


def read_form(answer: TestResponse) -> Form:
    """What a browser would post of the page."""
    reader = FormReader()
    reader.feed(answer.text)
    return reader.form


def load(client: FlaskClient) -> Form:
    return read_form(client.get(PAGE))


def press(client: FlaskClient, form: Form, action: str, **changes: str) -> TestResponse:
    data = MultiDict(form)
    data["action"] = action
    for name, value in changes.items():
        data[name] = value
    return client.post(PAGE, data=data)


def list_kinds(form: Form) -> list[str]:
    return [form[f"b.{block}.type"] for block in form.getlist("block")]


def find_block(content: PageContent, kind: str) -> str:
    return next(block.id for block in content.blocks if block.type == kind)


def test_a_form_saved_untouched_changes_no_word(marketer: FlaskClient, store: Store, tea: PageContent) -> None:
    assert press(marketer, load(marketer), "save").status_code == 303
    assert format_content(get_content(store)) == format_content(tea)


def test_every_field_carries_its_language_and_direction(marketer: FlaskClient, tea: PageContent) -> None:
    page = marketer.get(PAGE).text
    name = f"b.{find_block(tea, 'hero')}.fa.title"
    field = re.search(rf'<input[^>]* name="{re.escape(name)}"[^>]*>', page)
    assert field is not None
    assert 'lang="fa" dir="rtl"' in field[0]


def test_every_kind_of_block_can_be_added_and_saved(marketer: FlaskClient, store: Store) -> None:
    add_product(store)
    form = load(marketer)
    before = list_kinds(form)
    for kind in BLOCKS:
        form = read_form(press(marketer, form, f"add.{kind}"))
    assert list_kinds(form) == [*before, *BLOCKS]
    assert press(marketer, form, "save").status_code == 303
    assert [block.type for block in get_content(store).blocks] == [*before, *BLOCKS]


def test_buttons_keep_what_was_typed_and_save_nothing(marketer: FlaskClient, store: Store, tea: PageContent) -> None:
    hero = find_block(tea, "hero")
    form = load(marketer)
    form[f"b.{hero}.en.title"] = "A new name"
    answer = press(marketer, form, "add.text")
    assert 'value="A new name"' in answer.text
    assert "Not saved yet" in answer.text
    assert get_content(store).get_title("en") != "A new name"


@pytest.mark.usefixtures("tea")
def test_blocks_move_hide_duplicate_and_go_without_scripts(marketer: FlaskClient) -> None:
    form = load(marketer)
    first, second = form.getlist("block")[:2]
    assert read_form(press(marketer, form, f"down.{first}")).getlist("block")[:2] == [second, first]
    assert read_form(press(marketer, form, f"up.{first}")).getlist("block")[:2] == [first, second]
    assert read_form(press(marketer, form, f"hide.{second}"))[f"b.{second}.hidden"] == "1"
    double = read_form(press(marketer, form, f"copy.{second}"))
    copied = double.getlist("block")[2]
    assert double[f"b.{copied}.fa.heading"] == form[f"b.{second}.fa.heading"] != ""
    assert second not in read_form(press(marketer, form, f"remove.{second}")).getlist("block")


def test_a_removed_block_comes_back_whole(marketer: FlaskClient, store: Store, tea: PageContent) -> None:
    form = load(marketer)
    removed = read_form(press(marketer, form, f"remove.{find_block(tea, 'faq')}"))
    back = read_form(press(marketer, removed, "undo"))
    assert press(marketer, back, "save").status_code == 303
    assert format_content(get_content(store)) == format_content(tea)


def test_rows_are_added_moved_and_removed_without_scripts(marketer: FlaskClient, tea: PageContent) -> None:
    steps = find_block(tea, "steps")
    where = f"{steps}.en.rows"
    form = load(marketer)
    texts = [str(row["text"]) for row in tea.texts["en"][steps]["rows"]]  # type: ignore[index]

    def rows(answer: TestResponse) -> list[str]:
        found = read_form(answer)
        return [value for name, value in found.items() if re.fullmatch(rf"b\.{where}\.\d+\.text", name)]

    assert rows(press(marketer, form, f"row-add.{where}")) == [*texts, ""]
    assert rows(press(marketer, form, f"row-down.{where}.0"))[:2] == [texts[1], texts[0]]
    assert rows(press(marketer, form, f"row-up.{where}.1"))[:2] == [texts[1], texts[0]]
    assert rows(press(marketer, form, f"row-remove.{where}.0")) == texts[1:]


def test_rows_come_in_the_order_of_their_numbers(marketer: FlaskClient, store: Store, tea: PageContent) -> None:
    steps = find_block(tea, "steps")
    form = load(marketer)
    for name in [name for name in form if name.startswith(f"b.{steps}.en.rows.")]:
        del form[name]
    for number, text in (("10", "third"), ("2", "second"), ("0", "first")):
        form[f"b.{steps}.en.rows.{number}.text"] = text
    press(marketer, form, "save")
    assert get_content(store).texts["en"][steps]["rows"] == [{"text": t} for t in ("first", "second", "third")]


@pytest.mark.usefixtures("tea")
def test_a_language_emptied_stays_empty(marketer: FlaskClient, store: Store) -> None:
    form = load(marketer)
    for name in [name for name in form if ".ru." in name]:
        form[name] = ""
    assert press(marketer, form, "save").status_code == 303
    assert "ru" not in get_content(store).languages


def test_mistakes_stand_beside_their_fields_and_nothing_is_lost(
    marketer: FlaskClient, store: Store, tea: PageContent
) -> None:
    hero, buy = find_block(tea, "hero"), find_block(tea, "buy")
    form = load(marketer)
    form[f"b.{hero}.en.title"] = "x" * 90
    form[f"b.{buy}.fa.url"] = "javascript:alert(1)"
    answer = press(marketer, form, "save")
    assert answer.status_code == 422
    for name, words in ((f"b.{hero}.en.title", "shorten it by 10"), (f"b.{buy}.fa.url", "is not a web address")):
        message = re.search(rf'data-error="{re.escape(name)}">.*?<span>(.*?)</span>', answer.text, re.DOTALL)
        assert message is not None, name
        assert words in message[1]
    assert read_form(answer)[f"b.{buy}.fa.url"] == "javascript:alert(1)"
    assert get_content(store) == tea


def test_the_script_gets_the_same_mistakes_as_data(marketer: FlaskClient, tea: PageContent) -> None:
    name = f"b.{find_block(tea, 'hero')}.en.title"
    form = load(marketer)
    form[name] = "x" * 90
    answer = marketer.post(PAGE, data=form, headers=JSON)
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [name]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"show": "xx"}, "“xx” is not a language of this site"),
        ({"b.bhero.xx.title": "Tee"}, "“xx” is not a language of this site"),
        ({"block": "odd1", "b.odd1.type": "carousel"}, "“carousel” is not a kind of block"),
        ({"block": "../etc", "b.../etc.type": "text"}, "is not a kind of block"),
        ({"action": "explode.b1"}, "“explode.b1” is not a button"),
        ({"action": "up.nobody"}, "The page was not sent whole"),
        ({"action": "add.carousel"}, "“carousel” is not a kind of block"),
    ],
)
def test_what_is_not_known_is_422_and_quoted(
    marketer: FlaskClient, store: Store, tea: PageContent, change: dict[str, str], words: str
) -> None:
    form = load(marketer)
    for name, value in change.items():
        form.setlist(name, [*form.getlist(name), value] if name == "block" else [value])
    answer = marketer.post(PAGE, data=form)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert get_content(store) == tea


def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten(
    marketer: FlaskClient, admin: FlaskClient, store: Store, tea: PageContent
) -> None:
    name = f"b.{find_block(tea, 'hero')}.en.title"
    mine, theirs = load(marketer), load(admin)
    mine[name], theirs[name] = "Mine", "Theirs"
    assert press(admin, theirs, "save").status_code == 303
    told = press(marketer, mine, "save")
    assert told.status_code == 409
    assert "Ada saved this page while you edited it" in told.text
    assert read_form(told)[name] == "Mine"
    assert get_content(store).get_title("en") == "Theirs"
    again = read_form(told)
    assert press(marketer, again, "save").status_code == 409
    assert press(marketer, again, "overwrite").status_code == 303
    assert get_content(store).get_title("en") == "Mine"


def test_saving_over_works_only_for_the_version_that_was_seen(
    marketer: FlaskClient, admin: FlaskClient, store: Store, tea: PageContent
) -> None:
    name = f"b.{find_block(tea, 'hero')}.en.title"
    mine, theirs = load(marketer), load(admin)
    theirs[name] = "Theirs"
    press(admin, theirs, "save")
    told = read_form(press(marketer, mine, "save"))
    later = load(admin)
    later[name] = "Theirs again"
    press(admin, later, "save")
    assert press(marketer, told, "overwrite").status_code == 409
    assert get_content(store).get_title("en") == "Theirs again"


def test_publishing_saves_first_and_phones_get_the_page(marketer: FlaskClient, store: Store, tea: PageContent) -> None:
    form = load(marketer)
    form[f"b.{find_block(tea, 'hero')}.en.title"] = "Oolong of the mist"
    assert press(marketer, form, "publish").status_code == 303
    with store.read() as db:
        product = product_store.get_product(db, 1)
    assert (product.status, product.published_version) == ("live", 1)
    assert "Oolong of the mist" in marketer.get(f"/p/{product.slug}?lang=en").text


def test_gaps_stop_publishing_keep_the_text_and_link_to_the_fields(
    marketer: FlaskClient, store: Store, tea: PageContent
) -> None:
    buy = find_block(tea, "buy")
    form = load(marketer)
    form[f"b.{buy}.fa.url"] = ""
    form[f"b.{buy}.en.label"] = "Take it home"
    answer = press(marketer, form, "publish")
    assert answer.status_code == 422
    assert "Saved, but not published: 1 thing is missing." in answer.text
    assert f'href="?show=fa#b.{buy}.fa.url"' in answer.text
    assert get_content(store).texts["en"][buy]["label"] == "Take it home"
    with store.read() as db:
        assert product_store.get_product(db, 1).status == "draft"


def test_publishing_from_the_products_page_leads_to_the_gaps(marketer: FlaskClient, store: Store) -> None:
    add_product(store)
    answer = marketer.post("/admin/products/1/publish")
    assert answer.location == "/admin/products/1/page/check"
    assert "No language has a headline yet" in marketer.get(answer.location).text


def test_staff_see_the_page_but_cannot_change_it(staff: FlaskClient, store: Store, tea: PageContent) -> None:
    page = staff.get(PAGE)
    assert page.status_code == 200
    assert 'value="save"' not in page.text
    assert '<fieldset class="ed-all" disabled>' in page.text
    assert staff.post(PAGE, data={"action": "save"}).status_code == 403
    assert staff.get("/admin/products/1/preview").status_code == 200
    assert staff.post("/admin/products/1/publish").status_code == 403
    assert get_content(store) == tea


def test_the_preview_shows_what_is_typed_and_saves_nothing(
    marketer: FlaskClient, store: Store, tea: PageContent
) -> None:
    form = load(marketer)
    form[f"b.{find_block(tea, 'hero')}.fa.title"] = "چای تازه"
    answer = marketer.post("/admin/products/1/preview?lang=fa", data=form)
    assert answer.status_code == 200
    assert '<html lang="fa" dir="rtl"' in answer.text
    assert "چای تازه" in answer.text
    assert get_content(store) == tea


@pytest.mark.usefixtures("tea")
def test_the_preview_may_be_framed_by_the_staff_area_and_runs_no_script(marketer: FlaskClient) -> None:
    headers = marketer.get("/admin/products/1/preview?lang=ru").headers
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "script-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_preview_leaves_out_what_cannot_be_shown_yet(marketer: FlaskClient, tea: PageContent) -> None:
    buy = find_block(tea, "buy")
    form = load(marketer)
    form[f"b.{buy}.en.url"] = "http"
    answer = marketer.post("/admin/products/1/preview", data=form, headers=JSON)
    assert answer.status_code == 200
    assert list(answer.get_json()["errors"]) == [f"b.{buy}.en.url"]


@pytest.mark.usefixtures("tea")
def test_an_unknown_language_of_the_preview_is_422(marketer: FlaskClient) -> None:
    assert marketer.get("/admin/products/1/preview?lang=xx").status_code == 422


def test_a_picture_is_uploaded_without_scripts_and_the_text_stays(marketer: FlaskClient, tea: PageContent) -> None:
    hero = find_block(tea, "hero")
    form = load(marketer)
    form[f"b.{hero}.en.title"] = "Just typed"
    data = MultiDict(form)
    data["action"] = f"upload.{hero}.image"
    data[f"file.{hero}.image"] = (io.BytesIO(draw_garden(500, 400)), "garden.jpg")
    answer = marketer.post(PAGE, data=data, content_type="multipart/form-data")
    after = read_form(answer)
    assert answer.status_code == 200
    assert re.fullmatch("[0-9a-f]{16}", after[f"b.{hero}.shared.image"])
    assert after[f"b.{hero}.en.title"] == "Just typed"
    cleared = read_form(press(marketer, after, f"picture-clear.{hero}.image"))
    assert cleared[f"b.{hero}.shared.image"] == ""


def test_a_fake_picture_is_told_and_the_text_stays(marketer: FlaskClient, tea: PageContent) -> None:
    hero = find_block(tea, "hero")
    data = MultiDict(load(marketer))
    data["action"] = f"upload.{hero}.image"
    data[f"file.{hero}.image"] = (io.BytesIO(b"not a picture"), "cat.png")
    answer = marketer.post(PAGE, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "“cat.png” is not a picture" in answer.text


@pytest.mark.usefixtures("tea")
def test_signed_out_while_editing_is_401_for_the_script(client: FlaskClient) -> None:
    answer = client.post(PAGE, data={"action": "save"}, headers=JSON | {"HX-Request": "true"})
    assert answer.status_code == 401


def test_missing_texts_are_counted_against_the_other_languages(tea: PageContent) -> None:
    assert all(not names for names in list_missing(tea).values())
    raw = json.loads(json.dumps(format_content(tea)))
    steps = find_block(tea, "steps")
    raw["texts"]["fa"][steps]["heading"] = ""
    raw["texts"]["fa"][steps]["rows"].pop()
    content = PageContent(tea.blocks, raw["texts"])
    assert list_missing(content)["fa"] == [f"b.{steps}.fa.heading", f"b.{steps}.fa.rows"]


def test_a_page_takes_forty_blocks_and_no_more(marketer: FlaskClient, store: Store) -> None:
    add_product(store)
    form = load(marketer)
    while len(form.getlist("block")) < 40:
        block = f"x{len(form.getlist('block'))}"
        form.add("block", block)
        form[f"b.{block}.type"] = "text"
    assert press(marketer, form, "save").status_code == 303
    answer = press(marketer, load(marketer), "add.text")
    assert answer.status_code == 422
    assert "41 blocks are too many: at most 40" in answer.text


def test_a_form_posted_twice_is_no_conflict_with_oneself(marketer: FlaskClient, store: Store, tea: PageContent) -> None:
    form = load(marketer)
    form[f"b.{find_block(tea, 'hero')}.en.title"] = "Posted twice"
    assert [press(marketer, form, "save").status_code for _time in range(2)] == [303, 303]
    with store.read() as db:
        assert page_store.get_page(db, 1).revision == 3


@pytest.mark.parametrize(
    "change",
    [
        {"b.bhero": "x"},
        {"b.bhero.shared": "x"},
        {"b.bhero.en": "x"},
        {"b.bhero.en.title.deep": "x"},
        {"b.bsteps.en.rows.0": "x"},
        {"b.bsteps.en.rows.²": "x"},
        {"b.": "x", "b..": "y", "b...": "z"},
        {"revision": "٣"},
        {"action": "row-remove.bsteps.en.rows.²"},
        {"action": "row-add.bhero.en.title"},
        {"action": "undo", "removed": "{"},
        {"action": "undo", "removed": '{"place": 0, "block": {"id": 5, "type": "text"}, "texts": {}}'},
        {"action": "undo", "removed": '{"place": "x", "block": [], "texts": 3}'},
        {"action": "upload.bhero"},
        {"action": "picture-clear.nobody.image"},
    ],
)
@pytest.mark.usefixtures("tea")
def test_a_form_that_makes_no_sense_breaks_nothing(marketer: FlaskClient, change: dict[str, str]) -> None:
    form = load(marketer)
    for name, value in change.items():
        form[name] = value
    assert marketer.post(PAGE, data=form).status_code < 500
    assert marketer.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    "removed",
    [
        "[" * 100_000,
        '{"place": 1' + "0" * 30 + ', "block": {"type": "hero", "id": "b1"}, "texts": {}}',
        '{"place": 0, "block": {"type": "hero", "id": "\\ud800"}, "texts": {"en": {"title": "\\ud800"}}}',
    ],
)
def test_a_tampered_undo_breaks_nothing(marketer: FlaskClient, store: Store, removed: str) -> None:
    add_product(store)
    answer = marketer.post("/admin/products/1/page", data={"action": "undo", "removed": removed})
    assert answer.status_code in (200, 422)


def test_a_page_without_any_block_is_not_saved_over_the_one_there_is(marketer: FlaskClient, store: Store) -> None:
    add_product(store)
    answer = marketer.post("/admin/products/1/page", data={"action": "save", "revision": "1"})
    assert answer.status_code == 422
    assert get_content(store).blocks
