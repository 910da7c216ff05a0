"""Every stock's sheet, read back from its PDF: symbols, texts and addresses on the maker's grid, cell by cell."""

from __future__ import annotations

import ctypes
import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdfium2 import raw

from shelftalk.labels import stock as stock_room
from shelftalk.labels.design import CAP_EM, LEAST_MODULE_MM
from shelftalk.labels.fonts import AddressFont, make_address_font
from shelftalk.labels.raster import open_pages
from shelftalk.labels.run import PRINTER, _make_label, list_jobs
from shelftalk.labels.sheet import Label, impose
from shelftalk.labels.stock import Stock, list_stocks, make_stock
from shelftalk.labels.symbol import QUIET_MODULES, make_symbol
from shelftalk.labels.typeset import Job, typeset

from .helpers import POINT_MM, make_item

ROWS: list[dict[str, Any]] = json.loads(Path(stock_room.__file__).with_name("stocks.json").read_text("utf-8"))
NEAR_MM = 0.05
Point = tuple[float, float]


@dataclass(frozen=True)
class Found:
    """What stands on a page: each symbol's dark square, where each address begins, each art's corner and size."""

    symbols: list[tuple[float, float, float, float]]
    addresses: list[Point]
    arts: list[Point]


@pytest.fixture(scope="module")
def font() -> AddressFont:
    return make_address_font([make_item().address])


@pytest.fixture(scope="module")
def labels(font: AddressFont) -> dict[str, Label]:
    """One label for each stock, all typeset at once."""
    item, symbol = make_item(name="Oolong", call=" "), make_symbol(make_item().url, "M")
    jobs: dict[str, Job] = {stock.id: list_jobs([item], [symbol], stock, font, PRINTER)[0] for stock in list_stocks()}
    arts = typeset(list(jobs.values()))
    return {stock: _make_label(item, symbol, art) for stock, art in zip(jobs, arts, strict=True)}


def read_page(pdf: bytes) -> Found:
    """By another library than wrote it; everything in millimetres from the page's top left."""
    found = Found([], [], [])
    with open_pages(pdf) as pages:
        page = pages._document[0]
        height = page.get_height() * POINT_MM
        for thing in page.get_objects(max_depth=1):
            matrix = raw.FS_MATRIX()
            raw.FPDFPageObj_GetMatrix(thing.raw, ctypes.byref(matrix))
            corner = matrix.e * POINT_MM, height - matrix.f * POINT_MM
            if thing.type == raw.FPDF_PAGEOBJ_PATH:
                left, bottom, right, top = (side * POINT_MM for side in thing.get_bounds())
                found.symbols.append((left, height - top, right, height - bottom))
            elif thing.type == raw.FPDF_PAGEOBJ_TEXT:
                found.addresses.append(corner)
            else:
                found.arts.append(corner)
    return found


def list_cells(row: dict[str, Any]) -> list[Point]:
    """Every label's top left corner, from the maker's measures alone."""
    return [
        (row["left_mm"] + column * row["pitch_x_mm"], row["top_mm"] + line * row["pitch_y_mm"])
        for line in range(row["rows"])
        for column in range(row["columns"])
    ]


def list_lines(label: Label, font: AddressFont) -> list[Point]:
    """Where the lines of the address begin on their baselines, from the label's top left corner."""
    box, size = label.art.layout.address, label.art.layout.address_pt * POINT_MM
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[label.art.layout.align]
    return [
        (box.x_mm + share * (box.width_mm - font.measure(line) * size), box.y_mm + (CAP_EM + number * 1.2) * size)
        for number, line in enumerate(label.address)
    ]


def find_astray(found: Found, row: dict[str, Any], label: Label, font: AddressFont) -> list[str]:
    """What does not stand in its cell where the layout says, to a twentieth of a millimetre."""
    cells, layout, lines = list_cells(row), label.art.layout, len(label.address)
    if not (len(found.symbols) == len(found.arts) == len(cells) and len(found.addresses) == lines * len(cells)):
        return [f"{len(found.symbols)} symbols for {len(cells)} cells"]
    quiet, side = QUIET_MODULES * layout.module_mm, layout.symbol.width_mm
    astray = []
    for place, (x, y) in enumerate(cells):
        symbol = layout.symbol.x_mm + quiet, layout.symbol.y_mm + quiet
        ends = symbol[0] + side - 2 * quiet, symbol[1] + side - 2 * quiet
        meant = {"symbol": (symbol, ends), "art": ((0.0, row["label_height_mm"]),)}
        seen = {"symbol": (found.symbols[place][:2], found.symbols[place][2:]), "art": (found.arts[place],)}
        for what, points in meant.items():
            for (dx, dy), (left, top) in zip(points, seen[what], strict=True):
                if max(abs(x + dx - left), abs(y + dy - top)) > NEAR_MM:
                    astray.append(f"{what} of cell {place + 1}")
        for number, (dx, dy) in enumerate(list_lines(label, font)):
            left, top = found.addresses[place * lines + number]
            if max(abs(x + dx - left), abs(y + dy - top)) > NEAR_MM:
                astray.append(f"address of cell {place + 1}")
    return astray


def fill_sheet(stock: Stock, label: Label, font: AddressFont) -> bytes:
    return impose([label] * stock.count, stock, font)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_everything_stands_on_the_makers_grid_in_every_cell(row, labels, font) -> None:
    label = labels[row["id"]]
    pdf = fill_sheet(make_stock(row), label, font)
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    assert [float(side) * POINT_MM for side in page.mediabox] == pytest.approx(
        [0, 0, row["page_width_mm"], row["page_height_mm"]], abs=0.001
    )
    found = read_page(pdf)
    assert find_astray(found, row, label, font) == []
    width, height = row["label_width_mm"], row["label_height_mm"]
    assert [float(side) * POINT_MM for side in label.art.page.mediabox[2:]] == pytest.approx([width, height], abs=0.01)
    for (left, top, right, bottom), (x, y) in zip(found.symbols, list_cells(row), strict=True):
        quiet = QUIET_MODULES * (right - left) / label.symbol.size
        assert quiet / QUIET_MODULES >= LEAST_MODULE_MM
        assert x <= left - quiet and right + quiet <= x + width and y <= top - quiet and bottom + quiet <= y + height


@pytest.mark.parametrize("moved", ["left_mm", "top_mm", "pitch_x_mm", "pitch_y_mm"])
@pytest.mark.parametrize("stock_id", ["avery-l7160", "avery-5160", "herma-4608"])
def test_a_stock_that_is_a_tenth_off_is_caught(stock_id: str, moved: str, labels, font) -> None:
    """The control: what the test above would say to a wrong measure, or to a drawing that drifts."""
    row = next(row for row in ROWS if row["id"] == stock_id)
    stock, label = make_stock(row), labels[stock_id]
    wrong = replace(stock, **{moved: getattr(stock, moved) + 0.1})
    astray = find_astray(read_page(fill_sheet(wrong, label, font)), row, label, font)
    first = "cell 1" if moved in ("left_mm", "top_mm") else f"cell {stock.count}"
    for what in ("symbol", "art", "address"):
        assert f"{what} of {first}" in astray


def test_every_stock_is_there() -> None:
    assert len(ROWS) == len(list_stocks()) >= 82
