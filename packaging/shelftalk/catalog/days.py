"""The days between which a block is shown: its shared fields `from` and `until`. Reads no clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from shelftalk.catalog.page import Block, PageContent


def is_shown_on(block: Block, day: date) -> bool:
    """Whether the block's days have begun and not ended; a block without days is always shown."""
    first, last = _read_days(block)
    return (first is None or first <= day) and (last is None or day <= last)


def choose_shown(content: PageContent, day: date) -> PageContent:
    """The page as it is on that day: without the blocks whose days have not begun or are over."""
    shown = tuple(block for block in content.blocks if is_shown_on(block, day))
    return content if len(shown) == len(content.blocks) else replace(content, blocks=shown)


def list_turning_days(content: PageContent) -> list[date]:
    """The days with whose beginning the page changes by itself, in order: a block comes up or goes."""
    turns: set[date] = set()
    for block in content.blocks:
        first, last = (None, None) if block.hidden else _read_days(block)
        turns |= {first} if first else set()
        turns |= {last + timedelta(days=1)} if last and last < date.max else set()
    return sorted(turns)


def _read_days(block: Block) -> tuple[date | None, date | None]:
    first, last = block.shared.get("from"), block.shared.get("until")
    return (date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)
