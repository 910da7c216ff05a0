"""Sheets written page by page: the same picture as ever, and memory that does not grow with them."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import NameObject, NumberObject

from shelftalk.labels.fonts import make_address_font
from shelftalk.labels.run import _make_each, make_labels
from shelftalk.labels.sheet import write_sheets
from shelftalk.labels.stock import get_stock
from shelftalk.labels.stream import PdfStream, draw_modules, make_dictionary
from shelftalk.labels.symbol import list_runs, make_symbol

from .helpers import make_item, make_items

ROOT = Path(__file__).resolve().parents[2]
STOCK = get_stock("avery-l7160")
# Makes labels with a code each, as many as asked for, and prints the peak of its memory in kilobytes:
# of its own, where `getrusage` would count what its parent had.
MEASURE = r"""
import re, sys
sys.path[:0] = [sys.argv[1] + "/packaging", sys.argv[1]]
from tests.labels.helpers import make_item
from shelftalk.labels.fonts import make_address_font
from shelftalk.labels.run import _make_each
from shelftalk.labels.sheet import Label, write_sheets
from shelftalk.labels.stock import get_stock
from shelftalk.labels.symbol import make_symbol

stock, item = get_stock("avery-l7160"), make_item()
font = make_address_font([item.address])
(label,) = _make_each([item], stock, "M", font)
def each(count):
    for number in range(count):
        code = f"k7m4p{number:05d}"
        yield Label(label.art, make_symbol(f"https://tea.example/q/{code}"), (f"tea.example/q/{code}",))
with open(sys.argv[3], "wb") as out:
    write_sheets(out, each(int(sys.argv[2])), stock, font)
print(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1])
"""


def measure_memory(labels: int, out: Path) -> float:
    """Megabytes a process of its own takes at most to write so many labels, each with its own code."""
    command = [sys.executable, "-c", MEASURE, str(ROOT), str(labels), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def test_memory_does_not_grow_with_the_labels(tmp_path):
    few, many = measure_memory(2_000, tmp_path / "few.pdf"), measure_memory(8_000, tmp_path / "many.pdf")
    assert many < few + 12
    assert len(PdfReader(tmp_path / "many.pdf").pages) == -(-8_000 // STOCK.count)


@pytest.mark.skipif(os.environ.get("LABELS") != "all", reason="100,000 labels: LABELS=all")
def test_memory_is_flat_over_100_000_labels(tmp_path):
    few, many = measure_memory(5_000, tmp_path / "few.pdf"), measure_memory(100_000, tmp_path / "many.pdf")
    assert many < few + 25 and many < 150


def test_what_is_written_to_a_file_is_what_is_made_in_memory():
    items = make_items()
    font = make_address_font(item.address for item in items)
    out = io.BytesIO()
    checksum = write_sheets(out, iter(_make_each(items, STOCK, "M", font)), STOCK, font)
    assert out.getvalue() == make_labels(items, STOCK).pdf
    assert checksum == hashlib.sha256(out.getvalue()).hexdigest()


def test_every_object_is_found_where_the_table_says():
    pdf = make_labels([make_item(number) for number in range(7)], STOCK, copies=9).pdf
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    assert len(reader.pages) == 3
    for number in range(1, int(reader.trailer["/Size"])):
        assert pdf[reader.xref[0][number] :].startswith(b"%d 0 obj\n" % number)
    assert reader.metadata["/Producer"] == "Shelftalk"


def test_runs_are_drawn_as_they_are_listed():
    for text in ("https://tea.example/q/k7m4p29xqd", "1", "X" * 300):
        symbol = make_symbol(text)
        drawn = [f"{column} {row} {length} 1 re" for row, column, length in list_runs(symbol)]
        assert draw_modules(symbol).splitlines() == drawn
        rows = [[len([*same]) for dark, same in groupby(modules) if dark] for modules in symbol.modules]
        assert [length for row in rows for length in row] == [length for _, _, length in list_runs(symbol)]


def test_a_page_leaves_memory_when_it_is_written():
    file = PdfStream(io.BytesIO())
    for _ in range(3):
        file.add_page(PageObject.create_blank_page(None, 100, 100), b"0 0 1 1 re f")
    assert sum(kept is not None for kept in file.writer._objects) <= 3  # catalogue, tree, information
    file.finish(title="x", root=make_dictionary(Version=NameObject("/1.7")))
    assert file._tree["/Count"] == NumberObject(3)
