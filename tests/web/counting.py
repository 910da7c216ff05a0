"""Scans for the tests of numbers: stored as the ingester stores them, with their rollups."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shelftalk import clock
from shelftalk.catalog.placement import Placement
from shelftalk.store import Store, scans


@dataclass(frozen=True)
class Scan:
    """A scan as the store takes it."""

    at: datetime
    code: str
    language: str = "en"
    device: str = "phone"
    scan_class: str = "person"
    rule_version: int = 1
    first_of_day: bool = False


def add_scans(
    store: Store,
    placement: Placement,
    count: int,
    *,
    days_ago: float = 2,
    firsts: int = 0,
    at: datetime | None = None,
    **more: str,
) -> None:
    """`count` scans of a placement, the first `firsts` of them somebody's first of the day."""
    when = at or clock.now() - timedelta(days=days_ago)
    made = [Scan(when, placement.code, first_of_day=n < firsts, **more) for n in range(count)]  # type: ignore[arg-type]
    with store.write() as db:
        assert scans.add_scans(db, made, "UTC") == []
