"""The calibration page, measured in its picture, and the correction that follows from what a printer does to it."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image
from pypdf import PdfReader

from shelftalk.errors import Invalid
from shelftalk.labels.calibration import Measured, PageWords, list_rulers, make_calibration, parse_measure
from shelftalk.labels.placing import Offset
from shelftalk.labels.raster import open_pages
from shelftalk.labels.stock import Stock, get_stock

DPI = 600
WORDS = PageWords("Calibration page", ("Print at 100 %.", "Measure both rulers."), "en")
SHEET = get_stock("avery-l7160")
BARE = replace(SHEET, columns=1, rows=1, left_mm=150.0, top_mm=200.0)  # nothing beside the rulers
EMPTY = replace(WORDS, title="", steps=())


def look(pdf: bytes) -> Image.Image:
    with open_pages(pdf) as pages:
        return pages.render(0, DPI)


def measure(image: Image.Image) -> Measured:
    """Both rulers as a person would: their first and last long tick, in millimetres from the paper's edges."""
    dots = DPI / 25.4
    along, down = [round(23.9 * dots)] * 2  # between the ends of the middling ticks and of the long ones
    row = [x / dots for x in range(image.width) if image.getpixel((x, along)) < 128]
    column = [y / dots for y in range(round(140 * dots)) if image.getpixel((down, y)) < 128]
    return Measured(row[-1] - row[0], column[-1] - column[0], row[0] + 0.1, column[0] + 0.1)


def print_badly(pdf: bytes, *, left: float, top: float, wide: float, high: float) -> Image.Image:
    """What a printer makes of a page that pulls, stretches and shifts."""
    image, dots = look(pdf), DPI / 25.4
    size = round(image.width * wide), round(image.height * high)
    paper = Image.new("L", image.size, 255)
    paper.paste(image.resize(size, Image.Resampling.LANCZOS), (round(left * dots), round(top * dots)))
    return paper


def test_both_rulers_are_a_hundred_millimetres_long_and_begin_twenty_from_the_edges() -> None:
    found = measure(look(make_calibration(BARE, EMPTY)))
    assert found.ruler_x_mm == pytest.approx(100.2, abs=0.1)  # from outer edge to outer edge of their ticks
    assert found.ruler_y_mm == pytest.approx(100.2, abs=0.1)
    assert (found.left_mm, found.top_mm) == pytest.approx((20, 20), abs=0.06)


def test_what_is_measured_on_a_bad_printer_puts_the_next_page_right() -> None:
    faults = {"left": 0.7, "top": 1.2, "wide": 0.994, "high": 1.004}
    found = measure(print_badly(make_calibration(BARE, EMPTY), **faults))
    found = replace(found, ruler_x_mm=found.ruler_x_mm - 0.2, ruler_y_mm=found.ruler_y_mm - 0.2)
    assert found.ruler_x_mm == pytest.approx(99.4, abs=0.1)
    again = measure(print_badly(make_calibration(BARE, EMPTY, found.offset), **faults))
    assert again.ruler_x_mm == pytest.approx(100.2, abs=0.1)
    assert again.ruler_y_mm == pytest.approx(100.2, abs=0.1)
    assert (again.left_mm, again.top_mm) == pytest.approx((20, 20), abs=0.1)


def test_a_printer_without_fault_is_not_corrected() -> None:
    assert Measured().offset == Offset()


def test_the_page_shows_the_sheets_cells_and_forbids_scaling() -> None:
    pdf = make_calibration(SHEET, WORDS)
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.root_object["/ViewerPreferences"]["/PrintScaling"] == "/None"
    assert [float(side) * 25.4 / 72 for side in reader.pages[0].mediabox[2:]] == pytest.approx([210, 297], abs=0.01)
    image, dots = look(pdf), DPI / 25.4
    for place in (3, 11, 20):
        cell = SHEET.get_cell(place)
        x, y = round(cell.x_mm * dots), round((cell.y_mm + SHEET.label_height_mm / 2 + 12) * dots)
        assert min(image.getpixel((x + step, y)) for step in range(-2, 3)) < 200, place


@pytest.mark.parametrize("language", ["fa", "ru", "zh-Hans", "zh-Hant"])
def test_its_words_are_set_in_every_language(language: str) -> None:
    words = PageWords(
        {"fa": "برگهٔ سنجش", "ru": "Страница", "zh-Hans": "校准页", "zh-Hant": "校準頁"}[language], (), language
    )
    plain, worded = look(make_calibration(SHEET, EMPTY)), look(make_calibration(SHEET, words))
    assert plain.tobytes() != worded.tobytes()


def test_a_roll_has_no_room_for_a_ruler() -> None:
    with pytest.raises(Invalid, match="too small for a ruler of 100 mm"):
        make_calibration(get_stock("dymo-99010"), WORDS)


def test_rulers_have_a_tick_for_each_millimetre() -> None:
    assert len(list_rulers()) == 2 + 2 * 101


@pytest.mark.parametrize(("text", "value"), [("99.5", 99.5), (" 99,5 ", 99.5), ("۹۹٫۵", 99.5), ("100", 100.0)])
def test_a_measure_is_read_as_people_write_it(text: str, value: float) -> None:
    assert parse_measure(text, "ruler", 90, 110) == value


@pytest.mark.parametrize("text", ["", "ten", "89.9", "nan", "inf", "1e999", "-100"])
def test_what_is_no_measure_is_said(text: str) -> None:
    with pytest.raises(Invalid, match=r"is not a measure from 90 to 110 mm. Write for example 100.0|Write for example"):
        parse_measure(text, "ruler", 90, 110)


def test_every_stock_large_enough_has_its_page() -> None:
    large: list[Stock] = [get_stock(name) for name in ("avery-5160", "herma-4476", "single-148x210")]
    assert all(make_calibration(stock, WORDS).startswith(b"%PDF") for stock in large)
