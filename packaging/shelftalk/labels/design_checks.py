"""What must hold in a label design before anything is printed with it: edges, the symbol's quiet zone, contrast.

Knows no text's length: whether words fit is found by typesetting them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot

from shelftalk.errors import Invalid
from shelftalk.labels.bleed import RIM_MM, list_sides
from shelftalk.labels.design import DOT_MM, EDGE_MM, LEAST_MODULE_MM
from shelftalk.labels.label_design import (
    BoxElement,
    Design,
    Element,
    ImageElement,
    LineElement,
    SymbolElement,
    TextElement,
)
from shelftalk.labels.stock import Stock

LEAST_MODULES = 29  # of the smallest QR symbol, quiet zones included
DARK = ("black", "grey")
FIT_SLACK_MM = 0.05


def list_faults(design: Design) -> list[Invalid]:
    """Everything that forbids printing with the design; a fault of an element has the field `<element id>.<field>`."""
    return [
        *_check_symbol(design),
        *(fault for element in design.elements for fault in _check_element(design, element)),
        *_check_quiet_zone(design),
        *_check_contrast(design),
    ]


def list_hints(design: Design) -> Iterator[Invalid]:
    """What is likely a mistake and forbids nothing: texts that lie under something; no field of their elements."""
    for place, text in enumerate(design.elements):
        if not isinstance(text, TextElement) or not text.texts:
            continue
        if any(_hides(element) and element.overlaps(text) for element in design.elements[place + 1 :]):
            yield Invalid(
                f"{text.id}.hint",
                "A box or picture lies over the text “{value}”. Move one of them, or move the text forward.",
                value=text.texts[0][1][:30],
            )


def _hides(element: Element) -> bool:
    if isinstance(element, BoxElement):
        return element.fill != "none"
    return isinstance(element, ImageElement) and bool(element.media)


def check_design(design: Design) -> Design:
    """The design when nothing is wrong with it; raises the first fault."""
    for fault in list_faults(design):
        raise fault
    return design


def _check_symbol(design: Design) -> Iterator[Invalid]:
    count = len(design.symbols)
    if count == 0:
        yield Invalid("", "The design has no symbol. Add one: without it there is nothing to scan.")
    for further in design.symbols[1:]:
        yield Invalid(f"{further.id}.kind", "The design has {value} symbols. Keep one, remove the others.", value=count)
    for symbol in design.symbols:
        side = min(symbol.width_mm, symbol.height_mm)
        least = LEAST_MODULES * LEAST_MODULE_MM
        if side < least:
            yield Invalid(
                f"{symbol.id}.width_mm",
                "A symbol in {value} mm cannot be read: its modules would be smaller than {least} mm. "
                "Make it {allowed} mm or larger.",
                value=side,
                least=LEAST_MODULE_MM,
                allowed=round(least + 0.05, 1),
            )


def _check_element(design: Design, element: Element) -> Iterator[Invalid]:
    yield from _check_size(element)
    yield from _check_edge(design, element)
    if isinstance(element, TextElement):
        if not element.texts:
            yield Invalid(f"{element.id}.text", "This text is empty. Write something, or remove it.")
        if element.least_pt > element.size_pt:
            yield Invalid(
                f"{element.id}.least_pt",
                "The smallest size, {value} pt, is larger than the size, {allowed} pt. Choose {allowed} or less.",
                value=element.least_pt,
                allowed=element.size_pt,
            )
    if isinstance(element, ImageElement) and not element.media:
        yield Invalid(f"{element.id}.media", "No picture is chosen here. Choose one, or remove it.")


def _check_size(element: Element) -> Iterator[Invalid]:
    least = 0.0 if isinstance(element, LineElement) else 1.0
    for name in ("width_mm", "height_mm"):
        if getattr(element, name) < least:
            yield Invalid(
                f"{element.id}.{name}",
                "{value} mm is too small to be seen. Make it {allowed} mm or larger.",
                value=getattr(element, name),
                allowed=least,
            )


def _check_edge(design: Design, element: Element) -> Iterator[Invalid]:
    margin = EDGE_MM if isinstance(element, (SymbolElement, TextElement)) else RIM_MM
    excess = _measure_excess(design, element, margin)
    if excess > 1e-6 and _could_run_over(element):
        yield Invalid(
            f"{element.id}.x_mm",
            "This comes {value} mm too close to the label’s edge. Leave {allowed} mm of white, or lay it on the "
            "edge itself: there it runs on into the bleed.",
            value=round(excess + 0.049, 1),
            allowed=margin,
        )
    elif excess > 1e-6:
        yield Invalid(
            f"{element.id}.x_mm",
            "This comes {value} mm too close to the label’s edge. Leave {allowed} mm of white.",
            value=round(excess + 0.049, 1),
            allowed=margin,
        )


def _could_run_over(element: Element) -> bool:
    if isinstance(element, BoxElement):
        return element.stroke == "none" and not element.corner_mm
    return isinstance(element, ImageElement) and element.fit == "cover"


def _measure_excess(design: Design, element: Element, margin: float) -> float:
    """How far the element reaches into the label's margin, or out of the label; sides that run over it are free to."""
    over = list_sides(design, element)
    if design.shape == "round":
        if over.any:
            return 0.0  # cut along the circle
        radius = min(design.width_mm, design.height_mm) / 2 - margin
        corner = min(element.corner_mm, *_halves(element)) if isinstance(element, BoxElement) else 0.0
        across = max(design.width_mm / 2 - element.x_mm, element.right_mm - design.width_mm / 2)
        down = max(design.height_mm / 2 - element.y_mm, element.bottom_mm - design.height_mm / 2)
        if min(across, down) <= corner:
            return max(across, down) - radius
        return hypot(across - corner, down - corner) + corner - radius
    sides = (
        (margin - element.x_mm, over.left),
        (margin - element.y_mm, over.top),
        (element.right_mm - design.width_mm + margin, over.right),
        (element.bottom_mm - design.height_mm + margin, over.bottom),
    )
    return max((excess for excess, runs in sides if not runs), default=0.0)


