"""The Solar Hijri calendar of Iran: days as Persian readers write them. Pure arithmetic."""

from __future__ import annotations

from datetime import date, timedelta

from shelftalk.catalog.language import make_language

PERSIAN = make_language("fa", {})
MONTHS = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")
# Eight leap years in 33, as the calendar has run from 1865 and will until 2093.
LEAP_REMAINDERS = (1, 5, 9, 13, 17, 22, 26, 30)
ANCHOR_YEAR, ANCHOR = 1403, date(2024, 3, 20)


def is_leap(year: int) -> bool:
    """Whether Esfand has 30 days in that year."""
    return year % 33 in LEAP_REMAINDERS


def get_new_year(year: int) -> date:
    """The Gregorian day of 1 Farvardin of a Solar Hijri year."""
    low, high = sorted((ANCHOR_YEAR, year))
    days = 365 * (high - low) + sum(is_leap(y) for y in range(low, high))
    return ANCHOR + timedelta(days=days if year >= ANCHOR_YEAR else -days)


def make_solar_hijri(day: date) -> tuple[int, int, int]:
    """Year, month and day of a Gregorian day.

    >>> make_solar_hijri(date(2026, 11, 22))
    (1405, 9, 1)
    """
    year = day.year - 621
    if day < get_new_year(year):
        year -= 1
    days = (day - get_new_year(year)).days
    if days < 186:
        return year, days // 31 + 1, days % 31 + 1
    return year, (days - 186) // 30 + 7, (days - 186) % 30 + 1


def format_solar_hijri(day: date, style: str = "medium") -> str:
    """A day in Persian: short ۱۴۰۵/۹/۱, medium and long ۱ آذر ۱۴۰۵, full with the weekday."""
    year, month, number = make_solar_hijri(day)
    if style == "short":
        return PERSIAN.write_digits(f"{year}/{month}/{number}")
    text = PERSIAN.write_digits(f"{number} {MONTHS[month - 1]} {year}")
    return f"{WEEKDAYS[day.weekday()]} {text}" if style == "full" else text
