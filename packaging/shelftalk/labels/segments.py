"""How a text is cut into segments of a QR symbol, and the data codewords they give: as `qrcode` does it, but quicker.

How a text is cut depends only on which of its signs are digits, capitals or others, so equal patterns are cut once.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from qrcode.main import QRCode  # type: ignore[import-untyped]
from qrcode.util import (  # type: ignore[import-untyped]
    ALPHA_NUM,
    BIT_LIMIT_TABLE,
    MODE_8BIT_BYTE,
    MODE_ALPHA_NUM,
    MODE_NUMBER,
    length_in_bits,
    optimal_data_chunks,
    optimal_mode,
)

# How short a run of digits or capitals may be to get a segment of its own; 0 keeps the text in one segment.
SEGMENT_LENGTHS = (0, 5, 8, 12, 20)
# One sign stands for all that `qrcode` treats alike; a line feed is matched by "$" and stays itself.
_PATTERN = bytes(
    byte if byte == 0x0A else ord("0") if 0x30 <= byte <= 0x39 else ord("A") if byte in ALPHA_NUM else ord("a")
    for byte in range(256)
)
_VALUES = bytes(max(ALPHA_NUM.find(byte), 0) for byte in range(256))
_NUMBER_BITS = {1: 4, 2: 7, 3: 10}
_PADDING = (0xEC, 0x11)


@dataclass(frozen=True)
class Segment:
    """A part of the text in one of `qrcode`'s modes; `length_bits` is how long its count is written."""

    mode: int
    start: int
    end: int
    length_bits: int


@dataclass(frozen=True)
class Plan:
    """The smallest version for a text and how it is cut for it; `capacity` is its data codewords."""

    version: int
    least: int  # the one of SEGMENT_LENGTHS that gives it
    capacity: int
    segments: tuple[Segment, ...]


def choose_segments(text: str, level: int) -> Plan | None:
    """How `text` is cut so that its symbol is smallest; None when no symbol holds it."""
    return _choose(text.encode().translate(_PATTERN), level)


@lru_cache(maxsize=4096)
def _choose(pattern: bytes, level: int) -> Plan | None:
    cuts = ((least, _cut(pattern, least)) for least in SEGMENT_LENGTHS)
    found = [(version, least, cut) for least, cut in cuts if (version := _find_version(cut, level))]
    if not found:
        return None
    version, least, cut = min(found)
    segments, start = [], 0
    for mode, length in cut:
        segments.append(Segment(mode, start, start + length, length_in_bits(mode, version)))
        start += length
    return Plan(version, least, BIT_LIMIT_TABLE[level][version] // 8, tuple(segments))


def _cut(pattern: bytes, least: int) -> list[tuple[int, int]]:
    """Mode and length of each segment, cut by `qrcode` itself."""
    if least:
        return [(data.mode, len(data)) for data in optimal_data_chunks(pattern, minimum=least)]
    return [(optimal_mode(pattern), len(pattern))]


def _find_version(cut: list[tuple[int, int]], level: int) -> int | None:
    """The first version that holds these segments: counts are written in more bits from version 10 and 27 on."""
    data = sum(4 + _count_bits(mode, length) for mode, length in cut)
    for first, after in ((1, 10), (10, 27), (27, 41)):
        counts = [(length_in_bits(mode, first), length) for mode, length in cut]
        if all(length < 1 << bits for bits, length in counts):
            needed = data + sum(bits for bits, _ in counts)
            version = bisect_left(BIT_LIMIT_TABLE[level], needed, first)
            if version < after:
                return version
    return None


def _count_bits(mode: int, length: int) -> int:
    if mode == MODE_8BIT_BYTE:
        return 8 * length
    if mode == MODE_ALPHA_NUM:
        return length // 2 * 11 + length % 2 * 6
    return length // 3 * 10 + (0, 4, 7)[length % 3]


def make_code(data: bytes | str, level: int, least: int, version: int | None = None) -> QRCode:
    """`qrcode`'s own object, with the data cut in segments of at least so many signs."""
    code = QRCode(version=version, error_correction=level, border=0)
    code.add_data(data, optimize=least)
    return code


def make_codewords(data: bytes, plan: Plan) -> bytes:
    """The data codewords of a text (ISO/IEC 18004 §7.4): segments, terminator, padding."""
    bits, length = 0, 0
    for segment in plan.segments:
        part, size = _ENCODERS[segment.mode](data[segment.start : segment.end])
        bits = ((bits << 4 | segment.mode) << segment.length_bits | segment.end - segment.start) << size | part
        length += 4 + segment.length_bits + size
    end = min(8 * plan.capacity, length + 4)
    end = -(-end // 8) * 8
    words = (bits << end - length).to_bytes(end // 8, "big")
    free = plan.capacity - len(words)
    return words + (bytes(_PADDING) * (free // 2 + 1))[:free]


def _encode_bytes(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data, "big"), 8 * len(data)


def _encode_capitals(data: bytes) -> tuple[int, int]:
    values = data.translate(_VALUES)
    bits = 0
    for first in range(0, len(values) - 1, 2):
        bits = bits << 11 | values[first] * 45 + values[first + 1]
    odd = len(values) % 2
    return (bits << 6 | values[-1] if odd else bits), len(values) // 2 * 11 + 6 * odd


def _encode_digits(data: bytes) -> tuple[int, int]:
    bits, length = 0, 0
    for first in range(0, len(data), 3):
        group = data[first : first + 3]
        bits = bits << _NUMBER_BITS[len(group)] | int(group)
        length += _NUMBER_BITS[len(group)]
    return bits, length


_ENCODERS = {MODE_8BIT_BYTE: _encode_bytes, MODE_ALPHA_NUM: _encode_capitals, MODE_NUMBER: _encode_digits}
