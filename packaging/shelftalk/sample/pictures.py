"""The sample brand's pictures, drawn from nothing but numbers: the same on every machine. Knows no files."""

from __future__ import annotations

from collections.abc import Callable

from shelftalk.sample.glass import draw_cup, draw_jar
from shelftalk.sample.packs import draw_box, draw_caddy, draw_pouch, draw_tin
from shelftalk.sample.scenes import draw_cups, draw_hills

# By name: the products' own by their slug, and the ones inside pages.
PICTURES: dict[str, Callable[[], bytes]] = {
    "high-mountain-oolong": draw_tin,
    "jasmine-green": draw_pouch,
    "smoked-lapsang": draw_caddy,
    "buckwheat-honey": draw_jar,
    "glass-brewing-cup": draw_cup,
    "four-seasons-gift-box": draw_box,
    "cups": draw_cups,
    "hills": draw_hills,
}


def draw_picture(name: str) -> bytes:
    """A picture as PNG: products 1200 by 1200 on a clear ground, scenes 1200 by 800; raises KeyError."""
    return PICTURES[name]()
