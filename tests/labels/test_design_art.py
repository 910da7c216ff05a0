"""Designs as they leave the room: read back from the PDF in millimetres, decoded, in five languages."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from shelftalk.errors import Invalid
from shelftalk.labels.design import DOT_MM, LEAST_MODULE_MM
from shelftalk.labels.design_art import draw_design, make_job
from shelftalk.labels.item import LabelItem, list_words
from shelftalk.labels.label_design import (
    BoxElement,
    Design,
    Element,
    ImageElement,
    SymbolElement,
    TextElement,
    snap,
    turn_round,
)
from shelftalk.labels.raster import open_pages, render_svg
from shelftalk.labels.ready_designs import get_ready_design, list_ready_designs
from shelftalk.labels.run import make_labels
from shelftalk.labels.stock import Stock, get_stock, make_page_stock
from shelftalk.labels.symbol import make_symbol

from .helpers import POINT_MM, WORDINGS, make_item, make_items

READY = list_ready_designs()
ALL = ("en", "zh-Hant", "zh-Hans", "ru", "fa")
SYMBOL = SymbolElement("symbol", 33, 2, 26, 26)


def make(*elements: Element, width: float = 62.0, height: float = 30.0, **more: object) -> Design:
    return Design("", "Try", width, height, elements=(*elements, SYMBOL), **more)  # type: ignore[arg-type]


def write(text: str, **more: object) -> TextElement:
    values = {"width_mm": 28, "height_mm": 12, "texts": (("", text),), "lines": 3} | more
    return TextElement("text", 3, 4, **values)  # type: ignore[arg-type]


def full(number: int = 0, language: str = "en", **more: str) -> LabelItem:
    item = make_item(number, language=language)
    known = {"brand": "Wuling", "price": "200 g · 12.90", "location": "Tajrish", "gtin": "(01) 04012345678901"}
    return replace(item, **known | more)


def page_of(design: Design) -> Stock:
    return make_page_stock(design.width_mm, design.full_height_mm)


def print_one(design: Design, item: LabelItem, stock: Stock | None = None, **more: object) -> bytes:
    return make_labels([item], stock or page_of(design), design=design, **more).pdf  # type: ignore[arg-type]


def read_letters(pdf: bytes) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every visible letter of the first page: left, top, right, bottom in millimetres from the top left."""
    with open_pages(pdf) as pages:
        page = pages._document[0]
        height, text = page.get_height(), page.get_textpage()
        found = [(text.get_text_range(place, 1), text.get_charbox(place)) for place in range(text.count_chars())]
    return [
        (sign, tuple(v * POINT_MM for v in (left, height - top, right, height - bottom)))
        for sign, (left, bottom, right, top) in found
        if sign.strip()
    ]  # type: ignore[return-value]


def read_text(pdf: bytes) -> str:
    with open_pages(pdf) as pages:
        return pages._document[0].get_textpage().get_text_range()


def find_symbols(pdf: bytes, dpi: int = 300) -> list[tuple[float, float, float, float]]:
    """The dark squares of the symbols, in millimetres."""
    with open_pages(pdf) as pages:
        image = pages.render(0, dpi)
    found = []
    for symbol in zxingcpp.read_barcodes(image):
        at = symbol.position
        xs = [corner.x * 25.4 / dpi for corner in (at.top_left, at.top_right, at.bottom_left, at.bottom_right)]
        ys = [corner.y * 25.4 / dpi for corner in (at.top_left, at.top_right, at.bottom_left, at.bottom_right)]
        found.append((min(xs), min(ys), max(xs), max(ys)))
    return found


def find_drawn_symbol(pdf: bytes, near: SymbolElement) -> tuple[float, float, float, float]:
    """What is dark in a symbol's box, at 1200 dpi: left, top, right, bottom in millimetres."""
    dots = 1200 / 25.4
    with open_pages(pdf) as pages:
        image = pages.render(0, 1200)
    box = (near.x_mm, near.y_mm, near.right_mm, near.bottom_mm)
    left, top, right, bottom = image.crop([round(v * dots) for v in box]).point(lambda v: 255 * (v < 128)).getbbox()
    x, y = round(near.x_mm * dots), round(near.y_mm * dots)
    return (left + x) / dots, (top + y) / dots, (right + x) / dots, (bottom + y) / dots


def bearing(text: TextElement) -> float:
    """How far a letter's ink may stand out of its own width at a line's end."""
    return 0.05 + 0.02 * text.size_pt * POINT_MM


