"""What the till asks of a symbol: how large its modules may be, and the white around it. Knows no label and no till.

GS1 General Specifications, section 5.12.3, GS1 symbol specification table 1 addendum 2: QR Code with a GS1 Digital Link
URI on trade items scanned in general retail at the point of sale.
"""

from __future__ import annotations

from dataclasses import dataclass

from shelftalk.errors import Invalid
from shelftalk.labels.symbol import QUIET_MODULES, Symbol

QUIET_X = 4  # times the X-dimension, on all four sides
TOLERANCE_MM = 0.0005  # sizes are given in thousandths


@dataclass(frozen=True)
class XDimension:
    """How wide a module may be, in millimetres."""

    least_mm: float
    target_mm: float
    most_mm: float


X_DIMENSION = XDimension(0.396, 0.495, 0.990)


@dataclass(frozen=True)
class TillSizes:
    """How wide a symbol may be for the till, both quiet zones included, in millimetres."""

    least_mm: float
    target_mm: float
    most_mm: float


def make_till_sizes(symbol: Symbol) -> TillSizes:
    """The sizes of one symbol: its width is (modules + 8) × X.

    A GTIN's address on a host of 14 characters at level M, 29 modules: 14.65, 18.32 and 36.63 mm.
    """
    modules = symbol.size + 2 * QUIET_X
    return TillSizes(
        least_mm=modules * X_DIMENSION.least_mm,
        target_mm=modules * X_DIMENSION.target_mm,
        most_mm=modules * X_DIMENSION.most_mm,
    )


def check_module(symbol: Symbol, module_mm: float, quiet_modules: int = QUIET_MODULES) -> None:
    """Raises Invalid when modules are smaller or larger than a till reads, or the white around them is too narrow."""
    if quiet_modules < QUIET_X:
        raise Invalid(
            "till",
            "The white around the symbol is {value} modules wide. For the till it must be {least} on every side.",
            value=quiet_modules,
            least=QUIET_X,
        )
    sizes = make_till_sizes(symbol)
    if module_mm < X_DIMENSION.least_mm - TOLERANCE_MM:
        raise Invalid(
            "till",
            "Modules of {value} mm are too small for the till: at least {least} mm. The symbol must be {side} mm wide "
            "or more. Choose larger labels, or a design with a larger symbol.",
            value=round(module_mm, 3),
            least=X_DIMENSION.least_mm,
            side=_round_up(sizes.least_mm),
        )
    if module_mm > X_DIMENSION.most_mm + TOLERANCE_MM:
        raise Invalid(
            "till",
            "Modules of {value} mm are too large for the till: at most {most} mm. The symbol may be {side} mm wide "
            "at most. Choose a design with a smaller symbol.",
            value=round(module_mm, 3),
            most=X_DIMENSION.most_mm,
            side=int(sizes.most_mm * 10) / 10,
        )


def refuse_labels(symbol: Symbol, width_mm: float, height_mm: float) -> Invalid:
    """The mistake of labels on which a symbol for the till leaves no room for text and address, or has none itself."""
    return Invalid(
        "till",
        "Labels of {width} × {height} mm are too small for the till: the symbol must be at least {side} mm wide, with "
        "room for a text and the address. Choose larger labels.",
        width=round(width_mm, 1),
        height=round(height_mm, 1),
        side=_round_up(make_till_sizes(symbol).least_mm),
    )


def check_gtins(codes: list[str]) -> None:
    """Raises Invalid naming the codes whose product has no GTIN: nothing of theirs is sold at a till."""
    if codes:
        raise Invalid(
            "till",
            "A till reads nothing without a GTIN, and the products of these codes have none: {value}. "
            "Give them a GTIN, or leave them out.",
            value=codes[:5],
        )


def _round_up(mm: float) -> float:
    return -int(-mm * 10 // 1) / 10
