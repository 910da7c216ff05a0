"""Codes of units given out and found again: what the screen does, and the command that does the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from shelftalk import clock
from shelftalk.catalog.units import format_serial
from shelftalk.errors import Invalid
from shelftalk.store import placements as placement_store
from shelftalk.store import units as unit_store
from shelftalk.store.db import Db
from shelftalk.store.units import UnitRange
from shelftalk.web.cli import command
from shelftalk.web.files import check_folder, write_pieces
from shelftalk.web.label_items import make_label_items
from shelftalk.web.state import state
from shelftalk.web.unit_csv import measure_codes, write_codes
from shelftalk.web.unit_xlsx import write_codes_xlsx


@dataclass(frozen=True)
class Given:
    """A range with the placement's code and key: its files can be made again at any time."""

    range: UnitRange
    code: str
    key: bytes

    @property
    def name(self) -> str:
        """What its files are called, without an ending."""
        return f"codes-{self.code}-{self.range.first}-{self.range.last}"

    @property
    def origin(self) -> str:
        """The address its codes begin with, whatever it is today."""
        return self.range.origin or state().settings.origin

    def write_csv(self) -> Iterator[bytes]:
        """Its CSV, in pieces."""
        return write_codes(self.code, self.range.first, self.range.last, self.key, self.origin)

    def measure_csv(self) -> int:
        """The bytes of the CSV."""
        return measure_codes(self.range.first, self.range.last, self.origin)

    def write_xlsx(self) -> Iterator[bytes]:
        """Its workbook, in pieces."""
        one = self.range
        return write_codes_xlsx(self.code, one.first, one.last, self.key, self.origin, one.at)


def give_out(code: str, count: int, *, by: str) -> Given:
    """The next `count` units of this code; raises Invalid for a code that is unknown or retired."""
    origin = state().settings.origin
    with state().store.write() as db:
        [item] = make_label_items(db, [code], origin, state().translator)
        placement = placement_store.find_placement_by_code(db, item.code)
        assert placement is not None  # noqa: S101 (its label was made)
        return _complete(db, unit_store.reserve(db, placement.id, count, by=by, at=clock.now(), origin=origin))


def find_given(range_id: int) -> Given:
    """What was given out under this id; raises NotFound."""
    with state().store.read() as db:
        return _complete(db, unit_store.get_range(db, range_id))


def _complete(db: Db, given: UnitRange) -> Given:
    series = unit_store.find_series(db, given.placement_id)
    assert series is not None  # noqa: S101 (a range belongs to one)
    return Given(given, placement_store.get_placement(db, given.placement_id).code, series.key)


@command("units")
@click.option("--code", default="", help="The placement's code.")
@click.option("--quantity", type=int, help="How many units get a code.")
@click.option("--range", "range_id", type=int, help="A range given out before: the same file once more.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The .csv or .xlsx.")
def units(code: str, quantity: int | None, range_id: int | None, out: Path) -> None:
    """Give out codes for units and write them for a print shop: serial number, code and address of each."""
    check_folder(out)  # before anything is given out
    given = _choose(code, quantity, range_id)
    one = given.range
    first, last = format_serial(one.first), format_serial(one.last)
    click.echo(f"Range {one.id}: {one.units} units of {given.code}, {first} to {last}.")
    write_pieces(out, given.write_xlsx() if out.suffix.lower() == ".xlsx" else given.write_csv())
    click.echo(f"{out} is written; `flask units --range {one.id} --out FILE` writes it again.")


def _choose(code: str, quantity: int | None, range_id: int | None) -> Given:
    if range_id is not None:
        if code or quantity is not None:
            raise Invalid("range", "A range says by itself which codes are in it. Leave out --code and --quantity.")
        return find_given(range_id)
    if not code or quantity is None:
        raise Invalid("code", "Name the code and how many: --code CODE --quantity 10000. Or a range: --range 3.")
    return give_out(code, quantity, by="")
