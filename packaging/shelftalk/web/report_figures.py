"""What report pages show: the widgets' numbers from one question, each by one query, with days written for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import dates

from shelftalk import clock
from shelftalk.catalog.languages import LANGUAGES, localise_digits
from shelftalk.errors import mark
from shelftalk.reports.heat import HeatGrid, HourGrid, make_heat, make_hours
from shelftalk.reports.numbers import (
    Change,
    ClassCounts,
    Tally,
    add_cells,
    add_days,
    count_classes,
    find_busiest,
    make_line,
    sum_by,
    total,
)
from shelftalk.reports.periods import Period
from shelftalk.store import Db, attention, rollups
from shelftalk.web.i18n import current_tag, get_date_locale, get_first_weekday
from shelftalk.web.report_query import ALL, ReportQuery
from shelftalk.web.solar_hijri import format_solar_hijri
from shelftalk.web.texts import _, get_language

WHY_A_RANGE = mark(
    "Nobody is followed, so nobody can be counted exactly. At least: the scans that were somebody’s first of the day; "
    "alike phones behind one address count once. At most: every scan but reloads and programs, as if each came from "
    "somebody else. Who comes back on another day, or by another network, counts again."
)


@dataclass(frozen=True)
class Names:
    """Products and locations by id, in the order of their names."""

    products: dict[int, str]
    locations: dict[int, str]

    def product(self, product_id: int) -> str:
        """A product's name; a number when it is gone."""
        return self.products.get(product_id) or f"#{product_id}"

    def location(self, location_id: int) -> str:
        """A location's name; 0 is anywhere."""
        return (self.locations.get(location_id) or f"#{location_id}") if location_id else _("Anywhere")


@dataclass(frozen=True)
class Busiest:
    """The place or product with the most scans."""

    id: int
    name: str
    scans: int


@dataclass(frozen=True)
class Figures:
    """Everything a report page shows besides its hours. `before` None: there are no numbers from then."""

    query: ReportQuery
    names: Names
    cells: dict[tuple[int, int], Tally]
    classes: ClassCounts
    tally: Tally
    before: Tally | None
    days: dict[date, Tally]
    line: list[tuple[date, Tally]]
    line_before: list[tuple[date, Tally]]
    heat: HeatGrid
    busiest_place: Busiest | None
    busiest_product: Busiest | None

    @property
    def scans_change(self) -> Change | None:
        """Scans against the earlier period."""
        return Change(self.tally.shown, self.before.shown) if self.before else None

    @property
    def people_change(self) -> Change | None:
        """People against the earlier period, by the middle of each range: the error of counting is in both."""
        if not self.before:
            return None
        return Change(_middle(self.tally), _middle(self.before))


def _middle(tally: Tally) -> int:
    return tally.people_low + tally.people_high


def read_names(db: Db) -> tuple[Names, list[rollups.LocationName]]:
    """All names, and the locations with their zones."""
    locations = rollups.list_location_names(db)
    products = {item.id: item.name for item in rollups.list_product_names(db)}
    return Names(products, {item.id: item.name for item in locations}), locations


def read_figures(db: Db, query: ReportQuery, names: Names) -> Figures:
    """The numbers of a question, all of one moment."""
    where = {"product_id": query.product_id, "location_id": query.location_id}
    period, earlier = query.period, query.period.earlier
    cell_rows = rollups.list_cells(db, period.from_day, period.to_day, **where)
    day_rows = rollups.list_days(db, period.from_day, period.to_day, **where)
    before_rows = rollups.list_days(db, earlier.from_day, earlier.to_day, **where)
    cells = add_cells(cell_rows, all_classes=query.all_classes)
    days = add_days(day_rows, all_classes=query.all_classes)
    before_days = add_days(before_rows, all_classes=query.all_classes)
    return Figures(
        query=query,
        names=names,
        cells=cells,
        classes=count_classes(cell_rows),
        tally=total(cells.values()),
        before=total(before_days.values()) if before_days else None,
        days=days,
        line=make_line(days, period),
        line_before=make_line(before_days, earlier) if before_days else [],
        heat=make_heat(cells),
        busiest_place=_find_busiest(cells, 1, names),
        busiest_product=_find_busiest(cells, 0, names),
    )


