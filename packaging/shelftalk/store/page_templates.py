"""Pages kept under a name, to start other pages from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from shelftalk.catalog.page import PageContent, format_content, parse_content
from shelftalk.clock import parse_at
from shelftalk.errors import Invalid, NotFound
from shelftalk.store.db import Db, Row
from shelftalk.store.rows import make_param


@dataclass(frozen=True)
class PageTemplate:
    """A page to start from."""

    id: int
    name: str
    content: PageContent
    at: datetime
    by: str


def add_template(db: Db, name: str, content: PageContent, *, by: str, at: datetime) -> int:
    """Keep a page under a name; raises Invalid when the name is taken."""
    _check_name(db, name, 0)
    kept = json.dumps(format_content(content), ensure_ascii=False)
    return int(db.value("add_page_template", name=name, content=kept, by=by, at=make_param(at)))


def _check_name(db: Db, name: str, template_id: int) -> None:
    taken = db.find("find_page_template_by_name", name=name)
    if taken and taken["id"] != template_id:
        raise Invalid("name", "There is a template “{value}” already. Choose another name.", value=name)


def list_templates(db: Db) -> list[PageTemplate]:
    """All of them, by name."""
    return [_make_template(row) for row in db.list("list_page_templates")]


def get_template(db: Db, template_id: int) -> PageTemplate:
    """The template with this id; raises NotFound."""
    return _make_template(db.get("get_page_template", id=template_id))


def _make_template(row: Row) -> PageTemplate:
    content = parse_content(json.loads(row["content"]))
    return PageTemplate(row["id"], row["name"], content, parse_at(row["at"]), row["by"])


def rename_template(db: Db, template_id: int, name: str) -> None:
    """Give it another name; raises Invalid when that is taken, NotFound."""
    _check_name(db, name, template_id)
    if db.find("rename_page_template", id=template_id, name=name) is None:
        raise NotFound("This template is no longer there.")


def drop_template(db: Db, template_id: int) -> PageTemplate:
    """Delete a template; pages made from it stay. Gives what it was."""
    template = get_template(db, template_id)
    db.run("drop_page_template", id=template_id)
    return template
