"""Reading comfort of the sample: narrow, zoomed, spaced out, printed, in forced colours, by every language's rules."""

from __future__ import annotations

import http.client
import io
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader
from werkzeug.serving import make_server

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.config import read_settings
from shelftalk.web.app import create_app
from shelftalk.web.sample import load_sample
from shelftalk.web.state import get_state
from tests.support import ROOT

pytestmark = pytest.mark.browser
MEASURES = (Path(__file__).parent / "reading.js").read_text("utf-8")
SCHEMES = ("light", "dark")
# What a reader may set by WCAG 1.4.12, and nothing may be lost by it.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""
DIGITS = re.compile("[0-9]")


@dataclass(frozen=True)
class Shop:
    """A served sample brand: where, and the addresses of its pages."""

    origin: str
    paths: tuple[str, ...]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    settings = read_settings(ROOT, {"SHELFTALK_INSTANCE": str(tmp_path_factory.mktemp("reading") / "instance")})
    app = create_app(ROOT, settings, background=False)
    state = get_state(app)
    with app.app_context():
        load_sample(state)
    state.keeper.refresh(full=True)
    state.shelf.refresh(now=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    slugs = sorted(json.loads(path.read_text("utf-8"))["slug"] for path in SAMPLE)
    yield Shop(f"http://127.0.0.1:{server.server_port}", tuple(f"/p/{slug}" for slug in slugs))
    server.shutdown()
    thread.join()
    server.server_close()
    state.store.close()


SAMPLE = sorted((ROOT / "packaging/shelftalk/sample/data/products").glob("*.json"))
# Of other kinds than the sample's own pages: a long text of ours, and a notice.
OURS = ("/privacy", "/q/23456789bcdf")


def read(page: Page, url: str) -> list[str]:
    """What is wrong with the page as it lies there, everything on it unfolded."""
    page.goto(url)
    page.locator("details").evaluate_all("all => all.forEach(one => { if (!one.closest('.lang')) one.open = true })")
    page.evaluate(MEASURES)
    return [f"{url}: {line}" for line in page.evaluate("reading.listWrong()")]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_nothing_is_cut_off_or_sticks_out_at_320_pixels_at_256_or_with_letters_words_and_lines_set_wider(
    browser: Browser, shop: Shop, tag: str
) -> None:
    scheme = SCHEMES[list(LANGUAGES).index(tag) % 2]
    narrow, zoomed = {"width": 320, "height": 568}, {"width": 256, "height": 192}
    wrong: list[str] = []
    with browser.new_context(viewport=narrow, color_scheme=scheme, bypass_csp=True) as context:  # type: ignore[arg-type]
        page = context.new_page()
        for path in (*shop.paths, *OURS):
            wrong += read(page, f"{shop.origin}{path}?lang={tag}")
            page.set_viewport_size(zoomed)
            wrong += [f"{path} zoomed: {line}" for line in page.evaluate("reading.listWrong()")]
            if path in shop.paths:
                assert page.locator(".act").evaluate("one => getComputedStyle(one).position") == "static", (
                    "it would cover all"
                )
            page.set_viewport_size(narrow)
            page.add_style_tag(content=SPACED)
            wrong += [f"{path} spaced: {line}" for line in page.evaluate("reading.listWrong()")]
            assert page.locator("main p").first.evaluate("one => getComputedStyle(one).letterSpacing") != "normal"
    assert wrong == []


def test_the_measures_find_what_is_wrong(browser: Browser, shop: Shop) -> None:
    with browser.new_context(viewport={"width": 320, "height": 568}, bypass_csp=True) as context:
        page = context.new_page()
        assert read(page, f"{shop.origin}{shop.paths[0]}?lang=en") == []
        for style, kind in (
            ("h1 { white-space: nowrap; font-size: 90px }", "sticks out"),
            (".claim { block-size: 20px; overflow: hidden }", "cut off"),
            ("h2 { block-size: 2px; margin: 0 }", "lies on"),
        ):
            sheet = page.add_style_tag(content=style)
            assert any(kind in line for line in page.evaluate("reading.listWrong()")), style
            sheet.evaluate("one => one.remove()")


@pytest.mark.parametrize("tag", ["zh-Hant", "zh-Hans"])
def test_no_chinese_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(
    browser: Browser, shop: Shop, tag: str
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        for path in (*shop.paths, "/privacy"):
            read(page, f"{shop.origin}{path}?lang={tag}")
            for width in (320, 347, 360, 390):
                page.set_viewport_size({"width": width, "height": 740})
                assert page.evaluate("reading.listBadBreaks()") == [], f"{path} at {width}"
        style = page.locator("main p").first.evaluate(
            "one => { const s = getComputedStyle(one); return [s.lineBreak, s.textAlign, s.wordBreak] }"
        )
        assert style[0] == "strict"
        assert style[1] != "justify"
        assert style[2] == "normal"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_amount_parts_from_its_unit_at_the_end_of_a_line(browser: Browser, shop: Shop, tag: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        for path in shop.paths:
            read(page, f"{shop.origin}{path}?lang={tag}")
            for width in (320, 347, 360):
                page.set_viewport_size({"width": width, "height": 740})
                assert page.evaluate("reading.listPartedUnits()") == [], f"{path} at {width}"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_font_is_fetched_and_each_language_has_fonts_of_its_own_system(
    browser: Browser, shop: Shop, tag: str
) -> None:
    asked: list[str] = []
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.resource_type))
        page.goto(f"{shop.origin}{shop.paths[0]}?lang={tag}", wait_until="networkidle")
        assert "font" not in asked
        assert page.evaluate("document.fonts.size") == 0
        own = {"zh-Hant": "PingFang TC", "zh-Hans": "PingFang SC", "fa": "Vazirmatn"}.get(tag, "system-ui")
        assert own in page.locator("body").evaluate("one => getComputedStyle(one).fontFamily")


def test_what_shelftalk_writes_itself_has_persian_digits(browser: Browser, shop: Shop) -> None:
    found = 0
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        for path in shop.paths:
            page.goto(f"{shop.origin}{path}?lang=fa")
            for text in page.locator(
                ".amounts td, .meta li, .mean b, .bars .of, .bars .count, .who > span"
            ).all_inner_texts():
                found += 1
                assert not DIGITS.search(text), f"{path}: {text}"
            markers = page.locator(".steps li").evaluate_all("a => a.map(o => getComputedStyle(o, '::before').content)")
            assert set(markers) <= {"counter(step, persian)"}
    assert found > 20


def test_latin_names_and_codes_keep_their_order_among_persian_words(browser: Browser, shop: Shop) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        for path in shop.paths:
            page.goto(f"{shop.origin}{path}?lang=fa")
            apart = page.locator(".price, .brand > *, .card small bdi, .who bdi").evaluate_all(
                "all => all.map(one => getComputedStyle(one).unicodeBidi)"
            )
            assert set(apart) == {"isolate"}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_on_paper_the_page_is_black_on_white_whole_and_short(browser: Browser, shop: Shop, tag: str) -> None:
    with browser.new_context(viewport={"width": 794, "height": 1123}, color_scheme="dark") as context:
        page = context.new_page()
        for path in shop.paths:
            page.goto(f"{shop.origin}{path}?lang={tag}")
            page.emulate_media(media="print", color_scheme="dark")
            page.evaluate(MEASURES)
            assert page.evaluate("reading.listFixed()") == []
            assert page.evaluate("reading.listFaint(4.5)") == [], path
            assert page.locator(".lang").is_hidden()
            assert page.locator(".printed").inner_text().endswith(f"{path}?lang={tag}")
            heights = page.locator("main img").evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
            assert max(heights, default=0) <= 96 / 2.54 * 7 + 1, "seven centimetres"
            if page.locator(".ask").count():
                assert page.locator(".ask p").last.is_visible()
            page.emulate_media(media="null")
        page.goto(f"{shop.origin}{shop.paths[3]}?lang={tag}")
        paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
        assert len(paper.pages) <= 5
        assert "hillside.example" in "".join(sheet.extract_text() for sheet in paper.pages)


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_with_forced_colours_edges_and_focus_stay_visible(browser: Browser, shop: Shop, tag: str) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, forced_colors="active") as context:
        page = context.new_page()
        for path in shop.paths:
            read(page, f"{shop.origin}{path}?lang={tag}")
            assert page.evaluate("reading.listEdgeless('.btn, .jump a, .card, .facts, .note, .lang summary')") == []
            stops = page.locator("a[href], button, summary, input:not([tabindex='-1'])").count()
            for _stop in range(min(stops, 25)):
                page.keyboard.press("Tab")
                assert page.evaluate("reading.isFocusSeen()"), page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_nothing_moves_for_those_who_asked_for_less_motion(browser: Browser, shop: Shop, tag: str) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce") as context:
        page = context.new_page()
        for path in shop.paths:
            page.goto(f"{shop.origin}{path}?lang={tag}")
            assert page.evaluate("document.getAnimations().length") == 0
            assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
            spans = page.evaluate("[...document.all].map(one => getComputedStyle(one).transitionDuration)")
            assert set(spans) == {"0s"}


def test_without_user_agent_and_language_the_page_is_there(shop: Shop) -> None:
    for path in (*shop.paths, "/privacy"):
        connection = http.client.HTTPConnection(urlsplit(shop.origin).netloc)
        connection.putrequest("GET", path, skip_accept_encoding=True)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        assert (answer.status, answer.getheader("Content-Language")) == (200, "en")
        assert '<html lang="en" dir="ltr"' in body
        assert "</html>" in body
