"""Whole sheets as printers of 203, 300 and 600 dots an inch see them: every symbol reads, each in its own cell."""

from __future__ import annotations

from dataclasses import replace

import pytest
import zxingcpp

from shelftalk.labels.item import LabelItem
from shelftalk.labels.label_design import Design
from shelftalk.labels.placing import Placing
from shelftalk.labels.raster import open_pages
from shelftalk.labels.ready_designs import get_ready_design
from shelftalk.labels.run import make_labels
from shelftalk.labels.stock import Stock, get_stock, make_page_stock

from .helpers import WORDINGS, make_item

LANGUAGES = tuple(WORDINGS)
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
SHEETS = [
    ("avery-l7160", "pack"),
    ("avery-l7651", ""),
    ("avery-5160", ""),
    ("avery-22807", "round"),
    ("", "till-card"),
    ("dymo-11352", ""),
    ("", "table-tent"),
    ("", "poster-a6"),
]


def make_many(count: int) -> list[LabelItem]:
    """Items in all languages by turns, each with a code of its own."""
    items = []
    for number in range(count):
        item = make_item(language=LANGUAGES[number % len(LANGUAGES)], call=" " if number % 2 else "")
        code = "k7m4p29" + "".join(SIGNS[number // 31**place % 31] for place in range(3))
        items.append(replace(item, code=code, url=f"https://tea.example/q/{code}", address=f"tea.example/q/{code}"))
    return items


def find_stock(stock_id: str, design: Design | None) -> Stock:
    if stock_id or design is None:
        return get_stock(stock_id)
    return make_page_stock(design.width_mm, design.full_height_mm)


@pytest.mark.parametrize(("stock_id", "design_id"), SHEETS)
def test_every_symbol_of_a_full_sheet_reads_at_203_300_and_600_dpi(stock_id: str, design_id: str) -> None:
    design = get_ready_design(design_id).design if design_id else None
    stock = find_stock(stock_id, design)
    items = make_many(stock.count)
    if stock.label_height_mm < 26:
        items = [replace(item, call_to_action="") for item in items]
    made = make_labels(items, stock, design=design)
    faces = design.faces if design else 1
    for dpi in (203, 300, 600):
        with open_pages(made.pdf) as pages:
            image = pages.render(0, dpi)
        read = [(find_place(stock, symbol, dpi), symbol.text) for symbol in zxingcpp.read_barcodes(image)]
        assert sorted(read) == sorted([(place, item.url) for place, item in enumerate(items)] * faces), dpi


def find_place(stock: Stock, symbol: zxingcpp.Barcode, dpi: int) -> int:
    corners = symbol.position.top_left, symbol.position.bottom_right
    x, y = (sum(getattr(corner, axis) for corner in corners) / 2 * 25.4 / dpi for axis in "xy")
    column = int((x - stock.left_mm) // stock.pitch_x_mm) if stock.columns > 1 else 0
    row = int((y - stock.top_mm) // stock.pitch_y_mm) if stock.rows > 1 else 0
    return row * stock.columns + column


def test_labels_with_marks_and_bleed_read_too() -> None:
    stock, items = get_stock("avery-5371"), make_many(10)
    made = make_labels(items, stock, placing=Placing(crop_marks=True, bleed_mm=3.0))
    with open_pages(made.pdf) as pages:
        for dpi in (203, 600):
            read = [symbol.text for symbol in zxingcpp.read_barcodes(pages.render(0, dpi))]
            assert sorted(read) == sorted(item.url for item in items)
