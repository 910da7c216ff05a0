"""Colours: every tone of a page follows from the brand's one, with contrast that can be read. Knows no style sheet.

Tones are mixed in OKLab (Ottosson, 2020), where equal steps look equal; contrast is WCAG 2.2's ratio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from math import atan2, cos, hypot, sin

AA_TEXT = 4.5
AA_SHAPE = 3.0
Rgb = tuple[float, float, float]  # linear light, 0 to 1


@dataclass(frozen=True)
class Palette:
    """The tones of one colour scheme, each `#rrggbb`."""

    paper: str  # the page
    card: str  # tables and boxes
    tint: str  # behind the headline
    glow: str  # behind the product's picture
    line: str  # thin rules
    ink: str  # text
    soft: str  # quieter text
    brand: str  # buttons and step marks, as the brand chose it
    on_brand: str  # text on it
    edge: str  # outline of brand-coloured shapes
    link: str  # the brand's tone for text
    warn: str
    warn_tint: str

    def format_css(self) -> str:
        """The tones as custom properties, without the braces."""
        return ";".join(f"--{f.name.replace('_', '-')}:{getattr(self, f.name)}" for f in fields(self))


@lru_cache(maxsize=512)
def make_palettes(colour: str) -> tuple[Palette, Palette]:
    """The light and the dark palette of a brand's colour (`#rrggbb`)."""
    return _make_light(colour), _make_dark(colour)


def _make_light(brand: str) -> Palette:
    paper = "#ffffff"
    tint = _mix(brand, paper, 0.11)
    card = _neutral(brand, 0.972, 0.006)
    grounds = (paper, tint, card)
    return Palette(
        paper=paper,
        card=card,
        tint=tint,
        glow=_mix(brand, paper, 0.04),
        line=_neutral(brand, 0.905, 0.012),
        ink=_neutral(brand, 0.22, 0.02),
        soft=_readable(_neutral(brand, 0.46, 0.025), grounds, AA_TEXT),
        brand=brand,
        on_brand=choose_on(brand),
        edge=_readable(brand, (paper, tint), AA_SHAPE),
        link=_readable(brand, grounds, AA_TEXT),
        warn="#8a3b12",
        warn_tint="#fdf0e8",
    )


def _make_dark(brand: str) -> Palette:
    paper = _neutral(brand, 0.185, 0.012)
    tint = _mix(brand, paper, 0.24)
    card = _neutral(brand, 0.235, 0.014)
    grounds = (paper, tint, card)
    return Palette(
        paper=paper,
        card=card,
        tint=tint,
        glow=_mix(brand, paper, 0.36),
        line=_neutral(brand, 0.335, 0.018),
        ink=_neutral(brand, 0.955, 0.008),
        soft=_readable(_neutral(brand, 0.76, 0.022), grounds, AA_TEXT),
        brand=brand,
        on_brand=choose_on(brand),
        edge=_readable(brand, (paper, tint), AA_SHAPE),
        link=_readable(_neutral(brand, 0.8, 0.16), grounds, AA_TEXT),
        warn="#f3b58f",
        warn_tint="#3a2417",
    )


def get_contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_get_luminance(one), _get_luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def choose_on(colour: str) -> str:
    """Black or white, whichever reads better on the colour: 4.58 : 1 at the very least."""
    return max("#ffffff", "#000000", key=lambda text: get_contrast(text, colour))


def _readable(colour: str, grounds: Sequence[str], ratio: float) -> str:
    """The tone nearest to the colour that has the contrast on every ground."""
    if all(get_contrast(colour, ground) >= ratio for ground in grounds):
        return colour
    lightness, chroma, hue = _to_lch(colour)
    towards = 0.0 if _get_luminance(grounds[0]) > 0.18 else 1.0
    for step in range(1, 51):
        tone = _from_lch(lightness + (towards - lightness) * step / 50, chroma * (1 - (step / 50) ** 3), hue)
        if all(get_contrast(tone, ground) >= ratio for ground in grounds):
            return tone
    return "#ffffff" if towards else "#000000"


def _neutral(brand: str, lightness: float, chroma: float) -> str:
    """A tone of that lightness with no more than a breath of the brand's hue."""
    _lightness, brand_chroma, hue = _to_lch(brand)
    return _from_lch(lightness, min(chroma, brand_chroma), hue)


def _mix(colour: str, ground: str, share: float) -> str:
    one, other = _to_lab(colour), _to_lab(ground)
    return _from_lab(*(a * share + b * (1 - share) for a, b in zip(one, other, strict=True)))


def _get_luminance(colour: str) -> float:
    red, green, blue = _to_linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_linear(colour: str) -> Rgb:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _encoded(value: float) -> int:
    value = min(1.0, max(0.0, value))
    return round(255 * (value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))


def _to_lab(colour: str) -> tuple[float, float, float]:
    red, green, blue = _to_linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _to_rgb(lightness: float, a: float, b: float) -> Rgb:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _from_lab(lightness: float, a: float, b: float) -> str:
    return "#" + "".join(f"{_encoded(value):02x}" for value in _to_rgb(lightness, a, b))


def _to_lch(colour: str) -> tuple[float, float, float]:
    lightness, a, b = _to_lab(colour)
    return lightness, hypot(a, b), atan2(b, a)


def _from_lch(lightness: float, chroma: float, hue: float) -> str:
    """The colour, with its chroma taken back as far as the screen can show it."""
    for _ in range(24):
        rgb = _to_rgb(lightness, chroma * cos(hue), chroma * sin(hue))
        if all(-0.0005 <= value <= 1.0005 for value in rgb):
            break
        chroma *= 0.9
    return _from_lab(lightness, chroma * cos(hue), chroma * sin(hue))
