"""The sample's glass: a jar of honey and a brewing cup. Knows how they look, not what they are for."""

from __future__ import annotations

import math

from shelftalk.sample.drawing import (
    Board,
    Colour,
    Point,
    Shape,
    Stops,
    area,
    band,
    curve,
    join,
    leaf,
    mix,
    oval,
    slab,
    stroke,
    turn,
)
from shelftalk.sample.parts import (
    BLUE,
    CREAM,
    GOLD,
    GREEN,
    INK,
    WHITE,
    draw_glint,
    draw_ground,
    draw_words,
    make_sheen,
)

AMBER: Colour = (176, 98, 14)
BROWN: Colour = (92, 48, 12)
WOOD: Colour = (214, 166, 108)
PANE: Colour = (198, 222, 232)
TEA: Colour = (222, 168, 52)
_HONEY: Stops = (
    (0.0, mix(AMBER, INK, 0.55)),
    (0.1, mix(AMBER, INK, 0.3)),
    (0.3, (206, 128, 30)),
    (0.5, AMBER),
    (0.82, mix(AMBER, INK, 0.28)),
    (1.0, mix(AMBER, INK, 0.6)),
)


def _make_jar(inset: float, top: float) -> list[Point]:
    """A jar's outline, `inset` from the glass's outside, from the height `top` down."""
    left, right, neck, bottom = 290 + inset, 830 - inset, 58 - inset * 0.2, 1006 - inset
    return [
        (left + neck, top),
        *curve((left + neck, 352), (left + neck, 392), (left, 396), (left, 470)),
        *curve((left, bottom - 80), (left, bottom - 14), (left + 30, bottom), (left + 90, bottom + 3)),
        *curve((left + 90, bottom + 3), (500, bottom + 12), (620, bottom + 12), (right - 90, bottom + 3)),
        *curve((right - 90, bottom + 3), (right - 30, bottom), (right, bottom - 14), (right, bottom - 80)),
        *curve((right, 470), (right, 396), (right - neck, 392), (right - neck, 352)),
        (right - neck, top),
    ]


def draw_jar() -> bytes:
    """A jar of dark honey with a hexagon on its label, a dipper leaning on it."""
    board = Board(1200, 1200)
    glass = area(_make_jar(0, 300))
    draw_ground(board, 572, 1010, 560)
    board.fill(glass, PANE, 0.8)
    board.shade(glass, make_sheen(PANE, 0.7), opacity=0.55)
    inner = area(_make_jar(15, 300))
    honey = area([(x, max(y, 402)) for x, y in _make_jar(15, 300)])
    board.shade(honey, _HONEY)
    board.blur(oval((350, 780, 720, 1040)), (240, 164, 52), 60, 0.55, inside=honey)
    board.shade(oval((310, 384, 810, 422)), ((0, (232, 158, 56)), (1, AMBER)), down=True, inside=inner)
    _draw_label(board)
    draw_glint(board, 318, 480, 930, 20, 0.55)
    draw_glint(board, 796, 520, 900, 10, 0.3)
    _draw_lid(board)
    _draw_dipper(board)
    return board.save()


def _draw_lid(board: Board) -> None:
    left, right, bulge = 326, 794, 24
    board.fill(area(band(left + 16, right - 16, 330, 350, bulge)), INK, 0.28)
    board.shade(area(band(left, right, 206, 326, bulge, 8)), make_sheen(BROWN, 0.9))
    turns = [math.pi * step / 36 for step in range(1, 36)]
    ridges = [(560 - 234 * math.cos(a), bulge * math.sin(a)) for a in turns]
    board.fill(join(stroke([(x, 244 + sag), (x, 316 + sag)], 2.4) for x, sag in ridges), INK, 0.2)
    board.fill(area(band(left, right, 228, 233, bulge)), WHITE, 0.14)
    board.shade(
        oval((left, 206 - bulge, right, 206 + bulge)),
        ((0, mix(BROWN, WHITE, 0.26)), (1, mix(BROWN, WHITE, 0.1))),
        down=True,
    )