def _find_busiest(cells: dict[tuple[int, int], Tally], place: int, names: Names) -> Busiest | None:
    sums = sum_by(cells, place)
    if place == 1:
        sums.pop(0, None)  # anywhere is no place
    found = find_busiest(sums)
    if found is None:
        return None
    return Busiest(found[0], names.location(found[0]) if place else names.product(found[0]), found[1].shown)


def read_hours(db: Db, query: ReportQuery) -> HourGrid:
    """Scans by weekday and local hour, of the question's location."""
    rows = rollups.list_hours(db, query.period.from_day, query.period.to_day, location_id=query.location_id)
    return make_hours(rows, query.period, all_classes=query.all_classes)


def read_marks(db: Db, query: ReportQuery) -> dict[date, str]:
    """What happened on the days of the line: displays put up."""
    where = {"product_id": query.product_id, "location_id": query.location_id}
    found = attention.list_new_displays(db, query.period.from_day, query.period.to_day, **where)
    return {item.day: _("Display put up: {place}", place=item.location_name or _("Anywhere")) for item in found}


def make_chart(figures: Figures, marks: Mapping[date, str]) -> dict[str, object]:
    """The line with the earlier period's beside it, as the chart script takes it."""
    period = figures.query.period
    begins = [day for day, _tally in figures.line]
    return make_line_chart(figures.line, figures.query) | {
        "earlier": [format_day(day) for day, _tally in figures.line_before],
        "before": [tally.shown for _day, tally in figures.line_before],
        "marks": [
            {"at": begins.index(period.begin_of(day)), "text": text} for day, text in marks.items() if day in period
        ],
    }


def make_line_chart(line: Sequence[tuple[date, Tally]], query: ReportQuery) -> dict[str, object]:
    """One line as the chart script takes it: points with their labels, and how many at its end are still running."""
    step = query.period.step
    return {
        "labels": [format_day(day) for day, _tally in line],
        "now": [tally.shown for _day, tally in line],
        "names": {
            "now": _("Scans"),
            "before": _("The period before"),
            "point": _("The week from {day}", day="%d") if step > 1 else "%d",
        },
        "running": sum(clock.days_before(query.today, step - 1) <= day for day, _tally in line),
        "rtl": get_language().direction == "rtl",
        "locale": LANGUAGES[current_tag()].locale.replace("_", "-"),
    }


def format_day(day: date) -> str:
    """Day and month, as short as the language writes them."""
    if LANGUAGES[current_tag()].solar_hijri:
        return format_solar_hijri(day).rpartition(" ")[0]
    return dates.format_skeleton("MMMd", day, locale=get_date_locale(current_tag()))


def format_time(at: datetime, zone: str) -> str:
    """The clock of a zone to the second, in the language's digits."""
    tag = current_tag()
    time = dates.format_time(at.astimezone(ZoneInfo(zone)), "medium", locale=get_date_locale(tag))
    return localise_digits(time, tag)


def list_weekdays() -> list[tuple[int, str]]:
    """The weekdays (0: Monday) with their short names, from the day the week begins with."""
    locale = LANGUAGES[current_tag()].locale
    names = dates.get_day_names("abbreviated", "stand-alone", locale=locale)
    first = get_first_weekday(current_tag())
    return [(day % 7, names[day % 7]) for day in range(first, first + 7)]


def make_earlier_line(figures: Figures) -> dict[date, Tally]:
    """The earlier period's points under the days they stand beside."""
    shift = figures.query.period.shift_days
    return {period_day(day, shift): tally for day, tally in figures.line_before}


def period_day(day: date, shift: int) -> date:
    """The day of the period that an earlier one is compared with."""
    return Period(day, day).shift(shift).from_day


def is_narrowed(query: ReportQuery) -> bool:
    """Whether a product or location is chosen."""
    return bool(query.product_id) or query.location_id != ALL
