"""Label designs in the staff area: started, changed, saved as versions, carried away and brought back, printed with."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import Any

import pytest
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image

from shelftalk import clock
from shelftalk.labels.design_json import format_design
from shelftalk.labels.label_design import ImageElement
from shelftalk.labels.raster import open_pages, render_svg
from shelftalk.labels.ready_designs import get_ready_design, list_ready_designs
from shelftalk.store import Store, designs, runs
from shelftalk.web.design_form import list_values, read_values
from tests.web.shop import add_location, add_placement, add_tea


def start(ref: str = "pack", **more: str) -> dict[str, str]:
    """What the editor's form sends for a design nobody touched."""
    return list_values(get_ready_design(ref).design) | {"lang": "en", "after": "0", "do": "save"} | more


def place_of(form: dict[str, str], element_id: str) -> int:
    return next(int(name.split("-")[1]) for name, value in form.items() if name.endswith("-id") and value == element_id)


def add_design(marketer: FlaskClient, **more: str) -> int:
    answer = marketer.post("/admin/designs/new", data=start(**more))
    assert answer.status_code == 303, answer.text
    return int(re.search(r"/admin/designs/(\d+)", answer.location)[1])


@pytest.mark.parametrize("ready", list_ready_designs(), ids=lambda ready: ready.id)
def test_the_form_of_a_design_is_read_back_equal(ready) -> None:
    assert read_values(list_values(ready.design), ready.id) == (ready.design, [])


def test_the_list_shows_ready_made_designs_with_pictures_that_read(marketer: FlaskClient) -> None:
    page = marketer.get("/admin/designs/").text
    pictures = re.findall(r'src="(/admin/designs/[^"]+picture.svg[^"]*)"', page)
    assert len(pictures) == 12
    answer = marketer.get(pictures[1].replace("&amp;", "&"))
    assert answer.mimetype == "image/svg+xml" and "script" not in answer.headers["Content-Security-Policy"]
    (read,) = zxingcpp.read_barcodes(render_svg(answer.data, 150))
    assert read.text == "http://localhost:8000/q/k7m4p29xqd"


def test_a_design_starts_from_a_ready_made_one_and_is_saved(marketer: FlaskClient, store: Store) -> None:
    page = marketer.get("/admin/designs/new?from=till-card").text
    assert 'value="Till card"' in page and "data:image/svg+xml;base64," in page
    design_id = add_design(marketer, ref="till-card", name="Our till card")
    page = marketer.get(f"/admin/designs/{design_id}").text
    assert "Saved as version 1." in page and 'value="Our till card"' in page
    with store.read() as db:
        stored = designs.get_design(db, design_id)
    assert (stored.name, stored.version, stored.by) == ("Our till card", 1, "Mei")


def test_saving_again_adds_a_version_and_an_older_one_can_be_taken_up(marketer: FlaskClient, store: Store) -> None:
    design_id = add_design(marketer)
    marketer.post(f"/admin/designs/{design_id}", data=start(width_mm="70", after="1"))
    assert 'name="width_mm" value="70"' in marketer.get(f"/admin/designs/{design_id}").text
    older = marketer.get(f"/admin/designs/{design_id}?version=1").text
    assert 'name="width_mm" value="62"' in older and 'name="after" value="2"' in older
    marketer.post(f"/admin/designs/{design_id}", data=start(after="2"))
    page = marketer.get(f"/admin/designs/{design_id}/versions").text
    assert [f"Version {number}" in page for number in (1, 2, 3)] == [True] * 3
    with store.read() as db:
        widths = [designs.get_design(db, design_id, version).content["width_mm"] for version in (1, 2, 3)]
    assert widths == [62, 70, 62]


