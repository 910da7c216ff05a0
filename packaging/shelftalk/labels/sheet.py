"""Imposes labels on sheets as one PDF in exact millimetres. Knows no shop and no file; proves nothing.

The art of a wording is stamped, not set again; symbols are vectors; everything is black ink only.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

from pypdf import PageObject, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from shelftalk.labels.design import ADDRESS_LINE_EM, CAP_EM, POINT_MM, Layout, Written
from shelftalk.labels.fonts import AddressFont
from shelftalk.labels.placing import (
    PLAIN,
    Placing,
    draw_marks,
    draw_placing,
    get_margin,
    list_bleeds,
    list_crop_marks,
    list_page_boxes,
    spread,
)
from shelftalk.labels.stock import Stock
from shelftalk.labels.stream import PdfStream, draw_modules, make_dictionary, make_stream
from shelftalk.labels.symbol import QUIET_MODULES, Symbol
from shelftalk.labels.symbol_art import Dress, SymbolPress
from shelftalk.labels.typeset import Art

BLACK = "0 0 0 1 k"


@dataclass(frozen=True)
class Label:
    """One label ready to be placed: its art, its symbol and its address, already broken into lines."""

    art: Art
    symbol: Symbol
    address: tuple[str, ...]
    written: tuple[tuple[str, ...], ...] = ()  # the lines for each place the layout has for them
    dress: Dress | None = None  # one for all labels of a print; None: black squares on white
    language: str = ""


def impose(
    labels: Sequence[Label],
    stock: Stock,
    font: AddressFont,
    *,
    start: int = 1,
    title: str = "",
    placing: Placing = PLAIN,
) -> bytes:
    """A PDF with the labels in their order, the first at place `start` (from 1) of the first sheet."""
    out = io.BytesIO()
    write_sheets(out, labels, stock, font, start=start, title=title, placing=placing)
    return out.getvalue()


def write_sheets(
    out: BinaryIO,
    labels: Iterable[Label],
    stock: Stock,
    font: AddressFont,
    *,
    start: int = 1,
    title: str = "",
    placing: Placing = PLAIN,
) -> str:
    """The same PDF into a file, sheet by sheet as the labels come; returns its SHA-256."""
    file = PdfStream(out)
    press = _Press(file, stock, font, placing)
    places = spread(labels, stock, start, placing.skip)
    while sheet := list(islice(places, stock.count)):
        press.add_sheet(sheet)
    preferences = make_dictionary(PrintScaling=NameObject("/None"), Duplex=NameObject("/Simplex"))
    file.finish(title=title or stock.title, root=make_dictionary(ViewerPreferences=preferences))
    return file.sha256


class _Press:
    """The document being made: what is shared between its sheets is added once."""

    def __init__(self, file: PdfStream, stock: Stock, font: AddressFont, placing: Placing) -> None:
        self.file, self.stock, self.font, self.placing = file, stock, font, placing
        self.font_object = file.add(_make_font(file.writer, font))
        self.arts: dict[int, tuple[str, IndirectObject]] = {}
        self.symbols: SymbolPress | None = None
        self.drawn: tuple[Label | None, str] = None, ""  # copies follow each other: only the last is kept

    def add_sheet(self, places: Sequence[Label | None]) -> None:
        page, height = self._make_page(), self.stock.page_height_mm / POINT_MM
        used: dict[str, IndirectObject] = {}
        drawing = [BLACK, *self._list_setting()]
        for place, label in enumerate(places):
            if label:
                name, art = self._get_art(label.art)
                used[name] = art
                cell = self.stock.get_cell(place)
                x, y = cell.x_mm / POINT_MM, height - (cell.y_mm + self.stock.label_height_mm) / POINT_MM
                stamp = f"/{name} Do"
                if label.art.bleed_mm:
                    stamp = self._cut(stamp, list_bleeds(self.stock, cell, label.art.bleed_mm))
                drawing.append(f"q 1 0 0 1 {_format(x)} {_format(y)} cm {stamp}\n{self._draw(label)}Q")
        if self.symbols:
            used |= self.symbols.used
        page[NameObject("/Resources")] = make_dictionary(
            Font=make_dictionary(F=self.font_object), XObject=make_dictionary(**used)
        )
        self.file.add_page(page, "\n".join(drawing).encode("ascii"))

    def _cut(self, drawing: str, bleeds: tuple[float, float, float, float]) -> str:
        """What is drawn on a label, so far beyond its sides as there is room beside its neighbours."""
        left, top, right, bottom = (side / POINT_MM for side in bleeds)
        width = self.stock.label_width_mm / POINT_MM + left + right
        height = self.stock.label_height_mm / POINT_MM + top + bottom
        return f"q {_format(-left)} {_format(-bottom)} {_format(width)} {_format(height)} re W n {drawing} Q"

    def _make_page(self) -> PageObject:
        margin = get_margin(self.stock, self.placing)
        width = (self.stock.page_width_mm + 2 * margin) / POINT_MM
        height = (self.stock.page_height_mm + 2 * margin) / POINT_MM
        page = PageObject.create_blank_page(None, width, height)
        boxes = {"MediaBox": (0.0, 0.0, width, height)} | list_page_boxes(self.stock, self.placing)
        for name, sides in boxes.items():
            page[NameObject(f"/{name}")] = ArrayObject([_number(side) for side in sides])
        return page

    def _list_setting(self) -> list[str]:
        """What comes before the labels: the printer's correction and the crop marks; nothing on a plain sheet."""
        marks = draw_marks(list_crop_marks(self.stock, self.placing), self.stock.page_height_mm)
        return [line for line in (draw_placing(self.stock, self.placing), marks) if line]

    def _get_art(self, art: Art) -> tuple[str, IndirectObject]:
        known = self.arts.get(id(art))
        if known is None:
            form = _make_form(self.file.writer, art)
            known = self.arts[id(art)] = (f"A{len(self.arts)}", self.file.add(form))
        return known

    def _draw(self, label: Label) -> str:
        last, drawn = self.drawn
        if last is not label:
            height = self.stock.label_height_mm
            layout = label.art.layout
            drawn = self._draw_symbol(label, layout) + draw_address(label.address, layout, height, self.font)
            written = "".join(
                draw_written(lines, place, layout, height, self.font)
                for place, lines in zip(layout.written, label.written, strict=True)
            )
            drawn += written
            if layout.turned:
                drawn += self._draw_symbol(label, replace(layout, symbol=layout.turned), turned=True)
                drawn += self._turn(written)
            self.drawn = label, drawn
        return drawn

    def _draw_symbol(self, label: Label, layout: Layout, *, turned: bool = False) -> str:
        height = self.stock.label_height_mm
        if label.dress is None:
            return draw_symbol(label.symbol, layout, height)
        self.symbols = self.symbols or SymbolPress(self.file, label.dress)
        left, top = layout.symbol.x_mm / POINT_MM, (height - layout.symbol.y_mm) / POINT_MM
        return self.symbols.draw(label.symbol, label.language, left, top, layout.module_mm / POINT_MM, turned=turned)

    def _turn(self, drawing: str) -> str:
        """What is drawn on a label once more, upside down on its other face: turned round the label's middle."""
        width, height = self.stock.label_width_mm / POINT_MM, self.stock.label_height_mm / POINT_MM
        return f"q -1 0 0 -1 {_format(width)} {_format(height)} cm\n{drawing}Q\n" if drawing else ""


