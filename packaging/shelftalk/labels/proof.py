"""The proof before print: every symbol is read back from the finished file by another library than made it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import zxingcpp
from PIL import Image

from shelftalk.errors import ShelftalkError, mark
from shelftalk.labels.design import Box
from shelftalk.labels.measure import NOT_QUIET, TOO_FINE, TOO_PALE, Measured, find_least, measure_found
from shelftalk.labels.placing import list_bleeds
from shelftalk.labels.raster import open_pages, render_svg
from shelftalk.labels.stock import Stock

DPI = 300
WHITE = 255
_QR_CODE = zxingcpp.barcode_formats_from_str("QRCode")
Progress = Callable[[int, int], None]
_ON_SHEET = {
    TOO_FINE: mark(
        "Sheet {sheet}, row {row}, column {column}: the symbol’s modules are too small for this resolution."
    ),
    NOT_QUIET: mark("Sheet {sheet}, row {row}, column {column}: something stands in the symbol’s quiet zone."),
    TOO_PALE: mark("Sheet {sheet}, row {row}, column {column}: the symbol is too pale against its ground."),
}


class ProofFailed(ShelftalkError):
    """What was made does not read as what was meant; it must not be handed out."""


@dataclass(frozen=True)
class Proof:
    """What was proven: so many sheets at this resolution, so many symbols read, so many cells empty as meant.

    The rest is the worst that was measured; older runs have nothing of it.
    """

    dpi: int
    sheets: int
    symbols: int
    empty: int
    dots: float = 0.0  # along a module, at this resolution
    quiet: int = 0  # modules of clear ground around every symbol
    contrast: float = 0.0  # between ground and modules, of 1


def prove_sheets(
    pdf: bytes,
    stock: Stock,
    meant: Sequence[str | None],
    *,
    dpi: int = DPI,
    faces: int = 1,
    marks: Sequence[Box] = (),
    progress: Progress | None = None,
) -> Proof:
    """Read every cell of every sheet; `meant` is the text of each cell in order, None where nothing is printed.

    A folded label has its symbol on each of its `faces`; crop `marks` are meant to stand beside the labels.

    Cells after the last of `meant` must be empty too. Raises ProofFailed naming sheet, row and column.
    """
    sheets = -(-len(meant) // stock.count)
    cells = [*meant, *[None] * (sheets * stock.count - len(meant))]
    measured: Measured | None = None
    with open_pages(pdf) as pages:
        if len(pages) != sheets:
            raise ProofFailed("The file has {found} sheets instead of {meant}.", found=len(pages), meant=sheets)
        for sheet in range(sheets):
            image = _drop_marks(pages.render(sheet, dpi), marks, dpi)
            texts = cells[sheet * stock.count : (sheet + 1) * stock.count]
            measured = find_least(measured, _prove_sheet(image, stock, sheet, texts, dpi, faces))
            if progress:
                progress(sheet + 1, sheets)
    symbols = sum(text is not None for text in cells)
    worst = measured or Measured(0.0, 0, 0.0)
    return Proof(dpi, sheets, symbols, len(cells) - symbols, worst.dots, worst.quiet, worst.contrast)


def _prove_sheet(
    image: Image.Image, stock: Stock, sheet: int, meant: Sequence[str | None], dpi: int, faces: int
) -> Measured | None:
    """What was measured of the worst symbol; None when none is on the sheet."""
    found = _read_cells(image, stock, dpi)
    measured: Measured | None = None
    for place, text in enumerate(meant):
        box = _get_box(stock, place, dpi)
        symbols = found.get(place, [])
        texts = [symbol.text for symbol in symbols]
        if text is None:
            if texts or image.crop(_shrink(box, bool(stock.bleed_mm))).getextrema() != (WHITE, WHITE):
                raise _fail(stock, sheet, place, "", texts)
            continue
        # A whole page is read fast; a cell missed there is looked at once more by itself.
        corner = (0, 0)
        if texts != [text] * faces:
            symbols, corner = _read_symbols(image.crop(box)), box[:2]
            if [symbol.text for symbol in symbols] != [text] * faces:
                raise _fail(stock, sheet, place, text, texts)
        for symbol in symbols:
            measured = find_least(measured, _measure(image, symbol, corner, stock, sheet, place))
    _prove_margins(image, stock, sheet, dpi)
    return measured


def _measure(
    image: Image.Image, symbol: zxingcpp.Barcode, corner: tuple[int, int], stock: Stock, sheet: int, place: int
) -> Measured:
    """A symbol that was read, measured; raises ProofFailed when a worse eye may not read it."""
    measured = measure_found(image, symbol, corner)
    if measured.is_good:
        return measured
    cell = stock.get_cell(place)
    raise ProofFailed(_ON_SHEET[measured.fault], sheet=sheet + 1, row=cell.row + 1, column=cell.column + 1)


def _drop_marks(image: Image.Image, marks: Sequence[Box], dpi: int) -> Image.Image:
    """The sheet without its crop marks; a mark and the dots it touches."""
    dots = dpi / 25.4
    for line in marks:
        left, top = int(line.x_mm * dots) - 1, int(line.y_mm * dots) - 1
        right, bottom = (line.x_mm + line.width_mm) * dots + 2, (line.y_mm + line.height_mm) * dots + 2
        image.paste(WHITE, (left, top, int(right), int(bottom)))
    return image


def _prove_margins(image: Image.Image, stock: Stock, sheet: int, dpi: int) -> None:
    boxes = [_get_reach(stock, place, dpi) for place in range(stock.count)]
    beside = [(left, 0, right, image.height) for left, right in _list_gaps({box[::2] for box in boxes}, image.width)]
    between = [(0, top, image.width, bottom) for top, bottom in _list_gaps({box[1::2] for box in boxes}, image.height)]
    if any(image.crop(strip).getextrema() != (WHITE, WHITE) for strip in (*beside, *between)):
        raise ProofFailed("Sheet {sheet}: something is printed outside the labels.", sheet=sheet + 1)


def _list_gaps(spans: Iterable[tuple[int, ...]], end: int) -> Iterator[tuple[int, int]]:
    """What is left free between 0 and `end`."""
    covered = 0
    for first, last in sorted(spans):
        if first > covered:
            yield covered, first
        covered = max(covered, last)
    if end > covered:
        yield covered, end


def _get_box(stock: Stock, place: int, dpi: int) -> tuple[int, int, int, int]:
    """A label's dots on the sheet. A printer's correction may push its edge a little off the paper."""
    cell, dots = stock.get_cell(place), dpi / 25.4
    right = min(cell.x_mm + stock.label_width_mm, stock.page_width_mm)
    bottom = min(cell.y_mm + stock.label_height_mm, stock.page_height_mm)
    return round(max(cell.x_mm, 0) * dots), round(max(cell.y_mm, 0) * dots), round(right * dots), round(bottom * dots)


def _get_reach(stock: Stock, place: int, dpi: int) -> tuple[int, int, int, int]:
    """The dots a label's art may cover: its own, and its bleed where the stock has one."""
    left, top, right, bottom = _get_box(stock, place, dpi)
    if not stock.bleed_mm:
        return left, top, right, bottom
    sides = list_bleeds(stock, stock.get_cell(place), stock.bleed_mm)
    grown = [ceil(side * dpi / 25.4) + 1 for side in sides]
    return max(0, left - grown[0]), max(0, top - grown[1]), right + grown[2], bottom + grown[3]


