"""Products: the record that page, label text and report share."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from shelftalk.errors import Invalid, mark

STATUSES: dict[str, str] = {"draft": mark("Draft"), "live": mark("Live"), "retired": mark("Retired")}


@dataclass(frozen=True)
class Product:
    """A product. `gtin` is 14 digits or empty; colours are `#rrggbb`; `photo` is a media id or empty."""

    id: int
    slug: str
    name: str
    brand: str
    gtin: str
    photo: str
    colour: str  # the brand's colour: buttons, marks; every other tone follows from it
    status: str
    published_version: int | None
    is_sample: bool
    revision: int
    created_at: datetime
    updated_at: datetime


def make_slug(name: str) -> str:
    """The readable part of a product's address, from its name; empty when Latin letters cannot tell it.

    >>> make_slug("High Mountain Oolong — 150 g")
    'high-mountain-oolong-150-g'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    if sum(c.isalnum() for c in plain) < sum(c.isalnum() for c in name) / 2:
        plain = ""  # a Chinese or Persian name: the store numbers it instead of guessing a spelling
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60].strip("-")


def parse_colour(text: str, field: str = "colour") -> str:
    """A colour as `#rrggbb`; raises Invalid."""
    colour = text.strip().lower()
    if re.fullmatch(r"#[0-9a-f]{6}", colour):
        return colour
    raise Invalid(
        field,
        "“{value}” is not a colour. Write # and six digits or letters a to f, for example #1f6f54.",
        value=text,
    )