def _make_hexagon(x: float, y: float, radius: float) -> list[Point]:
    turns = [math.tau * (step + 0.5) / 6 for step in range(6)]
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in turns]


def _draw_label(board: Board) -> None:
    label = band(305, 815, 540, 860, 20)
    board.blur(area([(x, y + 8) for x, y in label]), INK, 8, 0.25)
    board.shade(area(label), make_sheen(CREAM, 0.5))
    for edge in (550, 846):
        board.shade(area(band(305, 815, edge, edge + 4, 20)), make_sheen(GOLD, 0.8))
    cells = (
        (560, 0, 1),
        (490, 0, 0.45),
        (630, 0, 0.45),
        (525, 1, 0.7),
        (595, 1, 0.7),
        (525, -1, 0.25),
        (595, -1, 0.25),
    )
    for x, row, share in cells:
        board.fill(area(_make_hexagon(x, 680 + 61 * row, 37)), mix(CREAM, (206, 128, 30), share))
    draw_words(board, (560, 820), "HILLSIDE", 34, BROWN)


def _draw_dipper(board: Board) -> None:
    """A wooden honey dipper: a stick and seven discs, honey between them."""
    foot, tilt = (900.0, 930.0), -17.0

    def place(points: list[Point]) -> list[Point]:
        return turn([(foot[0] + x, foot[1] + y) for x, y in points], foot, tilt)

    board.blur(oval((800, 988, 1040, 1040)), INK, 14, 0.34)
    stick = place([(-11, -90), (-8, -560), (8, -560), (11, -90)])
    board.blur(area([(x + 10, y + 12) for x, y in stick]), INK, 9, 0.25)
    board.shade(area(stick), ((0, mix(WOOD, WHITE, 0.2)), (0.6, WOOD), (1, mix(WOOD, INK, 0.25))), down=True)
    knob = place([(0, -566)])[0]
    board.fill(oval((knob[0] - 17, knob[1] - 17, knob[0] + 17, knob[1] + 17)), WOOD)
    core = place([(-40, -96), (40, -96), (50, 0), (30, 84), (-30, 84), (-50, 0)])
    board.fill(area(core), mix(AMBER, INK, 0.2))
    for step, half in enumerate((34, 54, 64, 66, 60, 48, 30)):
        y = -92 + step * 29.5
        tone = mix(WOOD, AMBER, step / 7)
        disc = place([(-half, y), (half, y)])
        board.fill(stroke(disc, 20), mix(tone, INK, 0.28))
        top = place([(-half, y - 2.5), (half, y - 2.5)])
        board.fill(stroke(top, 15), tone)
        shine = place([(-half * 0.8, y - 6), (-half * 0.1, y - 6)])
        board.fill(stroke(shine, 3.5), WHITE, 0.4)


def _make_bowl(inset: float, top: float) -> list[Point]:
    """The cup's outline, `inset` from outside, from the height `top` down; it narrows towards its foot."""
    bottom = 1000 - inset
    share = (top - 360) / 640
    left, right = 290 + inset + 34 * share, 830 - inset - 34 * share
    return [
        (left, top),
        *curve((left, top), (300 + inset, 700), (306 + inset, 860), (330 + inset, bottom - 70)),
        *curve((330 + inset, bottom - 70), (344 + inset, bottom - 10), (380, bottom), (430, bottom)),
        *curve((690, bottom), (740, bottom), (776 - inset, bottom - 10), (790 - inset, bottom - 70)),
        *curve((790 - inset, bottom - 70), (814 - inset, 860), (820 - inset, 700), (right, top)),
    ]


