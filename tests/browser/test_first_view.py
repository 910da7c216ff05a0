"""The first view on a slow phone and a slow network: read within a second, and nothing on it jumps.

Measured from the start of the navigation, nothing cached, with DevTools' own throttling of the network (400 kbit/s,
300 ms to the first byte of every answer) and of the processor (four times slower). That adds no trips for making the
connection; a phone that has none yet pays one or two more of them (TCP, TLS), whatever the page is.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import start_server
from tests.support import ROOT

pytestmark = pytest.mark.browser
SAMPLE = sorted((ROOT / "packaging/shelftalk/sample/data/products").glob("*.json"))
PATHS = [f"/p/{json.loads(path.read_text('utf-8'))['slug']}" for path in SAMPLE]
BYTES_A_SECOND = 400_000 / 8
LATENCY_MS = 300
SLOWER = 4
READABLE_MS = 1_000
TRIES = 3  # the machine may be busy with other tests
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 3, "has_touch": True, "is_mobile": True}
WATCH = """
window.seen = { shift: 0, moved: [] };
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  seen.shift += entry.value;
  seen.moved.push(...entry.sources.map((one) => one.node && (one.node.className || one.node.nodeName)));
})).observe({ type: "layout-shift", buffered: true });
"""
READ = """() => ({
  text: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  html: performance.getEntriesByType("navigation")[0].responseEnd,
  bytes: performance.getEntriesByType("navigation")[0].transferSize,
  pictures: performance.getEntriesByType("resource").filter((one) => one.name.includes("/m/"))
    .map((one) => one.responseEnd),
  title: (() => { const box = document.querySelector("h1").getBoundingClientRect();
    return box.height > 0 && box.bottom <= innerHeight })(),
  shift: seen.shift, moved: seen.moved,
})"""


@dataclass(frozen=True)
class View:
    """What a navigation came to, in milliseconds from its start."""

    text: float  # first contentful paint
    html: float  # the page is there
    bytes: int
    pictures: list[float]
    title: bool  # the headline is on the first screen
    shift: float
    moved: list[str]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample brand on a server as it runs in life."""
    process, server = start_server(tmp_path_factory.mktemp("first") / "instance")
    server.flask("demo")
    yield server.url
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)


def look(context: BrowserContext, url: str, *, slow: bool) -> View:
    """Open a page as for the first time; wait until its pictures are there."""
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    rate = BYTES_A_SECOND if slow else -1
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY_MS, "downloadThroughput": rate, "uploadThroughput": rate},
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url, wait_until="load", timeout=120_000)
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length", timeout=60_000)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)))")
    view = View(**page.evaluate(READ))
    page.close()
    return view


def look_anew(browser: Browser, url: str, *, slow: bool = True) -> View:
    with browser.new_context(**PHONE) as context:  # type: ignore[arg-type]
        return look(context, url, slow=slow)


@pytest.mark.parametrize("path", PATHS)
def test_the_first_view_is_read_within_a_second_on_a_slow_phone(browser: Browser, shop: str, path: str) -> None:
    views: list[View] = []
    while len(views) < TRIES and (not views or min(view.text for view in views) > READABLE_MS):
        views.append(look_anew(browser, shop + path))
    best = min(views, key=lambda view: view.text)
    print(path, best)
    assert best.text <= READABLE_MS, f"text after {[round(view.text) for view in views]} ms"
    assert best.text >= LATENCY_MS, "the network was slowed down"
    assert best.title
    assert best.bytes <= 14 * 1024
    assert best.pictures, "the page has a picture"
    assert best.text < min(best.pictures), "the text waits for no picture"


@pytest.mark.parametrize("path", PATHS)
def test_nothing_jumps_when_the_picture_arrives(browser: Browser, shop: str, path: str) -> None:
    view = look_anew(browser, shop + path)
    assert view.shift <= 0.01, view.moved


def test_a_page_whose_picture_has_no_place_kept_is_found_to_jump(browser: Browser, shop: str) -> None:
    with browser.new_context(**PHONE, bypass_csp=True) as context:  # type: ignore[arg-type]
        context.add_init_script(
            "addEventListener('DOMContentLoaded', () => { const sheet = document.createElement('style');"
            "sheet.textContent = '.hero img { block-size: 0 }'; document.head.append(sheet);"
            "addEventListener('load', () => sheet.remove()) })"
        )
        assert look(context, shop + PATHS[0], slow=True).shift > 0.05
