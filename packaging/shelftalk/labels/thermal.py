"""Lays labels out in whole dots, for print heads and exact pictures: no module is ever a fraction of a dot.

The texts are the typesetting of the PDF, seen at the head's resolution; the symbol is drawn anew, dot by dot.
Writes no file and knows no printer's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import floor

from PIL import Image, ImageChops

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid
from shelftalk.labels.design import Box
from shelftalk.labels.design_art import Images
from shelftalk.labels.fonts import make_address_font
from shelftalk.labels.item import LabelItem
from shelftalk.labels.label_design import Design, ImageElement, turn_round
from shelftalk.labels.look import PLAIN_LOOK, Look
from shelftalk.labels.point_of_sale import X_DIMENSION, check_module
from shelftalk.labels.raster import open_pages
from shelftalk.labels.run import Dots, set_labels
from shelftalk.labels.sheet import Label, impose
from shelftalk.labels.stock import Stock, make_page_stock
from shelftalk.labels.symbol import QUIET_MODULES, Symbol, list_runs

LEAST_DPI, MOST_DPI = 72, 1200
PICTURE_DOTS = 3  # a module on a screen or in a picture; decoders need 2.5
MOST_PIXELS = 36_000_000  # an A4 page at 600 dots an inch
BATCH = 40  # labels whose pictures are made at once
INK = 150  # what is darker is printed: of a stroke's edge, a dot that is covered by two fifths
WHITE = 255


@dataclass(frozen=True)
class Head:
    """What puts the dots down: how many an inch, and how many of them make a module at least."""

    dpi: int
    least_dots: int
    is_mono: bool = True  # black or nothing; else as a picture on a screen

    @property
    def dot_mm(self) -> float:
        """The size of a dot."""
        return 25.4 / self.dpi

    @property
    def least_module_mm(self) -> float:
        """The smallest module."""
        return self.least_dots * self.dot_mm

    def count(self, mm: float) -> int:
        """Whole dots in a length."""
        return floor(mm / self.dot_mm + 1e-6)


# Zebra's print heads. Smaller modules run together where the paper is warm.
HEADS = {203: Head(203, 4), 300: Head(300, 5), 600: Head(600, 10)}


def get_head(dpi: int) -> Head:
    """The print head of so many dots an inch; raises Invalid."""
    if dpi in HEADS:
        return HEADS[dpi]
    raise Invalid(
        "dpi",
        "There is no print head with {value} dots an inch here. Choose one of: {allowed}.",
        value=dpi,
        allowed=tuple(HEADS),
    )


def make_picture_head(dpi: int) -> Head:
    """For a picture of so many dots an inch; raises Invalid."""
    if LEAST_DPI <= dpi <= MOST_DPI:
        return Head(dpi, PICTURE_DOTS, is_mono=False)
    raise Invalid(
        "dpi",
        "A picture of {value} dots an inch is not possible. Choose {low} to {high}; 300 is usual.",
        value=dpi,
        low=LEAST_DPI,
        high=MOST_DPI,
    )


@dataclass(frozen=True)
class Spot:
    """Where a symbol stands, in dots from the top left, quiet zone included."""

    left: int
    top: int
    dots: int  # along a module
    modules: int  # along a side, quiet zones included

    @property
    def side(self) -> int:
        """Along one side."""
        return self.dots * self.modules

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom."""
        return self.left, self.top, self.left + self.side, self.top + self.side


@dataclass(frozen=True)
class DotLabel:
    """One label as it is printed, a pixel for each dot."""

    item: LabelItem
    image: Image.Image
    spots: tuple[Spot, ...]  # one for each face; none where the symbol is styled
    head: Head
    faces: int = 1


def draw_labels(
    items: Sequence[LabelItem],
    stock: Stock,
    head: Head,
    *,
    design: Design | None = None,
    images: Images | None = None,
    look: Look = PLAIN_LOOK,
    shift: tuple[int, int] = (0, 0),
) -> Iterator[DotLabel]:
    """Every item's label, in order; `shift` is how many dots to the right and down the printer needs it.

    On a print head a symbol's style is left out: dots are black. In a picture a styled symbol is the one of the PDF.
    Raises Invalid for what cannot be made with this head.
    """
    check_size(stock, head)
    for first in range(0, len(items), BATCH):
        batch = items[first : first + BATCH]
        labels = _set(batch, stock, head, design, images, replace(look, style=None) if head.is_mono else look)
        arts = _render_arts(labels, batch, stock, head)
        finish = _choose_finish(design, stock, head)
        for item, label, art in zip(batch, labels, arts, strict=True):
            yield _draw(item, label, finish(art, item.language), head, _count(label, design, head, look), shift)


