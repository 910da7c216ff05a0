"""A page's history: every version, what differs between two, looking at one, going back."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from shelftalk import clock
from shelftalk.catalog.page import PageContent, make_block
from shelftalk.catalog.page_diff import Piece, compare_pages, compare_texts, summarise
from shelftalk.store import Store
from shelftalk.store import pages as page_store
from tests.web.shop import add_tea

HISTORY = "/admin/products/1/page/versions"


def get_draft(store: Store) -> PageContent:
    with store.read() as db:
        return page_store.get_page(db, 1).content


def save(store: Store, content: PageContent, by: str = "Mei", *, publish: bool = False) -> None:
    with store.write() as db:
        page_store.save_page(db, 1, page_store.get_page(db, 1).revision, content, by=by, at=clock.now())
        if publish:
            page_store.publish_page(db, 1, by=by, at=clock.now())


def retitle(content: PageContent, tag: str, title: str) -> PageContent:
    hero = content.blocks[0].id
    texts = content.texts[tag][hero] | {"title": title}
    return replace(content, texts=content.texts | {tag: content.texts[tag] | {hero: texts}})


@pytest.fixture(autouse=True)
def versions(store: Store) -> PageContent:
    """A live tea with two versions and a third state in its draft; gives the first version."""
    add_tea(store)
    first = get_draft(store)
    save(store, retitle(first, "en", "High Mountain Oolong, spring"), "Ada", publish=True)
    save(store, retitle(get_draft(store), "fa", "چای بهاره کوهستان"))
    return first


def test_the_list_says_who_when_and_what_changed(staff: FlaskClient) -> None:
    page = staff.get(HISTORY).text
    assert re.search(
        r"Version 2.*On phones now.*Ada.*1 block changed · English.*Version 1.*The first version", page, re.S
    )
    assert re.search(r"Since the version on phones:\s*1 block changed · فارسی", page)


def test_a_difference_marks_the_words_and_reads_the_languages_way(staff: FlaskClient) -> None:
    page = staff.get(f"{HISTORY}/compare?from=v1&to=draft").text
    assert "High Mountain Oolong<ins>, spring</ins>" in page
    assert re.search(r'<dd lang="fa" dir="rtl">\s*<p>چای <ins>بهاره </ins>کوهستان</p>', page)


def test_two_states_that_say_the_same_are_told_so(staff: FlaskClient) -> None:
    assert "Both say the same, word for word." in staff.get(f"{HISTORY}/compare?from=v2&to=v2").text


def test_an_unknown_version_is_not_found(staff: FlaskClient) -> None:
    for key in ("v9", "x1", "v", "d5", "v99999999999"):
        assert staff.get(f"{HISTORY}/{key}").status_code == 404


def test_an_old_version_is_looked_at_as_it_was(staff: FlaskClient) -> None:
    assert f"{HISTORY}/v1/preview" in staff.get(f"{HISTORY}/v1").text
    old = staff.get(f"{HISTORY}/v1/preview?lang=en")
    assert "<h1>High Mountain Oolong</h1>" in re.sub(r"<h1[^>]*>", "<h1>", old.text)
    assert "script-src 'none'" in old.headers["Content-Security-Policy"]


def test_going_back_makes_a_new_version_and_leaves_the_draft(
    marketer: FlaskClient, store: Store, versions: PageContent
) -> None:
    draft = get_draft(store)
    answer = marketer.post(f"{HISTORY}/v1/publish", data={"published": "2"}, follow_redirects=True)
    assert "Version 3 is live" in answer.text
    with store.read() as db:
        assert page_store.get_published(db, 1) == versions
        assert [item.version for item in page_store.list_versions(db, 1)] == [3, 2, 1]
    assert get_draft(store) == draft
    assert "High Mountain Oolong</h1>" in marketer.get("/p/high-mountain-oolong").text


def test_going_back_is_refused_when_another_version_went_out_meanwhile(marketer: FlaskClient, store: Store) -> None:
    answer = marketer.post(f"{HISTORY}/v1/publish", data={"published": "1"}, follow_redirects=True)
    assert "Another version was published meanwhile" in answer.text
    with store.read() as db:
        assert len(page_store.list_versions(db, 1)) == 2


def test_a_version_taken_into_the_draft_puts_the_draft_aside(
    marketer: FlaskClient, store: Store, versions: PageContent
) -> None:
    draft = get_draft(store)
    with store.read() as db:
        revision = page_store.get_page(db, 1).revision
    marketer.post(f"{HISTORY}/v1/take", data={"revision": str(revision)})
    assert get_draft(store).get_title("fa") == versions.get_title("fa")
    with store.read() as db:
        kept = page_store.list_kept_drafts(db, 1)
    assert [item.content for item in kept] == [draft]
    assert "An older version was taken" in marketer.get(HISTORY).text
    marketer.post(f"{HISTORY}/d{kept[0].id}/take", data={"revision": str(revision + 1)})
    assert get_draft(store).get_title("fa") == draft.get_title("fa")


def test_taking_a_version_is_refused_when_somebody_saved_meanwhile(marketer: FlaskClient, store: Store) -> None:
    draft = get_draft(store)
    answer = marketer.post(f"{HISTORY}/v1/take", data={"revision": "1"}, follow_redirects=True)
    assert "Mei saved the draft meanwhile" in answer.text
    assert get_draft(store) == draft


def test_twenty_drafts_are_kept_and_the_oldest_go(store: Store) -> None:
    with store.write() as db:
        kept = [page_store.keep_draft(db, 1, why="copy", at=clock.now()) for _time in range(25)]
        assert [item.id for item in page_store.list_kept_drafts(db, 1)] == kept[:-21:-1]


def test_blocks_that_came_went_moved_or_were_hidden_are_told_apart(versions: PageContent) -> None:
    hero, steps, facts, faq, buy = versions.blocks
    new = make_block("text")
    changed = replace(versions, blocks=(hero, facts, replace(faq, hidden=True), new, steps))
    found = {change.block.id: change.how for change in compare_pages(versions, changed)}
    assert found == {steps.id: ("moved",), faq.id: ("hidden",), new.id: ("added",), buy.id: ("removed",)}
    summary = summarise(compare_pages(versions, changed))
    assert (summary.added, summary.removed, summary.moved, summary.changed) == (1, 1, 1, 1)


def test_chinese_is_compared_sign_by_sign_and_long_texts_are_cut() -> None:
    assert compare_texts("高山烏龍茶", "高山紅茶") == (
        Piece("same", "高山"),
        Piece("del", "烏龍"),
        Piece("ins", "紅"),
        Piece("same", "茶"),
    )
    long = "word " * 200
    pieces = compare_texts(f"{long}old", f"{long}new")
    assert pieces[1:] == (Piece("del", "old"), Piece("ins", "new"))
    assert pieces[0].text.startswith(" … ")
    assert len(pieces[0].text) < 60


def test_a_sentence_written_anew_reads_as_a_whole_and_its_neighbours_word_by_word() -> None:
    old = "Grown at 1,600 m in Alishan. We pick it by hand in the cool of the morning. Steep it for 3 minutes."
    new = "Grown at 1,600 m in Alishan. Machines of the newest kind harvest it at night. Steep it for 4 minutes."
    assert compare_texts(old, new) == (
        Piece("same", "Grown at 1,600 m in Alishan. "),
        Piece("del", "We pick it by hand in the cool of the morning. "),
        Piece("ins", "Machines of the newest kind harvest it at night. "),
        Piece("same", "Steep it for "),
        Piece("del", "3"),
        Piece("ins", "4"),
        Piece("same", " minutes."),
    )
    assert compare_texts("我們在清晨手工採摘。泡三分鐘。", "機器整夜收割茶葉。泡四分鐘。") == (
        Piece("del", "我們在清晨手工採摘。"),
        Piece("ins", "機器整夜收割茶葉。"),
        Piece("same", "泡"),
        Piece("del", "三"),
        Piece("ins", "四"),
        Piece("same", "分鐘。"),
    )


def test_a_sentence_put_between_others_leaves_them_as_they_were() -> None:
    assert compare_texts("Good hot. Good cold.", "Good hot. Try it with milk! Good cold.") == (
        Piece("same", "Good hot. "),
        Piece("ins", "Try it with milk! "),
        Piece("same", "Good cold."),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "new words"),
        ("a b c", ""),
        ("one two three", "one 2 three four"),
        ("One. Two! ", "Quite another… thing\n"),
        ("چای سبز است؟ بله.", "نه. چای سیاه است!"),
        ("...", "?!"),
    ],
)
def test_the_pieces_of_a_difference_give_both_texts_back(old: str, new: str) -> None:
    pieces = compare_texts(old, new)
    assert "".join(piece.text for piece in pieces if piece.op != "ins") == old
    assert "".join(piece.text for piece in pieces if piece.op != "del") == new