@pytest.mark.parametrize("language", ALL)
@pytest.mark.parametrize("ready", READY, ids=lambda ready: ready.id)
def test_every_ready_made_design_is_printed_in_every_language_and_reads(ready, language: str) -> None:
    design = ready.design
    pdf = print_one(design, full(language=language))
    boxes = [e for e in turn_round(design, rtl=language == "fa").elements if isinstance(e, TextElement)]
    fold = design.full_height_mm - design.height_mm
    for sign, (left, top, right, bottom) in read_letters(pdf):
        if top < fold:
            continue  # the upper face stands upside down
        assert any(
            e.x_mm - bearing(e) <= left and right <= e.right_mm + bearing(e) and e.y_mm - 0.05 <= top - fold
            and bottom - fold <= e.bottom_mm + 0.05
            for e in boxes
        ), (sign, left, top)  # fmt: skip
    text = " ".join(read_text(pdf).split())
    assert "tea.example/q/k7m4p29xqd" in text
    assert len(find_symbols(pdf)) == design.faces


def test_the_words_of_the_label_can_be_copied_from_the_file() -> None:
    text = " ".join(read_text(print_one(get_ready_design("shelf-talker").design, full())).split())
    for words in (WORDINGS["en"][0], WORDINGS["en"][1], "Wuling", "200 g · 12.90", "tea.example/q/k7m4p29xqd"):
        assert words in text
    chinese = read_text(print_one(get_ready_design("shelf-talker").design, full(language="zh-Hant")))
    assert "高山烏龍茶「特級」" in "".join(chinese.split())


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize(("x", "y", "side"), [(33, 2, 26), (34.35, 3.05, 24.45)])
def test_the_symbol_stands_in_the_middle_of_its_box_within_a_twentieth(
    x: float, y: float, side: float, language: str
) -> None:
    item = full(language=language)
    design = replace(make(write("Tea")), elements=(write("Tea"), SymbolElement("symbol", x, y, side, side)))
    seen = turn_round(design, rtl=language == "fa").symbols[0]
    left, top, right, bottom = find_drawn_symbol(print_one(design, item), seen)
    assert (left + right) / 2 == pytest.approx(seen.x_mm + side / 2, abs=0.05)
    assert (top + bottom) / 2 == pytest.approx(seen.y_mm + side / 2, abs=0.05)
    module = (right - left) / make_symbol(item.url).size
    assert module / DOT_MM == pytest.approx(round(module / DOT_MM), abs=0.02), "a whole number of printer dots"
    assert 8 * module <= side * 8 / make_symbol(item.url).full_size + 0.05


ROOM = {"start": 3, "center": 17, "end": 31}


@pytest.mark.parametrize("align", ROOM)
@pytest.mark.parametrize("valign", ["top", "middle", "bottom"])
@pytest.mark.parametrize("language", ["en", "fa"])
def test_text_stands_where_the_design_says(align: str, valign: str, language: str) -> None:
    text = write("HHH" if language == "en" else "ااا", align=align, valign=valign, size_pt=12)
    letters = [box for _, box in read_letters(print_one(make(text), full(language=language)))]
    left, right = min(box[0] for box in letters), max(box[2] for box in letters)
    top, bottom = min(box[1] for box in letters), max(box[3] for box in letters)
    start, end = (3, 31) if language == "en" else (62 - 3, 62 - 31)
    first, last = (left, right) if language == "en" else (right, left)
    aside = 0.13 * 12 * POINT_MM
    if align == "center":
        assert (left + right) / 2 == pytest.approx((start + end) / 2, abs=aside)
    else:
        assert (first if align == "start" else last) == pytest.approx(start if align == "start" else end, abs=aside)
    cap, deep = 0.714 * 12 * POINT_MM, 0.24 * 12 * POINT_MM
    if language == "en":
        free = 12 - cap - deep
        wanted = 4 + {"top": 0, "middle": free / 2, "bottom": free}[valign]
        assert top == pytest.approx(wanted, abs=0.05) and bottom == pytest.approx(wanted + cap, abs=0.05)
    assert top >= 4 - 0.05 and bottom <= 16 + 0.05


def test_a_text_is_made_smaller_before_it_is_refused() -> None:
    words = "See everything there is to know about this tea and those who grow it"
    letters = read_letters(print_one(make(write(words, size_pt=20, least_pt=6)), full()))
    assert max(box[3] for _, box in letters) <= 16.05 and len(letters) == len(words.replace(" ", ""))
    with pytest.raises(Invalid) as error:
        print_one(make(write(words, size_pt=20, least_pt=16)), full())
    assert error.value.field == "text.text"
    assert 5 < error.value.values["excess"] < 400
    assert "mm too long for its box, even at 16 pt. Shorten it, or make the box larger." in str(error.value)


