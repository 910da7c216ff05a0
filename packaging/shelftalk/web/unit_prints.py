"""Labels that each have a code of their own: which numbers a print gets, and how a run keeps them. Knows no request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

from shelftalk.catalog.codes import LENGTH
from shelftalk.catalog.units import KEY_BYTES, MOST_UNITS, SIGNS, drop_unit, each_unit, format_serial
from shelftalk.errors import Invalid
from shelftalk.labels.item import LabelItem
from shelftalk.labels.placing import Placing
from shelftalk.store import placements as placement_store
from shelftalk.store import units as unit_store
from shelftalk.store.db import Db
from shelftalk.store.units import RunUnits


@dataclass(frozen=True)
class Plan:
    """The next numbers of some placements, `count` of each. They are given out only with the run that prints them."""

    units: tuple[RunUnits, ...]

    def each_item(self, bases: Sequence[LabelItem]) -> Iterator[LabelItem]:
        """What each unit's label says, one at a time; `bases` are the placements' own labels, in the same order."""
        return chain.from_iterable(each_unit_item(base, units) for base, units in zip(bases, self.units, strict=True))

    def give_out(self, db: Db, run_id: int, *, by: str, at: datetime) -> None:
        """Note in the run's transaction that it printed these; raises Taken when others were given them meanwhile."""
        unit_store.add_ranges(db, self.units, run_id=run_id, by=by, at=at)


def plan_units(db: Db, codes: Sequence[str], count: int, *, begin: bool) -> Plan:
    """The next numbers of these codes. Without `begin` nothing is written: what has no key yet gets one for show."""
    planned = {code: _plan(db, code, count, begin=begin) for code in sorted(codes)}
    return Plan(tuple(planned[code] for code in codes))


def _plan(db: Db, code: str, count: int, *, begin: bool) -> RunUnits:
    placement = placement_store.find_placement_by_code(db, code)
    assert placement is not None  # noqa: S101 (its label was made before)
    series = unit_store.begin_series(db, placement.id) if begin else unit_store.find_series(db, placement.id)
    last, key = (series.last, series.key) if series else (0, bytes(KEY_BYTES))
    return RunUnits(placement.id, code, last + 1, last + count, key)


def each_unit_item(base: LabelItem, units: RunUnits) -> Iterator[LabelItem]:
    """A placement's label once for each unit, with its own code in the symbol and its serial number.

    The address people read and type stays the placement's: it opens the same page, and is eight signs shorter.
    """
    codes = each_unit(base.code, units.first, units.last, units.key)
    return (_make_item(base, code[LENGTH:], number) for number, code in enumerate(codes, start=units.first))


def _make_item(base: LabelItem, suffix: str, number: int) -> LabelItem:
    return replace(
        base,
        code=base.code + suffix,
        url=base.url + (suffix.upper() if base.url.isupper() else suffix),
        serial=format_serial(number),
    )


def check_units(units: int, copies: int, placing: Placing) -> int:
    """So many of each placement; raises Invalid for what does not go together with a code for every label."""
    if placing.fill:
        raise Invalid("fill", "Filling the last sheet prints codes twice. Leave it out, or the different codes.")
    if copies != 1:
        raise Invalid("copies", "Copies have the same code, units each their own. Name one of both.")
    if not 1 <= units <= MOST_UNITS:
        raise Invalid(
            "units", "{value} units cannot be made at once. Choose 1 to {allowed}.", value=units, allowed=MOST_UNITS
        )
    return units


# ---- as a run keeps them ----


def shorten_items(items: Sequence[LabelItem]) -> list[dict[str, Any]]:
    """Labels as a run keeps them: those of a placement's units, which follow each other, as one with their suffixes."""
    kept: list[dict[str, Any]] = []
    before: LabelItem | None = None
    for item in items:
        base = _drop_suffix(item) if item.serial and len(item.code) == LENGTH + SIGNS else None
        if base is None:
            kept.append(asdict(item))
        elif base == before and int(item.serial) == kept[-1]["first"] + len(kept[-1]["suffixes"]) // SIGNS:
            kept[-1]["suffixes"] += item.code[LENGTH:]
        else:
            kept.append(asdict(base) | {"first": int(item.serial), "suffixes": item.code[LENGTH:]})
        before = base
    return kept


def _drop_suffix(item: LabelItem) -> LabelItem:
    return replace(item, code=drop_unit(item.code), url=item.url[:-SIGNS], serial="")


def lengthen_items(kept: Sequence[Mapping[str, Any]]) -> Iterator[LabelItem]:
    """The labels as they were typeset."""
    for entry in kept:
        rest = dict(entry)
        first, suffixes = rest.pop("first", 0), rest.pop("suffixes", "")
        base = LabelItem(**rest)
        if not suffixes:
            yield base
            continue
        for number, place in enumerate(range(0, len(suffixes), SIGNS), start=first):
            yield _make_item(base, suffixes[place : place + SIGNS], number)
