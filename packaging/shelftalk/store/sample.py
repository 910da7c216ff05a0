"""The sample brand's way out: everything of it goes, nothing else does."""

from __future__ import annotations

from dataclasses import dataclass

from shelftalk.store.db import Db
from shelftalk.store.notes import demand_rebuild
from shelftalk.store.scans import rebuild_rollups

IN_ORDER = (
    "scans",
    "actions",
    "action_days",
    "codes",
    "placements",
    "questions",
    "review_decisions",
    "reviews",
    "publish_overrides",
    "page_visits",
    "page_schedules",
    "page_drafts",
    "page_versions",
    "page_texts",
    "pages",
    "products",
    "locations",
)


@dataclass(frozen=True)
class RemovedSample:
    """What left with the sample, so that the shelf can forget it too."""

    product_ids: tuple[int, ...]
    codes: tuple[str, ...]


def has_sample(db: Db) -> bool:
    """Whether the sample brand is loaded."""
    return bool(db.value("count_sample"))


def remove_sample(db: Db) -> RemovedSample:
    """Take the sample brand out, with its scans. Sample locations where own products stand are kept as own."""
    codes = tuple(row["code"] for row in db.list("list_sample_codes"))
    products = tuple(row["id"] for row in db.list("list_products_changed_since", version=0) if row["is_sample"])
    db.run("keep_used_locations")
    for name in IN_ORDER:
        db.run(f"drop_sample_{name}")
    rebuild_rollups(db)
    demand_rebuild(db)
    return RemovedSample(products, codes)
