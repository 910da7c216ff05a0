"""A believable product with a page in five languages, for tests that render or serve it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageDraw

from shelftalk.catalog.page import PageContent, parse_content
from shelftalk.catalog.product import Product

ROOT = Path(__file__).resolve().parent.parent
AT = datetime(2026, 11, 2, 8, tzinfo=UTC)
PRODUCT = Product(
    id=7,
    slug="high-mountain-oolong",
    name="High Mountain Oolong",
    brand="Hillside Tea",
    gtin="04006381333931",
    photo="",
    colour="#1f6f54",
    status="live",
    published_version=1,
    is_sample=False,
    revision=1,
    created_at=AT,
    updated_at=AT,
)


def make_product(**changes: object) -> Product:
    """The tea, with some of it changed."""
    return replace(PRODUCT, **changes)  # type: ignore[arg-type]


def read_page(picture: str = "") -> PageContent:
    """Its page, with one of each block; `picture` is the media id its picture block shows."""
    text = (ROOT / "tests/data/tea_page.json").read_text("utf-8")
    return parse_content(json.loads(text.replace("0123456789abcdef", picture)))


def draw_garden(width: int = 1600, height: int = 1000, form: str = "JPEG", mode: str = "RGB") -> bytes:
    """A picture of a tea garden as an uploaded file."""
    image = Image.new("RGB", (width, height), "#b9d3c4")
    draw = ImageDraw.Draw(image)
    for place, colour in enumerate(("#9cc0ac", "#7aa98f", "#4f8a6d", "#2c6a4d")):
        top = int(height * (0.3 + 0.14 * place))
        draw.ellipse((-width // 4, top, width + width // 4, top + height * 2), fill=colour)
    target = io.BytesIO()
    image.convert(mode).save(target, form)
    return target.getvalue()
