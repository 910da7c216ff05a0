"""The print page says by its tick alone what copies are: labels of a placement, each with a code of its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from shelftalk.store import Store
from tests.browser.test_labels import enter
from tests.support import add_person
from tests.web.shop import add_placement, add_tea

pytestmark = pytest.mark.browser


def tick_and_see(page: Page, code: str) -> None:
    page.goto(f"/admin/labels/?codes={code}")
    many, fill, off = (
        page.get_by_text("Labels of each placement"),
        page.locator("#field-fill"),
        page.locator("#fill-off"),
    )
    expect(page.get_by_text("Copies of each")).to_be_visible()
    expect(many).to_be_hidden()
    expect(off).to_be_hidden()
    fill.check()
    page.locator("#field-units").check()
    expect(many).to_be_visible()
    expect(page.get_by_text("Copies of each")).to_be_hidden()
    expect(fill).to_be_hidden()
    expect(off).to_be_disabled()
    expect(page.get_by_text("Off: a further copy would have another label’s code.")).to_be_visible()


def test_a_code_on_every_label_says_what_it_changes_with_and_without_script(
    browser: Browser, live: str, store: Store, password_hash: str
) -> None:
    add_person(store, "marketer", password_hash, "Mei")
    code = add_placement(store, add_tea(store)).code
    page = enter(browser, live)
    tick_and_see(page, code)
    page.locator("[name=copies]").fill("50")
    expect(page.locator("#outcome")).to_contain_text("50 labels · 3 sheets")
    expect(page.locator("[name=copies]")).to_have_attribute("max", "1000000")
    page.locator("#field-units").uncheck()
    expect(page.locator("#field-fill")).to_be_checked()
    expect(page.locator("#outcome")).to_contain_text("63 labels · 3 sheets")
    page.context.close()
    plain = enter(browser, live, java_script_enabled=False)
    tick_and_see(plain, code)
    plain.locator("[name=copies]").fill("50")
    plain.get_by_role("button", name="Show the sheet").click()
    expect(plain.locator("#outcome")).to_contain_text("50 labels · 3 sheets")
    plain.context.close()
