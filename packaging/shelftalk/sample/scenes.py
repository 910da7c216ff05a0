"""The sample's scenes inside pages: tea hills, five infusions. Knows how they look, not where they are shown."""

from __future__ import annotations

import math

from shelftalk.sample.drawing import Board, Colour, Point, area, curve, mix, oval, slab, stroke
from shelftalk.sample.parts import CREAM, INK, WHITE

_MIST: Colour = (232, 240, 230)
_LEAF: Colour = (46, 112, 66)
_TEAS: tuple[Colour, ...] = ((238, 226, 150), (234, 208, 110), (228, 186, 76), (214, 156, 50), (192, 124, 36))


def draw_hills() -> bytes:
    """Tea terraces on rolling hills in the morning."""
    board = Board(1200, 800, _MIST)
    board.shade(
        slab((0, 0, 1200, 800), 0),
        ((0, (196, 222, 224)), (0.6, (248, 240, 220)), (1, CREAM)),
        down=True,
    )
    board.blur(oval((770, 90, 1010, 330)), (255, 236, 178), 50, 0.8)
    board.fill(oval((830, 150, 950, 270)), (255, 244, 208))
    for layer, (base, height, width) in enumerate(((330, 74, 205), (390, 60, 160))):
        tone = mix(_MIST, (104, 146, 140), 0.42 + 0.2 * layer)
        board.fill(area(_make_slope(base, height, width, 1.3 * layer)), tone)
        board.blur(oval((-200, base + 20, 1400, base + 150)), _MIST, 36, 0.75)
    for layer, (base, height, width) in enumerate(_SLOPES):
        _draw_terraces(board, base, height, width, layer)
    return board.save()


_SLOPES = ((470, 58, 190), (570, 66, 240), (690, 60, 300))


def _make_slope(base: float, height: float, width: float, shift: float) -> list[Point]:
    top = [(float(x), _get_height(x, base, height, width, shift)) for x in range(-10, 1220, 10)]
    return [*top, (1210, 820), (-10, 820)]


def _get_height(x: float, base: float, height: float, width: float, shift: float) -> float:
    return base - height * (math.sin(x / width + shift) + 0.4 * math.sin(x / width * 2.3 + shift * 2))


def _draw_terraces(board: Board, base: float, height: float, width: float, layer: int) -> None:
    """One hill and its rows of bushes, wider apart the nearer they are."""
    shift = 1.1 + 1.9 * layer
    hill = area(_make_slope(base, height, width, shift))
    ground = mix(_LEAF, (236, 236, 190), 0.5 - 0.17 * layer)
    board.shade(hill, ((0, mix(ground, WHITE, 0.14)), (1, mix(ground, INK, 0.1))), down=True)
    gap = 17 + 9 * layer
    for row in range(1, 13):
        fall = row * gap + row * row * 0.7
        path = [
            (float(x), _get_height(x, base, height, width, shift) + fall + 5 * math.sin(x / 90 + row))
            for x in range(-20, 1230, 10)
        ]
        bush = gap * 0.56
        board.fill(stroke(path, bush), mix(ground, INK, 0.34), inside=hill)
        crown = [(x, y - bush * 0.2) for x, y in path]
        board.fill(stroke(crown, bush * 0.66), mix(ground, _LEAF, 0.55), inside=hill)
        light = [(x, y - bush * 0.38) for x, y in path]
        board.fill(stroke(light, bush * 0.2), WHITE, 0.16, inside=hill)
    if layer < 2:
        board.blur(oval((-200, base + 60, 1400, base + 190)), _MIST, 30, 0.42)


def draw_cups() -> bytes:
    """Five small cups, each infusion deeper in colour."""
    board = Board(1200, 800, (243, 236, 222))
    board.shade(slab((0, 0, 1200, 470), 0), ((0, (236, 240, 232)), (1, (246, 241, 229))), down=True)
    board.shade(slab((0, 470, 1200, 800), 0), ((0, (216, 190, 152)), (1, (198, 166, 124))), down=True)
    for y, opacity in ((474, 0.5), (556, 0.12), (668, 0.12)):
        board.fill(stroke([(0, y), (1200, y)], 3), (150, 116, 76), opacity)
    for place, tea in enumerate(_TEAS):
        _draw_bowl(board, 152 + place * 224, 400, 184, tea)
    return board.save()


def _draw_bowl(board: Board, centre: float, top: float, width: float, tea: Colour) -> None:
    half, rim, bottom = width / 2, width * 0.17, top + width * 0.84
    board.blur(oval((centre - half * 0.8, bottom - 18, centre + half * 1.2, bottom + 26)), INK, 13, 0.4)
    foot = (centre - half * 0.42, bottom - 22, centre + half * 0.42, bottom + 10)
    board.shade(slab(foot, 12), ((0, (196, 190, 180)), (0.4, WHITE), (1, (176, 170, 160))))
    side = [
        *curve(
            (centre - half, top),
            (centre - half * 0.98, top + width * 0.5),
            (centre - half * 0.7, bottom - 8),
            (centre, bottom - 6),
        ),
        *curve(
            (centre, bottom - 6),
            (centre + half * 0.7, bottom - 8),
            (centre + half * 0.98, top + width * 0.5),
            (centre + half, top),
        ),
    ]
    porcelain = ((0.0, (206, 200, 190)), (0.3, WHITE), (0.6, (246, 243, 236)), (1.0, (184, 178, 168)))
    board.shade(area(side), porcelain)
    board.fill(oval((centre - half, top - rim, centre + half, top + rim)), (252, 250, 245))
    inside = (centre - half * 0.94, top - rim * 0.9, centre + half * 0.94, top + rim * 0.92)
    board.shade(oval(inside), ((0, (206, 200, 188)), (1, (242, 238, 228))), down=True)
    liquor = (centre - half * 0.87, top - rim * 0.58, centre + half * 0.87, top + rim * 0.88)
    board.shade(oval(liquor), ((0, mix(tea, INK, 0.16)), (0.5, tea), (1, mix(tea, WHITE, 0.22))), down=True)
    gleam = (centre - half * 0.5, top - rim * 0.05, centre - half * 0.05, top + rim * 0.22)
    board.fill(oval(gleam), WHITE, 0.4)
