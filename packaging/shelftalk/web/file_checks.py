"""What an uploaded document, video or captions file really is; knows no disk, no request and no store.

A file is kept as it came, so its whole structure is checked: nothing of another format may hide in front or behind.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.generic import PdfObject

from shelftalk.errors import Invalid

MEGABYTE = 1_000_000
LIMITS = {"pdf": 20, "mp4": 30, "webm": 30, "vtt": 1}  # in MB
NAMES = {"pdf": "PDF", "mp4": "MP4", "webm": "WebM", "vtt": "VTT, SRT"}
MAX_PARTS = 10_000  # of a film's file; millions of empty ones would take a minute and all memory to look at
# Where a phone writes down who filmed, where and when.
_PRIVATE_BOXES = {b"udta", b"meta", b"uuid"}
_OPENED_BOXES = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
_EBML, _SEGMENT, _TAGS, _CLUSTER = b"\x1aE\xdf\xa3", b"\x18S\x80g", b"\x12T\xc3g", b"\x1fC\xb6u"


@dataclass(frozen=True)
class Checked:
    """What a file was found to be, and the bytes to keep."""

    kind: str
    data: bytes


def check_file(data: bytes, name: str, kinds: tuple[str, ...]) -> Checked:
    """Find out which of the kinds a file is; raises Invalid saying what is allowed."""
    kind = next((kind for kind in kinds if _STARTS[kind](data)), None)
    if kind is None:
        allowed = ", ".join(NAMES[kind] for kind in kinds)
        raise Invalid(
            "file", "“{value}” is not a file of the right kind. Allowed are: {allowed}.", value=name, allowed=allowed
        )
    check_size(len(data), kind)
    kept = _CHECKS[kind](data)
    if kept is None:
        raise Invalid(
            "file",
            "The file “{value}” is damaged, locked, or holds something else as well. Open it on your computer, "
            "save it again and upload that.",
            value=name,
        )
    return Checked(kind, kept)


def check_size(size: int, *kinds: str) -> None:
    """Raise Invalid when no file of these kinds may be as large."""
    allowed = max(LIMITS[kind] for kind in kinds)
    if size > allowed * MEGABYTE:
        raise Invalid(
            "file",
            "The file has {value} MB; at most {allowed} MB are allowed: save it smaller.",
            value=round(size / MEGABYTE, 1),
            allowed=allowed,
        )


def _check_pdf(data: bytes) -> bytes | None:
    """A whole PDF that opens without a password and runs nothing."""
    tail = data[data.rfind(b"%%EOF") + 5 :] if b"%%EOF" in data[-2048:] else b"?"
    if tail.strip(b"\r\n\t \0") or re.search(rb"/(?:JavaScript|Launch)\b", data):
        return None
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        return data if not reader.is_encrypted and reader.pages[0] and not _runs(reader) else None
    except Exception:  # a damaged file makes the reader fail in any way
        return None


def _runs(reader: PdfReader) -> bool:
    """Whether opening it would start something; what is packed in streams is found by its place in the catalog."""
    root: Mapping[str, Any] = reader.root_object
    names, action = _follow(root, "/Names"), _follow(root, "/OpenAction")
    starts = isinstance(action, Mapping) and action.get("/S") in ("/JavaScript", "/Launch", "/URI", "/SubmitForm")
    return starts or "/AA" in root or "/JavaScript" in names or "/EmbeddedFiles" in names


def _follow(root: Mapping[str, Any], name: str) -> Any:
    value = root.get(name)
    return value.get_object() if isinstance(value, PdfObject) else {}


def _list_boxes(data: bytearray, start: int, end: int, budget: Iterator[int]) -> Iterator[tuple[bytes, int, int, int]]:
    """Kind, start, start of its content and end of each box of an MP4; an empty kind ends what is no film.

    `budget` is what one file may have of boxes, on all its levels.
    """
    while start < end:
        size, kind, head = int.from_bytes(data[start : start + 4], "big"), data[start + 4 : start + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        size = size or end - start
        if size < head or start + size > end or next(budget, None) is None:
            yield b"", start, start, end
            return
        yield bytes(kind), start, start + head, start + size
        start += size


def _check_mp4(data: bytes) -> bytes | None:
    """Boxes from the first byte to the last; what tells of the person and the place is blanked, offsets stay."""
    kept = bytearray(data)
    kinds = _blank_boxes(kept, 0, len(kept), iter(range(MAX_PARTS)))
    whole = kinds[:1] == [b"ftyp"] and {b"moov", b"mdat"} <= set(kinds) and b"" not in kinds
    return bytes(kept) if whole else None


def _blank_boxes(data: bytearray, start: int, end: int, budget: Iterator[int], depth: int = 0) -> list[bytes]:
    kinds = []
    for kind, first, inner, last in _list_boxes(data, start, end, budget):
        kinds.append(kind)
        if kind in _PRIVATE_BOXES:
            data[first + 4 : first + 8] = b"free"
            data[inner:last] = bytes(last - inner)
        elif kind in _OPENED_BOXES and depth < 6 and b"" in _blank_boxes(data, inner, last, budget, depth + 1):
            kinds.append(b"")
    return kinds


def _read_number(data: bytes, at: int, *, keep_mark: bool = False) -> tuple[int, int, bool]:
    """An EBML number at a place: its value, its length, whether it says “unknown”."""
    first = data[at] if at < len(data) else 0
    length = 9 - first.bit_length()
    if not first or at + length > len(data):
        raise ValueError("no number")
    value = int.from_bytes(data[at : at + length], "big")
    plain = value & ((1 << (7 * length)) - 1)
    return (value if keep_mark else plain), length, plain == (1 << (7 * length)) - 1


def _list_elements(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Id, start, start of its content and end of each EBML element; one of unknown size goes to the end."""
    for _part in range(MAX_PARTS):
        if start >= end:
            return
        _value, id_length, _unknown = _read_number(data, start, keep_mark=True)
        size, length, unknown = _read_number(data, start + id_length)
        inner = start + id_length + length
        last = end if unknown else inner + size
        if last > end:
            raise ValueError("cut off")
        yield data[start : start + id_length], start, inner, last
        start = last
    raise ValueError("more than a film has")


