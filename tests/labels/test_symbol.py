from __future__ import annotations

import io
import re

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shelftalk.errors import Invalid
from shelftalk.labels.proof import ProofFailed, prove_symbol_png, prove_symbol_svg
from shelftalk.labels.raster import render_svg
from shelftalk.labels.symbol import list_runs, make_png, make_svg, make_symbol

URL = "https://tea.example/q/k7m4p29xqd"


def read(picture: Image.Image) -> str:
    (symbol,) = zxingcpp.read_barcodes(picture)
    return symbol.text


def test_svg_and_png_read_as_the_same_address():
    symbol = make_symbol(URL)
    png = Image.open(io.BytesIO(make_png(symbol, module_px=4)))
    svg = render_svg(make_svg(symbol, module_mm=0.5), 300)
    assert read(png) == read(svg) == URL


def test_a_short_lower_case_address_fits_version_3_and_upper_case_version_2():
    assert make_symbol(URL).version == 3
    assert make_symbol(URL.upper()).version == 2


def test_the_smallest_version_is_found_for_mixed_text():
    text = "https://tea.example/01/09506000134352/21/12345678901234567890"
    symbol = make_symbol(text)
    assert symbol.version == 4  # in one segment it would take version 5
    assert read(Image.open(io.BytesIO(make_png(symbol, module_px=3)))) == text


def test_svg_has_one_path_of_dark_modules_a_white_ground_and_a_quiet_zone_of_4():
    symbol = make_symbol(URL)
    svg = make_svg(symbol, module_mm=0.5).decode()
    assert 'width="18.5mm" height="18.5mm" viewBox="0 0 37 37"' in svg
    assert svg.count("<path") == 2 and 'fill="#fff" d="M0 0h37v37h-37z"' in svg
    places = [tuple(map(int, found)) for found in re.findall(r"M(\d+) (\d+)h\d+v1", svg)]
    assert min(map(min, places)) == 4
    assert sum(length for _, _, length in list_runs(symbol)) == sum(map(sum, symbol.modules))


def test_png_is_black_and_white_with_a_quiet_zone_of_4():
    picture = Image.open(io.BytesIO(make_png(make_symbol(URL), module_px=5)))
    assert picture.mode == "1" and picture.size == (185, 185)
    assert picture.convert("L").point(lambda value: 255 - value).getbbox() == (20, 20, 165, 165)


def test_what_is_downloaded_has_been_read_back():
    symbol = make_symbol(URL)
    assert prove_symbol_png(make_png(symbol, module_px=3), URL)
    assert prove_symbol_svg(make_svg(symbol, module_mm=0.4), URL)
    other = make_symbol(URL[:-1] + "c")
    with pytest.raises(ProofFailed, match=r"was meant to open “https://tea.example/q/k7m4p29xqd”"):
        prove_symbol_png(make_png(other, module_px=3), URL)
    with pytest.raises(ProofFailed):
        prove_symbol_svg(make_svg(other, module_mm=0.4), URL)


@pytest.mark.parametrize(
    ("text", "level", "message"),
    [
        ("", "M", "needs a text"),
        (URL, "X", "“X” is not an error correction level. Choose one of: L, M, Q, H."),
        ("x" * 5000, "M", "has 5000 characters"),
    ],
)
def test_what_no_symbol_can_hold_is_refused(text, level, message):
    with pytest.raises(Invalid, match=message):
        make_symbol(text, level)


@settings(max_examples=25, deadline=None)
@given(
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=120), st.sampled_from("LMQH")
)
def test_any_address_reads_back(text, level):
    assert read(Image.open(io.BytesIO(make_png(make_symbol(text, level), module_px=3)))) == text
