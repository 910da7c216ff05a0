"""The page editor as marketers live in it: a real Chromium, a real server, nothing faked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect

from shelftalk import clock
from shelftalk.catalog.page import PageContent
from shelftalk.store import Store
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.store import users as user_store
from shelftalk.web.state import get_state
from tests.support import PASSWORD, add_person, run_axe, sign_in
from tests.tea_page import draw_garden, read_page

pytestmark = pytest.mark.browser
EDITOR = "/admin/products/1/page"
DESK = {"width": 1280, "height": 860}


@pytest.fixture
def tea(store: Store, password_hash: str) -> None:
    """Two marketers, a member of staff, and a tea with a page in five languages."""
    for role, name in (("marketer", "Mei"), ("admin", "Ada"), ("staff", "Sina")):
        add_person(store, role, password_hash, name)
    with store.write() as db:
        product_store.add_product(
            db, name="Oolong", brand="Hillside", gtin="", photo="", colour="#1f6f54", at=clock.now()
        )
        page_store.save_page(db, 1, 1, read_page("0123456789abcdef"), by="Mei", at=clock.now())


def open_editor(context: BrowserContext, where: str = EDITOR) -> Page:
    page = context.new_page()
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.goto(where)
    return page


def enter(app: Flask, context: BrowserContext, live: str, role: str = "marketer") -> None:
    """Let the browser be signed in as the person with this role, without the time a password takes."""
    with get_state(app).store.read() as db:
        user = user_store.find_user_by_email(db, f"{role}@tea.example")
    assert user
    cookie = sign_in(app, user).get_cookie("shelftalk")
    assert cookie
    context.add_cookies([{"name": "shelftalk", "value": cookie.value, "url": live}])


@pytest.fixture
def context(app: Flask, browser: Browser, live: str, tea: None) -> Iterator[BrowserContext]:  # noqa: ARG001 (who signs in)
    with browser.new_context(base_url=live, locale="en", viewport=DESK) as made:  # type: ignore[arg-type]
        enter(app, made, live)
        yield made


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    opened = open_editor(context)
    yield opened
    assert opened.errors == []  # type: ignore[attr-defined]


def field(page: Page, name: str) -> Locator:
    """A field by what follows its block's id, such as `en.title`."""
    return page.locator(f"[data-block] [name$='.{name}']").first


def phone(page: Page) -> FrameLocator:
    return page.frame_locator("[data-frame]")


def show(page: Page, tag: str) -> None:
    """Choose the language to write by keyboard: nothing that moves on the screen can get in between."""
    tab = page.locator(f"[name=show][value={tag}]")
    tab.press("Space")
    expect(tab).to_be_checked()


def says(page: Page, text: str) -> None:
    expect(page.locator("[data-state]")).to_contain_text(text)


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    says(page, "Saved")


def get_content(store: Store) -> PageContent:
    with store.read() as db:
        return page_store.get_page(db, 1).content


def get_kinds(store: Store) -> list[str]:
    return [block.type for block in get_content(store).blocks]


def block(page: Page, kind: str) -> Locator:
    return page.locator(f"[data-block][data-kind={kind}]").first


def press(page: Page, kind: str, action: str) -> None:
    block(page, kind).locator(f".ed-tools [value^='{action}.']").click()


def test_what_is_typed_shows_on_the_phone_before_it_is_saved(page: Page, store: Store) -> None:
    field(page, "en.title").fill("Oolong of the mist")
    says(page, "Not saved yet")
    expect(phone(page).locator("h1")).to_have_text("Oolong of the mist")
    assert get_content(store).get_title("en") != "Oolong of the mist"
    save(page)
    assert get_content(store).get_title("en") == "Oolong of the mist"


def test_the_phone_follows_the_language_being_written_and_keeps_its_style(page: Page) -> None:
    page.locator(".ed-tab", has_text="فارسی").click()
    expect(phone(page).locator("html")).to_have_attribute("dir", "rtl")
    expect(phone(page).locator("html")).to_have_attribute("lang", "fa")
    assert field(page, "fa.title").is_visible()
    assert not field(page, "en.title").is_visible()
    act = phone(page).locator(".act")
    assert act.evaluate("item => getComputedStyle(item).position") == "sticky"
    assert page.url.endswith("?show=fa")


def test_a_new_kind_of_block_has_its_own_style_on_the_phone_at_once(page: Page) -> None:
    page.locator(".ed-add-button").click()
    page.locator("[value='add.warranty']").click()
    block(page, "warranty").locator("[name$='.en.heading']").fill("Two years")
    block(page, "warranty").locator("[name$='.en.consent']").fill("Kept for the warranty.")
    expect(phone(page).get_by_text("Kept for the warranty.")).to_be_visible()
    trap = phone(page).locator(".trap")  # a field that only programs fill in: people see it nowhere
    assert trap.evaluate("item => getComputedStyle(item).position") == "absolute"


