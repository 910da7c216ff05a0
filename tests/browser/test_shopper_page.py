"""The shopper page in a real browser: every language, light and dark, small screens, with and without script."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.web.i18n import Translator
from shelftalk.web.media import accept_image
from shelftalk.web.shopper import NOTICES, RenderedPage, make_renderer
from tests.tea_page import ROOT, draw_garden, make_product, read_page

pytestmark = pytest.mark.browser
AXE = (ROOT / "tests/vendor/axe.min.js").read_text("utf-8")
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".avif": "image/avif", ".webp": "image/webp"}
CODE = "/q/k7m4p29xqd"


class Shop:
    """Serves rendered pages the way the shelf does: same bytes, same policy, for any code."""

    def __init__(self, folder: Path) -> None:
        renderer = make_renderer(ROOT, Translator(), "https://tea.example")
        garden = accept_image(draw_garden(), "garden.jpg", folder)
        page, media = read_page(garden.id), {garden.id: garden}
        rendered = [
            *renderer.render_pages(make_product(photo=garden.id), page, media),
            *renderer.render_notices(),
        ]
        self.pages = {(one.key, one.language): one for one in rendered}
        for one in renderer.render_pages(make_product(colour="#ffd400"), page, media):
            self.pages["bright", one.language] = one
        self.folder = folder
        self.asked: list[str] = []

    def find_page(self, path: str, language: str) -> RenderedPage | None:
        first = path.split("/")[1]
        key = {"privacy": "notice:privacy", "bright": "bright", "n": f"notice:{path.split('/')[-1]}"}
        return self.pages.get((key.get(first, "product:7"), language)) if first in {*key, "q", "p"} else None

    def find_file(self, path: str) -> Path | None:
        file = self.folder / path[3:] if path.startswith("/m/") else ROOT / path[1:]
        return file if path.startswith(("/m/", "/static/")) and file.is_file() else None


class Handler(BaseHTTPRequestHandler):
    shop: Shop

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.shop.asked.append(self.path)
        page = self.shop.find_page(parts.path, parse_qs(parts.query).get("lang", ["en"])[0])
        file = self.shop.find_file(parts.path)
        if page:
            self._answer(page.html, "text/html; charset=utf-8", page.csp)
        elif file:
            self._answer(file.read_bytes(), TYPES.get(file.suffix, "image/jpeg"), "default-src 'none'")
        else:
            self.send_error(404)

    def _answer(self, body: bytes, kind: str, policy: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("media"))


@pytest.fixture(scope="module")
def origin(shop: Shop) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("ShopHandler", (Handler,), {"shop": shop}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    yield context
    context.close()


@pytest.fixture
def phone(context: BrowserContext) -> Page:
    return context.new_page()


def list_violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join()))")
    return list(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_axe_finds_nothing(phone: Page, origin: str, tag: str, scheme: str) -> None:
    phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in (CODE, "/bright/x") if tag == "en" else (CODE,):
        phone.goto(f"{origin}{path}?lang={tag}")
        phone.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        assert list_violations(phone) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tag", ["zh-Hans", "fa"])
def test_axe_finds_nothing_on_the_notices(phone: Page, origin: str, tag: str, scheme: str) -> None:
    phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for kind in NOTICES:
        phone.goto(f"{origin}/n/{kind}?lang={tag}")
        assert list_violations(phone) == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_nothing_sticks_out_sideways_on_a_small_phone(phone: Page, origin: str, tag: str) -> None:
    phone.set_viewport_size({"width": 320, "height": 256})  # 1280 x 1024 at 400 %
    for path in (CODE, "/bright/x", "/privacy", "/n/unknown"):
        phone.goto(f"{origin}{path}?lang={tag}")
        assert phone.evaluate("document.documentElement.scrollWidth") == 320, path
    phone.goto(f"{origin}{CODE}?lang={tag}")
    assert phone.locator(".act").evaluate("bar => getComputedStyle(bar).position") == "static"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_fingers_hit_what_they_aim_at(phone: Page, origin: str, tag: str) -> None:
    phone.goto(f"{origin}{CODE}?lang={tag}")
    boxes = phone.locator("a:visible, button:visible, summary:visible").evaluate_all(
        "all => all.map(one => [one.textContent, one.getBoundingClientRect()])"
        ".map(([text, box]) => [text, box.height, box.width])"
    )
    assert len(boxes) > 10
    assert [box for box in boxes if min(box[1:]) < 24] == []


def test_the_address_becomes_the_products_own_and_the_switch_keeps_the_code(phone: Page, origin: str) -> None:
    phone.goto(f"{origin}{CODE}")
    phone.wait_for_url(f"{origin}/p/high-mountain-oolong")
    phone.locator(".lang summary").click()
    link = phone.get_by_role("link", name="فارسی")
    assert link.evaluate("one => one.href") == f"{origin}{CODE}?lang=fa"
    link.click()
    phone.wait_for_url(f"{origin}/p/high-mountain-oolong?lang=fa")
    assert phone.locator("html").get_attribute("dir") == "rtl"
    assert phone.locator("h1").inner_text() == "چای اولانگ کوهستان"


def test_a_chip_leads_to_its_block_and_the_bar_does_not_cover_it(phone: Page, origin: str) -> None:
    phone.emulate_media(reduced_motion="reduce")
    phone.goto(f"{origin}{CODE}")
    phone.get_by_role("link", name="Questions").click()
    heading = phone.get_by_role("heading", name="Questions").bounding_box()
    bar = phone.locator(".act").bounding_box()
    assert heading
    assert bar
    assert heading["y"] < bar["y"]
    assert phone.url == f"{origin}/p/high-mountain-oolong#bfaq"


def test_share_copies_an_address_that_is_no_scan(context: BrowserContext, phone: Page, origin: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=origin)
    phone.add_init_script("delete Navigator.prototype.share")
    phone.goto(f"{origin}{CODE}?lang=en")
    phone.get_by_role("button", name="Share").click()
    phone.get_by_role("status").get_by_text("Link copied").wait_for()
    assert phone.evaluate("navigator.clipboard.readText()") == f"{origin}/p/high-mountain-oolong?lang=en&via=share"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_without_script_everything_can_be_read_and_reached(browser: Browser, origin: str, tag: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    phone = context.new_page()
    phone.goto(f"{origin}{CODE}?lang={tag}")
    assert phone.locator(".act .btn[href]").is_visible()
    assert phone.locator("[data-share]").is_hidden()
    phone.locator(".ask summary").nth(1).click()
    assert phone.locator(".ask p").nth(1).is_visible()
    phone.locator(".lang summary").click()
    phone.locator(".lang a[hreflang=ru]").click()
    assert phone.url == f"{origin}{CODE}?lang=ru"
    assert phone.locator("h1").inner_text() == "Высокогорный улун"
    context.close()


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_kept_on_the_phone(
    context: BrowserContext, phone: Page, origin: str
) -> None:
    asked: list[str] = []
    said: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.on("console", lambda message: said.append(message.text))
    phone.goto(f"{origin}{CODE}?lang=en", wait_until="networkidle")
    phone.locator("figure").scroll_into_view_if_needed()
    phone.wait_for_function("[...document.images].every(image => image.complete && image.naturalWidth)")
    assert asked
    assert all(url.startswith(f"{origin}/") for url in asked)
    assert any(url.endswith(".avif") for url in asked)
    assert said == [], "the policy let everything through that the page needs"
    assert context.cookies() == []
    assert phone.evaluate("localStorage.length + sessionStorage.length") == 0


def test_persian_numbers_its_steps_with_its_own_digits(phone: Page, origin: str) -> None:
    phone.goto(f"{origin}{CODE}?lang=fa")
    counter = phone.locator(".steps li").first.evaluate("one => getComputedStyle(one, '::before').content")
    assert counter == "counter(step, persian)"
    assert phone.locator(".prose ol").evaluate("one => getComputedStyle(one).listStyleType") == "persian"


def test_on_paper_every_answer_is_open_and_the_bar_is_gone(phone: Page, origin: str) -> None:
    phone.goto(f"{origin}{CODE}?lang=en")
    phone.emulate_media(media="print")
    assert phone.get_by_text("Closed tin, dark and dry.").is_visible()
    assert phone.locator(".lang").is_hidden()
