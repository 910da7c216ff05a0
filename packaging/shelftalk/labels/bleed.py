"""Which elements of a design run over the label's edge, and how far they are drawn there. Draws nothing itself.

Sheets and cutters lie a little askew, so art either stays off the edge or runs on beyond it, to be cut off. Printed
without bleed nothing may be beside the labels: there what runs over the edge ends before it, with a rim of white.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from shelftalk.labels.label_design import GRID_MM, BoxElement, Design, Element, ImageElement, LineElement

RIM_MM = 0.2  # white that is left to the edge: sheets are proven empty outside the labels
NEAR_MM = 0.5  # a design is as large as its label when no more is left free on each side
_SLACK = GRID_MM / 2 + 1e-6


@dataclass(frozen=True)
class Sides:
    """What is true of an element's four sides."""

    left: bool = False
    top: bool = False
    right: bool = False
    bottom: bool = False

    @property
    def any(self) -> bool:
        """Whether it is true of one."""
        return self.left or self.top or self.right or self.bottom

    @property
    def all(self) -> bool:
        """Whether it is true of all."""
        return self.left and self.top and self.right and self.bottom


NO_SIDES = Sides()


@dataclass(frozen=True)
class Growth:
    """How far what runs over the edge goes beyond the design's, across and down; negative: how far it ends before."""

    across_mm: float = 0.0
    down_mm: float = 0.0


def list_sides(design: Design, element: Element) -> Sides:
    """The sides on which an element runs over the label's edge: those that lie on it.

    Grounds and pictures that fill their box do so, and lines at their ends. An outline would be cut away, a whole
    picture would lose its rim, and a rounded corner would be cut open: they keep off the edge.
    """
    sides = Sides(
        abs(element.x_mm) <= _SLACK,
        abs(element.y_mm) <= _SLACK,
        abs(element.right_mm - design.width_mm) <= _SLACK,
        abs(element.bottom_mm - design.height_mm) <= _SLACK,
    )
    if isinstance(element, LineElement):
        flat = element.width_mm >= element.height_mm
        return Sides(left=sides.left, right=sides.right) if flat else Sides(top=sides.top, bottom=sides.bottom)
    if isinstance(element, BoxElement) and element.stroke == "none":
        return sides if sides.all or not element.corner_mm else NO_SIDES
    if isinstance(element, ImageElement) and element.fit == "cover":
        return sides
    return NO_SIDES


def is_over_edge(design: Design) -> bool:
    """Whether anything of the design runs over the label's edge."""
    return any(list_sides(design, element).any for element in design.elements)


def measure_growth(design: Design, width_mm: float, height_mm: float, bleed_mm: float) -> Growth:
    """How far the design's edge is from where its art ends, on a label of this size."""
    across = (width_mm - design.width_mm) / 2
    down = (height_mm - design.full_height_mm) / 2
    return Growth(_grow(across, bleed_mm), _grow(down, bleed_mm))


def _grow(free_mm: float, bleed_mm: float) -> float:
    if bleed_mm and free_mm <= NEAR_MM:
        return free_mm + bleed_mm
    return -max(0.0, RIM_MM - free_mm)


def run_over(design: Design, growth: Growth) -> Design:
    """The design as it is printed: what runs over the edge so much larger. At a fold nothing changes."""
    elements = tuple(_stretch(element, list_sides(design, element), growth, design) for element in design.elements)
    return replace(design, elements=elements)


def _stretch(element: Element, sides: Sides, growth: Growth, design: Design) -> Element:
    left, right = sides.left * growth.across_mm, sides.right * growth.across_mm
    top, bottom = sides.top * (design.faces == 1) * growth.down_mm, sides.bottom * growth.down_mm
    stretched = replace(
        element,
        x_mm=element.x_mm - left,
        y_mm=element.y_mm - top,
        width_mm=element.width_mm + left + right,
        height_mm=element.height_mm + top + bottom,
    )
    if isinstance(stretched, BoxElement) and stretched.corner_mm:
        corner = stretched.corner_mm + min(growth.across_mm, growth.down_mm)
        return replace(stretched, corner_mm=max(0.0, corner))
    return stretched