def test_a_survey_shows_on_the_phone_when_the_kind_of_answer_is_left_as_it_was(page: Page) -> None:
    page.locator(".ed-add-button").click()
    page.locator("[value='add.survey']").click()
    survey = block(page, "survey")
    survey.locator("[name$='.en.heading']").fill("Tell us")
    for place, words in enumerate(("Where do you drink it?", "With milk?")):
        survey.get_by_role("button", name="Add").click()
        survey.locator(f"[name$='.en.rows.{place}.question']").fill(words)
        survey.locator(f"[name$='.en.rows.{place}.answers']").fill("Yes\nNo")
    expect(phone(page).get_by_text("Where do you drink it?")).to_be_visible()


def test_two_languages_stand_side_by_side_with_the_source_first(page: Page) -> None:
    page.locator(".ed-tab", has_text="فارسی").click()
    page.get_by_label("Beside it").select_option("en")
    source, translation = field(page, "en.title").bounding_box(), field(page, "fa.title").bounding_box()
    assert source and translation
    assert abs(source["y"] - translation["y"]) < 8
    assert source["x"] + source["width"] <= translation["x"]


@pytest.mark.parametrize("width", [1024, 1280, 1680])
def test_nothing_is_hidden_behind_the_phone(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    field(page, "en.claim").fill("A very long sentence about it, " * 5)
    blocks, shown = page.locator("[data-blocks]").bounding_box(), page.locator(".ed-phone").bounding_box()
    last = block(page, "hero").locator(".ed-tools").bounding_box()
    assert blocks and shown and last
    assert max(blocks["x"] + blocks["width"], last["x"] + last["width"]) <= shown["x"]


@pytest.mark.parametrize("width", [390, 1024, 1180, 1280, 1440])
def test_what_the_bar_says_moves_nothing_from_under_a_finger(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 860})
    places = []
    for said in ("Saved", "Saved 22 November 2026, 17:30", "Kept in this browser until there is a network again"):
        page.locator("[data-state]").evaluate("(state, said) => { state.textContent = said; }", said)
        places.append(page.locator("[data-block]").first.bounding_box())
    assert places[0]
    assert places == [places[0]] * 3


def test_a_language_shows_how_much_it_lacks(page: Page) -> None:
    todo = page.locator("[data-todo=ru]")
    expect(todo).to_be_hidden()
    show(page, "ru")
    field(page, "ru.claim").fill("")
    expect(todo).to_have_text("1")
    expect(page.locator("[data-miss$='.ru.claim']").first).to_be_visible()


def test_blocks_are_added_moved_hidden_duplicated_and_removed(page: Page, store: Store) -> None:
    before = get_kinds(store)
    press(page, "steps", "down")
    press(page, "faq", "hide")
    press(page, "text", "copy")
    press(page, "image", "remove")
    page.locator(".ed-add-button").click()
    page.locator("[value='add.links']").click()
    save(page)
    after = get_content(store)
    kinds = [item.type for item in after.blocks]
    assert kinds.index("steps") == before.index("steps") + 1
    assert kinds.count("text") == before.count("text") + 1
    assert "image" not in kinds
    assert kinds[-1] == "links"
    assert [item.hidden for item in after.blocks if item.type == "faq"] == [True]
    first, second = (item.id for item in after.blocks if item.type == "text")
    assert after.texts["fa"][first] == after.texts["fa"][second]


def test_a_new_block_goes_where_its_plus_was(page: Page, store: Store) -> None:
    hero = block(page, "hero")
    hero.hover()
    hero.locator(".ed-insert").click()
    page.locator("[value='add.video']").click()
    save(page)
    assert get_kinds(store)[:2] == ["hero", "video"]


def test_a_removed_block_comes_back_with_its_texts(page: Page, store: Store) -> None:
    before = get_content(store)
    press(page, "faq", "remove")
    press(page, "steps", "remove")
    for _time in range(2):
        page.get_by_role("button", name="Undo").click()
    save(page)
    assert get_content(store) == before


def test_rows_are_added_moved_and_removed(page: Page, store: Store) -> None:
    steps = block(page, "steps")
    rows = steps.locator("[data-language=en] [data-row]")
    count = rows.count()
    last = steps.locator("[data-language=en] .ed-row textarea").last
    steps.locator("[data-language=en] .ed-row-add").click()
    expect(rows).to_have_count(count + 1)
    last.fill("Share it")
    rows.last.locator("[value^='row-up.']").click()
    rows.first.locator("[value^='row-remove.']").click()
    save(page)
    content = get_content(store)
    found = next(item.id for item in content.blocks if item.type == "steps")
    texts = [row["text"] for row in content.texts["en"][found]["rows"]]  # type: ignore[index]
    assert len(texts) == count
    assert texts[-2] == "Share it"