def test_two_people_at_once_are_told_and_nothing_typed_is_lost(marketer: FlaskClient) -> None:
    design_id = add_design(marketer)
    marketer.post(f"/admin/designs/{design_id}", data=start(width_mm="70", after="1"))
    answer = marketer.post(f"/admin/designs/{design_id}", data=start(width_mm="65.5", after="1"))
    assert answer.status_code == 422
    assert "Mei saved version 2 meanwhile" in answer.text and 'value="65.5"' in answer.text
    copied = marketer.post(
        f"/admin/designs/{design_id}", data=start(width_mm="65.5", after="1", name="Mine", do="save-new")
    )
    assert copied.status_code == 303 and f"/designs/{design_id}?" not in copied.location


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "A design needs a name"),
        ({"width_mm": "wide"}, "“wide” does not fit here. Write a number from 8 to 1,200 mm."),
        ({"width_mm": "40"}, "too close to the label’s edge"),
        ({"e-0-text": "{prodct}"}, "There is no placeholder {prodct}"),
        ({"e-0-size_pt": "900"}, "“900” does not fit here"),
        ({"e-0-least_pt": "30"}, "larger than the size"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_what_was_typed_stays(
    marketer: FlaskClient, store: Store, change: dict[str, str], message: str
) -> None:
    answer = marketer.post("/admin/designs/new", data=start() | change)
    assert answer.status_code == 422 and message in answer.text
    ((_, typed),) = change.items()
    assert f'value="{typed}"' in answer.text or f"\n{typed}</textarea>" in answer.text
    with store.read() as db:
        assert designs.list_designs(db) == []


def test_a_name_is_taken_once(marketer: FlaskClient) -> None:
    add_design(marketer, name="Shelf")
    answer = marketer.post("/admin/designs/new", data=start(name="shelf"))
    assert answer.status_code == 422 and "There is a design “shelf” already" in answer.text


def press(marketer: FlaskClient, do: str, form: dict[str, str] | None = None) -> tuple[str, list[str]]:
    """What the page shows after a button, and its elements in the order they are drawn."""
    answer = marketer.post("/admin/designs/new", data=(form or start()) | {"do": do})
    assert answer.status_code == 200
    ids = dict(re.findall(r'name="e-(\d+)-id" value="([a-z0-9-]+)"', answer.text))
    return answer.text, [ids[str(number)] for number in range(len(ids))]


def test_elements_are_added_ordered_copied_and_removed_without_script(marketer: FlaskClient) -> None:
    before = [element.id for element in get_ready_design("pack").design.elements]
    assert before == ["call", "product", "address", "symbol"]
    assert press(marketer, "add:box")[1] == [*before, "box"]
    assert press(marketer, "up:call")[1] == ["product", "call", "address", "symbol"]
    assert press(marketer, "down:symbol")[1] == ["call", "product", "symbol", "address"]
    assert press(marketer, "copy:call")[1] == ["call", "text", "product", "address", "symbol"]
    assert press(marketer, "remove:product")[1] == ["call", "address", "symbol"]
    assert press(marketer, "remove:nothing")[1] == before
    page, _ = press(marketer, "add:text")
    assert 'data-el="text" data-kind="text" open' in page and "Not saved yet" in page


def test_a_button_waits_while_a_field_is_wrong(marketer: FlaskClient) -> None:
    form = start()
    wrong = form | {f"e-{place_of(form, 'call')}-x_mm": "left"}
    page, ids = press(marketer, "remove:product", wrong)
    assert "product" in ids and "“left” does not fit here" in page and 'value="left"' in page


def test_the_preview_is_a_picture_with_the_mistakes_by_field(marketer: FlaskClient) -> None:
    answer = marketer.post("/admin/designs/preview", data=start()).json
    assert answer["faults"] == {} and answer["picture"].startswith("data:image/svg+xml;base64,")
    form = start()
    long = form | {f"e-{place_of(form, 'product')}-text": "Far too many words for one line of this label " * 3}
    answer = marketer.post("/admin/designs/preview", data=long).json
    assert "mm too long for its box" in answer["faults"]["product.text"] and answer["picture"]
    none = {name: value for name, value in form.items() if not name.startswith("e-3-")}
    answer = marketer.post("/admin/designs/preview", data=none).json
    assert "The design has no symbol" in answer["faults"][""] and answer["picture"] == ""
    strange = form | {f"e-{place_of(form, 'product')}-text": "Tea 𓀀"}
    assert "“𓀀”" in marketer.post("/admin/designs/preview", data=strange).json["faults"]["product.text"]


def test_a_design_is_looked_at_in_a_style_that_is_no_part_of_it(marketer: FlaskClient, store: Store) -> None:
    for ref, language in (("framed", "fa"), ("dots", "en")):
        shown = marketer.post("/admin/designs/preview", data=start(worn=ref, lang=language)).json
        picture = base64.b64decode(shown["picture"].partition(",")[2])
        (read,) = zxingcpp.read_barcodes(render_svg(picture, 300))
        assert shown["faults"] == {} and read.text.endswith("/q/k7m4p29xqd")
        plain = marketer.post("/admin/designs/preview", data=start(worn="", lang=language)).json
        assert plain["picture"] != shown["picture"] and plain["reach"] > shown["reach"]
    small = {f"e-{place_of(start(), 'symbol')}-{side}_mm": "15" for side in ("width", "height")}
    told = marketer.post("/admin/designs/preview", data=start(worn="framed", **small)).json["faults"]
    assert "pt can be read" in " ".join(told.values()) or "modules would be smaller" in " ".join(told.values())
    unknown = marketer.post("/admin/designs/preview", data=start(worn="nonsense")).json
    assert unknown["picture"] == marketer.post("/admin/designs/preview", data=start()).json["picture"]
    answer = marketer.post("/admin/designs/new", data=start(worn="framed", do="save"))
    assert answer.status_code == 303 and "worn=framed" in answer.location
    assert '<option value="framed" selected>' in marketer.get(answer.location).text
    with store.read() as db:
        assert "framed" not in str(designs.get_design(db, 1).content)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"e-0-kind": "text"},
        {"e-0-kind": "symbol", "e-0-id": "s", "width_mm": "1e9"},
        {"e-0-kind": "symbol", "e-0-id": "s", "e-0-width_mm": "0", "e-0-height_mm": "0"},
        {"e-0-kind": "line", "e-0-id": "l", "e-1-kind": "symbol", "e-1-id": "s", "e-1-width_mm": "9"},
        {"e-0-kind": "image", "e-0-id": "i", "e-0-media": "../../etc", "e-0-file": "x"},
        {"lang": "xx", "sample": "'; drop table designs", "after": "-1", "faces": "7"},
    ],
)  # fmt: skip
def test_no_form_is_answered_with_a_failure(marketer: FlaskClient, form: dict[str, str]) -> None:
    assert marketer.post("/admin/designs/preview", data=form).status_code == 200
    for do in ("show", "save", "add:text", "add:video", "up:", "copy:s"):
        assert marketer.post("/admin/designs/new", data=form | {"do": do}).status_code in (200, 422)