def draw_cup() -> bytes:
    """A clear cup with a handle, a strainer full of leaves, golden tea and a blue lid."""
    board = Board(1200, 1200)
    bowl = area(_make_bowl(0, 360))
    draw_ground(board, 560, 1002, 470)
    _draw_handle(board)
    board.fill(bowl, (226, 238, 244), 0.75)
    board.shade(bowl, make_sheen(PANE, 0.9), opacity=0.5)
    tea = area(_make_bowl(22, 560))
    board.shade(tea, make_sheen(TEA, 0.7), opacity=0.95)
    board.blur(oval((380, 800, 700, 1010)), (250, 214, 110), 44, 0.6, inside=tea)
    board.shade(oval((323, 530, 797, 590)), ((0, (240, 200, 98)), (1, (226, 176, 64))), down=True)
    _draw_strainer(board)
    board.fill(slab((400, 974, 720, 992), 9), WHITE, 0.45)
    shine = curve((326, 450), (330, 640), (338, 780), (350, 880))
    board.blur(stroke(shine, 18), WHITE, 7, 0.75, inside=bowl)
    gleam = curve((800, 470), (796, 620), (790, 760), (782, 850))
    board.blur(stroke(gleam, 9), WHITE, 4, 0.5, inside=bowl)
    _draw_cover(board)
    return board.save()


def _draw_handle(board: Board) -> None:
    path = [
        *curve((824, 496), (940, 466), (1010, 540), (1000, 660)),
        *curve((1000, 660), (990, 780), (900, 850), (796, 838)),
    ]
    board.fill(stroke(path, 50), mix(PANE, INK, 0.22))
    board.fill(stroke(path, 42), mix(PANE, WHITE, 0.35))
    inner = [(x - 8, y + 5) for x, y in path]
    board.fill(stroke(inner, 16), mix(PANE, INK, 0.1))
    outer = [(x + 7, y - 7) for x, y in path[8:-20]]
    board.fill(stroke(outer, 8), WHITE, 0.9)


def _draw_strainer(board: Board) -> None:
    """The glass strainer inside, its slits, and the leaves unfolding in it."""
    body = area(band(400, 720, 380, 880, 24, 20))
    wet = area(band(400, 720, 560, 880, 24, 20))
    board.fill(body, WHITE, 0.3)
    board.fill(wet, mix(TEA, INK, 0.25), 0.35)
    for x, y, tilt, size in _LEAVES:
        shape = area(leaf((x, y), size * 0.42, size, tilt))
        board.fill(shape, mix(GREEN, (150, 140, 30), 0.35 + 0.3 * math.sin(x)), inside=body)
        vein = turn([(x, y - size * 0.34), (x, y + size * 0.4)], (x, y), tilt)
        board.fill(stroke(vein, 2), (206, 200, 110), 0.7, inside=body)
    board.fill(join(_make_slits()), WHITE, 0.42)
    board.fill(area(band(400, 408, 380, 880, 2)), WHITE, 0.55)
    board.fill(area(band(712, 720, 380, 880, 2)), WHITE, 0.4)


def _make_slits() -> list[Shape]:
    xs = [428 + step * 26.4 for step in range(11)]
    sags = [24 * math.sqrt(1 - ((560 - x) / 160) ** 2) for x in xs]
    return [stroke([(x, 612 + sag), (x, 842 + sag)], 5) for x, sag in zip(xs, sags, strict=True)]


_LEAVES = (
    (452, 846, 70, 96), (520, 862, 104, 104), (598, 858, 80, 100), (664, 842, 116, 92), (486, 806, 24, 92),
    (560, 812, -36, 98), (632, 800, 40, 90), (688, 790, -16, 78), (446, 776, -30, 76), (536, 760, 62, 82),
    (606, 748, -64, 76),
)  # fmt: skip


def _draw_cover(board: Board) -> None:
    """The blue lid with its beech knob."""
    left, right, bulge = 274, 846, 28
    board.fill(area(band(left + 18, right - 18, 366, 378, bulge)), INK, 0.2)
    board.shade(area(band(left, right, 306, 360, bulge, 10)), make_sheen(BLUE))
    board.shade(
        oval((left, 306 - bulge, right, 306 + bulge)),
        ((0, mix(BLUE, WHITE, 0.3)), (1, mix(BLUE, WHITE, 0.1))),
        down=True,
    )
    board.blur(oval((480, 276, 660, 318)), INK, 8, 0.4)
    board.shade(area(band(500, 620, 214, 284, 16, 8)), make_sheen(WOOD, 0.8))
    knob = oval((492, 188, 628, 236))
    board.shade(knob, ((0, mix(WOOD, WHITE, 0.45)), (1, mix(WOOD, WHITE, 0.12))), down=True)
