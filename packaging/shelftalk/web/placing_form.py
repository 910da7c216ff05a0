"""How labels are to lie, as the labels' form says it: used-up cells, a full last sheet, a printer, crop marks."""

from __future__ import annotations

import re
from collections.abc import Collection

from shelftalk.errors import Invalid
from shelftalk.labels.calibration import parse_measure
from shelftalk.labels.placing import MOST_BLEED_MM, PLAIN, Offset, Placing, check_placing
from shelftalk.labels.stock import Stock
from shelftalk.store import printers as printer_store
from shelftalk.store.printers import Printer
from shelftalk.web.calibration import find_offset
from shelftalk.web.forms import Form
from shelftalk.web.state import state

FIELDS = ("skip", "fill", "printer", "marks", "bleed", "click")
FRESH = {"skip": "", "fill": "", "printer": "", "marks": "", "bleed": "0", "click": "start"}
MOST_NUMBERS = 2_000


def read_placing(form: Form, stock: Stock, start: int) -> Placing:
    """What the form asks for; mistakes are kept in the form and a plain sheet stands in."""
    skip = form.parse("skip", parse_cells, frozenset[int]())
    bleed = form.parse("bleed", parse_bleed, 0.0)
    offset, printer = _read_offset(form)
    placing = Placing(skip, form.get("fill") == "on", offset, form.get("marks") == "on", bleed, printer)
    with form.catch():
        check_placing(placing, stock, start)
        return placing
    return PLAIN


def _read_offset(form: Form) -> tuple[Offset, str]:
    """What corrects the printer that was chosen, and its name."""
    wanted = form.get("printer")
    if not wanted:
        return Offset(), ""
    found = next((printer for printer in list_printers() if str(printer.id) == wanted), None)
    if found:
        return find_offset(found), found.name
    form.fail(Invalid("printer", "“{value}” cannot be chosen here. Choose one of the list.", value=wanted[:60]))
    return Offset(), ""


def find_named_offset(name: str) -> tuple[Offset, str]:
    """What corrects the printer of this name, and its name as it is kept; nothing without a name.

    Raises Invalid naming those there are.
    """
    if not name:
        return Offset(), ""
    printers = list_printers()
    found = next((printer for printer in printers if printer.name.casefold() == name.strip().casefold()), None)
    if found:
        return find_offset(found), found.name
    if not printers:
        raise Invalid("printer", "No printer has been measured. Print its calibration page first.")
    names = tuple(printer.name for printer in printers)
    raise Invalid("printer", "There is no printer “{value}”. Choose one of: {allowed}.", value=name, allowed=names)


def parse_bleed(text: str) -> float:
    """Millimetres of bleed; raises Invalid."""
    return parse_measure(text or "0", "bleed", 0, MOST_BLEED_MM)


def list_printers() -> list[Printer]:
    """The printers that were calibrated."""
    with state().store.read() as db:
        return printer_store.list_printers(db)


def parse_cells(text: str) -> frozenset[int]:
    """Labels by their numbers, as people write them: “2, 5, 7–9”; raises Invalid."""
    cells: set[int] = set()
    for part in re.split(r"[\s,;،、]+", re.sub(r"\s*[-–—]\s*", "-", text.strip())):
        first, dash, last = part.partition("-")
        if not part:
            continue
        ends = [int(end) for end in (first, last or first) if end.isdecimal() and len(end) < 6]
        if len(ends) < 2 or (dash and not last) or ends[1] - ends[0] not in range(MOST_NUMBERS):
            raise Invalid(
                "skip",
                "“{value}” is no label’s number. Write the used-up labels like this: 2, 5, 7–9.",
                value=part[:20],
            )
        cells.update(range(ends[0], ends[1] + 1))
    return frozenset(cells)


def format_cells(cells: Collection[int]) -> str:
    """Numbers as they are read back, runs drawn together.

    >>> format_cells({2, 5, 7, 8, 9})
    '2, 5, 7–9'
    """
    runs: list[list[int]] = []
    for cell in sorted(cells):
        if runs and cell == runs[-1][-1] + 1:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def take_click(form: Form, cell: str) -> None:
    """A cell of the sheet was clicked: the first free label, or one more (or less) that is used up."""
    if not (cell.isdecimal() and len(cell) < 6):
        return
    if form.get("click") != "gap":
        form.values["start"] = cell
        return
    with form.catch():
        form.values["skip"] = format_cells(parse_cells(form.get("skip")) ^ {int(cell)})
