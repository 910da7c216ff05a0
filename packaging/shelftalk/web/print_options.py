"""The options of the commands that say how labels are to lie, as the labels' form does on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypedDict, TypeVar

import click

from shelftalk.labels.placing import Placing
from shelftalk.web.placing_form import find_named_offset, parse_bleed, parse_cells

P = ParamSpec("P")
R = TypeVar("R")


class Laid(TypedDict):
    """How labels are to lie, as the options say it."""

    skip: str
    fill: bool
    printer: str
    crop_marks: bool
    bleed: str


_LAID = (
    click.option("--skip", default="", metavar="CELLS", help="Used-up labels of the first sheet: 2, 5, 7-9."),
    click.option("--fill", is_flag=True, help="More copies, until the last sheet is full."),
    click.option("--printer", default="", metavar="NAME", help="Correct for this printer, as it was measured."),
    click.option("--crop-marks", is_flag=True, help="Marks for a print shop that say where to cut."),
    click.option("--bleed", default="0", metavar="MM", help="How far art runs over the edge; 3 is usual."),
)


def laid(function: Callable[P, R]) -> Callable[P, R]:
    """A command with the options of how labels are to lie."""
    for option in reversed(_LAID):
        function = option(function)
    return function


def read_laid(options: Laid) -> Placing:
    """What the options ask for; the same mistakes as on the screen."""
    cells, bleed = parse_cells(options["skip"]), parse_bleed(options["bleed"])
    offset, printer = find_named_offset(options["printer"])
    return Placing(cells, options["fill"], offset, options["crop_marks"], bleed, printer)
