"""Makes the files of single labels – ZPL, PNG, SVG – and lets none out that was not read back from its own bytes.

What fails its proof comes out as a picture with “UNPROVEN” across it and nothing else. No HTTP, no SQL, no folder.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TypedDict, TypeVar

from PIL import Image, ImageChops

from shelftalk.labels.design import Box
from shelftalk.labels.design_art import Images
from shelftalk.labels.fonts import make_address_font
from shelftalk.labels.item import LabelItem
from shelftalk.labels.label_design import Design
from shelftalk.labels.label_svg import draw_label_svg
from shelftalk.labels.look import PLAIN_LOOK, Look
from shelftalk.labels.measure import Measured, find_least
from shelftalk.labels.placing import PLAIN, Placing, apply_placing, share_copies, spread
from shelftalk.labels.proof import DPI, Progress, ProofFailed, prove_picture
from shelftalk.labels.raster import open_pages, render_svg
from shelftalk.labels.run import set_labels
from shelftalk.labels.sheet import Label, impose
from shelftalk.labels.stock import Stock
from shelftalk.labels.symbol import QUIET_MODULES
from shelftalk.labels.thermal import DotLabel, Head, Spot, check_size, draw_labels, make_picture_head
from shelftalk.labels.watermark import Area, mark_unproven, write_unproven_pdf
from shelftalk.labels.zpl import ZplLabel, write_label
from shelftalk.labels.zpl_reader import BadZpl, read_zpl

ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same bytes each time
MOST_TOGETHER = 4_500_000_000  # pixels of all pictures in one file: six minutes of CPU, 100 MB
SHOWN_SHEETS = 20  # of a print that failed, in the marked file
T = TypeVar("T")


@dataclass(frozen=True)
class Recipe:
    """What labels are made of besides their words."""

    stock: Stock
    design: Design | None = None
    images: Images | None = None
    look: Look = PLAIN_LOOK


@dataclass(frozen=True)
class FileProof:
    """What was proven of a file, and the worst that was measured in it."""

    kind: str  # "zpl", "png" or "svg"
    dpi: int
    labels: int
    dots: float  # along a module
    quiet: int  # modules of clear ground around every symbol
    contrast: float  # between ground and modules, of 1


@dataclass(frozen=True)
class LabelFile:
    """A finished, proven file."""

    content: bytes
    mimetype: str
    proof: FileProof

    @property
    def sha256(self) -> str:
        """The file's fingerprint."""
        return hashlib.sha256(self.content).hexdigest()


class Unproven(ProofFailed):
    """A file failed its proof. `pdf` shows what it would have been, marked so that it cannot be used."""

    def __init__(self, fault: ProofFailed | BadZpl, code: str, pdf: bytes) -> None:
        self.code, self.pdf = code, pdf
        super().__init__(fault.message, **fault.values)


# ---- thermal printers ----


def make_zpl_file(
    items: Sequence[LabelItem],
    recipe: Recipe,
    head: Head,
    *,
    shares: Sequence[int] = (),
    shift: tuple[int, int] = (0, 0),
    packing: str = "z64",
    progress: Progress | None = None,
) -> LabelFile:
    """All labels for a print head in one file, each as often as `shares` says; raises Invalid and Unproven.

    `progress` is told after each label how many of them are made and proven.
    """
    parts, worst = [], None
    drawn = _tell(draw_labels(items, recipe.stock, head, **_unpack(recipe), shift=shift), len(items), progress)
    for label, copies in zip(drawn, shares or [1] * len(items), strict=True):
        part = write_label(ZplLabel(label.image, copies), packing=packing)
        worst = find_least(worst, _guard(label, partial(_read_back, part, copies)))
        parts.append(part)
    return _finish(b"".join(parts), "application/zpl", "zpl", head.dpi, len(items), worst)


def _tell(labels: Iterable[T], count: int, progress: Progress | None) -> Iterator[T]:
    """The labels; what is told of each is told when the next one is wanted, so it is done by then."""
    for number, label in enumerate(labels, start=1):
        yield label
        if progress:
            progress(number, count)


class _Making(TypedDict):
    """A recipe as the makers of labels take it."""

    design: Design | None
    images: Images | None
    look: Look


def _unpack(recipe: Recipe) -> _Making:
    return {"design": recipe.design, "images": recipe.images, "look": recipe.look}


