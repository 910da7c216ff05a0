"""The gate itself: what is wrong on purpose must not pass."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from shelftalk.labels import proof, run
from shelftalk.labels.affine import pack_modules
from shelftalk.labels.fonts import make_address_font
from shelftalk.labels.proof import ProofFailed, prove_sheets
from shelftalk.labels.run import make_labels
from shelftalk.labels.sheet import Label, impose
from shelftalk.labels.stock import get_stock
from shelftalk.labels.symbol import Symbol

from .helpers import make_item

STOCK = get_stock("avery-l7160")
ITEMS = [make_item(number) for number in range(5)]
MEANT = [item.url for item in ITEMS]


def make_sheet_labels() -> list[Label]:
    return run._make_each(ITEMS, STOCK, "M", make_address_font(item.address for item in ITEMS))


def print_labels(labels: list[Label], start: int = 1, stock=STOCK) -> bytes:
    return impose(labels, stock, make_address_font(item.address for item in ITEMS), start=start)


def spoil(symbol: Symbol) -> Symbol:
    """The symbol with a band of its data modules turned over: more than level M can correct."""
    rows = [
        tuple(dark ^ (9 < row < 20 and 9 < column < 28) for column, dark in enumerate(modules))
        for row, modules in enumerate(symbol.modules)
    ]
    return replace(symbol, bits=pack_modules(rows))


def test_the_untouched_sheet_passes():
    proof = prove_sheets(print_labels(make_sheet_labels()), STOCK, MEANT)
    assert (proof.sheets, proof.symbols, proof.empty, proof.dpi) == (1, 5, 16, 300)


def test_a_spoiled_symbol_is_caught_and_its_cell_named():
    labels = make_sheet_labels()
    labels[4] = replace(labels[4], symbol=spoil(labels[4].symbol))
    with pytest.raises(ProofFailed) as error:
        prove_sheets(print_labels(labels), STOCK, MEANT)
    assert "Sheet 1, row 2, column 2: the symbol cannot be read" in str(error.value)
    assert MEANT[4] in str(error.value)


def test_two_labels_that_changed_places_are_caught():
    labels = make_sheet_labels()
    labels[0], labels[2] = labels[2], labels[0]
    with pytest.raises(ProofFailed, match=f"row 1, column 1: the symbol reads “{MEANT[2]}” and was meant"):
        prove_sheets(print_labels(labels), STOCK, MEANT)


def test_a_label_where_none_is_meant_is_caught():
    with pytest.raises(ProofFailed, match="row 2, column 2: the label must be empty and is not"):
        prove_sheets(print_labels(make_sheet_labels()), STOCK, MEANT[:4])
    with pytest.raises(ProofFailed, match="row 1, column 1: the label must be empty and is not"):
        prove_sheets(print_labels(make_sheet_labels()), STOCK, [None, *MEANT])


def test_a_missing_label_and_a_missing_sheet_are_caught():
    with pytest.raises(ProofFailed, match="row 2, column 2: the symbol cannot be read"):
        prove_sheets(print_labels(make_sheet_labels()[:4]), STOCK, MEANT)
    with pytest.raises(ProofFailed, match="has 1 sheets instead of 2"):
        prove_sheets(print_labels(make_sheet_labels()), STOCK, MEANT * 5)


def test_a_grid_that_drifts_is_caught():
    shifted = replace(STOCK, left_mm=STOCK.left_mm + 5)
    with pytest.raises(ProofFailed):
        prove_sheets(print_labels(make_sheet_labels(), stock=shifted), STOCK, MEANT)


def test_nothing_unproven_leaves_the_room(monkeypatch):
    make = run.make_symbol
    monkeypatch.setattr(run, "make_symbol", lambda text, level: spoil(make(text, level)))
    with pytest.raises(ProofFailed, match="Sheet 1, row 1, column 1: the symbol cannot be read"):
        make_labels(ITEMS, STOCK)


@pytest.mark.parametrize("dot", [(3.0, 100.0), (71.9, 40.0), (208.0, 200.0), (100.0, 7.0), (100.0, 290.0)])
def test_one_dot_beside_the_labels_is_caught(dot):
    """In the margins and in the gutter between two columns."""
    image = Image.new("L", (2480, 3508), 255)
    proof._prove_margins(image, STOCK, 0, 300)
    image.putpixel(tuple(round(value * 300 / 25.4) for value in dot), 200)
    with pytest.raises(ProofFailed, match="something is printed outside the labels"):
        proof._prove_margins(image, STOCK, 0, 300)