def test_a_box_lower_than_a_line_is_named() -> None:
    with pytest.raises(Invalid, match=r"A line of 16 pt is 5.4 mm high, the box 4 mm") as error:
        print_one(make(write("Tea", size_pt=16, least_pt=16, height_mm=4)), full())
    assert error.value.field == "text.height_mm"


def test_a_symbol_too_small_for_its_address_is_refused_with_the_size_it_needs() -> None:
    design = replace(make(), elements=(SymbolElement("symbol", 20, 5, 8.5, 8.5),))
    with pytest.raises(Invalid, match=r"needs 10\.5 mm and has 8\.5 mm") as error:
        print_one(design, full(url="https://tea.example/q/k7m4p29xqd?from=the-shelf"))
    assert error.value.field == "symbol.width_mm"
    assert f"smaller than {LEAST_MODULE_MM} mm" in str(error.value)


def test_markup_in_a_text_is_printed_as_it_stands() -> None:
    name = '#emph[x] $x^2$ *b* _i_ @ref \\ // `raw` <a> #read("/etc/passwd")'
    pdf = print_one(make(write("{product}", size_pt=8, least_pt=5)), full(name=name))
    assert name.replace(" ", "") in "".join(read_text(pdf).split())


def test_lines_written_apart_stay_apart() -> None:
    letters = read_letters(print_one(make(write("Aa\nBb", size_pt=10)), full()))
    tops = {sign: round(box[3], 1) for sign, box in letters if sign in "AB"}
    assert tops["B"] - tops["A"] == pytest.approx(1.154 * 10 * POINT_MM, abs=0.11)


def test_an_address_breaks_between_its_parts_only() -> None:
    item = full(address="shelftalk.tea-growers.example/q/k7m4p29xqd")
    text = TextElement("address", 3, 4, 21, 10, texts=(("", "{address}"),), lines=3, size_pt=8, least_pt=6)
    lines = read_text(print_one(make(text), item)).split()
    assert "".join(lines) == item.address and "/q/k7m4p29xqd" in lines


def test_a_design_smaller_than_its_label_stands_in_its_middle() -> None:
    design = make(write("HHH", size_pt=12))
    (plain,) = find_symbols(print_one(design, full()))
    stock = get_stock("avery-l7163")
    (moved,) = find_symbols(print_one(design, full(), stock))
    cell = stock.get_cell(0)
    assert moved[0] - plain[0] == pytest.approx(cell.x_mm + (stock.label_width_mm - 62) / 2, abs=0.1)
    assert moved[1] - plain[1] == pytest.approx(cell.y_mm + (stock.label_height_mm - 30) / 2, abs=0.1)


def test_a_folded_design_stands_on_both_faces_the_upper_one_upside_down() -> None:
    pdf = print_one(make(write("HHH", size_pt=12), faces=2), full())
    upper, lower = sorted(find_symbols(pdf), key=lambda box: box[1])
    assert upper[0] == pytest.approx(62 - lower[2], abs=0.1)
    assert upper[1] == pytest.approx(60 - lower[3], abs=0.1)
    text = [box for _, box in read_letters(pdf)]
    assert len(text) == 6 and min(box[1] for box in text) < 30 < max(box[1] for box in text)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_addresses_of_folded_labels_are_written_on_both_faces_of_one_art(language: str) -> None:
    text = write("{address}", width_mm=28, height_mm=5, size_pt=6, least_pt=4, lines=1)
    design = make(text, faces=2)
    pdf = make_labels([full(number, language=language) for number in range(3)], page_of(design), design=design).pdf
    reader = PdfReader(io.BytesIO(pdf))
    assert len({id(page["/Resources"]["/XObject"]["/A0"].get_object()) for page in reader.pages}) == 1
    letters = [(sign, box) for sign, box in read_letters(pdf) if sign in "tq"]
    upper, lower = ([box for _, box in letters if (box[1] < 30) == above] for above in (True, False))
    assert len(upper) == len(lower) == 3
    # Turned round the fold: where one begins the other ends.
    for high, low in zip(sorted(upper), sorted(lower, reverse=True), strict=True):
        assert (high[0] + low[2], high[1] + low[3]) == pytest.approx((62, 60), abs=0.1)
        assert (high[2] + low[0], high[3] + low[1]) == pytest.approx((62, 60), abs=0.1)


