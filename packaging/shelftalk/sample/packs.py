"""The sample's packs: a round tin, a pouch, a caddy, a gift box. Knows how they look, not what they are for."""

from __future__ import annotations

import math

from shelftalk.sample.drawing import Board, Colour, Point, Shape, area, curve, join, leaf, mix, oval, slab, stroke, turn
from shelftalk.sample.parts import (
    BRICK,
    CREAM,
    GOLD,
    GREEN,
    INK,
    OLIVE,
    PLUM,
    WHITE,
    draw_can,
    draw_glint,
    draw_ground,
    draw_leaf,
    draw_words,
    make_flat,
    make_sheen,
)


def draw_tin() -> bytes:
    """A round green tin with the brand's leaf."""
    board = Board(1200, 1200)
    draw_can(board, 600, 215, 520, 790, GREEN)
    draw_glint(board, 412, 420, 960, 22)
    draw_leaf(board, (600, 655), 190, GREEN, CREAM)
    draw_words(board, (600, 806), "HILLSIDE", 36, GREEN)
    return board.save()


def _make_pouch(inset: float = 0) -> list[Point]:
    left, right, top, bottom = 330 + inset, 870 - inset, 190 + inset, 1010 - inset
    return [
        *curve((left + 8, top), (left + 4, top + 240), (left - 26, 640), (left - 12, bottom - 60)),
        *curve((left - 12, bottom - 60), (left - 4, bottom - 6), (left + 40, bottom), (left + 80, bottom + 4)),
        *curve((left + 80, bottom + 4), (520, bottom + 22), (680, bottom + 22), (right - 80, bottom + 4)),
        *curve((right - 80, bottom + 4), (right - 40, bottom), (right + 4, bottom - 6), (right + 12, bottom - 60)),
        *curve((right + 12, bottom - 60), (right + 26, 640), (right - 4, top + 240), (right - 8, top)),
    ]


def draw_pouch() -> bytes:
    """A standing pouch with a jasmine blossom."""
    board = Board(1200, 1200)
    body = area(_make_pouch())
    draw_ground(board, 600, 1016, 560)
    board.shade(body, make_sheen(OLIVE, 0.85))
    board.fill(slab((300, 190, 900, 262), 0), INK, 0.13, inside=body)
    for row in range(9):
        y = 197 + row * 7.6
        board.fill(stroke([(300, y), (900, y)], 2.2), WHITE, 0.13, inside=body)
    board.fill(stroke([(300, 318), (900, 318)], 7), INK, 0.17, inside=body)
    board.fill(stroke([(300, 324), (900, 324)], 3), WHITE, 0.22, inside=body)
    notches = ([(330, 282), (348, 290), (330, 298)], [(870, 282), (852, 290), (870, 298)])
    board.fill(join(map(area, notches)), INK, 0.3)
    _draw_folds(board, body)
    board.blur(slab((412, 424, 788, 866), 30), INK, 12, 0.22, inside=body)
    board.fill(slab((410, 412, 790, 852), 30), CREAM)
    board.fill(slab((424, 426, 776, 838), 20), GOLD)
    board.fill(slab((427, 429, 773, 835), 18), CREAM)
    draw_leaf(board, (522, 640), 150, mix(OLIVE, INK, 0.12), CREAM, -118)
    draw_leaf(board, (690, 654), 130, OLIVE, CREAM, 112)
    draw_blossom(board, (600, 586), 118)
    draw_words(board, (600, 762), "HILLSIDE", 34, mix(OLIVE, INK, 0.3))
    return board.save()


