"""Imposes labels on sheets as one PDF in exact millimetres. Knows no shop and no file; proves nothing.

The art of a wording is stamped, not set again; symbols are vectors; everything is black ink only.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pypdf import PageObject, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from shelftalk.labels.design import ADDRESS_LINE_EM, CAP_EM, POINT_MM, Layout
from shelftalk.labels.fonts import AddressFont
from shelftalk.labels.stock import Stock
from shelftalk.labels.symbol import QUIET_MODULES, Symbol, list_runs
from shelftalk.labels.typeset import Art

BLACK = "0 0 0 1 k"


@dataclass(frozen=True)
class Label:
    """One label ready to be placed: its art, its symbol and its address, already broken into lines."""

    art: Art
    symbol: Symbol
    address: tuple[str, ...]


def impose(labels: Sequence[Label], stock: Stock, font: AddressFont, *, start: int = 1, title: str = "") -> bytes:
    """A PDF with the labels in their order, the first at place `start` (from 1) of the first sheet."""
    writer = PdfWriter()
    writer.pdf_header = "%PDF-1.7"
    press = _Press(writer, stock, font)
    places: list[Label | None] = [None] * (start - 1) + list(labels)
    for first in range(0, len(places), stock.count):
        press.add_sheet(places[first : first + stock.count])
    writer.add_metadata({"/Producer": "Shelftalk", "/Title": title or stock.title})
    writer.root_object[NameObject("/ViewerPreferences")] = _dictionary(
        PrintScaling=NameObject("/None"), Duplex=NameObject("/Simplex")
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


class _Press:
    """The document being made: what is shared between its sheets is added once."""

    def __init__(self, writer: PdfWriter, stock: Stock, font: AddressFont) -> None:
        self.writer, self.stock, self.font = writer, stock, font
        self.font_object = writer._add_object(_make_font(writer, font))
        self.arts: dict[int, tuple[str, IndirectObject]] = {}
        self.drawn: dict[tuple[str, tuple[str, ...], int], str] = {}

    def add_sheet(self, places: Sequence[Label | None]) -> None:
        width, height = self.stock.page_width_mm / POINT_MM, self.stock.page_height_mm / POINT_MM
        page = PageObject.create_blank_page(None, width, height)
        page[NameObject("/MediaBox")] = ArrayObject([_number(0), _number(0), _number(width), _number(height)])
        used: dict[str, IndirectObject] = {}
        drawing = [BLACK]
        for place, label in enumerate(places):
            if label:
                name, art = self._get_art(label.art)
                used[name] = art
                cell = self.stock.get_cell(place)
                x, y = cell.x_mm / POINT_MM, height - (cell.y_mm + self.stock.label_height_mm) / POINT_MM
                drawing.append(f"q 1 0 0 1 {_format(x)} {_format(y)} cm /{name} Do\n{self._draw(label)}Q")
        page[NameObject("/Resources")] = _dictionary(Font=_dictionary(F=self.font_object), XObject=_dictionary(**used))
        page[NameObject("/Contents")] = self.writer._add_object(_make_stream("\n".join(drawing).encode("ascii")))
        self.writer.add_page(page)

    def _get_art(self, art: Art) -> tuple[str, IndirectObject]:
        known = self.arts.get(id(art))
        if known is None:
            form = _make_form(self.writer, art.page)
            known = self.arts[id(art)] = (f"A{len(self.arts)}", self.writer._add_object(form))
        return known

    def _draw(self, label: Label) -> str:
        key = label.symbol.text, label.address, id(label.art)
        drawn = self.drawn.get(key)
        if drawn is None:
            height = self.stock.label_height_mm
            layout = label.art.layout
            drawn = draw_symbol(label.symbol, layout, height) + draw_address(label.address, layout, height, self.font)
            if layout.turned:
                drawn += draw_symbol(label.symbol, replace(layout, symbol=layout.turned), height)
            self.drawn[key] = drawn
        return drawn


def draw_symbol(symbol: Symbol, layout: Layout, label_height_mm: float) -> str:
    """Drawing operators of a symbol: unit is the module, origin the symbol's top left, one path, one fill."""
    module = layout.module_mm / POINT_MM
    quiet = QUIET_MODULES * layout.module_mm
    x = (layout.symbol.x_mm + quiet) / POINT_MM
    y = (label_height_mm - layout.symbol.y_mm - quiet) / POINT_MM
    runs = "\n".join(f"{column} {row} {length} 1 re" for row, column, length in list_runs(symbol))
    return f"q {_format(module)} 0 0 -{_format(module)} {_format(x)} {_format(y)} cm\n{runs}\nf Q\n"