def _halves(element: Element) -> tuple[float, float]:
    return element.width_mm / 2, element.height_mm / 2


def _check_quiet_zone(design: Design) -> Iterator[Invalid]:
    """Boxes may lie behind the whole of a symbol, which brings its own white ground; nothing else may touch it."""
    for symbol in design.symbols:
        for place, element in enumerate(design.elements):
            if element is symbol or not _touches(element, symbol):
                continue
            behind = place < design.elements.index(symbol)
            if isinstance(element, BoxElement) and behind and _holds(element, symbol):
                continue
            if isinstance(element, SymbolElement):
                continue
            if isinstance(element, BoxElement) and behind and element.contains(symbol):
                yield Invalid(
                    f"{element.id}.corner_mm",
                    "The outline or a corner touches the symbol’s quiet zone. Make the box larger, or its corners "
                    "less round.",
                )
                continue
            yield Invalid(
                f"{element.id}.x_mm",
                "This reaches {value} mm into the symbol’s quiet zone. Move it away, or make it smaller.",
                value=round(_measure_overlap(element, symbol), 2),
            )


def _touches(element: Element, symbol: Element) -> bool:
    if isinstance(element, BoxElement) and element.fill in ("none", "white") and element.stroke == "none":
        return False
    return _grow(element).overlaps(symbol)


def _grow(element: Element) -> Element:
    """The room a line takes with its thickness; other elements keep to their box."""
    if not isinstance(element, LineElement):
        return element
    half = element.thickness_mm / 2
    flat = element.width_mm >= element.height_mm
    middle = element.y_mm + element.height_mm / 2, element.x_mm + element.width_mm / 2
    if flat:
        return Element(element.id, element.x_mm, middle[0] - half, element.width_mm, 2 * half)
    return Element(element.id, middle[1] - half, element.y_mm, 2 * half, element.height_mm)


