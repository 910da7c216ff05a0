"""Scans of the sample brand's placements, from a fixed seed: the same arguments always give the same scans.

It lets people come to shops and open packs, each by the place's own clock; it knows no store and no codes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from shelftalk.sample.brand import SamplePlacement

OPENS, CLOSES = 9, 21  # of the shops, local hours
_SHOP_HOURS = (2, 3, 5, 8, 8, 6, 5, 6, 9, 11, 9, 5)  # from 9 to 20: lunch, and the way home
_HOME_HOURS = (5, 8, 9, 8, 6, 5, 6, 6, 6, 8, 8, 6, 5, 6, 7, 5)  # packs are opened from 7 to 22
_HOME_OPENS = 7
_WEEK = (0.75, 0.75, 0.8, 0.9, 1.15, 1.5, 1.25)  # Monday first
_WEEKS = {
    "Asia/Tehran": (0.9, 0.85, 0.9, 1.3, 0.6, 1.35, 1.0),  # the weekend is Thursday afternoon and Friday
    "Europe/Berlin": (0.85, 0.85, 0.9, 1.0, 1.35, 1.8, 0.0),  # shops are closed on Sundays
}
_LANGUAGES: dict[str, tuple[tuple[str, float], ...]] = {
    "Asia/Taipei": (("zh-Hant", 84), ("en", 9), ("zh-Hans", 7)),
    "Asia/Shanghai": (("zh-Hans", 88), ("en", 7), ("zh-Hant", 5)),
    "Asia/Tehran": (("fa", 90), ("en", 10)),
    "Europe/Moscow": (("ru", 92), ("en", 5), ("zh-Hans", 3)),
    "Europe/Berlin": (("en", 81), ("ru", 9), ("fa", 5), ("zh-Hans", 5)),
    "Europe/London": (("en", 86), ("zh-Hant", 5), ("zh-Hans", 5), ("fa", 4)),
    "America/Toronto": (("en", 72), ("zh-Hant", 11), ("zh-Hans", 9), ("fa", 8)),
}
_DEVICES = (("phone", 955), ("tablet", 30), ("desktop", 8), ("other", 7))
_GROWTH = 0.25  # more people at the end of the time than at its beginning
_HALO = 1.35  # a display on show sends people to the product's other placements in the same shop
_REPEAT = timedelta(minutes=30)
_AGAIN, _RELOADED, _PREFETCHED, _PREVIEWED, _CRAWLED = 0.1, 0.035, 0.02, 0.022, 0.006


@dataclass(frozen=True, slots=True)
class SampleScan:
    """One scan of a placement. Languages, devices and classes are those the spool writes."""

    at: datetime  # aware, UTC, to the millisecond
    placement: str  # the placement's key
    language: str
    device: str
    scan_class: str  # "person", "repeat", "reload", "prefetch", "preview_bot" or "declared_bot"
    first_of_day: bool  # of people only: not seen before on this day


@dataclass(frozen=True)
class _Span:
    """The days a placement hangs, and what the visits of one of its days are drawn from."""

    placement: SamplePlacement
    zone: ZoneInfo
    first: date
    last: date
    begin: date  # of the whole traffic
    days: int
    until: datetime
    display_from: date | None  # when a display of the same product came to the same shop


def make_traffic(
    placements: Sequence[SamplePlacement], until: datetime, days: int = 90, seed: int = 7
) -> Iterator[SampleScan]:
    """The scans of the `days` days before `until` (aware; nothing later), in order of time.

    Weekdays, opening hours and languages are the place's own; a placement that was taken down gets none after.
    """
    scans: list[SampleScan] = []
    for placement in placements:
        span = _make_span(placement, placements, until, days)
        # a random of its own: another placement more or less leaves this one's scans as they were
        scans.extend(_make_scans(span, Random(f"{seed}:{placement.key}")) if span else ())  # noqa: S311  # no secret
    yield from sorted(scans, key=lambda scan: (scan.at, scan.placement, scan.scan_class))


def _make_span(
    placement: SamplePlacement, placements: Iterable[SamplePlacement], until: datetime, days: int
) -> _Span | None:
    if placement.installed_days_ago is None:
        return None
    zone = ZoneInfo(placement.timezone)
    today = until.astimezone(zone).date()
    ends = [count for count in (placement.removed_days_ago, placement.retired_days_ago) if count is not None]
    quiet = max([*ends, placement.silent_days])
    displays = [
        other.installed_days_ago
        for other in placements
        if other.medium == "display"
        and other.location
        and (other.location, other.product) == (placement.location, placement.product)
        and other.installed_days_ago is not None
    ]
    return _Span(
        placement,
        zone,
        first=today - timedelta(days=min(placement.installed_days_ago, days - 1)),
        last=today - timedelta(days=quiet + 1 if quiet else 0),
        begin=today - timedelta(days=days - 1),
        days=days,
        until=until,
        display_from=today - timedelta(days=max(displays)) if displays else None,
    )


def _make_scans(span: _Span, random: Random) -> Iterator[SampleScan]:
    day = span.first
    while day <= span.last:
        for _ in range(_draw_count(_expect(span, day), random)):
            yield from _make_visit(span, day, random)
        day += timedelta(days=1)


def _expect(span: _Span, day: date) -> float:
    """How many people are to be expected on a day."""
    placement = span.placement
    week = _WEEKS.get(placement.timezone, _WEEK) if placement.location else _WEEK
    share = (day - span.begin).days / span.days
    expected = placement.weight * week[day.weekday()] * (1 - _GROWTH / 2 + _GROWTH * share)
    if placement.medium == "display":
        age = (day - span.first).days
        return expected * (0.75 + 0.7 * math.exp(-age / 9))  # new things are looked at
    if span.display_from and day >= span.display_from:
        return expected * _HALO
    return expected


def _draw_count(expected: float, random: Random) -> int:
    """A Poisson number (Knuth's way; the expected number is small)."""
    limit, product, count = math.exp(-expected), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


def _make_visit(span: _Span, day: date, random: Random) -> Iterator[SampleScan]:
    """One person's scans of a day: the first, sometimes another one, and what phones and apps add to them."""
    at = _draw_time(span, day, random)
    language = _pick(_LANGUAGES[span.placement.timezone], random)
    device = _pick(_DEVICES, random)
    luck = [random.random() for _ in range(5)]
    later = timedelta(milliseconds=random.randrange(200_000, 5_400_000))
    soon = timedelta(milliseconds=random.randrange(3_000, 50_000))
    blink = timedelta(milliseconds=random.randrange(80, 1_200))

    def scan(offset: timedelta, scan_class: str, kind: str = device, first: bool = False) -> Iterator[SampleScan]:
        when = at + offset
        if when < span.until and _is_open(span, day, when):
            yield SampleScan(when, span.placement.key, language, kind, scan_class, first)

    if luck[0] < _PREFETCHED:
        yield from scan(-blink, "prefetch")
    yield from scan(timedelta(), "person", first=True)
    if luck[1] < _AGAIN:
        yield from scan(later, "repeat" if later <= _REPEAT else "person")
    if luck[2] < _RELOADED:
        yield from scan(soon, "reload")
    if luck[3] < _PREVIEWED:
        yield from scan(soon * 4, "preview_bot", "")
    if luck[4] < _CRAWLED:
        yield from scan(later + soon, "declared_bot", "")


def _draw_time(span: _Span, day: date, random: Random) -> datetime:
    """A moment of the place's local day, in UTC."""
    opens, hours = (OPENS, _SHOP_HOURS) if span.placement.location else (_HOME_OPENS, _HOME_HOURS)
    hour = opens + random.choices(range(len(hours)), hours)[0]
    seconds = timedelta(milliseconds=random.randrange(3_600_000))
    return (datetime.combine(day, time(hour), span.zone) + seconds).astimezone(UTC)


def _is_open(span: _Span, day: date, at: datetime) -> bool:
    local = at.astimezone(span.zone)
    opens, closes = (OPENS, CLOSES) if span.placement.location else (_HOME_OPENS, 23)
    return local.date() == day and opens <= local.hour < closes


def _pick(weights: tuple[tuple[str, float], ...], random: Random) -> str:
    return random.choices([name for name, _ in weights], [weight for _, weight in weights])[0]
