"""One page with every kind of block, accessible in every language, light and dark, on two widths of phones."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Route

from shelftalk.catalog.blocks import BLOCKS
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.scans.shelf import RenderedPage
from shelftalk.web.i18n import Translator
from shelftalk.web.shopper import NOTICES, make_renderer
from tests.hostile_pages import make_extras, make_hostile_page, make_media
from tests.support import ROOT, run_axe
from tests.tea_page import make_product

pytestmark = pytest.mark.browser
WORDS = {
    "en": "Tea from high gardens",
    "zh-Hant": "高山上的好茶葉",
    "zh-Hans": "高山上的好茶叶",
    "ru": "Чай с высоких гор",
    "fa": "چای از کوه‌های بلند",
}


# What sticks out, unless something around it scrolls.
WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("main *")]
  .filter((one) => { for (let up = one; up; up = up.parentElement) {
    if (["auto", "scroll", "hidden"].includes(getComputedStyle(up).overflowX)) return false; }
    const box = one.getBoundingClientRect(); return box.right > innerWidth || box.left < 0 })
  .map((one) => `${one.closest("section")?.id} ${one.outerHTML.slice(0, 150)}`)"""


@pytest.fixture(scope="module")
def pages() -> dict[tuple[str, str], RenderedPage]:
    """The page in every language, and the notices."""
    renderer = make_renderer(ROOT, Translator(), "https://tea.example")
    made = {(one.key, one.language): one for one in renderer.render_notices()}
    for tag, words in WORDS.items():
        numbers = iter(range(10_000))
        content = make_hostile_page(lambda length, own=words, n=numbers: f"{own} {next(n)}"[:length], tags=(tag,))  # type: ignore[misc]
        page = renderer.render_page(make_product(), content, tag, make_media("tea"), make_extras(words))
        made["all", tag] = page
    return made


@pytest.fixture
def context(browser: Browser, pages: dict[tuple[str, str], RenderedPage]) -> Iterator[BrowserContext]:
    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        if parts.path.startswith("/static/"):
            route.fulfill(path=ROOT / parts.path[1:])
        elif parts.path.startswith("/m/"):
            route.fulfill(path=ROOT / "static/img/mark.svg", content_type="image/svg+xml")
        elif parts.path.startswith("/n/"):
            page = pages[parts.path[3:], parse_qs(parts.query)["lang"][0]]
            headers = {"Content-Security-Policy": page.csp, "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=page.html, headers=headers)
        else:
            route.fulfill(status=204)

    with browser.new_context(has_touch=True) as context:
        context.route("**/*", answer)
        yield context


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_axe_finds_nothing_on_a_page_with_every_block(
    context: BrowserContext, tag: str, scheme: str, width: int
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(f"http://localhost/n/all?lang={tag}")
    page.locator("details").evaluate_all("all => all.forEach(one => { if (!one.closest('.lang')) one.open = true })")
    there = set(page.locator("section[class]").evaluate_all("all => all.map(one => one.className.slice(2))"))
    assert there >= BLOCKS.keys() - {"hero", "buy"}
    assert run_axe(page) == []
    assert page.evaluate(WIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("tag", LANGUAGES)
def test_axe_finds_nothing_on_any_notice(context: BrowserContext, tag: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 320, "height": 740})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for kind in NOTICES:
            page.goto(f"http://localhost/n/notice:{kind}?lang={tag}")
            assert run_axe(page) == [], kind
