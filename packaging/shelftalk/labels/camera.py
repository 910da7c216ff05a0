"""A simulated phone camera: what it sees of a printed symbol from how far, and from where on it reads it no longer.

The phone is a common one: a 12 megapixel main camera with the angle of a 26 mm lens, whose scanning programs look at
pictures of 1920 × 1440 pixels. Through the pinhole a thing as wide as it is far is 1442 pixels wide, so that a module
has 3.9 pixels from where symbols are meant to be read. Ten views differ in turn, tilt, focus, shake, noise, light and
glare, and each is tried three times, as a phone sees many pictures a second. They are the same every time, so the same
symbol always gets the same figures. The paper is flat, the printer exact, the lens clean.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, hypot, radians, sin
from random import Random

import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from shelftalk.errors import Invalid, mark
from shelftalk.labels.raster import open_pages
from shelftalk.labels.style import PLAIN_STYLE, Style
from shelftalk.labels.symbol import Symbol
from shelftalk.labels.symbol_art import Dress, make_dress, make_symbol_pdf
from shelftalk.labels.symbol_shapes import make_plan

LENS_MM, FILM_DIAGONAL_MM = 26.0, 43.27
PICTURE_PX = (1920, 1440)
PIXELS = LENS_MM / FILM_DIAGONAL_MM * hypot(*PICTURE_PX)  # 1442: how wide a thing is seen that is as wide as it is far
FOCUS_MM = 100.0  # nearer than this the lens is not sharp
MEANT_MODULES = 370  # from where it is meant to be read: ten times the width of a usual symbol, quiet zones included
ENOUGH = 9  # of the ten views
FRAMES, WAVER = 3, 3.5  # tries of a view, and by how many degrees the hand turns between them
FARTHEST = 36.0  # widths of the symbol; nothing is read from there
NEARER = 0.6  # of the distance it is meant for: where one is tried that is not read there
CLEAR = 7.0  # contrast from which more of it helps little
WITHIN = 1.02  # how near the bisection comes
DOUBT = 2  # per cent that two figures may differ by for nothing
COST_MM = 30.0  # how wide the symbols are that styles are compared with
NOISE_PX = 768
FINE = 3  # points of the scene along a pixel
SCENE_PX = 12  # of the symbol's picture, along a module
AIM = 1.25  # the part of the picture that is looked at, of the paper's side
AROUND = 0.14  # of the room's side: white paper around it
SHELF = 110  # the grey of what is behind the paper
_QR_CODE = zxingcpp.barcode_formats_from_str("QRCode")


@dataclass(frozen=True)
class View:
    """One way to hold a phone at a symbol. Angles in degrees, blur and shake in pixels of the picture."""

    name: str  # when that is, to be translated
    turn: float = 0.0
    tilt: float = 0.0  # away from facing it
    aside: float = 0.0  # the direction it is tilted to
    blur: float = 0.75
    shake: float = 0.0
    noise: float = 5.0  # of 255
    dark: float = 0.0  # how much of the light is missing on one side
    glare: float = 0.0  # of 255, in the middle of a spot
    spot: tuple[float, float] = (0.0, 0.0)
    frame: int = 0  # which of the tries


VIEWS = (
    View(mark("the phone is held straight"), noise=4),
    View(mark("the phone is turned"), turn=33),
    View(mark("the phone is held at a slant"), turn=8, tilt=35, aside=20),
    View(mark("the phone is held at the other slant"), turn=-61, tilt=40, aside=115),
    View(mark("it is out of focus"), turn=4, blur=1.25),
    View(mark("the hand shakes"), turn=-9, shake=2.2),
    View(mark("it is in dim light"), turn=14, noise=15, dark=0.45),
    View(mark("it is in uneven light"), turn=-27, tilt=15, aside=80, dark=0.65),
    View(mark("a lamp shines on it"), turn=6, glare=170, spot=(0.16, -0.13)),
    View(
        mark("a lamp shines on it from the side"),
        turn=171,
        tilt=22,
        aside=200,
        glare=130,
        spot=(-0.22, 0.19),
        dark=0.25,
    ),
)


@dataclass(frozen=True)
class Reading:
    """From how far a symbol is read: `ENOUGH` of the views at `reads_at_mm`, no longer so at `fails_at_mm`."""

    reads_at_mm: float  # 0 when it is read from nowhere
    fails_at_mm: float
    trials: int
    faults: tuple[str, ...]  # the views that failed there, to be translated

    def compare(self, other: Reading) -> int:
        """How much less far than the other it is read, in per cent; negative when farther."""
        return round(100 - 100 * self.reads_at_mm / other.reads_at_mm) if other.reads_at_mm else 0


@dataclass(frozen=True)
class Scene:
    """A symbol in the middle of its paper, in grey. `width` is its share of the picture, quiet zones included."""

    picture: Image.Image
    text: str
    width: float


def make_scene(symbol: Symbol, dress: Dress, language: str = "") -> Scene:
    """A symbol in its style as it is printed, on white paper before a grey shelf."""
    plan = make_plan(dress.style, symbol.size)
    pdf = make_symbol_pdf(symbol, dress, language=language, module_mm=1.0)
    with open_pages(pdf) as pages:
        drawn = pages.render(0, SCENE_PX * 25.4).convert("L")
    module = drawn.width / plan.side
    x, y = (plan.left + symbol.size / 2) * module, (plan.top + symbol.size / 2) * module
    half = round(max(x, y, drawn.width - x, drawn.height - y) + AROUND * symbol.full_size * module)
    picture = Image.new("L", (2 * half, 2 * half), 255)
    picture.paste(drawn, (round(half - x), round(half - y)))
    return Scene(picture, symbol.text, symbol.full_size * module / (2 * half))


def see(scene: Scene, times: float, view: View) -> Image.Image:
    """What the camera sees of a scene from `times` the symbol's width away."""
    width = PIXELS / times
    paper = width / scene.width
    frame = 2 * round(paper * AIM / 2)  # even: every symbol lies on the pixels alike, whatever is around it
    image = _project(scene.picture, paper * FINE, frame * FINE, view)
    if view.shake:
        image = _shake(image, view.shake * FINE, radians(view.aside + 25))
    image = image.filter(ImageFilter.GaussianBlur(view.blur * FINE)).resize((frame, frame), Image.Resampling.BOX)
    return _add_noise(_shine(_darken(image, view, width), view, width), view)


