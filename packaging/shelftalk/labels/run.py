"""Makes label sheets from what is to be printed: symbols, design, type, sheets, proof. No HTTP, no SQL, no files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from math import inf

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid
from shelftalk.labels.design import DOT_MM, LEAST_MODULE_MM, Layout, Room, list_layouts, measure_addresses, wrap_address
from shelftalk.labels.design_art import DesignJob, Images, make_job, typeset_designs
from shelftalk.labels.design_checks import check_design, check_stock
from shelftalk.labels.design_pens import Pens
from shelftalk.labels.fonts import AddressFont, make_address_font
from shelftalk.labels.item import LabelItem as LabelItem
from shelftalk.labels.item import list_words
from shelftalk.labels.label_design import Design
from shelftalk.labels.look import PLAIN_LOOK, Look
from shelftalk.labels.placing import (
    PLAIN,
    Placing,
    apply_placing,
    check_placing,
    list_printed_marks,
    share_copies,
    spread,
)
from shelftalk.labels.point_of_sale import X_DIMENSION, check_module, refuse_labels
from shelftalk.labels.proof import Progress, Proof, prove_sheets
from shelftalk.labels.sheet import Label, impose
from shelftalk.labels.stock import Stock, check_start
from shelftalk.labels.style import Style, check_for_till
from shelftalk.labels.symbol import Symbol, make_symbol
from shelftalk.labels.symbol_art import check_caption_size, make_dress
from shelftalk.labels.symbol_shapes import measure_room
from shelftalk.labels.typeset import Art, Job, Wording, clean_wording, typeset

MOST_COPIES = 1000
MOST_LABELS = 20_000


@dataclass(frozen=True)
class Dots:
    """What a printer asks of symbols: the size of its dot, the least size of a module; a till has a largest, too."""

    dot_mm: float = DOT_MM
    least_module_mm: float = LEAST_MODULE_MM
    most_module_mm: float = inf


PRINTER = Dots()


@dataclass(frozen=True)
class LabelSheets:
    """A finished, proven print file."""

    pdf: bytes
    sheets: int
    labels: int
    proof: Proof
    sha256: str


def make_labels(
    items: Sequence[LabelItem],
    stock: Stock,
    *,
    start: int = 1,
    copies: int = 1,
    design: Design | None = None,
    images: Images | None = None,
    placing: Placing = PLAIN,
    look: Look = PLAIN_LOOK,
    progress: Progress | None = None,
) -> LabelSheets:
    """The sheets for `items`, each `copies` times, from place `start` of the first sheet, as `placing` and `look` say.

    Without a `design` the labels arrange themselves. `images` are the pictures of design and style by their ids.
    Same input, same bytes. Raises Invalid for what cannot be printed and ProofFailed for what does not read
    back; nothing unproven is returned. `progress` is told the sheets proven and their number.
    """
    _check_counts(items, stock, start, copies)
    check_placing(placing, stock, start)
    font = make_address_font(item.address for item in items)
    each = set_labels(items, replace(stock, bleed_mm=placing.bleed_mm), font, design=design, images=images, look=look)
    shares = share_copies(len(items), copies, stock, start, placing)
    labels = [label for label, share in zip(each, shares, strict=True) for _ in range(share)]
    pdf = impose(labels, stock, font, start=start, placing=placing)
    urls = [item.url for item, share in zip(items, shares, strict=True) for _ in range(share)]
    printed = apply_placing(stock, placing)
    proof = prove_sheets(
        pdf,
        printed if any(label.art.bleed_mm for label in each) else replace(printed, bleed_mm=0.0),
        list(spread(urls, stock, start, placing.skip)),
        faces=design.faces if design else 1,
        marks=list_printed_marks(stock, placing),
        progress=progress,
    )
    return LabelSheets(pdf, proof.sheets, len(labels), proof, hashlib.sha256(pdf).hexdigest())


def _check_counts(items: Sequence[LabelItem], stock: Stock, start: int, copies: int) -> None:
    check_start(stock, start)
    if not items:
        raise Invalid("codes", "No label was chosen. Choose at least one placement.")
    if not 1 <= copies <= MOST_COPIES:
        raise Invalid(
            "copies", "{value} copies cannot be printed. Choose 1 to {allowed}.", value=copies, allowed=MOST_COPIES
        )
    if len(items) * copies > MOST_LABELS:
        raise Invalid(
            "copies",
            "{value} labels are too many for one file: at most {allowed}. Print them in parts.",
            value=len(items) * copies,
            allowed=MOST_LABELS,
        )


def set_labels(
    items: Sequence[LabelItem],
    stock: Stock,
    font: AddressFont,
    *,
    design: Design | None = None,
    images: Images | None = None,
    look: Look = PLAIN_LOOK,
    dots: Dots = PRINTER,
) -> list[Label]:
    """One label for each item, typeset and with its symbol, not yet on a sheet. `font` holds all their addresses.

    Without a `design` a symbol's module is a whole number of `dots`, and as many of them as that printer needs.
    """
    if design:
        labels = _make_designed(items, stock, look.level, design, images or {}, font, look.style)
    elif look.till:
        labels = _make_for_till(items, stock, font, look, dots)
    else:
        labels = _make_each(items, stock, look.level, font, dots, look.style)
    if look.till:
        if look.style:
            check_for_till(look.style)
        for label in labels:
            check_module(label.symbol, label.art.layout.module_mm)
    return _dress(items, labels, look.style, images or {}) if look.style else labels


def limit_for_till(dots: Dots) -> Dots:
    """The same printer's modules, as small and as large as a till reads them."""
    least = max(dots.least_module_mm, X_DIMENSION.least_mm)
    return replace(dots, least_module_mm=least, most_module_mm=X_DIMENSION.most_mm)


