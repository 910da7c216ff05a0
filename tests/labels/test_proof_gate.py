"""The gate: what leaves was read back from its own bytes; what fails comes out marked, and the mark spoils the code."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from shelftalk.errors import Invalid
from shelftalk.labels import label_files, thermal
from shelftalk.labels.label_files import (
    LabelFile,
    Recipe,
    Unproven,
    make_png_file,
    make_png_zip,
    make_svg_file,
    make_svg_zip,
    make_unproven_sheets,
    make_zpl_file,
)
from shelftalk.labels.look import Look
from shelftalk.labels.measure import NOT_QUIET, TOO_FINE, TOO_PALE, measure_found
from shelftalk.labels.placing import Offset, Placing
from shelftalk.labels.proof import ProofFailed, prove_picture
from shelftalk.labels.raster import open_pages, render_svg
from shelftalk.labels.ready_designs import get_ready_design
from shelftalk.labels.run import make_labels
from shelftalk.labels.stock import get_stock, make_page_stock
from shelftalk.labels.style import Style
from shelftalk.labels.symbol import Symbol, make_png, make_symbol
from shelftalk.labels.thermal import HEADS, Spot
from shelftalk.labels.watermark import mark_unproven, write_unproven_pdf
from tests.labels.helpers import make_item, make_items

RECIPE = Recipe(get_stock("single-57x32"))
ITEM = make_item(language="fa")
MAKERS: dict[str, Callable[[], LabelFile]] = {
    "zpl": lambda: make_zpl_file([ITEM], RECIPE, HEADS[203]),
    "png": lambda: make_png_file(ITEM, RECIPE, 300),
    "svg": lambda: make_svg_file(ITEM, RECIPE),
}


def read(image: Image.Image) -> list[str]:
    return [symbol.text for symbol in zxingcpp.read_barcodes(image.convert("L"))]


def render(pdf: bytes, dpi: float = 200) -> list[Image.Image]:
    with open_pages(pdf) as pages:
        return [pages.render(number, dpi, grey=False) for number in range(len(pages))]


def count_red(image: Image.Image) -> float:
    """The share of a picture that is the mark's red."""
    red, green, _blue = image.convert("RGB").split()
    both = ImageChops.multiply(red.point(lambda tone: 255 * (tone > 140)), green.point(lambda tone: 255 * (tone < 90)))
    return both.histogram()[255] / (image.width * image.height)


# ---- what passes ----


@pytest.mark.parametrize("dpi", [153, 203, 300, 720])
def test_a_picture_says_its_resolution_and_its_modules_are_whole_pixels(dpi: int) -> None:
    made = make_png_file(ITEM, RECIPE, dpi)
    image = Image.open(io.BytesIO(made.content))
    assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
    assert image.size == (int(57 * dpi / 25.4), int(32 * dpi / 25.4))
    assert made.proof.dots == int(made.proof.dots) >= 3
    assert read(image) == [ITEM.url]


@pytest.mark.parametrize("language", ["en", "zh-Hant", "zh-Hans", "ru", "fa"])
def test_a_label_as_svg_is_the_label_of_the_pdf(language: str) -> None:
    item = make_item(language=language)
    made = make_svg_file(item, RECIPE)
    assert b'width="57mm" height="32mm"' in made.content
    assert b"<text" not in made.content, "no font is needed to open it"
    drawn = render_svg(made.content, 300)
    assert read(drawn) == [item.url]
    with open_pages(make_labels([item], RECIPE.stock).pdf) as pages:
        printed = pages.render(0, 300)
    size = min(drawn.width, printed.width), min(drawn.height, printed.height)
    ours, theirs = (picture.crop((0, 0, *size)).filter(ImageFilter.BoxBlur(3)) for picture in (drawn, printed))
    apart = sum(abs(a - b) > 90 for a, b in zip(ours.tobytes(), theirs.tobytes(), strict=True))
    assert apart / (size[0] * size[1]) < 0.002


@pytest.mark.parametrize("name", ["pack", "table-tent", "round"])
def test_a_design_as_svg_and_png_reads_on_every_face(name: str) -> None:
    design = get_ready_design(name).design
    page = replace(make_page_stock(design.width_mm, design.full_height_mm), shape=design.shape)
    recipe = Recipe(page, design, {})
    svg, png = make_svg_file(ITEM, recipe), make_png_file(ITEM, recipe, 203)
    assert read(render_svg(svg.content, 300)) == [ITEM.url] * design.faces
    assert read(Image.open(io.BytesIO(png.content))) == [ITEM.url] * design.faces


def test_a_style_is_kept_in_pictures() -> None:
    recipe = replace(RECIPE, look=Look(style=Style("Blue", dark="#123a8c")))
    for made in (make_png_file(ITEM, recipe, 300), make_svg_file(ITEM, recipe)):
        assert made.proof.quiet == 4
        assert 0.55 < made.proof.contrast < 0.9
    image = Image.open(io.BytesIO(make_png_file(ITEM, recipe, 300).content)).convert("RGB")
    assert (0x12, 0x3A, 0x8C) in {colour for _count, colour in image.getcolors(image.width * image.height) or []}