def test_the_words_of_a_real_placement_can_be_tried_in_any_language(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store), add_location(store), language="fa", call_to_action="ببینید").code
    page = marketer.get(f"/admin/designs/new?from=pack&sample={code}&lang=fa").text
    assert f'value="{code}" selected' in page and "data-mirrored" in page and "From the right" in page
    assert "From the right" not in marketer.get("/admin/designs/new?from=pack&lang=en").text
    plain = marketer.post("/admin/designs/preview", data=start(sample=code, lang="fa")).json["picture"]
    english = marketer.post("/admin/designs/preview", data=start(sample=code, lang="en")).json["picture"]
    made_up = marketer.post("/admin/designs/preview", data=start(sample="", lang="en")).json["picture"]
    assert len({plain, english, made_up}) == 3


def make_picture(colour: str = "black") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (60, 30), colour).save(out, "PNG")
    out.seek(0)
    return out


def add_logo(marketer: FlaskClient, **more: Any) -> tuple[dict[str, str], str]:
    """A form with a picture in it, and the picture's id."""
    form = start(name="With a logo", **more)
    extra = {"e-4-kind": "image", "e-4-id": "logo", "e-4-x_mm": "3", "e-4-y_mm": "26.4", "e-4-width_mm": "4"}
    form |= extra | {"e-4-height_mm": "2", "e-4-fit": "contain", "do": "show"}
    page = marketer.post(
        "/admin/designs/new", data=form | {"e-4-file": (make_picture(), "logo.png")}, content_type="multipart/form-data"
    ).text
    media = re.search(r'name="e-4-media" value="([0-9a-f]{16})"', page)[1]
    return form | {"e-4-media": media, "do": "save"}, media


