"""Label stock: where the labels of a bought sheet or roll lie, in millimetres. Knows nothing of what is printed."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from shelftalk.errors import Invalid


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
    shape: str  # "rectangle" or "square"
    source: str  # where the measures come from

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
    names = {field.name for field in fields(Stock)}
    return {row["id"]: Stock(**{name: row[name] for name in names}) for row in rows}


def list_stocks() -> list[Stock]:
    """All stocks, in the order they are offered."""
    return list(_read_stocks().values())


def get_stock(stock_id: str) -> Stock:
    """The stock with this id; raises Invalid naming the nearest ones."""
    stocks = _read_stocks()
    found = stocks.get(stock_id.strip().lower())
    if found:
        return found
    raise Invalid(
        "stock",
        "“{value}” is not a label stock we know. Did you mean: {allowed}?",
        value=stock_id,
        allowed=tuple(_find_nearest(stock_id.strip().lower(), list(stocks))),
    )


def _find_nearest(wanted: str, known: list[str]) -> list[str]:
    digits = "".join(c for c in wanted if c.isdigit())
    same = [name for name in known if digits and digits in "".join(c for c in name if c.isdigit())]
    near = [name for name in get_close_matches(wanted, known, n=3, cutoff=0.4) if name not in same]
    return (same + near)[:4] or known


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
