"""Many labels, each with its own code, to a PDF: ours, the usual way, and what no way can be quicker than.

All in processor time of one process and one run, so that ratios hold on a busy machine too.
"""

from __future__ import annotations

import io
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import zxingcpp
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject
from qrcode.main import QRCode
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from shelftalk.labels.fonts import make_address_font  # noqa: E402
from shelftalk.labels.proof import prove_sheets  # noqa: E402
from shelftalk.labels.run import LabelItem, _make_each  # noqa: E402
from shelftalk.labels.sheet import impose  # noqa: E402
from shelftalk.labels.stock import get_stock  # noqa: E402
from shelftalk.labels.stream import PdfStream  # noqa: E402
from shelftalk.labels.symbol import make_symbol  # noqa: E402

LABELS, FEW = 10_000, 300
STOCK = get_stock("avery-l7160")
SEED = 7
MOST_MEGABYTES = 150
# What `make_labels` does before the proof, in a process of its own; prints the peak of its memory in kilobytes.
MEMORY = """
import resource, sys
sys.path.insert(0, sys.argv[1] + "/packaging")
from shelftalk.labels.run import LabelItem, _make_each, impose, make_address_font
from shelftalk.labels.stock import get_stock

stock, words = get_stock("avery-l7160"), ("Wild Mountain Oolong", "See what is in it and how to use it", "en")
codes = [f"k7m4p{number:05d}" for number in range(int(sys.argv[2]))]
items = [LabelItem(code, "https://tea.example/q/" + code, "tea.example/q/" + code, *words) for code in codes]
font = make_address_font(item.address for item in items)
impose(_make_each(items, stock, "M", font), stock, font)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def make_items(count: int) -> list[LabelItem]:
    """One design, a code for each label."""
    chance = random.Random(SEED)
    codes = ["".join(chance.choices("23456789abcdefghjkmnpqrstuvwxyz", k=10)) for _ in range(count)]
    words = "Wild Mountain Oolong", "See what is in it and how to use it", "en"
    return [LabelItem(code, f"https://tea.example/q/{code}", f"tea.example/q/{code}", *words) for code in codes]


def make_pdf(items: list[LabelItem]) -> bytes:
    """Symbols, type, sheets: all that `make_labels` does before the proof."""
    font = make_address_font(item.address for item in items)
    return impose(_make_each(items, STOCK, "M", font), STOCK, font)


def make_pdf_with_reportlab(items: list[LabelItem]) -> bytes:
    """The usual way: `qrcode` makes a picture, reportlab puts it on the page beside two lines of text."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(STOCK.page_width_mm * mm, STOCK.page_height_mm * mm))
    for number, item in enumerate(items):
        if number and number % STOCK.count == 0:
            canvas.showPage()
        cell = STOCK.get_cell(number % STOCK.count)
        x, y = cell.x_mm * mm, (STOCK.page_height_mm - cell.y_mm - STOCK.label_height_mm) * mm
        code = QRCode(error_correction=0, border=4)
        code.add_data(item.url)
        code.make()
        canvas.drawImage(ImageReader(code.make_image().get_image()), x + 32 * mm, y + 4 * mm, 30 * mm, 30 * mm)
        canvas.drawString(x + 3 * mm, y + 24 * mm, item.name)
        canvas.drawString(x + 3 * mm, y + 6 * mm, item.address)
    canvas.save()
    return out.getvalue()


def write_ready(drawings: list[bytes]) -> bytes:
    """The limit: drawings that are ready, compressed and written."""
    out = io.BytesIO()
    file = PdfStream(out)
    for drawing in drawings:
        file.add_page(PageObject.create_blank_page(None, 595, 842), drawing)
    file.finish(title="", root=DictionaryObject())
    return out.getvalue()


def measure(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def test_many_symbols() -> None:
    urls = [item.url for item in make_items(2_000)]
    make_symbol.cache_clear()
    ours = measure(lambda: [make_symbol(url) for url in urls]) / len(urls)

    def make_with_qrcode() -> None:
        for url in urls[:40]:
            code = QRCode(error_correction=0, border=0)
            code.add_data(url)
            code.make()

    theirs = measure(make_with_qrcode) / 40
    other = measure(lambda: [zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode) for url in urls]) / len(urls)
    print(f"\n{'a symbol, version 3':>28} {'µs of CPU':>10} {'of ours':>8}")
    for name, cost in (("ours, best mask chosen", ours), ("zxing-cpp", other), ("qrcode", theirs)):
        print(f"{name:>28} {cost * 1e6:>10,.0f} {cost / ours:>8.1f}")
    assert ours < theirs / 15


def test_ten_thousand_labels() -> None:
    items = make_items(LABELS)
    make_pdf(items[:2])  # fonts and tables are read
    pdfs: list[bytes] = []
    ours = measure(lambda: pdfs.append(make_pdf(items)))
    theirs = measure(lambda: make_pdf_with_reportlab(items[:FEW])) * LABELS / FEW
    drawings = [page.get_contents().get_data() for page in PdfReader(io.BytesIO(pdfs[0])).pages]  # type: ignore[union-attr]
    limit = measure(lambda: write_ready(drawings))
    proof = measure(lambda: prove_sheets(pdfs[0], STOCK, [item.url for item in items]))
    print(f"\n{LABELS:,} labels on {len(drawings)} sheets, seed {SEED}; {len(pdfs[0]) / 1e6:.1f} MB")
    print(f"{'':>36} {'s of CPU':>9} {'of ours':>8}")
    rows = {
        "compress and write only": limit,
        "ours, to the PDF": ours,
        "ours, the proof": proof,
        f"qrcode and reportlab (of {FEW})": theirs,
    }
    for name, cost in rows.items():
        print(f"{name:>36} {cost:>9.2f} {cost / ours:>8.2f}")
    assert ours < theirs / 8


def test_memory_of_ten_thousand_labels() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(ROOT), str(LABELS)], capture_output=True, text=True, check=True
    )
    peak = int(done.stdout) / 1024
    print(f"\n{LABELS:,} labels to the PDF: {peak:.0f} MB at most, interpreter, fonts and libraries included")
    assert peak < MOST_MEGABYTES
