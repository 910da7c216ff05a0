"""Styles of symbols: what is refused and what is proposed instead, what is drawn, and that it reads as printed."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from shelftalk.catalog.palette import get_contrast
from shelftalk.errors import Invalid
from shelftalk.labels.look import Look, format_look, parse_look
from shelftalk.labels.raster import open_pages, render_svg
from shelftalk.labels.ready_designs import get_ready_design
from shelftalk.labels.run import make_labels
from shelftalk.labels.stock import get_stock, make_page_stock
from shelftalk.labels.style import (
    LOGO_LIMITS,
    Style,
    check_style,
    describe_style,
    list_faults,
    propose_dark,
    read_style,
)
from shelftalk.labels.symbol import LEVELS, make_symbol
from shelftalk.labels.symbol_art import make_dress, make_styled_svg, make_symbol_pdf
from shelftalk.labels.symbol_shapes import make_plan
from tests.labels.helpers import make_item, make_items

URL = "https://tea.example/q/k7m4p29xqd"
LONG = "https://id.tea.example/01/04012345678901/21/abcdefghijklmno"  # 59 characters
MEDIA = "0123456789abcdef"
WORDS = (("", "See how to brew it"), ("fa", "ببینید چگونه دم می‌شود"), ("ru", "Узнайте, как заварить"))


def draw_logo() -> bytes:
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((0, 0, 299, 299), fill=(20, 110, 70))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


LOGO = draw_logo()
STYLES = {
    "dots": Style("Dots", "#1e2f7a", "#fff8e7", "dots", "rounded"),
    "rounded": Style("Rounded", "#14532d", modules="rounded", finders="rounded"),
    "shaped corners": Style("Corners", finders="rounded"),
    "logo": Style("Logo", logo=MEDIA, logo_share=25),
    "line": Style("Line", frame="line"),
    "banner": Style("Banner", "#7a1f2b", frame="rounded", modules="rounded", caption_at="above", captions=WORDS),
    "words": Style("Words", caption_at="below", captions=WORDS),
}


@pytest.mark.parametrize(
    ("style", "message"),
    [
        (Style("x", "#f5d000"), "#f5d000 on #ffffff has 1.5 : 1; at least 4.5 : 1 is needed. Choose a darker colour, "),
        (Style("x", "#ffffff", "#000000"), "are not darker than their ground"),
        (Style("x", "#000000", "#888888"), "are 53 of 100 apart; at least 60 is needed"),
        (Style("x", "red"), "“red” is not a colour. Write # and six digits"),
        (Style("x", modules="stars"), "“stars” cannot be chosen here. Choose one of: square, rounded, dots."),
        (Style("x", "#777777"), "has 4.4 : 1; at least 4.5 : 1"),  # 4.478 must not be called 4.5
        (Style("x", logo=MEDIA, logo_share=60), "A logo of 60 % of the side cannot be read round. Choose 10 to 40 %"),
        (Style("x", logo="../../etc", logo_share=20), "“../../etc” is not a picture"),
        (Style("x", caption_at="above"), "There are no words to print"),
        (Style(""), "A style needs a name"),
        (Style("x", captions=(("en", "See " * 12),)), "shorten it by"),
    ],
)
def test_what_may_not_read_is_refused_with_a_way_out(style: Style, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_style(style)
    assert message in str(refused.value)


@pytest.mark.parametrize("colour", ["#f5d000", "#ff8800", "#00ffcc", "#888888", "#ffffff"])
def test_the_colour_proposed_is_within_the_limits(colour: str) -> None:
    proposed = propose_dark(colour, "#ffffff")
    assert get_contrast(proposed, "#ffffff") >= 4.5
    assert list_faults(Style("x", proposed)) == []


def test_red_is_seen_by_phones_and_not_by_tills() -> None:
    red = Style("x", "#c00000")
    assert list_faults(red) == [] and not red.reads_in_red
    assert Style("x", "#14532d").reads_in_red
    with pytest.raises(Invalid, match="A till’s red light cannot tell #c00000 from #ffffff"):
        make_labels([make_item()], get_stock("avery-l7160"), look=Look("M", False, red, till=True))


@pytest.mark.parametrize(("share", "level"), [(15, "L"), (16, "M"), (25, "M"), (35, "Q"), (40, "H")])
def test_a_logo_needs_the_level_that_bears_it(share: int, level: str) -> None:
    style = Style("x", logo=MEDIA, logo_share=share)
    assert style.least_level == level
    lower = list(LEVELS)[list(LEVELS).index(level) - 1] if level != "L" else None
    if lower:
        with pytest.raises(Invalid, match=f"Level {lower} bears a logo of at most {LOGO_LIMITS[lower]} %"):
            make_dress(style, [(make_symbol(URL, lower), "en")], {MEDIA: LOGO})


def test_a_style_and_a_look_are_read_back_equal() -> None:
    for style in STYLES.values():
        assert read_style(describe_style(style)) == style
        look = Look("Q", True, style)
        assert parse_look(format_look(look)) == look
    assert format_look(Look()) == "" and parse_look('{"level": "H", "upper": false}') == Look("H")


@pytest.mark.parametrize("name", STYLES)
@pytest.mark.parametrize("level", ["M", "H"])
def test_a_styled_symbol_reads_from_pdf_and_svg_and_leaves_its_quiet_zone_alone(name: str, level: str) -> None:
    style, symbol = STYLES[name], make_symbol(URL, level)
    dress = make_dress(style, [(symbol, "fa")], {MEDIA: LOGO})
    with open_pages(make_symbol_pdf(symbol, dress, language="fa", module_mm=1)) as pages:
        printed = pages.render(0, 10 * 25.4)
    shown = render_svg(make_styled_svg(symbol, dress, module_mm=1, language="fa"), 10 * 25.4)
    plan = make_plan(style, symbol.size)
    for image in (printed, shown):
        (read,) = zxingcpp.read_barcodes(image)
        assert read.text == URL
        pixels = image.width / plan.side
        outer = [plan.left - 4, plan.top - 4, plan.left + symbol.size + 4, plan.top + symbol.size + 4]
        ring = image.crop(
            tuple(round(edge * pixels) + nudge for edge, nudge in zip(outer, (1, 1, -1, -1), strict=True))
        )
        inner = round(4 * pixels) - 2
        ring.paste(ring.getpixel((0, 0)), (inner, inner, ring.width - inner, ring.height - inner))
        assert ring.getextrema()[0] == ring.getextrema()[1], "something stands in the quiet zone"


@pytest.mark.parametrize(("level", "share"), LOGO_LIMITS.items())
def test_the_largest_logo_of_every_level_is_read(level: str, share: int) -> None:
    for url in (URL, LONG):
        symbol = make_symbol(url, level)
        style = Style("x", logo=MEDIA, logo_share=share)
        dress = make_dress(style, [(symbol, "en")], {MEDIA: LOGO})
        with open_pages(make_symbol_pdf(symbol, dress, module_mm=1)) as pages:
            assert [read.text for read in zxingcpp.read_barcodes(pages.render(0, 6 * 25.4))] == [url]


def test_a_logo_lies_on_whole_modules_and_touches_no_corner() -> None:
    for version in range(1, 12):
        size = 4 * version + 17
        for share in range(10, 41):
            cleared = Style("x", logo=MEDIA, logo_share=share).count_cleared(size)
            assert (size - cleared) % 2 == 0 and (size - cleared) // 2 >= 9 and cleared <= size * share / 100


def test_black_is_black_ink_alone_and_rounded_modules_have_no_seams() -> None:
    symbol = make_symbol(URL)
    for modules in ("square", "rounded", "dots"):
        style = Style("x", modules=modules, finders="rounded")
        pdf = make_symbol_pdf(symbol, make_dress(style, [(symbol, "en")], {}), module_mm=1)
        with open_pages(pdf) as pages:
            content = b"".join(re.findall(rb"stream\n(.*?)endstream", pdf, re.S))
            image = pages.render(0, 254)
        assert b" rg" not in content
        inked = image.getextrema()[0]
    rounded = Style("x", modules="rounded")
    with open_pages(make_symbol_pdf(symbol, make_dress(rounded, [(symbol, "en")], {}), module_mm=1)) as pages:
        image = pages.render(0, 254)
    size = symbol.size
    for row, signs in enumerate(symbol.rows):
        for column in range(size - 1):
            if signs[column] == signs[column + 1] == "1":  # the edge between two modules is as black as they are
                assert image.getpixel((round((column + 5) * 10), round((row + 4.5) * 10))) == inked


@pytest.mark.parametrize("name", STYLES)
def test_styled_sheets_are_proven_and_come_out_the_same_again(name: str) -> None:
    look = Look("M", False, STYLES[name])
    items = make_items(("en", "fa", "ru"))
    made = [make_labels(items, get_stock("avery-l7163"), look=look, images={MEDIA: LOGO}) for _ in range(2)]
    assert made[0].pdf == made[1].pdf and made[0].proof.symbols == 3
    assert made[0].proof.quiet == 4


def test_a_folded_design_shows_the_style_on_both_faces() -> None:
    design = get_ready_design("table-tent").design
    look = Look("M", False, STYLES["banner"])
    stock = make_page_stock(design.width_mm, design.full_height_mm)
    assert make_labels([make_item()], stock, design=design, look=look).proof.symbols == 1


def test_words_that_would_be_too_small_or_are_missing_are_refused() -> None:
    look = Look("M", False, STYLES["banner"])
    with pytest.raises(Invalid, match=r"beside the symbol would be .* pt small on these labels"):
        make_labels([make_item()], get_stock("avery-l7651"), look=look)
    russian = replace(look.style, captions=(("ru", "Узнайте, как заварить"),))  # type: ignore[type-var]
    with pytest.raises(Invalid, match="has no words in English"):
        make_labels([make_item()], get_stock("avery-l7160"), look=Look("M", False, russian))
    long = replace(look.style, captions=(("", "See how to brew it and what others say"),))  # type: ignore[type-var]
    with pytest.raises(Invalid, match="Shorten it to about"):
        make_labels([make_item()], get_stock("avery-l7160"), look=Look("M", False, long))


def test_a_logo_that_is_gone_stops_the_print() -> None:
    with pytest.raises(Invalid, match=f"The picture “{MEDIA}” of the style is not here"):
        make_labels([make_item()], get_stock("avery-l7160"), look=Look("M", False, STYLES["logo"]))