def test_equal_words_are_typeset_once_and_same_input_gives_the_same_bytes() -> None:
    design = make(write("{call}", size_pt=9))
    items = [full(number) for number in range(6)]
    first = make_labels(items, get_stock("avery-l7160"), design=replace(design, height_mm=30.0))
    assert len(PdfReader(io.BytesIO(first.pdf)).pages[0]["/Resources"]["/XObject"]) == 1
    assert first.proof.symbols == 6
    assert make_labels(items, get_stock("avery-l7160"), design=design).sha256 == first.sha256


def test_a_design_is_black_ink_only() -> None:
    pages = PdfReader(io.BytesIO(print_one(get_ready_design("poster-a6").design, full()))).pages
    forms = [form.get_object() for form in pages[0]["/Resources"]["/XObject"].values()]
    for data in (pages[0].get_contents().get_data(), *(form.get_data() for form in forms)):
        words = data.split()
        assert not {b"rg", b"RG", b"g", b"G"} & set(words)
        inks = {tuple(words[n - 4 : n]) for n, word in enumerate(words) if word in (b"k", b"K")}
        assert all(ink[:3] == (b"0", b"0", b"0") for ink in inks)


def test_pictures_are_printed_in_their_box_and_mirror_with_it() -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "black").save(out, "PNG")
    logo = ImageElement("logo", 5, 5, 10, 10, media="0123456789abcdef")
    for language, left in (("en", 5), ("fa", 47)):
        pdf = print_one(make(logo), full(language=language), images={logo.media: out.getvalue()})
        with open_pages(pdf) as pages:
            image = pages.render(0, 600)
        dots = 600 / 25.4
        box = (
            image.crop([round(v * dots) for v in (left - 1, 4, left + 11, 16)])
            .point(lambda v: 255 * (v < 128))
            .getbbox()
        )
        assert [round(v / dots, 1) for v in box] == [1.0, 1.0, 11.0, 11.0]


@pytest.mark.parametrize("language", ALL)
def test_the_preview_is_the_print(language: str) -> None:
    """The SVG of the editor and the PDF of the printer come from one source: the same dots."""
    design, item = get_ready_design("till-card").design, full(language=language)
    symbol = make_symbol(item.url)
    job = make_job(design, language, list_words(design, item), (design.width_mm, design.height_mm), symbol)
    picture = draw_design(job, symbol, {})
    assert picture.faults == ()
    seen = render_svg(picture.svg, 200)
    with open_pages(print_one(design, item)) as pages:
        printed = pages.render(0, 200)
    assert [code.text for code in zxingcpp.read_barcodes(seen)] == [item.url]
    size = min(seen.width, printed.width), min(seen.height, printed.height)
    dark = [image.crop((0, 0, *size)).resize((85, 55)).tobytes() for image in (seen, printed)]
    apart = sum(abs(a - b) for a, b in zip(*dark, strict=True)) / len(dark[0])
    assert apart < 7, "more than the softness of edges"


def test_a_preview_shows_what_does_not_fit_and_says_it() -> None:
    design, item = make(write("Far too long a text for so small a box" * 3, least_pt=12)), full()
    symbol = make_symbol(item.url)
    picture = draw_design(make_job(design, "en", list_words(design, item), (62, 30), symbol), symbol, {})
    assert picture.svg.startswith(b"<svg")
    assert [fault.field for fault in picture.faults] == ["text.text"]


def test_addresses_of_one_run_share_a_size_and_their_place_in_the_box() -> None:
    """They are written, not typeset: every label's own, in one art."""
    text = TextElement("address", 3, 20, 28, 5, texts=(("", "{address}"),), size_pt=7, least_pt=5)
    text = replace(text, align="end", valign="bottom")
    items = [full(0), full(1, address="tea.example/q/wwwwwwwwww")]
    sheets = make_labels(items, make_page_stock(62, 30), design=make(text))
    reader = PdfReader(io.BytesIO(sheets.pdf))
    assert len({id(page["/Resources"]["/XObject"]["/A0"].get_object()) for page in reader.pages}) == 1
    sizes = {re.search(rb"/F ([\d.]+) Tf", page.get_contents().get_data())[1] for page in reader.pages}
    assert len(sizes) == 1 and 5 <= float(sizes.pop()) < 7
    letters = [box for _, box in read_letters(sheets.pdf)]
    assert max(box[2] for box in letters) == pytest.approx(31, abs=0.3)
    assert max(box[3] for box in letters) == pytest.approx(25, abs=0.1)
    with pytest.raises(Invalid, match=r"mm too long for its box, even at 5 pt") as error:
        make_labels([full(0, address="x" * 60)], make_page_stock(62, 30), design=make(text))
    assert error.value.field == "address.text"
    with pytest.raises(Invalid, match=r"A line of 5 pt is 1\.9 mm high, the box 1\.5 mm"):
        print_one(make(replace(text, height_mm=1.5)), full())


