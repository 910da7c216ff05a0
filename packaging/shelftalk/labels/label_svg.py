"""One whole label as SVG in millimetres, from the source its PDF is made of: no font is needed to open it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from shelftalk.labels.design import ADDRESS_LINE_EM, CAP_EM, POINT_MM, Box, Layout, wrap_address
from shelftalk.labels.design_art import Images, draw_design, make_job, make_layout
from shelftalk.labels.design_checks import check_design, check_stock
from shelftalk.labels.fonts import AddressFont, make_address_font
from shelftalk.labels.item import LabelItem, list_words
from shelftalk.labels.label_design import Design
from shelftalk.labels.look import PLAIN_LOOK, Look
from shelftalk.labels.point_of_sale import check_module
from shelftalk.labels.run import PRINTER, limit_for_till, list_jobs
from shelftalk.labels.stock import Stock
from shelftalk.labels.symbol import Symbol, make_svg, make_symbol
from shelftalk.labels.symbol_art import check_caption_size, make_dress, make_styled_svg
from shelftalk.labels.symbol_shapes import measure_room
from shelftalk.labels.typeset import draw_wording

_OUTER = re.compile(rb"<svg[^>]*>")
_SIZES = re.compile(r' width="[^"]*" height="[^"]*"')
_INK = "#000"


def draw_label_svg(
    item: LabelItem,
    stock: Stock,
    *,
    design: Design | None = None,
    images: Images | None = None,
    look: Look = PLAIN_LOOK,
) -> bytes:
    """The label with its symbol, all type as outlines; raises Invalid for what cannot be printed."""
    symbol = make_symbol(item.url, look.level)
    if design:
        layout, art = _draw_designed(item, stock, symbol, design, images or {}, look)
        address = ""
    else:
        font = make_address_font([item.address])
        dots = limit_for_till(PRINTER) if look.till else PRINTER
        (job,) = list_jobs([item], [symbol], stock, font, dots, look.style)
        layout, art = draw_wording(job)
        address = _draw_address(wrap_address(item.address, layout.address_lines) or [item.address], layout, font)
    if look.till:
        check_module(symbol, layout.module_mm)
    boxes = [layout.symbol, layout.turned] if layout.turned else [layout.symbol]
    inner = _draw_symbol(item, symbol, layout.module_mm, look, images or {})
    symbols = "".join(_place(inner, box) for box in boxes)
    return _wrap(stock, art, address + symbols)


def _draw_designed(
    item: LabelItem, stock: Stock, symbol: Symbol, design: Design, images: Images, look: Look
) -> tuple[Layout, bytes]:
    check_design(design)
    check_stock(design, stock)
    size = stock.label_width_mm, stock.label_height_mm
    job = make_job(design, item.language, list_words(design, item), size, symbol)
    job = replace(job, modules=measure_room(job.modules, look.style))
    layout = make_layout(job)
    picture = draw_design(job, replace(symbol, bits=0), images)
    for fault in picture.faults:
        raise fault
    return layout, picture.svg


def _draw_symbol(item: LabelItem, symbol: Symbol, module_mm: float, look: Look, images: Images) -> str:
    if look.style is None:
        return make_svg(symbol, module_mm=1).decode()
    dress = make_dress(look.style, [(symbol, item.language)], images)
    check_caption_size(dress, item.language, symbol.size, module_mm)
    return make_styled_svg(symbol, dress, module_mm=1, language=item.language).decode()


def _place(svg: str, box: Box) -> str:
    """A picture of its own in its place on the label."""
    size = f' x="{_format(box.x_mm)}" y="{_format(box.y_mm)}" width="{_format(box.width_mm)}" '
    return _SIZES.sub(size + f'height="{_format(box.height_mm)}"', svg, count=1).strip()


def _wrap(stock: Stock, art: bytes, drawing: str) -> bytes:
    """The art, which is in points, under what is drawn in millimetres."""
    width, height = _format(stock.label_width_mm), _format(stock.label_height_mm)
    inner = _OUTER.sub(b"", art, count=1).removesuffix(b"</svg>").decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}">'
        f'<path fill="#fff" d="M0 0h{width}v{height}h-{width}z"/>'
        f'<g transform="scale({POINT_MM:.8f})">{inner}</g>{drawing}</svg>\n'
    ).encode()


def _draw_address(lines: Sequence[str], layout: Layout, font: AddressFont) -> str:
    """The address as outlines, in the places the PDF gives its lines."""
    size = layout.address_pt * POINT_MM
    drawn = []
    for number, line in enumerate(lines):
        free = layout.address.width_mm - font.measure(line) * size
        x = layout.address.x_mm + {"left": 0.0, "center": free / 2, "right": free}[layout.align]
        y = layout.address.y_mm + (CAP_EM + number * ADDRESS_LINE_EM) * size
        for sign in line:
            path = _draw_sign(font.data, sign)
            if path:
                move = f"translate({_format(x)} {_format(y)}) scale({size / 1000:.7f} {-size / 1000:.7f})"
                drawn.append(f'<path fill="{_INK}" transform="{move}" d="{path}"/>')
            x += font.widths[sign] * size
    return "".join(drawn)


@lru_cache(maxsize=512)
def _draw_sign(font: bytes, sign: str) -> str:
    """A sign's outline in thousandths of an em, y upwards."""
    found = _open_font(font)
    glyphs, unit = found.getGlyphSet(), found["head"].unitsPerEm
    pen = SVGPathPen(glyphs, ntos=lambda value: f"{value * 1000 / unit:g}")
    glyphs[found.getBestCmap()[ord(sign)]].draw(pen)
    return str(pen.getCommands())


@lru_cache(maxsize=4)
def _open_font(font: bytes) -> TTFont:
    return TTFont(io.BytesIO(font))


def _format(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
