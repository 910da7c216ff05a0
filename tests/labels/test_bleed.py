"""Art that runs over a label's edge: into the bleed where there is one, else ending before it with a rim of white."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image
from pypdf import PdfReader

from shelftalk.labels.bleed import RIM_MM, Sides, list_sides
from shelftalk.labels.design_checks import list_faults
from shelftalk.labels.label_design import BoxElement, Design, ImageElement, LineElement, SymbolElement
from shelftalk.labels.placing import Placing, apply_placing
from shelftalk.labels.proof import ProofFailed, prove_sheets
from shelftalk.labels.raster import open_pages
from shelftalk.labels.run import make_labels
from shelftalk.labels.stock import Stock, get_stock, make_page_stock

from .helpers import POINT_MM, make_item

DPI = 600
BLEED = Placing(bleed_mm=3.0)
GROUND = BoxElement("ground", 0, 0, 62, 30, fill="grey", stroke="none")
BAND = BoxElement("band", 0, 24, 31, 6, fill="black", stroke="none")
SYMBOL = SymbolElement("symbol", 33, 2, 20, 20)
CARD = Design("", "Card", 62, 30, elements=(GROUND, SYMBOL))
DISC = Design(
    "", "Disc", 50, 50, shape="round",
    elements=(BoxElement("ground", 0, 0, 50, 50, fill="black", stroke="none"), SymbolElement("symbol", 13, 13, 24, 24)),
)  # fmt: skip


def draw(design: Design, placing: Placing, stock: Stock | None = None, count: int = 1, **more: object) -> Image.Image:
    """The first page of the print, dark dots 255."""
    stock = stock or make_page_stock(design.width_mm, design.full_height_mm)
    items = [make_item(number, **{"language": more.pop("language", "en")}) for number in range(count)]  # type: ignore[arg-type]
    made = make_labels(items, stock, design=design, placing=placing, **more)  # type: ignore[arg-type]
    with open_pages(made.pdf) as pages:
        return pages.render(0, DPI).point(lambda value: 255 * (value < 200))


def find_ink(image: Image.Image) -> tuple[float, ...]:
    """Left, top, right and bottom of what is dark, in millimetres."""
    box = image.getbbox()
    assert box
    return tuple(side * 25.4 / DPI for side in box)


def read_box(pdf: bytes, name: str) -> list[float]:
    return [float(side) * POINT_MM for side in PdfReader(io.BytesIO(pdf)).pages[0][name]]


def test_a_ground_fills_the_bleed_and_the_boxes_say_where_it_is_cut() -> None:
    assert find_ink(draw(CARD, BLEED)) == pytest.approx((0, 0, 68, 36), abs=0.06)
    pdf = make_labels([make_item()], make_page_stock(62, 30), design=CARD, placing=BLEED).pdf
    assert read_box(pdf, "/TrimBox") == pytest.approx([3, 3, 65, 33], abs=0.001)
    assert read_box(pdf, "/BleedBox") == pytest.approx([0, 0, 68, 36], abs=0.001)


def test_without_bleed_a_rim_of_white_is_left() -> None:
    rim = RIM_MM
    assert find_ink(draw(CARD, Placing())) == pytest.approx((rim, rim, 62 - rim, 30 - rim), abs=0.06)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_only_the_sides_on_the_edge_run_over_it(language: str) -> None:
    design = replace(CARD, elements=(BAND, SYMBOL))
    image = draw(design, BLEED, language=language)
    dots = DPI / 25.4
    image.paste(0, (0, 0, image.width, round((3 + 23) * dots)))  # the symbol
    mirrored = language == "fa"
    wanted = (68 - 34, 27, 68, 36) if mirrored else (0, 27, 34, 36)
    assert find_ink(image) == pytest.approx(wanted, abs=0.06)


def test_a_round_label_is_cut_round_so_much_larger_or_smaller() -> None:
    for placing, radius in ((BLEED, 28.0), (Placing(), 25 - RIM_MM)):
        image = draw(DISC, placing)
        middle = image.width / 2 * 25.4 / DPI
        left, top, right, bottom = find_ink(image)
        assert (middle - left, middle - top, right - middle, bottom - middle) == pytest.approx([radius] * 4, abs=0.06)
        away = radius / 2**0.5  # where a corner would be dark
        for reach, dark in ((away - 0.3, True), (away + 0.3, False)):
            at = round((middle - reach) * DPI / 25.4)
            assert bool(image.getpixel((at, at))) is dark


def test_neighbours_share_what_lies_between_and_an_empty_one_stays_empty() -> None:
    """Cells without a gap are cut apart by one cut: nothing may run into the next."""
    stock = get_stock("avery-l7414")
    assert stock.pitch_x_mm == stock.label_width_mm
    ground = replace(GROUND, width_mm=stock.label_width_mm, height_mm=stock.label_height_mm)
    design = replace(CARD, width_mm=ground.width_mm, height_mm=ground.height_mm, elements=(ground, SYMBOL))
    ink = find_ink(draw(design, BLEED, stock))
    cell = stock.get_cell(0)
    right, bottom = cell.x_mm + stock.label_width_mm, cell.y_mm + stock.label_height_mm
    assert ink == pytest.approx((cell.x_mm - 3, cell.y_mm - 3, right, bottom), abs=0.06)
    made = make_labels([make_item()], stock, design=design, placing=BLEED)
    assert (made.proof.symbols, made.proof.empty) == (1, stock.count - 1)


def test_a_gutter_is_shared_in_halves() -> None:
    stock = get_stock("avery-l7160")  # 2.5 mm between columns, none between rows
    ground = replace(GROUND, width_mm=stock.label_width_mm, height_mm=stock.label_height_mm)
    design = replace(CARD, width_mm=ground.width_mm, height_mm=ground.height_mm, elements=(ground, SYMBOL))
    cell, half = stock.get_cell(0), (stock.pitch_x_mm - stock.label_width_mm) / 2
    _, _, right, bottom = find_ink(draw(design, BLEED, stock))
    assert right == pytest.approx(cell.x_mm + stock.label_width_mm + half, abs=0.06)
    assert bottom == pytest.approx(cell.y_mm + stock.label_height_mm, abs=0.06)


def test_a_fold_is_no_edge() -> None:
    tent = replace(CARD, faces=2)
    image = draw(tent, BLEED)
    assert find_ink(image) == pytest.approx((0, 0, 68, 66), abs=0.06)
    dots = DPI / 25.4
    fold = image.crop((round(3 * dots), round(32.5 * dots), round(34 * dots), round(33.5 * dots)))
    assert fold.getextrema() == (255, 255), "no seam where the faces meet"


def test_a_picture_that_fills_its_box_runs_over_the_edge_too() -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 60), "black").save(out, "PNG")
    picture = ImageElement("picture", 0, 0, 20, 20, media="0123456789abcdef", fit="cover")
    image = draw(replace(CARD, elements=(picture, SYMBOL)), BLEED, images={picture.media: out.getvalue()})
    image.paste(0, (round(30 * DPI / 25.4), 0, image.width, image.height))
    assert find_ink(image) == pytest.approx((0, 0, 23, 23), abs=0.06)


def test_a_design_smaller_than_its_label_keeps_its_own_edge() -> None:
    image = draw(CARD, BLEED, make_page_stock(100, 60))
    assert find_ink(image) == pytest.approx((3 + 19, 3 + 15, 3 + 81, 3 + 45), abs=0.06)


@pytest.mark.parametrize(
    ("element", "sides"),
    [
        (BAND, Sides(left=True, bottom=True)),
        (replace(BAND, stroke="black"), Sides()),
        (replace(BAND, corner_mm=2), Sides()),
        (replace(GROUND, corner_mm=2), Sides(True, True, True, True)),
        (replace(GROUND, width_mm=61.95), Sides(True, True, False, True)),
        (LineElement("line", 0, 29, 62, 1), Sides(left=True, right=True)),
        (LineElement("line", 61, 0, 1, 10), Sides(top=True)),
        (ImageElement("logo", 0, 0, 9, 9, media="0", fit="cover"), Sides(left=True, top=True)),
        (ImageElement("logo", 0, 0, 9, 9, media="0", fit="contain"), Sides()),
        (SymbolElement("symbol", 0, 0, 20, 20), Sides()),
    ],
)
def test_what_lies_on_the_edge_runs_over_it_unless_something_would_be_lost(element, sides: Sides) -> None:
    assert list_sides(CARD, element) == sides


def test_near_the_edge_is_neither_on_it_nor_off_it() -> None:
    near = replace(BAND, x_mm=0.1)
    (fault,) = list_faults(replace(CARD, elements=(near, SYMBOL)))
    assert "comes 0.1 mm too close to the label’s edge. Leave 0.2 mm of white, or lay it on the edge itself" in str(
        fault
    )
    assert list_faults(CARD) == list_faults(DISC) == []


def test_ink_in_the_bleed_is_allowed_there_only() -> None:
    """A file with bleed does not pass as one without, nor as one with less."""
    stock, text = get_stock("avery-5371"), [make_item().url]
    ground = replace(GROUND, width_mm=stock.label_width_mm, height_mm=stock.label_height_mm)
    design = replace(CARD, width_mm=ground.width_mm, height_mm=ground.height_mm, elements=(ground, SYMBOL))
    pdf = make_labels([make_item()], stock, design=design, placing=BLEED).pdf
    meant = apply_placing(stock, BLEED)
    assert prove_sheets(pdf, meant, text).symbols == 1
    for less in (0.0, 2.0):
        with pytest.raises(ProofFailed, match=r"printed outside the labels|must be empty"):
            prove_sheets(pdf, replace(meant, bleed_mm=less), text)