def _read_back(zpl: bytes, copies: int) -> Image.Image:
    """The one label of some ZPL, as a printer would print it."""
    labels = read_zpl(zpl)
    if [label.copies for label in labels] != [copies]:
        raise ProofFailed("The file asks the printer for another number of labels than was meant.")
    return labels[0].image


def _guard(label: DotLabel, read_back: Callable[[], Image.Image]) -> Measured:
    """What was measured of a label read back from its file; raises Unproven with a marked picture of it."""
    try:
        return prove_label(label, read_back())
    except (ProofFailed, BadZpl) as fault:
        marked = mark_unproven(label.image, symbols=[spot.box for spot in label.spots])
        raise Unproven(fault, label.item.code, write_unproven_pdf([marked], label.head.dpi)) from fault


def prove_label(label: DotLabel, image: Image.Image) -> Measured:
    """What was measured of `image`, which is `label` read back; raises ProofFailed."""
    if image.size != label.image.size:
        raise ProofFailed("The label came back in another size than it was made in.")
    grey = image.convert("L")
    measured = prove_picture(grey, label.item.url, label.faces)
    for spot in label.spots:
        _prove_spot(grey, spot)
        measured = replace(measured, dots=float(spot.dots), quiet=QUIET_MODULES)
    return measured


def _prove_spot(image: Image.Image, spot: Spot) -> None:
    """Every module is one tone over whole dots, and the quiet zone is white; raises ProofFailed.

    A printer's correction may move the quiet zone's edge off the picture: nothing is printed there.
    """
    symbol = Image.new("L", (spot.side, spot.side), "white")
    symbol.paste(image, (-spot.left, -spot.top))
    modules = symbol.resize((spot.modules, spot.modules), Image.Resampling.NEAREST)
    again = modules.resize(symbol.size, Image.Resampling.NEAREST)
    if ImageChops.difference(symbol, again).getbbox():
        raise ProofFailed("The symbol’s modules are not in whole dots.")
    inner = (QUIET_MODULES, QUIET_MODULES, spot.modules - QUIET_MODULES, spot.modules - QUIET_MODULES)
    modules.paste(255, inner)
    if modules.getextrema() != (255, 255):
        raise ProofFailed("Something stands in the symbol’s quiet zone.")


def _finish(content: bytes, mimetype: str, kind: str, dpi: int, labels: int, worst: Measured | None) -> LabelFile:
    measured = worst or Measured(0.0, 0, 0.0)
    proof = FileProof(kind, dpi, labels, measured.dots, measured.quiet, measured.contrast)
    return LabelFile(content, mimetype, proof)


# ---- pictures ----


def make_png_file(item: LabelItem, recipe: Recipe, dpi: int) -> LabelFile:
    """One label as a picture of exactly so many dots an inch, which says so itself; raises Invalid and Unproven."""
    ((_name, png),), worst = _make_pngs([item], recipe, dpi)
    return _finish(png, "image/png", "png", dpi, 1, worst)


def make_png_zip(items: Sequence[LabelItem], recipe: Recipe, dpi: int, progress: Progress | None = None) -> LabelFile:
    """Every label as a picture, together in one file; raises Invalid and Unproven."""
    check_size(recipe.stock, make_picture_head(dpi), labels=len(items), most=MOST_TOGETHER)
    pngs, worst = _make_pngs(items, recipe, dpi, progress)
    return _finish(_zip(pngs, "png"), "application/zip", "png", dpi, len(items), worst)


def _zip(files: Sequence[tuple[str, bytes]], ending: str) -> bytes:
    out, wide = io.BytesIO(), len(str(len(files)))
    with zipfile.ZipFile(out, "w") as archive:
        for number, (code, content) in enumerate(files, start=1):
            name = zipfile.ZipInfo(f"{number:0{wide}}-{code}.{ending}", ZIP_TIME)
            name.compress_type = zipfile.ZIP_STORED if ending == "png" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content)
    return out.getvalue()


def _make_pngs(
    items: Sequence[LabelItem], recipe: Recipe, dpi: int, progress: Progress | None = None
) -> tuple[list[tuple[str, bytes]], Measured | None]:
    pngs: list[tuple[str, bytes]] = []
    worst: Measured | None = None
    drawn = draw_labels(items, recipe.stock, make_picture_head(dpi), **_unpack(recipe))
    for label in _tell(drawn, len(items), progress):
        png = write_png(label.image, dpi)
        worst = find_least(worst, _guard(label, partial(_open_png, png)))
        pngs.append((label.item.code, png))
    return pngs, worst


