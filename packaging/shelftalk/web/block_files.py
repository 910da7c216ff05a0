"""What single kinds of blocks bring to a page besides their template: scripts, a rating, helpers; knows no page."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from shelftalk.catalog.review import ReviewBoard, shorten
from shelftalk.web.block_views import BlockView
from shelftalk.web.i18n import format_number


def list_kind_scripts(root: Path) -> dict[str, str]:
    """The addresses of the scripts that only pages with a block of that kind load."""
    folder = root / "static/js/blocks"
    return {path.stem: make_script_url(root, f"js/blocks/{path.name}") for path in sorted(folder.glob("*.js"))}


def make_script_url(root: Path, name: str) -> str:
    """A script's address, which changes with its content."""
    return f"/static/{name}?v={hashlib.sha256((root / 'static' / name).read_bytes()).hexdigest()[:8]}"


def describe_rating(views: Sequence[BlockView]) -> dict[str, object]:
    """The rating the page shows, as schema.org says it; nothing while there are no reviews."""
    boards = [view.extra for view in views if isinstance(view.extra, ReviewBoard)]
    if not boards or not boards[0].rating.count:
        return {}
    rating = boards[0].rating
    value = {"ratingValue": str(rating.average), "reviewCount": rating.count, "bestRating": 5, "worstRating": 1}
    return {"aggregateRating": {"@type": "AggregateRating", **value}}


HELPERS: dict[str, Callable[..., object]] = {"shorten": shorten, "format_number": format_number}
