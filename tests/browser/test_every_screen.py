"""Every screen with a whole brand on it: accessible, no wider than its window, quiet, and nothing from elsewhere."""

from __future__ import annotations

import csv
import io
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from shelftalk.catalog.languages import LANGUAGES
from tests.browser.conftest import Server, start_server
from tests.support import PASSWORD, run_axe

pytestmark = pytest.mark.browser
LOCALES = {"en": "en-GB", "zh-Hant": "zh-TW", "zh-Hans": "zh-CN", "ru": "ru-RU", "fa": "fa-IR"}
NO_SCREENS = {
    "auth.set_up",  # gone as soon as somebody has an account
    "auth.sign_in",  # leads on when one is signed in
    "auth.without_slash",
    "locations.local_time",
    "page_templates.preview",
    "page_versions.preview",
    "pages.new_block",
    "pages.preview",
    "pages.token",
    "placements.export",
    "placements.show_code",
    "placements.symbol_png",
    "placements.symbol_svg",
    "questions.export",
    "reports.export_csv",
    "reports.export_xlsx",
    "printed_reports.export",
    "run_lists.csv_file",
    "run_lists.xlsx",
    "run_lists.symbols",
    "actions.export_taps",
    "actions.export_funnel",
    "actions.export_xlsx",
    "reviews.export",
    "calibration.page",
    "designs.picture",
    "styles.picture",
    "designs.export",
    "runs.pdf",
    "print_jobs.unproven",
    "label_files.run_file",
    "label_files.unproven",
    "label_file_jobs.unproven",
    "label_files.label_file",
    "label_files.label_unproven",
    "units.codes",
    "units.workbook",
    "units.unusual",
    "coupons.export_csv",
    "signups.export_csv",
    "warranties.export_csv",
    "surveys.export_csv",
    "surveys.export_xlsx",
}


@dataclass(frozen=True)
class Brand:
    """A running server with the sample brand, its codes, and what a signed-in browser keeps."""

    server: Server
    codes: list[dict[str, str]]
    signed_in: object
    screens: list[str]


@pytest.fixture(scope="module")
def brand(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brand]:
    process, server = start_server(tmp_path_factory.mktemp("brand") / "instance", SHELFTALK_PASSWORD=PASSWORD)
    server.flask("demo")
    server.flask("add-user", "ada@tea.example", "--role", "admin")
    codes = list(csv.DictReader(io.StringIO(server.flask("codes"))))
    with browser.new_context(base_url=server.url, locale="en") as context:
        screens = list_screens(enter(context), [row["code"] for row in codes if row["status"] == "live"])
        yield Brand(server, codes, context.storage_state(), screens)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)


