"""Pictures, films and documents, from the editor to the phone: a real Chromium, a real server, nothing faked."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shelftalk import clock
from shelftalk.catalog.media import Media
from shelftalk.catalog.page import PageContent, parse_content
from shelftalk.store import Store
from shelftalk.store import files as file_store
from shelftalk.store import media as media_store
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.web.media import accept_image
from shelftalk.web.state import get_state
from shelftalk.web.uploads import accept_file
from tests.support import add_person, run_axe, sign_in
from tests.tea_page import draw_garden
from tests.web.test_uploads import CUES, make_pdf

pytestmark = pytest.mark.browser
EDITOR = "/admin/products/1/page"
PHONE = {"width": 390, "height": 780}
# Chromium makes the film itself: half a second of a moving square, as its own recorder writes it.
RECORD = """async () => {
  const canvas = document.createElement("canvas");
  canvas.width = 160; canvas.height = 90;
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: "video/webm" });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const done = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  const end = performance.now() + 600;
  while (performance.now() < end) {
    pen.fillStyle = `hsl(${performance.now() % 360} 60% 50%)`;
    pen.fillRect(0, 0, 160, 90);
    await new Promise(requestAnimationFrame);
  }
  recorder.stop();
  await done;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""


@pytest.fixture(scope="session")
def film(browser: Browser) -> bytes:
    page = browser.new_page()
    page.goto("about:blank")
    recorded = base64.b64decode(page.evaluate(RECORD))
    page.close()
    return recorded


def add_tea(store: Store, content: PageContent, *, live: bool) -> None:
    with store.write() as db:
        product_store.add_product(
            db, name="Oolong", brand="Wuling", gtin="", photo="", colour="#1f6f54", at=clock.now()
        )
        page_store.save_page(db, 1, 1, content, by="Mei", at=clock.now())
        if live:
            page_store.publish_page(db, 1, by="Mei", at=clock.now())


def make_content(kind: str, shared: dict[str, str], **texts: dict[str, Any]) -> PageContent:
    """A page of a headline and one block, in the languages of `texts`."""
    blocks = [{"id": "top", "type": "hero", "shared": {}}, {"id": "part", "type": kind, "shared": shared}]
    return parse_content(
        {"blocks": blocks, "texts": {tag: {"top": {"title": "Oolong"}, "part": part} for tag, part in texts.items()}}
    )


@pytest.fixture
def desk(app: Flask, browser: Browser, live: str, store: Store, password_hash: str) -> Iterator[BrowserContext]:
    """A marketer's browser."""
    cookie = sign_in(app, add_person(store, "marketer", password_hash, "Mei")).get_cookie("shelftalk")
    assert cookie
    with browser.new_context(base_url=live, locale="en", viewport={"width": 1280, "height": 860}) as context:
        context.add_cookies([{"name": "shelftalk", "value": cookie.value, "url": live}])
        yield context


@pytest.fixture
def pictures(app: Flask, store: Store) -> list[Media]:
    made = [accept_image(draw_garden(*size), "x.jpg", get_state(app).media_folder) for size in ((900, 600), (500, 800))]
    with store.write() as db:
        for one in made:
            media_store.add_media(db, id=one.id, name=one.name, width=one.width, height=one.height, at=clock.now())
    return made


def get_part(store: Store, tag: str = "en") -> dict[str, Any]:
    with store.read() as db:
        content = page_store.get_page(db, 1).content
    return {**content.blocks[1].shared, **content.texts[tag].get("part", {})}


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator("[data-state]")).to_contain_text("Saved")


def drop(page: Page, target: str, data: bytes, name: str, kind: str) -> None:
    """Let a file fall on an element, as from a folder's window."""
    transfer = page.evaluate_handle(
        """([text, name, type]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name, { type }));
          return transfer;
        }""",
        [base64.b64encode(data).decode(), name, kind],
    )
    for event in ("dragover", "drop"):
        page.dispatch_event(target, event, {"dataTransfer": transfer})


