"""How labels lie: gaps proven empty, sheets filled, a printer's correction exact, crop marks and boxes right."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdfium2.raw import FPDF_PAGEOBJ_PATH

from shelftalk.errors import Invalid
from shelftalk.labels.placing import (
    PLAIN,
    Offset,
    Placing,
    apply_placing,
    count_sheets,
    format_placing,
    list_crop_marks,
    parse_placing,
    share_copies,
    spread,
)
from shelftalk.labels.proof import ProofFailed, prove_sheets
from shelftalk.labels.raster import open_pages
from shelftalk.labels.run import make_labels
from shelftalk.labels.stock import get_stock

from .helpers import POINT_MM, list_objects, make_item

SHEET = get_stock("avery-l7160")
CARD = get_stock("single-100x60")
ITEMS = [make_item(number) for number in range(3)]


def find_symbols(pdf: bytes, stock=SHEET, page: int = 0) -> list[tuple[float, float, float, float]]:
    return list_objects(pdf, FPDF_PAGEOBJ_PATH, stock.page_height_mm, page)


def test_used_up_cells_stay_empty_and_are_proven_empty():
    skip = frozenset({1, 3, 5})
    made = make_labels(ITEMS, SHEET, placing=Placing(skip=skip))
    assert (made.labels, made.sheets, made.proof.symbols, made.proof.empty) == (3, 1, 3, 18)
    for (x, y, *_), place in zip(find_symbols(made.pdf), (1, 3, 5), strict=True):
        cell = SHEET.get_cell(place)
        assert cell.x_mm < x < cell.x_mm + SHEET.label_width_mm and cell.y_mm < y < cell.y_mm + SHEET.label_height_mm
    meant = [None, *[item.url for item in ITEMS]]
    with pytest.raises(ProofFailed, match="row 1, column 3"):
        prove_sheets(made.pdf, SHEET, meant)


def test_gaps_are_on_the_first_sheet_only():
    placing = Placing(skip=frozenset({21}))
    made = make_labels(ITEMS, SHEET, start=20, placing=placing)
    assert (made.sheets, made.proof.empty) == (2, 39)
    assert len(find_symbols(made.pdf)) == 1 and len(find_symbols(made.pdf, page=1)) == 2


def test_the_last_sheet_is_filled_with_further_copies():
    made = make_labels(ITEMS, SHEET, start=3, placing=Placing(skip=frozenset({4}), fill=True))
    assert (made.labels, made.sheets, made.proof.empty) == (18, 1, 3)
    with open_pages(made.pdf) as pages:
        read = [symbol.text for symbol in zxingcpp.read_barcodes(pages.render(0, 300))]
    assert [read.count(item.url) for item in ITEMS] == [6, 6, 6]


def test_copies_are_shared_as_evenly_as_can_be():
    assert share_copies(4, 1, SHEET, 1, Placing(fill=True)) == [6, 5, 5, 5]
    assert share_copies(4, 6, SHEET, 1, Placing(fill=True)) == [11, 11, 10, 10]
    assert share_copies(4, 6, SHEET, 1, PLAIN) == [6, 6, 6, 6]


@given(
    start=st.integers(1, 21),
    skip=st.frozensets(st.integers(1, 21), max_size=20),
    count=st.integers(1, 60),
)
def test_every_label_gets_a_cell_and_no_used_one(start, skip, count):
    cells = list(spread(range(count), SHEET, start, skip))
    assert [cell for cell in cells if cell is not None] == list(range(count))
    assert all(cells[place - 1] is None for place in skip if place <= len(cells))
    assert all(cell is None for cell in cells[: start - 1])
    if set(range(start, 22)) - skip:
        assert -(-len(cells) // 21) == count_sheets(count, SHEET, start, skip)


@pytest.mark.parametrize(
    "offset", [Offset(0.7, -0.4, 1.0, 1.0), Offset(-1.1, 1.3, 1.004, 0.996)], ids=["shifted", "scaled"]
)
@pytest.mark.parametrize("stock_id", ["avery-l7160", "avery-5293", "herma-4608"])
def test_a_printers_correction_moves_every_symbol_exactly(stock_id, offset):
    stock = get_stock(stock_id)
    plain = find_symbols(make_labels(ITEMS, stock).pdf, stock)
    made = make_labels(ITEMS, stock, placing=Placing(offset=offset))
    for before, after in zip(plain, find_symbols(made.pdf, stock), strict=True):
        assert after[:2] == pytest.approx(offset.move(*before[:2]), abs=0.01)
        assert after[2:] == pytest.approx(offset.move(*before[2:]), abs=0.01)
    with pytest.raises(ProofFailed):  # the proof looks where the labels should be, not where they happen to be
        shifted = apply_placing(stock, Placing(offset=replace(offset, x_mm=offset.x_mm + 30)))
        prove_sheets(made.pdf, shifted, [item.url for item in ITEMS])


def test_a_correction_that_would_lose_ink_is_refused():
    with pytest.raises(Invalid, match=r"push the labels 3\.0 mm off the paper") as error:
        make_labels(ITEMS, get_stock("herma-4464"), placing=Placing(offset=Offset(-3.0, 0)))
    assert error.value.field == "printer"


def test_a_plain_sheet_is_the_same_file_as_ever():
    assert make_labels(ITEMS, SHEET, placing=PLAIN).sha256 == make_labels(ITEMS, SHEET).sha256


def read_boxes(pdf: bytes) -> dict[str, list[float]]:
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    return {name: [float(side) * POINT_MM for side in page[f"/{name}"]] for name in ("MediaBox", "TrimBox", "BleedBox")}


def test_a_card_for_the_print_shop_has_marks_and_boxes():
    made = make_labels(ITEMS[:1], CARD, placing=Placing(crop_marks=True, bleed_mm=3.0))
    boxes = read_boxes(made.pdf)
    assert boxes["MediaBox"] == pytest.approx([0, 0, 118, 78], abs=0.001)  # 3 bleed, 5 mark, 1 air on each side
    assert boxes["TrimBox"] == pytest.approx([9, 9, 109, 69], abs=0.001)
    assert boxes["BleedBox"] == pytest.approx([6, 6, 112, 72], abs=0.001)
    assert made.proof.symbols == 1
    with open_pages(made.pdf) as pages:
        image = pages.render(0, 600)
    dots = 600 / 25.4
    dark = [x / dots for x in range(image.width) if image.getpixel((x, round(3 * dots))) < 128]
    assert min(dark) == pytest.approx(9, abs=0.1) and max(dark) == pytest.approx(109, abs=0.1)


def test_marks_stay_clear_of_the_bleed_and_of_the_labels():
    for stock in (CARD, SHEET, get_stock("avery-5371")):
        placing = Placing(crop_marks=True, bleed_mm=3.0)
        last = stock.get_cell(stock.count - 1)
        right, bottom = last.x_mm + stock.label_width_mm + 3, last.y_mm + stock.label_height_mm + 3
        for mark in list_crop_marks(stock, placing):
            beside = mark.x_mm + mark.width_mm <= stock.left_mm - 3 + 1e-6 or mark.x_mm >= right - 1e-6
            above = mark.y_mm + mark.height_mm <= stock.top_mm - 3 + 1e-6 or mark.y_mm >= bottom - 1e-6
            assert beside or above


def test_marks_of_a_whole_sheet_are_proven_with_it():
    made = make_labels(ITEMS, get_stock("avery-5371"), placing=Placing(crop_marks=True, skip=frozenset({2})))
    assert (made.proof.symbols, made.proof.empty) == (3, 7)


@pytest.mark.parametrize(
    ("placing", "message"),
    [
        (Placing(skip=frozenset({22})), "Label 22 does not exist on Avery L7160: it has 21"),
        (Placing(skip=frozenset(range(1, 22))), "No free label is left on the first sheet"),
        (Placing(bleed_mm=40), "A bleed of 40 mm is not possible. Choose 0 to 10.0 mm"),
    ],
)
def test_what_cannot_lie_so_is_refused(placing, message):
    with pytest.raises(Invalid, match=message):
        make_labels(ITEMS, SHEET, placing=placing)


def test_a_run_can_be_laid_again_as_it_was():
    placing = Placing(frozenset({2, 7}), True, Offset(0.5, -0.25, 1.001, 0.999), True, 3.0)
    assert parse_placing(format_placing(placing)) == placing
    assert format_placing(PLAIN) == "" and parse_placing("") == PLAIN


@pytest.mark.parametrize("stock_id", ["avery-5293", "avery-22807", "avery-8293", "herma-4477", "brother-dk-11207"])
def test_all_ink_of_a_round_label_is_inside_its_circle(stock_id):
    stock = get_stock(stock_id)
    made = make_labels([make_item(0), make_item(1, language="ru")], stock)
    with open_pages(made.pdf) as pages:
        image, dots = pages.render(0, 300), 300 / 25.4
    cell, radius = stock.get_cell(0), stock.label_width_mm / 2
    middle = (cell.x_mm + radius) * dots, (cell.y_mm + radius) * dots
    box = tuple(round(side * dots) for side in (cell.x_mm, cell.y_mm, cell.x_mm + 2 * radius, cell.y_mm + 2 * radius))
    ink = [(x, y) for x in range(box[0], box[2]) for y in range(box[1], box[3]) if image.getpixel((x, y)) < 128]
    far = max(((x - middle[0]) ** 2 + (y - middle[1]) ** 2) ** 0.5 for x, y in ink) / dots
    assert far <= radius - 0.7
