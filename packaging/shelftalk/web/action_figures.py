"""What report pages show of actions: the funnel from scan to action, and what was tapped, with names for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shelftalk.catalog.blocks import BLOCKS
from shelftalk.catalog.page import PageContent
from shelftalk.catalog.placement import MEDIA, STAGES
from shelftalk.reports.funnel import WORDS, ActionFigures, Funnel, Tap, make_figures
from shelftalk.reports.numbers import add_days, add_placements, total
from shelftalk.store import Db, actions, attention, pages, rollups
from shelftalk.web.i18n import current_tag
from shelftalk.web.report_figures import Names
from shelftalk.web.report_query import ReportQuery
from shelftalk.web.texts import _

SHOWN, NAMED = 10, 200  # rows of a table on the page; products whose blocks are named by their own words
OWN_WORDS = ("heading", "label", "title")


@dataclass(frozen=True)
class FunnelRow:
    """A funnel of one product, stage or placement, by its name. `href` leads to its own report."""

    name: str
    href: str
    funnel: Funnel


@dataclass(frozen=True)
class TapRow:
    """Something that can be tapped, in words. `own`: what the block itself says, in the reader's language."""

    product: str
    block: str
    own: str
    what: str
    tap: Tap


@dataclass(frozen=True)
class ActionReport:
    """The funnel and its tables. `hidden`: further rows that only the files have."""

    figures: ActionFigures
    stages: list[FunnelRow]
    products: list[FunnelRow]
    placements: list[FunnelRow]
    taps: list[TapRow]
    hidden: int


def read_action_figures(db: Db, query: ReportQuery) -> ActionFigures:
    """The numbers of a question."""
    where = {"product_id": query.product_id, "location_id": query.location_id}
    first, last = query.period.from_day, query.period.to_day
    tallies = add_placements(rollups.list_placement_totals(db, first, last, **where), all_classes=query.all_classes)
    places = {item.id: (item.product_id, item.stage) for item in actions.list_placement_stages(db)}
    return make_figures(
        actions.list_action_totals(db, first, last, **where),
        {placement_id: tally.shown for placement_id, tally in tallies.items()},
        places,
        all_classes=query.all_classes,
    )


def read_placement_report(db: Db, query: ReportQuery, place: attention.PlacementPlace, names: Names) -> ActionReport:
    """The same for one placement, without tables of others."""
    first, last = query.period.from_day, query.period.to_day
    rows = actions.list_action_totals(db, first, last, product_id=place.product_id)
    days = add_days(rollups.list_placement_days(db, first, last, place.id), all_classes=query.all_classes)
    figures = make_figures(
        [row for row in rows if row.placement_id == place.id],
        {place.id: total(days.values()).shown},
        {place.id: (place.product_id, place.stage)},
        all_classes=query.all_classes,
    )
    return ActionReport(figures, [], [], [], name_taps(db, figures.taps, names), 0)


def read_action_report(db: Db, query: ReportQuery, names: Names) -> ActionReport:
    """The numbers with the names and ways on of the report's page."""
    figures = read_action_figures(db, query)
    return ActionReport(
        figures,
        stages=[
            FunnelRow(_(STAGES[stage]), "", figures.by_stage[stage]) for stage in STAGES if stage in figures.by_stage
        ],
        products=[
            FunnelRow(names.product(key), query.url("reports.index", product=key), funnel)
            for key, funnel in list(figures.by_product.items())[:SHOWN]
        ],
        placements=[_make_place_row(db, query, *item) for item in list(figures.by_placement.items())[:SHOWN]],
        taps=name_taps(db, figures.taps[: 2 * SHOWN], names),
        hidden=max(0, len(figures.taps) - 2 * SHOWN),
    )


def _make_place_row(db: Db, query: ReportQuery, placement_id: int, funnel: Funnel) -> FunnelRow:
    href = query.url("reports.placement", placement_id=placement_id, product=None, location=None)
    return FunnelRow(name_placement(db, placement_id), href, funnel)


def name_placement(db: Db, placement_id: int) -> str:
    """A placement as people know it: what it is and where."""
    place = attention.get_place(db, placement_id)
    parts = (_(MEDIA[place.medium].label), place.location_name or _("Anywhere"), place.product_name)
    return " · ".join(parts)


def name_taps(db: Db, taps: Iterable[Tap], names: Names) -> list[TapRow]:
    """Taps with the names of their blocks."""
    taps = list(taps)
    ids = list(dict.fromkeys(tap.product_id for tap in taps))[:NAMED]
    contents = {product_id: pages.get_published(db, product_id) for product_id in ids}
    return [_name_tap(tap, contents, names) for tap in taps]


def _name_tap(tap: Tap, contents: Mapping[int, PageContent | None], names: Names) -> TapRow:
    kind = BLOCKS.get(tap.block_type)
    block = _(kind.label) if kind else tap.block_type or _("The whole page")
    what = _(WORDS[tap.word]) if tap.word in WORDS else tap.word
    own = find_own_words(contents.get(tap.product_id), tap.block)
    return TapRow(names.product(tap.product_id), block, "" if own == block else own, what, tap)


def find_own_words(content: PageContent | None, block_id: str) -> str:
    """What a block is headed, in the reader's language, else in the first one it is written in; empty: nothing."""
    if content is None:
        return ""
    for tag in dict.fromkeys((current_tag(), *content.languages)):
        texts = content.texts.get(tag, {}).get(block_id, {})
        for name in OWN_WORDS:
            if isinstance(value := texts.get(name), str) and value:
                return value
    return ""