def test_a_design_with_a_picture_travels_to_another_shop(marketer: FlaskClient, store: Store, settings: Any) -> None:
    form, media = add_logo(marketer)
    assert marketer.post("/admin/designs/new", data=form).status_code == 303
    file = marketer.get("/admin/designs/1/export")
    assert file.headers["Content-Disposition"] == 'attachment; filename="with-a-logo.label.json"'
    assert list(json.loads(file.data)["images"]) == [media]
    for path in (settings.instance / "media").iterdir():
        path.unlink()
    answer = marketer.post("/admin/designs/import", data={"file": (io.BytesIO(file.data), "x.label.json")})
    assert answer.status_code == 303
    with store.read() as db:
        taken = designs.get_design(db, 2)
    assert taken.name == "With a logo 2"
    (logo,) = [element for element in taken.content["elements"] if element["kind"] == ImageElement.kind]
    with marketer.get(f"/m/{logo['media']}-60.webp") as picture:
        assert picture.status_code == 200
    assert "data:image/svg+xml" in marketer.get("/admin/designs/2").text


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (b"GIF89a", "This is not a label design"),
        (b'{"what": "shelftalk label design", "format": 2}', "The file is of format “2”"),
    ],
)
def test_a_file_that_is_no_design_is_refused(marketer: FlaskClient, file: bytes, message: str) -> None:
    answer = marketer.post("/admin/designs/import", data={"file": (io.BytesIO(file), "x.json")})
    assert answer.status_code == 422 and message in answer.text
    assert "Choose a file first" in marketer.post("/admin/designs/import", data={}).text


def test_an_imported_design_that_could_not_be_printed_is_refused(marketer: FlaskClient, store: Store) -> None:
    data = json.loads(marketer.get("/admin/designs/pack/export").data)
    data["elements"][0]["width_mm"] = 40
    answer = marketer.post("/admin/designs/import", data={"file": (io.BytesIO(json.dumps(data).encode()), "x.json")})
    assert answer.status_code == 422 and "quiet zone" in answer.text
    with store.read() as db:
        assert designs.list_designs(db) == []


def test_a_picture_that_is_none_is_refused_beside_its_field(marketer: FlaskClient) -> None:
    form, _ = add_logo(marketer)
    answer = marketer.post(
        "/admin/designs/new", data=form | {"do": "show", "e-4-file": (io.BytesIO(b"no picture"), "logo.png")}
    )
    assert "is not a picture that can be read" in answer.text


def test_a_design_is_renamed_retired_and_offered_again(marketer: FlaskClient) -> None:
    design_id = add_design(marketer, name="Shelf")
    marketer.post(f"/admin/designs/{design_id}/rename", data={"name": "Front shelf"})
    assert "Front shelf" in marketer.get("/admin/designs/").text
    assert marketer.post(f"/admin/designs/{design_id}/rename", data={"name": " "}).status_code == 422
    marketer.post(f"/admin/designs/{design_id}/retire")
    assert "1 retired design" in marketer.get("/admin/designs/").text
    assert "Front shelf" not in marketer.get("/admin/labels/").text
    marketer.post(f"/admin/designs/{design_id}/restore")
    assert "Front shelf" in marketer.get("/admin/labels/").text


def test_a_design_outlives_a_language_it_was_written_in(marketer: FlaskClient, store: Store) -> None:
    content = format_design(get_ready_design("pack").design)
    content["elements"][0]["text"]["xx"] = "Skenu"
    with store.write() as db:
        design_id = designs.add_design(db, content, by="", at=clock.now())
    assert "Pack" in marketer.get("/admin/designs/").text
    page = marketer.get(f"/admin/designs/{design_id}").text
    assert "{call}" in page and "Skenu" not in page


def test_staff_look_at_designs_and_change_nothing(staff: FlaskClient) -> None:
    page = staff.get("/admin/designs/pack").text
    assert "disabled" in page and 'value="save"' not in page
    assert staff.get("/admin/designs/nothing").status_code == 404
    assert staff.get("/admin/designs/99").status_code == 404
    assert staff.get("/admin/designs/pack/picture.svg?version=1").status_code == 200
    assert staff.get("/admin/designs/pack/picture.svg?version=77").status_code == 404


