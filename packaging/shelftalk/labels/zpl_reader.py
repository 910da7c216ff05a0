"""Reads ZPL back to pictures, for the proof: nothing of what wrote it is used here.

Knows the commands our labels are made of; anything else is refused, for it could print what nobody looked at.
"""

from __future__ import annotations

import base64
import re
import zlib
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import Image

from shelftalk.errors import ShelftalkError

_COMMAND = re.compile(r"([A-Z]{2})([^~]*)", re.DOTALL)  # what begins with ~ is obeyed wherever it stands
_COPIES = re.compile(r"([0-9]+),0,1,Y", re.ASCII)  # no pause, no replicates
_FIXED = {"LH": "0,0", "LS": "0", "LT": "0", "PO": "N", "PM": "N", "FS": ""}
_FILLERS = {",": "0", "!": "F"}  # of the rest of a row
_DIGITS = "0123456789ABCDEF"
_PIECE = re.compile(r"[0-9A-F]+|.", re.DOTALL)  # a count is of the first digit that follows
_MOST_BYTES = 64 * 1024 * 1024


class BadZpl(ShelftalkError):
    """A file no printer would print as it was meant."""


@dataclass
class ReadLabel:
    """What a printer would make of one format."""

    width: int = 0
    height: int = 0
    copies: int = 1
    fields: list[tuple[int, int, Image.Image]] = field(default_factory=list)

    @property
    def image(self) -> Image.Image:
        """The label, black on white, a pixel for each dot; what lies outside of it is cut off."""
        label = Image.new("1", (self.width, self.height), "white")
        for x, y, picture in self.fields:
            label.paste(0, (x, y), picture)  # its set dots are printed, the others left as they are
        return label


def read_zpl(zpl: bytes) -> list[ReadLabel]:
    """The labels of a file, in their order; raises BadZpl."""
    return list(each_label(zpl))


def each_label(zpl: bytes) -> Iterator[ReadLabel]:
    """The same, one after the other."""
    try:
        text = zpl.decode("ascii")
    except UnicodeDecodeError:
        raise BadZpl("The file holds signs that are no ZPL.") from None
    label: ReadLabel | None = None
    place = (0, 0)
    for name, values in _each_command(text):
        if name == "XA" and label is None and not values:
            label, place = ReadLabel(), (0, 0)
        elif label is None:
            raise BadZpl("The command {value} stands outside of a label.", value=name)
        elif name == "XZ" and not values:
            yield _finish(label)
            label = None
        elif name == "FO":
            place = _read_place(values)
        else:
            _obey(label, name, values, place)
    if label is not None or not text.strip().endswith("^XZ"):
        raise BadZpl("The file breaks off in the middle of a label.")


def _each_command(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a file with their values; raises BadZpl for anything else that stands in it."""
    first, *parts = text.split("^")
    for part in parts if not first.strip() else [first]:
        found = _COMMAND.fullmatch(part)
        if found is None:
            raise BadZpl("The command {value} is not expected in a label.", value=part[:20])
        yield found[1], found[2].strip()


def _finish(label: ReadLabel) -> ReadLabel:
    if not (label.width and label.height):
        raise BadZpl("A label does not say how large it is.")
    return label


def _obey(label: ReadLabel, name: str, values: str, place: tuple[int, int]) -> None:
    if name == "PW":
        label.width = _read_number(values)
    elif name == "LL":
        label.height = _read_number(values)
    elif name == "PQ":
        label.copies = _read_copies(values)
    elif name == "GF":
        label.fields.append((*place, _read_field(values)))
    elif _FIXED.get(name) != values:
        raise BadZpl("The command {value} is not expected in a label.", value=name + values[:20])


def _read_copies(values: str) -> int:
    found = _COPIES.fullmatch(values)
    if found is None:
        raise BadZpl("The command {value} is not expected in a label.", value=f"PQ{values}"[:20])
    return _read_number(found[1])


def _read_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise BadZpl("“{value}” is not a number of dots.", value=text[:20])
    return int(text)


def _read_place(values: str) -> tuple[int, int]:
    x, _comma, y = values.partition(",")
    return _read_number(x), _read_number(y)


def _read_field(values: str) -> Image.Image:
    """A graphic field as a picture whose set dots are white."""
    kind, sent, size, wide, data = (values.split(",", 4) + [""] * 5)[:5]
    length, row = _read_number(size), _read_number(wide)
    if kind != "A" or sent != size or not row or length % row or not 0 < length <= _MOST_BYTES:
        raise BadZpl("A picture's size is wrong: {value}.", value=values[:30])
    content = _unpack_z64(data, length) if data.startswith(":Z64:") else _unpack_ascii(data, row, length // row)
    if len(content) != length:
        raise BadZpl("A picture has {found} bytes instead of {meant}.", found=len(content), meant=length)
    return Image.frombytes("1", (row * 8, length // row), content)


def _unpack_z64(data: str, length: int) -> bytes:
    packed, _colon, checksum = data.removeprefix(":Z64:").rpartition(":")
    if f"{_make_crc(packed.encode('ascii')):04X}" != checksum.upper():
        raise BadZpl("A picture's checksum is wrong.")
    try:
        unpacked = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), length + 1)
    except (zlib.error, NotBase64):
        raise BadZpl("A picture cannot be unpacked.") from None
    return unpacked


def _shift_byte(crc: int) -> int:
    """Eight steps of CRC-16 with the polynomial 0x1021, bit by bit as the standard draws it."""
    for _ in range(8):
        crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


_SHIFTED = tuple(_shift_byte(byte << 8) for byte in range(256))


def _make_crc(data: bytes) -> int:
    """The CRC-16 of some bytes, from 0."""
    crc = 0
    for byte in data:
        crc = crc << 8 & 0xFF00 ^ _SHIFTED[crc >> 8 ^ byte]
    return crc


def _unpack_ascii(data: str, wide: int, rows: int) -> bytes:
    done: list[str] = []
    row, count = "", 0
    for sign in _PIECE.findall(data):
        if sign in _FILLERS:
            row, count = row.ljust(2 * wide, _FILLERS[sign]), 0
        elif sign == ":" and done and not row:
            row = done[-1]
        elif "G" <= sign <= "Y":
            count += ord(sign) - ord("G") + 1
        elif "g" <= sign <= "z":
            count += 20 * (ord(sign) - ord("g") + 1)
        elif sign[0] in _DIGITS:
            row, count = row + sign[0] * (count - 1) + sign, 0
        else:
            raise BadZpl("“{value}” cannot stand in a picture.", value=sign)
        while len(row) >= 2 * wide:
            done.append(row[: 2 * wide])
            row = row[2 * wide :]
    if row or count or len(done) != rows:
        raise BadZpl("A picture has {found} rows instead of {meant}.", found=len(done), meant=rows)
    return bytes.fromhex("".join(done))
