"""Nothing typed is lost: a killed server, a closed window, a lost session, a lost answer, two people at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from shelftalk import clock
from shelftalk.store import Store
from shelftalk.store import pages as page_store
from tests.browser.conftest import Server, start_server, wait_until_up
from tests.browser.test_page_editor import (
    DESK,
    EDITOR,
    block,
    context,
    enter,
    field,
    get_content,
    open_editor,
    page,
    phone,
    save,
    says,
    show,
    tea,
)
from tests.support import PASSWORD, ROOT

__all__ = ["context", "page", "tea"]
pytestmark = pytest.mark.browser


def rest(page: Page, milliseconds: int = 300) -> None:
    """Let the page save by itself after so short a rest."""
    page.evaluate(f"document.querySelector('[data-editor]').dataset.autosave = '{milliseconds}'")


def take_back(page: Page) -> None:
    """The server draws the page again; then its scripts have to be there."""
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("[data-editor][data-unsaved]")).to_be_attached()
    page.wait_for_function("() => window.shelftalkEditor")


def wait_until_kept(page: Page, text: str) -> None:
    """Within a second what is typed lies in the browser; a busy machine's second is longer."""
    kept = "words => Object.values(localStorage).some((text) => text.includes(words))"
    page.wait_for_function(kept, arg=text, timeout=10_000)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[list[subprocess.Popen[bytes]], Server]]:
    """A real server with a product, and the list of processes to which a restart adds one."""
    process, server = start_server(tmp_path / "instance", SHELFTALK_PASSWORD=PASSWORD)
    processes = [process]
    server.flask("add-user", "ada@tea.example", "--role", "admin")
    yield processes, server
    os.kill(processes[-1].pid, signal.SIGTERM)
    processes[-1].wait(timeout=20)


def restart(processes: list[subprocess.Popen[bytes]], server: Server) -> None:
    command = [sys.executable, str(ROOT / "scripts/serve.py")]
    processes.append(subprocess.Popen(command, cwd=ROOT, env=server.environ, start_new_session=True))
    wait_until_up(server.url, processes[-1])


def kill(process: subprocess.Popen[bytes]) -> None:
    """The whole group at once, as when the power goes."""
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    for pid in [process.pid, *map(int, children.stdout.split())]:
        os.kill(pid, signal.SIGKILL)
    process.wait(timeout=20)


def test_a_server_killed_in_the_middle_of_typing_loses_no_letter(
    browser: Browser, started: tuple[list[subprocess.Popen[bytes]], Server]
) -> None:
    processes, server = started
    with browser.new_context(base_url=server.url, locale="en", viewport=DESK) as opened:  # type: ignore[arg-type]
        page = opened.new_page()
        page.goto("/admin/sign-in")
        page.fill("[name=email]", "ada@tea.example")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/admin/")
        page.goto("/admin/products/new")
        page.fill("[name=name]", "Oolong")
        page.press("[name=name]", "Enter")
        page.wait_for_url("**/page")
        rest(page)
        field(page, "en.title").fill("Oolong of the ")
        says(page, "Saved")
        field(page, "en.title").press_sequentially("high mou", delay=10)
        kill(processes[-1])
        field(page, "en.title").press_sequentially("ntain mist", delay=10)
        field(page, "en.claim").fill("Typed while nobody listened")
        says(page, "No connection: kept in this browser")
        wait_until_kept(page, "Typed while nobody listened")
        page.close(run_before_unload=False)
        restart(processes, server)
        page = open_editor(opened)
        assert field(page, "en.claim").input_value() == ""
        expect(page.locator("[data-kept]")).to_contain_text("was not saved")
        take_back(page)
        expect(field(page, "en.title")).to_have_value("Oolong of the high mountain mist")
        expect(field(page, "en.claim")).to_have_value("Typed while nobody listened")
        save(page)
        assert page.evaluate("localStorage.length") == 0
        page.reload()
        expect(field(page, "en.claim")).to_have_value("Typed while nobody listened")
        expect(page.locator("[data-kept]")).to_be_hidden()


def test_a_window_that_died_gives_its_text_back_with_blocks_and_rows(
    context: BrowserContext, page: Page, store: Store
) -> None:
    before = get_content(store)
    field(page, "en.title").fill("From the dead window")
    show(page, "fa")
    field(page, "fa.claim").fill("متنی که ذخیره نشد")
    block(page, "steps").locator("[data-language=fa] .ed-row-add").click()
    block(page, "steps").locator("[data-language=fa] .ed-row textarea").last.fill("گام تازه")
    wait_until_kept(page, "گام تازه")
    page.close(run_before_unload=False)
    again = open_editor(context)
    kept = again.locator("[data-kept]")
    expect(kept).to_contain_text("3 fields differ from what is stored")
    assert get_content(store) == before
    take_back(again)
    expect(again.locator("[data-state]")).to_contain_text("Not saved yet")
    save(again)
    content = get_content(store)
    assert content.get_title("en") == "From the dead window"
    steps = next(item.id for item in content.blocks if item.type == "steps")
    assert content.texts["fa"][steps]["rows"][-1]["text"] == "گام تازه"  # type: ignore[index]


