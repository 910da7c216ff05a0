from __future__ import annotations

import pytest

from shelftalk.errors import Invalid
from shelftalk.labels.stock import check_start, get_stock, list_stocks, search_stocks

STOCKS = list_stocks()


@pytest.mark.parametrize("stock", STOCKS, ids=lambda stock: stock.id)
def test_the_grid_fits_its_page_with_equal_margins(stock):
    last = stock.get_cell(stock.count - 1)
    right = stock.page_width_mm - last.x_mm - stock.label_width_mm
    bottom = stock.page_height_mm - last.y_mm - stock.label_height_mm
    assert right == pytest.approx(stock.left_mm, abs=0.02)
    assert bottom == pytest.approx(stock.top_mm, abs=0.02)
    assert stock.pitch_x_mm >= stock.label_width_mm - 1e-6 and stock.pitch_y_mm >= stock.label_height_mm - 1e-6


@pytest.mark.parametrize("stock", STOCKS, ids=lambda stock: stock.id)
def test_every_stock_says_what_it_is_and_where_its_measures_come_from(stock):
    assert stock.name and stock.source and stock.title
    square = abs(stock.label_width_mm - stock.label_height_mm) < 0.01
    assert stock.shape == ("round" if stock.name.startswith("Ø") else "square" if square else "rectangle")
    assert stock.shape != "round" or square
    sizes = {"A4": (210, 297), "Letter": (215.9, 279.4)}
    assert sizes.get(stock.paper, (stock.page_width_mm, stock.page_height_mm)) == (
        stock.page_width_mm,
        stock.page_height_mm,
    )


def test_at_least_forty_are_known_by_their_makers_numbers():
    numbers = {(stock.maker, stock.number) for stock in STOCKS if stock.maker}
    assert len(numbers) >= 70 and len({stock.id for stock in STOCKS}) == len(STOCKS)
    assert {maker for maker, _ in numbers} == {"Avery", "Herma", "Dymo", "Brother", "Zebra"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("L7160", "avery-l7160"),
        ("avery 8160", "avery-5160"),  # another number of the same die cut
        ("62 × 29", "brother-dk-11209"),
        ("62x29", "brother-dk-11209"),
        ("round 2 in", "avery-22807"),
        ("DYMO 89", "dymo-99010"),
        ("dymo round", ""),
    ],
)
def test_a_stock_is_found_by_maker_number_and_size(words, found):
    ids = [stock.id for stock in search_stocks(words, STOCKS)]
    assert found in ids if found else ids == []


def test_the_number_itself_comes_first():
    assert search_stocks("5163", STOCKS)[0].id == "avery-5163"
    assert search_stocks("", STOCKS) == STOCKS


def test_there_are_sheets_of_both_papers_a_herma_a_square_and_single_labels():
    ids = {stock.id for stock in STOCKS}
    assert {"avery-l7160", "avery-l7163", "avery-l7651", "avery-5160", "avery-5163", "herma-4346"} <= ids
    assert {"avery-22806", "avery-l7120", "single-100x60", "single-62x29", "single-50x50"} <= ids


def test_an_unknown_stock_is_answered_with_its_neighbours():
    with pytest.raises(Invalid, match=r"“L7160” is not a label stock we know. Did you mean: avery-l7160"):
        get_stock("L7160")
    with pytest.raises(Invalid, match="avery-5163"):
        get_stock("avery-5133")
    assert get_stock(" AVERY-L7160 ").id == "avery-l7160"


def test_cells_are_counted_along_the_rows():
    cell = get_stock("avery-l7160").get_cell(4)
    assert (cell.row, cell.column) == (1, 1)
    assert (cell.x_mm, cell.y_mm) == pytest.approx((73.25, 53.25))


@pytest.mark.parametrize("start", [0, -1, 22, 30])
def test_a_start_beyond_the_sheet_is_refused_with_what_is_allowed(start):
    with pytest.raises(Invalid) as error:
        check_start(get_stock("avery-l7160"), start)
    assert str(error.value) == f"Label {start} does not exist on Avery L7160: it has 21. Choose 1 to 21."