def test_pictures_dropped_into_rows_are_kept_with_their_points(desk: BrowserContext, store: Store) -> None:
    add_tea(store, make_content("gallery", {}, en={"heading": "Where it grows"}), live=False)
    page = desk.new_page()
    page.goto(EDITOR)
    rows = page.locator("[id='b.part.en.rows']")
    for number in range(2):
        rows.get_by_role("button", name="Add a row").click()
        row = rows.locator(f"[data-row='{number}']")
        expect(row.locator("[data-focus]")).to_be_hidden()
        drop(
            page,
            f"[id='b.part.en.rows'] [data-row='{number}'] [data-picture]",
            draw_garden(400 + number, 300),
            "a.jpg",
            "image/jpeg",
        )
        expect(row.locator(".ed-picture-now")).to_be_visible()
        row.locator("[name$='.alt']").fill(f"Hill {number}")
    pad = rows.locator("[data-row='0'] [data-focus-pad]")
    box = pad.bounding_box()
    assert box
    pad.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.75})
    pad.press("ArrowRight")
    rows.locator("[data-row='1']").get_by_role("button", name="Move up").click()
    save(page)
    kept = get_part(store)["rows"]
    assert [row["alt"] for row in kept] == ["Hill 1", "Hill 0"]
    assert len({row["image"] for row in kept}) == 2
    across, down = map(int, kept[1]["focus"].split())
    assert (abs(across - 27), abs(down - 75)) <= (2, 2)
    assert kept[0]["focus"] == ""


def test_rows_taken_over_bring_their_pictures_and_points(
    desk: BrowserContext, store: Store, pictures: list[Media]
) -> None:
    rows = [{"image": pictures[0].id, "alt": "Hill", "focus": "20 80"}]
    add_tea(store, make_content("gallery", {}, en={"heading": "Pictures", "rows": rows}), live=False)
    page = desk.new_page()
    page.goto(f"{EDITOR}?show=fa")
    taken = page.locator("[id='b.part.fa.rows']")
    taken.locator("[data-rows-take]").click()
    row = taken.locator("[data-row='0']")
    expect(row.locator(".ed-picture-now")).to_be_visible()
    expect(row.locator("[data-focus-pad] img")).to_be_visible()
    row.locator("[name$='.alt']").fill("تپه")
    save(page)
    assert get_part(store, "fa")["rows"] == [rows[0] | {"alt": "تپه", "caption": ""}]
    row.get_by_role("button", name="Remove", exact=True).click()
    expect(row).to_have_count(0)


def test_what_is_no_picture_says_so_where_it_was_dropped_and_the_page_stays(desk: BrowserContext, store: Store) -> None:
    add_tea(store, make_content("image", {}, en={"alt": "x"}), live=False)
    page = desk.new_page()
    page.goto(EDITOR)
    field = "#block-part [data-picture]"
    drop(page, field, b"<svg onload=alert(1)>", "logo.svg", "image/svg+xml")
    expect(page.locator(f"{field} .field-error")).to_contain_text("“logo.svg” is not a picture that can be read")
    drop(page, "#block-part .ed-head", draw_garden(50, 50), "a.jpg", "image/jpeg")
    assert page.url.endswith(EDITOR)
    expect(page.locator(f"{field} .ed-picture-now")).to_be_hidden()


def test_a_film_goes_up_and_comes_off_again(desk: BrowserContext, store: Store, film: bytes) -> None:
    add_tea(store, make_content("video", {}, en={"title": "How we pick it"}), live=False)
    page = desk.new_page()
    page.goto(EDITOR)
    field = page.locator("#block-part .ed-file").first
    field.locator("input[type=file]").set_input_files({"name": "film.webm", "mimeType": "video/webm", "buffer": film})
    expect(field.locator("[data-file-now]")).to_have_text("film.webm")
    save(page)
    assert len(get_part(store)["file"]) == 16
    field.get_by_role("button", name="Take it off").click()
    expect(field.locator("[data-file-now]")).to_be_hidden()
    save(page)
    assert get_part(store)["file"] == ""


