"""Measures a symbol that was read: how many dots a module takes, how clear the ground around it is, how dark it is.

What reads at the first glance of a good decoder may still fail in the hand; these are the margins. Decodes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import zxingcpp
from PIL import Image

from shelftalk.errors import mark

FINDER_MODULES = 7  # ISO/IEC 18004 §5.3.2
QUIET_MODULES = 4  # ISO/IEC 18004 §5.3.8
LEAST_DOTS = 2.5  # along a module; fewer are not told apart
LEAST_CONTRAST = 0.55  # ISO/IEC 15415 §7.8.2, grade 3 of 4
UNEVEN = 24  # of 255: how far the tone of a clear ground may waver
RIM = 2  # dots beside an edge that a drawn edge may shade
TOO_FINE = mark("The symbol’s modules are too small for this resolution.")
NOT_QUIET = mark("Something stands in the symbol’s quiet zone.")
TOO_PALE = mark("The symbol is too pale against its ground.")


@dataclass(frozen=True)
class Measured:
    """What was measured of a symbol, or the worst of several."""

    dots: float  # along a module
    quiet: int  # modules of clear ground on every side
    contrast: float  # between ground and modules, of 1

    @property
    def is_good(self) -> bool:
        """Whether all margins are kept."""
        return not self.fault

    @property
    def fault(self) -> str:
        """What is wrong, as a text to translate; empty when nothing is."""
        if self.dots < LEAST_DOTS:
            return TOO_FINE
        if self.quiet < QUIET_MODULES:
            return NOT_QUIET
        return TOO_PALE if self.contrast < LEAST_CONTRAST else ""


def find_least(one: Measured | None, other: Measured | None) -> Measured | None:
    """The worst of both in everything."""
    if one is None or other is None:
        return one or other
    return Measured(min(one.dots, other.dots), min(one.quiet, other.quiet), min(one.contrast, other.contrast))


def measure_found(image: Image.Image, symbol: zxingcpp.Barcode, corner: tuple[int, int] = (0, 0)) -> Measured:
    """Measure an upright symbol in a grey picture; `corner` is where the part lies that it was read in."""
    corners = symbol.position
    points = (corners.top_left, corners.top_right, corners.bottom_left, corners.bottom_right)
    left, right = min(p.x for p in points) + corner[0], max(p.x for p in points) + corner[0]
    top, bottom = min(p.y for p in points) + corner[1], max(p.y for p in points) + corner[1]
    modules = 4 * int(cast(dict[str, str], symbol.extra)["Version"]) + 17
    dots = min(right - left, bottom - top) / modules
    return measure_box(image, (left, top, right, bottom), dots)


def measure_box(image: Image.Image, box: tuple[int, int, int, int], dots: float, *, rim: int = RIM) -> Measured:
    """Measure a symbol whose modules fill `box`; a `rim` of dots at its edges and its quiet zone's is left out."""
    quiet = 0
    dark, tones = _find_dark(image, box, dots), (0, 255)
    for modules in range(QUIET_MODULES, 0, -1):
        tones = _find_tones(image, box, modules * dots, rim)
        if tones[1] - tones[0] <= UNEVEN:
            quiet = modules
            break
    return Measured(round(dots, 2), quiet, round((tones[0] - dark) / 255, 2))


def _find_dark(image: Image.Image, box: tuple[int, int, int, int], dots: float) -> int:
    """The tone of the modules: the darkest that all corners have, for a logo in the middle may be darker."""
    left, top, right, bottom = box
    side = max(1, round(FINDER_MODULES * dots))
    across, down = ((left, left + side), (right - side, right)), ((top, top + side), (bottom - side, bottom))
    return max(_get_tones(image, (x[0], y[0], x[1], y[1]))[0] for x in across for y in down)


def _get_tones(image: Image.Image, box: tuple[int, int, int, int]) -> tuple[int, int]:
    darkest, lightest = cast(tuple[int, int], image.crop(box).getextrema())
    return darkest, lightest


def _find_tones(image: Image.Image, box: tuple[int, int, int, int], reach: float, rim: int) -> tuple[int, int]:
    """The darkest and the lightest tone of the ground around a symbol, as far as `reach`; off the picture is white."""
    left, top, right, bottom = box
    far = max(rim, round(reach) - rim)
    outer = max(0, left - far), max(0, top - far), min(image.width, right + far), min(image.height, bottom + far)
    strips = (
        (outer[0], outer[1], outer[2], top - rim),
        (outer[0], bottom + rim, outer[2], outer[3]),
        (outer[0], top - rim, left - rim, bottom + rim),
        (right + rim, top - rim, outer[2], bottom + rim),
    )
    tones = [_get_tones(image, strip) for strip in strips if strip[0] < strip[2] and strip[1] < strip[3]]
    return min((low for low, _ in tones), default=255), max((high for _, high in tones), default=255)
