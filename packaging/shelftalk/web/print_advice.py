"""What the labels' page says of distances: from how far each symbol will be read, and what would make it farther."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from shelftalk.catalog.codes import make_url
from shelftalk.catalog.placement import MEDIA
from shelftalk.errors import Invalid
from shelftalk.labels.design import DOT_MM, Room, list_layouts, measure_addresses
from shelftalk.labels.design_art import Images
from shelftalk.labels.distance import ENOUGH, Advice, Printed, advise, check_advice, check_upper, get_reach, round_down
from shelftalk.labels.fonts import make_address_font
from shelftalk.labels.item import LabelItem
from shelftalk.labels.label_design import Design
from shelftalk.labels.look import Look
from shelftalk.labels.point_of_sale import check_gtins
from shelftalk.labels.run import is_rtl, set_labels
from shelftalk.labels.stock import Stock, make_page_stock
from shelftalk.labels.style import Style, raise_level
from shelftalk.labels.symbol import make_symbol
from shelftalk.labels.symbol_shapes import measure_room
from shelftalk.web.design_library import NamedDesign, list_designs
from shelftalk.web.state import state
from shelftalk.web.stock_library import list_stocks
from shelftalk.web.style_library import measure_style_cost
from shelftalk.web.texts import _

MOST_ITEMS = 2_000  # measured, of a big print its first
MOST_WORDINGS = 120  # typeset to be measured
MOST_TRIES = 4  # stocks typeset to find one that is large enough
GAIN = 1.04  # a remedy that adds less is none
SAMPLE_CODE = "k7m4p29xqd"
PAGES = ((105.0, 148.0), (148.0, 210.0), (210.0, 297.0), (297.0, 420.0))


@dataclass(frozen=True)
class Setting:
    """What a print's labels are made with."""

    stock: Stock
    look: Look
    design: Design | None
    images: Images


@dataclass(frozen=True)
class Remedy:
    """One press that makes symbols read from farther; `value` is what its button sends."""

    kind: str  # upper, level, plain, alone, stock or design
    value: str
    reach_mm: float
    stock: Stock | None = None
    design: NamedDesign | None = None


@dataclass(frozen=True)
class PrintAdvice:
    """What is said of a print: each medium, the worst first, and what helps the worst."""

    media: tuple[Advice, ...]
    remedies: tuple[Remedy, ...]
    measured: int  # of the codes, the first
    style: str = ""  # the name of the style they are printed in
    cost: int = 0  # how much less far they are read for it, in per cent

    @property
    def worst(self) -> Printed:
        """The symbol that is read from least far."""
        return min((one.worst for one in self.media), key=lambda symbol: symbol.module_mm)

    @property
    def best(self) -> Printed:
        """The symbol that is read from farthest."""
        return max((one.best for one in self.media), key=lambda symbol: symbol.module_mm)

    @property
    def is_mended(self) -> bool:
        """Whether one of the remedies is enough."""
        return any(remedy.reach_mm >= ENOUGH * self.media[0].meant_mm for remedy in self.remedies)

    @property
    def is_short(self) -> bool:
        """Whether anything is read from less far than it is meant to."""
        return any(one.short for one in self.media)

    @property
    def is_held(self) -> bool:
        """Whether anything is read from less than half as far."""
        return any(one.held for one in self.media)


def make_print_advice(items: Sequence[LabelItem], shares: Sequence[int], setting: Setting) -> PrintAdvice:
    """What is to be said of these labels; raises Invalid where they cannot be made."""
    some = items[: _count_measurable(items)]
    media = advise(one for one in measure(some, setting, shares) if one.medium in MEDIA)
    look = setting.look
    told = PrintAdvice(tuple(media), (), len(some), look.style.name if look.style else "", get_cost(setting))
    worst = next((one for one in media if one.short), None)
    if worst is None:
        return told
    item = next(item for item in some if item.code == worst.worst.code)
    return replace(told, remedies=tuple(_list_remedies(item, worst.worst, setting)))


def get_cost(setting: Setting) -> int:
    """How much less far these symbols are read for their style, in per cent."""
    return measure_style_cost(setting.look, setting.images, state().settings.origin)


def settle(items: Sequence[LabelItem], shares: Sequence[int], setting: Setting) -> tuple[Look, PrintAdvice]:
    """The look as a run keeps it, and what is to be said.

    Raises Invalid where symbols read from less than half as far as they are meant to, unless that is wished.
    """
    if setting.look.till:
        check_gtins([item.code for item in items if not item.gtin])
    advice = make_print_advice(items, shares, setting)
    if not setting.look.anyway:
        check_advice(advice.media)
    return replace(setting.look, anyway=advice.is_held), advice


def measure(items: Sequence[LabelItem], setting: Setting, shares: Sequence[int] = ()) -> list[Printed]:
    """The symbols as they will really be printed; raises Invalid where they cannot be."""
    if not items:
        return []
    font = make_address_font(item.address for item in items)
    labels = set_labels(items, setting.stock, font, design=setting.design, images=setting.images, look=setting.look)
    share = 1 - get_cost(setting) / 100
    return [
        Printed(
            item.code,
            item.medium,
            label.symbol.version,
            label.symbol.full_size,
            label.art.layout.module_mm,
            shares[number] if shares else 1,
            share,
        )
        for number, (item, label) in enumerate(zip(items, labels, strict=True))
    ]


