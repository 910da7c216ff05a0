"""Writes what differs on every label of a design, addresses and codes, without typesetting each: one size for all.

Only plain black, grey or white lines of one placeholder are written so; everything else is typeset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.errors import Invalid
from shelftalk.labels.design import ADDRESS_LINE_EM, CAP_EM, POINT_MM, Box, Written, measure_addresses, wrap_address
from shelftalk.labels.fonts import AddressFont
from shelftalk.labels.item import LabelItem
from shelftalk.labels.label_design import Design, TextElement, turn_round

PLACEHOLDERS = {"{address}": "address", "{code}": "code"}
INKS = {"black": "0 0 0 1 k", "grey": "0 0 0 0.65 k", "white": "0 0 0 0 k"}
TOP_EM, DEEP_EM = 0.785, 0.26  # what ink stands above and below the baseline
WHOLE = 0.75  # of the wished size: below it an address is broken rather than made smaller
_SIDES = {"start": ("left", "right"), "end": ("right", "left"), "center": ("center", "center")}
_SHARES = {"top": 0.0, "middle": 0.5, "bottom": 1.0}


@dataclass(frozen=True)
class _Pen:
    """A text that is written: its place among the texts, what it says, its size and lines for the whole run."""

    number: int
    field: str
    size_pt: float
    lines: int


class Pens:
    """What is written on the labels of one run."""

    def __init__(self, design: Design, items: Sequence[LabelItem], font: AddressFont) -> None:
        self.design, self.font = design, font
        self.pens = [_make_pen(number, text, items, font) for number, text in self._list_plain()]

    def _list_plain(self) -> list[tuple[int, TextElement]]:
        """The texts that hold one placeholder in every language."""
        texts = [element for element in self.design.elements if isinstance(element, TextElement)]
        return [
            (number, text)
            for number, text in enumerate(texts)
            if text.weight == "regular" and len(text.texts) == 1 and text.texts[0] in _PLAIN
        ]

    def leave_out(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The words that are typeset: those that are written are left empty."""
        written = {pen.number for pen in self.pens}
        return tuple("" if number in written else text for number, text in enumerate(words))

    def list_lines(self, item: LabelItem) -> tuple[tuple[str, ...], ...]:
        """What is written on the label of an item, for each place."""
        return tuple(tuple(_break(item, pen.field, pen.lines)) for pen in self.pens)

    def list_places(self, language: str) -> tuple[Written, ...]:
        """Where that is, in a language's direction."""
        known = LANGUAGES.get(language)
        rtl = known is not None and known.direction == "rtl"
        seen = turn_round(self.design, rtl=rtl)
        texts = [element for element in seen.elements if isinstance(element, TextElement)]
        return tuple(_place(texts[pen.number], pen, rtl) for pen in self.pens)


_PLAIN = {("", placeholder) for placeholder in PLACEHOLDERS}


def _make_pen(number: int, text: TextElement, items: Sequence[LabelItem], font: AddressFont) -> _Pen:
    """The largest size at which every item's words fit; raises Invalid when there is none."""
    field = PLACEHOLDERS[text.texts[0][1]]
    ems = measure_addresses([getattr(item, field) for item in items], font)
    sizes = {lines: _fit(text, lines, em) for lines, em in enumerate(ems, start=1) if em is not None}
    allowed = {lines: size for lines, size in sizes.items() if lines <= (text.lines if field == "address" else 1)}
    if allowed[1] >= WHOLE * text.size_pt - 1e-9 and allowed[1] >= text.least_pt - 1e-9:
        return _Pen(number, field, allowed[1], 1)
    lines = max(allowed, key=lambda count: (allowed[count], -count))
    if allowed[lines] >= text.least_pt - 1e-9:
        return _Pen(number, field, allowed[lines], lines)
    longest = max((getattr(item, field) for item in items), key=font.measure)
    raise _refuse(text, longest, ems[0] or 0)


def _fit(text: TextElement, lines: int, em: float) -> float:
    high = text.height_mm / (TOP_EM + DEEP_EM + (lines - 1) * ADDRESS_LINE_EM)
    return min(text.size_pt, text.width_mm / POINT_MM / max(em, 0.01), high / POINT_MM)


def _refuse(text: TextElement, words: str, em: float) -> Invalid:
    line_mm = (TOP_EM + DEEP_EM) * text.least_pt * POINT_MM
    if line_mm > text.height_mm:
        return Invalid(
            f"{text.id}.height_mm",
            "A line of {least} pt is {value} mm high, the box {height} mm. Make the box higher, or the text smaller.",
            least=text.least_pt,
            value=round(line_mm + 0.049, 1),
            height=text.height_mm,
        )
    return Invalid(
        f"{text.id}.text",
        "“{value}” is {excess} mm too long for its box, even at {least} pt. Shorten it, or make the box larger.",
        value=words[:60],
        excess=round(max(0.1, em * text.least_pt * POINT_MM - text.width_mm) + 0.049, 1),
        least=text.least_pt,
    )


def _break(item: LabelItem, field: str, lines: int) -> list[str]:
    words: str = getattr(item, field)
    return (wrap_address(words, lines) if lines > 1 else None) or [words]


def _place(text: TextElement, pen: _Pen, rtl: bool) -> Written:
    tall = (TOP_EM + DEEP_EM + (pen.lines - 1) * ADDRESS_LINE_EM) * pen.size_pt * POINT_MM
    y = text.y_mm + (text.height_mm - tall) * _SHARES[text.valign] + (TOP_EM - CAP_EM) * pen.size_pt * POINT_MM
    box = Box(text.x_mm, y, text.width_mm, tall)
    return Written(box, pen.size_pt, _SIDES[text.align][rtl], INKS[text.colour])
