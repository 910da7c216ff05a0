"""A label design as a document: what stands where, in millimetres, and which words. Sets no type, draws nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from shelftalk.errors import mark

GRID_MM = 0.05
MOST_ELEMENTS = 40
MAX_NAME = 60
MAX_TEXT = 300
ANY = ""  # the language of a text that is meant for all of them
# What a text may ask of a label's item, and how the editor calls it.
PLACEHOLDERS: dict[str, str] = {
    "product": mark("Product"),
    "brand": mark("Brand"),
    "call": mark("Call to action"),
    "price": mark("Price note"),
    "location": mark("Location"),
    "placement": mark("Placement"),
    "code": mark("Code"),
    "gtin": mark("GTIN"),
    "serial": mark("Serial number"),
    "address": mark("Address"),
}
SHAPES: dict[str, str] = {"rectangle": mark("Rectangle"), "round": mark("Round")}


@dataclass(frozen=True)
class Number:
    """A field that holds a number, in its unit; `step` is what a form counts by."""

    name: str
    label: str
    low: float
    high: float
    step: float
    unit: str  # "mm", "pt" or "" for a plain count


@dataclass(frozen=True)
class Choice:
    """A field that holds one of a few words."""

    name: str
    label: str
    options: Mapping[str, str]


PLACE_FIELDS: tuple[Number, ...] = (
    Number("x_mm", mark("From the left"), 0, 1200, 0.1, "mm"),
    Number("y_mm", mark("From the top"), 0, 1200, 0.1, "mm"),
    Number("width_mm", mark("Width"), 0, 1200, 0.1, "mm"),
    Number("height_mm", mark("Height"), 0, 1200, 0.1, "mm"),
)
WEIGHTS = {"regular": mark("Regular"), "bold": mark("Bold")}
ALIGNS = {"start": mark("At the start"), "center": mark("Centre"), "end": mark("At the end")}
VALIGNS = {"top": mark("Top"), "middle": mark("Middle"), "bottom": mark("Bottom")}
INKS = {"black": mark("Black"), "grey": mark("Grey"), "white": mark("White")}
FILLS = {"none": mark("None"), "white": mark("White"), "light": mark("Light grey"), "grey": mark("Grey")}
FILLS |= {"black": mark("Black")}
STROKES = {"none": mark("None"), "black": mark("Black"), "grey": mark("Grey"), "white": mark("White")}
FITS = {"contain": mark("Show the whole picture"), "cover": mark("Fill the box")}


@dataclass(frozen=True)
class Element:
    """Something on a label, in a box from the label's top left corner."""

    kind: ClassVar[str] = ""
    fields: ClassVar[tuple[Number | Choice, ...]] = ()
    id: str
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    @property
    def right_mm(self) -> float:
        """The box's right edge."""
        return self.x_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        """The box's lower edge."""
        return self.y_mm + self.height_mm

    def overlaps(self, other: Element) -> bool:
        """Whether the boxes share more than an edge."""
        across = min(self.right_mm, other.right_mm) - max(self.x_mm, other.x_mm)
        down = min(self.bottom_mm, other.bottom_mm) - max(self.y_mm, other.y_mm)
        return across > 1e-6 and down > 1e-6

    def contains(self, other: Element) -> bool:
        """Whether the other box lies within this one."""
        return (
            self.x_mm <= other.x_mm + 1e-6
            and self.y_mm <= other.y_mm + 1e-6
            and self.right_mm >= other.right_mm - 1e-6
            and self.bottom_mm >= other.bottom_mm - 1e-6
        )


@dataclass(frozen=True)
class SymbolElement(Element):
    """The QR symbol. Its box holds the quiet zone; in it the symbol is as large as whole printer dots allow."""

    kind = "symbol"


