"""Typesets label designs: words into their places, as PDF art to stamp or as an SVG picture from the same source.

Knows no sheet and no shop. Texts go in as data and are never read as markup.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from typst import Compiler

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid
from shelftalk.labels.bleed import Growth, is_over_edge, list_sides, measure_growth, run_over
from shelftalk.labels.design import Box, Layout, Written
from shelftalk.labels.design_checks import fit_module
from shelftalk.labels.fonts import check_coverage, clean_text, get_face, list_families, load_fonts
from shelftalk.labels.label_design import (
    BoxElement,
    Design,
    Element,
    ImageElement,
    LineElement,
    SymbolElement,
    TextElement,
    turn_round,
)
from shelftalk.labels.symbol import Symbol, make_svg
from shelftalk.labels.symbol_art import Dress, check_caption_size, make_styled_svg
from shelftalk.labels.typeset import Art, list_phrases, list_pieces

TEMPLATE = Path(__file__).with_name("design.typ")
BATCH = 200  # labels a compilation: memory grows with the pages of one document
QUOTED = 60  # characters of a text an error repeats
DESCENT_EM = 0.24  # below the baseline, for every text alike, so that texts side by side share a line
WIDE_EM = 0.025  # Chinese signs stand a little higher than the edge they are set by
WIDE_TOP = 0.8  # the edge of Chinese and Japanese is above this
STRANGE_TOP = 0.96  # of Chinese signs between the letters of another script
_BRACKET = re.compile(r"[\u3001-\u301f\uff01-\uff5e]")  # which other languages do not trim at a line's ends
_EDGES = {"start": ("left", "right"), "end": ("right", "left"), "center": ("center", "center")}
Images = Mapping[str, bytes]  # pictures by media id, as PNG or JPEG


@dataclass(frozen=True)
class DesignJob:
    """A design, the words of its text elements in their order, and the label they are for."""

    design: Design
    language: str
    words: tuple[str, ...]
    width_mm: float
    height_mm: float
    modules: int  # along the symbol's side, quiet zones and what its style adds included
    written: tuple[Written, ...] = ()  # on the design, from its own top left corner
    bleed_mm: float = 0.0  # how far art may run over the label's edge

    @property
    def art_bleed_mm(self) -> float:
        """How far its art does."""
        return self.bleed_mm if self.bleed_mm and is_over_edge(self.design) else 0.0


@dataclass(frozen=True)
class DesignPicture:
    """A design as it will print, as SVG, with what stands in the way of printing it."""

    svg: bytes
    faults: tuple[Invalid, ...]


def make_job(
    design: Design,
    language: str,
    words: Sequence[str],
    size: tuple[float, float],
    symbol: Symbol,
    written: tuple[Written, ...] = (),
    bleed_mm: float = 0.0,
) -> DesignJob:
    """A job with its words cleaned; raises Invalid for a sign no font has."""
    texts = [element for element in design.elements if isinstance(element, TextElement)]
    cleaned = [clean_words(element, text) for element, text in zip(texts, words, strict=True)]
    return DesignJob(design, language, tuple(cleaned), *size, symbol.full_size, written, bleed_mm)


def clean_words(element: TextElement, text: str) -> str:
    """The words of a text element as they are set, line by line; raises Invalid for a sign no font has."""
    lines = [clean_text(line) for line in text.split("\n")]
    for line in lines:
        check_coverage(f"{element.id}.text", line)
    return "\n".join(lines).strip("\n")


def typeset_designs(jobs: Sequence[DesignJob], images: Images) -> list[Art]:
    """Set every job, in order; raises Invalid saying which text is how many millimetres too long."""
    arts: list[Art] = []
    for first in range(0, len(jobs), BATCH):
        arts.extend(_typeset_batch(jobs[first : first + BATCH], images))
    return arts


def _typeset_batch(jobs: Sequence[DesignJob], images: Images) -> list[Art]:
    compiler = _open_compiler()
    layouts = [make_layout(job) for job in jobs]
    data = _format_data([_describe(job, None) for job in jobs], images)
    pdf = compiler.compile(format="pdf", sys_inputs={"labels": data}, pdf_tags=False, timestamp=0)
    for job, fits in zip(jobs, json.loads(compiler.query("<fit>", field="value")), strict=True):
        for fault in _list_misfits(job, fits):
            raise fault
    pages = PdfReader(BytesIO(bytes(pdf))).pages  # type: ignore[arg-type]
    return [Art(layout, 0, 0, page, job.art_bleed_mm) for job, layout, page in zip(jobs, layouts, pages, strict=True)]


def _open_compiler() -> Compiler:
    return Compiler(str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=load_fonts(), ignore_system_fonts=True)


def _format_data(labels: Sequence[dict[str, Any]], images: Images) -> str:
    wanted = {element["media"] for label in labels for element in label["elements"] if element["kind"] == "image"}
    pictures = {
        media: {"bytes": list(images[media]), "format": "png" if images[media][:4] == b"\x89PNG" else "jpg"}
        for media in sorted(wanted & set(images))
    }
    return json.dumps({"labels": labels, "images": pictures}, ensure_ascii=False)


def draw_design(job: DesignJob, symbol: Symbol, images: Images, dress: Dress | None = None) -> DesignPicture:
    """The design as it prints, from the same source, with its symbol; texts that do not fit are drawn all the same."""
    compiler = _open_compiler()
    drawn = (
        make_styled_svg(symbol, dress, module_mm=1, language=job.language) if dress else make_svg(symbol, module_mm=1)
    )
    data = _format_data([_describe(job, drawn.decode())], images)
    svg = compiler.compile(format="svg", sys_inputs={"labels": data})
    (fits,) = json.loads(compiler.query("<fit>", field="value"))
    faults = list(_list_misfits(job, fits))
    for element in job.design.symbols[:1]:
        try:
            module = fit_module(element, job.modules)
            if dress:
                check_caption_size(dress, job.language, symbol.size, module)
        except Invalid as fault:
            faults.append(fault)
    return DesignPicture(bytes(svg), tuple(faults))  # type: ignore[arg-type]


def make_layout(job: DesignJob) -> Layout:
    """Where the symbol is stamped on the label; raises Invalid when it would be too small to read."""
    seen = turn_round(job.design, rtl=_is_rtl(job.language))
    element = seen.symbols[0]
    module = fit_module(element, job.modules)
    left, top = _get_corner(job)
    box = _centre_symbol(element, module * job.modules)
    fold = job.design.height_mm * (job.design.faces - 1)
    placed = Box(left + box.x_mm, top + fold + box.y_mm, box.width_mm, box.height_mm)
    turned = None
    if job.design.faces == 2:
        x = left + job.design.width_mm - box.x_mm - box.width_mm
        turned = Box(x, top + fold - box.y_mm - box.height_mm, box.width_mm, box.height_mm)
    nothing = Box(0, 0, 0, 0)
    written = tuple(
        replace(place, box=replace(place.box, x_mm=left + place.box.x_mm, y_mm=top + fold + place.box.y_mm))
        for place in job.written
    )
    return Layout(placed, module, nothing, nothing, "left", 0, 0, 0, 1, turned, written)


def _get_corner(job: DesignJob) -> tuple[float, float]:
    """Where the design begins on the label: in its middle."""
    return (job.width_mm - job.design.width_mm) / 2, (job.height_mm - job.design.full_height_mm) / 2


def _centre_symbol(element: SymbolElement, side: float) -> Box:
    x = element.x_mm + (element.width_mm - side) / 2
    return Box(x, element.y_mm + (element.height_mm - side) / 2, side, side)


def _is_rtl(language: str) -> bool:
    known = LANGUAGES.get(language)
    return known is not None and known.direction == "rtl"


def _describe(job: DesignJob, symbol: str | None) -> dict[str, Any]:
    """What is to be set. With a drawn symbol it is a picture of the design as it is meant, cut along its edge."""
    seen = turn_round(job.design, rtl=_is_rtl(job.language))
    growth = Growth() if symbol else measure_growth(seen, job.width_mm, job.height_mm, job.bleed_mm)
    words = iter(job.words)
    elements = [
        _describe_text(element, next(words), job.language)
        if isinstance(element, TextElement)
        else _describe_other(element, job.modules, symbol) | {"cut": _get_cut(seen, meant, growth)}
        for element, meant in zip(run_over(seen, growth).elements, seen.elements, strict=True)
    ]
    left, top = _get_corner(job)
    bleed = 0.0 if symbol else job.art_bleed_mm
    return {
        "width": job.width_mm + 2 * bleed,
        "height": job.height_mm + 2 * bleed,
        "left": left + bleed,
        "top": top + bleed,
        "face-width": seen.width_mm,
        "face-height": seen.height_mm,
        "faces": seen.faces,
        "elements": elements,
    }


def _get_cut(design: Design, element: Element, growth: Growth) -> float | None:
    """How far beyond a round design's edge what runs over it is cut; None where nothing is to be cut."""
    round_off = design.shape == "round" and list_sides(design, element).any
    return min(growth.across_mm, growth.down_mm) if round_off else None