def _project(paper: Image.Image, side: float, frame: int, view: View) -> Image.Image:
    """The paper turned and tilted before the pinhole, `side` points wide if it faced it."""
    while paper.width > 2 * side:
        paper = paper.reduce(2)
    half = paper.width / 2
    distance = PIXELS * FINE  # of the picture's plane, in points
    a, t, d = radians(view.turn), radians(view.tilt), radians(view.aside)
    scale = side / paper.width
    corners = []
    for x, y in ((-half, -half), (half, -half), (half, half), (-half, half)):
        u, v = (x * cos(a) - y * sin(a)) * scale, (x * sin(a) + y * cos(a)) * scale
        along, across = u * cos(d) + v * sin(d), -u * sin(d) + v * cos(d)
        deep = distance / (distance + along * sin(t))
        along, across = along * cos(t) * deep, across * deep
        corners.append((along * cos(d) - across * sin(d) + frame / 2, along * sin(d) + across * cos(d) + frame / 2))
    size = float(paper.width)
    coefficients = _solve(corners, ((0.0, 0.0), (size, 0.0), (size, size), (0.0, size)))
    return paper.transform(
        (frame, frame), Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR, fillcolor=SHELF
    )


def _solve(seen: list[tuple[float, float]], paper: tuple[tuple[float, float], ...]) -> list[float]:
    """The eight numbers of the perspective that leads from what is seen to the paper (by Gauss' elimination)."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(seen, paper, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column]
        rows[column] = [value / head for value in rows[column]]
        for row in range(8):
            if row != column and rows[row][column]:
                share = rows[row][column]
                rows[row] = [a - share * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [row[8] for row in rows]


def _shake(image: Image.Image, length: float, angle: float) -> Image.Image:
    """The mean of what is seen along a short line."""
    mean, steps = image, max(2, round(length))
    for step in range(1, steps):
        x, y = round(step * cos(angle)), round(step * sin(angle))
        moved = ImageChops.offset(image, x, y)
        mean = Image.blend(mean, moved, 1 / (step + 1))
    return mean


def _darken(image: Image.Image, view: View, width: float) -> Image.Image:
    """Light that comes from one side and fades over three times the symbol's width."""
    if not view.dark:
        return image
    ramp = _make_ramp(view.aside).resize((round(3 * width),) * 2)
    start = (ramp.width - image.width) // 2
    shade = ramp.crop((start, start, start + image.width, start + image.height))
    return ImageChops.multiply(image, shade.point([round(255 - view.dark * (255 - value)) for value in range(256)]))