@dataclass(frozen=True)
class TextElement(Element):
    """Words. `texts` are (language, template) pairs; the template of ANY is for all languages without their own."""

    kind = "text"
    fields = (
        Number("size_pt", mark("Size"), 4, 400, 0.5, "pt"),
        Number("least_pt", mark("Smallest size"), 4, 400, 0.5, "pt"),
        Number("lines", mark("Lines at most"), 1, 30, 1, ""),
        Choice("weight", mark("Weight"), WEIGHTS),
        Choice("align", mark("Across"), ALIGNS),
        Choice("valign", mark("Up and down"), VALIGNS),
        Choice("colour", mark("Colour"), INKS),
    )
    texts: tuple[tuple[str, str], ...] = ()
    size_pt: float = 12
    least_pt: float = 6
    lines: int = 1
    weight: str = "regular"
    align: str = "start"
    valign: str = "top"
    colour: str = "black"

    def get_template(self, language: str) -> str:
        """What is written for a language: its own words, else those for all."""
        texts = dict(self.texts)
        return texts.get(language) or texts.get(ANY, "")


@dataclass(frozen=True)
class ImageElement(Element):
    """A picture or logo; `media` is a picture's id."""

    kind = "image"
    fields = (Choice("fit", mark("Fit"), FITS),)
    media: str = ""
    fit: str = "contain"


@dataclass(frozen=True)
class LineElement(Element):
    """A rule through the middle of its box, along the longer side."""

    kind = "line"
    fields = (
        Number("thickness_mm", mark("Thickness"), 0.1, 20, 0.05, "mm"),
        Choice("colour", mark("Colour"), INKS),
    )
    thickness_mm: float = 0.35
    colour: str = "black"


@dataclass(frozen=True)
class BoxElement(Element):
    """A rectangle behind other things, or a frame around them; the stroke lies inside the box."""

    kind = "box"
    fields = (
        Choice("fill", mark("Fill"), FILLS),
        Choice("stroke", mark("Outline"), STROKES),
        Number("stroke_mm", mark("Outline thickness"), 0.1, 10, 0.05, "mm"),
        Number("corner_mm", mark("Corner radius"), 0, 600, 0.1, "mm"),
    )
    fill: str = "none"
    stroke: str = "black"
    stroke_mm: float = 0.35
    corner_mm: float = 0


Kind = Literal["symbol", "text", "image", "line", "box"]
KINDS: dict[str, type[Element]] = {
    kind.kind: kind for kind in (SymbolElement, TextElement, ImageElement, LineElement, BoxElement)
}
KIND_LABELS: dict[str, str] = {
    "symbol": mark("Symbol"),
    "text": mark("Text"),
    "image": mark("Picture"),
    "line": mark("Line"),
    "box": mark("Box"),
}


@dataclass(frozen=True)
class Design:
    """A label's design. Elements are drawn in their order, later ones over earlier ones.

    With two `faces` the label is folded: the design is the lower face, and the same stands upside down above it.
    `mirror`: in languages read from right to left everything changes sides.
    """

    id: str
    name: str
    width_mm: float
    height_mm: float  # of one face
    shape: str = "rectangle"
    faces: int = 1
    mirror: bool = True
    elements: tuple[Element, ...] = field(default=())

    @property
    def full_height_mm(self) -> float:
        """The height of what is cut out: all faces."""
        return self.height_mm * self.faces

    @property
    def symbols(self) -> list[SymbolElement]:
        """The symbols; a sound design has one."""
        return [element for element in self.elements if isinstance(element, SymbolElement)]

    @property
    def media(self) -> list[str]:
        """The ids of its pictures, each once."""
        found = [element.media for element in self.elements if isinstance(element, ImageElement) and element.media]
        return list(dict.fromkeys(found))

    def find_element(self, element_id: str) -> Element | None:
        """The element of this id."""
        return next((element for element in self.elements if element.id == element_id), None)


def turn_round(design: Design, *, rtl: bool) -> Design:
    """The design as readers of this direction see it: mirrored from right to left when it says so."""
    if not (rtl and design.mirror):
        return design
    mirrored = (
        replace(element, x_mm=snap(design.width_mm - element.x_mm - element.width_mm)) for element in design.elements
    )
    return replace(design, elements=tuple(mirrored))


def snap(value: float) -> float:
    """A length on the grid of twentieths of a millimetre."""
    return round(round(value / GRID_MM) * GRID_MM, 2)


def make_id(design: Design, kind: str) -> str:
    """A free id for a new element: text, text-2, text-3."""
    taken = {element.id for element in design.elements}
    number = 1
    while (made := kind if number == 1 else f"{kind}-{number}") in taken:
        number += 1
    return made