def test_what_is_thrown_away_stays_away(context: BrowserContext, page: Page) -> None:
    field(page, "en.title").fill("Not wanted")
    wait_until_kept(page, "Not wanted")
    page.close(run_before_unload=False)
    again = open_editor(context)
    expect(again.locator("[data-kept]")).to_contain_text("1 field differs")
    again.get_by_role("button", name="Throw it away").click()
    expect(again.locator("[data-kept]")).to_be_hidden()
    again.reload()
    expect(again.locator("[data-kept]")).to_be_hidden()


def test_typing_on_beside_an_offered_text_loses_neither(context: BrowserContext, page: Page) -> None:
    field(page, "en.title").fill("First window")
    wait_until_kept(page, "First window")
    page.close(run_before_unload=False)
    again = open_editor(context)
    field(again, "en.claim").fill("Second window")
    wait_until_kept(again, "Second window")
    wait_until_kept(again, "First window")
    expect(again.locator("[data-kept]")).to_contain_text("was not saved")
    expect(field(again, "en.claim")).to_have_value("Second window")


def test_signing_in_again_offers_the_text(context: BrowserContext, page: Page) -> None:
    rest(page)
    context.clear_cookies()
    field(page, "en.title").fill("Typed while signed out")
    says(page, "Signed out: kept in this browser")
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto(EDITOR)
    again.fill("[name=email]", "marketer@tea.example")
    again.fill("[name=password]", PASSWORD)
    again.press("[name=password]", "Enter")
    again.wait_for_url(f"**{EDITOR}")
    take_back(again)
    expect(field(again, "en.title")).to_have_value("Typed while signed out")


def test_what_was_kept_belongs_to_one_person(app: Flask, context: BrowserContext, page: Page, live: str) -> None:
    field(page, "en.title").fill("Mei's own words")
    wait_until_kept(page, "Mei's own words")
    page.close(run_before_unload=False)
    enter(app, context, live, "admin")
    expect(open_editor(context).locator("[data-kept]")).to_be_hidden()


def test_when_hands_rest_the_draft_is_saved_and_nothing_jumps(page: Page, store: Store) -> None:
    rest(page)
    field(page, "en.title").fill("Saved by itself")
    says(page, "Saved")
    assert get_content(store).get_title("en") == "Saved by itself"
    expect(field(page, "en.title")).to_be_focused()
    with store.read() as db:
        assert page_store.get_published(db, 1) is None
    assert page.evaluate("localStorage.length") == 0


def test_publishing_while_the_page_saves_by_itself_is_not_dropped(page: Page, store: Store) -> None:
    held: list[Route] = []
    page.route(f"**{EDITOR}", lambda route: held.append(route))
    rest(page, 100)
    field(page, "en.title").fill("Not to wait for long")
    while not held:
        page.wait_for_timeout(20)
    assert "action=autosave" in (held[0].request.post_data or "")
    page.locator("[name=action][value=publish]").first.click()
    with page.expect_response(lambda answer: "action=publish" in (answer.request.post_data or "")):
        held[0].continue_()
        page.unroute(f"**{EDITOR}")
    expect(page.locator("[data-state]")).not_to_contain_text("Not saved")
    with store.read() as db:
        published = page_store.get_published(db, 1)
    assert published
    assert published.get_title("en") == "Not to wait for long"


def test_a_half_typed_address_waits_without_a_word(page: Page, store: Store) -> None:
    before = get_content(store)
    rest(page)
    url = page.locator("[data-kind=buy] [name$='.en.url']")
    url.fill("https:/")
    page.wait_for_timeout(900)
    expect(page.locator("[data-problem]")).to_be_hidden()
    says(page, "Not saved yet")
    expect(url).to_be_focused()
    assert get_content(store) == before
    url.fill("https://tea.example/new")
    says(page, "Saved")


def test_a_lost_answer_is_no_conflict_with_oneself(page: Page, store: Store) -> None:
    lost: list[str] = []

    def lose(route: Route) -> None:
        """The server saves once; neither that answer nor one of the next tries comes back."""
        if not lost:
            route.fetch()
        lost.append(route.request.url)
        route.abort()

    page.route(f"**{EDITOR}", lose)
    rest(page)
    field(page, "en.title").fill("Once")
    says(page, "No connection")
    page.unroute(f"**{EDITOR}", lose)
    field(page, "en.title").fill("Once more")
    says(page, "Saved")
    expect(page.locator("[data-problem]")).to_be_hidden()
    assert get_content(store).get_title("en") == "Once more"


