"""Marks what failed its proof: “UNPROVEN” across every label, in a way that no symbol can be read through.

The marked file is a picture of what would have been printed: to be shown to somebody, never to be printed.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from math import atan2, degrees, hypot
from time import gmtime

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from shelftalk.labels.fonts import get_font_path

WORD = "UNPROVEN"
MOST_PIXELS = 9_000_000  # of a page in the marked file
ROUNDS = 6
BAND = "#b3122a"
Area = tuple[int, int, int, int]


def mark_unproven(image: Image.Image, labels: Sequence[Area] = (), symbols: Sequence[Area] = ()) -> Image.Image:
    """The picture with the word across each of the `labels` and each of the `symbols`, and none that still reads.

    Where it is not known where the symbols are, the whole of a label is crossed out.
    """
    marked = image.convert("RGB")
    for area in labels or [(0, 0, *image.size)]:
        _mark_area(marked, area, *((0.2, (1,)) if symbols else (0.34, (1, -1))))
    for area in symbols:
        _mark_area(marked, area, 0.36, (-1,))
    for _ in range(ROUNDS):
        found = [_find_area(symbol) for symbol in zxingcpp.read_barcodes(marked)]
        if not found:
            return marked
        for area in found:
            _mark_area(marked, area, 0.36, (1, -1))
            _spoil_corners(marked, area)
    return Image.new("RGB", image.size, "white")  # rather nothing than a symbol that reads


def _find_area(symbol: zxingcpp.Barcode) -> Area:
    corners = symbol.position
    points = (corners.top_left, corners.top_right, corners.bottom_left, corners.bottom_right)
    across, down = [point.x for point in points], [point.y for point in points]
    return min(across), min(down), max(across) + 1, max(down) + 1


def _mark_area(image: Image.Image, area: Area, share: float, ways: tuple[int, ...]) -> None:
    """The word from corner to corner, on a band that takes a share of the shorter side; 1 rises, -1 falls."""
    width, height = area[2] - area[0], area[3] - area[1]
    if min(width, height) < 8:
        return
    slope = degrees(atan2(height, width))
    band = _draw_band(round(hypot(width, height)), max(8, round(min(width, height) * share)))
    for way in ways:
        turned = band.rotate(way * slope, expand=True, resample=Image.Resampling.BICUBIC)
        patch = Image.new("RGBA", (width, height))
        patch.paste(turned, ((width - turned.width) // 2, (height - turned.height) // 2))
        image.paste(patch.convert("RGB"), area[:2], patch.getchannel("A"))


@lru_cache(maxsize=8)
def _draw_band(length: int, thick: int) -> Image.Image:
    band = Image.new("RGBA", (length, thick), "white")
    edge = max(1, thick // 12)
    pen = ImageDraw.Draw(band)
    pen.rectangle((0, edge, length, thick - edge - 1), fill=BAND)
    font = _load_font(max(6, min(round(thick * 0.62), round(length * 0.15))))
    step = round(font.getlength(f"{WORD} "))
    for place in range(max(1, length // max(step, 1))):
        middle = length * (place + 0.5) / max(1, length // max(step, 1))
        pen.text((middle, thick / 2), WORD, fill="white", font=font, anchor="mm")
    return band


def _spoil_corners(image: Image.Image, area: Area) -> None:
    """Take a symbol the corners by which it is found."""
    side = max(3, (area[2] - area[0]) // 3)
    for left, top in ((area[0], area[1]), (area[2] - side, area[1]), (area[0], area[3] - side)):
        ImageDraw.Draw(image).rectangle((left, top, left + side, top + side), fill="white", outline="black")


@lru_cache(maxsize=16)
def _load_font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(get_font_path()), size)
    font.set_variation_by_axes([700])
    return font


def write_unproven_pdf(pages: Sequence[Image.Image], dpi: float) -> bytes:
    """Marked pictures as one PDF at their printed size, called what it is."""
    out = io.BytesIO()
    first, *others = [_shrink(page) for page in pages]
    shrunk = first.width / pages[0].width
    first.save(
        out,
        "PDF",
        resolution=dpi * shrunk,
        save_all=True,
        append_images=others,
        title=WORD,
        creationDate=gmtime(0),
        modDate=gmtime(0),
    )
    return out.getvalue()


def _shrink(page: Image.Image) -> Image.Image:
    pixels = page.width * page.height
    if pixels <= MOST_PIXELS:
        return page
    share = (MOST_PIXELS / pixels) ** 0.5
    return page.resize((round(page.width * share), round(page.height * share)))
