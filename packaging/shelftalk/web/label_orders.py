"""What is asked of a label's file – kind, resolution, packing, part, correction – and of what it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from shelftalk.errors import Invalid
from shelftalk.labels.item import LabelItem
from shelftalk.labels.label_files import (
    LabelFile,
    Recipe,
    make_png_file,
    make_png_zip,
    make_svg_file,
    make_svg_zip,
    make_zpl_file,
)
from shelftalk.labels.look import Look, parse_look
from shelftalk.labels.proof import Progress
from shelftalk.labels.thermal import get_head, make_picture_head
from shelftalk.labels.zpl import PACKINGS
from shelftalk.store import media as media_store
from shelftalk.store.db import Db
from shelftalk.store.runs import PrintRun
from shelftalk.web.calibration import find_offset
from shelftalk.web.design_library import load_run_design, read_picture
from shelftalk.web.forms import parse_choice, parse_whole
from shelftalk.web.placing_form import list_printers
from shelftalk.web.run_files import parse_items
from shelftalk.web.runs import list_quantities
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock

KINDS = ("zpl", "png", "svg")
MIMETYPES = {"zpl": "application/zpl", "png": "image/png", "svg": "image/svg+xml", "zip": "application/zip"}
PART = 500  # labels that differ, in one file: made while somebody waits


@dataclass(frozen=True)
class Order:
    """One file as it is wanted."""

    kind: str
    dpi: int = 300
    packing: str = PACKINGS[0]
    printer: str = ""  # one that was calibrated, by its number; its correction is applied
    part: int = 1

    @property
    def query(self) -> str:
        """As an address carries it."""
        given = {"kind": self.kind, "dpi": self.dpi, "packing": self.packing, "printer": self.printer}
        return urlencode({name: value for name, value in given.items() if value} | {"part": self.part})


def read_order(values: Mapping[str, str]) -> Order:
    """The order in an address or a form; raises Invalid."""
    kind = parse_choice(values.get("kind", "zpl"), "kind", list(KINDS))
    dpi = parse_whole(values.get("dpi", "300"), "dpi", 1, 9999)
    (get_head if kind == "zpl" else make_picture_head)(dpi)
    packing = parse_choice(values.get("packing") or PACKINGS[0], "packing", list(PACKINGS))
    return Order(
        kind, dpi, packing, values.get("printer", "")[:9], parse_whole(values.get("part", "1"), "part", 1, 9999)
    )


@dataclass(frozen=True)
class Source:
    """What the labels are made of: their words, how often each, and the rest."""

    items: Sequence[LabelItem]
    shares: Sequence[int]
    recipe: Recipe
    name: str  # of the files
    together: bool = False  # pictures come in one ZIP

    def take_part(self, part: int) -> Source:
        """The labels of one file; raises Invalid for a part there is not."""
        parts = count_parts(len(self.items))
        if part > parts:
            raise Invalid("part", "There is no part {value}. The parts are 1 to {count}.", value=part, count=parts)
        first = (part - 1) * PART
        name = f"{self.name}-{part}" if parts > 1 else self.name
        items, shares = self.items[first : first + PART], self.shares[first : first + PART]
        return replace(self, items=items, shares=shares, name=name)


def count_parts(items: int) -> int:
    """How many files so many different labels take."""
    return max(1, -(-items // PART))


def read_source(db: Db, run: PrintRun) -> Source:
    """A run's labels as they were printed."""
    items = parse_items(run)
    return Source(items, list_quantities(run, len(items)), read_recipe(db, run), f"labels-{run.id}", together=True)


def read_recipe(db: Db, run: PrintRun) -> Recipe:
    """What a run's labels were made of; raises Invalid when a part of it is no longer there."""
    design, images = load_run_design(db, state().media_folder, run.design, run.design_version)
    look = parse_look(run.look)
    return Recipe(find_stock(db, run.stock), design, dict(images) | _load_pictures(db, look), look)


def _load_pictures(db: Db, look: Look) -> dict[str, bytes]:
    """The pictures that symbols of this look need; raises NotFound for one that is gone."""
    found = media_store.find_media(db, look.media)
    return {media.id: read_picture(state().media_folder, media) for media in found.values()}


def make_file(source: Source, order: Order, shift: tuple[int, int], progress: Progress | None = None) -> LabelFile:
    """The file that is wanted, moved by so many dots; raises Invalid and Unproven."""
    items, recipe = source.items, source.recipe
    if order.kind == "zpl":
        head, shares, packing = get_head(order.dpi), source.shares, order.packing
        return make_zpl_file(items, recipe, head, shares=shares, shift=shift, packing=packing, progress=progress)
    if order.kind == "png":
        if source.together:
            return make_png_zip(items, recipe, order.dpi, progress)
        return make_png_file(items[0], recipe, order.dpi)
    return make_svg_zip(items, recipe, progress) if source.together else make_svg_file(items[0], recipe)


def find_shift(order: Order) -> tuple[int, int]:
    """A calibrated printer's correction in whole dots; its scale is the head's own and cannot be corrected."""
    if order.kind != "zpl" or not order.printer:
        return 0, 0
    dot_mm = get_head(order.dpi).dot_mm
    for known in list_printers():
        if str(known.id) == order.printer:
            offset = find_offset(known)
            return round(offset.x_mm / dot_mm), round(offset.y_mm / dot_mm)
    raise Invalid("printer", "“{value}” cannot be chosen here. Choose one of the list.", value=order.printer)


def name_file(source: Source, order: Order) -> str:
    """What the file is called when it is kept on a disk."""
    ending = "zip" if source.together and order.kind != "zpl" else order.kind
    dpi = "" if order.kind == "svg" else f"-{order.dpi}dpi"
    return f"{source.name}{dpi}{'-svg' if ending == 'zip' and order.kind == 'svg' else ''}.{ending}"