def test_two_people_are_told_of_each_other_and_of_what_was_saved(
    app: Flask, page: Page, browser: Browser, store: Store, live: str
) -> None:
    with browser.new_context(base_url=live, locale="en", viewport=DESK) as other:  # type: ignore[arg-type]
        enter(app, other, live, "admin")
        theirs = open_editor(other)
        expect(theirs.locator("[data-others]")).to_contain_text("Mei has this page open since")
        field(theirs, "en.title").fill("Theirs")
        save(theirs)
        page.evaluate("document.querySelector('[data-editor]').dataset.presence = '200'")
        page.reload()
        expect(page.locator("[data-others]")).to_contain_text("Ada has this page open since")
        theirs.close()
    with store.write() as db:
        stored = page_store.get_page(db, 1)
        page_store.save_page(db, 1, stored.revision, stored.content, by="Ada", at=clock.now())
    page.evaluate("dispatchEvent(new Event('online'))")
    rest(page)
    field(page, "en.title").fill("Mine")
    expect(page.locator("[data-problem]")).to_contain_text("Ada saved this page while you edited it")
    with page.expect_popup() as opening:
        page.get_by_role("button", name="See what differs").click()
    expect(opening.value.locator("ins", has_text="Mine")).to_be_visible()
    opening.value.close()
    page.get_by_role("button", name="Save mine over it").click()
    says(page, "Saved")
    with store.read() as db:
        assert [item.why for item in page_store.list_kept_drafts(db, 1)] == ["overwrite"]


def test_a_text_older_than_its_source_is_marked_until_it_is_looked_at(page: Page, store: Store) -> None:
    with store.write() as db:
        stored = page_store.get_page(db, 1)
        steps = next(item.id for item in stored.content.blocks if item.type == "steps")
        english = stored.content.texts["en"] | {steps: stored.content.texts["en"][steps] | {"heading": "Brewing"}}
        changed = replace(stored.content, texts=stored.content.texts | {"en": english})
        page_store.save_page(db, 1, stored.revision, changed, by="Mei", at=clock.now())
    page.reload()
    expect(page.locator("[data-old-mark=fa]")).to_be_visible()
    show(page, "fa")
    mark = page.locator(f"[data-older='{steps}.fa']")
    expect(mark).to_contain_text("Older than its source: English")
    mark.get_by_role("button", name="It still fits").click()
    expect(mark).to_be_hidden()
    expect(page.locator("[data-old-mark=fa]")).to_be_hidden()
    show(page, "ru")
    field(page, "ru.heading").fill("Как заварить")
    save(page)
    expect(page.locator(f"[data-older='{steps}.ru']")).to_be_hidden()
    expect(page.locator("[data-old-mark=zh-Hans]")).to_be_visible()


def test_rows_come_over_from_the_source_to_be_translated(page: Page, store: Store) -> None:
    facts = block(page, "facts")
    count = facts.locator("[data-language=en] [data-row]").count()
    show(page, "fa")
    for _number in range(count):
        facts.locator("[data-language=fa] [value^='row-remove.']").first.click()
    facts.get_by_role("button", name="Take over the rows of English").click()
    expect(facts.locator("[data-language=fa] [data-row]")).to_have_count(count)
    expect(facts.locator("[data-language=fa] [data-rows-take]")).to_be_hidden()
    save(page)
    content = get_content(store)
    found = next(item.id for item in content.blocks if item.type == "facts")
    assert content.texts["fa"][found]["rows"] == content.texts["en"][found]["rows"]


def test_buttons_write_the_markdown_and_slips_are_told(page: Page) -> None:
    text = block(page, "text")
    area = text.locator("[data-language=en] [data-markdown]")
    area.fill("Tea grows here")
    area.evaluate("area => area.setSelectionRange(0, 3)")
    text.locator("[data-language=en] [data-md=bold]").click()
    expect(area).to_have_value("**Tea** grows here")
    expect(phone(page).locator("strong", has_text="Tea")).to_be_visible()
    text.locator("[data-language=en] [data-md=list]").click()
    expect(area).to_have_value("- **Tea** grows here")
    note = text.locator("[data-note$='.en.body']")
    expect(note).to_be_hidden()
    area.fill("<b>Tea</b>")
    expect(note).to_contain_text("HTML does nothing here")
    area.fill("[our shop](tea.example)")
    expect(note).to_contain_text("must start with https://")
    area.fill("Tea")
    expect(note).to_be_hidden()


def test_a_kind_of_block_is_found_by_a_word_and_chosen_by_keyboard(page: Page, store: Store) -> None:
    page.locator(".ed-add-button").click()
    expect(page.locator("[data-find-text]")).to_be_focused()
    expect(page.locator("[value='add.hero']")).to_be_disabled()
    page.keyboard.type("nothing like this")
    expect(page.locator("[data-find-none]")).to_be_visible()
    page.locator("[data-find-text]").fill("video")
    expect(page.locator("[value='add.faq']")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[value='add.video']")).to_be_focused()
    page.keyboard.press("Enter")
    save(page)
    assert get_content(store).blocks[-1].type == "video"


def test_a_date_is_set_from_the_editor_after_saving(page: Page, store: Store) -> None:
    field(page, "en.title").fill("For Monday")
    page.locator("[data-schedule]").click()
    page.wait_for_url("**/page/schedule")
    assert get_content(store).get_title("en") == "For Monday"
