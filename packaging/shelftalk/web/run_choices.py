"""A run's choices as the print page starts with them once more, and what of them is no longer offered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.units import drop_unit
from shelftalk.config import LabelPrinter
from shelftalk.errors import Invalid, NotFound
from shelftalk.labels.item import LabelItem
from shelftalk.labels.look import Look, parse_look
from shelftalk.labels.placing import Offset, Placing, parse_placing
from shelftalk.labels.ready_styles import list_ready_styles
from shelftalk.labels.style import Style
from shelftalk.store import placements as placement_store
from shelftalk.store import printers as printer_store
from shelftalk.store import run_events
from shelftalk.store import styles as style_store
from shelftalk.store.db import Db
from shelftalk.store.runs import PrintRun
from shelftalk.web.calibration import find_offset
from shelftalk.web.design_library import find_design
from shelftalk.web.label_items import CodeReader
from shelftalk.web.placing_form import format_cells
from shelftalk.web.run_files import parse_items
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock
from shelftalk.web.style_library import NamedStyle, name_own, name_ready
from shelftalk.web.texts import _, ngettext

MOST_NAMED = 5  # codes that a sentence names


@dataclass(frozen=True)
class RunChoices:
    """What a run was printed with: its codes, the print form's values, a sentence for each choice that is gone."""

    run: PrintRun
    codes: list[str]
    values: dict[str, str]
    gone: list[str]


Taken = tuple[dict[str, str], str]  # values, and what is to be said of them


def read_choices(db: Db, run: PrintRun, printers: tuple[LabelPrinter, ...]) -> RunChoices:
    """Every choice that a run has kept, as far as it can still be made; `printers` are those labels may be sent to."""
    items = parse_items(run)
    placing, look = parse_placing(run.placed), parse_look(run.look)
    stock, fault = _take_stock(db, run, placing)
    codes, retired = _take_codes(db, items)
    printer, unknown = _take_printer(db, placing)
    design, undone = _take_design(db, run)
    style, plain = _take_style(db, look)
    values = _take_amount(run, items, placing) | _take_look(look) | stock | printer | design | style
    unsent = _miss_label_printer(db, run, printers)
    return RunChoices(run, codes, values, [said for said in (retired, fault, undone, plain, unknown, unsent) if said])


def _take_codes(db: Db, items: Sequence[LabelItem]) -> tuple[list[str], str]:
    """The placements' codes, without those with which nothing is printed any more."""
    codes = list(dict.fromkeys(drop_unit(item.code) for item in items))
    known = [code for code in codes if placement_store.find_placement_by_code(db, code)]
    usable = [printed.code for printed in CodeReader(db).list_codes(known) if printed.status != "retired"]
    lost = [code for code in codes if code not in set(usable)]
    if not lost:
        return usable, ""
    named = tuple(lost[:MOST_NAMED]) + (("…",) if len(lost) > MOST_NAMED else ())
    said = ngettext(
        "{n} code is retired and left out: {codes}.",
        "{n} codes are retired and left out: {codes}.",
        len(lost),
        codes=named,
    )
    return usable, said


def _take_stock(db: Db, run: PrintRun, placing: Placing) -> Taken:
    """The sheet, and where on it the labels begin."""
    try:
        stock = find_stock(db, run.stock)
    except Invalid:
        return {}, _("The sheet “{name}” is no longer known: choose one.", name=run.stock)
    return {"stock": stock.id, "start": str(run.start), "skip": format_cells(placing.skip)}, ""


def _take_amount(run: PrintRun, items: Sequence[LabelItem], placing: Placing) -> dict[str, str]:
    """How many, and how they lie; a code for every label counts units."""
    units = bool(items and items[0].serial)
    copies = len(items) // len({drop_unit(item.code) for item in items}) if units else run.copies
    return {
        "copies": str(copies),
        "units": _tick(units),
        "price": items[0].price if items else "",
        "fill": _tick(placing.fill),
        "marks": _tick(placing.crop_marks),
        "bleed": f"{placing.bleed_mm:g}",
    }


def _tick(wanted: bool) -> str:
    return "on" if wanted else ""