def _holds(box: BoxElement, symbol: Element) -> bool:
    """Whether the symbol lies within the box, its outline and rounded corners left free."""
    stroke = 0.0 if box.stroke == "none" else box.stroke_mm
    inner = Element(box.id, box.x_mm + stroke, box.y_mm + stroke, box.width_mm - 2 * stroke, box.height_mm - 2 * stroke)
    if not inner.contains(symbol):
        return False
    radius = max(0.0, min(box.corner_mm, *_halves(box)) - stroke)
    across = radius - min(symbol.x_mm - inner.x_mm, inner.right_mm - symbol.right_mm)
    down = radius - min(symbol.y_mm - inner.y_mm, inner.bottom_mm - symbol.bottom_mm)
    return min(across, down) <= 0 or hypot(across, down) <= radius + 1e-6


def _measure_overlap(element: Element, symbol: Element) -> float:
    grown = _grow(element)
    across = min(grown.right_mm, symbol.right_mm) - max(grown.x_mm, symbol.x_mm)
    down = min(grown.bottom_mm, symbol.bottom_mm) - max(grown.y_mm, symbol.y_mm)
    return min(across, down)


def _check_contrast(design: Design) -> Iterator[Invalid]:
    for place, element in enumerate(design.elements):
        if not isinstance(element, TextElement):
            continue
        ground = _find_ground(design, place)
        if element.colour == "white" and ground not in DARK:
            yield Invalid(
                f"{element.id}.colour", "White text cannot be seen here. Put a black or grey box behind the whole text."
            )
        elif element.colour == "black" and ground in DARK:
            yield Invalid(
                f"{element.id}.colour", "Black text cannot be read on a {ground} box. Make it white.", ground=ground
            )
        elif element.colour == "grey" and ground != "white":
            yield Invalid(f"{element.id}.colour", "Grey text is only clear on white. Make it black or white.")


def _find_ground(design: Design, place: int) -> str:
    """What lies behind a text; "mixed" when it is dark under a part of it only."""
    text = design.elements[place]
    for element in reversed(design.elements[:place]):
        if isinstance(element, BoxElement) and element.fill != "none" and element.overlaps(text):
            if element.contains(text):
                return element.fill
            if element.fill in DARK:
                return "mixed"
    return "white"


def fit_module(symbol: SymbolElement, modules: int) -> float:
    """The module of a symbol with so many along its side, in whole printer dots; raises Invalid when too small."""
    side = min(symbol.width_mm, symbol.height_mm)
    module = int(side / modules / DOT_MM + 1e-9) * DOT_MM
    if module >= LEAST_MODULE_MM:
        return module
    raise Invalid(
        f"{symbol.id}.width_mm",
        "The symbol of this address needs {allowed} mm and has {value} mm: its modules would be smaller than "
        "{least} mm. Make it larger, or the address shorter.",
        value=side,
        allowed=round(modules * (-(-LEAST_MODULE_MM // DOT_MM) * DOT_MM) + 0.05, 1),
        least=LEAST_MODULE_MM,
    )


def check_stock(design: Design, stock: Stock) -> None:
    """Raises Invalid saying why labels of this stock cannot carry the design."""
    width, height = stock.label_width_mm, stock.label_height_mm
    for label, wanted, there in (("width", design.width_mm, width), ("height", design.full_height_mm, height)):
        if wanted > there + FIT_SLACK_MM:
            excess = round(wanted - there, 1)
            if label == "width":
                raise Invalid("design", "{excess} mm too wide for these labels.", excess=excess)
            raise Invalid("design", "{excess} mm too high for these labels.", excess=excess)
    if stock.shape == "round" and design.shape != "round" and hypot(design.width_mm, design.full_height_mm) > width:
        raise Invalid("design", "Its corners do not fit on round labels.")
