"""A small drawing board: smooth shapes, gradients and soft shadows by Pillow. Knows no product.

Coordinates are units of a picture 1200 wide; everything is drawn three times as large and reduced at the end.
"""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Callable, Iterable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom
Pixels = tuple[int, int, int, int]
Colour = tuple[int, int, int]
Stops = Sequence[tuple[float, Colour]]
# Draws a shape in white on a mask; gets the board's own scaling of coordinates.
Shape = Callable[["Pen"], None]
SCALE = 3


class Pen:
    """Draws on a mask in the picture's units, or, without a mask, only notes how far the shape reaches."""

    def __init__(self, scale: float, mask: Image.Image | None = None, origin: Point = (0, 0)) -> None:
        self._draw = ImageDraw.Draw(mask) if mask else None
        self._scale = scale
        self._origin = origin
        self._reach: list[Point] = []

    def polygon(self, points: Sequence[Point]) -> None:
        """A closed shape through the points."""
        scaled = self._place(points, 1)
        if self._draw:
            self._draw.polygon(scaled, fill=255)

    def rounded(self, box: Box, radius: float) -> None:
        """A rectangle with round corners."""
        scaled = self._place([box[:2], box[2:]], 1)
        if self._draw:
            self._draw.rounded_rectangle(scaled, radius * self._scale, fill=255)

    def ellipse(self, box: Box) -> None:
        """An ellipse in its box."""
        scaled = self._place([box[:2], box[2:]], 1)
        if self._draw:
            self._draw.ellipse(scaled, fill=255)

    def line(self, points: Sequence[Point], width: float) -> None:
        """A line with round ends and joints."""
        scaled = self._place(points, width)
        if self._draw:
            self._draw.line(scaled, fill=255, width=max(1, round(width * self._scale)))
            r = width * self._scale / 2 if width > 4 else 0  # thin ones show no gaps between their pieces
            for x, y in scaled if r else ():
                self._draw.ellipse((x - r, y - r, x + r, y + r), fill=255)

    def text(self, at: Point, words: str, size: float, spacing: float) -> None:
        """A word in spaced capitals, centred on `at`."""
        ((x, y),) = self._place([at], len(words) * (size + spacing))
        font = ImageFont.load_default(size * self._scale)
        widths = [font.getlength(sign) for sign in words]
        x -= (sum(widths) + spacing * self._scale * (len(words) - 1)) / 2
        for sign, width in zip(words, widths, strict=True):
            if self._draw:
                self._draw.text((x, y), sign, font=font, fill=255, anchor="lm")
            x += width + spacing * self._scale

    def measure(self, width: int, height: int, margin: float = 0) -> tuple[int, int, int, int]:
        """The part of a mask of that size the shape reaches, in pixels, with a margin in units."""
        xs, ys, more = [x for x, _ in self._reach], [y for _, y in self._reach], margin * self._scale
        left, top = max(0, math.floor(min(xs) - more)), max(0, math.floor(min(ys) - more))
        return (
            left,
            top,
            max(left, min(width, math.ceil(max(xs) + more))),
            max(top, min(height, math.ceil(max(ys) + more))),
        )

    def _place(self, points: Sequence[Point], width: float) -> list[Point]:
        scaled = [(x * self._scale - self._origin[0], y * self._scale - self._origin[1]) for x, y in points]
        if not self._draw:
            more = (width + 1) * self._scale
            self._reach += [(x + sign * more, y + sign * more) for x, y in scaled for sign in (-1, 1)]
        return scaled


def area(points: Sequence[Point]) -> Shape:
    """A closed shape through the points."""
    return lambda pen: pen.polygon(points)


def slab(box: Box, radius: float) -> Shape:
    """A rectangle with round corners."""
    return lambda pen: pen.rounded(box, radius)


def oval(box: Box) -> Shape:
    """An ellipse in its box."""
    return lambda pen: pen.ellipse(box)


def stroke(points: Sequence[Point], width: float) -> Shape:
    """A line with round ends."""
    return lambda pen: pen.line(points, width)


def letters(at: Point, words: str, size: float, spacing: float) -> Shape:
    """Spaced capitals centred on `at`."""
    return lambda pen: pen.text(at, words, size, spacing)


def join(shapes: Iterable[Shape]) -> Shape:
    """Several shapes as one."""
    every = list(shapes)

    def draw(pen: Pen) -> None:
        for shape in every:
            shape(pen)

    return draw