def check_size(stock: Stock, head: Head, *, labels: int = 1, most: int = MOST_PIXELS) -> None:
    """Raises Invalid when so many labels are more than `most` pixels at this resolution."""
    pixels = head.count(stock.label_width_mm) * head.count(stock.label_height_mm) * labels
    if pixels > most:
        raise Invalid(
            "dpi",
            "Labels of {width} × {height} mm are too large for {value} dots an inch. Choose {allowed} or fewer.",
            width=round(stock.label_width_mm, 1),
            height=round(stock.label_height_mm, 1),
            value=head.dpi,
            allowed=int(head.dpi * (most / pixels) ** 0.5),
        )


def _set(
    items: Sequence[LabelItem],
    stock: Stock,
    head: Head,
    design: Design | None,
    images: Images | None,
    look: Look,
) -> list[Label]:
    font = make_address_font(item.address for item in items)
    dots = Dots(head.dot_mm, head.least_module_mm)
    try:
        return set_labels(items, stock, font, design=design, images=images, look=look, dots=dots)
    except Invalid as fault:
        if fault.field != "stock" or design:
            raise
        raise _refuse_stock(stock, head) from fault


def _refuse_stock(stock: Stock, head: Head) -> Invalid:
    return Invalid(
        "dpi",
        "Labels of {width} × {height} mm are too small for {dpi} dots an inch: a module takes {dots} dots there, "
        "which is {module} mm. Choose larger labels, or more dots an inch.",
        width=round(stock.label_width_mm, 1),
        height=round(stock.label_height_mm, 1),
        dpi=head.dpi,
        dots=head.least_dots,
        module=round(head.least_module_mm, 2),
    )


def make_label_page(stock: Stock) -> Stock:
    """A page that is one label of the stock."""
    page = make_page_stock(stock.label_width_mm, stock.label_height_mm)
    return replace(page, shape=stock.shape, corner_mm=stock.corner_mm)


