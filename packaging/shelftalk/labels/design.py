"""Where symbol, call to action, name and address go on a label of a given size. Millimetres and points; sets no type.

A label is a small poster: one message, one symbol, air around it. Wide labels have the symbol beside the
text, at the end of the line of reading; square and tall ones have it above.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, combinations, pairwise
from math import floor, inf, sqrt

from shelftalk.errors import Invalid
from shelftalk.labels.fonts import AddressFont
from shelftalk.labels.symbol import QUIET_MODULES

POINT_MM = 25.4 / 72
LEAST_PT = 5.0
LEAST_MODULE_MM = 0.25
GOOD_MODULE_MM = 0.35  # a symbol gives way to comfortable text only down to this, to any text at all further
DOT_MM = 25.4 / 600  # a module is a whole number of the printer's dots
SHARES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.52)  # of the largest symbol, tried in this order
EDGE_MM = 0.75  # sheets lie a little askew in every printer
WIDE = 1.25  # from this ratio on the symbol stands beside the text
CAP_EM = 0.714
ACCENT_EM = 0.22  # what an accent on a capital may stand above it
ADDRESS_LINE_EM = 1.2
ADDRESS_GAP_EM = 0.9
ROUND_SYMBOL = 1.0  # side of the largest symbol on a round label, of its radius
ROUND_FOOT = 0.76  # how far below the middle the address ends, of its radius


@dataclass(frozen=True)
class Box:
    """A rectangle on the label, from its top left corner."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float


@dataclass(frozen=True)
class Written:
    """Where a line or two that differ on every label are drawn, without being typeset."""

    box: Box
    size_pt: float
    align: str  # "left", "right" or "center"
    ink: str  # as a PDF sets it


@dataclass(frozen=True)
class Layout:
    """One way to arrange a label. `symbol` includes the quiet zone; `text` holds call to action and name."""

    symbol: Box
    module_mm: float
    text: Box
    address: Box
    align: str  # "left", "right" or "center", of all text
    call_pt: float
    name_pt: float
    address_pt: float
    address_lines: int
    turned: Box | None = None  # the symbol once more, on the other face of a folded label
    written: tuple[Written, ...] = ()  # of a design: addresses and codes


@dataclass(frozen=True)
class Room:
    """The label and what is known of its contents before type is set."""

    width_mm: float
    height_mm: float
    modules: int  # along the symbol's side, quiet zones included
    rtl: bool
    address_ems: tuple[float | None, ...]  # widest line when set in 1, 2, 3, 4 lines; None: cannot be split so
    is_round: bool = False
    dot_mm: float = DOT_MM  # of the printer
    least_module_mm: float = LEAST_MODULE_MM
    most_module_mm: float = inf


def wrap_address(address: str, lines: int) -> list[str] | None:
    """The address in exactly so many lines, the longest as short as can be; None if it has too few breaks.

    Lines end before a slash, dot or hyphen of the host; the path is never broken.
    """
    host, slash, path = address.partition("/")
    ends = _choose_ends(host, len(slash + path), lines)
    return [address[first:last] for first, last in pairwise(ends)] if ends else None


@lru_cache(maxsize=1024)
def _choose_ends(host: str, path_length: int, lines: int) -> tuple[int, ...] | None:
    """Where the lines of an address begin and end; equal hosts with paths of one length are broken alike."""
    pieces = [len(piece) for piece in re.split(r"(?=[.-])", host) if piece] + [path_length] * bool(path_length)
    if lines > len(pieces):
        return None
    breaks = [*accumulate(pieces, initial=0)]
    choices = ((0, *chosen, breaks[-1]) for chosen in combinations(breaks[1:-1], lines - 1))
    return min(choices, key=lambda ends: (max(last - first for first, last in pairwise(ends)), -ends[1]))


