"""The options of the commands that say how symbols are made, and what commands say of distances, as on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ParamSpec, TypedDict, TypeVar

import click

from shelftalk.catalog.placement import MEDIA
from shelftalk.labels.distance import check_upper, round_down
from shelftalk.labels.look import PLAIN_LOOK, Look
from shelftalk.labels.symbol import LEVELS
from shelftalk.web.print_advice import PrintAdvice
from shelftalk.web.state import state

P = ParamSpec("P")
R = TypeVar("R")


class Looked(TypedDict):
    """How symbols are made, as the options say it."""

    level: str
    upper: bool
    till: bool
    anyway: bool


_LOOKED = (
    click.option(
        "--level",
        default=PLAIN_LOOK.level,
        show_default=True,
        type=click.Choice(list(LEVELS)),
        help="Error correction.",
    ),
    click.option("--upper", is_flag=True, help="Addresses in upper case: often a smaller symbol."),
    click.option("--till", is_flag=True, help="Modules as GS1 asks for the point of sale."),
    click.option("--anyway", is_flag=True, help="Print what reads from less than half as far as it is meant to."),
)


def looked(function: Callable[P, R]) -> Callable[P, R]:
    """A command with the options of how symbols are made."""
    for option in reversed(_LOOKED):
        function = option(function)
    return function


def read_looked(options: Looked) -> Look:
    """What the options ask for; the same mistakes as on the screen."""
    if options["upper"]:
        check_upper(f"{state().settings.origin}/q/code")
    return Look(options["level"], options["upper"], till=options["till"], anyway=options["anyway"])


def list_short(advice: PrintAdvice) -> Iterator[str]:
    """A line for each medium whose labels read from less far than they are meant to."""
    for one in advice.media:
        if one.short:
            yield (
                f"{MEDIA[one.medium].label}: {one.short} of {one.labels} read at up to "
                f"{round_down(one.worst.reach_mm)} m, meant for {one.meant_mm / 1000:g} m; "
                f"the symbol must be at least {one.worst.least_side_mm:.0f} mm wide."
            )