def _shrink(box: tuple[int, int, int, int], bleeding: bool) -> tuple[int, int, int, int]:
    """A label's dots without those it shares with neighbours that run over their edge."""
    left, top, right, bottom = box
    return (left + 1, top + 1, right - 1, bottom - 1) if bleeding else box


def _read_cells(image: Image.Image, stock: Stock, dpi: int) -> dict[int, list[zxingcpp.Barcode]]:
    """The symbols read on a sheet, by the cell their middle lies in; -1 is outside all cells."""
    found: dict[int, list[zxingcpp.Barcode]] = {}
    for symbol in _read_quickly(image):
        corners = (symbol.position.top_left, symbol.position.bottom_right)
        x = sum(corner.x for corner in corners) / 2 * 25.4 / dpi
        y = sum(corner.y for corner in corners) / 2 * 25.4 / dpi
        found.setdefault(_find_place(stock, x, y), []).append(symbol)
    return found


def _find_place(stock: Stock, x_mm: float, y_mm: float) -> int:
    column = int((x_mm - stock.left_mm) // stock.pitch_x_mm)
    row = int((y_mm - stock.top_mm) // stock.pitch_y_mm)
    inside = 0 <= column < stock.columns and 0 <= row < stock.rows
    return row * stock.columns + column if inside else -1


def _fail(stock: Stock, sheet: int, place: int, meant: str, read: Sequence[str]) -> ProofFailed:
    cell = stock.get_cell(place)
    where = {"sheet": sheet + 1, "row": cell.row + 1, "column": cell.column + 1}
    if not meant:
        return ProofFailed("Sheet {sheet}, row {row}, column {column}: the label must be empty and is not.", **where)
    if not read:
        return ProofFailed(
            "Sheet {sheet}, row {row}, column {column}: the symbol cannot be read. It was meant to open “{meant}”.",
            meant=meant,
            **where,
        )
    return ProofFailed(
        "Sheet {sheet}, row {row}, column {column}: the symbol reads “{read}” and was meant to open “{meant}”.",
        meant=meant,
        read=tuple(read),
        **where,
    )


def _read_symbols(image: Image.Image) -> list[zxingcpp.Barcode]:
    return zxingcpp.read_barcodes(_lay_open(image), formats=_QR_CODE, try_invert=False)


def _lay_open(image: Image.Image) -> memoryview:
    """The tones of a grey picture, row by row; of the picture itself the decoder would make two copies."""
    return memoryview(image.tobytes()).cast("B", (image.height, image.width))


def _read_quickly(image: Image.Image) -> list[zxingcpp.Barcode]:
    """What is read at first glance, with one resolution and one threshold; misses are looked at again."""
    return zxingcpp.read_barcodes(
        _lay_open(image),
        formats=_QR_CODE,
        try_invert=False,
        try_downscale=False,
        binarizer=zxingcpp.Binarizer.GlobalHistogram,
    )


def prove_symbol_png(png: bytes, text: str) -> bytes:
    """`png` when it reads as `text`; raises ProofFailed."""
    prove_picture(Image.open(io.BytesIO(png)).convert("L"), text)
    return png


def prove_symbol_svg(svg: bytes, text: str) -> bytes:
    """`svg` when it reads as `text` printed at 300 dpi; raises ProofFailed."""
    prove_picture(render_svg(svg, DPI), text)
    return svg


def prove_picture(image: Image.Image, text: str, faces: int = 1) -> Measured:
    """What was measured of the one symbol of a picture, which reads as `text`; raises ProofFailed."""
    found = _read_symbols(image)
    read = tuple(symbol.text for symbol in found)
    if not read:
        raise ProofFailed("The symbol cannot be read. It was meant to open “{meant}”.", meant=text)
    if read != (text,) * faces:
        raise ProofFailed("The symbol reads “{read}” and was meant to open “{meant}”.", read=read, meant=text)
    worst: Measured | None = None
    for symbol in found:
        worst = find_least(worst, measure_found(image, symbol, (0, 0)))
    assert worst  # noqa: S101 (there is one symbol at least)
    if not worst.is_good:
        raise ProofFailed(worst.fault)
    return worst
