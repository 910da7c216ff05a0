"""What happened to a print run after it was made. Events are added and never changed: one is taken back by another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shelftalk.errors import Conflict, Invalid, NotFound
from shelftalk.store.db import Db
from shelftalk.store.rows import make_param, make_record

SENT, SHIPPED, RECEIVED, SPOILED, NOTE, TAKEN_BACK = "sent", "shipped", "received", "spoiled", "note", "taken_back"
KINDS = (SENT, SHIPPED, RECEIVED, SPOILED, NOTE, TAKEN_BACK)
COUNTED = (SHIPPED, RECEIVED, SPOILED)  # these tell of a number of labels


@dataclass(frozen=True)
class RunEvent:
    """One thing that happened. `at` is when it was written down, `done_on` the day it is said to have happened."""

    id: int
    run_id: int
    kind: str
    at: datetime
    by: str
    done_on: date
    quantity: int
    text: str
    location_id: int | None
    location_name: str
    undoes: int | None  # the event that this one takes back
    undone: bool  # whether a later event takes this one back


@dataclass(frozen=True)
class RunSums:
    """How many labels of a run went which way; what was taken back is left out."""

    labels: int
    shipped: int = 0
    received: int = 0
    spoiled: int = 0

    @property
    def usable(self) -> int:
        """Labels that can hang somewhere: printed, without the spoiled ones."""
        return self.labels - self.spoiled

    def count_left(self, kind: str) -> int:
        """How many labels an event of this kind may still tell of."""
        gone = {SHIPPED: self.spoiled + self.shipped, RECEIVED: self.spoiled + self.received, SPOILED: self.spoiled}
        return self.labels - gone[kind] if kind in gone else 0


def add_event(
    db: Db,
    run_id: int,
    kind: str,
    *,
    by: str,
    at: datetime,
    text: str = "",
    quantity: int = 0,
    location_id: int | None = None,
    done_on: date | None = None,
) -> int:
    """Write an event down; gives its number. Raises NotFound without the run, Invalid for more labels than it has."""
    db.find("hold_run", id=run_id)  # two people who tell of the last labels at once: the second sees the first's
    sums = sum_events(db, run_id)
    if kind in COUNTED:
        _check_quantity(kind, quantity, sums)
    params: Mapping[str, object] = {"text": text, "quantity": quantity, "location_id": location_id, "undoes": None}
    return _add(db, run_id, kind, by, at, done_on or at.date(), params)


def _add(db: Db, run_id: int, kind: str, by: str, at: datetime, done_on: date, params: Mapping[str, object]) -> int:
    day = make_param(done_on)
    return int(db.value("add_event", run_id=run_id, kind=kind, by=by, at=make_param(at), done_on=day, **params))


def _check_quantity(kind: str, quantity: int, sums: RunSums) -> None:
    left = sums.count_left(kind)
    if left < 1:
        raise Invalid("quantity", "All {labels} labels of this run are accounted for already.", labels=sums.labels)
    if not 1 <= quantity <= left:
        raise Invalid(
            "quantity", "{value} labels are not possible here. Choose 1 to {allowed}.", value=quantity, allowed=left
        )


def take_back(db: Db, event_id: int, *, run_id: int = 0, by: str, at: datetime, text: str = "") -> int:
    """Add the event that undoes another; raises NotFound, and Conflict when that is done already."""
    event = get_event(db, event_id)
    if run_id not in (0, event.run_id):
        raise NotFound("There is no such event in this run.")
    if event.undone or event.kind == TAKEN_BACK:
        raise Conflict("This was taken back already. Reload and look again.")
    params: Mapping[str, object] = {
        "text": text,
        "quantity": event.quantity,
        "location_id": event.location_id,
        "undoes": event.id,
    }
    return _add(db, event.run_id, TAKEN_BACK, by, at, at.date(), params)


def get_event(db: Db, event_id: int) -> RunEvent:
    """The event with this number; raises NotFound."""
    return make_record(RunEvent, db.get("get_event", id=event_id))


def list_events(db: Db, run_id: int) -> list[RunEvent]:
    """What happened to a run, oldest first."""
    return [make_record(RunEvent, row) for row in db.list("list_events", run_id=run_id)]


def sum_events(db: Db, run_id: int) -> RunSums:
    """How many labels went which way; raises NotFound without the run."""
    labels = db.value("get_run_labels", id=run_id)
    if labels is None:
        raise NotFound("There is no such run.")
    sums = {row["kind"]: int(row["quantity"]) for row in db.list("sum_events", run_id=run_id)}
    return RunSums(int(labels), **{kind: sums.get(kind, 0) for kind in COUNTED})