def _make_for_till(items: Sequence[LabelItem], stock: Stock, font: AddressFont, look: Look, dots: Dots) -> list[Label]:
    try:
        return _make_each(items, stock, look.level, font, limit_for_till(dots), look.style)
    except Invalid as fault:
        if fault.field != "stock":
            raise
        symbol = max((make_symbol(item.url, look.level) for item in items), key=lambda symbol: symbol.size)
        raise refuse_labels(symbol, stock.label_width_mm, stock.label_height_mm) from fault


def _dress(items: Sequence[LabelItem], labels: Sequence[Label], style: Style, images: Images) -> list[Label]:
    spoken = [(label.symbol, item.language) for label, item in zip(labels, items, strict=True)]
    dress = make_dress(style, spoken, images)
    sizes = {
        (item.language, label.symbol.size, label.art.layout.module_mm)
        for item, label in zip(items, labels, strict=True)
    }
    for language, size, module in sorted(sizes):
        check_caption_size(dress, language, size, module)
    return [replace(label, dress=dress, language=item.language) for label, item in zip(labels, items, strict=True)]


def _make_each(
    items: Sequence[LabelItem],
    stock: Stock,
    level: str,
    font: AddressFont,
    dots: Dots = PRINTER,
    style: Style | None = None,
) -> list[Label]:
    """One label for each item; equal wordings in equal room are typeset once."""
    symbols = [make_symbol(item.url, level) for item in items]
    jobs = list_jobs(items, symbols, stock, font, dots, style)
    distinct = list({id(job): job for job in jobs}.values())
    arts = dict(zip(map(id, distinct), typeset(distinct), strict=True))
    return [_make_label(item, symbol, arts[id(job)]) for item, symbol, job in zip(items, symbols, jobs, strict=True)]


def _make_designed(
    items: Sequence[LabelItem],
    stock: Stock,
    level: str,
    design: Design,
    images: Images,
    font: AddressFont,
    style: Style | None = None,
) -> list[Label]:
    """One label of the design for each item; equal words around symbols of one size are typeset once.

    Addresses and codes, which differ on every label, are written without being typeset.
    """
    check_design(design)
    check_stock(design, stock)
    size = stock.label_width_mm, stock.label_height_mm
    pens = Pens(design, items, font)
    symbols = [make_symbol(item.url, level) for item in items]
    made: dict[tuple[str, tuple[str, ...], int], DesignJob] = {}
    jobs = []
    for item, symbol in zip(items, symbols, strict=True):
        key = item.language, pens.leave_out(list_words(design, item)), symbol.full_size
        if key not in made:
            places = pens.list_places(item.language)
            made[key] = make_job(design, item.language, key[1], size, symbol, places, stock.bleed_mm)
        jobs.append(made[key])
    room = {id(job): replace(job, modules=measure_room(job.modules, style)) for job in made.values()}
    jobs = [room[id(job)] for job in jobs]
    distinct = list(room.values())
    arts = dict(zip(map(id, distinct), typeset_designs(distinct, images), strict=True))
    return [
        Label(arts[id(job)], symbol, (), pens.list_lines(item))
        for item, job, symbol in zip(items, jobs, symbols, strict=True)
    ]


def list_jobs(
    items: Sequence[LabelItem],
    symbols: Sequence[Symbol],
    stock: Stock,
    font: AddressFont,
    dots: Dots,
    style: Style | None = None,
) -> list[Job]:
    """What is to be typeset for each item; equal jobs are one object. Addresses of one file are all broken alike."""
    ems = measure_addresses([item.address for item in items], font)
    width, height = stock.label_width_mm, stock.label_height_mm
    wordings: dict[Wording, Wording] = {}
    layouts: dict[tuple[int, bool], tuple[Layout, ...]] = {}
    jobs: dict[tuple[Wording, tuple[int, bool]], Job] = {}
    listed = []
    for item, symbol in zip(items, symbols, strict=True):
        raw = Wording(item.call_to_action, item.name, item.language)
        shape = measure_room(symbol.full_size, style), is_rtl(item.language)
        if raw not in wordings:
            wordings[raw] = clean_wording(raw)
        if shape not in layouts:
            room = Room(width, height, *shape, ems, stock.shape == "round", *astuple(dots))
            layouts[shape] = tuple(list_layouts(room))
        key = wordings[raw], shape
        if key not in jobs:
            jobs[key] = Job(wordings[raw], width, height, layouts[shape])
        listed.append(jobs[key])
    return listed


def _make_label(item: LabelItem, symbol: Symbol, art: Art) -> Label:
    lines = wrap_address(item.address, art.layout.address_lines) or [item.address]
    return Label(art, symbol, tuple(lines))


def is_rtl(language: str) -> bool:
    """Whether labels in this language read from right to left."""
    known = LANGUAGES.get(language)
    return known is not None and known.direction == "rtl"