def measure_addresses(addresses: Sequence[str], font: AddressFont) -> tuple[float | None, ...]:
    """The widest line in em over all addresses when set in one line, two, three and four."""
    widths: list[float | None] = []
    for lines in (1, 2, 3, 4):
        wrapped = [wrap_address(address, lines) for address in set(addresses)]
        whole = [line for parts in wrapped if parts for line in parts]
        widths.append(max(map(font.measure, whole)) if all(wrapped) else None)
    return tuple(widths)


def list_layouts(room: Room) -> list[Layout]:
    """The arrangements to try, best first: symbol large, then smaller to leave more room for the text.

    Raises Invalid when the symbol or the address cannot fit.
    """
    arrange = _choose_arrangement(room)
    layouts: list[Layout] = []
    for share in SHARES:
        for aligned in (True, False):
            layout = arrange(room, share, aligned)
            if layout and layout not in layouts:
                layouts.append(layout)
    if layouts:
        return layouts
    raise _refuse_room(room)


def _choose_arrangement(room: Room) -> Callable[[Room, float, bool], Layout | None]:
    if room.is_round:
        return _arrange_round
    return _arrange_beside if room.width_mm >= WIDE * room.height_mm else _arrange_above


def _refuse_room(room: Room) -> Invalid:
    sizes = {"width": round(room.width_mm, 1), "height": round(room.height_mm, 1)}
    wide = room.width_mm >= WIDE * room.height_mm
    symbol = room.modules * room.least_module_mm
    if symbol > min(room.width_mm, room.height_mm) - 2 * EDGE_MM:
        return Invalid(
            "stock",
            "Labels of {width} × {height} mm are too small for this symbol: its modules would be smaller than "
            "{least} mm. Choose larger labels.",
            least=round(room.least_module_mm, 3),
            **sizes,
        )
    address = min(width for width in room.address_ems if width is not None) * LEAST_PT * POINT_MM
    excess = address - (room.width_mm - 2 * _get_padding(room) - (symbol if wide else 0))
    if excess > 0:
        return Invalid(
            "stock",
            "The address is {excess} mm too long for labels of {width} × {height} mm, even at {least} pt. "
            "Choose larger labels.",
            excess=round(excess + 0.05, 1),
            least=LEAST_PT,
            **sizes,
        )
    return Invalid(
        "stock",
        "Labels of {width} × {height} mm are too small for a symbol, a text and an address. Choose larger labels.",
        **sizes,
    )


def _get_padding(room: Room) -> float:
    """The white around the text: a share of the shorter side."""
    return max(1.7, 0.09 * min(room.width_mm, room.height_mm))


def _fit_module(room: Room, side_mm: float) -> float | None:
    """The module for a symbol that may be `side_mm` wide, in whole printer dots; None if unreadably small."""
    module = floor(min(side_mm / room.modules, room.most_module_mm) / room.dot_mm + 1e-9) * room.dot_mm
    return module if module >= room.least_module_mm - 1e-9 else None


def _fit_address(room: Room, width_mm: float, wished_pt: float) -> tuple[int, float] | None:
    """Lines and size of the address: whole at nearly the wished size, else broken, else smaller."""
    sizes = {
        lines: min(wished_pt, width_mm / POINT_MM / max(em, 0.01))
        for lines, em in enumerate(room.address_ems, start=1)
        if em is not None
    }
    for wanted in (0.8 * wished_pt, LEAST_PT):
        for lines, size in sizes.items():
            if size >= max(wanted, LEAST_PT) - 1e-9:
                return lines, size
    return None


def _arrange_beside(room: Room, share: float, aligned: bool) -> Layout | None:
    padding = _get_padding(room)
    side = min(room.height_mm - 2 * EDGE_MM, 0.5 * room.width_mm) * share
    module = _fit_module(room, side)
    if module is None:
        return None
    side = module * room.modules
    top = (room.height_mm - side) / 2
    inset = min(top, max(EDGE_MM, padding - QUIET_MODULES * module))
    width = room.width_mm - inset - side - padding
    clear = top + QUIET_MODULES * module if aligned else padding
    height = room.height_mm - 2 * clear
    call = _clamp(min(0.18 * (room.height_mm - 2 * padding), 0.17 * width) / POINT_MM, 6, 44)
    address = _fit_address(room, width, _clamp(0.45 * call, 5.5, 16))
    if address is None:
        return None
    left = inset + side if room.rtl else padding
    symbol = Box(inset if room.rtl else room.width_mm - inset - side, top, side, side)
    column = Box(left, clear, width, height)
    return _finish(symbol, module, column, "right" if room.rtl else "left", call, address)


