"""Prints the sample's labels, as real runs that can be had again, and writes down what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shelftalk.catalog.placement import Placement
from shelftalk.labels.item import LabelItem
from shelftalk.labels.run import make_labels
from shelftalk.labels.stock import get_stock
from shelftalk.sample.prints import SampleEvent, SamplePrint
from shelftalk.store import run_events
from shelftalk.store.db import Db
from shelftalk.web.label_items import make_label_items
from shelftalk.web.run_files import keep_print_run
from shelftalk.web.state import State


def add_prints(
    state: State,
    db: Db,
    prints: Sequence[SamplePrint],
    placed: Mapping[str, Placement],
    location_ids: Mapping[str, int],
    at: datetime,
) -> None:
    """Add all of them, each at its time."""
    for one in prints:
        items = _make_items(state, db, one, placed)
        stock, then = get_stock(one.stock), at - timedelta(days=one.days_ago)
        run = keep_print_run(
            db,
            state.settings.instance / "runs",
            make_labels(items, stock, copies=one.copies),
            items,
            stock,
            origin=state.settings.origin,
            start=1,
            copies=one.copies,
            by=one.by,
            at=then,
            is_sample=True,
        )
        for event in one.events:
            _add_event(db, run.id, event, one.by, location_ids, at)


def _make_items(state: State, db: Db, one: SamplePrint, placed: Mapping[str, Placement]) -> list[LabelItem]:
    codes = [placed[key].code for key in one.placements]
    items = make_label_items(db, codes, state.settings.origin, state.translator)
    said = [one.said.get(key, item.call_to_action) for key, item in zip(one.placements, items, strict=True)]
    return [replace(item, call_to_action=words) for item, words in zip(items, said, strict=True)]


def _add_event(db: Db, run_id: int, event: SampleEvent, by: str, location_ids: Mapping[str, int], at: datetime) -> None:
    then = at - timedelta(days=event.days_ago)
    event_id = run_events.add_event(
        db,
        run_id,
        event.kind,
        by=by,
        at=then,
        text=event.text,
        quantity=event.quantity,
        location_id=location_ids[event.location] if event.location else None,
    )
    if event.taken_back:
        run_events.take_back(db, event_id, by=by, at=then)