def draw_address(lines: Sequence[str], layout: Layout, label_height_mm: float, font: AddressFont) -> str:
    """Drawing operators of the address: always left to right, set against the side the text is set against."""
    if not any(lines):
        return ""
    size = layout.address_pt
    drawing = [f"BT /F {_format(size)} Tf"]
    for number, line in enumerate(lines):
        free = layout.address.width_mm / POINT_MM - font.measure(line) * size
        x = layout.address.x_mm / POINT_MM + {"left": 0.0, "center": free / 2, "right": free}[layout.align]
        fall = (CAP_EM + number * ADDRESS_LINE_EM) * size
        y = (label_height_mm - layout.address.y_mm) / POINT_MM - fall
        glyphs = "".join(f"{font.glyphs[sign]:04X}" for sign in line)
        drawing.append(f"1 0 0 1 {_format(x)} {_format(y)} Tm <{glyphs}> Tj")
    return "\n".join([*drawing, "ET\n"])


def _format(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _number(value: float) -> FloatObject:
    return FloatObject(_format(value))


def _dictionary(**entries: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def _make_stream(data: bytes, entries: DictionaryObject | None = None) -> StreamObject:
    stream = DecodedStreamObject()
    stream.update(entries or {})
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    stream._data = zlib.compress(data, 6)
    return stream


def _make_form(writer: PdfWriter, page: PageObject) -> StreamObject:
    """A typeset page as a form that can be stamped; its fonts are shared with the other forms."""
    contents = page.get_contents()
    resources = page["/Resources"].clone(writer)
    entries = _dictionary(
        Type=NameObject("/XObject"),
        Subtype=NameObject("/Form"),
        BBox=ArrayObject([FloatObject(value) for value in page.mediabox]),
        Resources=resources,
    )
    return _make_stream(contents.get_data() if contents is not None else b"", entries)


def _make_font(writer: PdfWriter, font: AddressFont) -> DictionaryObject:
    """The address font as a composite font whose codes are glyph ids (ISO 32000-1 §9.7)."""
    program = writer._add_object(_make_stream(font.data, _dictionary(Length1=NumberObject(len(font.data)))))
    descriptor = _dictionary(
        Type=NameObject("/FontDescriptor"),
        FontName=NameObject(f"/{font.name}"),
        Flags=NumberObject(4),
        FontBBox=ArrayObject(map(NumberObject, font.box)),
        ItalicAngle=NumberObject(0),
        Ascent=NumberObject(round(font.ascent * 1000)),
        Descent=NumberObject(round(font.descent * 1000)),
        CapHeight=NumberObject(round(font.cap_height * 1000)),
        StemV=NumberObject(95),
        FontFile2=program,
    )
    widths: list[PdfObject] = []
    for sign, glyph in sorted(font.glyphs.items(), key=lambda item: item[1]):
        widths += [NumberObject(glyph), ArrayObject([_number(font.widths[sign] * 1000)])]
    descendant = _dictionary(
        Type=NameObject("/Font"),
        Subtype=NameObject("/CIDFontType2"),
        BaseFont=NameObject(f"/{font.name}"),
        CIDSystemInfo=_dictionary(
            Registry=TextStringObject("Adobe"), Ordering=TextStringObject("Identity"), Supplement=NumberObject(0)
        ),
        FontDescriptor=writer._add_object(descriptor),
        W=ArrayObject(widths),
        CIDToGIDMap=NameObject("/Identity"),
    )
    return _dictionary(
        Type=NameObject("/Font"),
        Subtype=NameObject("/Type0"),
        BaseFont=NameObject(f"/{font.name}"),
        Encoding=NameObject("/Identity-H"),
        DescendantFonts=ArrayObject([writer._add_object(descendant)]),
        ToUnicode=writer._add_object(_make_stream(_make_unicode_map(font))),
    )


def _make_unicode_map(font: AddressFont) -> bytes:
    """So that the address can be searched and copied (ISO 32000-1 §9.10.3)."""
    pairs = [
        f"<{glyph:04X}> <{sign.encode('utf-16-be').hex().upper()}>"
        for sign, glyph in sorted(font.glyphs.items(), key=lambda item: item[1])
    ]
    blocks = [pairs[first : first + 100] for first in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