def _draw_folds(board: Board, body: Shape) -> None:
    """Light and shade on the foil, and the curved seam of the foot."""
    left = curve((372, 330), (350, 560), (352, 760), (384, 930))
    right = curve((836, 330), (862, 560), (856, 760), (820, 930))
    board.blur(stroke(left, 20), WHITE, 12, 0.5, inside=body)
    board.blur(stroke(right, 30), INK, 18, 0.34, inside=body)
    foot = curve((310, 900), (440, 968), (760, 968), (890, 900))
    below = [*foot, (900, 1060), (300, 1060)]
    board.fill(area(below), INK, 0.1, inside=body)
    board.fill(stroke(foot, 4), INK, 0.22, inside=body)
    lower = [(x, y + 5) for x, y in foot]
    board.fill(stroke(lower, 2.5), WHITE, 0.22, inside=body)


def draw_blossom(board: Board, centre: Point, size: float) -> None:
    """A white flower of five petals."""
    x, y = centre
    petals = [turn(leaf((x, y - size * 0.56), size * 0.7, size), centre, 72 * step) for step in range(5)]
    for petal in petals:
        board.blur(area(petal), INK, 7, 0.3)
    for step, petal in enumerate(petals):
        board.shade(area(petal), ((0, WHITE), (1, mix(WHITE, (226, 222, 196), 0.7))), down=step in (0, 1, 4))
        crease = turn([(x, y - size * 0.2), (x, y - size * 0.62)], centre, 72 * step)
        board.fill(stroke(crease, size * 0.018), OLIVE, 0.35)
    board.fill(oval((x - size * 0.17, y - size * 0.17, x + size * 0.17, y + size * 0.17)), GOLD)
    for step in range(6):
        angle = math.tau * step / 6
        px, py, r = x + size * 0.09 * math.cos(angle), y + size * 0.09 * math.sin(angle), size * 0.025
        dot = (px - r, py - r, px + r, py + r)
        board.fill(oval(dot), mix(GOLD, INK, 0.4))


def draw_caddy() -> bytes:
    """A square brick-red tin with a pine and its smoke."""
    board = Board(1200, 1200)
    draw_ground(board, 600, 1012, 590)
    neck = slab((352, 300, 848, 420), 14)
    body = slab((322, 352, 878, 1012), 34)
    lid = slab((340, 196, 860, 342), 30)
    board.shade(neck, make_flat(mix(BRICK, INK, 0.45)))
    board.shade(body, make_flat(BRICK))
    board.blur(slab((336, 330, 864, 366), 10), INK, 12, 0.5, inside=body)
    board.shade(lid, make_flat(mix(BRICK, INK, 0.3)))
    board.fill(slab((340, 196, 860, 208), 6), WHITE, 0.2, inside=lid)
    board.fill(slab((340, 300, 860, 306), 0), WHITE, 0.14, inside=lid)
    board.fill(slab((340, 306, 860, 312), 0), INK, 0.2, inside=lid)
    board.fill(slab((300, 984, 900, 1020), 0), INK, 0.16, inside=body)
    board.fill(slab((322, 352, 878, 366), 0), WHITE, 0.1, inside=body)
    board.blur(slab((404, 452, 796, 930), 196), INK, 10, 0.3, inside=body)
    board.fill(slab((404, 446, 796, 920), 196), CREAM)
    board.fill(slab((418, 460, 782, 906), 182), GOLD)
    board.fill(slab((421, 463, 779, 903), 179), CREAM)
    _draw_smoke(board)
    _draw_pine(board, 600, 560, 1.0, BRICK)
    _draw_pine(board, 510, 640, 0.62, mix(BRICK, CREAM, 0.35))
    _draw_pine(board, 690, 640, 0.62, mix(BRICK, CREAM, 0.35))
    draw_words(board, (600, 836), "HILLSIDE", 30, BRICK)
    draw_glint(board, 350, 420, 940, 16, 0.24)
    return board.save()


def _draw_pine(board: Board, x: float, top: float, size: float, colour: Colour) -> None:
    board.fill(slab((x - 9 * size, top + 190 * size, x + 9 * size, top + 232 * size), 3), colour)
    for step in range(3):
        y, half = top + step * 62 * size, (46 + 24 * step) * size
        points = [(x, y - 8 * size), (x + half, y + 84 * size), (x, y + 70 * size), (x - half, y + 84 * size)]
        board.fill(area(points), mix(colour, CREAM, 0.12 * (2 - step)))


