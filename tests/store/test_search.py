"""A search finds what was typed, letter by letter, the same on both engines."""

from __future__ import annotations

import pytest

from shelftalk.store import Db, products
from shelftalk.store.rows import ListQuery
from tests.store.test_store_contract import add_product


@pytest.mark.parametrize(
    ("name", "search", "found"),
    [
        ("Tea A_B", "a_b", True),
        ("Tea AxB", "a_b", False),
        ("Tea 50% off", "50%", True),
        ("Tea 50 grams", "50%", False),
        ("Tea 10%10", "10%10", True),
        ("Back\\slash", "back\\slash", True),
        ("Back\\slash", "k\\", True),
        ("Backslash", "back\\slash", False),
        ("Größe", "GRÖSSE", True),
    ],
)
def test_wildcards_are_signs_like_any_other(db: Db, name: str, search: str, found: bool) -> None:
    add_product(db, name)
    assert products.list_products(db, ListQuery(search=search)).total == int(found)
