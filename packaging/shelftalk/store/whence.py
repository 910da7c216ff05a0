"""Where something a shopper sent came from: the page, its version, and the placement whose code was scanned."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from shelftalk.store.db import Db
from shelftalk.store.rows import make_param


@dataclass(frozen=True)
class Whence:
    """Product, block and version of the page; language read; the code scanned (empty: none) and where it stands."""

    product_id: int
    block_id: str
    version: int
    language: str
    code: str = ""
    placement_id: int | None = None
    location_id: int | None = None

    def params(self, at: datetime) -> dict[str, object]:
        """What every statement that keeps it takes."""
        return asdict(self) | {"at": make_param(at)}


def find_whence(db: Db, product_id: int, block_id: str, version: int, language: str, code: str) -> Whence:
    """Where the code stands just now; a code nobody knows counts for no place."""
    row = db.find("get_sender", code=code) if code else None
    if row is None:
        return Whence(product_id, block_id, version, language)
    return Whence(product_id, block_id, version, language, row["code"], row["placement_id"], row["location_id"])