def _take_look(look: Look) -> dict[str, str]:
    return {
        "level": look.level,
        "upper": _tick(look.upper),
        "till": _tick(look.till),
        "anyway": _tick(look.anyway),
    }


def _take_printer(db: Db, placing: Placing) -> Taken:
    """The calibrated printer: by its name, in older runs by its correction."""
    if placing.offset == Offset() and not placing.printer:
        return {}, ""
    printers = printer_store.list_printers(db)
    named = (printer for printer in printers if printer.name == placing.printer)
    alike = (printer for printer in printers if find_offset(printer) == placing.offset)
    found = next(named, None) or next(alike, None)
    if found:
        return {"printer": str(found.id)}, ""
    if placing.printer:
        return {}, _("The printer “{name}” was forgotten: nothing is corrected.", name=placing.printer)
    return {}, _("The printer it was corrected for is no longer known: nothing is corrected.")


def _take_design(db: Db, run: PrintRun) -> Taken:
    """The design, in today's version."""
    if not run.design:
        return {}, ""
    name = run.design
    with suppress(NotFound):
        named = find_design(db, run.design)
        if not named.retired:
            return {"design": named.ref}, ""
        name = named.name if named.own else _(named.name)
    return {}, _("The design “{name}” is no longer offered: labels arrange themselves.", name=name)


# ---- the style: runs keep all of it, and not which one it was ----


def _take_style(db: Db, look: Look) -> Taken:
    if look.style is None:
        return {}, ""
    found = find_style_again(db, look.style)
    if found and not found.retired:
        return {"style": found.ref}, ""
    return {}, _("The style “{name}” is no longer offered: symbols are plain.", name=look.style.name)


def find_style_again(db: Db, style: Style) -> NamedStyle | None:
    """The style that somebody printed with, in today's version: by its name and looks, by its name, by old looks."""
    own = [name_own(stored) for stored in style_store.list_styles(db)]
    ready = list(_each_ready(style))
    named = [one for one in own if one.name == style.name]
    exact = [one for one in (*named, *ready) if is_alike(one.style, style)]
    return next(iter([*exact, *named, *ready]), None) or _find_renamed(db, own, style)


def is_alike(one: Style, other: Style) -> bool:
    """Whether two styles draw the same."""
    return replace(one, name="") == replace(other, name="")


def _each_ready(style: Style) -> Iterator[NamedStyle]:
    """The ready-made ones of this name: a run keeps it in the language of whoever printed."""
    translate = state().translator.translate
    for ready in list_ready_styles():
        if style.name in {translate(ready.label, tag) for tag in LANGUAGES}:
            yield name_ready(ready, state().translator)


def _find_renamed(db: Db, own: Sequence[NamedStyle], style: Style) -> NamedStyle | None:
    """The style that had these looks in one of its versions; those in use come first."""
    for one in sorted(own, key=lambda named: named.retired):
        for kept in style_store.list_versions(db, int(one.ref)):
            if is_alike(name_own(style_store.get_style(db, int(one.ref), kept.version)).style, style):
                return one
    return None


# ---- the label printer: an event tells of it ----


def _miss_label_printer(db: Db, run: PrintRun, printers: tuple[LabelPrinter, ...]) -> str:
    said = _find_sent(db, run.id)
    if not said or _match(said, printers):
        return ""
    return _("The label printer it was sent to is no longer offered.")


def find_label_printer_again(db: Db, runs: Sequence[int], printers: tuple[LabelPrinter, ...]) -> LabelPrinter | None:
    """The printer that the first of these runs that was sent at all was sent to last; None when there is none."""
    said = next(filter(None, (_find_sent(db, run_id) for run_id in runs)), "")
    return _match(said, printers)


def _find_sent(db: Db, run_id: int) -> str:
    """What the ledger says of the last time a run was sent; empty when it never was."""
    sent = [event.text for event in run_events.list_events(db, run_id) if event.kind == run_events.SENT]
    return sent[-1] if sent else ""


def _match(said: str, printers: tuple[LabelPrinter, ...]) -> LabelPrinter | None:
    found = [printer for printer in printers if printer.name in said]
    return max(found, key=lambda printer: len(printer.name), default=None)
