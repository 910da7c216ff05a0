"""Who has a page open, told by their editors while they are open."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.store import page_visits
from shelftalk.store import pages as page_store
from shelftalk.web.i18n import current_tag, format_datetime
from shelftalk.web.security import get_actor, requires
from shelftalk.web.state import state
from shelftalk.web.texts import _

bp = Blueprint("page_presence", __name__, url_prefix="/admin/products/<int:product_id>/page")


@bp.post("/here")
@requires("marketer")
def here(product_id: int) -> ResponseReturnValue:
    """An editor is open: note it, and say who else is there and what was saved last."""
    user, at = get_actor(), clock.now()
    with state().store.write() as db:
        page = page_store.get_page(db, product_id)
        page_visits.note_visit(db, product_id, user.id, user.name, at=at)
        others = page_visits.list_others(db, product_id, user.id, at=at)
    return {
        "others": describe_others(others),
        "revision": page.revision,
        "saved": _("{name} saved this page {when}.", name=page.updated_by, when=_format(page.updated_at))
        if page.updated_by and page.updated_by != user.name
        else "",
    }


def _format(at: datetime) -> str:
    return format_datetime(at, current_tag(), state().settings.timezone)


def describe_others(others: list[page_visits.Visit]) -> list[str]:
    """Who else is there and since when, a line each."""
    return [_("{name} has this page open since {when}.", name=one.name, when=_format(one.since)) for one in others]


@bp.post("/left")
@requires("marketer")
def left(product_id: int) -> ResponseReturnValue:
    """An editor was closed."""
    with state().store.write() as db:
        page_visits.end_visit(db, product_id, get_actor().id)
    return "", 204
