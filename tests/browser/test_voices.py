"""The question finder and the reviews on a phone, with and without script, and what staff make of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shelftalk import clock
from shelftalk.catalog.page import Block, PageContent
from shelftalk.catalog.review import ReviewInput
from shelftalk.store import Store, pages, questions, reviews
from shelftalk.store.rows import ListQuery
from shelftalk.web.state import get_state
from tests.store.test_store_contract import AT, add_location, add_placement, add_product
from tests.support import PASSWORD, add_person, run_axe

pytestmark = pytest.mark.browser
NASTY = '"><script>document.title="taken"</script><img src=x onerror=document.title="taken">'
WORDS = {
    "en": (
        "Reviews",
        "Questions",
        [
            ("Can I make it as iced tea?", "Yes: 8 g in a litre of cold water."),
            ("How long does it keep?", "Unopened, two years."),
            ("Is it strong?", "A third of the caffeine of coffee."),
        ],
    ),
    "fa": (
        "نظرها",
        "پرسش‌ها",
        [
            ("می‌شود چای سرد درست کرد؟", "بله، با آب سرد."),
            ("تا کی می‌ماند؟", "دو سال."),
            ("آیا سنگین است؟", "یک‌سوم کافئین قهوه."),
        ],
    ),
    "zh-Hans": (
        "评价",
        "问答",
        [
            ("能做冷泡茶吗？", "可以。"),
            ("保质期多久？", "未开封可存放两年。"),
            ("会不会很提神？", "咖啡因是咖啡的三分之一。"),
        ],
    ),
}


@pytest.fixture
def code(app: Flask, store: Store) -> str:
    """A live page with questions and reviews in three languages, and the code of a place it hangs in."""
    blocks = (Block("hero", "hero", False, {}), Block("faq", "faq", False, {}), Block("voices", "reviews", False, {}))
    texts = {
        tag: {
            "hero": {"title": f"Tea {tag}"},
            "faq": {"heading": asking, "rows": [{"question": q, "answer": a} for q, a in rows]},
            "voices": {"heading": heading},
        }
        for tag, (heading, asking, rows) in WORDS.items()
    }
    with store.write() as db:
        product = add_product(db)
        pages.save_page(db, product.id, 1, PageContent(blocks, texts), by="", at=AT)  # type: ignore[arg-type]
        pages.publish_page(db, product.id, by="", at=AT)
        for stars, text in ((5, "Smells of orchids."), (4, "")):
            review = reviews.add_review(db, product.id, "voices", "en", ReviewInput(stars, text, "Anna"), on=AT.date())
            reviews.decide_review(db, review, "published", by="Mei", at=AT)
        placed = add_placement(db, product, add_location(db)).code
    get_state(app).refresh_shelf()
    return placed


@pytest.fixture
def phone(browser: Browser, live: str) -> Iterator[Page]:
    with open_phone(browser, live) as context:
        yield context.new_page()


def open_phone(browser: Browser, live: str, **more: object) -> BrowserContext:
    return browser.new_context(base_url=live, viewport={"width": 360, "height": 740}, has_touch=True, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tag", "typed", "left"),
    [
        ("en", "how much caffeine", ["Is it strong?"]),
        ("en", "ICED", ["Can I make it as iced tea?"]),
        ("fa", "چاي سرد", ["می‌شود چای سرد درست کرد؟"]),
        ("zh-Hans", "咖啡因", ["会不会很提神？"]),
        ("en", "?", [q for q, _a in WORDS["en"][2]]),
    ],
)
def test_while_typing_the_questions_narrow_to_those_that_fit(
    phone: Page, code: str, tag: str, typed: str, left: list[str]
) -> None:
    phone.goto(f"/q/{code}?lang={tag}")
    phone.locator("#faq [name=ask]").press_sequentially(typed)
    expect(phone.locator("#faq .ask:visible summary")).to_have_text(left)
    phone.locator("#faq [name=ask]").fill("")
    expect(phone.locator("#faq .ask:visible")).to_have_count(3)


def test_typing_something_else_keeps_the_questions_and_says_how_to_go_on(phone: Page, code: str) -> None:
    phone.goto(f"/q/{code}?lang=en")
    phone.locator("#faq [name=ask]").press_sequentially("organic")
    expect(phone.locator("#faq .found")).to_have_text("Nothing here. Tap Ask to search the whole page.")
    expect(phone.locator("#faq .ask:visible")).to_have_count(3)


@pytest.mark.parametrize("script", [True, False])
def test_a_question_is_asked_found_followed_and_left(
    browser: Browser, live: str, code: str, store: Store, script: bool
) -> None:
    with open_phone(browser, live, java_script_enabled=script) as context:
        page = context.new_page()
        page.goto(f"/q/{code}?lang=en")
        page.fill("#faq [name=ask]", "how strong is the caffeine")
        page.click("#faq .find button")
        assert f"/q/{code}?" in page.url, "the place goes with the reader"
        expect(page.locator("mark").first).to_have_text(re.compile("strong|caffeine"))
        page.click(".matches a >> nth=0")
        expect(page.locator("#faq-3")).to_be_visible()
        page.fill("#faq [name=ask]", "is it organic?")
        page.press("#faq [name=ask]", "Enter")
        expect(page.locator("h2")).to_have_text("The page has no answer to this yet")
        page.click("form.form button")
        expect(page.locator("h1")).to_have_text("Thank you")
        assert context.cookies() == []
        page.reload()
    with store.read() as db:
        found = questions.list_questions(db, ListQuery()).rows
    assert [(row.text, row.asked, row.language) for row in found] == [("is it organic?", 1, "en")]


@pytest.mark.parametrize("script", [True, False])
def test_a_review_goes_from_the_phone_over_the_marketer_to_the_page(
    browser: Browser, app: Flask, live: str, code: str, store: Store, password_hash: str, script: bool
) -> None:
    add_person(store, "marketer", password_hash, "Mei")
    with open_phone(browser, live, java_script_enabled=script) as context:
        page = context.new_page()
        page.goto(f"/q/{code}?lang=en")
        expect(page.locator("#voices .mean")).to_contain_text("4.5")
        page.locator("#voices .write summary").press("Enter")
        page.locator("#voices [name=stars][value='1']").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        assert page.locator("#voices [name=stars]:checked").get_attribute("value") in ("2", "3")
        page.check("#voices [name=stars][value='3']")
        page.fill("#voices [name=text]", NASTY)
        page.fill("#voices [name=name]", "Lena")
        page.click("#voices form.form button")
        expect(page.locator("h1")).to_have_text("Thank you")
        assert f"/q/{code}?said=voices" in page.url
    parts = get_state(app)
    parts.spool.close()
    parts.ingester.ingest_once()
    with store.read() as db:
        rows = [dict(row) for row in db.engine.execute(db.connection, "select * from actions", {}).fetchall()]
    assert [(row["code"], row["block"], row["location_id"]) for row in rows if row["word"] == "review"] == [
        (code, "voices", 1)
    ]
    with browser.new_context(base_url=live, viewport={"width": 1280, "height": 800}, locale="en") as context:
        page = context.new_page()
        enter(page)
        page.goto("/admin/reviews/?state=waiting")
        assert page.title() != "taken"
        page.locator("tbody").get_by_role("button", name="Publish").click()
        expect(page.locator(".voice-undo")).to_contain_text("1 review is on its page.")
    with open_phone(browser, live) as context:
        page = context.new_page()
        page.goto(f"/q/{code}?lang=en")
        expect(page.locator("#voices .voice").first).to_contain_text(NASTY)
        expect(page.locator("#voices .voice").first).to_contain_text("Lena")
        expect(page.locator("#voices .mean")).to_contain_text("4.0")
        assert page.title() != "taken"
        facts = json.loads(page.locator("script[type='application/ld+json']").inner_text())
        assert facts["aggregateRating"]["reviewCount"] == 3


def enter(page: Page) -> None:
    page.goto("/admin/sign-in")
    page.fill("[name=email]", "marketer@tea.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")


@pytest.mark.usefixtures("code")
def test_ticked_reviews_are_published_at_once_and_taken_back_at_once(
    browser: Browser, live: str, store: Store, password_hash: str
) -> None:
    add_person(store, "marketer", password_hash, "Mei")
    with store.write() as db:
        for n in range(3):
            reviews.add_review(db, 1, "voices", "en", ReviewInput(5, f"Word {n}", ""), on=clock.today())
    with browser.new_context(base_url=live, viewport={"width": 1280, "height": 900}, locale="en") as context:
        page = context.new_page()
        enter(page)
        page.goto("/admin/reviews/?state=waiting")
        page.check("[data-pick-all]")
        page.locator("#bulk").get_by_role("button", name="Publish").click()
        expect(page.locator(".voice-undo")).to_contain_text("3 reviews are on their pages.")
        page.get_by_role("button", name="Undo").click()
        page.goto("/admin/reviews/?state=waiting")
        expect(page.locator("tbody tr")).to_have_count(3)


@pytest.mark.parametrize(("tag", "scheme"), [("en", "light"), ("fa", "dark")])
def test_the_blocks_and_the_pages_behind_them_are_accessible_and_fit(
    browser: Browser, live: str, code: str, tag: str, scheme: str
) -> None:
    wrong = {}
    with open_phone(browser, live, color_scheme=scheme, locale=tag) as context:
        page = context.new_page()
        for query in (
            "",
            "&in=faq&ask=caffeine",
            "&in=faq&ask=zebra",
            "&in=voices&ask=all",
            "&said=voices",
            "&said=faq",
        ):
            page.goto(f"/q/{code}?lang={tag}{query}")
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
            faults = run_axe(page)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append("too wide")
            if faults:
                wrong[query] = faults
    assert wrong == {}


def test_stars_are_chosen_by_keyboard_and_the_ones_before_fill_up(phone: Page, code: str) -> None:
    phone.goto(f"/q/{code}?lang=fa")
    phone.locator("#voices .write summary").press("Enter")
    phone.locator("#voices [name=stars][value='1']").focus()
    for _step in range(3):
        phone.keyboard.press("ArrowDown")
    assert phone.locator("#voices [name=stars]:checked").get_attribute("value") == "4"
    marks = "all => all.map(one => getComputedStyle(one, '::before').content)"
    assert phone.locator("#voices .rate b").evaluate_all(marks) == ['"★"'] * 4 + ['"☆"']
    lefts = "all => all.map(one => one.getBoundingClientRect().left)"
    places = phone.locator("#voices .rate label").evaluate_all(lefts)
    assert places == sorted(places, reverse=True), "from the right in Persian"
    expect(phone.get_by_role("radio", name=re.compile("4|۴"))).to_be_checked()


def test_a_form_with_a_mistake_says_so_beside_the_field_and_keeps_the_words(phone: Page, code: str) -> None:
    phone.goto(f"/q/{code}?lang=en")
    phone.locator("#voices .write summary").click()
    phone.locator("#voices form.form").evaluate("form => { form.noValidate = true }")
    phone.fill("#voices [name=text]", "Very good.")
    phone.click("#voices form.form button")
    expect(phone.locator("#voices-stars-wrong")).to_contain_text("Choose how many stars")
    expect(phone.locator("[name=text]")).to_have_value("Very good.")
    phone.check("[name=stars][value='5']")
    phone.click("form.form button")
    expect(phone.locator("h1")).to_have_text("Thank you")