def test_pictures_of_several_labels_come_in_one_file_that_is_the_same_each_time() -> None:
    items = make_items(["en", "fa"])
    for make in (lambda: make_png_zip(items, RECIPE, 203), lambda: make_svg_zip(items, RECIPE)):
        first, second = make(), make()
        assert first.content == second.content
        with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
            names = archive.namelist()
        assert [name.partition(".")[0] for name in names] == [f"1-{items[0].code}", f"2-{items[1].code}"]
        assert first.proof.labels == 2


def test_a_sheet_says_what_was_measured_on_it() -> None:
    proof = make_labels(make_items(), get_stock("avery-l7160")).proof
    assert proof.symbols == 5
    assert proof.dots > 6
    assert proof.quiet == 4
    assert proof.contrast > 0.8


@pytest.mark.parametrize("maker", MAKERS)
def test_a_character_without_a_glyph_is_named_in_every_kind_of_file(
    maker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "ITEM", replace(ITEM, name="چای \ue001"))
    with pytest.raises(Invalid, match=r"\(U\+E001\)"):
        MAKERS[maker]()


# ---- what fails ----


def flip_modules(symbol: Symbol) -> Symbol:
    """More wrong modules than any level mends."""
    return replace(symbol, bits=symbol.bits ^ int("9" * 150, 16) << 120)


def break_drawing(monkeypatch: pytest.MonkeyPatch, maker: str) -> None:
    if maker == "svg":
        kept = make_symbol
        monkeypatch.setattr("shelftalk.labels.label_svg.make_symbol", lambda *given: flip_modules(kept(*given)))
        return
    draw = thermal.draw_symbol
    monkeypatch.setattr(thermal, "draw_symbol", lambda image, symbol, spot: draw(image, flip_modules(symbol), spot))


