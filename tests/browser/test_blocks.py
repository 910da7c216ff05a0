"""Content blocks in a real browser: found by everybody, tapped with and without script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.web.i18n import Translator
from shelftalk.web.shopper import make_renderer
from tests.blocks_page import KINDS, read_sample_page
from tests.support import run_axe
from tests.tea_page import ROOT, make_product

pytestmark = pytest.mark.browser
ADDRESS = "http://localhost/q/k7m4p29xqd"


@dataclass
class Shelf:
    """The pages as rendered, by language, in two brands' colours; what else the browser asked for."""

    pages: dict[tuple[str, str], tuple[bytes, str]]
    asked: list[str] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        parts, query = urlsplit(route.request.url), parse_qs(urlsplit(route.request.url).query)
        if parts.path.startswith("/static/"):
            route.fulfill(path=ROOT / parts.path[1:])
        elif route.request.method == "POST" or "go" in query:
            self.asked.append(f"{route.request.method} {parts.path}?{parts.query}")
            route.fulfill(status=204)
        else:
            html, policy = self.pages[query.get("colour", ["#1f6f54"])[0], query.get("lang", ["en"])[0]]
            headers = {"Content-Security-Policy": policy, "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=html, headers=headers)


@pytest.fixture(scope="module")
def pages() -> dict[tuple[str, str], tuple[bytes, str]]:
    renderer, content = make_renderer(ROOT, Translator(), "https://tea.example"), read_sample_page()
    assert {block.type for block in content.blocks} == {"hero", *KINDS}
    return {
        (colour, page.language): (page.html, page.csp)
        for colour in ("#1f6f54", "#ffd400")
        for page in renderer.render_pages(make_product(colour=colour), content, {})
    }


@pytest.fixture
def shelf(pages: dict[tuple[str, str], tuple[bytes, str]]) -> Shelf:
    return Shelf(pages)


def open_phone(browser: Browser, shelf: Shelf, *, script: bool = True) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        has_touch=True,
        java_script_enabled=script,
        permissions=["clipboard-read"],
    )
    context.route("**/*", shelf.answer)
    return context


@pytest.fixture
def phone(browser: Browser, shelf: Shelf) -> Iterator[Page]:
    with open_phone(browser, shelf) as context:
        yield context.new_page()


@pytest.fixture
def plain(browser: Browser, shelf: Shelf) -> Iterator[Page]:
    """A phone on which scripts do not run."""
    with open_phone(browser, shelf, script=False) as context:
        yield context.new_page()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_axe_finds_nothing_in_any_block(phone: Page, tag: str, scheme: str) -> None:
    phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for colour in ("%231f6f54", "%23ffd400")[: 2 if tag == "en" else 1]:
        phone.goto(f"{ADDRESS}?lang={tag}&colour={colour}")
        assert run_axe(phone) == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_block_sticks_out_sideways_on_a_small_phone(phone: Page, tag: str) -> None:
    phone.set_viewport_size({"width": 320, "height": 256})
    phone.goto(f"{ADDRESS}?lang={tag}")
    assert phone.evaluate("document.documentElement.scrollWidth") == 320
    edges = "all => all.map(one => one.getBoundingClientRect()).filter(box => box.left < 0 || box.right > 320).length"
    assert phone.locator("section *").evaluate_all(edges) == 0


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_a_recall_is_the_first_thing_seen(phone: Page, tag: str) -> None:
    phone.goto(f"{ADDRESS}?lang={tag}")
    alarm, name = phone.locator("#alarm h2").bounding_box(), phone.locator("h1").bounding_box()
    assert alarm
    assert name
    assert alarm["y"] < 200
    assert alarm["y"] < name["y"]
    expect(phone.get_by_role("region").filter(has=phone.locator("#alarm-h"))).to_have_count(1)


def test_taps_on_phone_and_e_mail_are_told_without_who(phone: Page, shelf: Shelf) -> None:
    phone.goto(ADDRESS)
    phone.locator("#contact a").evaluate_all(
        "all => all.forEach(a => a.addEventListener('click', e => e.preventDefault()))"
    )
    for link in phone.locator("#contact a").all():
        link.tap()
    phone.wait_for_timeout(100)
    told = [line for line in shelf.asked if "act=contact" in line]
    assert told == [f"POST /q/k7m4p29xqd?act=contact.{what}&lang=en" for what in ("call", "mail")]


def test_links_out_keep_the_scanned_code_with_and_without_script(phone: Page, plain: Page, shelf: Shelf) -> None:
    for page in (phone, plain):
        page.goto(f"{ADDRESS}?lang=ru")
        for block in ("shops", "social", "press", "alarm"):
            shelf.asked.clear()
            page.locator(f"#{block} a").last.tap()
            page.wait_for_timeout(50)
            [asked] = [line for line in shelf.asked if "go=" in line]
            assert asked.startswith(f"GET /q/k7m4p29xqd?go={block}."), block
            assert asked.endswith("&lang=ru")


def test_sharing_copies_an_address_of_its_own_and_says_so(phone: Page, shelf: Shelf) -> None:
    phone.add_init_script("navigator.share = undefined")
    phone.goto(ADDRESS)
    phone.locator("#share").get_by_role("button").tap()
    expect(phone.locator("#share [role=status]")).to_have_text("Link copied")
    copied = phone.evaluate("navigator.clipboard.readText()")
    assert copied == "http://localhost/p/high-mountain-oolong?lang=en&via=share"
    assert "POST /q/k7m4p29xqd?act=share.share&lang=en" in shelf.asked


def test_sharing_uses_the_phones_own_way_where_there_is_one(phone: Page) -> None:
    phone.add_init_script("navigator.share = async data => { window.shared = data }")
    phone.goto(f"{ADDRESS}?lang=fa")
    phone.locator("#share").get_by_role("button").tap()
    shared = phone.evaluate("window.shared")
    assert shared["url"].endswith("?lang=fa&via=share")


def test_without_script_sharing_is_a_mail_and_an_address_to_copy(plain: Page) -> None:
    plain.goto(ADDRESS)
    share = plain.locator("#share")
    expect(share.locator("button")).to_be_hidden()
    expect(share.get_by_role("link")).to_have_attribute(
        "href",
        "mailto:?subject=High%20Mountain%20Oolong"
        "&body=https%3A//tea.example/p/high-mountain-oolong%3Flang%3Den%26via%3Dshare",
    )
    expect(share.locator("bdi")).to_have_text("https://tea.example/p/high-mountain-oolong?lang=en&via=share")


def test_what_can_be_tapped_is_large_enough_for_a_thumb(phone: Page) -> None:
    phone.goto(f"{ADDRESS}?lang=zh-Hans")
    for link in phone.locator("section a, section button").all():
        box = link.bounding_box()
        assert box
        assert box["height"] >= 44, link.inner_text()


def test_forced_colours_keep_blocks_apart_and_marks_legible(phone: Page) -> None:
    phone.emulate_media(forced_colors="active")
    phone.goto(ADDRESS)
    for block in (".amounts", ".made-of", ".parts", ".alarm", ".pass"):
        style = phone.locator(block).first.evaluate("one => getComputedStyle(one).borderTopStyle")
        assert style == "solid", block
