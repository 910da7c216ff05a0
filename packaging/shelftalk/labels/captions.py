"""Sets the words beside a styled symbol: one line, in the script of its language, as large as its room lets it.

Its unit is the module: a page of the typesetting is a room, a millimetre there is a module. Knows no symbol.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pypdf import PageObject, PdfReader
from typst import Compiler

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid
from shelftalk.labels.fonts import check_coverage, clean_text, get_face, list_families, load_fonts

TEMPLATE = Path(__file__).with_name("caption.typ")
MOST_EM, LEAST_EM = 4.2, 2.4  # in modules


@dataclass(frozen=True)
class CaptionJob:
    """Words, their language, and the room in modules."""

    text: str
    language: str
    width: float
    height: float
    colour: str


@dataclass(frozen=True)
class Caption:
    """Words that are set: on a page for print, as SVG for a screen."""

    em: float  # their size in modules
    page: PageObject
    text: str


def set_captions(jobs: Sequence[CaptionJob]) -> list[Caption]:
    """Every caption in its order; raises Invalid for words that are too long or have no glyph."""
    if not jobs:
        return []
    compiler, data = _open(jobs)
    pdf = compiler.compile(format="pdf", sys_inputs={"captions": data}, pdf_tags=False, timestamp=0)
    sizes = json.loads(compiler.query("<size>", field="value"))
    for job, size in zip(jobs, sizes, strict=True):
        _check_size(job, size)
    pages = PdfReader(BytesIO(bytes(pdf))).pages  # type: ignore[arg-type]
    return [Caption(size, page, job.text) for job, size, page in zip(jobs, sizes, pages, strict=True)]


def draw_caption(job: CaptionJob) -> str:
    """A caption as SVG, its words as outlines; raises Invalid."""
    compiler, data = _open([job])
    svg = bytes(compiler.compile(format="svg", sys_inputs={"captions": data}))  # type: ignore[arg-type]
    _check_size(job, json.loads(compiler.query("<size>", field="value"))[0])
    return svg.decode()


def _open(jobs: Sequence[CaptionJob]) -> tuple[Compiler, str]:
    for job in jobs:
        check_coverage(f"caption-{job.language}", clean_text(job.text))
    compiler = Compiler(str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=load_fonts(), ignore_system_fonts=True)
    return compiler, json.dumps([_describe(job) for job in jobs], ensure_ascii=False)


def _describe(job: CaptionJob) -> dict[str, object]:
    face, language = get_face(job.language), LANGUAGES.get(job.language)
    return {
        "text": clean_text(job.text),
        "width": job.width,
        "height": job.height,
        "colour": job.colour,
        "most": MOST_EM,
        "lang": face.lang or "en",
        "region": face.region or None,
        "dir": language.direction if language else "ltr",
        "fonts": list_families(face),
        "top": face.top,
        "bottom": face.bottom,
    }


def _check_size(job: CaptionJob, size: float) -> None:
    if size < LEAST_EM:
        raise Invalid(
            f"caption-{job.language}",
            "“{value}” is too long to stand beside the symbol. Shorten it to about {allowed} characters.",
            value=job.text,
            allowed=max(1, int(len(job.text) * size / LEAST_EM)),
        )
