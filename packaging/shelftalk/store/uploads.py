"""Which uploads anything in the store still names: pages, their versions and drafts, templates, dates, designs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from shelftalk.catalog.media import ID_LENGTH
from shelftalk.clock import parse_at
from shelftalk.store.backup import TABLES
from shelftalk.store.db import Db
from shelftalk.store.sent import TABLES as SENT
from shelftalk.store.units import TABLES as UNITS

Kind = Literal["media", "files"]
KINDS: tuple[Kind, ...] = ("media", "files")
# Everything but these is searched, so that a table that comes to name uploads is safe before anybody thinks of it.
NAMELESS = frozenset(
    (
        *KINDS,
        *SENT,
        *UNITS,
        "users",
        "codes",
        "scans",
        "actions",
        "spool_positions",
        "rollup_placement_days",
        "rollup_product_location_days",
        "rollup_location_hours",
        "rollup_action_days",
        "locations",
        "placements",
        "questions",
        "reviews",
        "review_decisions",
        "run_codes",
        "run_events",
        "erasures",
    )
)
HISTORY = ("page_versions", "page_drafts")  # large, and what is in them was in a draft first: read product by product
_HEX = re.compile(r"[0-9a-f]{16,}")


@dataclass(frozen=True)
class Upload:
    """A picture or file, and when it was uploaded last."""

    id: str
    kind: Kind
    at: datetime


def list_uploads(db: Db) -> list[Upload]:
    """Every picture and file."""
    return [Upload(row["id"], kind, parse_at(row["created_at"])) for kind in KINDS for row in db.list(f"list_{kind}")]


def find_named(db: Db, *, without_note: str = "", history: bool = True) -> set[str]:
    """Everything that looks like an upload's id in whatever may name one; one note is left out.

    Without `history` only what people work on is searched, which is quick enough to hold others up for.
    """
    named: set[str] = set()
    left_out = {*NAMELESS, *HISTORY} | (set() if history else {"print_runs"})
    for table in TABLES:
        if table not in left_out:
            rows: Iterable[Any] = db.engine.execute(db.connection, f"select * from {table}", {})  # noqa: S608 (ours)
            skipped = without_note if table == "notes" else None
            named.update(*(_list_ids(row) for row in map(dict, rows) if not skipped or row["name"] != skipped))
    products = db.list("list_product_ids") if history else ()
    for product in products:
        for kept in HISTORY:
            named.update(*map(_list_ids, map(dict, db.list(f"list_all_{kept}", product_id=product["id"]))))
    return named


def _list_ids(row: dict[str, object]) -> set[str]:
    texts = (value for value in row.values() if isinstance(value, str) and len(value) >= ID_LENGTH)
    return {found for text in texts for found in _HEX.findall(text) if len(found) == ID_LENGTH}


def drop_uploads(db: Db, uploads: Sequence[Upload]) -> None:
    """Forget pictures and files; what lies on the disk is not the store's."""
    for upload in uploads:
        db.run(f"drop_{upload.kind}", id=upload.id)