def _place(element: Element) -> dict[str, Any]:
    return {
        "kind": element.kind,
        "id": element.id,
        "x": element.x_mm,
        "y": element.y_mm,
        "width": element.width_mm,
        "height": element.height_mm,
    }


def _describe_text(element: TextElement, words: str, language: str) -> dict[str, Any]:
    face = get_face(language)
    lines = words.split("\n") if words else []
    joined = " ".join(lines)
    whole = element.get_template(language) == "{address}"
    return _place(element) | {
        "lines-of-text": lines,
        "pieces": list_pieces(joined),
        "phrases": split_address(joined) if whole else list_phrases(joined) if len(lines) == 1 else [],
        "whole": whole,
        "size": element.size_pt,
        "least": min(element.least_pt, element.size_pt),
        "lines": element.lines,
        "weight": element.weight,
        "colour": element.colour,
        "align": _EDGES[element.align][_is_rtl(language)],
        "valign": element.valign,
        "lang": face.lang,
        "region": face.region or None,
        "dir": "rtl" if _is_rtl(language) and _has_rtl(joined) else "ltr",
        "fonts": list_families(face),
        "top": _get_top(face.top, joined),
        "aside": 0.5 if face.top <= WIDE_TOP and _BRACKET.search(joined) else 0,
        "bottom": max(face.bottom, DESCENT_EM),
        "pitch": face.top + face.bottom + face.leading,
    }


