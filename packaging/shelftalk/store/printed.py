"""How many labels of each placement were printed, and the scans by people since; reads counts, never scans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from shelftalk.store.db import Db


@dataclass(frozen=True)
class PrintedCount:
    """A placement that was printed: its usable labels, and people's scans in the period since its first print.

    `labels` has fractions: what is spoiled of a run is shared among its codes by how often each was printed.
    """

    placement_id: int
    product_id: int
    location_id: int  # 0: anywhere
    medium: str
    code: str
    labels: float
    scans: int
    first_on: date


def list_printed(
    db: Db, from_day: date, to_day: date, *, product_id: int = 0, location_id: int = -1
) -> list[PrintedCount]:
    """Every placement printed by the end of the period. `product_id` 0: all; `location_id` -1: all, 0: anywhere."""
    until = to_day + timedelta(days=1) if to_day < date.max else to_day
    rows = db.list(
        "list_printed",
        from_day=from_day.isoformat(),
        to_day=to_day.isoformat(),
        until=until.isoformat(),
        product_id=product_id,
        location_id=location_id,
    )
    return [
        PrintedCount(
            placement_id=row["placement_id"],
            product_id=row["product_id"],
            location_id=row["location_id"],
            medium=row["medium"],
            code=row["code"],
            labels=float(row["labels"]),
            scans=int(row["scans"]),
            first_on=date.fromisoformat(row["first_on"]),
        )
        for row in rows
    ]
