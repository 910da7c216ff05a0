"""The staff shell in a real browser: every page accessible in both directions, by keyboard, on small screens."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shelftalk.store import Store
from shelftalk.store import users as user_store
from tests.support import PASSWORD, add_person, run_axe

pytestmark = pytest.mark.browser


@pytest.fixture
def people(store: Store, password_hash: str) -> None:
    add_person(store, "admin", password_hash, "Ada")
    add_person(store, "staff", password_hash, "سینا کریمی")


@pytest.fixture
def context(browser: Browser, live: str, people: None) -> Iterator[BrowserContext]:  # noqa: ARG001 (who signs in)
    with browser.new_context(base_url=live, locale="en") as made:
        yield made


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return open_signed_in(context)


def open_signed_in(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/admin/sign-in")
    page.fill("[name=email]", "admin@tea.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    return page


def list_pages(app: Flask) -> list[str]:
    """Every staff page that needs nothing in its address."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    views = {rule.rule: getattr(app.view_functions[rule.endpoint], "required_role", None) for rule in rules}
    files = re.compile(r"\.(csv|xlsx|pdf|png|svg)$|local-time$|^/admin$")
    return sorted(path for path, role in views.items() if path.startswith("/admin") and role and not files.search(path))


# With a whole brand on them the screens are seen the other two ways, in test_every_screen.py.
@pytest.mark.parametrize(("locale", "scheme", "width"), [("en", "dark", 390), ("fa", "light", 1280)])
@pytest.mark.usefixtures("people")
def test_axe_finds_nothing_and_nothing_scrolls_sideways(  # one sign-in for all pages: each look takes a second
    app: Flask, live: str, browser: Browser, locale: str, scheme: str, width: int
) -> None:
    wrong: dict[str, object] = {}
    size = {"width": width, "height": 800}
    with browser.new_context(base_url=live, locale=locale, color_scheme=scheme, viewport=size) as context:  # type: ignore[arg-type]
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto("/admin/sign-in")
        assert run_axe(page) == []
        page.fill("[name=email]", "admin@tea.example")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/admin/")
        pages = ["/admin/", "/admin/users/1", "/admin/nothing-here", *list_pages(app)]
        for path in pages:
            page.goto(path)
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found = run_axe(page)
            if found or wide > 0 or errors:
                wrong[path] = (found, wide, errors[:])
                errors.clear()
    assert len(pages) >= 6
    assert wrong == {}


def test_the_phone_menu_opens_and_closes_by_keyboard(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    menu = page.locator("#places")
    expect(menu).to_be_hidden()
    page.locator(".bar button").focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#places') !== null")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('.bar button')")


def test_the_first_tab_skips_to_the_content(page: Page) -> None:
    page.goto("/admin/users/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_language_switch_turns_the_page_and_stays(page: Page) -> None:
    page.goto("/admin/users/")
    page.click(".places .switch summary")
    page.click("button[value=fa]")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.url.endswith("/admin/users/")
    right = page.evaluate("document.querySelector('#places').getBoundingClientRect().left > innerWidth / 2")
    assert right, "the navigation stands on the right"


def test_a_changed_form_says_so_and_a_double_click_saves_once(page: Page, store: Store) -> None:
    page.goto("/admin/users/new")
    page.fill("[name=name]", "Lena")
    expect(page.locator("[data-form-state]")).to_have_text("Not saved yet")
    page.fill("[name=email]", "lena@tea.example")
    page.fill("[name=password]", "green leaves only")
    page.dblclick(".form-end .btn-primary")
    page.wait_for_url("**/admin/users/")
    with store.read() as db:
        assert user_store.count_users(db) == 3
    expect(page.locator(".alert-success")).to_contain_text("Lena can sign in now")


def test_a_mistake_takes_the_focus_and_stands_beside_its_field(page: Page) -> None:
    page.goto("/admin/users/new")
    page.fill("[name=name]", "Lena")
    page.fill("[name=email]", "admin@tea.example")
    page.fill("[name=password]", "green leaves only")
    page.click(".form-end .btn-primary")
    expect(page.locator("[data-form-errors]")).to_be_focused()
    expect(page.locator("[name=email]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#field-email-error")).to_contain_text("has an account already")
    expect(page.locator("[name=name]")).to_have_value("Lena")


@pytest.mark.usefixtures("people")
def test_without_script_everything_still_works(browser: Browser, live: str) -> None:
    with browser.new_context(base_url=live, java_script_enabled=False, locale="en") as context:
        page = open_signed_in(context)
        page.goto("/admin/users/2")
        page.fill("[name=name]", "Sina Karimi")
        page.click(".form-end .btn-primary >> nth=0")
        expect(page.locator("h1")).to_have_text("Sina Karimi")
        page.set_viewport_size({"width": 390, "height": 800})
        page.click(".bar button")
        expect(page.locator("#places")).to_be_visible()
