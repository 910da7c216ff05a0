"""Coupon codes: pools, and which code was given when and where. Never to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shelftalk.catalog.coupon import LOW
from shelftalk.catalog.page import Block
from shelftalk.clock import parse_at
from shelftalk.store.db import Db
from shelftalk.store.extras import LOADERS
from shelftalk.store.pages import mark_changed
from shelftalk.store.rows import make_param, make_record
from shelftalk.store.whence import Whence


@dataclass(frozen=True)
class Stock:
    """A pool in numbers."""

    total: int
    remaining: int
    gone_at: datetime | None = None  # when the last one was given; unknown once that is too old to keep

    @property
    def given(self) -> int:
        """How many are gone."""
        return self.total - self.remaining

    @property
    def is_low(self) -> bool:
        """Whether it is running out."""
        return 0 < self.remaining <= max(1, int(self.total * LOW))

    @property
    def is_gone(self) -> bool:
        """Whether there was one, and all are given."""
        return self.total > 0 and not self.remaining


@dataclass(frozen=True)
class Pool:
    """The codes of a block. `given` counts a common code too."""

    block_id: str
    total: int
    remaining: int
    given: int


@dataclass(frozen=True)
class Given:
    """A code that was shown to somebody; `id` finds it again."""

    id: int
    coupon: str


@dataclass(frozen=True)
class Giving:
    """When and where a code was shown."""

    coupon: str
    at: datetime
    language: str
    code: str
    location_name: str


@dataclass(frozen=True)
class GivingPlace:
    """How many were shown at a placement."""

    code: str
    placement_id: int
    location_name: str
    n: int


def add_coupons(db: Db, product_id: int, block_id: str, coupons: Sequence[str], *, at: datetime) -> int:
    """Add codes to a pool; those it has already stay as they are. Gives how many are new."""
    before = count_coupons(db, product_id, block_id).total
    common = {"product_id": product_id, "block_id": block_id, "at": make_param(at)}
    db.run_many("add_coupon", [common | {"coupon": coupon} for coupon in coupons])
    mark_changed(db, product_id)
    return count_coupons(db, product_id, block_id).total - before


def count_coupons(db: Db, product_id: int, block_id: str) -> Stock:
    """The pool of a block."""
    row = db.get("count_coupons", product_id=product_id, block_id=block_id)
    last = row["last_at"] if row["total"] and not row["remaining"] else None
    return Stock(int(row["total"]), int(row["remaining"]), parse_at(last) if last else None)


def list_pools(db: Db, product_id: int) -> list[Pool]:
    """Every pool of a product, and every common code that was shown."""
    return [make_record(Pool, row) for row in db.list("list_pools", product_id=product_id)]


def take_coupon(db: Db, whence: Whence, *, at: datetime) -> Given | None:
    """Give the next code of the pool to somebody, and nobody else; None when all are gone.

    With the last one the product's pages are made anew, so that they say so.
    """
    row = db.find("take_coupon", product_id=whence.product_id, block_id=whence.block_id)
    if row is None:
        return None
    db.value("add_giving", coupon_id=row["id"], **whence.params(at))
    if not count_coupons(db, whence.product_id, whence.block_id).remaining:
        mark_changed(db, whence.product_id)
    return Given(row["id"], row["coupon"])


def take_common_coupon(db: Db, whence: Whence, coupon: str, *, at: datetime) -> Given:
    """Count that the code for all was shown."""
    names = {"product_id": whence.product_id, "block_id": whence.block_id}
    row = db.get("take_common_coupon", coupon=coupon, at=make_param(at), **names)
    db.value("add_giving", coupon_id=row["id"], **whence.params(at))
    return Given(row["id"], row["coupon"])


def find_coupon(db: Db, product_id: int, block_id: str, coupon_id: int) -> str:
    """A code that was given before, or empty."""
    return str(db.value("find_coupon", id=coupon_id, product_id=product_id, block_id=block_id) or "")


def drop_coupons_left(db: Db, product_id: int, block_id: str) -> int:
    """Take the codes nobody has out of a pool; gives how many."""
    mark_changed(db, product_id)
    return db.run("drop_coupons_left", product_id=product_id, block_id=block_id)


def list_givings(db: Db, product_id: int, block_id: str) -> list[Giving]:
    """Every code shown, the latest first."""
    return [make_record(Giving, row) for row in db.list("list_givings", product_id=product_id, block_id=block_id)]


def list_giving_places(db: Db, product_id: int, block_id: str) -> list[GivingPlace]:
    """Where they were shown."""
    rows = db.list("list_giving_places", product_id=product_id, block_id=block_id)
    return [make_record(GivingPlace, row) for row in rows]


def _load(db: Db, product_id: int, block: Block) -> Stock | None:
    """What the page says of the pool; nothing where one code is for all."""
    return None if block.shared.get("common") else count_coupons(db, product_id, block.id)


LOADERS["coupon"] = _load
