"""How labels come to lie on sheets: used-up cells, a printer's correction, crop marks and bleed. Draws no label."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from shelftalk.errors import Invalid
from shelftalk.labels.design import EDGE_MM, POINT_MM, Box
from shelftalk.labels.stock import Cell, Stock

T = TypeVar("T")
MARK_MM = 5.0  # length of a crop mark
MARK_GAP_MM = 2.0  # between label and mark, at least
MARK_LINE_MM = 0.1  # a hairline
MOST_BLEED_MM = 10.0


@dataclass(frozen=True)
class Offset:
    """What is done to every position so that a printer puts it where it belongs: first scaled, then shifted."""

    x_mm: float = 0.0
    y_mm: float = 0.0
    scale_x: float = 1.0
    scale_y: float = 1.0

    def move(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """Where a point from the page's top left goes."""
        return x_mm * self.scale_x + self.x_mm, y_mm * self.scale_y + self.y_mm


@dataclass(frozen=True)
class Placing:
    """How a run lies on its sheets. Cells in `skip` are counted from 1 and belong to the first sheet."""

    skip: frozenset[int] = frozenset()
    fill: bool = False  # as many copies as fill the last sheet
    offset: Offset = field(default_factory=Offset)
    crop_marks: bool = False
    bleed_mm: float = 0.0
    printer: str = ""  # the name of the printer that `offset` corrects; older runs do not say

    @property
    def is_plain(self) -> bool:
        """Nothing out of the ordinary."""
        return self == PLAIN


PLAIN = Placing()


def check_placing(placing: Placing, stock: Stock, start: int = 1) -> None:
    """Raises Invalid for cells the sheet has not, a sheet with no cell left, and corrections no printer needs."""
    beyond = sorted(cell for cell in placing.skip if not 1 <= cell <= stock.count)
    if beyond:
        raise Invalid(
            "skip",
            "Label {value} does not exist on {stock}: it has {count}. Choose 1 to {count}.",
            value=beyond[0],
            stock=stock.title,
            count=stock.count,
        )
    if not count_free(stock, start, placing.skip):
        raise Invalid("skip", "No free label is left on the first sheet. Begin with a new sheet.")
    if not 0 <= placing.bleed_mm <= MOST_BLEED_MM:
        raise Invalid(
            "bleed",
            "A bleed of {value} mm is not possible. Choose 0 to {allowed} mm; 3 mm is usual.",
            value=placing.bleed_mm,
            allowed=MOST_BLEED_MM,
        )
    _check_room(placing, stock)


def _check_room(placing: Placing, stock: Stock) -> None:
    """Raises Invalid when the correction pushes what is printed on a label off the paper."""
    moved = apply_placing(stock, replace(placing, crop_marks=False, bleed_mm=0.0))
    last = moved.get_cell(stock.count - 1)
    first = moved.get_cell(0)
    right, bottom = last.x_mm + moved.label_width_mm, last.y_mm + moved.label_height_mm
    out = max(-first.x_mm, -first.y_mm, right - stock.page_width_mm, bottom - stock.page_height_mm)
    if out > EDGE_MM:
        raise Invalid(
            "printer",
            "This printer's correction would push the labels {excess} mm off the paper. "
            "Measure its calibration page once more.",
            excess=round(out, 1),
        )


def count_free(stock: Stock, start: int, skip: frozenset[int] = frozenset()) -> int:
    """Cells of the first sheet that are to be printed on."""
    return sum(cell not in skip for cell in range(start, stock.count + 1))