# ---- at print ----


def chosen(store: Store) -> str:
    return add_placement(store, add_tea(store), add_location(store)).code


def test_only_designs_that_fit_the_labels_are_offered_the_others_say_why(marketer: FlaskClient) -> None:
    page = marketer.post("/admin/labels/", data={"stock": "single-62x29", "start": "1", "copies": "1"}).text
    assert '<input type="radio" name="design" value="pack"' in page
    assert '<input type="radio" name="design" value="poster-a4"' not in page
    assert "148 mm too wide for these labels." in page and 'value="page:poster-a4"' in page


def test_labels_are_printed_with_a_design_and_the_run_remembers_it(
    marketer: FlaskClient, store: Store, settings: Any
) -> None:
    code = chosen(store)
    design_id = add_design(marketer, ref="shelf-talker", name="Ours")
    form = {"code": code, "stock": "single-100x60", "design": str(design_id), "start": "1", "copies": "1"}
    form |= {"price": "12.90 / 200 g", "do": "pdf"}
    answer = marketer.post("/admin/labels/", data=form)
    assert answer.status_code == 303, answer.text
    with store.read() as db:
        run = runs.get_run(db, 1)
    assert (run.design, run.design_version) == (str(design_id), 1)
    assert f'href="/admin/designs/{design_id}?version=1"><bdi>Ours</bdi>' in marketer.get("/admin/runs/1").text
    pdf = marketer.get("/admin/runs/1/labels.pdf").data
    with open_pages(pdf) as pages:
        assert "12.90 / 200 g" in pages._document[0].get_textpage().get_text_range()
    marketer.post(
        f"/admin/designs/{design_id}", data=start("shelf-talker", name="Ours", after="1") | {"e-0-fill": "none"}
    )
    (settings.instance / "runs" / "1.pdf").unlink()
    assert marketer.get("/admin/runs/1/labels.pdf").data == pdf, "the version it was printed with, bit for bit"


def test_a_design_that_does_not_fit_is_refused_with_the_reason(marketer: FlaskClient, store: Store) -> None:
    form = {"code": chosen(store), "stock": "avery-l7160", "design": "poster-a4", "start": "1", "copies": "1"}
    answer = marketer.post("/admin/labels/", data=form | {"do": "pdf"})
    assert answer.status_code == 422
    assert "“Poster A4” cannot be printed on these labels: 146.5 mm too wide" in answer.text
    answer = marketer.post("/admin/labels/", data=form | {"design": "nothing", "do": "pdf"})
    assert "“nothing” is no design" in answer.text


def test_a_design_is_printed_on_pages_of_its_own_size(marketer: FlaskClient, store: Store) -> None:
    form = {"code": chosen(store), "stock": "avery-l7160", "start": "1", "copies": "1"}
    page = marketer.post("/admin/labels/", data=form | {"do": "page:poster-a5"}).text
    assert 'name="stock" value="page-148x210" checked' in page
    assert 'name="design" value="poster-a5" checked' in page
    done = marketer.post("/admin/labels/", data=form | {"stock": "page-148x210", "design": "poster-a5", "do": "pdf"})
    assert done.status_code == 303
    assert "148 × 210 mm" in marketer.get("/admin/runs/1").text
    assert 'value="page-148x210" checked' in marketer.get("/admin/labels/?design=table-tent").text


def test_what_a_design_cannot_hold_is_refused_before_anything_is_printed(marketer: FlaskClient, store: Store) -> None:
    code = add_placement(store, add_tea(store), call_to_action="Read everything there is to know " * 6).code
    form = {"code": code, "stock": "single-62x29", "design": "pack", "start": "1", "copies": "1", "do": "pdf"}
    answer = marketer.post("/admin/labels/", data=form)
    assert answer.status_code == 422 and "mm too long for its box, even at 6 pt" in answer.text
    with store.read() as db:
        assert db.value("count_runs") == 0
