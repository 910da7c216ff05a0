"""Styles of symbols in the staff area: looked at, refused or saved, printed with, printed the same again."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from shelftalk import clock
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.labels import camera
from shelftalk.labels.look import parse_look
from shelftalk.labels.raster import open_pages, render_svg
from shelftalk.labels.ready_styles import draw_sample_logo, get_ready_style, list_ready_styles
from shelftalk.store import Store, runs, styles
from shelftalk.web.forms import Form
from shelftalk.web.i18n import Translator
from shelftalk.web.style_form import list_fields, list_values, read_values
from shelftalk.web.style_library import name_ready
from tests.web.shop import add_placement, add_tea


@pytest.fixture(autouse=True, scope="module")
def quick_camera() -> Iterator[None]:
    """Two of the ten views: what becomes of the camera's answer is proven here; what it sees has tests of its own."""
    kept = camera._measure_reach, camera._list_missed
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(camera, "VIEWS", camera.VIEWS[2:4])
        patch.setattr(camera, "ENOUGH", 2)
        patch.setattr(camera, "_measure_reach", lru_cache(kept[0].__wrapped__))
        patch.setattr(camera, "_list_missed", lru_cache(kept[1].__wrapped__))
        yield


def start(ref: str = "forest", **more: str) -> dict[str, str]:
    """What the form of a ready-made style sends."""
    return list_values(get_ready_style(ref).style) | {"name": "Forest", "after": "0", "do": "save"} | more


def add_style(marketer: FlaskClient, **more: str) -> int:
    answer = marketer.post("/admin/styles/new", data=start(**more))
    assert answer.status_code == 303, re.findall(r"field-error[^>]*>(.*?)</p>", answer.text, re.S)
    return int(answer.location.rpartition("/")[2])


def list_colours(pdf: bytes) -> set[tuple[int, int, int]]:
    with open_pages(pdf) as pages:
        return {colour for _, colour in pages.render(0, 100, grey=False).convert("RGB").getcolors(1 << 24)}  # type: ignore[misc]


def test_the_form_of_a_style_is_read_back_equal() -> None:
    for ready in list_ready_styles():
        if not ready.wants_logo:
            style = name_ready(ready, Translator()).style
            form = Form(dict.fromkeys(list_fields(), "") | list_values(style))
            assert read_values(form) == style and form.valid


def test_the_words_of_a_ready_made_style_are_in_the_language_of_each_label() -> None:
    for ready in list_ready_styles():
        if ready.caption:
            words = dict(name_ready(ready, Translator()).style.captions)
            assert set(words) == set(LANGUAGES) and len(set(words.values())) == len(LANGUAGES)
            assert not re.search("[A-Za-z]", "".join(words[tag] for tag in ("fa", "ru", "zh-Hans", "zh-Hant")))


def test_the_list_shows_ready_made_styles_with_pictures_that_read(marketer: FlaskClient) -> None:
    page = marketer.get("/admin/styles/").text
    pictures = re.findall(r'src="(/admin/styles/[^"]+picture.svg[^"]*)"', page)
    assert len(pictures) == len(list_ready_styles())
    for address in pictures:
        answer = marketer.get(address.replace("&amp;", "&"))
        assert answer.mimetype == "image/svg+xml" and "script" not in answer.headers["Content-Security-Policy"]
        (read,) = zxingcpp.read_barcodes(render_svg(answer.data, 150))
        assert read.text == "http://localhost:8000/q/k7m4p29xqd"


def test_a_style_is_measured_saved_changed_retired_and_comes_back(marketer: FlaskClient, store: Store) -> None:
    style_id = add_style(marketer)
    page = marketer.get("/admin/styles/").text
    assert "Forest" in page and "Read from up to" in page
    with store.read() as db:
        kept = styles.get_style(db, style_id)
    assert kept.content["reading"]["reads_at_mm"] > 300 and kept.by == "Mei"
    answer = marketer.post(f"/admin/styles/{style_id}", data=start(name="Wood", after="1"))
    assert answer.status_code == 303
    assert 'value="#14532d"' in marketer.get(f"/admin/styles/{style_id}?version=1").text
    late = marketer.post(f"/admin/styles/{style_id}", data=start(name="Moss", after="1"))
    assert late.status_code == 422 and "saved version 2 meanwhile" in late.text and 'value="Moss"' in late.text
    assert marketer.get(f"/admin/styles/{style_id}/versions").text.count("picture.svg") == 2
    marketer.post(f"/admin/styles/{style_id}/retire")
    assert f'name="style" value="{style_id}"' not in marketer.get("/admin/labels/").text
    marketer.post(f"/admin/styles/{style_id}/restore")
    assert f'name="style" value="{style_id}"' in marketer.get("/admin/labels/").text


