"""What shoppers send by a page's forms, as a whole: which blocks ask, what is erased, what is too old to keep."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shelftalk.catalog.page import Block, PageContent, parse_content
from shelftalk.clock import format_at
from shelftalk.store.db import Db
from shelftalk.store.pages import get_page

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
class PublishedBlock:
    """A block of a page, with the page it stands on: what shoppers see, or with version 0 what is saved."""

    product_id: int
    product_name: str
    status: str
    version: int
    block: Block
    content: PageContent

    def get_text(self, name: str, language: str) -> str:
        """A text in the language, else in the first that has it."""
        for tag in (language, *self.content.languages):
            value = self.content.texts.get(tag, {}).get(self.block.id, {}).get(name, "")
            if isinstance(value, str) and value:
                return value
        return ""


def list_blocks(db: Db, kind: str) -> list[PublishedBlock]:
    """Every block of a kind on a published page, by product."""
    rows = db.list("list_published_like", pattern=f'%"type":"{kind}"%')
    pages = [(row, parse_content(json.loads(row["content"]))) for row in rows]
    return [
        PublishedBlock(row["product_id"], row["product_name"], row["status"], row["version"], block, content)
        for row, content in pages
        for block in content.blocks
        if block.type == kind
    ]


def list_draft_blocks(db: Db, kind: str) -> list[PublishedBlock]:
    """Every block of a kind on a saved draft, published or not, by product; `version` is 0."""
    rows = db.list("list_draft_products_like", pattern=f'%"type":"{kind}"%')
    pages = [(row, get_page(db, row["product_id"]).content) for row in rows]
    return [
        PublishedBlock(row["product_id"], row["product_name"], row["status"], 0, block, content)
        for row, content in pages
        for block in content.blocks
        if block.type == kind
    ]


def find_block(db: Db, kind: str, product_id: int, block_id: str) -> PublishedBlock | None:
    """One of them, or None."""
    named = (one for one in list_blocks(db, kind) if (one.product_id, one.block.id) == (product_id, block_id))
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
