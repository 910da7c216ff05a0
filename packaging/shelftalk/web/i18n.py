"""Texts, numbers and dates in a person's language, for staff and shopper pages alike; knows no view."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from markupsafe import Markup

from shelftalk.catalog.languages import DEFAULT, LANGUAGES, TRANSLATIONS, localise_digits
from shelftalk.errors import ShelftalkError
from shelftalk.web.solar_hijri import format_solar_hijri

LATIN = re.compile("[A-Za-z]")
MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u061c"))  # of direction, which CLDR strews into its patterns
_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


@dataclass(frozen=True)
class Texts:
    """One language's catalogue, ready to look up."""

    messages: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    choose: Callable[[int], int]  # which plural form a number takes


ENGLISH = Texts({}, {}, lambda n: int(n != 1))


class Translator:
    """Every catalogue in memory; a text without translation stays English."""

    def __init__(self, folder: Path = TRANSLATIONS) -> None:
        self._texts = {tag: read_texts(folder / tag / "messages.po") for tag in LANGUAGES}

    def translate(self, message: str, tag: str, **values: object) -> str:
        """`message` in the language, its {places} filled; numbers and days written the language's way."""
        text = self._texts[tag].messages.get(message, message)
        return fill_places(text, tag, values)

    def ngettext(self, singular: str, plural: str, n: int, tag: str, **values: object) -> str:
        """The form of the text that fits the number `n`, which fills {n}."""
        texts = self._texts[tag]
        forms = texts.plurals.get(singular)
        text = forms[texts.choose(n)] if forms else (singular, plural)[ENGLISH.choose(n)]
        return fill_places(text, tag, {"n": n, **values})

    def text_error(self, error: ShelftalkError, tag: str) -> str:
        """An error as a person reads it: the template translated, then filled. Marked texts inside are translated
        too, but never `value`, which quotes what was typed."""
        values = {
            name: self.translate(value, tag) if isinstance(value, str) and name != "value" else value
            for name, value in error.values.items()
        }
        return self.translate(error.message, tag, **values)


def read_texts(path: Path) -> Texts:
    """A catalogue file as look-up tables; fuzzy and empty entries count as not translated."""
    if not path.is_file():
        return ENGLISH
    status = path.stat()
    return _read_catalogue(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=2 * len(LANGUAGES))
def _read_catalogue(path: Path, _changed: int, _size: int) -> Texts:
    """Read once a process, as long as the file stays as it is: that takes a tenth of a second each."""
    with path.open("rb") as file:
        catalog: Catalog = read_po(file)
    messages: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for entry in catalog:
        if entry.fuzzy or not entry.id:
            continue
        if isinstance(entry.id, (tuple, list)):
            forms = tuple(entry.string) if isinstance(entry.string, (tuple, list)) else ()
            if forms and all(forms):
                plurals[entry.id[0]] = forms
        elif isinstance(entry.string, str) and entry.string:
            messages[entry.id] = entry.string
    return Texts(messages, plurals, gettext.c2py(catalog.plural_expr))


def fill_places(text: str, tag: str, values: Mapping[str, object]) -> str:
    """`text` with its {places} filled; a Markup value makes the result Markup, all else escaped."""
    if not values:
        return text
    written = {name: isolate(write_value(value, tag), tag) for name, value in values.items()}
    if any(isinstance(value, Markup) for value in written.values()):
        return Markup(text).format(**written)  # noqa: S704 (the text is ours; format() escapes the values)
    return text.format(**written)


def isolate(value: object, tag: str) -> object:
    """A Latin name inside text read from the right, kept whole: its quotes and dots stay on its own side."""
    if LANGUAGES[tag].direction == "rtl" and isinstance(value, str) and not isinstance(value, Markup):
        return f"\u2068{value}\u2069" if LATIN.search(value) else value
    return value


def write_value(value: object, tag: str) -> object:
    """A number, day or list the way the language writes it; anything else as it is."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)):
        return format_number(value, tag)
    if isinstance(value, datetime):
        return format_datetime(value, tag)
    if isinstance(value, date):
        return format_date(value, tag)
    if isinstance(value, (list, tuple)):
        return get_comma(tag).join(str(write_value(item, tag)) for item in value)
    return value


@lru_cache(maxsize=64)
def get_comma(tag: str) -> str:
    """What stands between the things of a list."""
    pattern = Locale.parse(_locale(tag)).list_patterns["standard"]["middle"]
    return str(pattern).removeprefix("{0}").removesuffix("{1}").translate(MARKS)


@lru_cache(maxsize=4096, typed=True)
def format_number(value: int | float | Decimal, tag: str, digits: int | None = None) -> str:
    """A number with the language's digits and separators; `digits` fixes the decimals."""
    pattern = None if digits is None else f"#,##0.{'0' * digits}".rstrip(".")
    return localise_digits(numbers.format_decimal(value, pattern, locale=_locale(tag), numbering_system="default"), tag)


def format_percent(value: float, tag: str, digits: int = 0) -> str:
    """A share (0.613) as per cent (61%), written the language's way, with at most `digits` decimals."""
    share = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits - 2))
    text = numbers.format_percent(share, locale=_locale(tag), numbering_system="default", decimal_quantization=False)
    return localise_digits(text.replace("%", _get_percent_sign(tag)), tag)


@lru_cache(maxsize=64)
def _get_percent_sign(tag: str) -> str:
    locale = Locale.parse(_locale(tag))
    signs = locale.number_symbols.get(locale.default_numbering_system, {})
    return str(signs.get("percentSign", "%")).translate(MARKS)


def format_date(day: date, tag: str, style: str = "medium") -> str:
    """A calendar day; Persian readers get the Solar Hijri calendar they live by."""
    if LANGUAGES[tag].solar_hijri:
        return format_solar_hijri(day, style)
    return dates.format_date(day, style, locale=get_date_locale(tag))


def format_datetime(at: datetime, tag: str, zone: str = "UTC", style: str = "medium") -> str:
    """A moment as day and minute in the time zone."""
    local = at.astimezone(ZoneInfo(zone))
    clock = dates.format_time(local, "short", locale=get_date_locale(tag))
    pattern = str(Locale.parse(get_date_locale(tag)).datetime_formats["medium"]).translate(MARKS).replace("'", "")
    return pattern.format(localise_digits(clock, tag), format_date(local.date(), tag, style))


def format_ago(at: datetime, now: datetime, tag: str) -> str:
    """How long ago a moment was, in the largest fitting unit."""
    span = min(at - now, timedelta())
    return localise_digits(dates.format_timedelta(span, add_direction=True, locale=_locale(tag)), tag)


def _locale(tag: str) -> str:
    return LANGUAGES[tag].locale


def get_date_locale(tag: str) -> str:
    """How days and clocks are written; English has the day first and 24 hours, as the other languages."""
    return "en_GB" if tag == "en" else _locale(tag)


@lru_cache(maxsize=64)
def get_first_weekday(tag: str) -> int:
    """The day a week begins with where most readers are; 0 is Monday."""
    locale = Locale.parse(get_date_locale(tag))
    return Locale(locale.language, locale.territory or LANGUAGES[tag].territory or None).first_week_day


def current_tag() -> str:
    """The language texts are written in just now."""
    return _language.get()


def set_language(tag: str) -> None:
    """Write texts in this language from here on, in this request or command."""
    _language.set(tag)


@contextmanager
def use_language(tag: str) -> Iterator[None]:
    """Write texts in this language inside the block: a shopper page while a staff member publishes."""
    token = _language.set(tag)
    try:
        yield
    finally:
        _language.reset(token)