class Board:
    """A picture in the making. Each call lays one more shape on top."""

    def __init__(self, width: int, height: int, ground: Colour | None = None) -> None:
        self.width, self.height = width, height
        colour = (*ground, 255) if ground else (255, 255, 255, 0)
        self._image = Image.new("RGBA", (width * SCALE, height * SCALE), colour)

    def fill(self, shape: Shape, paint: Colour, opacity: float = 1.0, inside: Shape | None = None) -> None:
        """Lay a shape in one colour, cut to `inside`."""
        box = self._measure(shape)
        mask = _cut(_make_mask(shape, box), box, inside, opacity)
        self._lay(Image.new("RGB", mask.size, paint), mask, box)

    def shade(
        self, shape: Shape, stops: Stops, *, down: bool = False, opacity: float = 1.0, inside: Shape | None = None
    ) -> None:
        """Lay a shape with a gradient over its own width (or height), cut to `inside`."""
        box = self._measure(shape)
        mask = _make_mask(shape, box)
        used = mask.getbbox()
        if used:
            paint = Image.new("RGB", mask.size)
            paint.paste(_make_gradient(stops, (used[2] - used[0], used[3] - used[1]), down), used[:2])
            self._lay(paint, _cut(mask, box, inside, opacity), box)

    def blur(self, shape: Shape, paint: Colour, radius: float, opacity: float, inside: Shape | None = None) -> None:
        """Lay a shape with soft edges: a shadow, a glow. Drawn small, because it is soft anyway."""
        pen = Pen(0.5)
        shape(pen)
        left, top, right, bottom = pen.measure(self.width // 2, self.height // 2, margin=radius * 3)
        small = _make_mask(shape, (left, top, right, bottom), 0.5).filter(ImageFilter.GaussianBlur(radius / 2))
        grow = SCALE * 2
        box = (left * grow, top * grow, right * grow, bottom * grow)
        soft = small.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BICUBIC)
        mask = _cut(soft, box, inside, opacity)
        self._lay(Image.new("RGB", mask.size, paint), mask, box)

    def save(self) -> bytes:
        """The picture as PNG."""
        stream = io.BytesIO()
        _reduce(self._image).save(stream, "PNG", compress_level=7)
        return stream.getvalue()

    def _measure(self, shape: Shape) -> Pixels:
        pen = Pen(SCALE)
        shape(pen)
        return pen.measure(*self._image.size)

    def _lay(self, paint: Image.Image, mask: Image.Image, box: Pixels) -> None:
        paint.putalpha(mask)
        self._image.alpha_composite(paint, box[:2])


def _make_mask(shape: Shape, box: Pixels, scale: float = SCALE) -> Image.Image:
    mask = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
    shape(Pen(scale, mask, box[:2]))
    return mask


def _cut(mask: Image.Image, box: Pixels, inside: Shape | None, opacity: float) -> Image.Image:
    if inside:
        mask = ImageChops.multiply(mask, _make_mask(inside, box))
    return mask if opacity == 1.0 else mask.point([round(value * opacity) for value in range(256)])


def _reduce(image: Image.Image) -> Image.Image:
    """The picture in its final size; colours weighted by their opacity, so that edges get no pale seam."""
    size = (image.width // SCALE, image.height // SCALE)
    return image.convert("RGBa").resize(size, Image.Resampling.BOX).convert("RGBA")


def _make_gradient(stops: Stops, size: tuple[int, int], down: bool) -> Image.Image:
    strip = Image.new("RGB", (256, 1))
    strip.putdata([_mix_stops(stops, place / 255) for place in range(256)])
    if down:
        strip = strip.transpose(Image.Transpose.ROTATE_270)
    return strip.resize(size, Image.Resampling.BICUBIC)


def _mix_stops(stops: Stops, place: float) -> Colour:
    for (start, first), (end, second) in itertools.pairwise(stops):
        if place <= end:
            return mix(first, second, (place - start) / (end - start) if end > start else 1)
    return stops[-1][1]


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """A colour between two: 0 is the first, 1 the second."""
    r, g, b = (round(a + (z - a) * min(1, max(0, share))) for a, z in zip(first, second, strict=True))
    return r, g, b


def parse_hex(text: str) -> Colour:
    """`#rrggbb` as numbers."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def curve(start: Point, one: Point, two: Point, end: Point, steps: int = 48) -> list[Point]:
    """Points of a cubic Bézier curve."""
    points = []
    for step in range(steps + 1):
        t, u = step / steps, 1 - step / steps
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        points.append(tuple(a * p + b * q + c * r + d * s for p, q, r, s in zip(start, one, two, end, strict=True)))
    return [(x, y) for x, y in points]


def band(left: float, right: float, top: float, bottom: float, bulge: float, corner: float = 0) -> list[Point]:
    """A strip around a cylinder seen from a little above: both edges sag by `bulge` in the middle."""
    half, middle = (right - left) / 2, (left + right) / 2
    angles = [math.pi * step / 96 for step in range(97)]
    upper = [(middle - half * math.cos(a), top + bulge * math.sin(a)) for a in angles]
    lower = [(middle + half * math.cos(a), bottom + bulge * math.sin(a) - corner * _edge(a)) for a in angles]
    return upper + lower


def _edge(angle: float) -> float:
    """1 at the sides of a cylinder, 0 soon after: rounds the foot's corners."""
    return max(0.0, 1 - math.sin(angle) * 3) ** 2


def leaf(centre: Point, width: float, height: float, tilt: float = 0.0) -> list[Point]:
    """A tea leaf: two arcs meeting in a tip, turned by `tilt` degrees."""
    x, y = centre
    right = curve(
        (x, y - height / 2),
        (x + width * 0.72, y - height * 0.2),
        (x + width * 0.6, y + height * 0.36),
        (x, y + height / 2),
    )
    left = curve(
        (x, y + height / 2),
        (x - width * 0.6, y + height * 0.36),
        (x - width * 0.72, y - height * 0.2),
        (x, y - height / 2),
    )
    return turn(right + left, centre, tilt)


def turn(points: Sequence[Point], centre: Point, degrees: float) -> list[Point]:
    """Points turned clockwise around a centre."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x0, y0 = centre
    return [(x0 + (x - x0) * c - (y - y0) * s, y0 + (x - x0) * s + (y - y0) * c) for x, y in points]
