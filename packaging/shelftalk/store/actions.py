"""What people did on pages and what is counted from it, written together in one transaction like scans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Protocol, TypeVar

from shelftalk.clock import format_at
from shelftalk.store.db import Db, Row
from shelftalk.store.rows import make_record
from shelftalk.store.scans import find_places, find_scan_hour

COLUMNS = (
    "at",
    "day",
    "hour",
    "code",
    "placement_id",
    "product_id",
    "location_id",
    "stage",
    "block",
    "block_type",
    "word",
    "language",
    "device",
    "scan_class",
    "rule_version",
    "first",
)
KEY = ("day", "product_id", "placement_id", "location_id", "stage", "block", "block_type", "word", "scan_class")


class SpooledAction(Protocol):
    """An action as the spool hands it over. `code` is empty on a product's own address."""

    @property
    def at(self) -> datetime: ...
    @property
    def code(self) -> str: ...
    @property
    def product_id(self) -> int: ...
    @property
    def block(self) -> str: ...
    @property
    def block_type(self) -> str: ...
    @property
    def word(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def device(self) -> str: ...
    @property
    def scan_class(self) -> str: ...
    @property
    def rule_version(self) -> int: ...
    @property
    def first(self) -> bool: ...


A = TypeVar("A", bound=SpooledAction)


@dataclass(frozen=True)
class ActionCount:
    """Actions of one kind over the asked period. `placement_id` 0: on the product's own address."""

    product_id: int
    placement_id: int
    block: str
    block_type: str
    word: str
    scan_class: str
    actions: int
    firsts: int


@dataclass(frozen=True)
class PlacementStage:
    """Where a placement stands on a shopper's way."""

    id: int
    product_id: int
    stage: str


def add_actions(db: Db, actions: Sequence[A], default_zone: str) -> list[A]:
    """Store actions with their rollup; gives back those whose code or product is unknown."""
    if not actions:
        return []
    places = find_places(db, {action.code for action in actions if action.code})
    products = {row["id"] for row in db.list("list_product_ids")}
    known = [a for a in actions if (a.code in places if a.code else a.product_id in products)]
    rows = [_make_row(action, places.get(action.code), default_zone) for action in known]
    db.engine.copy(db.connection, "actions", COLUMNS, rows)
    add_action_rollup(db, rows)
    return [a for a in actions if not (a.code in places if a.code else a.product_id in products)]


def _make_row(action: SpooledAction, place: Row | None, default_zone: str) -> tuple[object, ...]:
    day, hour = find_scan_hour(action.at, (place["timezone"] if place else "") or default_zone)
    where: tuple[object, ...] = (0, action.product_id, 0, "")
    if place:
        where = (place["placement_id"], place["product_id"], place["location_id"] or 0, place["stage"])
    what = (action.block, action.block_type, action.word, action.language, action.device, action.scan_class)
    return (format_at(action.at), day, hour, action.code, *where, *what, action.rule_version, int(action.first))


def add_action_rollup(db: Db, rows: Sequence[Sequence[Any]], sign: int = 1) -> None:
    """Count rows (in the order of COLUMNS) into the rollup; with `sign` -1, take them out again."""
    get_key, first = itemgetter(*(COLUMNS.index(column) for column in KEY)), COLUMNS.index("first")
    actions, firsts = Counter(map(get_key, rows)), Counter(get_key(row) for row in rows if row[first])
    keys = sorted(actions, key=repr)  # two nodes adding to the same rows never wait for each other in a circle
    counted: dict[str, list[object]] = {column: [key[place] for key in keys] for place, column in enumerate(KEY)}
    counted["actions"] = [sign * actions[key] for key in keys]
    counted["firsts"] = [sign * firsts[key] for key in keys]
    db.run_lists("add_action_days", counted)


def rebuild_action_rollup(db: Db) -> None:
    """Count everything anew from the stored actions."""
    db.run("drop_action_days")
    db.run("fill_action_days")


def count_actions(db: Db) -> int:
    """How many actions are stored, of every class."""
    return int(db.value("count_actions"))


def list_action_totals(
    db: Db, from_day: date, to_day: date, *, product_id: int = 0, location_id: int = -1
) -> list[ActionCount]:
    """Counts per product, placement, block, word and class. `product_id` 0: all; `location_id` -1: all, 0: anywhere."""
    days = {"from_day": from_day.isoformat(), "to_day": to_day.isoformat()}
    rows = db.list("list_action_totals", **days, product_id=product_id, location_id=location_id)
    counts = ("actions", "firsts")  # PostgreSQL's sum() of bigint is a Decimal
    return [make_record(ActionCount, dict(row) | {name: int(row[name]) for name in counts}) for row in rows]


def list_placement_stages(db: Db) -> list[PlacementStage]:
    """The stage of every placement."""
    return [make_record(PlacementStage, row) for row in db.list("list_placement_stages")]
