"""A PDF written page by page: what pages share is added once, a finished page leaves memory. Knows no label.

Numbers and shared objects are pypdf's; only the file is written here, because pypdf holds all pages until the end.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from array import array
from functools import lru_cache
from itertools import compress
from typing import BinaryIO, cast

from pypdf import PageObject, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from shelftalk.labels.symbol import Symbol

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
LEVEL = 5  # half the time of 6 and an eighth more bytes
_BITS = bytes.maketrans(b"01", b"\0\1")


class PdfStream:
    """A PDF on its way into `out`. Same calls, same bytes."""

    def __init__(self, out: BinaryIO) -> None:
        self.writer = PdfWriter()
        self.pages: list[IndirectObject] = []
        self._out, self._length, self._hash = out, 0, hashlib.sha256()
        self._offsets = array("Q")
        self._tree = cast(DictionaryObject, self.writer._pages.get_object())
        self._put(HEADER)

    @property
    def sha256(self) -> str:
        """The checksum of what is written so far."""
        return self._hash.hexdigest()

    def add(self, shared: PdfObject) -> IndirectObject:
        """An object that pages refer to; it is written at the end."""
        return self.writer._add_object(shared)

    def add_page(self, page: PageObject, drawing: bytes) -> None:
        """Write a page with its drawing operators. Its dictionary must refer to shared objects only."""
        page[NameObject("/Contents")] = self._write_now(make_stream(drawing))
        page[NameObject("/Parent")] = self._tree.indirect_reference or NullObject()
        self.pages.append(self._write_now(page))

    def finish(self, *, title: str, root: DictionaryObject) -> None:
        """Write what is shared, the tree of pages and the table of all objects; `root` adds to the catalogue."""
        self.writer.add_metadata({"/Producer": "Shelftalk", "/Title": title})
        self.writer.root_object.update(root)
        self._tree[NameObject("/Kids")] = ArrayObject(self.pages)
        self._tree[NameObject("/Count")] = NumberObject(len(self.pages))
        for place, shared in enumerate(self.writer._objects):
            if shared is not None:
                self._write(place + 1, shared)
        self._write_table()

    def _write_now(self, passing: PdfObject) -> IndirectObject:
        self.writer._objects.append(None)  # the number is taken, the object is not kept
        number = len(self.writer._objects)
        self._write(number, passing)
        return IndirectObject(number, 0, self.writer)

    def _write(self, number: int, written: PdfObject) -> None:
        self._offsets.extend([0] * (number + 1 - len(self._offsets)))
        self._offsets[number] = self._length
        self._put(b"%d 0 obj\n%b\nendobj\n" % (number, _serialise(written)))

    def _write_table(self) -> None:
        start, count = self._length, len(self._offsets)
        lines = b"".join(b"%010d 00000 n \n" % offset for offset in self._offsets[1:])
        self._put(b"xref\n0 %d\n0000000000 65535 f \n%b" % (count, lines))
        trailer = make_dictionary(Size=NumberObject(count))
        for name, entry in {"/Root": self.writer.root_object, "/Info": self.writer._info_obj}.items():
            if entry is not None and entry.indirect_reference is not None:
                trailer[NameObject(name)] = entry.indirect_reference
        self._put(b"trailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (_serialise(trailer), start))

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self._hash.update(data)
        self._length += len(data)


def _serialise(written: PdfObject) -> bytes:
    out = io.BytesIO()
    written.write_to_stream(out)
    return out.getvalue()


def make_dictionary(**entries: PdfObject) -> DictionaryObject:
    """A dictionary by the names of its entries."""
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in entries.items()})


def make_stream(data: bytes, entries: DictionaryObject | None = None) -> StreamObject:
    """A compressed stream."""
    stream = DecodedStreamObject()
    stream.update(entries or {})
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    stream._data = zlib.compress(data, LEVEL)
    return stream


def draw_modules(symbol: Symbol) -> str:
    """The dark runs of a symbol as rectangles, one a line; the unit is the module, rows count from the top."""
    first, last, heads, tails, places = _prepare_runs(symbol.size)
    starts = _spread(symbol.bits & ~(symbol.bits << 1 & ~first))
    ends = _spread(symbol.bits & ~(symbol.bits >> 1 & ~last))
    runs = zip(compress(places, starts), compress(places, ends), strict=True)
    return "".join([heads[start] + tails[end - start] for start, end in runs])


def _spread(bits: int) -> bytes:
    """A byte for each bit, the lowest first."""
    return format(bits, "b").encode("ascii")[::-1].translate(_BITS)


@lru_cache(maxsize=16)
def _prepare_runs(size: int) -> tuple[int, int, list[str], list[str], range]:
    """For symbols of a size: first and last column as bits, and how a run begins and ends in operators."""
    first = sum(1 << row * size for row in range(size))
    heads = [f"{place % size} {place // size} " for place in range(size * size)]
    tails = [f"{length} 1 re\n" for length in range(1, size + 1)]
    return first, first << size - 1, heads, tails, range(size * size)
