"""What the sample's pictures are made of: tones, shadows, the brand's leaf, a round tin. Knows no product."""

from __future__ import annotations

from shelftalk.sample.drawing import (
    Board,
    Colour,
    Point,
    Stops,
    area,
    band,
    leaf,
    letters,
    mix,
    oval,
    parse_hex,
    slab,
    stroke,
    turn,
)

WHITE: Colour = (255, 255, 255)
INK: Colour = (18, 26, 24)
CREAM: Colour = (246, 239, 224)
GREEN, OLIVE, BRICK = parse_hex("#1f6f54"), parse_hex("#66872a"), parse_hex("#8a3324")
BLUE, PLUM, GOLD = parse_hex("#1d6485"), parse_hex("#5d3a78"), parse_hex("#e2b65a")


def make_sheen(colour: Colour, depth: float = 1.0) -> Stops:
    """The tones across a round body lit from the left."""
    return (
        (0.0, mix(colour, INK, 0.34 * depth)),
        (0.1, mix(colour, INK, 0.12 * depth)),
        (0.28, mix(colour, WHITE, 0.16 * depth)),
        (0.48, colour),
        (0.8, mix(colour, INK, 0.14 * depth)),
        (1.0, mix(colour, INK, 0.38 * depth)),
    )


def make_flat(colour: Colour) -> Stops:
    """The tones across a flat front with rounded sides."""
    return (
        (0.0, mix(colour, INK, 0.3)),
        (0.06, mix(colour, WHITE, 0.1)),
        (0.4, mix(colour, WHITE, 0.05)),
        (0.92, mix(colour, INK, 0.08)),
        (1.0, mix(colour, INK, 0.36)),
    )


def draw_ground(board: Board, centre: float, bottom: float, width: float) -> None:
    """The soft shadow something throws where it stands."""
    half = width / 2
    wide = (centre - half * 1.16, bottom - 34, centre + half * 1.16, bottom + 40)
    near = (centre - half * 1.0, bottom - 16, centre + half * 1.0, bottom + 18)
    board.blur(oval(wide), INK, 26, 0.26)
    board.blur(oval(near), INK, 9, 0.34)


def draw_leaf(board: Board, centre: Point, size: float, colour: Colour, paper: Colour, tilt: float = 0) -> None:
    """The brand's mark: a leaf with its vein."""
    x, y = centre
    board.fill(area(leaf(centre, size * 0.62, size, tilt)), colour)
    vein = turn([(x, y - size * 0.3), (x, y + size * 0.52)], centre, tilt)
    board.fill(stroke(vein, size * 0.035), paper)
    for side in (-1, 1):
        for step in (-0.08, 0.12, 0.3):
            twig = turn([(x, y + size * step), (x + side * size * 0.16, y + size * (step - 0.12))], centre, tilt)
            board.fill(stroke(twig, size * 0.022), paper)


def draw_words(board: Board, at: Point, words: str, size: float, colour: Colour, spacing: float = 0.3) -> None:
    """Spaced capitals."""
    board.fill(letters(at, words, size, size * spacing), colour)


def draw_can(board: Board, centre: float, top: float, width: float, height: float, colour: Colour) -> None:
    """A round tin with its lid and a blank label; `height` is of lid and body together."""
    left, right, bulge = centre - width / 2, centre + width / 2, width * 0.075
    lid, bottom, foot = height * 0.19, top + height, height * 0.02
    draw_ground(board, centre, bottom + bulge * 0.8, width)
    board.shade(area(band(left, right, top + lid * 0.5, bottom, bulge, foot)), make_sheen(colour))
    rim = band(left, right, bottom - height * 0.035, bottom, bulge, foot)
    board.fill(area(rim), INK, 0.16)
    label = band(left, right, top + height * 0.36, top + height * 0.8, bulge)
    board.shade(area(label), make_sheen(CREAM, 0.55))
    for edge in (0.36, 0.79):
        line = band(left, right, top + height * edge, top + height * (edge + 0.01), bulge)
        board.shade(area(line), make_sheen(GOLD, 0.8))
    shadow = band(left, right, top + lid, top + lid * 1.22, bulge)
    board.fill(area(shadow), INK, 0.22)
    over = width * 0.022
    cap = mix(colour, INK, 0.3)
    board.shade(area(band(left - over, right + over, top, top + lid, bulge, foot)), make_sheen(cap))
    seam = band(left - over, right + over, top + lid * 0.82, top + lid * 0.86, bulge)
    board.fill(area(seam), WHITE, 0.16)
    disc = (left - over, top - bulge, right + over, top + bulge)
    board.shade(oval(disc), ((0, mix(cap, WHITE, 0.2)), (1, mix(cap, WHITE, 0.05))), down=True)
    inner = (left + width * 0.05, top - bulge * 0.74, right - width * 0.05, top + bulge * 0.78)
    board.shade(oval(inner), ((0, mix(cap, WHITE, 0.06)), (1, mix(cap, WHITE, 0.16))), down=True)


def draw_glint(board: Board, x: float, top: float, bottom: float, width: float, strength: float = 0.28) -> None:
    """A soft upright reflection."""
    board.blur(slab((x, top, x + width, bottom), width / 2), WHITE, width * 0.35, strength)
