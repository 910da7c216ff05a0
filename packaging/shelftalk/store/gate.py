"""What the gate before publishing remembers: links asked lately, and who published against its advice and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from shelftalk.clock import format_at
from shelftalk.store.db import Db
from shelftalk.store.rows import make_record


@dataclass(frozen=True)
class LinkCheck:
    """What became of asking an address. `state` is one of web.link_check's."""

    url: str
    state: str
    detail: str
    checked_at: datetime


@dataclass(frozen=True)
class Override:
    """A version published although the gate had something against it."""

    version: int
    at: datetime
    by: str
    reason: str
    failures: int


@dataclass(frozen=True)
class WaitingPage:
    """A product whose page has something new to publish."""

    id: int
    name: str


def list_waiting(db: Db) -> list[WaitingPage]:
    """Pages that were saved after their last publication, or never published; those of retired products do not wait."""
    return [make_record(WaitingPage, row) for row in db.list("list_waiting_pages")]


def list_link_checks(db: Db, urls: Iterable[str], since: datetime) -> dict[str, LinkCheck]:
    """What is known of addresses that were asked since."""
    found = (db.find("find_link_check", url=url, since=format_at(since)) for url in sorted(set(urls)))
    return {row["url"]: make_record(LinkCheck, row) for row in found if row}


def put_link_checks(db: Db, results: Mapping[str, tuple[str, str]], at: datetime) -> None:
    """Remember what became of asking: address -> state and detail."""
    rows = [
        {"url": url, "state": state, "detail": detail, "at": format_at(at)}
        for url, (state, detail) in sorted(results.items())
    ]
    db.run_many("put_link_check", rows)


def add_override(db: Db, product_id: int, version: int, *, by: str, reason: str, failures: int, at: datetime) -> None:
    """Keep who published a version against the gate's advice, and why."""
    db.run(
        "add_override",
        product_id=product_id,
        version=version,
        by=by,
        reason=reason,
        failures=failures,
        at=format_at(at),
    )


def list_overrides(db: Db, product_id: int) -> list[Override]:
    """The versions of a page published against advice, newest first."""
    return [make_record(Override, row) for row in db.list("list_overrides", product_id=product_id)]
