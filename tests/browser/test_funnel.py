"""From scan to action in a real browser, with and without script: what is tapped is what the report says."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shelftalk import clock
from shelftalk.config import read_settings
from shelftalk.store import open_store, pages
from tests.browser.conftest import ROOT, Server
from tests.browser.test_main_job import set_up
from tests.store.test_store_contract import add_location, add_placement, add_product
from tests.tea_page import read_page

pytestmark = pytest.mark.browser
PHONE = "Mozilla/5.0 (Linux; Android 15; {model}) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


@pytest.fixture
def shop() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A shop that people are sent to: its address, and what each visitor's browser told it."""
    visits: list[dict[str, str]] = []

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/oolong?from=page":
                visits.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!doctype html><h1>The shop</h1>")

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/oolong?from=page", visits
    server.shutdown()
    thread.join()
    server.server_close()


def fill(server: Server, shop: str) -> str:
    """A published page that leads to the shop, and a placement; gives its code."""
    store = open_store(read_settings(ROOT, server.environ))
    content = read_page()
    buy = next(block for block in content.blocks if block.type == "buy")
    for texts in content.texts.values():
        texts[buy.id]["url"] = shop
    content = replace(content, blocks=tuple(block for block in content.blocks if block.type != "image"))
    with store.write() as db:
        product, location = add_product(db), add_location(db)
        pages.save_page(db, product.id, 1, content, by="", at=clock.now())
        pages.publish_page(db, product.id, by="", at=clock.now())
        code = add_placement(db, product, location).code
    store.close()
    return code


def open_phone(browser: Browser, model: str, **more: object) -> BrowserContext:
    """A shopper's phone."""
    return browser.new_context(
        locale="fa-IR",
        viewport={"width": 360, "height": 740},
        is_mobile=True,
        has_touch=True,
        user_agent=PHONE.format(model=model),
        **more,  # type: ignore[arg-type]
    )


def scan(page: Page, address: str) -> None:
    """Open a code, once the shelf has it."""
    for _ in range(40):
        answer = page.request.get(address + "?test=1")
        if answer.status == 200 and "/static/js/shopper.js" in answer.text():
            break
        page.wait_for_timeout(250)
    page.goto(address)


def read_funnel(admin: Page, server: Server) -> list[str]:
    server.flask("ingest")
    admin.goto(f"{server.url}/admin/reports/")
    return admin.locator("[data-funnel]").all_inner_texts()


def test_what_is_tapped_is_what_the_report_says(
    browser: Browser, server: Server, shop: tuple[str, list[dict[str, str]]]
) -> None:
    target, arrived = shop
    code = fill(server, target)
    staff = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    admin = staff.new_page()
    set_up(admin, server)
    address = f"{server.url}/q/{code}"

    with open_phone(browser, "Pixel 8") as phone:
        page = phone.new_page()
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        scan(page, address)
        expect(page).to_have_url(re.compile(r"/p/"))
        page.locator(".ask summary").nth(1).scroll_into_view_if_needed()
        page.mouse.wheel(0, 400)
        page.wait_for_function("scrollY > 100")
        page.wait_for_timeout(300)
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(300)
        assert [url.partition("?")[2] for url in sent] == ["act=read&lang=fa"], "once a view"
        page.locator(".act a.btn").click()
        expect(page.locator("h1")).to_have_text("The shop")
        assert sent[0].startswith(address), "the beacon keeps the code"
    assert len(arrived) == 1
    assert "referer" not in arrived[0], "the shop is told no code"
    assert read_funnel(admin, server) == ["1", "1", "1"]
    expect(admin.locator("[data-figure=taps]")).to_have_text("1")
    expect(admin.locator("#taps tbody tr")).to_contain_text("Link followed")

    with open_phone(browser, "Pixel 9", java_script_enabled=False) as phone:
        page = phone.new_page()
        scan(page, address)
        page.locator(".act a.btn").click()
        expect(page.locator("h1")).to_have_text("The shop")
    assert len(arrived) == 2
    assert read_funnel(admin, server) == ["2", "1", "2"]

    quiet = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
    headers = {"Sec-GPC": "1"}
    with open_phone(browser, "Pixel 10", extra_http_headers=headers) as phone:
        phone.add_init_script(quiet)
        page = phone.new_page()
        sent = []
        page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
        scan(page, address)
        page.mouse.wheel(0, 3000)
        page.wait_for_timeout(400)
        page.locator(".act a.btn").click()
        expect(page.locator("h1")).to_have_text("The shop")
        assert sent == []
    assert read_funnel(admin, server) == ["3", "1", "2"], "who asks not to be tracked is a scan and a tap, no more"
    expect(admin.locator("[data-figure=taps]")).to_have_text("3")
    staff.close()