def test_what_cannot_be_read_is_refused_and_what_was_typed_stays(marketer: FlaskClient, store: Store) -> None:
    answer = marketer.post("/admin/styles/new", data=start(dark="#F5D000", name="Sun"))
    assert answer.status_code == 422 and 'value="Sun"' in answer.text and 'value="#F5D000"' in answer.text
    assert "#f5d000 on #ffffff has 1.5 : 1; at least 4.5 : 1 is needed" in answer.text
    for change, message in (
        ({"name": " "}, "A style needs a name"),
        ({"dark": "green"}, "“green” is not a colour"),
        ({"logo": "0123456789abcdef", "logo_share": "20"}, "The picture “0123456789abcdef” of the style is not here"),
        ({"logo": "0123456789abcdef", "logo_share": "x"}, "“x” must be a whole number from 10 to 40."),
        ({"modules": "stars"}, "“stars” cannot be chosen here"),
        ({"caption_at": "above"}, "There are no words to print"),
        ({"caption_at": "above", "caption-en": "See more of what others say"}, "too long to stand beside the symbol"),
    ):
        answer = marketer.post("/admin/styles/new", data=start(**change))
        assert answer.status_code == 422 and message in answer.text, change
    with store.read() as db:
        assert styles.list_styles(db) == []


def test_looking_needs_no_name_and_tells_contrast_and_distance(marketer: FlaskClient) -> None:
    shown = marketer.post("/admin/styles/preview", data=start(name=""))
    assert "data:image/svg+xml;base64," in shown.text and "needs a name" not in shown.text
    assert re.search(r"9\.\d : 1", shown.text) and "Looking at it" in shown.text
    looked = marketer.post("/admin/styles/preview?looked=1", data=start(size_mm="60"))
    assert re.search(r"Read from up to [\d.]+\u00a0c?m", looked.text) and "60\u00a0mm wide" in looked.text
    assert "planned with about a third less" in looked.text, "the print page says a shorter distance"
    persian = marketer.post("/admin/styles/preview?looked=1", data=start(), headers={"Accept-Language": "fa"})
    assert "خوانا تا فاصلهٔ" in persian.text and not re.search(r"[a-z], |است, ", re.sub("<[^>]*>", "", persian.text))
    without_script = marketer.post("/admin/styles/new", data=start(do="show"))
    assert without_script.status_code == 200 and "Read from up to" in without_script.text


def test_a_logo_is_uploaded_with_the_form_raises_the_level_and_prints_again_the_same(
    marketer: FlaskClient, store: Store, app: Flask
) -> None:
    style_id = add_style(marketer, logo_file=(io.BytesIO(draw_sample_logo()), "leaf.png"), logo_share="30")
    placement = add_placement(store, add_tea(store))
    job = {"codes": placement.code, "style": str(style_id), "stock": "avery-l7160", "start": "1", "copies": "1"}
    page = marketer.post("/admin/labels/", data=job)
    assert re.search(r'name="level" value="Q" checked', page.text)
    answer = marketer.post("/admin/labels/", data=job | {"level": "M", "do": "pdf", "anyway": "on"})
    assert answer.status_code == 303, re.findall(r"<p class=\"field-error.*?</p>", answer.text, re.S)
    with store.read() as db:
        run = runs.get_run(db, 1)
    look = parse_look(run.look)
    assert look.style is not None and look.level == "Q" and look.style.dark == "#14532d" and look.style.logo
    first = marketer.get("/admin/runs/1/labels.pdf").data
    assert (20, 83, 45) in list_colours(first)
    with store.write() as db:
        later = {"name": "Forest", "dark": "#7a1f2b"}
        styles.add_version(db, style_id, later, after=1, by="", at=clock.now())
    instance = app.extensions["shelftalk"].settings.instance
    (instance / "runs" / "1.pdf").unlink()
    assert marketer.get("/admin/runs/1/labels.pdf").data == first


def test_the_sample_of_a_logo_is_never_printed(marketer: FlaskClient, store: Store) -> None:
    placement = add_placement(store, add_tea(store))
    job = {"codes": placement.code, "style": "logo", "stock": "avery-l7160", "start": "1", "copies": "1", "do": "pdf"}
    answer = marketer.post("/admin/labels/", data=job)
    assert answer.status_code == 422 and "waits for your logo" in answer.text
    answer = marketer.post("/admin/labels/", data=job | {"style": "nonsense"})
    assert answer.status_code == 422 and "“nonsense” is no style" in answer.text


def test_a_picture_that_is_none_is_refused_beside_its_field(marketer: FlaskClient) -> None:
    answer = marketer.post("/admin/styles/new", data=start(logo_file=(io.BytesIO(b"no picture"), "x.png")))
    assert answer.status_code == 422 and "is not a picture that can be read" in answer.text


def test_staff_look_and_do_not_change(staff: FlaskClient, marketer: FlaskClient) -> None:
    style_id = add_style(marketer)
    page = staff.get(f"/admin/styles/{style_id}").text
    assert '<fieldset class="s-all" disabled>' in page and ">Save<" not in page and "Read from up to" in page


def test_the_preview_of_a_sheet_shows_its_colours(marketer: FlaskClient, store: Store) -> None:
    import base64

    placement = add_placement(store, add_tea(store))
    page = marketer.get(f"/admin/labels/?codes={placement.code}&style=forest").text
    data = re.search(r"data:image/png;base64,([A-Za-z0-9+/=]+)", page)
    assert data
    image = Image.open(io.BytesIO(base64.b64decode(data[1]))).convert("RGB")
    assert (20, 83, 45) in {colour for _, colour in image.getcolors(1 << 24)}  # type: ignore[misc]