def test_without_script_a_row_takes_its_picture_and_its_point(
    browser: Browser, desk: BrowserContext, live: str, store: Store
) -> None:
    add_tea(store, make_content("gallery", {}, en={"heading": "Where it grows"}), live=False)
    with browser.new_context(base_url=live, locale="en", java_script_enabled=False) as plain:
        plain.add_cookies(desk.cookies())  # type: ignore[arg-type]
        page = plain.new_page()
        page.goto(EDITOR)
        rows = page.locator("[id='b.part.en.rows']")
        with page.expect_navigation():
            rows.get_by_role("button", name="Add a row").click()
        row = rows.locator("[data-row='0']")
        row.locator("input[type=file]").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": draw_garden(400, 300)}
        )
        with page.expect_navigation():
            row.get_by_role("button", name="Upload").click()
        expect(row.locator(".ed-picture-now")).to_be_visible()
        row.locator("[name$='.focus.x']").fill("10")
        row.locator("[name$='.alt']").fill("Hill")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("[data-state]")).to_contain_text("Saved")
    (kept,) = get_part(store)["rows"]
    assert (kept["alt"], kept["focus"]) == ("Hill", "10 50")


def publish(app: Flask, store: Store, content: PageContent) -> None:
    add_tea(store, content, live=True)
    get_state(app).refresh_shelf()


