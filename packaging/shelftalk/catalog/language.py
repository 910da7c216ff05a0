"""One language as its translation file and CLDR tell of it: names, direction, digits, calendar; knows no page."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global

log = logging.getLogger(__name__)
FILE = "messages.po"
TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)  # BCP 47, as far as folders are named by it
HEADER = re.compile(r'^"([A-Za-z-]+): (.*?)(?:\\n)?"$', re.MULTILINE)
# CLDR's numbering systems with digits of their own: the zero, and what style sheets call the system.
NUMERALS = {
    "arab": ("٠", "arabic-indic"),
    "arabext": ("۰", "persian"),
    "beng": ("০", "bengali"),
    "deva": ("०", "devanagari"),
    "mymr": ("၀", "myanmar"),
    "tibt": ("༠", "tibetan"),
}
SOLAR_HIJRI = {"fa": "IR"}  # language and country that count days and name months so


@dataclass(frozen=True)
class Language:
    """A language shoppers and staff may choose. `tag` is BCP 47; `locale` is its CLDR name."""

    tag: str
    locale: str
    name: str  # in the language itself
    direction: str = "ltr"  # or "rtl"
    script: str = "Latn"
    territory: str = ""  # where most of its readers are
    zero: str = "0"  # the first of the ten digits it writes
    counter: str = "decimal"  # what style sheets call these digits
    solar_hijri: bool = False  # whether its days are Iran's

    def write_digits(self, text: str) -> str:
        """`text` with the digits the language writes."""
        if self.zero == "0":
            return text
        return text.translate({ord("0") + n: chr(ord(self.zero) + n) for n in range(10)})


def list_languages(folder: Path) -> list[Language]:
    """The languages with a translation file, by tag. A folder that names none is left out, and the log says so."""
    found = []
    for path in sorted(folder.glob(f"*/{FILE}")):
        try:
            found.append(make_language(path.parent.name, read_header(path)))
        except (UnknownLocaleError, ValueError) as error:
            log.warning("%s is left out: %s. Name its folder by a language tag such as es or pt-BR.", path, error)
    return found


def read_header(path: Path) -> dict[str, str]:
    """The header of a translation file; only its beginning is read."""
    with path.open(encoding="utf-8") as file:
        start = file.read(8_000)
    begin = start.find('msgstr ""')
    return dict(HEADER.findall(start[begin:].partition("\n\n")[0])) if begin >= 0 else {}


def make_language(tag: str, header: dict[str, str]) -> Language:
    """A language by its tag. The header may say more: `Language` the country whose habits count, such as es_MX,
    `X-Shelftalk-Name` what to call it; raises UnknownLocaleError or ValueError for what is no language."""
    if not TAG.fullmatch(tag):
        raise ValueError(f"{tag!r} is not a language tag")
    locale = Locale.parse(_choose_locale(tag, header.get("Language", "")))
    script, territory = _find_likely(locale)
    zero, counter = NUMERALS.get(locale.default_numbering_system, ("0", "decimal"))
    return Language(
        tag=tag,
        locale=str(locale),
        name=header.get("X-Shelftalk-Name") or _find_name(tag, locale),
        direction="rtl" if locale.character_order == "right-to-left" else "ltr",
        script=script,
        territory=territory,
        zero=zero,
        counter=counter,
        solar_hijri=SOLAR_HIJRI.get(locale.language) == territory,
    )


def _choose_locale(tag: str, said: str) -> str:
    """What the header says where CLDR knows it, else what the tag says."""
    for name in (said.replace("-", "_"), tag.replace("-", "_")):
        try:
            return str(Locale.parse(name))
        except (UnknownLocaleError, ValueError, TypeError):
            continue
    raise ValueError(f"CLDR knows no language {tag!r}")


def _find_name(tag: str, locale: Locale) -> str:
    """What its own readers call the language, beginning with a capital as in a menu."""
    try:
        own = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        own = locale
    name = own.languages.get(str(own)) or own.get_display_name() or tag
    return name[:1].upper() + name[1:]


def _find_likely(locale: Locale) -> tuple[str, str]:
    """Script and country of most texts in the language, where the locale does not say."""
    likely = get_global("likely_subtags")
    names = (
        "_".join(filter(None, (locale.language, locale.script, locale.territory))),
        "_".join(filter(None, (locale.language, locale.script))),
        "_".join(filter(None, (locale.language, locale.territory))),
        locale.language,
    )
    full = next((likely[name] for name in names if name in likely), "")
    parts = full.split("_")[1:] if full else []
    script = next((part for part in parts if len(part) == 4), "Latn")
    territory = next((part for part in parts if len(part) in (2, 3)), "")
    return locale.script or script, locale.territory or territory
