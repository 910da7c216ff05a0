"""Pages: the working draft with its texts per language, and what was published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shelftalk.catalog.page import Gap, Page, PageContent, format_content, list_gaps, parse_content
from shelftalk.clock import format_at, parse_at
from shelftalk.errors import Conflict, Invalid, mark
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


@dataclass(frozen=True)
class KeptDraft:
    """A draft that something else took the place of, to bring back. `why`: one of WHY."""

    id: int
    content: PageContent
    at: datetime
    by: str
    why: str


KEEP_DRAFTS = 20
WHY = {
    "overwrite": mark("Somebody saved over it"),
    "version": mark("An older version was taken"),
    "draft": mark("An older draft was taken"),
    "copy": mark("Another product’s page was copied over it"),
    "template": mark("A template was taken"),
}


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
    return _make_page(row, db.list("list_page_texts", product_id=product_id))


def get_revision(db: Db, product_id: int) -> int:
    """How often the draft was saved; raises NotFound."""
    return int(db.get("get_page", product_id=product_id)["revision"])


def _make_page(row: Row, texts: Sequence[Row]) -> Page:
    content = parse_content({"blocks": json.loads(row["blocks"]), "texts": _load_column(texts, "texts")})
    return Page(
        product_id=row["product_id"],
        content=content,
        revision=row["revision"],
        updated_at=parse_at(row["updated_at"]),
        updated_by=row["updated_by"],
        source=row["source"],
        times=_load_column(texts, "times"),
        editor=row["editor"],
    )


def _load_column(rows: Sequence[Row], column: str) -> dict[str, Any]:
    """A column of JSON by language."""
    return {row["language"]: json.loads(row[column]) for row in rows}


def save_page(
    db: Db,
    product_id: int,
    revision: int,
    content: PageContent,
    *,
    by: str,
    at: datetime,
    source: str = "",
    editor: str = "",
) -> Page:
    """Save the draft; raises Conflict, overwriting nothing, when somebody saved after `revision`.

    `source`: the language the others are translated from, when it changes. `editor`: which open editor saves.
    """
    blocks = _dump(format_content(content)["blocks"])
    params = {"product_id": product_id, "revision": revision, "blocks": blocks, "by": by, "at": make_param(at)}
    if db.find("update_page", source=source, editor=editor, **params) is None:
        other = get_page(db, product_id)
        raise Conflict(
            "{name} saved this page while you edited it. Nothing was overwritten: your text is still here.",
            name=other.updated_by or "Somebody else",
        )
    _put_texts(db, product_id, content, at)
    index_product(db, product_id)
    return get_page(db, product_id)


def _put_texts(db: Db, product_id: int, content: PageContent, at: datetime) -> None:
    rows = db.list("list_page_texts", product_id=product_id)
    old, times = _load_column(rows, "texts"), _load_column(rows, "times")
    for tag, texts in content.texts.items():
        known, was = times.get(tag, {}), old.get(tag, {})
        now = {block_id: format_at(at) for block_id, values in texts.items() if values != was.get(block_id)}
        db.run(
            "put_page_text",
            product_id=product_id,
            language=tag,
            title=content.get_title(tag),
            texts=_dump(texts),
            times=_dump({block_id: at for block_id, at in known.items() if block_id in texts} | now),
            at=make_param(at),
        )


def mark_fitting(db: Db, product_id: int, language: str, block_id: str, *, at: datetime) -> None:
    """A text still fits its source, though that is younger: somebody looked."""
    rows = db.list("list_page_texts", product_id=product_id)
    times = _load_column(rows, "times").get(language)
    if times is not None:
        times[block_id] = format_at(at)
        db.run("set_text_times", product_id=product_id, language=language, times=_dump(times))


def publish_page(db: Db, product_id: int, *, by: str, at: datetime, force: bool = False) -> int:
    """Publish the draft as it stands; gives the version's number.

    Raises NotPublishable with what is missing, and Conflict for a retired product. A live page that reads the same
    already keeps its version: two clicks are one publication. `force`: gaps do not matter, but for a headline.
    """
    return publish_content(db, product_id, get_page(db, product_id).content, by=by, at=at, force=force)


def publish_content(
    db: Db, product_id: int, content: PageContent, *, by: str, at: datetime, force: bool = False
) -> int:
    """Publish a content, such as an older version or one kept for a date, by the same rules as the draft."""
    product = db.get("get_product", id=product_id)
    if product["status"] == "retired":
        raise Conflict(
            "“{name}” is retired: its codes show a page of their own. Restore it first, then publish.",
            name=product["name"],
        )
    gaps = list_gaps(content)
    if gaps and not (force and content.languages):
        raise NotPublishable(gaps)
    if (live := _find_same(db, product_id, content)) is not None:
        return live
    changed_in = next_version(db)  # whoever publishes at the same time waits here, and then sees this one
    if (live := _find_same(db, product_id, content)) is not None:
        return live
    params = {"product_id": product_id, "content": _dump(format_content(content)), "by": by, "at": make_param(at)}
    version = int(db.value("add_page_version", **params))
    db.run("set_published", id=product_id, version=version, changed_in=changed_in, at=make_param(at))
    return version


def _find_same(db: Db, product_id: int, content: PageContent) -> int | None:
    """The live version, when it reads just so."""
    product = db.get("get_product", id=product_id)
    same = product["status"] == "live" and content == get_published(db, product_id)
    return int(product["published_version"]) if same else None


def unpublish_page(db: Db, product_id: int, *, at: datetime) -> None:
    """Take a live page off phones: who scans reads that it is not ready. Its versions stay. Raises Conflict."""
    product = db.get("get_product", id=product_id)
    if db.find("set_unpublished", id=product_id, changed_in=next_version(db), at=make_param(at)) is None:
        raise Conflict("The page of “{name}” is not on phones: there is nothing to take off.", name=product["name"])


def mark_changed(db: Db, product_id: int) -> None:
    """Have the product's pages made anew on every shelf: something they show has changed, though not their words."""
    db.run("mark_product_changed", id=product_id, changed_in=next_version(db))