def _open_png(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def write_png(image: Image.Image, dpi: int) -> bytes:
    """A picture as PNG with its resolution in pixels per metre (pHYs)."""
    out = io.BytesIO()
    grey = image.convert("L")
    plain = image.mode == "RGB" and not ImageChops.difference(image, grey.convert("RGB")).getbbox()
    (grey if plain else image).save(out, "PNG", dpi=(dpi, dpi), optimize=True)
    return out.getvalue()


def make_svg_file(item: LabelItem, recipe: Recipe) -> LabelFile:
    """One label as SVG; raises Invalid and Unproven."""
    svg = draw_label_svg(item, recipe.stock, **_unpack(recipe))
    image = render_svg(svg, DPI)
    try:
        measured = prove_picture(image, item.url, recipe.design.faces if recipe.design else 1)
    except ProofFailed as fault:
        raise Unproven(fault, item.code, write_unproven_pdf([mark_unproven(image)], DPI)) from fault
    return _finish(svg, "image/svg+xml", "svg", DPI, 1, measured)


def make_svg_zip(items: Sequence[LabelItem], recipe: Recipe, progress: Progress | None = None) -> LabelFile:
    """Every label as SVG, together in one file; raises Invalid and Unproven."""
    files: list[tuple[str, bytes]] = []
    worst: Measured | None = None
    for item in _tell(items, len(items), progress):
        made = make_svg_file(item, recipe)
        files.append((item.code, made.content))
        worst = find_least(worst, Measured(made.proof.dots, made.proof.quiet, made.proof.contrast))
    return _finish(_zip(files, "svg"), "application/zip", "svg", DPI, len(items), worst)


# ---- what failed ----


def make_unproven_sheets(
    items: Sequence[LabelItem],
    recipe: Recipe,
    *,
    start: int = 1,
    copies: int = 1,
    placing: Placing = PLAIN,
    dpi: int = 150,
) -> bytes:
    """The first sheets of a print as they would have been, with “UNPROVEN” across every label and symbol."""
    stock, font = recipe.stock, make_address_font(item.address for item in items)
    each = set_labels(items, stock, font, **_unpack(recipe))
    shares = share_copies(len(items), copies, stock, start, placing)
    labels = [label for label, share in zip(each, shares, strict=True) for _ in range(share)]
    cells = list(islice(spread(labels, stock, start, placing.skip), SHOWN_SHEETS * stock.count))
    shown = [label for label in cells if label]
    pdf = impose(shown, stock, font, start=start, placing=placing)
    with open_pages(pdf) as pages:
        sheets = [pages.render(number, dpi, grey=False) for number in range(len(pages))]
    marked = []
    for number, sheet in enumerate(sheets):
        areas = _list_areas(cells[number * stock.count : (number + 1) * stock.count], stock, placing, dpi / 25.4)
        marked.append(mark_unproven(sheet, *areas))
    return write_unproven_pdf(marked, dpi)


def _list_areas(
    cells: Sequence[Label | None], stock: Stock, placing: Placing, dots: float
) -> tuple[list[Area], list[Area]]:
    """Where the labels of a sheet are, and where their symbols, at so many dots a millimetre."""
    printed, labels, symbols = apply_placing(stock, placing), [], []
    for place, label in enumerate(cells):
        if label is None:
            continue
        cell = printed.get_cell(place)
        labels.append(_scale(Box(cell.x_mm, cell.y_mm, printed.label_width_mm, printed.label_height_mm), dots))
        for box in (label.art.layout.symbol, label.art.layout.turned):
            if box:
                x, y = placing.offset.scale_x * box.x_mm, placing.offset.scale_y * box.y_mm
                symbols.append(_scale(replace(box, x_mm=cell.x_mm + x, y_mm=cell.y_mm + y), dots))
    return labels, symbols


def _scale(box: Box, dots: float) -> Area:
    left, top = round(box.x_mm * dots), round(box.y_mm * dots)
    return left, top, left + round(box.width_mm * dots), top + round(box.height_mm * dots)
