"""Forms on a shopper's phone, with and without script: sent, mended, sent again; accessible in both directions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from shelftalk import clock
from shelftalk.catalog.page import PageContent, parse_content
from shelftalk.store import Store
from shelftalk.store import coupons as coupon_store
from shelftalk.store import surveys as survey_store
from shelftalk.store import warranties as warranty_store
from shelftalk.store.rows import ListQuery
from shelftalk.web.state import get_state
from tests.support import run_axe
from tests.web.offers import publish
from tests.web.shop import add_placement

pytestmark = pytest.mark.browser
ROWS = {
    "en": [
        {"question": "How do you drink it?", "kind": "one", "answers": "Hot\nCold", "required": "1"},
        {"question": "What matters?", "kind": "several", "answers": "Taste\nPrice", "required": "1"},
        {"question": "Again?", "kind": "scale", "answers": "never\nsurely", "required": ""},
        {"question": "What else?", "kind": "text", "answers": "", "required": ""},
    ],
    "fa": [
        {"question": "چطور می‌نوشید؟", "kind": "one", "answers": "داغ\nسرد", "required": "1"},
        {"question": "چه چیزی مهم است؟", "kind": "several", "answers": "مزه\nقیمت", "required": "1"},
        {"question": "باز هم؟", "kind": "scale", "answers": "هرگز\nحتماً", "required": ""},
        {"question": "دیگر چه؟", "kind": "text", "answers": "", "required": ""},
    ],
}


def make_content() -> PageContent:
    """A page with a survey, a coupon and a warranty, in two directions."""
    blocks = [
        {"id": "hero", "type": "hero", "hidden": False, "shared": {}},
        {"id": "ask", "type": "survey", "hidden": False, "shared": {}},
        {"id": "take", "type": "coupon", "hidden": False, "shared": {}},
        {"id": "keep", "type": "warranty", "hidden": False, "shared": {"serial": "required", "email": "optional"}},
    ]
    texts = {
        tag: {
            "hero": {"title": title},
            "ask": {"heading": "Survey", "rows": ROWS[tag]},
            "take": {"heading": "Coupon", "offer": "10 %", "terms": "Once."},
            "keep": {"heading": "Warranty", "consent": "Yes, keep it."},
        }
        for tag, title in (("en", "Oolong"), ("fa", "چای"))
    }
    return parse_content({"blocks": blocks, "texts": texts})


@pytest.fixture
def code(app: Flask, store: Store) -> str:
    """The code of a label that leads to the page."""
    product = publish(store, make_content())
    with store.write() as db:
        coupon_store.add_coupons(db, product.id, "take", ["TEA-1", "TEA-2"], at=clock.now())
    placement = add_placement(store, product)
    get_state(app).refresh_shelf()
    return placement.code


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def phone(request: pytest.FixtureRequest, browser: Browser, live: str) -> Iterator[Page]:
    """A phone in Persian and in the dark, with or without script."""
    with browser.new_context(
        base_url=live,
        viewport={"width": 360, "height": 780},
        has_touch=True,
        color_scheme="dark",
        locale="fa-IR",
        java_script_enabled=request.param,
    ) as context:
        yield context.new_page()


def open_page(page: Page, code: str, language: str) -> None:
    page.goto(f"/q/{code}?lang={language}")
    assert page.locator("html").get_attribute("lang") == language


def test_a_survey_is_answered_by_tapping_and_counts_for_the_scanned_label(phone: Page, code: str, store: Store) -> None:
    open_page(phone, code, "fa")
    ask = phone.locator("#ask")
    ask.locator("[name=q1]").nth(1).check()
    ask.get_by_role("button").click()
    assert phone.locator(".wrong").count() == 1, "the server asks for what a browser cannot check"
    assert phone.locator("[name=q1]").nth(1).is_checked(), "what was chosen is still chosen"
    phone.locator("[name=q2]").nth(0).check()
    phone.locator(".scale label").nth(3).click()
    phone.locator("#ask").get_by_role("button").click()
    assert "said=ask" in phone.url
    phone.reload()
    with store.read() as db:
        (place,) = survey_store.list_places(db, survey_store.SurveyAsk(1, "ask"))
    assert (place.code, place.language, place.n) == (code, "fa", 1), "once, from this label"


def test_a_coupon_is_shown_at_once_and_again_after_a_reload(phone: Page, code: str, store: Store) -> None:
    open_page(phone, code, "en")
    phone.locator("#take").get_by_role("button").click()
    assert phone.locator("output").inner_text() == "TEA-1"
    phone.reload()
    assert phone.locator("output").inner_text() == "TEA-1"
    phone.locator("a", has_text="Back to the page").click()
    phone.go_back()
    assert phone.locator("output").inner_text() == "TEA-1"
    with store.read() as db:
        assert coupon_store.count_coupons(db, 1, "take").given == 1


def test_an_item_is_registered_after_a_mistake_is_mended(phone: Page, code: str, store: Store) -> None:
    open_page(phone, code, "fa")
    keep = phone.locator("#keep")
    keep.locator("[name=serial]").fill("SN-1")
    keep.locator("[name=email]").fill("ada@tea")
    keep.locator("[name=consent]").check()
    keep.get_by_role("button").click()
    assert phone.locator("[name=email]").get_attribute("aria-invalid") == "true"
    assert phone.locator("[name=serial]").input_value() == "SN-1"
    phone.locator("[name=email]").fill("")
    phone.locator("#keep").get_by_role("button").click()
    with store.read() as db:
        (row,) = warranty_store.list_warranties(db, ListQuery()).rows
    assert row.number in phone.locator("main").inner_text()
    assert row.serial == "SN-1"


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("width", [320, 390])
def test_every_form_and_every_answer_is_accessible(
    browser: Browser, live: str, code: str, language: str, width: int
) -> None:
    wrong = {}
    with browser.new_context(base_url=live, viewport={"width": width, "height": 780}, color_scheme="dark") as context:
        page = context.new_page()
        heard: list[str] = []
        page.on("console", lambda said: heard.append(said.text) if "422" not in said.text else None)
        for steps in (("",), ("ask",), ("take",), ("keep",)):
            open_page(page, code, language)
            page.evaluate("document.querySelectorAll('[required]').forEach((one) => (one.required = false))")
            for name in filter(None, steps):
                page.locator(f"#{name}").get_by_role("button").click()
                page.wait_for_load_state()
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            faults = run_axe(page) + ([f"{wide} px too wide"] if wide > 0 else [])
            if faults:
                wrong[steps] = faults
        assert context.cookies() == []
    assert wrong == {}
    assert heard == []


def test_an_impatient_finger_takes_one_coupon(browser: Browser, live: str, code: str, store: Store) -> None:
    with browser.new_context(base_url=live) as context:
        page = context.new_page()
        open_page(page, code, "en")
        page.locator("#take").get_by_role("button").dblclick()
        page.wait_for_url("**said=take**")
        with store.read() as db:
            assert coupon_store.count_coupons(db, 1, "take").given == 1
