"""Sets the texts of labels with typst: right scripts, right direction, balanced lines, sizes that fit.

Knows no sheet and no symbol. Texts go in as data and are never read as markup.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from pathlib import Path

from pypdf import PageObject, PdfReader
from typst import Compiler

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid
from shelftalk.labels.design import GOOD_MODULE_MM, LEAST_PT, POINT_MM, Layout
from shelftalk.labels.fonts import check_coverage, clean_text, get_face, list_families, load_fonts

TEMPLATE = Path(__file__).with_name("label.typ")
BATCH = 200  # labels a compilation: memory grows with the pages of one document
COMFORTABLE_PT = 6.0
HAIR_MM = 0.0001  # as in the template: a word fits when it is so much narrower than its line
QUOTED = 60  # characters of a text an error repeats
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Wording:
    """What a label says besides its address, in one language."""

    call_to_action: str
    name: str
    language: str


@dataclass(frozen=True)
class Job:
    """A wording, the label it is for, and the layouts to try in their order."""

    wording: Wording
    width_mm: float
    height_mm: float
    layouts: tuple[Layout, ...]


@dataclass(frozen=True)
class Art:
    """A typeset wording: the layout that held it, the sizes it was set in, and the page it is on."""

    layout: Layout
    call_pt: float
    name_pt: float
    page: PageObject
    bleed_mm: float = 0.0  # so much larger than the label is the page, on every side


def clean_wording(wording: Wording) -> Wording:
    """The wording as it is set; raises Invalid for a sign no font has."""
    clean = Wording(clean_text(wording.call_to_action), clean_text(wording.name), wording.language)
    check_coverage("call_to_action", clean.call_to_action)
    check_coverage("name", clean.name)
    return clean


def typeset(jobs: Sequence[Job]) -> list[Art]:
    """Set every job, in order; raises Invalid saying which text is how many millimetres too long."""
    arts: list[Art] = []
    for first in range(0, len(jobs), BATCH):
        arts.extend(_typeset_batch(jobs[first : first + BATCH]))
    return arts


def _typeset_batch(jobs: Sequence[Job]) -> list[Art]:
    compiler = _open_compiler()
    data = json.dumps([_describe(job) for job in jobs], ensure_ascii=False)
    pdf = compiler.compile(format="pdf", sys_inputs={"labels": data}, pdf_tags=False, timestamp=0)
    fits = json.loads(compiler.query("<fit>", field="value"))
    for job, fit in zip(jobs, fits, strict=True):
        _check_fit(job, fit)
    pages = PdfReader(BytesIO(bytes(pdf))).pages  # type: ignore[arg-type]
    return [
        Art(job.layouts[fit["box"]], fit["sizes"][0], fit["sizes"][1], page)
        for job, fit, page in zip(jobs, fits, pages, strict=True)
    ]


def draw_wording(job: Job) -> tuple[Layout, bytes]:
    """One job as an SVG picture from the same source, and the layout that held it; raises Invalid as `typeset` does."""
    compiler = _open_compiler()
    data = json.dumps([_describe(job)], ensure_ascii=False)
    svg = compiler.compile(format="svg", sys_inputs={"labels": data})
    (fit,) = json.loads(compiler.query("<fit>", field="value"))
    _check_fit(job, fit)
    return job.layouts[fit["box"]], bytes(svg)  # type: ignore[arg-type]


def _open_compiler() -> Compiler:
    return Compiler(str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=load_fonts(), ignore_system_fonts=True)


def _describe(job: Job) -> dict[str, object]:
    face = get_face(job.wording.language)
    language = LANGUAGES.get(job.wording.language)
    return {
        "call": job.wording.call_to_action,
        "name": job.wording.name,
        "call-pieces": list_pieces(job.wording.call_to_action),
        "name-pieces": list_pieces(job.wording.name),
        "call-phrases": list_phrases(job.wording.call_to_action),
        "lang": face.lang,
        "region": face.region or None,
        "dir": language.direction if language else "ltr",
        "fonts": list_families(face),
        "top": face.top,
        "bottom": face.bottom,
        "leading": face.leading,
        "least": LEAST_PT,
        "comfortable": COMFORTABLE_PT,
        "width": job.width_mm,
        "height": job.height_mm,
        "boxes": [_describe_box(layout, job.layouts[0]) for layout in job.layouts],
    }


def _describe_box(layout: Layout, largest: Layout) -> dict[str, object]:
    return {
        "x": layout.text.x_mm,
        "y": layout.text.y_mm,
        "width": layout.text.width_mm,
        "height": layout.text.height_mm,
        "call": layout.call_pt,
        "name": layout.name_pt,
        "align": layout.align,
        "share": layout.module_mm / largest.module_mm,
        "spare": layout.module_mm < GOOD_MODULE_MM,
    }


def list_pieces(text: str) -> list[str]:
    """The longest pieces of a text that no line break divides: words, or single signs of Chinese and Japanese."""
    pieces = {word for part in _SPACES.split(text) for word in _split_wide(part) if word}
    return sorted(pieces, key=lambda piece: (-len(piece), piece))[:4]


def list_phrases(text: str) -> list[str]:
    """The phrases of a Chinese text, each with the punctuation that ends it; empty for other scripts."""
    if not any(unicodedata.east_asian_width(sign) == "W" for sign in text):
        return []
    phrases = re.findall(r"[^、，。；：！？]+[、，。；：！？」』）]*", text)
    return phrases if "".join(phrases) == text else []


def _split_wide(word: str) -> list[str]:
    if any(unicodedata.east_asian_width(sign) in "WF" for sign in word):
        return re.findall(r"[\x21-\x7E]+|.", word)
    return re.split(r"(?<=[-–—/])", word)


def _check_fit(job: Job, fit: dict[str, float]) -> None:
    if fit["call-wide"] > -HAIR_MM:
        _refuse("call_to_action", job.wording.call_to_action, job, fit["call-wide"])
    if fit["name-wide"] > -HAIR_MM:
        _refuse("name", job.wording.name, job, fit["name-wide"])
    if fit["tall"] > 0.01:
        face, layout = get_face(job.wording.language), job.layouts[-1]
        lines = ceil(fit["tall"] / ((face.top + face.bottom + face.leading) * LEAST_PT * POINT_MM))
        longer = fit["call-tall"] >= fit["name-tall"]
        value = job.wording.call_to_action if longer else job.wording.name
        _refuse("call_to_action" if longer else "name", value, job, lines * layout.text.width_mm)


def _refuse(field: str, value: str, job: Job, excess_mm: float) -> None:
    raise Invalid(
        field,
        "“{value}” is {excess} mm too long for a label of {width} × {height} mm, even at {least} pt. "
        "Shorten it or choose larger labels.",
        value=value if len(value) <= QUOTED else value[: QUOTED - 1] + "…",
        excess=max(0.1, round(excess_mm, 1)),
        width=round(job.width_mm, 1),
        height=round(job.height_mm, 1),
        least=LEAST_PT,
    )
