"""Dates at which a page is published or taken off: the content is frozen when the date is set. Reads no clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from shelftalk.catalog.page import PageContent, format_content, parse_content
from shelftalk.errors import Conflict, Invalid, mark
from shelftalk.store import pages
from shelftalk.store.db import Db
from shelftalk.store.rows import make_param, make_record

MAX_WAITING = 20
WHATS = {"publish": mark("Publish"), "unpublish": mark("Take off phones")}
STATES = {
    "waiting": mark("Waiting"),
    "done": mark("Done"),
    "failed": mark("Failed"),
    "seen": mark("Failed"),
    "cancelled": mark("Cancelled"),
}


@dataclass(frozen=True)
class Schedule:
    """One date of a page. `what`: of WHATS; `state`: of STATES; `told`: why it failed."""

    id: int
    product_id: int
    what: str
    due_at: datetime
    state: str
    told: str
    at: datetime
    by: str
    done_at: datetime | None


@dataclass(frozen=True)
class FailedSchedule:
    """A date on which something stood in the way."""

    id: int
    product_id: int
    name: str
    what: str
    due_at: datetime
    told: str


def add_schedule(
    db: Db, product_id: int, what: str, due_at: datetime, content: PageContent | None, *, by: str, at: datetime
) -> Schedule:
    """Set a date; raises Invalid when it has passed, or for too many."""
    if due_at <= at:
        raise Invalid("time", "This moment has passed. Choose a later one, or publish now.")
    waiting = [item for item in list_schedules(db, product_id) if item.state == "waiting"]
    if len(waiting) >= MAX_WAITING:
        raise Invalid(
            "time",
            "{value} dates wait already: at most {allowed}. Cancel one.",
            value=len(waiting),
            allowed=MAX_WAITING,
        )
    kept = json.dumps(format_content(content), ensure_ascii=False) if content else ""
    params = {"due_at": make_param(due_at), "content": kept, "by": by, "at": make_param(at)}
    return make_record(Schedule, db.get("add_page_schedule", product_id=product_id, what=what, **params))


def list_schedules(db: Db, product_id: int) -> list[Schedule]:
    """A page's dates: those that wait first, then the past ones."""
    return [make_record(Schedule, row) for row in db.list("list_page_schedules", product_id=product_id)]


def list_due(db: Db, now: datetime) -> list[Schedule]:
    """The dates of all pages that have come, the earliest first."""
    return [make_record(Schedule, row) for row in db.list("list_due_schedules", now=make_param(now))]


def cancel_schedule(db: Db, product_id: int, schedule_id: int, *, at: datetime) -> None:
    """Take a date back; raises Conflict when it has come already."""
    if db.find("cancel_schedule", product_id=product_id, id=schedule_id, at=make_param(at)) is None:
        raise Conflict("This date has come or is cancelled already. Reload the page.")


def find_content(db: Db, schedule_id: int) -> PageContent | None:
    """What was frozen for a date; None for a date that takes the page off."""
    content = db.value("get_schedule_content", id=schedule_id)
    return parse_content(json.loads(content)) if content else None


def run_schedule(db: Db, schedule: Schedule, *, at: datetime) -> bool:
    """Do what a date says, in one transaction with taking it: exactly once, however many try.

    False when another process has it or it was cancelled. Raises what publishing raises, and then nothing is taken.
    """
    if db.find("take_schedule", id=schedule.id, state="done", at=make_param(at)) is None:
        return False
    content = find_content(db, schedule.id)
    if content is None:
        pages.unpublish_page(db, schedule.product_id, at=at)
    else:
        pages.publish_content(db, schedule.product_id, content, by=schedule.by, at=at)
    return True


def fail_schedule(db: Db, schedule_id: int, told: str, *, at: datetime) -> None:
    """Write down why a date came to nothing."""
    if db.find("take_schedule", id=schedule_id, state="failed", at=make_param(at)):
        db.run("fail_schedule", id=schedule_id, told=told)


def dismiss_failures(db: Db, product_id: int) -> None:
    """Somebody has seen what failed."""
    db.run("dismiss_schedules", product_id=product_id)


def list_failures(db: Db, limit: int) -> list[FailedSchedule]:
    """What failed and nobody has seen yet, newest first."""
    return [make_record(FailedSchedule, row) for row in db.list("list_failed_schedules", limit=limit)]
