"""Writes labels for thermal printers that speak ZPL II: each a picture in dots. Knows no text and no symbol.

The picture is the label: what stands on it needs no font in the printer, in any script.
"""

from __future__ import annotations

import base64
import re
import zlib
from binascii import crc_hqx
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops

from shelftalk.errors import Invalid

MOST_COPIES = 99_999_999  # ^PQ
MOST_DOTS = 32_000  # ^PW and ^LL
PACKINGS = ("z64", "ascii")  # as current printers want it, as all of them understand it
_RUN = re.compile(r"(.)\1+")  # of one digit
_UNITS = " GHIJKLMNOPQRSTUVWXY"  # one to nineteen
_TWENTIES = " ghijklmnopqrstuvwxyz"  # twenty, forty, … four hundred


@dataclass(frozen=True)
class ZplLabel:
    """A label as the head prints it: black and white, a pixel for each dot, and how often."""

    image: Image.Image
    copies: int = 1


def write_label(label: ZplLabel, *, packing: str = "z64") -> bytes:
    """One label as a format of its own: a file may be cut between two. Raises Invalid for what no printer takes.

    Same picture, same bytes.
    """
    image = label.image
    _check(label, packing)
    lines = ["^XA", f"^PW{image.width}", f"^LL{image.height}", "^LH0,0", "^LS0", "^LT0", "^PON", "^PMN"]
    ink = _find_ink(image)
    if ink:
        lines.append(f"^FO{ink[0]},{ink[1]}{format_field(image.crop(ink), packing)}^FS")
    return "\n".join([*lines, f"^PQ{label.copies},0,1,Y", "^XZ", ""]).encode("ascii")


def _check(label: ZplLabel, packing: str) -> None:
    if packing not in PACKINGS:
        raise Invalid(
            "packing", "“{value}” is no packing of pictures. Choose one of: {allowed}.", value=packing, allowed=PACKINGS
        )
    if label.image.mode != "1":
        raise ValueError(label.image.mode)
    if max(label.image.size) > MOST_DOTS:
        raise Invalid(
            "stock",
            "A label of {value} dots is too long for a thermal printer: at most {allowed}. Choose fewer dots an inch.",
            value=max(label.image.size),
            allowed=MOST_DOTS,
        )
    if not 1 <= label.copies <= MOST_COPIES:
        raise Invalid(
            "copies",
            "{value} copies cannot be printed. Choose 1 to {allowed}.",
            value=label.copies,
            allowed=MOST_COPIES,
        )


def _find_ink(image: Image.Image) -> tuple[int, int, int, int] | None:
    """The box of everything black; None when there is nothing."""
    return ImageChops.invert(image).getbbox()


def format_field(image: Image.Image, packing: str = "z64") -> str:
    """A picture as a graphic field, its rows in whole bytes, black set (ZPL II Programming Guide, ^GF)."""
    rows = list_rows(image)
    size = sum(map(len, rows))
    data = pack_ascii(rows) if packing == "ascii" else pack_z64(b"".join(rows))
    return f"^GFA,{size},{size},{len(rows[0])},{data}"


def list_rows(image: Image.Image) -> list[bytes]:
    """The rows of a black-and-white picture as bytes, the leftmost dot highest; 1 is black, spare bits are 0."""
    wide = -(-image.width // 8)
    whole = Image.new("1", (wide * 8, image.height), "white")
    whole.paste(image, (0, 0))
    data = ImageChops.invert(whole).tobytes()
    return [data[first : first + wide] for first in range(0, len(data), wide)]


def pack_z64(data: bytes) -> str:
    """Bytes as ZPL's :Z64: deflated, in base64, with the CRC-16 of that text."""
    text = base64.b64encode(zlib.compress(data, 9))
    return f":Z64:{text.decode('ascii')}:{crc_hqx(text, 0):04X}"


def pack_ascii(rows: Sequence[bytes]) -> str:
    """Rows in hexadecimal, runs of a digit counted, the rest of a row and equal rows abbreviated."""
    packed, before = [], ""
    for row in rows:
        digits = row.hex().upper()
        packed.append(":" if digits == before else _pack_row(digits))
        before = digits
    return "".join(packed)


def _pack_row(digits: str) -> str:
    for filler, sign in (("0", ","), ("F", "!")):
        kept = digits.rstrip(filler)
        if len(kept) < len(digits):
            return _count_runs(kept) + sign
    return _count_runs(digits)


def _count_runs(digits: str) -> str:
    return _RUN.sub(lambda run: _format_run(run[1], len(run[0])), digits)


@lru_cache(maxsize=4096)
def _format_run(digit: str, length: int) -> str:
    whole, rest = divmod(length, 400)
    twenties, units = divmod(rest, 20)
    return "z" * whole + _TWENTIES[twenties].strip() + _UNITS[units].strip() + digit
