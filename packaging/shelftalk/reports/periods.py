"""Periods of local calendar days, and the earlier period each is compared with. Knows no clock: today is handed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shelftalk.errors import Invalid, mark

# What people choose from; "own" takes two days.
PRESETS: dict[str, str] = {
    "today": mark("Today"),
    "7": mark("Last 7 days"),
    "28": mark("Last 28 days"),
    "90": mark("Last 90 days"),
    "month": mark("This month"),
    "last-month": mark("Last month"),
    "own": mark("Own days"),
}
DEFAULT_PRESET = "28"
MAX_DAYS = 1100  # three years: raw scans are kept for thirteen months, counts for longer
DAILY = 120  # longer periods are drawn by week


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included."""

    from_day: date
    to_day: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.to_day - self.from_day).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.from_day + timedelta(days=n) for n in range(self.days))

    def __contains__(self, day: date) -> bool:
        return self.from_day <= day <= self.to_day

    def shift(self, days: int) -> Period:
        """The same number of days, moved."""
        return Period(self.from_day + timedelta(days=days), self.to_day + timedelta(days=days))

    @property
    def shift_days(self) -> int:
        """How far back the earlier period lies: whole weeks, so that weekdays meet weekdays."""
        return -(-self.days // 7) * 7

    @property
    def earlier(self) -> Period:
        """The period before of equal length, with the same weekdays and no common day."""
        return self.shift(-self.shift_days)

    @property
    def step(self) -> int:
        """How many days a point of the line stands for: 1, or 7 in a long period."""
        return 1 if self.days <= DAILY else 7

    def begin_of(self, day: date) -> date:
        """The first day of the point of the line `day` belongs to."""
        return self.from_day + timedelta(days=(day - self.from_day).days // self.step * self.step)


def make_period(preset: str, today: date, newest: date | None = None) -> Period:
    """A preset's period. `newest` is the newest local day anywhere: where it is tomorrow already, scans count too."""
    last = max(today, newest or today)
    if preset == "today":
        return Period(today, last)
    if preset == "month":
        return Period(today.replace(day=1), last)
    if preset == "last-month":
        end = today.replace(day=1) - timedelta(days=1)
        return Period(end.replace(day=1), end)
    return Period(last - timedelta(days=int(preset) - 1), last)


def parse_period(from_day: date | None, to_day: date | None) -> Period:
    """The period of two chosen days; raises Invalid when one is missing, they are swapped, or too far apart."""
    if from_day is None:
        raise Invalid("from", "The first day is missing. Choose it, for example 2026-11-01.")
    if to_day is None:
        raise Invalid("to", "The last day is missing. Choose it, for example 2026-11-30.")
    if to_day < from_day:
        raise Invalid("to", "The period ends on {value}, before it begins. Swap the two days.", value=to_day)
    period = Period(from_day, to_day)
    if period.days > MAX_DAYS or from_day.year < 2000 or to_day.year > 2200:
        raise Invalid(
            "from",
            "{value} days are too many for one report: at most {allowed}. Choose a later first day.",
            value=period.days,
            allowed=MAX_DAYS,
        )
    return period