def draw_symbol(symbol: Symbol, layout: Layout, label_height_mm: float) -> str:
    """Drawing operators of a symbol: unit is the module, origin the symbol's top left, one path, one fill."""
    module = layout.module_mm / POINT_MM
    quiet = QUIET_MODULES * layout.module_mm
    x = (layout.symbol.x_mm + quiet) / POINT_MM
    y = (label_height_mm - layout.symbol.y_mm - quiet) / POINT_MM
    runs = draw_modules(symbol)
    return f"q {_format(module)} 0 0 -{_format(module)} {_format(x)} {_format(y)} cm\n{runs}f Q\n"


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


def draw_written(
    lines: Sequence[str], place: Written, layout: Layout, label_height_mm: float, font: AddressFont
) -> str:
    """Drawing operators of lines that a design has a place for."""
    there = replace(layout, address=place.box, address_pt=place.size_pt, align=place.align)
    drawing = draw_address(lines, there, label_height_mm, font)
    return f"q {place.ink}\n{drawing}Q\n" if drawing else ""


def _format(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _number(value: float) -> FloatObject:
    return FloatObject(_format(value))


def _make_form(writer: PdfWriter, art: Art) -> StreamObject:
    """A typeset page as a form that can be stamped on the label's corner; its fonts are shared with the other forms."""
    contents = art.page.get_contents()
    resources = art.page["/Resources"].clone(writer)
    entries = make_dictionary(
        Type=NameObject("/XObject"),
        Subtype=NameObject("/Form"),
        BBox=ArrayObject([FloatObject(value) for value in art.page.mediabox]),
        Resources=resources,
    )
    if art.bleed_mm:
        back = -art.bleed_mm / POINT_MM
        entries[NameObject("/Matrix")] = ArrayObject([_number(value) for value in (1, 0, 0, 1, back, back)])
    return make_stream(contents.get_data() if contents is not None else b"", entries)


def _make_font(writer: PdfWriter, font: AddressFont) -> DictionaryObject:
    """The address font as a composite font whose codes are glyph ids (ISO 32000-1 §9.7)."""
    program = writer._add_object(make_stream(font.data, make_dictionary(Length1=NumberObject(len(font.data)))))
    descriptor = make_dictionary(
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
    descendant = make_dictionary(
        Type=NameObject("/Font"),
        Subtype=NameObject("/CIDFontType2"),
        BaseFont=NameObject(f"/{font.name}"),
        CIDSystemInfo=make_dictionary(
            Registry=TextStringObject("Adobe"), Ordering=TextStringObject("Identity"), Supplement=NumberObject(0)
        ),
        FontDescriptor=writer._add_object(descriptor),
        W=ArrayObject(widths),
        CIDToGIDMap=NameObject("/Identity"),
    )
    return make_dictionary(
        Type=NameObject("/Font"),
        Subtype=NameObject("/Type0"),
        BaseFont=NameObject(f"/{font.name}"),
        Encoding=NameObject("/Identity-H"),
        DescendantFonts=ArrayObject([writer._add_object(descendant)]),
        ToUnicode=writer._add_object(make_stream(_make_unicode_map(font))),
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
