"""Texts, numbers, days and moments as readers of each language write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from markupsafe import Markup

from shelftalk.errors import Conflict, mark
from shelftalk.web.i18n import (
    Translator,
    current_tag,
    format_ago,
    format_date,
    format_datetime,
    format_number,
    format_percent,
    use_language,
)
from shelftalk.web.solar_hijri import format_solar_hijri, get_new_year, is_leap, make_solar_hijri

PO = """
msgid ""
msgstr ""
"Language: ru\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
"n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "“{field}” has {count} letters, not {value}."
msgstr "В поле «{field}» {count} букв, а не {value}."

msgid "Name"
msgstr "Имя"

#, fuzzy
msgid "Save"
msgstr "Наверное"

msgid "{n} scan"
msgid_plural "{n} scans"
msgstr[0] "{n} скан"
msgstr[1] "{n} скана"
msgstr[2] "{n} сканов"
"""


@pytest.fixture
def translator(tmp_path: Path) -> Translator:
    (tmp_path / "ru").mkdir()
    (tmp_path / "ru" / "messages.po").write_text(PO, "utf-8")
    return Translator(tmp_path)


def test_a_text_is_translated_first_and_filled_after(translator: Translator) -> None:
    error = Conflict("“{field}” has {count} letters, not {value}.", field=mark("Name"), count=1200, value="Name")
    assert translator.text_error(error, "ru") == "В поле «Имя» 1\xa0200 букв, а не Name."
    assert translator.text_error(error, "en") == "“Name” has 1,200 letters, not Name."


@pytest.mark.parametrize(("n", "text"), [(1, "1 скан"), (3, "3 скана"), (11, "11 сканов"), (21, "21 скан")])
def test_plurals_follow_the_languages_rule(translator: Translator, n: int, text: str) -> None:
    assert translator.ngettext("{n} scan", "{n} scans", n, "ru") == text


def test_without_translation_english_stays(translator: Translator) -> None:
    assert translator.translate("Save", "ru") == "Save"
    assert translator.translate("Unheard of", "fa") == "Unheard of"
    assert translator.ngettext("{n} scan", "{n} scans", 0, "en") == "0 scans"


def test_markup_inside_a_text_stays_and_what_was_typed_is_escaped(translator: Translator) -> None:
    text = translator.translate("See {link}, {name}.", "en", link=Markup("<a>here</a>"), name="<i>")
    assert isinstance(text, Markup)
    assert text == "See <a>here</a>, &lt;i&gt;."


@pytest.mark.parametrize(
    ("tag", "number", "percent"),
    [
        ("en", "1,234,567.8", "61.3%"),
        ("zh-Hant", "1,234,567.8", "61.3%"),
        ("ru", "1\xa0234\xa0567,8", "61,3\xa0%"),
        ("fa", "۱٬۲۳۴٬۵۶۷٫۸", "۶۱٫۳٪"),
    ],
)
def test_numbers_use_the_languages_digits_and_signs(tag: str, number: str, percent: str) -> None:
    assert format_number(1234567.8, tag) == number
    shown = format_percent(0.6131, tag, 1).replace("\u200e", "")
    assert shown == percent


def test_decimals_can_be_fixed() -> None:
    assert format_number(2, "en", 2) == "2.00"
    assert format_number(2.5, "en", 0) == "2"
    assert format_percent(0.14, "en", 1) == "14%"


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("en", "22 Nov 2026, 01:05"),
        ("zh-Hant", "2026年11月22日 凌晨1:05"),
        ("ru", "22 нояб. 2026\u202fг., 01:05"),
        ("fa", "۱ آذر ۱۴۰۵، ۱:۰۵"),
    ],
)
def test_a_moment_is_the_days_and_hours_of_its_place(tag: str, text: str) -> None:
    at = datetime(2026, 11, 21, 21, 35, tzinfo=UTC)
    assert format_datetime(at, tag, "Asia/Tehran") == text


def test_how_long_ago_is_said_in_the_largest_unit() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert format_ago(now - timedelta(days=3), now, "en") == "3 days ago"
    assert format_ago(now - timedelta(days=3), now, "fa") == "۳ روز پیش"


@pytest.mark.parametrize(
    ("day", "solar"),
    [
        (date(2024, 3, 19), (1402, 12, 29)),
        (date(2024, 3, 20), (1403, 1, 1)),
        (date(2025, 3, 20), (1403, 12, 30)),  # a leap year's last day
        (date(2025, 3, 21), (1404, 1, 1)),
        (date(2026, 9, 22), (1405, 6, 31)),
        (date(2026, 9, 23), (1405, 7, 1)),
        (date(1979, 2, 11), (1357, 11, 22)),
        (date(2000, 1, 1), (1378, 10, 11)),
        (date(2017, 3, 20), (1395, 12, 30)),
    ],
)
def test_the_persian_calendar_agrees_with_irans(day: date, solar: tuple[int, int, int]) -> None:
    assert make_solar_hijri(day) == solar


def test_every_day_of_two_centuries_follows_the_one_before() -> None:
    day, last = date(1900, 1, 1), make_solar_hijri(date(1899, 12, 31))
    while day < date(2090, 1, 1):
        year, month, number = make_solar_hijri(day)
        longest = 31 if last[1] <= 6 else 30 if last[1] < 12 or is_leap(last[0]) else 29
        follows = (last[0], last[1], last[2] + 1)
        if last[2] == longest:
            follows = (last[0], last[1] + 1, 1) if last[1] < 12 else (last[0] + 1, 1, 1)
        assert (year, month, number) == follows
        last, day = follows, day + timedelta(days=1)
    assert get_new_year(1405) == date(2026, 3, 21)


def test_persian_days_in_each_length() -> None:
    day = date(2026, 11, 22)
    assert format_solar_hijri(day, "short") == "۱۴۰۵/۹/۱"
    assert format_date(day, "fa") == "۱ آذر ۱۴۰۵"
    assert format_solar_hijri(day, "full") == "یکشنبه ۱ آذر ۱۴۰۵"


def test_latin_names_stand_apart_in_text_read_from_the_right(translator: Translator) -> None:
    assert translator.translate("“{value}” {n}", "fa", value="Oolong…", n=3) == "“\u2068Oolong…\u2069” ۳"
    assert translator.translate("“{value}”", "fa", value="چای") == "“چای”"
    assert translator.translate("“{value}”", "ru", value="Oolong…") == "“Oolong…”"


def test_a_language_holds_inside_its_block_only() -> None:
    before = current_tag()
    with use_language("fa"):
        assert current_tag() == "fa"
    assert current_tag() == before