def _get_top(face_top: float, text: str) -> float:
    if face_top > WIDE_TOP:
        return face_top + WIDE_EM
    return STRANGE_TOP if any(unicodedata.east_asian_width(sign) in "WF" for sign in text) else face_top


def split_address(address: str) -> list[str]:
    """Where an address may break: before a slash, dot or hyphen of the host; the path stays whole."""
    host, slash, path = address.partition("/")
    return [piece for piece in re.split(r"(?=[.-])", host) if piece] + [slash + path] * bool(slash)


def _has_rtl(text: str) -> bool:
    return any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)


def _describe_other(element: Element, modules: int, symbol: str | None) -> dict[str, Any]:
    if isinstance(element, BoxElement):
        more = {"fill": element.fill, "stroke": element.stroke, "thickness": element.stroke_mm}
        return _place(element) | more | {"corner": element.corner_mm}
    if isinstance(element, LineElement):
        return _place(element) | {"thickness": element.thickness_mm, "colour": element.colour}
    if isinstance(element, ImageElement):
        return _place(element) | {"media": element.media, "fit": element.fit}
    return _place(element) | _describe_symbol(element, modules, symbol)


def _describe_symbol(element: Element, modules: int, symbol: str | None) -> dict[str, Any]:
    if symbol is None or not isinstance(element, SymbolElement):
        return {"svg": "", "inner": [0, 0, 0]}
    side = min(element.width_mm, element.height_mm)
    with suppress(Invalid):  # drawn as large as there is room; the fault is told beside the element
        side = fit_module(element, modules) * modules
    box = _centre_symbol(element, side)
    return {"svg": symbol, "inner": [box.x_mm, box.y_mm, side]}


def _list_misfits(job: DesignJob, fits: Sequence[dict[str, Any]]) -> list[Invalid]:
    words = dict(zip((e.id for e in job.design.elements if isinstance(e, TextElement)), job.words, strict=True))
    return [_refuse(job, words[fit["id"]], fit) for fit in fits if not fit["fits"]]


def _refuse(job: DesignJob, words: str, fit: dict[str, Any]) -> Invalid:
    element = job.design.find_element(fit["id"])
    assert isinstance(element, TextElement)  # noqa: S101 (only texts are fitted)
    line_mm = fit["tall"] / max(fit["lines"], 1)
    if line_mm > element.height_mm:
        return Invalid(
            f"{element.id}.height_mm",
            "A line of {least} pt is {value} mm high, the box {height} mm. Make the box higher, or the text smaller.",
            least=element.least_pt,
            value=round(line_mm + 0.049, 1),
            height=element.height_mm,
        )
    room = min(element.lines, max(1, int((element.height_mm + 0.01) / line_mm))) * element.width_mm
    excess = max(fit["natural"] - room, fit["wide"] - element.width_mm, 0.1)
    return Invalid(
        f"{element.id}.text",
        "“{value}” is {excess} mm too long for its box, even at {least} pt. Shorten it, or make the box larger.",
        value=words if len(words) <= QUOTED else words[: QUOTED - 1] + "…",
        excess=round(excess + 0.049, 1),
        least=element.least_pt,
    )