def enter(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/admin/sign-in")
    page.fill("[name=email]", "ada@tea.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    return page


def list_screens(page: Page, codes: list[str]) -> list[str]:
    """Every screen that shows something, with labels chosen and printed, down to the scans behind a number."""
    chosen = "/admin/labels/?" + "&".join(f"codes={code}" for code in codes[:3])
    page.goto(chosen)
    with page.expect_download():
        page.locator('button[value="pdf"]').click()
    page.goto("/admin/designs/new?from=shelf-talker")
    page.locator('button[value="save"]').click()
    page.wait_for_url("**/admin/designs/1?**")
    page.goto("/admin/styles/new?from=forest")
    page.locator('button[value="save"]').click()
    page.wait_for_url("**/admin/styles/1")
    page.goto("/admin/stocks/new?like=avery-22807")
    page.locator("form.form-card button.btn-primary, .form-end button.btn-primary").first.click()
    page.wait_for_url("**/admin/stocks/")
    page.goto("/admin/calibration/new")
    for field, value in {
        "name": "Desk",
        "ruler_x_mm": "100",
        "ruler_y_mm": "100",
        "left_mm": "20",
        "top_mm": "20",
    }.items():
        page.fill(f"[name={field}]", value)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/calibration/")
    drill = ["/admin/reports/?period=90&class=all"]
    for link in (".heat td a", "tbody td.name a", "tbody th a"):
        page.goto(drill[-1])
        drill.append(page.locator(link).first.get_attribute("href") or "")
    of_one = [
        "products/1",
        "products/1/edit",
        "products/1/page",
        "products/1/page/versions",
        "products/1/page/versions/v1",
        "products/1/page/versions/compare",
        "products/1/page/schedule",
        "products/1/page/templates",
        "products/1/page/check",
        "products/publishing/",
        "rules",
        "products/1/page/copy",
        "products/1/page/copy?to=2",
        "products/1/retire",
        "locations/1",
    ]
    of_one += [
        "locations/1/edit",
        "placements/1",
        "placements/1/edit",
        "placements/1/erase",
        "units/",
        "units/1",
        "runs/1",
        "runs/1/file-job/?kind=png&dpi=1200",
        "users/1",
    ]
    of_one += ["surveys/", "surveys/5/survey", "coupons/", "coupons/2/coupon", "sign-ups/", "warranties/"]
    of_one += ["reviews/", "reviews/1", "questions/", "questions/1", "placements/1/label"]
    lists = [
        "reviews/",
        "questions/",
        "",
        "products/",
        "products/?q=%E9%AB%98%E5%B1%B1",
        "locations/",
        "placements/",
        "runs/",
        "print-queues/",
        "print-queues/changed",
        "users/",
    ]
    forms = [
        "products/new",
        "locations/new",
        "placements/new",
        "users/new",
        "account",
        "labels/",
        "labels/job/",
        "page-templates/",
    ]
    of_one += ["styles/", "styles/new?from=framed", "styles/banner", "styles/1", "styles/1/versions"]
    of_one += ["designs/", "designs/new", "designs/table-tent", "designs/1?lang=fa", "designs/1/versions"]
    sheets = ["stocks/", "stocks/new?like=avery-22807", "stocks/1", "calibration/", "calibration/new", "calibration/1"]
    rest = [f"/admin/{path}" for path in [*lists, *forms, *of_one, *sheets, "status", "reports/", "nothing-here"]]
    return [*rest, chosen, *drill]


def listen(page: Page, home: str) -> list[str]:
    """Collects what goes wrong in a page without being seen, and what it loads from elsewhere."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda said: heard.append(said.text) if said.type in ("error", "warning") else None)
    page.on(
        "request", lambda asked: None if asked.url.startswith((home, "data:", "blob:")) else heard.append(asked.url)
    )
    return heard


def find_faults(page: Page, heard: list[str], width: int, *others: int) -> list[str]:
    """What axe complains of at a width, the window's edge at the others, too, and the console."""
    faults = [f"{width}: {line}" for line in run_axe(page)]
    for size in (width, *others):
        page.set_viewport_size({"width": size, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        faults += [f"{size}: {wide} px too wide"] if wide > 0 else []
    faults += [text for text in heard if "404 (Not Found)" not in text or "nothing-here" not in page.url]
    heard.clear()
    return faults


@pytest.mark.parametrize(("locale", "scheme", "width"), [("en", "light", 1280), ("fa", "dark", 390)])
def test_every_staff_screen_is_accessible_fits_and_is_quiet(
    browser: Browser, brand: Brand, locale: str, scheme: str, width: int
) -> None:
    wrong = {}
    with browser.new_context(
        base_url=brand.server.url,
        locale=locale,
        color_scheme=scheme,  # type: ignore[arg-type]
        storage_state=brand.signed_in,  # type: ignore[arg-type]
    ) as context:
        page = context.new_page()
        heard = listen(page, brand.server.url)
        for address in brand.screens:
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(address)
            assert page.locator("html").get_attribute("lang") == locale
            faults = find_faults(page, heard, width, 1280 + 390 - width)
            if faults:
                wrong[address] = faults
    assert wrong == {}


def test_no_staff_screen_is_left_out(app: Flask, brand: Brand) -> None:
    adapter = app.url_map.bind("localhost")
    seen = {adapter.match(address.partition("?")[0])[0] for address in brand.screens if "nothing" not in address}
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin")]
    assert {rule.endpoint for rule in rules if "GET" in (rule.methods or ())} - NO_SCREENS == seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_sample_page_is_accessible_on_a_phone_in_the_shoppers_language(
    browser: Browser, brand: Brand, tag: str, scheme: str
) -> None:
    products = list({row["product"]: row["code"] for row in brand.codes if row["status"] == "live"}.values())
    turn = 3 * (list(LANGUAGES).index(tag) % 2)
    wrong = {}
    with browser.new_context(
        base_url=brand.server.url,
        locale=LOCALES[tag],
        color_scheme=scheme,
        has_touch=True,  # type: ignore[arg-type]
    ) as context:
        page = context.new_page()
        heard = listen(page, brand.server.url)
        for code in products[turn : turn + 3]:
            page.goto(f"/q/{code}")
            assert page.locator("html").get_attribute("lang") == tag
            assert re.search("/p/[a-z-]+$", page.url), "a reload would be another scan"
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
            faults = find_faults(page, heard, 360)
            if faults:
                wrong[page.url] = faults
        assert context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert wrong == {}


def test_labels_that_lead_nowhere_speak_the_shoppers_language(browser: Browser, brand: Brand) -> None:
    retired = next(row["code"] for row in brand.codes if row["status"] == "retired")
    wrong = {}
    for tag in LANGUAGES:
        with browser.new_context(base_url=brand.server.url, locale=LOCALES[tag], color_scheme="dark") as context:
            page = context.new_page()
            for address, status in ((f"/q/{retired}", 410), ("/q/zzzzzzzzzz", 404), ("/privacy", 200)):
                answer = page.goto(address)
                assert answer is not None
                assert (answer.status, page.locator("html").get_attribute("lang")) == (status, tag)
                faults = find_faults(page, [], 360)
                if faults:
                    wrong[tag, address] = faults
    assert wrong == {}