def _draw_smoke(board: Board) -> None:
    for x, y, size, opacity in ((600, 548, 1.0, 0.55), (512, 628, 0.6, 0.35), (688, 628, 0.6, 0.35)):
        path = [
            *curve((x, y), (x - 34 * size, y - 18 * size), (x + 34 * size, y - 34 * size), (x, y - 52 * size)),
            *curve(
                (x, y - 52 * size),
                (x - 22 * size, y - 62 * size),
                (x - 4 * size, y - 78 * size),
                (x + 10 * size, y - 68 * size),
            ),
        ]
        board.fill(stroke(path, 7 * size), mix(BRICK, CREAM, 0.3), opacity)


def draw_box() -> bytes:
    """A plum gift box with moon and hills, and three small tins before it."""
    board = Board(1200, 1200)
    box = slab((250, 190, 950, 900), 30)
    draw_ground(board, 600, 904, 700)
    board.shade(box, make_flat(PLUM))
    board.fill(oval((612, 262, 772, 422)), GOLD, inside=box)
    board.blur(oval((612, 262, 772, 422)), GOLD, 40, 0.35, inside=box)
    for height, share in ((470, 0.16), (560, 0.3), (650, 0.46)):
        board.fill(area(_make_ridge(height)), mix(PLUM, INK, share), inside=box)
    board.fill(slab((250, 190, 950, 204), 8), WHITE, 0.16, inside=box)
    _draw_ribbon(board, box)
    for centre, colour, top in ((366, GREEN, 668), (834, BRICK, 668), (600, OLIVE, 700)):
        draw_can(board, centre, top, 216, 310, colour)
        draw_leaf(board, (centre, top + 188), 84, colour, CREAM)
        draw_glint(board, centre - 78, top + 80, top + 286, 9)
    return board.save()


def _make_ridge(top: float) -> list[Point]:
    shift = (top - 470) * 1.7
    points = [(x, top + 46 * math.sin((x + shift) / 118) + 22 * math.sin((x - shift) / 53)) for x in range(240, 970, 6)]
    return [*points, (970, 920), (240, 920)]


def _draw_ribbon(board: Board, box: Shape) -> None:
    """A cream ribbon down the left side, with its bow."""
    tone = mix(CREAM, GOLD, 0.35)
    board.blur(slab((382, 180, 446, 920), 0), INK, 9, 0.35, inside=box)
    stops = ((0.0, mix(tone, INK, 0.12)), (0.3, CREAM), (1.0, mix(tone, INK, 0.16)))
    board.shade(slab((384, 190, 440, 900), 0), stops)
    knot = (412, 330)
    for side in (-1, 1):
        loop = [
            *curve(knot, (412 + side * 60, 220), (412 + side * 190, 210), (412 + side * 172, 306)),
            *curve((412 + side * 172, 306), (412 + side * 160, 372), (412 + side * 60, 360), knot),
        ]
        tail = [
            (412 + side * 8, 336),
            (412 + side * 34, 330),
            (412 + side * 104, 462),
            (412 + side * 78, 452),
            (412 + side * 62, 478),
        ]
        board.blur(area([(x + 4, y + 10) for x, y in loop + tail]), INK, 9, 0.3)
        board.shade(area(tail), ((0, mix(tone, INK, 0.06)), (1, mix(tone, INK, 0.14))), down=True)
        board.shade(area(loop), ((0, CREAM), (1, mix(tone, INK, 0.1))), down=True)
        hollow = [(412 + (x - 412) * 0.58 + side * 26, 300 + (y - 300) * 0.5 + 2) for x, y in loop]
        board.fill(area(hollow), mix(tone, INK, 0.3))
    board.shade(slab((386, 302, 438, 360), 18), stops)
