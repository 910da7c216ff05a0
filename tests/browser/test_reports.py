"""Reports in a real browser: the line is drawn, the question changes in place, numbers lead down to the scans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shelftalk.config import read_settings
from shelftalk.web.app import create_app
from shelftalk.web.sample import load_sample
from shelftalk.web.state import get_state
from tests.support import PASSWORD, ROOT, add_person, run_axe

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def fresh_instance(tmp_path_factory: pytest.TempPathFactory, password_hash: str) -> Path:
    """An instance with the sample brand and an administrator, made once: each test gets a copy."""
    folder = tmp_path_factory.mktemp("sampled") / "instance"
    made = create_app(ROOT, read_settings(ROOT, {"SHELFTALK_INSTANCE": str(folder)}), background=False)
    state = get_state(made)
    with made.app_context():
        load_sample(state)
    add_person(state.store, "admin", password_hash, "Ada")
    state.store.close()
    return folder


@pytest.fixture
def context(browser: Browser, live: str) -> Iterator[BrowserContext]:
    with browser.new_context(base_url=live, locale="en") as made:
        yield made


def open_signed_in(context: BrowserContext, errors: list[str] | None = None) -> Page:
    page = context.new_page()
    if errors is not None:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
    page.goto("/admin/sign-in")
    page.fill("[name=email]", "admin@tea.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    return page


def test_numbers_lead_from_the_grid_to_the_scans(context: BrowserContext) -> None:
    errors: list[str] = []
    page = open_signed_in(context, errors)
    page.goto("/admin/reports/")
    expect(page.locator("[data-chart][data-drawn] svg")).to_be_visible()
    whole = page.locator('[data-figure="scans"]').inner_text()
    expect(page.locator('[data-figure="total"]')).to_have_text(whole)

    page.select_option("[name=class]", "all")
    expect(page.locator('[data-figure="scans"]')).to_have_text(page.locator('[data-figure="raw"]').inner_text())
    expect(page).to_have_url(re.compile(r"class=all"))
    expect(page.locator("[data-chart][data-drawn] svg")).to_be_visible()
    page.select_option("[name=class]", "")
    expect(page.locator('[data-figure="scans"]')).to_have_text(whole)
    assert "from=" not in page.url

    cell = page.locator(".heat .tone-6 a").first
    count = cell.inner_text()
    cell.click()
    expect(page.locator("tfoot .sum").first).to_have_text(count)
    page.locator("tbody td.name a").first.click()
    expect(page.locator('[data-figure="scans"]')).to_be_visible()
    page.locator("tbody th a").nth(1).click()
    expect(page.locator("tbody .badge").first).to_have_text("Person")
    assert errors == []


def test_own_days_appear_when_chosen_and_a_mistake_is_said_beside_them(context: BrowserContext) -> None:
    page = open_signed_in(context)
    page.goto("/admin/reports/")
    expect(page.locator("#f-from")).to_be_hidden()
    page.select_option("[name=period]", "own")
    expect(page.locator("#f-from")).to_be_visible()
    page.fill("#f-to", "2020-01-01")
    expect(page).to_have_url(re.compile(r"/reports/$"))  # nothing is sent while days are typed
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#f-to-error")).to_contain_text("Swap the two days")


def test_the_table_says_what_the_line_shows_without_script(
    browser: Browser, live: str, context: BrowserContext
) -> None:
    state = open_signed_in(context).context.storage_state()
    with browser.new_context(base_url=live, java_script_enabled=False, storage_state=state) as plain:
        page = plain.new_page()
        page.goto("/admin/reports/?period=7")
        expect(page.locator(".chart")).to_be_hidden()
        page.get_by_text("The numbers as a table").click()
        rows = [
            int(text) for text in page.locator(".numbers").first.locator("tbody tr td:nth-child(2)").all_inner_texts()
        ]
        assert sum(rows) == int(page.locator('[data-figure="scans"]').inner_text().replace(",", ""))
        page.select_option("[name=class]", "all")
        page.get_by_role("button", name="Show").click()
        expect(page).to_have_url(re.compile("class=all"))


@pytest.mark.parametrize(
    ("locale", "scheme", "width"),
    [("en", "light", 1280), ("fa", "dark", 390)],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, live: str, context: BrowserContext, locale: str, scheme: str, width: int
) -> None:
    state = open_signed_in(context).context.storage_state()
    size = {"width": width, "height": 800}
    with browser.new_context(
        base_url=live,
        locale=locale,
        color_scheme=scheme,
        viewport=size,
        storage_state=state,  # type: ignore[arg-type]
    ) as seen:
        page = seen.new_page()
        page.goto("/admin/reports/")
        cell = page.locator(".heat .tone-6 a").first.get_attribute("href") or ""
        page.goto(cell)
        placement = page.locator("tbody td.name a").first.get_attribute("href") or ""
        page.goto(placement)
        day = page.locator("tbody th a").first.get_attribute("href") or ""
        wrong = {}
        for path in (
            "/admin/",
            "/admin/reports/",
            "/admin/reports/?from=x&to=y&class=all",
            cell,
            placement,
            day,
            "/admin/status",
        ):
            page.goto(path)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found = run_axe(page)
            if found or wide > 0:
                wrong[path] = (found, wide)
    assert wrong == {}
