"""Sheets that failed their proof, to be shown to somebody: marked, so that none can be used. Knows no store."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from flask import Response

from shelftalk.labels.item import LabelItem
from shelftalk.labels.label_files import SHOWN_SHEETS, Recipe, make_unproven_sheets
from shelftalk.labels.placing import Placing, count_free


@dataclass(frozen=True)
class Marked:
    """A file of marked sheets and what it is called."""

    pdf: bytes
    name: str


def mark_sheets(
    labels: Iterable[LabelItem], recipe: Recipe, start: int, placing: Placing, sheet: object = None
) -> Marked:
    """Some sheets of a print, every label once for each time it is printed.

    They are the first ones, or those from `sheet` on where that is not among them: what failed must be seen.
    """
    stock, first = recipe.stock, sheet if isinstance(sheet, int) and sheet > SHOWN_SHEETS else 1
    name, before, placing = f"UNPROVEN-{stock.id}", 0, replace(placing, fill=False)
    if first > 1:
        name, before = f"{name}-from-sheet-{first}", count_free(stock, start, placing.skip) + (first - 2) * stock.count
        start, placing = 1, replace(placing, skip=frozenset())
    items = list(islice(labels, before, before + SHOWN_SHEETS * stock.count))
    return Marked(make_unproven_sheets(items, recipe, start=start, placing=placing), f"{name}.pdf")


def answer_marked(marked: Marked) -> Response:
    """The file, as something to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{marked.name}"'}
    return Response(marked.pdf, mimetype="application/pdf", headers=headers)
