"""The words blocks are drawn with: amounts, spans, days and choices in the reader's language; knows no page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal
from babel.units import format_unit
from markupsafe import Markup, escape

from shelftalk.catalog.block import Field
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES, localise_digits
from shelftalk.web.i18n import format_date

NO_BREAK = "\u00a0"
PATTERN = "#,##0.######"  # of numbers: none of the decimals is lost
CLDR_UNITS = {
    "kJ": "energy-kilojoule",
    "kcal": "energy-kilocalorie",
    "g": "mass-gram",
    "mg": "mass-milligram",
    "ug": "mass-microgram",
    "ml": "volume-milliliter",
    "percent": "percent",
    "h": "duration-hour",
    "min": "duration-minute",
}
# Where packs of the country say it otherwise than CLDR does.
UNITS = {
    "en": {"ml": "ml", "ug": "µg"},
    "zh-Hant": {"kcal": "大卡", "g": "公克"},
    "zh-Hans": {"kJ": "千焦", "kcal": "千卡", "g": "克", "mg": "毫克", "ug": "微克", "ml": "毫升"},
    "fa": {"kJ": "کیلوژول", "kcal": "کیلوکالری"},
}
SEPARATORS = re.compile(r"\s*[,;،؛，；、\n]\s*")
# Scripts that put no spaces between words: a word may begin anywhere.
UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
SPELLINGS = {"ی": "[یيى]", "ي": "[یيى]", "ک": "[کك]", "ك": "[کك]", "\u200c": "[\u200c ]?"}


def write_amount(amount: str, unit: str, tag: str) -> str:
    """A number as `block.parse_value` keeps it, with its unit: 1,330 kJ, 1 330 кДж, ۱٬۳۳۰ کیلوژول."""
    own = UNITS.get(tag, {}).get(unit)
    if own:
        return f"{write_number(amount, tag)}{NO_BREAK}{own}"
    return _write_unit(amount, CLDR_UNITS[unit or "g"], tag)


def write_number(amount: str, tag: str) -> str:
    """A number with the language's digits and separators, none of its decimals lost."""
    locale = LANGUAGES[tag].locale
    return localise_digits(format_decimal(Decimal(amount), PATTERN, locale, numbering_system="default"), tag)


def _write_unit(amount: str, unit: str, tag: str) -> str:
    locale = LANGUAGES[tag].locale
    text = format_unit(Decimal(amount), unit, "short", PATTERN, locale, numbering_system="default")
    return localise_digits(text.replace(" ", NO_BREAK), tag)


def write_span(minutes: str, tag: str) -> str:
    """So many minutes as people say it: 25 min, 1 hr 30 min."""
    hours, rest = divmod(round(Decimal(minutes)), 60)
    parts = [_write_unit(str(n), CLDR_UNITS[unit], tag) for n, unit in ((hours, "h"), (rest, "min")) if n]
    return " ".join(parts)


def write_day(day: str, tag: str) -> str:
    """A stored day in the reader's calendar."""
    return format_date(date.fromisoformat(day), tag, "long")


def split_words(text: object) -> list[str]:
    """What stands between commas of any script, or on lines of its own."""
    return [word for word in SEPARATORS.split(str(text or "").strip()) if word]


def emphasise(text: object, words: object) -> Markup:
    """`text` with each of the `words` in it made strong, whatever its case; the text itself is escaped."""
    pattern = _make_pattern(split_words(words))
    if not pattern:
        return escape(str(text or ""))
    parts = pattern.split(str(text or ""))
    marked = [Markup("<strong>{}</strong>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)]
    return Markup("").join(marked)


def _make_pattern(words: list[str]) -> re.Pattern[str] | None:
    """Finds the words, the longest first: whole ones where a script has spaces, anywhere where it has none."""
    spelt = ["".join(SPELLINGS.get(c, re.escape(c)) for c in word) for word in sorted(words, key=len, reverse=True)]
    whole = [s if UNSPACED.search(s) else rf"(?<!\w){s}(?!\w)" for s in spelt]
    return re.compile(f"({'|'.join(whole)})", re.IGNORECASE) if whole else None


def split_lots(text: object) -> list[str]:
    """Lot numbers and ranges of them, a dash between the ends of a range."""
    return [re.sub(r"\s*(?:\s-\s|–|—|\.\.+|…)\s*", "–", lot) for lot in split_words(text)]


def make_dial(phone: object) -> str:
    """What a phone dials: digits, a plus in front; empty where there is nothing to dial."""
    signs = [str(unicodedata.digit(c)) if c.isdecimal() else c for c in str(phone or "") if c.isdecimal() or c in "+*#"]
    number = "".join(c for at, c in enumerate(signs) if c != "+" or at == 0)
    return number if sum(c.isdigit() for c in number) >= 3 else ""


def name_choice(kind: str, path: str, value: object) -> str:
    """The label of what was chosen in a field such as `rows.unit`; the first one when nothing was."""
    fields: tuple[Field, ...] = get_block_type(kind).fields
    for name in path.split("."):
        field = next(one for one in fields if one.name == name)
        fields = field.fields
    return dict(field.options).get(str(value or ""), field.options[0][1])


# What the templates of blocks call them.
HELPERS: dict[str, Callable[..., object]] = {
    "amount": write_amount,
    "figure": write_number,
    "span": write_span,
    "day": write_day,
    "words": split_words,
    "emphasise": emphasise,
    "lots": split_lots,
    "dial": make_dial,
    "choice": name_choice,
}
