"""Finds label stocks, the makers' and one's own, and draws them; knows no request."""

from __future__ import annotations

import re
from functools import lru_cache

from shelftalk.errors import NotFound
from shelftalk.labels.own_stock import make_own_stock
from shelftalk.labels.stock import Stock, get_stock
from shelftalk.labels.stock import list_stocks as list_known_stocks
from shelftalk.store import stocks as stock_store
from shelftalk.store.db import Db
from shelftalk.store.stocks import StoredStock

_OWN = re.compile(r"own-([1-9][0-9]{0,8})(?:\.([1-9][0-9]{0,5}))?")


def find_stock(db: Db, stock_id: str) -> Stock:
    """The stock with this id; one's own in the version it names, else in its newest. Raises Invalid."""
    named = _OWN.fullmatch(stock_id.strip().lower())
    if named:
        try:
            return name_own(stock_store.get_stock(db, int(named[1]), int(named[2] or 0)))
        except NotFound:
            pass
    return get_stock(stock_id, list_own_stocks(db))


def list_own_stocks(db: Db) -> list[Stock]:
    """One's own stocks that are in use, by name."""
    return [name_own(stored) for stored in stock_store.list_stocks(db) if stored.retired_at is None]


def list_stocks(db: Db) -> list[Stock]:
    """One's own, then the makers'."""
    return list_own_stocks(db) + list_known_stocks()


def name_own(stored: StoredStock) -> Stock:
    """A stored stock."""
    return make_own_stock(stored.key, stored.name, stored.measures)


def is_own(stock: Stock) -> bool:
    """Whether somebody here measured it."""
    return stock.id.startswith("own-")


@lru_cache(maxsize=512)
def outline_cells(stock: Stock) -> str:
    """All labels of a sheet as one SVG path in millimetres."""
    width, height = round(stock.label_width_mm, 1), round(stock.label_height_mm, 1)
    corner = width / 2 if stock.shape == "round" else min(stock.corner_mm, width / 2, height / 2)
    drawn = []
    for place in range(stock.count):
        cell = stock.get_cell(place)
        x, y = round(cell.x_mm, 1), round(cell.y_mm, 1)
        drawn.append(_outline(x, y, width, height, round(corner, 1)))
    return "".join(drawn)


def _outline(x: float, y: float, width: float, height: float, corner: float) -> str:
    if not corner:
        return f"M{x:g} {y:g}h{width:g}v{height:g}h{-width:g}z"
    flat_x, flat_y, arc = width - 2 * corner, height - 2 * corner, f"a{corner:g} {corner:g} 0 0 1"
    return (
        f"M{x + corner:g} {y:g}h{flat_x:g}{arc} {corner:g} {corner:g}v{flat_y:g}{arc} {-corner:g} {corner:g}"
        f"h{-flat_x:g}{arc} {-corner:g} {-corner:g}v{-flat_y:g}{arc} {corner:g} {-corner:g}z"
    )
