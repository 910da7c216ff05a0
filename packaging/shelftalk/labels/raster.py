"""PDF pages and SVG files as pictures. Knows nothing of labels."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image
from typst import Compiler

from shelftalk.errors import NotFound

_PDFIUM = threading.Lock()  # pdfium may run in one thread at a time
_SVG_PAGE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg")"""


@contextmanager
def open_pages(pdf: bytes) -> Iterator[Pages]:
    """The pages of a PDF; the only user of pdfium while it is open."""
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            yield Pages(document)
        finally:
            document.close()


class Pages:
    """An open PDF."""

    def __init__(self, document: pypdfium2.PdfDocument) -> None:
        self._document = document

    def __len__(self) -> int:
        return len(self._document)

    def render(self, number: int, dpi: float, *, grey: bool = True) -> Image.Image:
        """Page `number` (from 0) as it prints at `dpi`."""
        page = self._document[number]
        try:
            bitmap = page.render(scale=dpi / 72, grayscale=grey)
            image: Image.Image = bitmap.to_pil().copy()
            return image
        finally:
            page.close()


def make_preview(pdf: bytes, page: int = 0, dpi: float = 110, *, grey: bool = True) -> bytes:
    """One page of a PDF as PNG, for a screen; raises NotFound when there is no such page."""
    with open_pages(pdf) as pages:
        if not 0 <= page < len(pages):
            raise NotFound("There is no page {page}. The pages are 1 to {count}.", page=page + 1, count=len(pages))
        image = pages.render(page, dpi, grey=grey)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def render_svg(svg: bytes, dpi: float) -> Image.Image:
    """An SVG file as it prints at `dpi`, drawn by typst's own SVG reader."""
    compiler = Compiler(_SVG_PAGE, ignore_system_fonts=True)
    png = compiler.compile(input=_SVG_PAGE, format="png", ppi=dpi, sys_inputs={"svg": svg.decode()})
    return Image.open(io.BytesIO(bytes(png))).convert("L")  # type: ignore[arg-type]