def get_published(db: Db, product_id: int) -> PageContent | None:
    """What shoppers read of a product, or None when it was never published."""
    content = db.value("get_published", product_id=product_id)
    return parse_content(json.loads(content)) if content else None


def get_version(db: Db, product_id: int, version: int) -> tuple[PageVersion, PageContent]:
    """One publication of a page, with what it said; raises NotFound."""
    row = db.get("get_page_version", product_id=product_id, version=version)
    return make_record(PageVersion, row), parse_content(json.loads(row["content"]))


def keep_draft(db: Db, product_id: int, *, why: str, at: datetime) -> int:
    """Put the draft aside before something else takes its place; gives its number. The oldest ones go."""
    page = get_page(db, product_id)
    content = _dump(format_content(page.content))
    params = {"product_id": product_id, "content": content, "by": page.updated_by, "at": make_param(at), "why": why}
    kept = int(db.value("add_page_draft", **params))
    db.run("drop_old_page_drafts", product_id=product_id, keep=KEEP_DRAFTS)
    return kept


def list_kept_drafts(db: Db, product_id: int) -> list[KeptDraft]:
    """The drafts put aside, newest first."""
    return [_make_kept(row) for row in db.list("list_page_drafts", product_id=product_id)]


def get_kept_draft(db: Db, product_id: int, draft_id: int) -> KeptDraft:
    """One draft put aside; raises NotFound."""
    return _make_kept(db.get("get_page_draft", product_id=product_id, id=draft_id))


def _make_kept(row: Row) -> KeptDraft:
    return KeptDraft(row["id"], parse_content(json.loads(row["content"])), parse_at(row["at"]), row["by"], row["why"])


def replace_draft(db: Db, product_id: int, content: PageContent, *, why: str, by: str, at: datetime) -> Page:
    """Put another content in the draft's place; the old draft is kept aside. Texts it lacks are emptied."""
    keep_draft(db, product_id, why=why, at=at)
    page = get_page(db, product_id)
    whole = PageContent(content.blocks, {tag: {} for tag in page.content.texts} | content.texts)
    return save_page(db, product_id, page.revision, whole, by=by, at=at)


def list_versions(db: Db, product_id: int) -> list[PageVersion]:
    """The publications of a page, newest first."""
    return [make_record(PageVersion, row) for row in db.list("list_page_versions", product_id=product_id)]


def has_news(db: Db, product_id: int) -> bool:
    """Whether the draft differs from what shoppers read."""
    return get_page(db, product_id).content != get_published(db, product_id)