def _render_arts(
    labels: Sequence[Label], items: Sequence[LabelItem], stock: Stock, head: Head
) -> Iterator[Image.Image]:
    """Everything as it prints, but for the symbols that are drawn in dots; few large pictures are there at a time."""
    font = make_address_font(item.address for item in items)
    blank = [label if label.dress else replace(label, symbol=replace(label.symbol, bits=0)) for label in labels]
    pdf = impose(blank, make_label_page(stock), font)
    size = head.count(stock.label_width_mm), head.count(stock.label_height_mm)
    step = max(1, MOST_PIXELS // (size[0] * size[1]))
    for first in range(0, len(labels), step):
        numbers = range(first, min(first + step, len(labels)))
        with open_pages(pdf) as pages:
            arts = [_fit(pages.render(number, head.dpi, grey=head.is_mono), size) for number in numbers]
        yield from arts


def _fit(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture in exactly so many dots: a last one that was begun is left out."""
    if image.width >= size[0] and image.height >= size[1]:
        return image.crop((0, 0, *size))
    fitted = Image.new(image.mode, size, "white")
    fitted.paste(image, (0, 0))
    return fitted


def _choose_finish(design: Design | None, stock: Stock, head: Head) -> Callable[[Image.Image, str], Image.Image]:
    """How a picture in greys becomes what the head prints."""
    if not head.is_mono:
        return lambda image, _language: image
    return lambda image, language: _make_mono(image, _list_pictures(design, stock, language), head)


def _make_mono(image: Image.Image, pictures: Sequence[Box], head: Head) -> Image.Image:
    """Black or white: type is sharp, pictures are in scattered dots."""
    mono = image.point([WHITE if grey >= INK else 0 for grey in range(256)], "1")
    for box in pictures:
        left, top = head.count(box.x_mm), head.count(box.y_mm)
        right, bottom = head.count(box.x_mm + box.width_mm) + 1, head.count(box.y_mm + box.height_mm) + 1
        mono.paste(image.crop((left, top, right, bottom)).convert("1"), (left, top))
    return mono


def _list_pictures(design: Design | None, stock: Stock, language: str) -> list[Box]:
    """Where pictures of the design lie on the label."""
    if design is None:
        return []
    seen = turn_round(design, rtl=language in LANGUAGES and LANGUAGES[language].direction == "rtl")
    left = (stock.label_width_mm - design.width_mm) / 2
    top = (stock.label_height_mm - design.full_height_mm) / 2 + design.height_mm * (design.faces - 1)
    boxes = []
    for element in seen.elements:
        if isinstance(element, ImageElement):
            size = element.width_mm, element.height_mm
            boxes.append(Box(left + element.x_mm, top + element.y_mm, *size))
            if design.faces == 2:
                boxes.append(Box(left + design.width_mm - element.right_mm, top - element.bottom_mm, *size))
    return boxes


def _count(label: Label, design: Design | None, head: Head, look: Look) -> int:
    """How many dots a module takes; what arranges itself has taken whole dots already. Tills bear no more than some."""
    if label.dress:
        return 0
    room = label.art.layout.symbol.width_mm
    if design:
        room = min(design.symbols[0].width_mm, design.symbols[0].height_mm)
    dots = count_dots(label.symbol, room, head)
    if look.till:
        dots = min(dots, head.count(X_DIMENSION.most_mm))
        check_module(label.symbol, dots * head.dot_mm)
    return dots


def _draw(item: LabelItem, label: Label, art: Image.Image, head: Head, dots: int, shift: tuple[int, int]) -> DotLabel:
    layout = label.art.layout
    if label.dress:
        return DotLabel(item, art, (), head, 2 if layout.turned else 1)
    boxes = [layout.symbol, layout.turned] if layout.turned else [layout.symbol]
    spots = tuple(_find_spot(box, dots, label.symbol.full_size, head, art.size) for box in boxes)
    for spot in spots:
        draw_symbol(art, label.symbol, spot)
    moved = tuple(_move(spot, shift) for spot in spots)
    return DotLabel(item, _shift(art, shift), moved, head, len(spots))


def count_dots(symbol: Symbol, room_mm: float, head: Head) -> int:
    """How many dots a module takes where the symbol has so much room; raises Invalid when that is too few."""
    dots = floor(room_mm / symbol.full_size / head.dot_mm + 1e-6)
    if dots >= head.least_dots:
        return dots
    raise Invalid(
        "dpi",
        "At {dpi} dots an inch this symbol needs {allowed} × {allowed} mm, {dots} dots for each module; it has {value} "
        "mm. Make its box larger, or choose more dots an inch.",
        dpi=head.dpi,
        dots=head.least_dots,
        value=round(room_mm, 1),
        allowed=round(symbol.full_size * head.least_module_mm + 0.05, 1),
    )


def _find_spot(box: Box, dots: int, modules: int, head: Head, size: tuple[int, int]) -> Spot:
    """Centred where the box is, by whole dots, and whole on the label."""
    side = dots * modules
    left = round((box.x_mm + box.width_mm / 2) / head.dot_mm - side / 2)
    top = round((box.y_mm + box.height_mm / 2) / head.dot_mm - side / 2)
    return Spot(max(0, min(left, size[0] - side)), max(0, min(top, size[1] - side)), dots, modules)


def draw_symbol(image: Image.Image, symbol: Symbol, spot: Spot) -> None:
    """The symbol with its quiet zone, white all round."""
    image.paste("white", spot.box)
    quiet = QUIET_MODULES * spot.dots
    for row, column, length in list_runs(symbol):
        left, top = spot.left + quiet + column * spot.dots, spot.top + quiet + row * spot.dots
        image.paste("black", (left, top, left + length * spot.dots, top + spot.dots))


def _move(spot: Spot, shift: tuple[int, int]) -> Spot:
    return replace(spot, left=spot.left + shift[0], top=spot.top + shift[1])


def _shift(image: Image.Image, shift: tuple[int, int]) -> Image.Image:
    """The picture moved; raises Invalid when something would come to lie off the label."""
    if shift == (0, 0):
        return image
    moved = Image.new(image.mode, image.size, "white")
    moved.paste(image, shift)
    ink = ImageChops.invert(image.convert("L")).getbbox()
    across, down = shift
    inside = not ink or (
        min(ink[0] + across, ink[1] + down) >= 0 and ink[2] + across <= image.width and ink[3] + down <= image.height
    )
    if inside:
        return moved
    raise Invalid(
        "printer",
        "This printer's correction of {across} and {down} dots would push the label's print off the paper. "
        "Measure its calibration page once more.",
        across=across,
        down=down,
    )