def open_phone(browser: Browser, live: str, tag: str = "en", *, script: bool = True, **more: Any) -> Page:
    context = browser.new_context(
        base_url=live,
        viewport=PHONE,
        has_touch=True,
        java_script_enabled=script,
        **more,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(f"/p/oolong?lang={tag}")
    return page


@pytest.mark.parametrize(("tag", "script"), [("en", True), ("fa", True), ("en", False)])
def test_a_gallery_is_swiped_and_steered_by_keyboard(
    app: Flask, browser: Browser, live: str, store: Store, pictures: list[Media], tag: str, script: bool
) -> None:
    rows = [
        {"image": one.id, "alt": f"Hill {one.width}", "caption": "Taipei", "focus": "20 80"} for one in pictures
    ] * 2
    part = {"heading": "Pictures", "rows": rows}
    publish(app, store, make_content("gallery", {}, en=part, fa=part))
    page = open_phone(browser, live, tag, script=script)
    strip = page.locator(".strip")
    expect(strip.locator("img")).to_have_count(4)
    expect(strip.locator("img").first).to_have_css("object-position", "20% 80%")
    tall = strip.bounding_box()
    strip.scroll_into_view_if_needed()
    strip.focus()
    for _step in range(12):
        page.keyboard.press("ArrowLeft" if tag == "fa" else "ArrowRight")
    page.wait_for_timeout(600)
    if script:
        moved = strip.evaluate("strip => strip.scrollLeft")
        assert (moved < -100) if tag == "fa" else (moved > 100)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    after = strip.bounding_box()
    assert tall
    assert after
    assert after["height"] == tall["height"], "pictures that arrive must not move what is below"
    if script:
        assert run_axe(page) == []
    page.context.close()


def test_a_film_of_ones_own_loads_nothing_before_the_tap_and_then_plays(
    app: Flask, browser: Browser, live: str, store: Store, film: bytes
) -> None:
    folder = get_state(app).files_folder
    ids = {}
    for name, data, kinds in (("film.webm", film, ("webm",)), ("captions.vtt", CUES.encode(), ("vtt",))):
        with store.write() as db:
            file = accept_file(io.BytesIO(data), name, kinds, folder)
            file_store.add_file(db, file, at=clock.now())
        ids[name] = file.id
    part = {"title": "How we pick it", "captions": ids["captions.vtt"]}
    publish(app, store, make_content("video", {"file": ids["film.webm"]}, en=part))
    page = open_phone(browser, live)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    assert not [url for url in asked if "/f/" in url]
    page.locator(".film").click()
    video = page.locator("video")
    expect(video).to_be_visible()
    page.wait_for_function("document.querySelector('video').currentTime > 0")
    assert page.evaluate("document.querySelector('track').track.mode") == "showing"
    assert [url for url in asked if "film.webm" in url]
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_film_elsewhere_is_asked_for_only_after_the_tap(
    app: Flask, browser: Browser, live: str, store: Store, script: bool
) -> None:
    url = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    publish(app, store, make_content("video", {}, en={"title": "How we pick it", "url": url}))
    page = open_phone(browser, live, script=script)
    foreign: list[str] = []

    def answer(route: Any) -> None:
        foreign.append(route.request.url)
        route.fulfill(body="<p>Player</p>", content_type="text/html")

    page.context.route(lambda asked: not asked.startswith(live), answer)
    page.reload()
    expect(page.locator(".whither")).to_contain_text("Loads from YouTube when you tap. Nothing is sent there before.")
    assert foreign == []
    page.locator("a.film").click()
    if script:
        expect(page.frame_locator("iframe.player").locator("p")).to_have_text("Player")
        assert foreign == ["https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&rel=0"]
        assert page.url.startswith(live)
    else:
        page.wait_for_url(url)
    page.context.close()


def test_documents_say_what_they_are_and_open(app: Flask, browser: Browser, live: str, store: Store) -> None:
    file = accept_file(io.BytesIO(make_pdf()), "Guide.pdf", ("pdf",), get_state(app).files_folder)
    with store.write() as db:
        file_store.add_file(db, file, at=clock.now())
    part = {"heading": "Papers", "rows": [{"title": "Brewing guide", "file": file.id, "language": "ru"}]}
    publish(app, store, make_content("documents", {}, en=part))
    page = open_phone(browser, live)
    link = page.get_by_role("link", name="Brewing guide")
    expect(link).to_contain_text("Русский · PDF · 1 kB")
    answer = page.context.request.get(link.evaluate("link => link.href"))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body() == make_pdf()
    assert run_axe(page) == []
    page.context.close()


def draw_photo(width: int = 2400, height: int = 1800) -> bytes:
    """As hard to compress as a photo of leaves: fine grain over shapes."""
    grain = Image.effect_noise((width, height), 36).convert("RGB")
    garden = Image.open(io.BytesIO(draw_garden(width, height)))
    target = io.BytesIO()
    Image.blend(garden, grain, 0.25).save(target, "JPEG", quality=92)
    return target.getvalue()


@pytest.mark.parametrize("shape", ["", "photo"])
def test_the_first_view_asks_for_no_more_than_100_kb_of_pictures(
    app: Flask, browser: Browser, live: str, store: Store, shape: str
) -> None:
    photo = accept_image(draw_photo(), "x.jpg", get_state(app).media_folder)
    with store.write() as db:
        media_store.add_media(db, id=photo.id, name="x", width=photo.width, height=photo.height, at=clock.now())
    content = parse_content(
        {
            "blocks": [{"id": "top", "type": "hero", "shared": {"image": photo.id, "shape": shape, "focus": "50 20"}}],
            "texts": {"en": {"top": {"title": "Oolong", "alt": "Leaves"}}},
        }
    )
    publish(app, store, content)
    context = browser.new_context(base_url=live, viewport={"width": 360, "height": 740}, device_scale_factor=3)
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}) if "/m/" in answer.url else None)
    page.goto("/p/oolong")
    page.wait_for_load_state("networkidle")
    assert len(sizes) == 1
    assert next(iter(sizes)).endswith("-720.avif")
    print(sizes)
    assert sum(sizes.values()) <= 100_000, sizes
    context.close()
