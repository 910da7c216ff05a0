"""Label stock: where the labels of a bought sheet or roll lie, in millimetres. Knows nothing of what is printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from shelftalk.errors import Invalid

_SIZE = re.compile(r"(\d) ?[x×] ?(\d)")
_PAGE = re.compile(r"page-([1-9][0-9]{0,3}(?:\.[0-9]{1,2})?)x([1-9][0-9]{0,3}(?:\.[0-9]{1,2})?)")
MOST_PAGE_MM = 1200


@dataclass(frozen=True)
class Stock:
    """A sheet of equal labels. `left_mm` and `top_mm` lead to the first label; pitches from one to the next."""

    id: str
    maker: str
    number: str
    name: str
    paper: str  # "A4", "Letter", or the measure of a page of its own
    page_width_mm: float
    page_height_mm: float
    columns: int
    rows: int
    label_width_mm: float
    label_height_mm: float
    left_mm: float
    top_mm: float
    pitch_x_mm: float
    pitch_y_mm: float
    corner_mm: float
    shape: str  # "rectangle", "square" or "round"
    source: str  # where the measures come from
    also: tuple[str, ...] = ()  # other numbers of the same die cut
    bleed_mm: float = 0.0  # how far art may run over the label's edge, to be cut off

    @property
    def count(self) -> int:
        """Labels on one sheet."""
        return self.columns * self.rows

    @property
    def title(self) -> str:
        """Maker and number, or the measure when it is nobody's product: “Avery L7160”."""
        return f"{self.maker} {self.number}".strip() or self.paper

    def get_cell(self, place: int) -> Cell:
        """The label at `place`, counted from 0 along the rows of one sheet."""
        row, column = divmod(place, self.columns)
        return Cell(row, column, self.left_mm + column * self.pitch_x_mm, self.top_mm + row * self.pitch_y_mm)


@dataclass(frozen=True)
class Cell:
    """One label's place on its sheet: row and column from 0, top left corner from the page's top left."""

    row: int
    column: int
    x_mm: float
    y_mm: float


@lru_cache(maxsize=1)
def _read_stocks() -> dict[str, Stock]:
    rows = json.loads(Path(__file__).with_name("stocks.json").read_text("utf-8"))
    return {row["id"]: make_stock(row) for row in rows}


def make_stock(row: dict[str, Any]) -> Stock:
    """A stock from its measures as plain data; what it does not know is left out."""
    values = {field.name: row[field.name] for field in fields(Stock) if field.name in row}
    return Stock(**values | {"also": tuple(values.get("also", ()))})


def list_stocks() -> list[Stock]:
    """All stocks, in the order they are offered."""
    return list(_read_stocks().values())


def get_stock(stock_id: str, own: Iterable[Stock] = ()) -> Stock:
    """The stock with this id, among the makers' and one's `own`; raises Invalid naming the nearest ones."""
    stocks = _read_stocks() | {stock.id: stock for stock in own}
    found = stocks.get(stock_id.strip().lower()) or find_page_stock(stock_id.strip().lower())
    if found:
        return found
    raise Invalid(
        "stock",
        "“{value}” is not a label stock we know. Did you mean: {allowed}?",
        value=stock_id,
        allowed=tuple(_find_nearest(stock_id.strip().lower(), list(stocks))),
    )


def make_page_stock(width_mm: float, height_mm: float) -> Stock:
    """What is no bought sheet: a page that is one label, named by its measures."""
    measure = f"{width_mm:g} × {height_mm:g} mm"
    return Stock(
        id=f"page-{width_mm:g}x{height_mm:g}",
        maker="",
        number="",
        name=f"{measure}, one on a page",
        paper=measure,
        page_width_mm=width_mm,
        page_height_mm=height_mm,
        columns=1,
        rows=1,
        label_width_mm=width_mm,
        label_height_mm=height_mm,
        left_mm=0,
        top_mm=0,
        pitch_x_mm=width_mm,
        pitch_y_mm=height_mm,
        corner_mm=0,
        shape="rectangle",
        source="The page is the label.",
    )


def find_page_stock(stock_id: str) -> Stock | None:
    """The page an id such as page-148x210 means; None when it means none."""
    found = _PAGE.fullmatch(stock_id)
    if not found:
        return None
    width, height = (round(float(side), 2) for side in found.groups())
    return make_page_stock(width, height) if max(width, height) <= MOST_PAGE_MM else None


def _find_nearest(wanted: str, known: list[str]) -> list[str]:
    digits = "".join(c for c in wanted if c.isdigit())
    same = [name for name in known if digits and digits in "".join(c for c in name if c.isdigit())]
    near = [name for name in get_close_matches(wanted, known, n=3, cutoff=0.4) if name not in same]
    return (same + near)[:4] or known


def search_stocks(text: str, stocks: Sequence[Stock]) -> list[Stock]:
    """The stocks that hold every word of `text` in maker, number, measures or paper; the number itself first.

    >>> [stock.title for stock in search_stocks("avery 8160", list_stocks())]
    ['Avery 5160']
    """
    words = _SIZE.sub(r"\1x\2", text.casefold()).replace(",", ".").split()
    found = [stock for stock in stocks if all(word in _list_words(stock) for word in words)]
    exact = text.casefold().strip()
    return sorted(found, key=lambda stock: bool(exact) and exact not in _list_names(stock))


def _list_names(stock: Stock) -> tuple[str, str]:
    return stock.number.casefold(), stock.title.casefold()


@lru_cache(maxsize=512)
def _list_words(stock: Stock) -> str:
    size = f"{round(stock.label_width_mm, 1):g}x{round(stock.label_height_mm, 1):g}"
    parts = (stock.title, *stock.also, stock.name, stock.paper, size, stock.shape)
    return _SIZE.sub(r"\1x\2", " ".join(parts).casefold())


def check_start(stock: Stock, start: int) -> int:
    """`start` when the sheet has such a label, counted from 1; raises Invalid."""
    if 1 <= start <= stock.count:
        return start
    raise Invalid(
        "start",
        "Label {value} does not exist on {stock}: it has {count}. Choose 1 to {count}.",
        value=start,
        stock=stock.title,
        count=stock.count,
    )