def test_enter_in_a_row_goes_on_to_the_next(page: Page) -> None:
    facts = block(page, "facts")
    rows = facts.locator("[data-language=en] [data-row]")
    count = rows.count()
    rows.last.locator("textarea, input").last.press("Enter")
    expect(rows).to_have_count(count + 1)
    expect(rows.last.locator(".ed-input").first).to_be_focused()


def test_the_keyboard_alone_moves_a_block(page: Page, store: Store) -> None:
    button = block(page, "steps").locator(".ed-tools [value^='down.']")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_be_focused()
    save(page)
    assert get_kinds(store)[2] == "steps"


def test_a_block_is_dragged_by_its_grip(page: Page, store: Store) -> None:
    for fold in page.locator("[data-fold]").all():
        fold.click()
    block(page, "buy").locator("[data-grip]").drag_to(block(page, "steps"), target_position={"x": 60, "y": 4})
    save(page)
    assert get_kinds(store)[1] == "buy"


def test_a_mistake_is_told_beside_its_field_and_the_text_stays(page: Page, store: Store) -> None:
    before = get_content(store)
    show(page, "fa")
    wrong = page.locator("[data-kind=buy] [name$='.fa.url']")
    wrong.fill("shop.example")
    show(page, "en")
    page.locator("[data-save]").click()
    expect(page.locator("[data-problem]")).to_contain_text("1 field needs a look")
    expect(wrong).to_be_focused()
    expect(page.locator("[data-error$='.fa.url']:visible")).to_contain_text("is not a web address")
    says(page, "Not saved yet")
    assert get_content(store) == before
    wrong.fill("https://shop.example")
    save(page)
    expect(page.locator("[data-problem]")).to_be_hidden()


def test_the_room_left_is_shown_when_it_gets_tight(page: Page) -> None:
    title = field(page, "en.title")
    title.fill("x" * 83)
    expect(page.locator(".ed-count.is-over")).to_have_text("83 / 80")


def test_two_people_editing_are_told_and_choose(
    app: Flask, context: BrowserContext, page: Page, browser: Browser, store: Store, live: str
) -> None:
    with browser.new_context(base_url=live, locale="en", viewport=DESK) as other:  # type: ignore[arg-type]
        enter(app, other, live, "admin")
        theirs = open_editor(other)
        field(theirs, "en.title").fill("Theirs")
        save(theirs)
    field(page, "en.title").fill("Mine")
    page.locator("[data-save]").click()
    expect(page.locator("[data-problem]")).to_contain_text("Ada saved this page while you edited it")
    expect(field(page, "en.title")).to_have_value("Mine")
    assert get_content(store).get_title("en") == "Theirs"
    with context.expect_page() as opening:
        page.get_by_role("link", name="Look at the other version").click()
    expect(field(opening.value, "en.title")).to_have_value("Theirs")
    opening.value.close()
    page.get_by_role("button", name="Save mine over it").click()
    says(page, "Saved")
    assert get_content(store).get_title("en") == "Mine"


def test_signed_out_meanwhile_keeps_the_text_and_saves_after_signing_in_elsewhere(
    context: BrowserContext, page: Page, store: Store
) -> None:
    context.clear_cookies()
    field(page, "en.title").fill("Typed while signed out")
    page.locator("[data-save]").click()
    expect(page.locator("[data-problem]")).to_contain_text("Sign in in a new tab, then save again")
    expect(field(page, "en.title")).to_have_value("Typed while signed out")
    with context.expect_page() as opening:
        page.locator("[data-problem]").get_by_role("link", name="Sign in in a new tab").click()
    second = opening.value
    second.fill("[name=email]", "marketer@tea.example")
    second.fill("[name=password]", PASSWORD)
    second.press("[name=password]", "Enter")
    second.wait_for_url("**/admin/")
    second.close()
    page.locator("[data-save]").click()
    says(page, "Saved")
    for link in page.locator("[data-sign-in]").all():
        expect(link).to_be_hidden()
    assert get_content(store).get_title("en") == "Typed while signed out"


def test_a_draft_that_saves_itself_offers_to_sign_in_and_goes_on_after_it(
    context: BrowserContext, page: Page, store: Store
) -> None:
    page.evaluate("document.querySelector('[data-editor]').dataset.autosave = '200'")
    cookies = context.cookies()
    context.clear_cookies()
    field(page, "en.title").fill("Typed while signed out")
    link = page.locator(".ed-bar").get_by_role("link", name="Sign in in a new tab")
    expect(link).to_be_visible()
    expect(page.locator("[data-problem]")).to_be_hidden()
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    says(page, "Saved")
    expect(link).to_be_hidden()
    assert get_content(store).get_title("en") == "Typed while signed out"


