"""Places, placements and labels in a real browser: the whole way to the printed code, and every screen accessible."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from shelftalk.labels.raster import make_preview
from shelftalk.store import Store
from tests.support import PASSWORD, add_person, run_axe
from tests.web.shop import add_location, add_placement, add_tea

pytestmark = pytest.mark.browser


def enter(browser: Browser, live: str, **options: object) -> Page:
    """A page on which the marketer has signed in."""
    page = browser.new_context(base_url=live, **options).new_page()  # type: ignore[arg-type]
    page.goto("/admin/sign-in")
    page.locator('[name="email"]').fill("marketer@tea.example")
    page.locator('[name="password"]').fill(PASSWORD)
    page.locator('[name="password"]').press("Enter")
    page.wait_for_url("**/admin/")
    return page


@pytest.fixture
def page(browser: Browser, live: str, store: Store, password_hash: str) -> Iterator[Page]:
    add_person(store, "marketer", password_hash, "Mei")
    page = enter(browser, live)
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    page.context.close()
    assert not mistakes


def test_from_a_placement_to_a_sheet_that_reads(page: Page, store: Store, tmp_path: Path) -> None:
    add_tea(store)
    add_location(store, "Tehran Tajrish", "THR", "Asia/Tehran")
    page.goto("/admin/placements/new")
    page.get_by_label("Product").select_option(label="High Mountain Oolong")
    page.get_by_label("Tehran Tajrish").check()
    page.get_by_label("Medium").select_option("till_card")
    expect(page.get_by_role("radio", name="Buy")).to_be_checked()
    page.locator("#field-language").select_option("fa")
    page.get_by_role("button", name="Make the code").click()
    page.get_by_role("link", name="Print label").click()
    expect(page.locator("#outcome img")).to_be_visible()
    page.locator('[data-start="5"]').click()
    expect(page.locator(".cell.is-used")).to_have_count(4)
    expect(page.get_by_label("Start at label")).to_have_value("5")
    page.get_by_label("Copies of each").fill("2")
    expect(page.locator("#outcome")).to_contain_text("2 of 2 read back")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PDF").click()
    download.value.save_as(tmp_path / "labels.pdf")
    image = Image.open(io.BytesIO(make_preview((tmp_path / "labels.pdf").read_bytes(), 0, 300))).convert("L")
    found = [code.text for code in zxingcpp.read_barcodes(image)]
    assert len(found) == 2
    assert found[0].startswith("http://localhost:8000/q/")
    expect(page.locator("main")).to_contain_text("2 of 2 read back")
    assert "new" not in page.url.partition("?")[2], "a reload must not download again"


@pytest.mark.usefixtures("page")
def test_labels_are_printed_without_script(browser: Browser, live: str, store: Store) -> None:
    code = add_placement(store, add_tea(store)).code
    plain = enter(browser, live, java_script_enabled=False)
    plain.goto("/admin/labels/")
    plain.locator(f'input[value="{code}"]').check()
    plain.get_by_label("Start at label").fill("3")
    plain.get_by_role("button", name="Show the sheet").press("Enter")
    expect(plain.locator("#outcome img")).to_be_visible()
    plain.get_by_role("button", name="Download PDF").press("Enter")
    expect(plain.get_by_role("link", name="Download PDF")).to_be_visible()
    plain.context.close()


def test_a_mistake_shows_beside_the_sheet_as_one_types(page: Page, store: Store) -> None:
    add_placement(store, add_tea(store))
    page.goto("/admin/labels/")
    page.locator('input[name="code"]').check()
    page.get_by_label("Start at label").fill("99")
    expect(page.locator("#outcome [role=alert]")).to_contain_text("Start at label: Label 99")
    start = page.get_by_label("Start at label")
    expect(start).to_have_accessible_description(re.compile("Choose 1 to 21"))
    expect(start).to_have_class(re.compile("is-invalid"))
    start.fill("9")
    expect(page.locator("#outcome [role=alert], .field-error")).to_have_count(0)
    expect(start).to_have_accessible_description(re.compile("^1 is the top left"))


def test_the_download_stays_in_reach_however_long_the_sheet_s_column_is(page: Page, store: Store) -> None:
    tea = add_tea(store)
    codes = "+".join(add_placement(store, tea, medium=medium).code for medium in ("poster", "dangler", "shelf_talker"))
    page.set_viewport_size({"width": 1280, "height": 700})
    page.goto(f"/admin/labels/?codes={codes}")
    expect(page.locator("#outcome")).to_contain_text("Read from how far?")
    button = page.get_by_role("button", name="Download PDF")
    expect(button).to_be_in_viewport(ratio=1)
    page.mouse.wheel(0, 900)
    expect(button).to_be_in_viewport(ratio=1)


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("options", [{}, {"locale": "fa-IR", "color_scheme": "dark"}], ids=["light", "persian-dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_screen_is_accessible_and_fits(
    browser: Browser, live: str, store: Store, width: int, options: dict[str, str]
) -> None:
    location = add_location(store)
    placement = add_placement(store, add_tea(store), location)
    eye = enter(browser, live, viewport={"width": width, "height": 844}, **options)
    eye.goto(f"/admin/labels/?codes={placement.code}")
    with eye.expect_download():
        eye.locator('button[value="pdf"]').click()
    for address in (
        "/admin/locations/",
        f"/admin/locations/{location.id}",
        f"/admin/locations/{location.id}/edit",
        "/admin/placements/",
        "/admin/placements/new",
        f"/admin/placements/{placement.id}",
        f"/admin/placements/{placement.id}/edit",
        f"/admin/labels/?codes={placement.code}",
        "/admin/runs/",
        "/admin/runs/1",
    ):
        eye.goto(address)
        assert run_axe(eye) == [], address
        assert eye.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} scrolls sideways"
    eye.context.close()