def _check_webm(data: bytes) -> bytes | None:
    """One head that says “webm” and one segment up to the last byte; its tags are blanked."""
    kept = bytearray(data)
    try:
        elements = list(_list_elements(data, 0, len(data)))
        if [name for name, *_ in elements] != [_EBML, _SEGMENT]:
            return None
        head, segment = elements
        if b"\x42\x82\x84webm" not in data[head[2] : head[3]]:
            return None
        for name, first, _inner, last in _list_elements(data, segment[2], segment[3]):
            if name == _TAGS and last - first >= 9:
                kept[first:last] = b"\xec\x01" + (last - first - 9).to_bytes(7, "big") + bytes(last - first - 9)
            if name == _CLUSTER:
                break  # what follows was recorded live and need not say its sizes
    except ValueError:
        return None
    return bytes(kept)


_CUE = re.compile(r"(?:\d+:)?\d\d:\d\d\.\d{3} +--> +(?:\d+:)?\d\d:\d\d\.\d{3}")


def _check_captions(data: bytes) -> bytes | None:
    """Captions as WebVTT; the SubRip kind becomes it."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    except UnicodeDecodeError:
        return None
    if not text.startswith("WEBVTT"):
        text = "WEBVTT\n\n" + re.sub(r"(\d\d),(\d{3})", r"\1.\2", text)
    return text.encode() if _CUE.search(text) else None


def _starts_as_captions(data: bytes) -> bool:
    start = data[:200].removeprefix(b"\xef\xbb\xbf")
    return start.startswith(b"WEBVTT") or re.match(rb"\s*\d+\s*\r?\n\d\d:\d\d:\d\d,\d{3} -->", start) is not None


_STARTS: dict[str, Callable[[bytes], bool]] = {
    "pdf": lambda data: data.startswith(b"%PDF-"),
    "mp4": lambda data: data[4:8] == b"ftyp" and data[8:12] != b"qt  ",
    "webm": lambda data: data.startswith(_EBML),
    "vtt": _starts_as_captions,
}
_CHECKS: dict[str, Callable[[bytes], bytes | None]] = {
    "pdf": _check_pdf,
    "mp4": _check_mp4,
    "webm": _check_webm,
    "vtt": _check_captions,
}
