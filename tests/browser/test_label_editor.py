"""The label editor in a real browser: dragged, sized, typed, undone, saved and loaded again; and without script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from shelftalk.store import Store, designs
from tests.browser.test_labels import enter
from tests.support import add_person, run_axe
from tests.web.shop import add_placement, add_tea
from tests.web.test_designs import make_picture

pytestmark = pytest.mark.browser
NEW = "/admin/designs/new?from=shelf-talker&version=1"  # things stand there for good


@pytest.fixture
def page(browser: Browser, live: str, store: Store, password_hash: str) -> Iterator[Page]:
    add_person(store, "marketer", password_hash, "Mei")
    page = enter(browser, live, viewport={"width": 1280, "height": 900}, locale="en-GB")
    mistakes: list[str] = []
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    page.on("console", lambda said: mistakes.append(said.text) if said.type == "error" else None)
    yield page
    page.context.close()
    assert not mistakes


def value(page: Page, element: str, field: str) -> float:
    return float(page.locator(f'[data-el="{element}"] [data-field="{field}"]').input_value())


def scale(page: Page) -> float:
    """Pixels a millimetre."""
    return page.locator("[data-canvas]").bounding_box()["width"] / float(page.locator("#field-width_mm").input_value())


def drag(page: Page, selector: str, right_mm: float, down_mm: float, at: tuple[float, float] = (4, 4)) -> None:
    box, mm = page.locator(selector).bounding_box(), scale(page)
    x, y = box["x"] + at[0], box["y"] + at[1]
    page.mouse.move(x, y)
    page.mouse.down()
    page.keyboard.down("Alt")  # without snapping
    page.mouse.move(x + right_mm * mm / 2, y + down_mm * mm / 2)
    page.mouse.move(x + right_mm * mm, y + down_mm * mm)
    page.mouse.up()
    page.keyboard.up("Alt")


def picture(page: Page) -> str:
    return page.locator("[data-picture]").get_attribute("src") or ""


def save(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Save")).first.click()
    page.wait_for_url(re.compile(r"/admin/designs/\d+\?"))


def test_an_element_is_dragged_sized_saved_and_found_there_again(page: Page, store: Store) -> None:
    page.goto(NEW)
    before = picture(page)
    drag(page, '[data-box="product"]', 3, 2)
    assert (value(page, "product", "x_mm"), value(page, "product", "y_mm")) == (8, 31.6)
    expect(page.locator("[data-picture]")).not_to_have_attribute("src", before)
    drag(page, '[data-box="product"] [data-handle="se"]', -6, 1, at=(7, 7))
    assert (value(page, "product", "width_mm"), value(page, "product", "height_mm")) == (40, 15)
    expect(page.locator("[data-form-state]")).to_have_text("Not saved yet")
    save(page)
    page.reload()
    assert (value(page, "product", "x_mm"), value(page, "product", "width_mm")) == (8, 40)
    with store.read() as db:
        (product,) = [one for one in designs.get_design(db, 1).content["elements"] if one["id"] == "product"]
    assert (product["x_mm"], product["y_mm"], product["width_mm"], product["height_mm"]) == (8, 31.6, 40, 15)


def test_a_dragged_element_snaps_to_its_neighbours_and_shows_the_guide(page: Page) -> None:
    page.goto(NEW)
    box, mm = page.locator('[data-box="price"]').bounding_box(), scale(page)
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 4 + 0.5 * mm, box["y"] + 4)
    expect(page.locator(".d-guide.is-x")).to_have_count(1)
    page.mouse.up()
    expect(page.locator(".d-guide")).to_have_count(0)
    assert value(page, "price", "x_mm") == 5, "pulled back to the edge the texts above share"


def test_the_keyboard_moves_sizes_copies_and_removes(page: Page) -> None:
    page.goto(NEW)
    page.locator('[data-box="price"]').focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    assert (value(page, "price", "x_mm"), value(page, "price", "y_mm")) == (6.1, 43.4)
    page.keyboard.press("Alt+Shift+ArrowLeft")
    page.keyboard.press("Alt+ArrowDown")
    assert (value(page, "price", "width_mm"), value(page, "price", "height_mm")) == (45, 6.1)
    page.locator('[data-box="symbol"]').focus()
    page.keyboard.press("Alt+Shift+ArrowLeft")
    assert value(page, "symbol", "width_mm") == value(page, "symbol", "height_mm") == 39
    page.locator('[data-box="price"]').focus()
    page.keyboard.press("Control+d")
    expect(page.locator('[data-box="text"]')).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.locator('[data-box="text"]')).to_have_count(0)


def test_steps_are_undone_and_done_again(page: Page) -> None:
    page.goto(NEW)
    undo, redo = page.get_by_role("button", name="Undo"), page.get_by_role("button", name="Redo")
    expect(undo).to_be_disabled()
    drag(page, '[data-box="product"]', 3, 0)
    page.locator('button[value="add:box"]').click()
    expect(page.locator('[data-box="box"]')).to_have_count(1)
    undo.click()
    expect(page.locator('[data-box="box"]')).to_have_count(0)
    assert value(page, "product", "x_mm") == 8
    undo.click()
    expect(page.locator('[data-el="product"] [data-field="x_mm"]')).to_have_value("5")
    redo.click()
    expect(page.locator('[data-el="product"] [data-field="x_mm"]')).to_have_value("8")
    redo.click()
    expect(page.locator('[data-box="box"]')).to_have_count(1)
    expect(redo).to_be_disabled()


def test_an_element_stays_open_when_its_picture_has_come(page: Page) -> None:
    page.goto(NEW)
    page.locator('button[value="add:image"]').click()
    element = page.locator('[data-el="image"]')
    expect(element).to_have_attribute("open", "")
    picture = {"name": "logo.png", "mimeType": "image/png", "buffer": make_picture().getvalue()}
    element.locator('input[type="file"]').set_input_files(files=[picture])
    expect(element.locator('[data-field="media"]')).not_to_have_value("")
    expect(element).to_have_attribute("open", "")


def test_what_does_not_fit_is_said_beside_its_element_as_one_types(page: Page) -> None:
    page.goto(NEW)
    page.locator('[data-el="price"] summary').click()
    page.locator('[data-el="price"] [data-text]').first.fill("A price note much too long for its one line of text here")
    expect(page.locator('[data-fault="price.text"]')).to_contain_text("mm too long for its box, even at 7 pt")
    expect(page.locator('[data-box="price"]')).to_have_class(re.compile("is-wrong"))
    page.locator('[data-el="price"] [data-text]').first.fill("")
    page.locator('[data-el="price"] [data-chip="{price}"]').click()
    expect(page.locator('[data-el="price"] [data-text]').first).to_have_value("{price}")
    expect(page.locator('[data-fault="price.text"]')).to_be_hidden()


def test_in_persian_the_label_is_mirrored_and_dragging_follows_the_hand(page: Page) -> None:
    page.goto(NEW)
    english = page.locator('[data-box="symbol"]').bounding_box()
    page.locator("#field-lang").select_option("fa")
    expect(page.locator("[data-canvas]")).to_have_attribute("data-mirrored", "")
    persian = page.locator('[data-box="symbol"]').bounding_box()
    assert persian["x"] < english["x"] - 100
    seen = page.locator('[data-box="product"]').bounding_box()
    drag(page, '[data-box="product"]', -4, 0)
    assert page.locator('[data-box="product"]').bounding_box()["x"] < seen["x"] - 10
    assert value(page, "product", "x_mm") == 9, "counted from the side where reading begins"


def test_at_a_hundred_per_cent_a_millimetre_is_a_millimetre(page: Page) -> None:
    page.goto(NEW)
    page.locator("#design-zoom").select_option("1")
    assert scale(page) == pytest.approx(96 / 25.4, rel=0.01)
    page.get_by_text("Is 100 % real size on this screen?").click()
    page.locator("#design-real").fill("1.2")
    assert scale(page) == pytest.approx(1.2 * 96 / 25.4, rel=0.01)
    page.reload()
    page.locator("#design-zoom").select_option("1")
    assert scale(page) == pytest.approx(1.2 * 96 / 25.4, rel=0.01)


def test_the_words_of_a_placement_are_seen_on_the_label(page: Page, store: Store) -> None:
    add_placement(store, add_tea(store, "Second Flush"))
    page.goto(NEW)
    before = picture(page)
    page.locator("#field-sample").select_option(index=1)
    expect(page.locator("[data-picture]")).not_to_have_attribute("src", before)
    plain = picture(page)
    page.locator("#field-worn").select_option("framed")
    expect(page.locator("[data-picture]")).not_to_have_attribute("src", plain)
    expect(page.locator("#field-worn")).to_have_value("framed")


@pytest.mark.usefixtures("page")
def test_it_is_moved_by_a_finger(browser: Browser, live: str) -> None:
    phone = enter(browser, live, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.goto(NEW)
    box, mm = phone.locator('[data-box="product"]').bounding_box(), scale(phone)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    client = phone.context.new_cdp_session(phone)
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x - 4 * mm, "y": y + 2 * mm}]),
        ("touchMove", [{"x": x - 1 * mm, "y": y + 4 * mm}]),
        ("touchEnd", []),
    ):
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    moved = phone.locator('[data-box="product"]').bounding_box()
    assert moved["y"] - box["y"] == pytest.approx(4 * mm, abs=8)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.context.close()


@pytest.mark.usefixtures("page")
def test_everything_works_without_script(browser: Browser, live: str) -> None:
    plain = enter(browser, live, java_script_enabled=False)
    plain.goto(NEW)
    plain.locator('[data-el="price"] summary').click()
    plain.locator('[data-el="price"] [data-field="x_mm"]').fill("6")
    plain.get_by_role("button", name="Show the label").first.click()
    expect(plain.locator("[data-picture]")).to_be_visible()
    plain.locator('[data-el="price"] summary').click()
    expect(plain.locator('[data-el="price"] [data-field="x_mm"]')).to_have_value("6")
    plain.locator('[data-el="price"]').get_by_role("button", name="Remove").click()
    expect(plain.locator('[data-el="price"]')).to_have_count(0)
    plain.get_by_role("button", name="Save", exact=True).click()
    expect(plain.locator("main")).to_contain_text("Saved as version 1.")
    plain.context.close()


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("options", [{"locale": "en-GB"}, {"locale": "fa-IR", "color_scheme": "dark"}])
def test_the_editor_is_accessible_and_fits_a_phone(browser: Browser, live: str, options: dict[str, str]) -> None:
    eye = enter(browser, live, viewport={"width": 390, "height": 844}, **options)
    eye.goto(NEW)
    eye.locator('[data-el="call"] summary').click()
    assert run_axe(eye) == []
    assert eye.evaluate("document.documentElement.scrollWidth <= innerWidth")
    eye.context.close()
