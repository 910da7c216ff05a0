"""From how far a symbol is read, and how large it must be to be read from there. Knows no stock and no request.

What a phone can tell apart is a module, whatever the symbol says with them. So the distance is in proportion to the
module's size alone, and a longer address or a higher level reads from less far only because it makes more of them in
the same room. The proportion is set so that a symbol of version 3, which holds addresses of 27 to 42 characters at
level M, is read from ten times its width: 10 × 37 modules, quiet zones included. Of ten distances simulated with a
camera for other lengths and levels eight are within 5 % of it, and two are farther.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from shelftalk.catalog.placement import MEDIA
from shelftalk.errors import Invalid, mark
from shelftalk.labels.design import DOT_MM, LEAST_MODULE_MM
from shelftalk.labels.symbol import make_symbol
from shelftalk.labels.thermal import get_head

USUAL_MODULES = 37  # along a symbol of version 3, quiet zones included
WIDTHS = 10  # so many times its width the usual symbol is read from
PER_MODULE = USUAL_MODULES * WIDTHS
ENOUGH = 0.95  # of the distance: the model is no finer
HALF = 0.5  # of the distance: nobody walks that far for a code
MOST_MM = 100_000
# Why a phone is held so far from each medium.
REASONS: dict[str, str] = {
    "pack": mark("held in the hand"),
    "shelf_talker": mark("from in front of the shelf"),
    "dangler": mark("hangs above the shelf"),
    "display": mark("from the aisle"),
    "poster": mark("from the aisle"),
    "leaflet": mark("held in the hand"),
    "menu_board": mark("from the queue"),
    "till_card": mark("lies on the counter"),
    "receipt": mark("held in the hand"),
    "thank_you_card": mark("held in the hand"),
}


def get_distance(medium: str) -> float:
    """How far away a phone is held from a medium, in millimetres."""
    return MEDIA[medium].reading_m * 1000


def get_reach(module_mm: float) -> float:
    """The distance up to which modules of this size are read, in millimetres."""
    return PER_MODULE * module_mm


@dataclass(frozen=True)
class Budget:
    """The smallest symbol for a distance, in whole dots of the printer; lengths in millimetres."""

    text: str
    distance_mm: float
    level: str
    upper: bool
    version: int
    modules: int  # along its side, quiet zones included
    module_mm: float

    @property
    def side_mm(self) -> float:
        """How wide it is, quiet zones included."""
        return self.modules * self.module_mm

    @property
    def reach_mm(self) -> float:
        """The distance up to which it is read: what was asked for, or more where the printer needs larger modules."""
        return get_reach(self.module_mm)


def make_budget(
    text: str, distance_mm: float, *, level: str = "M", upper: bool = False, dpi: int | None = None
) -> Budget:
    """The smallest symbol of `text` that is read from `distance_mm`, from a thermal head of `dpi` or a usual printer.

    Raises Invalid for a distance, a level, a text or a print head that cannot be.
    """
    if not 0 < distance_mm <= MOST_MM:
        raise Invalid(
            "distance",
            "Nothing is read from {value} m. Choose a distance up to {allowed} m.",
            value=round(distance_mm / 1000, 2),
            allowed=MOST_MM // 1000,
        )
    if upper:
        check_upper(text)
    symbol = make_symbol(text.upper() if upper else text, level)
    dot, least = _get_dots(dpi)
    dots = ceil(max(distance_mm / PER_MODULE, least) / dot - 1e-6)
    return Budget(text, distance_mm, level, upper, symbol.version, symbol.full_size, dots * dot)


def _get_dots(dpi: int | None) -> tuple[float, float]:
    """The size of a dot and the least size of a module, in millimetres."""
    if dpi is None:
        return DOT_MM, LEAST_MODULE_MM
    head = get_head(dpi)
    return head.dot_mm, head.least_module_mm


def find_smaller(budget: Budget, dpi: int | None = None) -> Budget | None:
    """The same in upper case where that is smaller; None where it is not, or where the address does not bear it."""
    try:
        upper = make_budget(budget.text, budget.distance_mm, level=budget.level, upper=True, dpi=dpi)
    except Invalid:
        return None
    return upper if upper.side_mm < budget.side_mm else None


def check_upper(url: str) -> None:
    """Raises Invalid where an address in upper case would lead elsewhere.

    Scheme and host are alike in any case (RFC 3986 §6.2.2.1), and so is all of `/q/CODE`; a further path may not be,
    and a query is not.
    """
    rest = url.partition("://")[2]
    path = rest.partition("/")[2]
    before, _, code = path.rpartition("/")
    if before.lower() != "q" or not code.isalnum():
        raise Invalid(
            "upper",
            "“{value}” cannot be printed in upper case: what follows the host is more than /q/ and a code, and would "
            "lead elsewhere. Print it in lower case.",
            value=url[:80],
        )


@dataclass(frozen=True)
class Printed:
    """A symbol as it will really be printed, with what it is put up on.

    `labels` is how often it is printed, `share` how far it is read in its style, of what a plain one is.
    """

    code: str
    medium: str
    version: int
    modules: int  # along its side, quiet zones included
    module_mm: float
    labels: int = 1
    share: float = 1.0

    @property
    def side_mm(self) -> float:
        """How wide it is, quiet zones included."""
        return self.modules * self.module_mm

    @property
    def reach_mm(self) -> float:
        """The distance up to which it is read."""
        return get_reach(self.module_mm) * self.share

    @property
    def meant_mm(self) -> float:
        """The distance it is meant to be read from."""
        return get_distance(self.medium)

    @property
    def least_module_mm(self) -> float:
        """The module that would do."""
        return self.meant_mm / PER_MODULE / self.share

    @property
    def least_side_mm(self) -> float:
        """How wide it should be, in whole dots."""
        return self.modules * ceil(self.least_module_mm / DOT_MM - 1e-6) * DOT_MM

    @property
    def is_short(self) -> bool:
        """Whether it is read from less far than it is meant to."""
        return self.reach_mm < ENOUGH * self.meant_mm

    @property
    def is_held(self) -> bool:
        """Whether that is less than half as far."""
        return self.reach_mm < HALF * self.meant_mm


@dataclass(frozen=True)
class Advice:
    """What is to be said of the symbols of one print for one medium."""

    medium: str
    labels: int
    short: int  # labels that are read from less far than they are meant to
    held: int  # labels that are read from less than half as far
    worst: Printed
    best: Printed

    @property
    def meant_mm(self) -> float:
        """The distance they are meant to be read from."""
        return self.worst.meant_mm

    @property
    def share(self) -> float:
        """How much of that distance the worst one reaches; more than 1 is farther."""
        return self.worst.reach_mm / self.meant_mm


def advise(printed: Iterable[Printed]) -> list[Advice]:
    """What to say of each medium, the worst first."""
    media: dict[str, list[Printed]] = {}
    for symbol in printed:
        media.setdefault(symbol.medium, []).append(symbol)
    return sorted((_judge(medium, symbols) for medium, symbols in media.items()), key=lambda advice: advice.share)


def _judge(medium: str, symbols: Sequence[Printed]) -> Advice:
    return Advice(
        medium,
        labels=sum(symbol.labels for symbol in symbols),
        short=sum(symbol.labels for symbol in symbols if symbol.is_short),
        held=sum(symbol.labels for symbol in symbols if symbol.is_held),
        worst=min(symbols, key=lambda symbol: symbol.module_mm),
        best=max(symbols, key=lambda symbol: symbol.module_mm),
    )


def check_advice(advice: Sequence[Advice]) -> None:
    """Raises Invalid where labels read from less than half as far as they are meant to."""
    held = next((one for one in advice if one.held), None)
    if held:
        raise Invalid(
            "anyway",
            "{count} of these labels are meant for {meant} m and read at up to {reach} m, less than half. Their symbol "
            "must be at least {side} mm wide. Choose larger labels, or tick “Print anyway”.",
            count=held.held,
            meant=held.meant_mm / 1000,
            reach=round_down(held.worst.reach_mm),
            side=ceil(held.worst.least_side_mm),
        )


def round_down(distance_mm: float) -> float:
    """A distance in metres, never more than it is: to centimetres below a metre, else to decimetres.

    >>> round_down(987.6), round_down(1_580)
    (0.98, 1.5)
    """
    return int(distance_mm / 10 + 1e-6) / 100 if distance_mm < 1000 else int(distance_mm / 100 + 1e-6) / 10
