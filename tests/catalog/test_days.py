"""Blocks that are shown between two days: when they are there, and when a page turns by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from shelftalk.catalog.days import choose_shown, is_shown_on, list_turning_days
from shelftalk.catalog.page import Block, PageContent

HERO = Block("hero", "hero", False, {"image": ""})
NOTICE = Block("notice", "recall", False, {"from": "2026-11-20", "until": "2026-11-30"})


def test_a_block_is_shown_from_its_first_day_to_the_end_of_its_last() -> None:
    days = [date(2026, 11, day) for day in (19, 20, 30)] + [date(2026, 12, 1)]
    assert [is_shown_on(NOTICE, day) for day in days] == [False, True, True, False]


def test_a_block_without_days_is_always_shown() -> None:
    assert is_shown_on(HERO, date.min)
    assert is_shown_on(replace(NOTICE, shared={"from": "", "until": ""}), date.max)


def test_the_page_of_a_day_leaves_out_what_has_not_begun_or_is_over() -> None:
    content = PageContent((HERO, NOTICE), {})
    assert choose_shown(content, date(2026, 11, 25)) is content
    assert choose_shown(content, date(2026, 12, 1)).blocks == (HERO,)


def test_a_page_turns_when_a_block_comes_up_and_the_day_after_its_last() -> None:
    other = replace(NOTICE, id="other", shared={"until": "2026-11-19"})
    assert list_turning_days(PageContent((HERO, NOTICE, other), {})) == [date(2026, 11, 20), date(2026, 12, 1)]
    assert list_turning_days(PageContent((HERO, replace(NOTICE, hidden=True)), {})) == []
