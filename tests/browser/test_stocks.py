"""The sheet's picture answers clicks and keys; one's own sheet is drawn as it is measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from shelftalk.store import Store
from tests.browser.test_labels import enter
from tests.support import add_person, run_axe
from tests.web.shop import add_placement, add_tea

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, live: str, store: Store, password_hash: str) -> Iterator[Page]:
    add_person(store, "marketer", password_hash, "Mei")
    page = enter(browser, live, viewport={"width": 1280, "height": 900})
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    page.context.close()
    assert not mistakes


def test_clicked_cells_stay_empty_on_the_sheet(page: Page, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    page.goto(f"/admin/labels/?codes={code}")
    page.get_by_label("each used-up label").check()
    expect(page.get_by_role("button", name="Label 2 is used up")).to_be_visible()
    for number in (2, 3):
        cell = page.get_by_role("button", name=f"Label {number} is used up", exact=True)
        cell.click()
        expect(cell).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Used-up labels")).to_have_value("2, 3")
    page.get_by_role("checkbox", name="Fill the last sheet").check()
    expect(page.locator("#outcome")).to_contain_text("19 of 19 read back")
    page.get_by_role("button", name="Label 3 is used up", exact=True).click()
    expect(page.locator("#outcome")).to_contain_text("20 of 20 read back")
    expect(page.locator(".cell.is-used")).to_have_count(1)


def test_the_sheet_is_one_stop_for_the_keyboard_with_arrows_inside(page: Page, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    page.goto(f"/admin/labels/?codes={code}")
    expect(page.locator('.cell[tabindex="0"]')).to_have_count(1)
    page.locator('.cell[tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator('[data-start="5"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Start at label")).to_have_value("5")
    expect(page.locator(".cell.is-used")).to_have_count(4)
    expect(page.locator('[data-start="5"]')).to_be_focused()


def test_sheets_are_found_as_one_types(page: Page) -> None:
    page.goto("/admin/labels/")
    page.get_by_label("Maker, number or size").fill("8160")
    expect(page.locator('input[value="herma-4346"]')).to_have_count(0)
    page.locator("label.stock", has_text="5160").click()
    expect(page.locator("#outcome")).to_contain_text("Avery 5160")


def test_the_picture_of_an_own_sheet_follows_its_measures(page: Page) -> None:
    page.goto("/admin/stocks/")
    page.get_by_label("Copy Avery L7160").click()
    page.get_by_label("From one label’s left edge to the next one’s").fill("60")
    expect(page.locator(".stock-faults")).to_contain_text("overlap by 3.5 mm")
    expect(page.locator(".stock-sheet .is-wrong")).to_be_visible()
    page.get_by_label("From one label’s left edge to the next one’s").fill("65")
    expect(page.locator(".stock-faults")).to_have_count(0)
    page.get_by_label("Name").fill("Lids of the green tin")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("main")).to_contain_text("Lids of the green tin")
    page.goto("/admin/labels/")
    page.locator("#stocks summary", has_text="Your own").click()
    expect(page.locator("label.stock", has_text="Lids of the green tin")).to_be_visible()


@pytest.mark.usefixtures("page")
def test_measures_and_printers_work_without_script(browser: Browser, live: str) -> None:
    plain = enter(browser, live, java_script_enabled=False, viewport={"width": 390, "height": 844})
    plain.goto("/admin/stocks/new?like=herma-4476")
    plain.get_by_label("Side by side").fill("6")
    plain.get_by_role("button", name="Show the sheet").click()
    expect(plain.locator(".stock-faults")).to_contain_text("over the right edge of the page")
    plain.goto("/admin/calibration/new")
    for field, value in (
        ("name", "Office"),
        ("ruler_x_mm", "99.5"),
        ("ruler_y_mm", "100.2"),
        ("left_mm", "20.4"),
        ("top_mm", "19.5"),
    ):
        plain.locator(f"#field-{field}").fill(value)
    plain.get_by_role("button", name="Add").click()
    expect(plain.locator("table")).to_contain_text("Office")
    plain.context.close()


@pytest.mark.parametrize("options", [{}, {"locale": "fa-IR", "color_scheme": "dark"}], ids=["light", "persian-dark"])
@pytest.mark.usefixtures("page")
def test_every_screen_of_stock_is_accessible_and_fits(browser: Browser, live: str, options: dict[str, str]) -> None:
    eye = enter(browser, live, viewport={"width": 360, "height": 800}, **options)
    for address in ("stocks/", "stocks/new?like=avery-22807", "calibration/", "calibration/new", "labels/"):
        eye.goto(f"/admin/{address}")
        assert run_axe(eye) == [], address
        assert eye.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} scrolls sideways"
    eye.context.close()
