"""The languages a page can be read in, which follow from the translation files: choice, digits, search."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import langcodes
from langcodes.tag_parser import LanguageTagError

from shelftalk.catalog.language import Language as Language
from shelftalk.catalog.language import list_languages, make_language
from shelftalk.errors import Invalid

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
DEFAULT = "en"  # which the sources are written in: it needs no translation file
FIRST = (DEFAULT, "zh-Hant", "zh-Hans", "ru", "fa")  # their place in every menu; further ones follow by tag


def make_table(folder: Path) -> dict[str, Language]:
    """English and every language that has a translation file under `folder`, in the order of the menus."""
    found = {one.tag: one for one in (make_language(DEFAULT, {}), *list_languages(folder))}
    first = [tag for tag in FIRST if tag in found]
    return {tag: found[tag] for tag in (*first, *sorted(set(found) - set(first)))}


LANGUAGES: dict[str, Language] = make_table(TRANSLATIONS)
_SEARCH_FOLDS = str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ـ": None, "\u200c": " ", "ё": "е"}
    | {chr(0x660 + i): str(i) for i in range(10)}
    | {chr(0x6F0 + i): str(i) for i in range(10)}
)


def get_language(tag: str) -> Language:
    """The language with this tag; raises Invalid naming those there are."""
    try:
        return LANGUAGES[tag]
    except KeyError:
        raise Invalid(
            "language",
            "“{value}” is not a language of this site. Choose one of: {allowed}.",
            value=tag,
            allowed=tuple(LANGUAGES),
        ) from None


@lru_cache(maxsize=2048)
def _match(wanted: str, available: tuple[str, ...]) -> str | None:
    try:
        tag, _distance = langcodes.closest_match(wanted, list(available), max_distance=10)
    except (LanguageTagError, ValueError):
        return None
    return None if tag == "und" else tag


def _ranked(accept: str) -> Iterable[str]:
    """The language ranges of an Accept-Language header, best first (RFC 9110 §12.5.4)."""
    ranges: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept[:500].split(",")[:20]):
        tag, _, rest = part.strip().partition(";")
        quality = 1.0
        if rest.strip().startswith("q="):
            try:
                quality = float(rest.strip()[2:])
            except ValueError:
                quality = 0.0
        if tag.strip() and quality > 0:
            ranges.append((-quality, place, tag.strip()))
    return [tag for _quality, _place, tag in sorted(ranges)]


def choose_language(accept: str, available: Sequence[str], default: str | None = None) -> str:
    """The best of `available` (not empty) for an Accept-Language header; `default` or the first when none fits.

    zh-CN and zh-SG find Simplified, zh-TW and zh-HK Traditional Chinese; `*` takes the default.
    """
    fallback = default if default and default in available else available[0]
    for wanted in _ranked(accept):
        if wanted == "*":
            return fallback
        found = _match(wanted, tuple(available))
        if found:
            return found
    return fallback


def localise_digits(text: str, tag: str) -> str:
    """`text` with the digits the language writes."""
    language = LANGUAGES.get(tag)
    return language.write_digits(text) if language else text


def fold_text(text: str) -> str:
    """`text` as searched: one spelling for case, width, Arabic and Persian letters, digits and joiners.

    >>> fold_text("چاي ۱۲")
    'چای 12'
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_SEARCH_FOLDS)
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