def _count_measurable(items: Sequence[LabelItem]) -> int:
    """How many of the items, from the first, take no long time to typeset."""
    wordings = set()
    for number, item in enumerate(items[:MOST_ITEMS]):
        wordings.add((item.call_to_action, item.name, item.language, item.location, item.placement, item.gtin))
        if len(wordings) > MOST_WORDINGS:
            return number
    return min(len(items), MOST_ITEMS)


# ---- what helps ----


def _list_remedies(item: LabelItem, now: Printed, setting: Setting) -> Iterator[Remedy]:
    """What makes this item's symbol read from farther: first what costs nothing, then other paper."""
    look = setting.look
    if look.level in ("Q", "H") and raise_level("M", look.style) == "M":
        yield from _try(item, now, replace(setting, look=replace(look, level="M")), Remedy("level", "level:M", 0))
    if not look.upper and _bears_upper(item.url):
        louder = replace(item, url=item.url.upper())
        yield from _try(louder, now, replace(setting, look=replace(look, upper=True)), Remedy("upper", "upper", 0))
    if look.style:
        yield from _try(item, now, replace(setting, look=replace(look, style=None)), Remedy("plain", "plain", 0))
    if setting.design:
        yield from _try(item, now, replace(setting, design=None), Remedy("alone", "alone", 0))
        yield from _find_design(now, look)
    else:
        yield from _find_stock(item, now, setting)


def _bears_upper(url: str) -> bool:
    try:
        check_upper(url)
    except Invalid:
        return False
    return True


def _try(item: LabelItem, now: Printed, setting: Setting, remedy: Remedy) -> Iterator[Remedy]:
    try:
        (then,) = measure([item], setting)
    except Invalid:
        return
    if then.reach_mm >= GAIN * now.reach_mm:
        yield replace(remedy, reach_mm=then.reach_mm)


def _find_stock(item: LabelItem, now: Printed, setting: Setting) -> Iterator[Remedy]:
    """The smallest labels on which the symbol is large enough, on the same paper if there are; tried by typesetting."""
    with state().store.read() as db:
        known = [stock for stock in list_stocks(db) if stock.id != setting.stock.id]
    pages = (make_page_stock(*size) for size in PAGES)
    stocks = sorted([*known, *pages], key=lambda stock: (stock.paper != setting.stock.paper, _get_area(stock)))
    room = measure_room(now.modules, setting.look.style)
    fitting = (stock for stock in stocks if _find_largest(item, room, stock) >= ENOUGH * now.least_module_mm)
    for stock in islice(fitting, MOST_TRIES):
        remedy = Remedy("stock", f"stock:{stock.id}", 0, stock)
        found = next(_try(item, now, replace(setting, stock=stock), remedy), None)
        if found and _is_enough(found, now):
            yield found
            return


def _find_largest(item: LabelItem, modules: int, stock: Stock) -> float:
    """The largest of so many modules along a symbol on such labels, before the text has its room; 0: nothing fits."""
    ems = measure_addresses([item.address], make_address_font([item.address]))
    size = stock.label_width_mm, stock.label_height_mm
    try:
        layouts = list_layouts(Room(*size, modules, is_rtl(item.language), ems, stock.shape == "round"))
    except Invalid:
        return 0.0
    return layouts[0].module_mm


def _get_area(stock: Stock) -> float:
    return stock.label_width_mm * stock.label_height_mm


def _find_design(now: Printed, look: Look) -> Iterator[Remedy]:
    """The smallest design whose symbol is large enough; on pages of its own size."""
    with state().store.read() as db:
        designs = sorted(list_designs(db), key=lambda named: named.design.width_mm * named.design.full_height_mm)
    for named in designs:
        reach = get_design_reach(named.design, measure_room(now.modules, look.style)) * now.share
        remedy = Remedy("design", f"page:{named.ref}", reach, design=named)
        if _is_enough(remedy, now):
            yield remedy
            return


def get_design_reach(design: Design, modules: int) -> float:
    """From how far the symbol of a design is read, in millimetres, with so many modules along its side."""
    side = min((min(symbol.width_mm, symbol.height_mm) for symbol in design.symbols), default=0.0)
    return get_reach(int(side / modules / DOT_MM + 1e-9) * DOT_MM)


def describe_design_reach(design: Design, style: Style | None = None, images: Images | None = None) -> str:
    """From how far a design's symbol of a usual code here is read, in the reader's language; empty without a symbol."""
    look, origin = Look(raise_level("M", style), style=style), state().settings.origin
    modules = measure_room(make_symbol(make_url(origin, SAMPLE_CODE), look.level).full_size, style)
    share = 1 - measure_style_cost(look, images or {}, origin) / 100
    reach = round_down(get_design_reach(design, modules) * share)
    return _("Reads at up to {reach} m", reach=reach) if reach else ""


def _is_enough(remedy: Remedy, now: Printed) -> bool:
    return not replace(now, module_mm=now.module_mm * remedy.reach_mm / now.reach_mm).is_short
