"""What the page editor keeps, on both engines: times of texts, dates, templates, drafts put aside, visits."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from shelftalk import clock
from shelftalk.catalog.page import PageContent, format_content, make_content, parse_content
from shelftalk.errors import Conflict, Invalid
from shelftalk.store import Db, Store, page_schedules, page_templates, page_visits
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.store import sample as sample_store
from shelftalk.store import users as user_store
from shelftalk.store.backup import read_backup, write_backup

AT = clock.parse_at("2026-11-22T10:00:00+00:00")


def add_product(db: Db, *, is_sample: bool = False) -> PageContent:
    """A tea with a headline in English and Persian."""
    product_store.add_product(
        db, name="Oolong", brand="", gtin="", photo="", colour="#1f6f54", at=AT, is_sample=is_sample
    )
    return write(make_content(), "Oolong", "چای")


def write(content: PageContent, english: str, persian: str) -> PageContent:
    hero = content.blocks[0].id
    return PageContent(content.blocks, {"en": {hero: {"title": english}}, "fa": {hero: {"title": persian}}})


def save(db: Db, content: PageContent, minutes: int) -> None:
    revision = page_store.get_page(db, 1).revision
    page_store.save_page(db, 1, revision, content, by="Mei", at=AT + timedelta(minutes=minutes))


def test_the_time_of_a_text_is_the_time_its_words_changed(db: Db) -> None:
    first = add_product(db)
    save(db, first, 1)
    save(db, write(first, "Oolong tea", "چای"), 2)
    save(db, write(first, "Oolong tea", "چای"), 3)
    page, hero = page_store.get_page(db, 1), first.blocks[0].id
    assert page.list_older() == {"fa": [hero]}
    assert page.times["en"][hero] > page.times["fa"][hero]
    page_store.mark_fitting(db, 1, "fa", hero, at=AT + timedelta(minutes=4))
    assert page_store.get_page(db, 1).list_older() == {"fa": []}


def test_a_date_is_taken_once(store: Store) -> None:
    with store.write() as db:
        content = add_product(db)
        item = page_schedules.add_schedule(db, 1, "unpublish", AT + timedelta(hours=1), None, by="Mei", at=AT)
        again = page_schedules.add_schedule(db, 1, "publish", AT + timedelta(hours=2), content, by="Mei", at=AT)
        assert page_schedules.list_due(db, AT) == []
        assert page_schedules.list_due(db, AT + timedelta(hours=3)) == [item, again]
        page_schedules.cancel_schedule(db, 1, item.id, at=AT)
    with store.write() as db:
        assert not page_schedules.run_schedule(db, item, at=AT)
        page_schedules.fail_schedule(db, again.id, "[]", at=AT)
        assert [found.name for found in page_schedules.list_failures(db, 3)] == ["Oolong"]
        page_schedules.dismiss_failures(db, 1)
        assert page_schedules.list_failures(db, 3) == []
    with store.write() as db, pytest.raises(Conflict):
        page_schedules.cancel_schedule(db, 1, again.id, at=AT)


def test_a_date_that_fails_is_not_taken(store: Store) -> None:
    with store.write() as db:
        add_product(db)
        item = page_schedules.add_schedule(db, 1, "unpublish", AT + timedelta(hours=1), None, by="Mei", at=AT)
    with pytest.raises(Conflict), store.write() as db:
        page_schedules.run_schedule(db, item, at=AT)
    with store.read() as db:
        assert [found.state for found in page_schedules.list_schedules(db, 1)] == ["waiting"]


def test_twenty_dates_wait_and_no_more(db: Db) -> None:
    add_product(db)
    for number in range(page_schedules.MAX_WAITING):
        page_schedules.add_schedule(db, 1, "unpublish", AT + timedelta(hours=number + 1), None, by="", at=AT)
    with pytest.raises(Invalid, match="20 dates wait already"):
        page_schedules.add_schedule(db, 1, "unpublish", AT + timedelta(days=9), None, by="", at=AT)


def test_visits_are_told_and_forgotten(db: Db) -> None:
    add_product(db)
    for name in ("ada", "mei"):
        user_store.add_user(db, email=f"{name}@tea.example", name=name, password_hash="", role="marketer", at=AT)
        page_visits.note_visit(db, 1, 1 if name == "ada" else 2, name, at=AT)
    later = AT + timedelta(seconds=40)
    page_visits.note_visit(db, 1, 1, "ada", at=later)
    assert [(one.name, one.since) for one in page_visits.list_others(db, 1, 2, at=later)] == [("ada", AT)]
    assert page_visits.list_others(db, 1, 2, at=later + page_visits.GONE * 2) == []


def test_a_backup_brings_back_dates_templates_and_drafts_put_aside(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        content = add_product(db)
        page_store.keep_draft(db, 1, why="copy", at=AT)
        page_templates.add_template(db, "Teas", content, by="Mei", at=AT)
        page_schedules.add_schedule(db, 1, "publish", AT + timedelta(hours=1), content, by="Mei", at=AT)
    write_backup(store, tmp_path / "backup.sqlite")
    with store.write() as db:
        page_templates.drop_template(db, page_templates.list_templates(db)[0].id)
    read_backup(store, tmp_path / "backup.sqlite")
    with store.write() as db:
        assert [item.name for item in page_templates.list_templates(db)] == ["Teas"]
        assert len(page_store.list_kept_drafts(db, 1)) == 1
        due = page_schedules.list_due(db, AT + timedelta(days=1))
        assert page_schedules.find_content(db, due[0].id) == parse_content(format_content(content))
        assert page_templates.add_template(db, "New", content, by="", at=AT) > 1


def test_the_sample_leaves_with_all_of_it(db: Db) -> None:
    content = add_product(db, is_sample=True)
    page_store.keep_draft(db, 1, why="copy", at=AT)
    page_schedules.add_schedule(db, 1, "publish", AT + timedelta(hours=1), content, by="Mei", at=AT)
    user_store.add_user(db, email="a@tea.example", name="Ada", password_hash="", role="admin", at=AT)
    page_visits.note_visit(db, 1, 1, "Ada", at=AT)
    sample_store.remove_sample(db)
    assert page_schedules.list_due(db, AT + timedelta(days=1)) == []
