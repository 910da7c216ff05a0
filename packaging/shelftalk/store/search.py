"""What a search finds things by: one folded text a row, in every language the thing has a name in."""

from __future__ import annotations

import re

from shelftalk.catalog.languages import fold_text
from shelftalk.store.db import Db


def make_pattern(search: str) -> str:
    r"""The `like` pattern for what a person typed, its own wildcards escaped by \; empty finds everything."""
    folded = re.sub(r"([\\%_])", r"\\\1", fold_text(search))
    return f"%{folded}%" if folded else ""


def index_product(db: Db, product_id: int) -> None:
    """Renew what a product and its placements are found by: names in all languages, brand, GTIN, places."""
    product = db.get("get_product", id=product_id)
    titles = [row["title"] for row in db.list("list_product_titles", product_id=product_id)]
    text = fold_text(" ".join([product["name"], product["brand"], product["gtin"], *titles]))
    db.run("set_product_search", id=product_id, search_text=text)
    for row in db.list("list_placement_ids", product_id=product_id):
        index_placement(db, row["id"])


def index_placement(db: Db, placement_id: int) -> None:
    """Renew what a placement is found by: its product, place, code and note."""
    row = db.get("get_placement_words", id=placement_id)
    words = [row["product_words"], row["location_words"] or "", row["code"], row["note"]]
    db.run("set_placement_search", id=placement_id, search_text=fold_text(" ".join(words)))
