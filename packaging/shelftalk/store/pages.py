"""Pages: the working draft with its texts per language, and what was published."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shelftalk.catalog.page import Gap, Page, PageContent, format_content, list_gaps, parse_content
from shelftalk.clock import parse_at
from shelftalk.errors import Conflict, Invalid
from shelftalk.store.db import Db, Row
from shelftalk.store.notes import next_version
from shelftalk.store.rows import make_param, make_record
from shelftalk.store.search import index_product


@dataclass(frozen=True)
class PageVersion:
    """One publication of a page."""

    version: int
    published_at: datetime
    published_by: str


class NotPublishable(Invalid):
    """The page lacks something; `gaps` says what and where."""

    def __init__(self, gaps: list[Gap]) -> None:
        self.gaps = gaps
        super().__init__(
            "page", "The page is not ready: {count} things are missing. They are listed beside it.", count=len(gaps)
        )


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def add_page(db: Db, product_id: int, content: PageContent, *, at: datetime) -> None:
    """Give a new product its first draft."""
    db.run("add_page", product_id=product_id, blocks=_dump(format_content(content)["blocks"]), at=make_param(at))
    _put_texts(db, product_id, content, at)


def get_page(db: Db, product_id: int) -> Page:
    """The draft of a product's page; raises NotFound."""
    row = db.get("get_page", product_id=product_id)
    return _make_page(
        row, {r["language"]: json.loads(r["texts"]) for r in db.list("list_page_texts", product_id=product_id)}
    )


def _make_page(row: Row, texts: dict[str, Any]) -> Page:
    content = parse_content({"blocks": json.loads(row["blocks"]), "texts": texts})
    return Page(row["product_id"], content, row["revision"], parse_at(row["updated_at"]), row["updated_by"])


def save_page(db: Db, product_id: int, revision: int, content: PageContent, *, by: str, at: datetime) -> Page:
    """Save the draft; raises Conflict, overwriting nothing, when somebody saved after `revision`."""
    blocks = _dump(format_content(content)["blocks"])
    params = {"product_id": product_id, "revision": revision, "blocks": blocks, "by": by, "at": make_param(at)}
    if db.find("update_page", **params) is None:
        other = get_page(db, product_id)
        raise Conflict(
            "{name} saved this page while you edited it. Nothing was overwritten: your text is still here.",
            name=other.updated_by or "Somebody else",
        )
    _put_texts(db, product_id, content, at)
    index_product(db, product_id)
    return get_page(db, product_id)


def _put_texts(db: Db, product_id: int, content: PageContent, at: datetime) -> None:
    for tag, texts in content.texts.items():
        db.run(
            "put_page_text",
            product_id=product_id,
            language=tag,
            title=content.get_title(tag),
            texts=_dump(texts),
            at=make_param(at),
        )


def list_text_times(db: Db, product_id: int) -> dict[str, datetime]:
    """When each language's text last changed."""
    rows = db.list("list_page_text_times", product_id=product_id)
    return {row["language"]: parse_at(row["updated_at"]) for row in rows}


def publish_page(db: Db, product_id: int, *, by: str, at: datetime, force: bool = False) -> int:
    """Publish the draft as it stands; gives the version's number.

    Raises NotPublishable with what is missing, and Conflict for a retired product. A live page that reads the same
    already keeps its version: two clicks are one publication. `force`: gaps do not matter, but for a headline.
    """
    product = db.get("get_product", id=product_id)
    if product["status"] == "retired":
        raise Conflict(
            "“{name}” is retired: its codes show a page of their own. Restore it first, then publish.",
            name=product["name"],
        )
    content = get_page(db, product_id).content
    gaps = list_gaps(content)
    if gaps and not (force and content.languages):
        raise NotPublishable(gaps)
    if product["status"] == "live" and content == get_published(db, product_id):
        return int(product["published_version"])
    params = {"product_id": product_id, "content": _dump(format_content(content)), "by": by, "at": make_param(at)}
    version = int(db.value("add_page_version", **params))
    db.run("set_published", id=product_id, version=version, changed_in=next_version(db), at=make_param(at))
    return version


def mark_changed(db: Db, product_id: int) -> None:
    """Have the product's pages made anew on every shelf: something they show has changed, though not their words."""
    db.run("mark_product_changed", id=product_id, changed_in=next_version(db))


def get_published(db: Db, product_id: int) -> PageContent | None:
    """What shoppers read of a product, or None when it was never published."""
    content = db.value("get_published", product_id=product_id)
    return parse_content(json.loads(content)) if content else None


def list_versions(db: Db, product_id: int) -> list[PageVersion]:
    """The publications of a page, newest first."""
    return [make_record(PageVersion, row) for row in db.list("list_page_versions", product_id=product_id)]


def is_publishable(db: Db, product_id: int) -> bool:
    """Whether the draft lacks nothing."""
    return not list_gaps(get_page(db, product_id).content)


def has_news(db: Db, product_id: int) -> bool:
    """Whether the draft differs from what shoppers read."""
    return get_page(db, product_id).content != get_published(db, product_id)
