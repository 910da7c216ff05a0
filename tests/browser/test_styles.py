"""A style is drawn and measured as it is chosen, a logo as soon as a file is, and the print page takes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from shelftalk.labels.ready_styles import draw_sample_logo
from shelftalk.store import Store
from tests.browser.test_labels import enter
from tests.support import add_person
from tests.web.shop import add_placement, add_tea

pytestmark = pytest.mark.browser
SLOWLY = 20_000  # a camera looks ten times from seven distances


def test_a_style_is_seen_while_it_is_made_and_then_printed(
    browser: Browser, live: str, store: Store, password_hash: str, tmp_path: Path
) -> None:
    add_person(store, "marketer", password_hash, "Mei")
    code = add_placement(store, add_tea(store)).code
    page = enter(browser, live, viewport={"width": 1280, "height": 900})
    page.goto("/admin/styles/new?from=forest")
    expect(page.locator(".s-far")).to_contain_text("Read from up to", timeout=SLOWLY)
    page.fill("#field-dark", "#f5d000")
    expect(page.locator("#style-preview")).to_contain_text("#f5d000 on #ffffff has 1.5 : 1", timeout=SLOWLY)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#field-dark-error")).to_be_visible(timeout=SLOWLY)
    page.fill("#field-dark", "#14532d")
    expect(page.locator("#style-preview .stock-faults")).to_have_count(0, timeout=SLOWLY)
    expect(page.locator("#field-dark-error, [data-form-errors]")).to_have_count(0)
    logo = tmp_path / "leaf.png"
    logo.write_bytes(draw_sample_logo())
    page.set_input_files("#field-logo_file", logo)
    expect(page.locator("#style-preview")).to_contain_text("Level M or higher", timeout=SLOWLY)
    expect(page.locator("[data-logo-picture]")).to_be_visible()
    page.fill("#field-name", "Leaf")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/admin/styles/1", timeout=SLOWLY)
    page.goto(f"/admin/labels/?codes={code}")
    with page.expect_request(lambda asked: asked.method == "POST") as asked:
        page.get_by_role("radio", name="Leaf").check()
    assert "style=1&" in (asked.value.post_data or "")
    expect(page.locator("#outcome")).to_contain_text("1 of 1 read back", timeout=SLOWLY)
    page.context.close()
