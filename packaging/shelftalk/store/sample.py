"""The sample brand's way out: everything of it goes, nothing else does."""

from __future__ import annotations

from dataclasses import dataclass

from shelftalk.store.db import Db
from shelftalk.store.notes import demand_rebuild
from shelftalk.store.runs import open_ledger
from shelftalk.store.scans import COLUMNS, add_rollups

IN_ORDER = (
    "actions",
    "action_days",
    "placement_days",
    "product_location_days",
    "location_hours",
    "unit_scans",
    "unit_ranges",
    "unit_series",
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
    """What left with the sample, so that the shelf and the folder of runs can forget it too."""

    product_ids: tuple[int, ...]
    codes: tuple[str, ...]
    run_ids: tuple[int, ...] = ()


def has_sample(db: Db) -> bool:
    """Whether the sample brand is loaded."""
    return bool(db.value("count_sample"))


def remove_sample(db: Db) -> RemovedSample:
    """Take the sample brand out, with its scans. Sample locations where own products stand are kept as own."""
    codes = tuple(row["code"] for row in db.list("list_sample_codes"))
    products = tuple(row["id"] for row in db.list("list_products_changed_since", version=0) if row["is_sample"])
    db.run("keep_used_locations")
    _take_scans_out(db)
    run_ids = tuple(row["id"] for row in db.list("list_sample_runs"))
    with open_ledger(db):
        for name in ("run_events", "run_codes", "print_runs"):
            db.run(f"drop_sample_{name}")
    for name in IN_ORDER:
        db.run(f"drop_sample_{name}")
    demand_rebuild(db)
    return RemovedSample(products, codes, run_ids)


def _take_scans_out(db: Db) -> None:
    """Its scans leave the counts one by one: counting anew would lose the own ones whose rows are too old to keep."""
    rows = [tuple(row[column] for column in COLUMNS) for row in db.list("take_sample_scans")]
    add_rollups(db, rows, sign=-1)
