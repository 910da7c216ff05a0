"""The calibration page: rulers, corner marks and a stock's cells, and the correction that measuring them gives.

A printer that pulls paper a little too far prints everything a little too long, and where a tray's guide stands
off, everything lies beside its place. Two lengths and two distances say by how much.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject
from typst import Compiler

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid
from shelftalk.labels.design import Box
from shelftalk.labels.fonts import get_face, list_families, load_fonts
from shelftalk.labels.placing import Offset
from shelftalk.labels.stock import Stock

TEMPLATE = Path(__file__).with_name("calibration.typ")
RULER_MM = 100.0
START_MM = 20.0  # where both rulers begin, from the left and the top edge
LEAST_PAGE_MM = START_MM + RULER_MM + 5
FAR_MM = 10.0  # a ruler may come out this much longer or shorter
LINE_MM = 0.2
CORNER_MM = 5.0


@dataclass(frozen=True)
class Measured:
    """What came out of a printer: both rulers' lengths, and how far from the edges they begin."""

    ruler_x_mm: float = RULER_MM
    ruler_y_mm: float = RULER_MM
    left_mm: float = START_MM
    top_mm: float = START_MM

    @property
    def offset(self) -> Offset:
        """What to do to every position so that it comes out in its place."""
        x, y = self.ruler_x_mm / RULER_MM, self.ruler_y_mm / RULER_MM
        shift_x, shift_y = self.left_mm - START_MM * x, self.top_mm - START_MM * y
        return Offset(round(-shift_x / x, 4) + 0.0, round(-shift_y / y, 4) + 0.0, round(1 / x, 6), round(1 / y, 6))


@dataclass(frozen=True)
class PageWords:
    """What the page says, in the language of whoever prints it."""

    title: str
    steps: tuple[str, ...]
    language: str


def parse_measure(text: str, field: str, low: float, high: float) -> float:
    """Millimetres as people write them: 99.5, 99,5 or in other digits; raises Invalid."""
    try:
        value = float(text.strip().replace(",", ".").replace("٫", "."))
    except ValueError:
        value = float("nan")
    if low <= value <= high:
        return round(value, 4)
    raise Invalid(
        field,
        "“{value}” is not a measure from {low} to {high} mm. Write for example {example}.",
        value=text[:20],
        low=round(low, 1),
        high=round(high, 1),
        example=round((low + high) / 2, 1),
    )


def make_calibration(stock: Stock, words: PageWords, offset: Offset | None = None) -> bytes:
    """A page of the stock's paper as PDF; with an `offset`, to see that it is right. Raises Invalid."""
    if min(stock.page_width_mm, stock.page_height_mm) < LEAST_PAGE_MM:
        raise Invalid(
            "stock",
            "A page of {width} × {height} mm is too small for a ruler of {length} mm. Calibrate with a sheet.",
            width=round(stock.page_width_mm, 1),
            height=round(stock.page_height_mm, 1),
            length=round(RULER_MM),
        )
    page = _describe(stock, words, offset or Offset())
    compiler = Compiler(str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=load_fonts(), ignore_system_fonts=True)
    data = json.dumps(page, ensure_ascii=False)
    pdf = compiler.compile(format="pdf", sys_inputs={"page": data}, pdf_tags=False, timestamp=0)
    return _forbid_scaling(bytes(pdf))  # type: ignore[arg-type]


def _describe(stock: Stock, words: PageWords, offset: Offset) -> dict[str, object]:
    face, language = get_face(words.language), LANGUAGES.get(words.language)
    words_x = START_MM + 18
    return {
        "width": stock.page_width_mm,
        "height": stock.page_height_mm,
        "lang": face.lang,
        "region": face.region or None,
        "dir": language.direction if language else "ltr",
        "fonts": list_families(face),
        "cells": [_move_cell(stock, place, offset) for place in range(stock.count)],
        "bars": [_move(bar, offset) for bar in [*list_rulers(), *_list_corners(stock)]],
        "numbers": list(_list_numbers(offset)),
        "words-x": words_x,
        "words-y": START_MM + 14,
        "words-width": min(130.0, stock.page_width_mm - words_x - 10),
        "title": words.title,
        "steps": list(words.steps),
    }


def list_rulers() -> list[Box]:
    """Both rulers from the same corner: their lines, then a tick for each millimetre, longer at five and ten."""
    half, end = LINE_MM / 2, START_MM + RULER_MM + LINE_MM / 2
    bars = [
        Box(START_MM - half, START_MM - half, end - START_MM + half, LINE_MM),
        Box(START_MM - half, START_MM - half, LINE_MM, end - START_MM + half),
    ]
    for number in range(round(RULER_MM) + 1):
        long = 5.0 if number % 10 == 0 else 3.5 if number % 5 == 0 else 2.0
        wide, at = (LINE_MM if number % 5 == 0 else LINE_MM / 2), START_MM + number
        bars.append(Box(at - wide / 2, START_MM, wide, long))
        bars.append(Box(START_MM, at - wide / 2, long, wide))
    return bars


def _list_corners(stock: Stock) -> list[Box]:
    """An angle in each corner of the page, its tip five millimetres from both edges."""
    bars = []
    for x, along in ((CORNER_MM, 0.0), (stock.page_width_mm - CORNER_MM, -CORNER_MM)):
        for y, down in ((CORNER_MM, 0.0), (stock.page_height_mm - CORNER_MM, -CORNER_MM)):
            bars.append(Box(x + along, y - LINE_MM / 2, CORNER_MM, LINE_MM))
            bars.append(Box(x - LINE_MM / 2, y + down, LINE_MM, CORNER_MM))
    return bars


def _list_numbers(offset: Offset) -> Sequence[dict[str, object]]:
    numbers = []
    for number in range(10, round(RULER_MM) + 1, 10):
        x, y = offset.move(START_MM + number, START_MM + 6)
        numbers.append({"x": x, "y": y, "text": str(number)})
        x, y = offset.move(START_MM + 8.5, START_MM + number)
        numbers.append({"x": x, "y": y - 1, "text": str(number)})
    return numbers


def _move(box: Box, offset: Offset) -> dict[str, float]:
    x, y = offset.move(box.x_mm, box.y_mm)
    return {"x": x, "y": y, "width": box.width_mm * offset.scale_x, "height": box.height_mm * offset.scale_y}


def _move_cell(stock: Stock, place: int, offset: Offset) -> dict[str, object]:
    cell = stock.get_cell(place)
    box = _move(Box(cell.x_mm, cell.y_mm, stock.label_width_mm, stock.label_height_mm), offset)
    return {**box, "corner": stock.corner_mm, "round": stock.shape == "round"}


def _forbid_scaling(pdf: bytes) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    preferences = DictionaryObject({NameObject("/PrintScaling"): NameObject("/None")})
    writer.root_object[NameObject("/ViewerPreferences")] = preferences
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