@pytest.mark.parametrize("maker", MAKERS)
def test_a_symbol_drawn_wrong_gives_the_marked_picture_and_never_the_file(
    maker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same call, which passes when nothing is broken."""
    clean = MAKERS[maker]()
    break_drawing(monkeypatch, maker)
    with pytest.raises(Unproven, match=r"cannot be read. It was meant to open “https://tea.example/q/") as it:
        MAKERS[maker]()
    assert it.value.code == ITEM.code
    (page,) = render(it.value.pdf)
    assert read(page) == []
    assert count_red(page) > 0.05
    assert b"UNPROVEN" in it.value.pdf or "UNPROVEN".encode("utf-16-be") in it.value.pdf
    assert clean.content not in it.value.pdf


@pytest.mark.parametrize("maker", MAKERS)
def test_a_symbol_of_another_address_is_caught(maker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_symbol("https://tea.example/q/a2b3c4d5e6")
    monkeypatch.setattr("shelftalk.labels.run.make_symbol", lambda *_given: other)
    monkeypatch.setattr("shelftalk.labels.label_svg.make_symbol", lambda *_given: other)
    with pytest.raises(Unproven, match=r"reads “https://tea.example/q/a2b3c4d5e6” and was meant to open") as it:
        MAKERS[maker]()
    assert all(read(page) == [] for page in render(it.value.pdf))


def ink_in_quiet_zone(image: Image.Image, _symbol: Symbol, spot: Spot) -> None:
    ImageDraw.Draw(image).rectangle((spot.left + 1, spot.top + 40, spot.left + 3, spot.top + 60), fill="black")


def blur_edges(image: Image.Image, _symbol: Symbol, spot: Spot) -> None:
    """One module a dot too narrow: it still reads, and would run together on warm paper."""
    left, top = spot.left + 4 * spot.dots, spot.top + 4 * spot.dots
    ImageDraw.Draw(image).line((left, top, left, top + 7 * spot.dots), fill="white")


@pytest.mark.parametrize(
    ("damage", "says"),
    [(ink_in_quiet_zone, "quiet zone"), (blur_edges, "not in whole dots")],
)
@pytest.mark.parametrize("maker", ["zpl", "png"])
def test_what_a_decoder_forgives_the_gate_does_not(
    maker: str,
    damage: Callable[[Image.Image, Symbol, Spot], None],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = thermal.draw_symbol

    def draw_and_damage(image: Image.Image, symbol: Symbol, spot: Spot) -> None:
        draw(image, symbol, spot)
        damage(image, symbol, spot)

    monkeypatch.setattr(thermal, "draw_symbol", draw_and_damage)
    with pytest.raises(Unproven, match=says):
        MAKERS[maker]()


def test_a_file_that_does_not_come_back_is_unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    write = label_files.write_label
    monkeypatch.setattr(label_files, "write_label", lambda *a, **k: write(*a, **k).replace(b"^XZ", b""))
    with pytest.raises(Unproven, match="breaks off in the middle"):
        MAKERS["zpl"]()


def test_a_file_that_asks_for_other_copies_is_unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    write = label_files.write_label
    monkeypatch.setattr(label_files, "write_label", lambda *a, **k: write(*a, **k).replace(b"^PQ1,", b"^PQ9,"))
    with pytest.raises(Unproven, match="another number of labels"):
        MAKERS["zpl"]()


SYMBOL = make_symbol(ITEM.url)


def draw_plain(dots: int = 6, dark: int = 0, ground: int = 255) -> Image.Image:
    """A symbol on a wider ground, in greys."""
    symbol = Image.open(io.BytesIO(make_png(SYMBOL, module_px=dots))).convert("L")
    image = Image.new("L", (symbol.width + 80, symbol.height + 80), ground)
    image.paste(symbol.point(lambda tone: ground if tone else dark), (40, 40))
    return image


def test_a_symbol_is_measured_where_it_was_found() -> None:
    image = draw_plain(6, 40, 240)
    (found,) = zxingcpp.read_barcodes(image)
    measured = measure_found(image, found)
    assert measured.dots == pytest.approx(6, abs=0.1)
    assert measured.quiet == 4
    assert measured.contrast == pytest.approx(200 / 255, abs=0.01)
    assert measured.is_good


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (draw_plain(2), TOO_FINE),
        (draw_plain(6, 120, 230), TOO_PALE),
        (draw_plain(6, 150, 255), TOO_PALE),
    ],
)
def test_what_reads_with_no_margin_left_fails(image: Image.Image, says: str) -> None:
    assert read(image) == [ITEM.url], "a decoder forgives it"
    with pytest.raises(ProofFailed, match=says):
        prove_picture(image, ITEM.url)


def test_a_dark_logo_does_not_make_pale_modules_dark() -> None:
    image = draw_plain(6, 150, 255)
    middle = image.width // 2
    ImageDraw.Draw(image).rectangle((middle - 8, middle - 8, middle + 8, middle + 8), fill=0)
    assert read(image) == [ITEM.url], "a decoder forgives it"
    with pytest.raises(ProofFailed, match=TOO_PALE):
        prove_picture(image, ITEM.url)


@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_ink_in_any_side_of_the_quiet_zone_fails(side: str) -> None:
    image = draw_plain()
    end = image.width - 40
    middle = image.width // 2
    boxes = {"left": (44, middle), "top": (middle, 44), "right": (end - 8, middle), "bottom": (middle, end - 8)}
    x, y = boxes[side]
    ImageDraw.Draw(image).rectangle((x, y, x + 4, y + 4), fill=0)
    assert read(image) == [ITEM.url], "a decoder forgives it"
    with pytest.raises(ProofFailed, match=NOT_QUIET):
        prove_picture(image, ITEM.url)


# ---- the mark ----


@pytest.mark.parametrize(("stock", "level"), [("avery-l7160", "H"), ("single-50x50", "L"), ("avery-22807", "M")])
def test_no_symbol_of_a_marked_sheet_reads_at_any_resolution(stock: str, level: str) -> None:
    recipe = Recipe(get_stock(stock), look=Look(level=level))
    pdf = make_unproven_sheets(make_items(["en", "fa"]), recipe, copies=2)
    for dpi in (100, 300):
        for page in render(pdf, dpi):
            assert read(page) == []
            assert count_red(page) > 0.005


def test_a_marked_sheet_has_its_labels_where_the_print_has_them() -> None:
    placing = Placing(skip=frozenset({2}), offset=Offset(2.0, 1.0))
    pdf = make_unproven_sheets(make_items(["en"]), Recipe(get_stock("avery-l7160")), start=4, copies=3, placing=placing)
    (page,) = render(pdf, 100)
    assert count_red(page.crop((0, 0, page.width, round(53 * 100 / 25.4)))) == 0, "the first row is used up"
    assert count_red(page.crop((0, round(55 * 100 / 25.4), page.width, round(92 * 100 / 25.4)))) > 0.05


def test_the_mark_finds_symbols_nobody_told_it_of() -> None:
    image = Image.new("RGB", (900, 500), "white")
    image.paste(draw_plain(4), (20, 20))
    image.paste(draw_plain(4), (520, 40))
    assert len(read(image)) == 2
    marked = mark_unproven(image, [(0, 0, 30, 30)])
    assert read(marked) == []


def test_a_marked_file_is_the_same_each_time_and_small() -> None:
    picture = Image.new("RGB", (6000, 4000), "white")
    first, second = (write_unproven_pdf([picture], 600) for _ in range(2))
    assert first == second
    (page,) = render(first, 72)
    assert page.size == pytest.approx((720, 480), abs=2)