@lru_cache(maxsize=16)
def _make_ramp(direction: float) -> Image.Image:
    """From black to white, in any direction."""
    ramp = Image.linear_gradient("L").resize((512, 512)).rotate(direction, Image.Resampling.BILINEAR)
    return ramp.crop((75, 75, 437, 437))


def _shine(image: Image.Image, view: View, width: float) -> Image.Image:
    """A lamp mirrored in the paper, half as wide as the symbol; its place is counted from the symbol's middle."""
    if not view.glare:
        return image
    side = round(width * 0.5)
    spot = ImageChops.invert(Image.radial_gradient("L")).resize((side, side))
    spot = spot.point([round(view.glare * max(0.0, (value - 75) / 180)) for value in range(256)])
    left, top = (round(image.width / 2 + away * width - side / 2) for away in view.spot)
    light = Image.new("L", image.size)
    light.paste(spot, (left, top))
    return ImageChops.add(image, light)


def _add_noise(image: Image.Image, view: View) -> Image.Image:
    noise = _make_noise(f"{view.name} {view.frame}")
    start = (noise.width - image.width) // 2
    near = noise.crop((start, start, start + image.width, start + image.height))
    near = near.point([round(128 + (value - 127.5) * view.noise / 52) for value in range(256)])
    return ImageChops.add(image.point([round(8 + value * 0.92) for value in range(256)]), near, 1, -128)


@lru_cache(maxsize=len(VIEWS) * FRAMES)
def _make_noise(seed: str) -> Image.Image:
    """Noise with a deviation of 52 of 255: the mean of two even ones."""
    chance = Random(seed)  # noqa: S311 (not for secrets)
    one, other = (Image.frombytes("L", (NOISE_PX,) * 2, chance.randbytes(NOISE_PX**2)) for _ in range(2))
    return Image.blend(one, other, 0.5)


def reads(image: Image.Image, text: str) -> bool:
    """Whether two readers read it: a thorough one, and one in a hurry."""
    return _decode(image, thorough=False) == text and _decode(image, thorough=True) == text


def _decode(image: Image.Image, *, thorough: bool) -> str:
    found = zxingcpp.read_barcodes(
        image, formats=_QR_CODE, try_invert=False, try_rotate=thorough, try_downscale=thorough
    )
    return found[0].text if len(found) == 1 else ""


def list_failures(scene: Scene, times: float) -> tuple[View, ...]:
    """The views in which a symbol is not read from `times` its width away."""
    return tuple(view for view in VIEWS if not any(_reads_frame(scene, times, view, frame) for frame in range(FRAMES)))


