"""What shoppers send by a page's forms, as a whole: which blocks ask, what is erased, what is too old to keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shelftalk.catalog.page import Block, PageContent
from shelftalk.clock import format_at
from shelftalk.store.db import Db
from shelftalk.store.pages import get_page, get_published
from shelftalk.store.rows import Listing, ListQuery, make_record
from shelftalk.store.search import make_pattern

# Covered by backups, parents before children. Mail that waits is not: a restored backup sends nothing again.
TABLES = (
    "survey_answers",
    "survey_choices",
    "coupon_codes",
    "coupon_givings",
    "sign_ups",
    "warranties",
    "personal_exports",
)
IDENTITIES = tuple(name for name in TABLES if name != "survey_choices")
CONFIRM_DAYS = 7  # an address nobody confirmed is kept so long
MAIL_DAYS = 3  # a mail that cannot be delivered is tried so long
OF_SAMPLE = ("survey_choices", "survey_answers", "coupon_givings", "coupon_codes", "sign_ups", "warranties")
OF_CODE = ("survey_choices", "survey_answers", "coupon_givings", "sign_ups", "warranties")


@dataclass(frozen=True)
class Holder:
    """A product whose page has, or had, a block of some kind. `version`: what is published, or None."""

    product_id: int
    product_name: str
    status: str
    version: int | None


@dataclass(frozen=True)
class PlacedBlock:
    """A block of a page, with the page it stands on; of a saved draft when `published` is not."""

    holder: Holder
    block: Block
    content: PageContent
    published: bool

    @property
    def shown(self) -> bool:
        """Whether shoppers see it."""
        return self.published and self.holder.status == "live" and not self.block.hidden

    def get_text(self, name: str, language: str) -> str:
        """A text in the language, else in the first that has it."""
        for tag in (language, *self.content.languages):
            value = self.content.texts.get(tag, {}).get(self.block.id, {}).get(name, "")
            if isinstance(value, str) and value:
                return value
        return ""


def list_holders(db: Db, kind: Literal["survey", "coupon"], query: ListQuery) -> Listing[Holder]:
    """The products with a block of a kind, or with what was sent by one, by name; no page is read for it."""
    pattern = make_pattern(query.search)
    rows = db.list(f"list_{kind}_holders", pattern=pattern, limit=query.per_page, offset=query.offset)
    total = int(db.value(f"count_{kind}_holders", pattern=pattern))
    return Listing([make_record(Holder, row) for row in rows], total, query.page, query.per_page)


def get_holder(db: Db, product_id: int) -> Holder:
    """One product; raises NotFound."""
    return make_record(Holder, db.get("find_holder", product_id=product_id))


def list_blocks(db: Db, kind: str, holder: Holder) -> list[PlacedBlock]:
    """The blocks of a kind on what a product has published."""
    content = get_published(db, holder.product_id)
    blocks = content.blocks if content else ()
    return [PlacedBlock(holder, block, content, True) for block in blocks if content and block.type == kind]


def list_draft_blocks(db: Db, kind: str, holder: Holder) -> list[PlacedBlock]:
    """The blocks of a kind on a product's saved draft, published or not."""
    content = get_page(db, holder.product_id).content
    return [PlacedBlock(holder, block, content, False) for block in content.blocks if block.type == kind]


def find_block(db: Db, kind: str, product_id: int, block_id: str) -> PlacedBlock | None:
    """A published block, or None; raises NotFound without the product."""
    named = (one for one in list_blocks(db, kind, get_holder(db, product_id)) if one.block.id == block_id)
    return next(named, None)


def find_product_name(db: Db, product_id: int) -> str:
    """A product's name, or empty."""
    return str(db.value("find_product_name", id=product_id) or "")


def erase_sent(db: Db, code: str, from_day: date, to_day: date) -> None:
    """Delete everything that was sent from a placement on days of its place, both included."""
    place = db.find("find_code_place", code=code)
    zone = ZoneInfo(place["timezone"]) if place and place["timezone"] else UTC
    first = datetime.combine(from_day, time(), zone)
    last = datetime.combine(to_day + timedelta(days=1), time(), zone) - timedelta(milliseconds=1)
    for name in OF_CODE:
        db.run(f"erase_{name}", code=code, from_at=format_at(first), to_at=format_at(last))


def drop_sample_sent(db: Db) -> None:
    """Delete what belongs to the sample brand, before its products go."""
    for name in OF_SAMPLE:
        db.run(f"drop_sample_{name}")


def drop_old_sent(db: Db, today: date, keep_days: int) -> int:
    """Delete what is too old to keep; gives how many rows.

    Written answers, and when and where a coupon was taken, go with the scans of their day; addresses nobody
    confirmed after seven days; warranties on the day each says. What was chosen and how many coupons are gone stays.
    """
    old = _format_day(today, keep_days)
    return sum(
        (
            db.run("drop_old_texts", at=old),
            db.run("drop_old_givings", at=old),
            db.run("drop_old_exports", at=old),
            db.run("drop_unconfirmed", at=_format_day(today, CONFIRM_DAYS)),
            db.run("drop_old_warranties", day=today.isoformat()),
            db.run("drop_old_mail", at=_format_day(today, MAIL_DAYS)),
        )
    )


def _format_day(today: date, days: int) -> str:
    return format_at(datetime.combine(today - timedelta(days=days), time(), UTC))