def count_sheets(labels: int, stock: Stock, start: int = 1, skip: frozenset[int] = frozenset()) -> int:
    """Sheets that so many labels take."""
    left = labels - count_free(stock, start, skip)
    return 1 + max(0, -(-left // stock.count))


def spread(things: Iterable[T], stock: Stock, start: int = 1, skip: frozenset[int] = frozenset()) -> Iterator[T | None]:
    """Each cell's thing, from the first sheet's first cell to the last that holds one; None where none is printed."""
    held: int = 0
    for place, thing in zip(_list_free(stock, start, skip), things, strict=False):
        while held < place:
            yield None
            held += 1
        yield thing
        held += 1


def _list_free(stock: Stock, start: int, skip: frozenset[int]) -> Iterator[int]:
    """The places to print on, counted from 0 over all sheets."""
    for place in range(start - 1, stock.count):
        if place + 1 not in skip:
            yield place
    place = stock.count
    while True:
        yield place
        place += 1


def share_copies(items: int, copies: int, stock: Stock, start: int, placing: Placing) -> list[int]:
    """How often each item is printed: `copies` times, or more so that the last sheet is full."""
    if not placing.fill or not items:
        return [copies] * items
    sheets = count_sheets(items * copies, stock, start, placing.skip)
    cells = count_free(stock, start, placing.skip) + (sheets - 1) * stock.count
    each, rest = divmod(cells, items)
    return [each + (number < rest) for number in range(items)]


def get_margin(stock: Stock, placing: Placing) -> float:
    """By how much the page must grow on every side for crop marks and bleed, in millimetres."""
    if not placing.crop_marks:
        return max(0.0, placing.bleed_mm - min(_list_margins(stock))) if placing.bleed_mm else 0.0
    return max(0.0, _get_gap(placing) + MARK_MM + 1.0 - min(_list_margins(stock)))


def list_bleeds(stock: Stock, cell: Cell, bleed_mm: float) -> tuple[float, float, float, float]:
    """How far a label's art may run over its left, top, right and lower edge: neighbours share what lies between."""
    across = min(bleed_mm, (stock.pitch_x_mm - stock.label_width_mm) / 2)
    down = min(bleed_mm, (stock.pitch_y_mm - stock.label_height_mm) / 2)
    return (
        across if cell.column else bleed_mm,
        down if cell.row else bleed_mm,
        across if cell.column < stock.columns - 1 else bleed_mm,
        down if cell.row < stock.rows - 1 else bleed_mm,
    )


def _list_margins(stock: Stock) -> tuple[float, float, float, float]:
    last = stock.get_cell(stock.count - 1)
    right = stock.page_width_mm - last.x_mm - stock.label_width_mm
    return stock.left_mm, stock.top_mm, right, stock.page_height_mm - last.y_mm - stock.label_height_mm


def _get_gap(placing: Placing) -> float:
    return max(MARK_GAP_MM, placing.bleed_mm)


def apply_placing(stock: Stock, placing: Placing) -> Stock:
    """The stock as it stands in the file: scaled and shifted for the printer, on a page grown for the marks."""
    offset, margin = placing.offset, get_margin(stock, placing)
    left, top = offset.move(stock.left_mm, stock.top_mm)
    return replace(
        stock,
        page_width_mm=stock.page_width_mm + 2 * margin,
        page_height_mm=stock.page_height_mm + 2 * margin,
        left_mm=left + margin,
        top_mm=top + margin,
        pitch_x_mm=stock.pitch_x_mm * offset.scale_x,
        pitch_y_mm=stock.pitch_y_mm * offset.scale_y,
        label_width_mm=stock.label_width_mm * offset.scale_x,
        label_height_mm=stock.label_height_mm * offset.scale_y,
        bleed_mm=placing.bleed_mm,
    )


def draw_placing(stock: Stock, placing: Placing) -> str:
    """The operator that puts what follows, drawn for the plain page, where the printer needs it; empty when plain."""
    offset, margin = placing.offset, get_margin(stock, placing)
    if offset == Offset() and not margin:
        return ""
    height = stock.page_height_mm
    x = (offset.x_mm + margin) / POINT_MM
    y = (height * (1 - offset.scale_y) - offset.y_mm + margin) / POINT_MM
    return f"{offset.scale_x:.6f} 0 0 {offset.scale_y:.6f} {x:.4f} {y:.4f} cm"


def list_crop_marks(stock: Stock, placing: Placing) -> list[Box]:
    """Hairlines beside the grid that say where to cut, for the plain page; its margins may be negative."""
    if not placing.crop_marks:
        return []
    xs = _list_cuts(stock.left_mm, stock.pitch_x_mm, stock.columns, stock.label_width_mm)
    ys = _list_cuts(stock.top_mm, stock.pitch_y_mm, stock.rows, stock.label_height_mm)
    gap, half = _get_gap(placing), MARK_LINE_MM / 2
    ends_x, ends_y = (xs[0] - gap - MARK_MM, xs[-1] + gap), (ys[0] - gap - MARK_MM, ys[-1] + gap)
    marks = [Box(x - half, y, MARK_LINE_MM, MARK_MM) for x in xs for y in ends_y]
    return marks + [Box(x, y - half, MARK_MM, MARK_LINE_MM) for y in ys for x in ends_x]


def _list_cuts(first: float, pitch: float, count: int, size: float) -> list[float]:
    cuts = {round(first + number * pitch + edge, 4) for number in range(count) for edge in (0.0, size)}
    return sorted(cuts)


def list_printed_marks(stock: Stock, placing: Placing) -> list[Box]:
    """The crop marks as they stand in the file, for the proof."""
    margin = get_margin(stock, placing)
    moved = []
    for mark in list_crop_marks(stock, placing):
        x, y = placing.offset.move(mark.x_mm, mark.y_mm)
        width, height = mark.width_mm * placing.offset.scale_x, mark.height_mm * placing.offset.scale_y
        moved.append(Box(x + margin, y + margin, width, height))
    return moved


def draw_marks(marks: Sequence[Box], page_height_mm: float) -> str:
    """Drawing operators of the marks as filled rectangles, in points from the bottom left."""
    if not marks:
        return ""
    drawn = (
        f"{mark.x_mm / POINT_MM:.4f} {(page_height_mm - mark.y_mm - mark.height_mm) / POINT_MM:.4f} "
        f"{mark.width_mm / POINT_MM:.4f} {mark.height_mm / POINT_MM:.4f} re"
        for mark in marks
    )
    return "\n".join([*drawn, "f"])


def list_page_boxes(stock: Stock, placing: Placing) -> dict[str, tuple[float, float, float, float]]:
    """TrimBox and BleedBox for a print shop, in points: the page as it is bought, and the bleed around it."""
    if not (placing.crop_marks or placing.bleed_mm):
        return {}
    margin = get_margin(stock, placing)
    bleed = min(placing.bleed_mm, margin)
    width, height = stock.page_width_mm, stock.page_height_mm
    trim = margin, margin, margin + width, margin + height
    grown = margin - bleed, margin - bleed, margin + width + bleed, margin + height + bleed
    return {"TrimBox": _in_points(trim), "BleedBox": _in_points(grown)}


def _in_points(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, bottom, right, top = (side / POINT_MM for side in box)
    return left, bottom, right, top


def format_placing(placing: Placing) -> str:
    """As a run keeps it; empty when it is plain."""
    if placing.is_plain:
        return ""
    return json.dumps(asdict(placing) | {"skip": sorted(placing.skip)})


def parse_placing(text: str) -> Placing:
    """The placing a run has kept."""
    if not text:
        return PLAIN
    values: dict[str, Any] = json.loads(text)
    return Placing(**values | {"skip": frozenset(values["skip"]), "offset": Offset(**values["offset"])})
