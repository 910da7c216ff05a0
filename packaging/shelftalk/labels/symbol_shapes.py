"""The geometry of a styled symbol in modules: rectangles, lines with round ends, where the logo and the words go.

The origin is the symbol's first module at the top left; y runs down. Knows no file format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress

from shelftalk.labels.stream import _spread
from shelftalk.labels.style import WHITE, Style
from shelftalk.labels.symbol import QUIET_MODULES, Symbol

DOT = 0.9  # a dot's diameter: smaller ones are read from less far
ROUND = 1.0  # a rounded module's thickness
FINDER = 7
FRAME_LINE = 0.6  # its thickness; the rest of its room stays clear
CORNERS = {"none": 0.0, "line": 0.0, "rounded": 4.5}
LOGO_AIR = 0.5  # between the logo and the modules around it
CAPTION_AIR = 1.8  # beside the words


@dataclass(frozen=True)
class Rect:
    """A rectangle with round corners."""

    x: float
    y: float
    width: float
    height: float
    corner: float = 0.0


@dataclass(frozen=True)
class Shape:
    """Rectangles filled with one colour; where two lie on each other is a hole."""

    colour: str
    rects: tuple[Rect, ...]


@dataclass(frozen=True)
class Plan:
    """Everything of a styled symbol but its modules, alike for all of one size: shapes in their order, and rooms."""

    shapes: tuple[Shape, ...]
    left: float  # from the room's left edge to the symbol's
    top: float
    side: int  # of the whole room, a square
    logo: Rect | None
    caption: Rect | None
    caption_colour: str


def measure_room(symbol_full_size: int, style: Style | None) -> int:
    """Modules along the side of the square a symbol needs: quiet zone, frame and words included."""
    return symbol_full_size + (style.extra_modules if style else 0)


@lru_cache(maxsize=256)
def make_plan(style: Style, size: int) -> Plan:
    """The plan of a style's symbols with `size` modules along a side."""
    full, edge = size + 2 * QUIET_MODULES, style.edge
    above = style.band if style.caption_at == "above" else 0
    outer = Rect(-QUIET_MODULES - edge, -QUIET_MODULES - edge - above, full + 2 * edge, full + 2 * edge + style.band)
    shapes = [*_list_grounds(style, outer), *_list_frames(style, outer, full)]
    if is_shaped(style):
        shapes.append(Shape(style.dark, _list_finders(size, rounded=style.finders == "rounded")))
    cleared = style.count_cleared(size)
    start = (size - cleared) / 2 + LOGO_AIR
    side = cleared - 2 * LOGO_AIR
    return Plan(
        shapes=tuple(shapes),
        left=style.band / 2 + style.air + edge + QUIET_MODULES,
        top=above + style.air + edge + QUIET_MODULES,
        side=full + style.extra_modules,
        logo=Rect(start, start, side, side) if cleared > 1 else None,
        caption=_place_caption(style, outer) if style.band else None,
        caption_colour=style.dark if style.frame == "none" else style.ground,
    )


def is_shaped(style: Style) -> bool:
    """Whether the three corners are drawn apart from the modules."""
    return (style.modules, style.finders) != ("square", "square")


def _list_grounds(style: Style, outer: Rect) -> list[Shape]:
    corner = CORNERS[style.frame]
    ground = Rect(outer.x, outer.y, outer.width, outer.height, corner)
    return [] if style.ground == WHITE else [Shape(style.ground, (ground,))]


def _list_frames(style: Style, outer: Rect, full: int) -> list[Shape]:
    """The frame is one shape with a hole; words stand in the thick part of it."""
    if style.frame == "none":
        return []
    corner = CORNERS[style.frame]
    clear = style.edge - FRAME_LINE
    top = -QUIET_MODULES - clear
    hole = Rect(top, top, full + 2 * clear, full + 2 * clear, max(0.0, corner - FRAME_LINE))
    return [Shape(style.dark, (Rect(outer.x, outer.y, outer.width, outer.height, corner), hole))]


def _place_caption(style: Style, outer: Rect) -> Rect:
    air = CAPTION_AIR + CORNERS[style.frame] / 3
    y = outer.y if style.caption_at == "above" else outer.y + outer.height - style.band
    lean = FRAME_LINE / 2 if style.edge else 0  # the thick part begins where the frame's line does
    if style.caption_at == "above":
        lean = -lean
    return Rect(outer.x + air, y - lean, outer.width - 2 * air, style.band)


def _list_finders(size: int, *, rounded: bool) -> tuple[Rect, ...]:
    corners = (2.1, 1.1, 0.9) if rounded else (0.0, 0.0, 0.0)
    rects: list[Rect] = []
    for x, y in ((0, 0), (size - FINDER, 0), (0, size - FINDER)):
        for inset, corner in enumerate(corners):
            side = FINDER - 2 * inset
            rects.append(Rect(x + inset, y + inset, side, side, corner))
    return tuple(rects)


@lru_cache(maxsize=256)
def make_mask(style: Style, size: int) -> int:
    """The modules that are drawn one by one, as bits: not shaped corners, not those under a logo."""
    mask = (1 << size * size) - 1
    areas = [(0, 0, FINDER), (size - FINDER, 0, FINDER), (0, size - FINDER, FINDER)] if is_shaped(style) else []
    cleared = style.count_cleared(size)
    if cleared > 1:
        areas.append(((size - cleared) // 2, (size - cleared) // 2, cleared))
    for x, y, side in areas:
        for row in range(y, y + side):
            mask &= ~(((1 << side) - 1) << (row * size + x))
    return mask


Ends = tuple[Sequence[str], Sequence[str]]  # how a line is begun and ended at each module, in a file format's operators


def draw_lines(symbol: Symbol, bits: int, style: Style, across: Ends, down: Ends) -> str:
    """The modules as lines with round ends. `across` counts modules row by row, `down` column by column.

    Dots are lines without length. Rounded modules are the lines along every row and every column: where they cross
    they flow together, and no edge lies between two of them.
    """
    size = symbol.size
    if style.modules == "dots":
        marks = _spread(bits)
        return "".join(map("".join, zip(compress(across[0], marks), compress(across[1], marks), strict=True)))
    first = sum(1 << row * size for row in range(size))
    flat = _turn(bits, size)
    rows, columns = _drop_singles(bits, size, first), _drop_singles(flat, size, first)
    single = bits & ~rows & ~_turn(columns, size)
    return _join(rows | single, size, first, across) + _join(columns, size, first, down)


def _turn(bits: int, size: int) -> int:
    """Rows as columns."""
    signs = format(bits, f"0{size * size}b")
    return int("".join([signs[start::size] for start in range(size)]), 2)


def _drop_singles(bits: int, size: int, first: int) -> int:
    """The modules with a neighbour in their row."""
    right = bits >> 1 & ~(first << size - 1)
    left = bits << 1 & ~first & ((1 << size * size) - 1)
    return bits & (right | left)


def _join(bits: int, size: int, first: int, ends: Ends) -> str:
    starts = _spread(bits & ~(bits << 1 & ~first))
    stops = _spread(bits & ~(bits >> 1 & ~(first << size - 1)))
    return "".join(map("".join, zip(compress(ends[0], starts), compress(ends[1], stops), strict=True)))
