"""Stock of one's own: every fault of its measures is found, said and put beside the field to change."""

from __future__ import annotations

import pytest

from shelftalk.labels.own_stock import list_faults, make_own_stock, take_measures
from shelftalk.labels.run import make_labels
from shelftalk.labels.stock import get_stock, list_stocks

from .helpers import make_item

GOOD = take_measures(get_stock("avery-l7160"))


def find_faults(**changes):
    return {fault.field: str(fault) for fault in list_faults(make_own_stock("own-1.1", "Lids", GOOD | changes))}


def test_a_copy_of_a_known_sheet_has_no_fault_and_prints_like_it():
    own = make_own_stock("own-1.1", "Lids", GOOD)
    assert list_faults(own) == []
    assert (own.title, own.name, own.paper) == ("Lids", "63.5 × 38.1 mm, 21 on A4", "A4")
    same = make_labels([make_item()], get_stock("avery-l7160")).pdf.replace(b"Avery L7160", b"Lids")
    assert len(make_labels([make_item()], own).pdf) == pytest.approx(len(same), abs=20)


@pytest.mark.parametrize("stock", list_stocks(), ids=lambda stock: stock.id)
def test_every_known_stock_can_be_copied(stock):
    assert list_faults(make_own_stock("own-1.1", "Copy", take_measures(stock))) == []


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"left_mm": 20.0}, "columns", "stick out 11.0 mm over the right edge|stick out 5.5 mm over the right edge"),
        ({"rows": 8}, "rows", "over the lower edge of the page"),
        ({"pitch_x_mm": 60.0}, "pitch_x_mm", "Labels side by side overlap by 3.5 mm"),
        ({"pitch_y_mm": 38.0}, "pitch_y_mm", "one below the other overlap by 0.1 mm"),
        ({"label_height_mm": 8.0}, "label_height_mm", "8.0 mm is smaller than the smallest symbol"),
        ({"shape": "round"}, "label_height_mm", "A round label is as high as wide: write 63.5 mm"),
        ({"corner_mm": 20.0}, "corner_mm", "at most half the shorter side: 19.05 mm"),
    ],
)
def test_each_fault_is_said_beside_its_field(changes, field, message):
    faults = find_faults(**changes)
    assert field in faults
    assert any(part in faults[field] for part in message.split("|"))


def test_several_faults_are_said_at_once():
    faults = find_faults(left_mm=30.0, pitch_x_mm=50.0, corner_mm=30.0)
    assert {"pitch_x_mm", "corner_mm"} <= set(faults)


def test_an_unknown_page_is_named_by_its_measure():
    roll = make_own_stock("own-1.1", "Roll", GOOD | {"page_width_mm": 80.5, "columns": 1, "rows": 1, "left_mm": 8.5})
    assert roll.paper == "80.5 × 297 mm" and roll.name == "63.5 × 38.1 mm"