def _arrange_above(room: Room, share: float, aligned: bool) -> Layout | None:
    if not aligned:
        return None
    padding = _get_padding(room)
    side = min(room.width_mm - 2 * EDGE_MM, 0.66 * room.height_mm, 0.86 * room.width_mm) * share
    module = _fit_module(room, side)
    if module is None:
        return None
    side = module * room.modules
    top = max(EDGE_MM, 1.25 * padding - QUIET_MODULES * module)
    width = room.width_mm - 2 * padding
    y = top + side
    height = room.height_mm - padding - y
    call = _clamp(min(0.30 * height, 0.115 * width) / POINT_MM, 6, 44)
    address = _fit_address(room, width, _clamp(0.45 * call, 5.5, 16))
    if address is None:
        return None
    symbol = Box((room.width_mm - side) / 2, top, side, side)
    air = ACCENT_EM * call * POINT_MM
    return _finish(symbol, module, Box(padding, y + air, width, height - air), "center", call, address)


def _arrange_round(room: Room, share: float, aligned: bool) -> Layout | None:
    """Symbol above text above address, each corner inside the circle."""
    if not aligned:
        return None
    middle = room.width_mm / 2
    radius = middle - EDGE_MM
    module = _fit_module(room, ROUND_SYMBOL * radius * share)
    if module is None:
        return None
    side = module * room.modules
    bottom = middle - _get_reach(radius, side / 2) + side
    foot, chord = middle + ROUND_FOOT * radius, 2 * _get_reach(radius, ROUND_FOOT * radius)
    height = foot - bottom
    call = _clamp(min(0.28 * height, 0.115 * room.width_mm) / POINT_MM, 6, 44)
    address = _fit_address(room, chord, _clamp(0.45 * call, 5.5, 16))
    if address is None:
        return None
    symbol = Box(middle - side / 2, bottom - side, side, side)
    air = ACCENT_EM * call * POINT_MM
    column = Box(middle - chord / 2, bottom + air, chord, height - air)
    layout = _finish(symbol, module, column, "center", call, address)
    return layout and replace(layout, text=_widen(layout.text, middle, radius))


def _widen(box: Box, middle: float, radius: float) -> Box:
    """The box as wide as the circle lets all its corners be."""
    far = max(abs(box.y_mm - middle), abs(box.y_mm + box.height_mm - middle))
    half = _get_reach(radius, far)
    return replace(box, x_mm=middle - half, width_mm=2 * half)


def _get_reach(radius: float, away: float) -> float:
    """Half the chord that lies `away` from the middle of a circle."""
    return sqrt(max(0.0, radius * radius - away * away))


def _finish(
    symbol: Box, module: float, column: Box, align: str, call: float, address: tuple[int, float]
) -> Layout | None:
    """Split the column of text: address at its foot, the rest for call to action and name."""
    lines, size = address
    foot = (CAP_EM + (lines - 1) * ADDRESS_LINE_EM) * size * POINT_MM
    rest = column.height_mm - foot - ADDRESS_GAP_EM * size * POINT_MM
    if rest <= 2 * LEAST_PT * POINT_MM:
        return None
    return Layout(
        symbol=symbol,
        module_mm=module,
        text=Box(column.x_mm, column.y_mm, column.width_mm, rest),
        address=Box(column.x_mm, column.y_mm + column.height_mm - foot, column.width_mm, foot),
        align=align,
        call_pt=call,
        name_pt=_clamp(0.58 * call, LEAST_PT, 20),
        address_pt=size,
        address_lines=lines,
    )


def _clamp(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