def _reads_frame(scene: Scene, times: float, view: View, frame: int) -> bool:
    return reads(see(scene, times, replace(view, turn=view.turn + frame * WAVER, frame=frame)), scene.text)


def get_meant(symbol: Symbol) -> float:
    """From how many times its width a symbol is meant to be read."""
    return MEANT_MODULES / symbol.full_size


@dataclass(frozen=True)
class _Reach:
    """A reading in widths of the symbol."""

    reads: float
    fails: float
    faults: tuple[str, ...]


def measure_reading(symbol: Symbol, style: Style, size_mm: float, *, logo: bytes = b"", language: str = "") -> Reading:
    """From how far the symbol is read in this style, `size_mm` wide with its quiet zones (frame and words come on top).

    `logo` is the style's picture as PNG or JPEG. The style's limits are not asked for: this only looks. What must be
    so near that the lens is not sharp any more is read from nowhere. Raises Invalid for words that cannot be set.
    """
    reach = _measure_reach(symbol, style, logo, language)
    if reach.reads * size_mm < FOCUS_MM:
        return Reading(0.0, FOCUS_MM, len(VIEWS), reach.faults)
    return Reading(reach.reads * size_mm, reach.fails * size_mm, len(VIEWS), reach.faults)


@lru_cache(maxsize=512)
def _measure_reach(symbol: Symbol, style: Style, logo: bytes, language: str) -> _Reach:
    scene = _look_at(symbol, style, logo, language)
    low, high = 0.0, FARTHEST
    faults: tuple[View, ...] = VIEWS
    for times in (get_meant(symbol), get_meant(symbol) * NEARER):
        missed = list_failures(scene, times)
        if len(VIEWS) - len(missed) >= ENOUGH:
            low = times
            break
        high, faults = times, missed
    while low and high > low * WITHIN:
        times = (low * high) ** 0.5
        missed = list_failures(scene, times)
        if len(VIEWS) - len(missed) >= ENOUGH:
            low = times
        else:
            high, faults = times, missed
    return _Reach(low, high, tuple(view.name for view in faults))


def measure_cost(symbol: Symbol, style: Style, *, logo: bytes = b"") -> int:
    """How much less far the symbol is read in this style than plain, in per cent; 0 within what figures may be off."""
    silent = replace(style, name="", caption_at="none", captions=())  # words change nothing: they stand outside
    plain = measure_reading(symbol, PLAIN_STYLE, COST_MM)
    cost = measure_reading(symbol, silent, COST_MM, logo=logo).compare(plain)
    return cost if cost > DOUBT else 0


def _look_at(symbol: Symbol, style: Style, logo: bytes, language: str) -> Scene:
    dress = make_dress(style, [(symbol, language)], {style.logo: logo} if logo else {}, checked=False)
    return make_scene(symbol, dress, language)


def check_reading(symbol: Symbol, style: Style, *, logo: bytes = b"", language: str = "") -> None:
    """Raises Invalid when any of the views does not read the symbol from where it is meant to be read.

    It names the view that fails first, and what to change.
    """
    missed = _list_missed(symbol, style, logo, language)
    if missed:
        raise Invalid(
            "",
            "From {times} times its width, as far as it is meant for, the symbol is not read when {view}. {change}",
            times=round(get_meant(symbol), 1),
            view=missed[0].name,
            change=_advise(style),
        )


def _advise(style: Style) -> str:
    """What helps most."""
    if style.logo:
        return mark("Choose a smaller logo, or none.")
    if style.contrast < CLEAR:
        return mark("Choose a darker colour for the modules, or a lighter ground.")
    if style.modules != "square":
        return mark("Choose square modules.")
    return mark("Shorten the address, or choose a lower error correction level.")


@lru_cache(maxsize=512)
def _list_missed(symbol: Symbol, style: Style, logo: bytes, language: str) -> tuple[View, ...]:
    return list_failures(_look_at(symbol, style, logo, language), get_meant(symbol))