def test_without_a_network_the_text_stays_and_saves_later(page: Page, context: BrowserContext) -> None:
    field(page, "en.title").fill("Typed in a tunnel")
    context.set_offline(True)
    page.locator("[data-save]").click()
    expect(page.locator("[data-problem]")).to_contain_text("cannot be reached")
    context.set_offline(False)
    save(page)


def test_leaving_with_unsaved_text_asks_first(page: Page) -> None:
    field(page, "en.title").fill("Unsaved")
    asked: list[str] = []

    def answer(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", answer)
    page.goto("/admin/products/")
    assert asked == ["beforeunload"]


def test_publishing_lists_what_is_missing_then_puts_the_page_on_phones(page: Page, live: str) -> None:
    show(page, "zh-Hant")
    field(page, "zh-Hant.title").scroll_into_view_if_needed()
    url = page.locator("[data-kind=buy] [name$='.zh-Hant.url']")
    good = url.input_value()
    url.fill("")
    show(page, "en")
    page.locator("[data-publish]").click()
    expect(page.locator("[data-problem]")).to_contain_text("Saved, but not published")
    page.locator("[data-gaps-list] a").first.click()
    expect(url).to_be_focused()
    url.fill(good)
    page.locator("[data-publish]").click()
    says(page, "Version 1 is live")
    expect(page.locator(".page-actions .badge", has_text="Live")).to_be_visible()
    page.goto(f"{live}/p/oolong?lang=zh-Hant")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")


def test_a_picture_shows_as_soon_as_it_is_chosen(page: Page, store: Store, tmp_path: Path) -> None:
    picture = tmp_path / "garden.jpg"
    picture.write_bytes(draw_garden(600, 400))
    hero = block(page, "hero")
    hero.locator("input[type=file]").set_input_files(picture)
    expect(hero.locator(".ed-picture-now")).to_have_attribute("src", re.compile("^/m/[0-9a-f]{16}-240.webp"))
    expect(phone(page).locator(".hero img")).to_be_visible()
    save(page)
    assert get_content(store).blocks[0].shared["image"]
    fake = tmp_path / "fake.png"
    fake.write_bytes(b"nothing to see")
    hero.locator("input[type=file]").set_input_files(fake)
    expect(hero.locator("[data-error$='.image']")).to_contain_text("is not a picture")


def test_a_tap_on_the_phone_leads_to_its_block_and_language(page: Page) -> None:
    phone(page).locator("section.b-faq h2").click()
    expect(block(page, "faq")).to_be_in_viewport()
    phone(page).locator(".lang summary").click()
    phone(page).locator(".lang a[lang=ru], .lang a[hreflang=ru]").first.click()
    expect(page.locator("[name=show][value=ru]")).to_be_checked()


@pytest.mark.usefixtures("tea")
def test_it_works_without_scripts(app: Flask, browser: Browser, live: str, store: Store) -> None:
    with browser.new_context(base_url=live, locale="en", viewport=DESK, java_script_enabled=False) as context:  # type: ignore[arg-type]
        enter(app, context, live)
        page = open_editor(context)
        show(page, "fa")
        assert field(page, "fa.title").is_visible()
        press(page, "steps", "down")
        says(page, "Not saved yet")
        page.locator(".ed-add-button").click()
        page.locator("[value='add.video']").click()
        page.locator("[data-save]").click()
        expect(page.locator(".flashes")).to_contain_text("Saved.")
        assert get_kinds(store)[2] == "steps"
        assert get_kinds(store)[-1] == "video"


@pytest.mark.parametrize(
    ("locale", "scheme", "width"),
    [("en", "light", 1280), ("en", "dark", 390), ("fa", "light", 390), ("fa", "dark", 1280)],
)
@pytest.mark.usefixtures("tea")
def test_axe_finds_nothing_in_the_editor_and_on_the_products_pages(
    app: Flask, browser: Browser, live: str, locale: str, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 844}
    with browser.new_context(base_url=live, locale=locale, color_scheme=scheme, viewport=size) as context:  # type: ignore[arg-type]
        enter(app, context, live)
        page = open_editor(context, f"{EDITOR}?show=fa&beside=en&check=1")
        for path in ("", "/admin/products/1", "/admin/products/1/edit", "/admin/products/1/retire"):
            if path:
                page.goto(path)
            assert run_axe(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.usefixtures("tea")
def test_staff_read_the_editor_in_every_language_and_change_nothing(app: Flask, browser: Browser, live: str) -> None:
    with browser.new_context(base_url=live, locale="en", viewport=DESK) as context:  # type: ignore[arg-type]
        enter(app, context, live, "staff")
        page = open_editor(context)
        expect(field(page, "en.title")).to_be_disabled()
        show(page, "fa")
        expect(phone(page).locator("html")).to_have_attribute("lang", "fa")
        assert run_axe(page) == []