def test_all_languages_share_a_sheet() -> None:
    sheets = make_labels(make_items(), get_stock("avery-l7160"), design=get_ready_design("pack").design, copies=2)
    assert (sheets.labels, sheets.proof.symbols) == (10, 10)


sides = st.floats(1, 60).map(snap)
signs = st.text(st.sampled_from("aÅgjQy ЖщЁ 茶烏「」、 چایپ‌ژ é(){}[]<>#$*_@\\/\"'½№€0123 \n\t"), max_size=60) | st.text(
    max_size=12
)


@st.composite
def any_design(draw: st.DrawFn) -> Design:
    """Half of them anything at all; the others with text and symbol side by side, so that many are sound."""
    apart = draw(st.booleans())
    side = snap(draw(st.floats(11 if apart else 5, 28)))
    symbol = SymbolElement(
        "symbol", snap(61 - side) if apart else draw(sides), draw(st.floats(0.75, 5).map(snap)), side, side
    )
    width = draw(st.floats(8, 58 - side).map(snap)) if apart else draw(sides)
    place = (1.0, draw(st.floats(1, 10).map(snap)), width, draw(st.floats(2, 29).map(snap)))
    text = TextElement(
        "text", *(place if apart else [draw(sides) for _ in range(4)]), texts=(("", "{product}"),),
        size_pt=draw(st.floats(4, 60)), least_pt=4, lines=draw(st.integers(1, 4)),
        weight=draw(st.sampled_from(["regular", "bold"])), align=draw(st.sampled_from(["start", "center", "end"])),
        valign=draw(st.sampled_from(["top", "middle", "bottom"])),
    )  # fmt: skip
    fill = draw(st.sampled_from(["none", "light"]))
    around = [0.2, 0.2, 61.6, 39.6] if apart else [draw(sides) for _ in range(4)]
    box = BoxElement("box", *around, fill=fill, stroke="none")  # type: ignore[misc]
    elements = (box, *draw(st.permutations([symbol, text])))
    return Design("", "Any", 62, 40, elements=elements, mirror=draw(st.booleans()))


# At one size its last word was as wide as the box: Typst then left all of it in one line, beyond the box.
WIDE_WORD = Design(
    "", "Any", 62, 40,
    elements=(
        BoxElement("box", 0.2, 0.2, 61.6, 39.6, fill="none", stroke="none"),
        TextElement(
            "text", 1.0, 1.0, 9.05, 6.0, texts=(("", "{product}"),), size_pt=43.8125, least_pt=4, weight="bold"
        ),
        SymbolElement("symbol", 50, 1, 11, 11),
    ),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(any_design(), signs, st.sampled_from(ALL))
@example(WIDE_WORD, "0 #щ", "en")
def test_any_design_with_any_words_is_a_proven_label_or_a_clear_refusal(
    design: Design, words: str, language: str
) -> None:
    item = full(language=language, name=words)
    try:
        sheets = make_labels([item], page_of(design), design=design)
    except Invalid as refusal:
        assert str(refusal) and refusal.field
        return
    assert sheets.proof.symbols == 1
    seen = turn_round(design, rtl=language == "fa")
    text, symbol = seen.find_element("text"), seen.symbols[0]
    assert isinstance(text, TextElement) and not text.overlaps(symbol)
    dots = 600 / 25.4
    with open_pages(sheets.pdf) as pages:
        image = pages.render(0, 600)
    image.paste(255, tuple(round(v * dots) for v in (symbol.x_mm, symbol.y_mm, symbol.right_mm, symbol.bottom_mm)))
    ink = image.point(lambda value: 255 * (value < 128)).getbbox()
    if ink:
        left, top, right, bottom = (value / dots for value in ink)
        assert text.y_mm - 0.1 <= top and bottom <= text.bottom_mm + 0.1  # two dots at 600 dpi
        assert text.x_mm - 2 * bearing(text) <= left and right <= text.right_mm + 2 * bearing(text)
