"""Publishing what is not the draft: an older version, or a content kept for a date. By the draft's own gate."""

from __future__ import annotations

from datetime import datetime

from shelftalk.catalog.page import Gap, PageContent
from shelftalk.errors import Conflict
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.web.gate import ask_links, run_gate
from shelftalk.web.state import State


def list_faults(state: State, product_id: int, content: PageContent) -> list[Gap]:
    """All the gate has against a content. Asks the page's links, so never inside a transaction."""
    with state.store.read() as db:
        report = run_gate(state, db, product_store.get_product(db, product_id), content)
    return [*report.gaps, *ask_links(state, content).gaps]


def publish_again(state: State, product_id: int, version: int, seen: int, *, by: str, at: datetime) -> int:
    """Make a new version of an old one's content; raises NotPublishable, or Conflict when another is live by now.

    `seen`: the version that was live when the person looked, 0 for none.
    """
    with state.store.read() as db:
        content = page_store.get_version(db, product_id, version)[1]
    gaps = list_faults(state, product_id, content)
    if gaps:
        raise page_store.NotPublishable(gaps)
    with state.store.write() as db:
        product = product_store.get_product(db, product_id)
        if (product.published_version or 0) != seen:
            raise Conflict("Another version was published meanwhile. Look at it first, then choose again.")
        return page_store.publish_content(db, product_id, content, by=by, at=at)
