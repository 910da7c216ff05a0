"""Stock of one's own: measures as somebody took them with a ruler, and all that can be wrong with them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from shelftalk.errors import Invalid
from shelftalk.labels.design import EDGE_MM, LEAST_MODULE_MM
from shelftalk.labels.stock import Stock, make_stock
from shelftalk.labels.symbol import QUIET_MODULES

PAPERS = {"A4": (210.0, 297.0), "A5": (148.0, 210.0), "Letter": (215.9, 279.4)}
SHAPES = ("rectangle", "round")
MEASURES = (
    "page_width_mm",
    "page_height_mm",
    "label_width_mm",
    "label_height_mm",
    "left_mm",
    "top_mm",
    "pitch_x_mm",
    "pitch_y_mm",
    "corner_mm",
)
COUNTS = ("columns", "rows")
LEAST_SYMBOL_MM = (25 + 2 * QUIET_MODULES) * LEAST_MODULE_MM + 2 * EDGE_MM  # version 2 holds a short address
MOST_LABELS = 2_000
SLACK_MM = 0.05  # makers round


def make_own_stock(stock_id: str, name: str, measures: dict[str, Any]) -> Stock:
    """The stock of these measures, whatever is wrong with them."""
    width, height = measures["page_width_mm"], measures["page_height_mm"]
    paper = find_paper(width, height)
    count = measures["columns"] * measures["rows"]
    size = describe_size(measures)
    said = size if count == 1 and paper not in PAPERS else f"{size}, {count} on {paper}"
    square = abs(measures["label_width_mm"] - measures["label_height_mm"]) < SLACK_MM
    shape = "round" if measures["shape"] == "round" else "square" if square else "rectangle"
    return make_stock(
        {name: measures[name] for name in (*MEASURES, *COUNTS)}
        | {"id": stock_id, "maker": "", "number": name, "name": said, "paper": paper, "shape": shape}
        | {"source": "Measured by yourselves."}
    )


def find_paper(width_mm: float, height_mm: float) -> str:
    """The paper's name, or its measure."""
    for paper, size in PAPERS.items():
        if max(abs(width_mm - size[0]), abs(height_mm - size[1])) < SLACK_MM:
            return paper
    return f"{round(width_mm, 1):g} × {round(height_mm, 1):g} mm"


def describe_size(measures: dict[str, Any]) -> str:
    """A label's size: “60.5 × 30 mm”, or “Ø 40 mm”."""
    width, height = round(measures["label_width_mm"], 1), round(measures["label_height_mm"], 1)
    return f"Ø {width:g} mm" if measures["shape"] == "round" else f"{width:g} × {height:g} mm"


def take_measures(stock: Stock) -> dict[str, Any]:
    """A stock's measures as plain data, to start one's own from."""
    values = asdict(stock)
    shape = "round" if stock.shape == "round" else "rectangle"
    return {name: values[name] for name in (*MEASURES, *COUNTS)} | {"shape": shape}


def list_faults(stock: Stock) -> list[Invalid]:
    """All that is wrong with a stock's measures, each by the field to change."""
    faults = [*_check_size(stock), *_check_pitch(stock), *_check_edges(stock)]
    if stock.count > MOST_LABELS:
        faults.append(
            Invalid(
                "columns",
                "{value} labels on one sheet are too many: at most {allowed}.",
                value=stock.count,
                allowed=MOST_LABELS,
            )
        )
    return faults


def _check_size(stock: Stock) -> list[Invalid]:
    faults = []
    for field, value in (("label_width_mm", stock.label_width_mm), ("label_height_mm", stock.label_height_mm)):
        if value < LEAST_SYMBOL_MM:
            faults.append(
                Invalid(
                    field,
                    "{value} mm is smaller than the smallest symbol that can be read: at least {least} mm.",
                    value=value,
                    least=round(LEAST_SYMBOL_MM, 1),
                )
            )
    if stock.shape == "round" and abs(stock.label_width_mm - stock.label_height_mm) > SLACK_MM:
        faults.append(
            Invalid(
                "label_height_mm", "A round label is as high as wide: write {allowed} mm.", allowed=stock.label_width_mm
            )
        )
    half = min(stock.label_width_mm, stock.label_height_mm) / 2
    if stock.corner_mm > half:
        faults.append(
            Invalid(
                "corner_mm", "The corner can be at most half the shorter side: {allowed} mm.", allowed=round(half, 2)
            )
        )
    return faults


def _check_pitch(stock: Stock) -> list[Invalid]:
    faults = []
    if stock.columns > 1 and stock.pitch_x_mm < stock.label_width_mm - SLACK_MM:
        faults.append(
            Invalid(
                "pitch_x_mm",
                "Labels side by side overlap by {excess} mm. "
                "From one's left edge to the next it is at least {least} mm.",
                excess=round(stock.label_width_mm - stock.pitch_x_mm, 2),
                least=stock.label_width_mm,
            )
        )
    if stock.rows > 1 and stock.pitch_y_mm < stock.label_height_mm - SLACK_MM:
        faults.append(
            Invalid(
                "pitch_y_mm",
                "Labels one below the other overlap by {excess} mm. "
                "From one's top edge to the next it is at least {least} mm.",
                excess=round(stock.label_height_mm - stock.pitch_y_mm, 2),
                least=stock.label_height_mm,
            )
        )
    return faults


def _check_edges(stock: Stock) -> list[Invalid]:
    last = stock.get_cell(stock.count - 1)
    wide = last.x_mm + stock.label_width_mm - stock.page_width_mm
    high = last.y_mm + stock.label_height_mm - stock.page_height_mm
    faults = []
    if wide > SLACK_MM:
        faults.append(
            Invalid(
                "columns" if stock.columns > 1 else "label_width_mm",
                "The labels stick out {excess} mm over the right edge of the page. "
                "Check the left margin, the width and the steps.",
                excess=round(wide, 2),
            )
        )
    if high > SLACK_MM:
        faults.append(
            Invalid(
                "rows" if stock.rows > 1 else "label_height_mm",
                "The labels stick out {excess} mm over the lower edge of the page. "
                "Check the upper margin, the height and the steps.",
                excess=round(high, 2),
            )
        )
    return faults
