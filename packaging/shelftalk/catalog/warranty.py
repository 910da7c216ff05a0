"""What a warranty block asks, how its answers are read, and how long they are kept."""

from __future__ import annotations

import re
import secrets
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shelftalk.catalog.block import Field, parse_value
from shelftalk.catalog.blocks.warranty import KEEP_MONTHS
from shelftalk.errors import Invalid, mark

FIELDS: dict[str, str] = {
    "serial": mark("Serial number"),
    "lot": mark("Lot number"),
    "bought_on": mark("Day of purchase"),
    "shop": mark("Shop"),
    "email": mark("Your e-mail address"),
}
LIMITS = {"serial": 60, "lot": 60, "shop": 100, "email": 254, "bought_on": 20}
MAX_MONTHS = 240
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another


@dataclass(frozen=True)
class Registration:
    """What somebody registered; empty what was not asked or not filled in."""

    serial: str = ""
    lot: str = ""
    bought_on: date | None = None
    shop: str = ""
    email: str = ""


def list_asked(shared: Mapping[str, str]) -> dict[str, bool]:
    """The fields a block asks for, and whether each must be filled in."""
    return {name: shared[name] == "required" for name in FIELDS if shared.get(name) in ("optional", "required")}


def read_field(name: str, text: str, today: date, *, required: bool) -> str | date:
    """One field as typed; raises Invalid."""
    plain = " ".join(text.replace("\x00", "").split())
    if required and not plain:
        raise Invalid(name, "This is empty. Fill it in.")
    if name == "bought_on":
        return _read_day(plain, today) if plain else ""
    value = str(parse_value(Field(name, "", "email" if name == "email" else "line", max_length=LIMITS[name]), plain))
    return value.lower() if name == "email" else value


def _read_day(text: str, today: date) -> date:
    digits = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)
    try:
        day = date.fromisoformat(digits)
    except ValueError:
        raise Invalid(
            "bought_on", "“{value}” is not a day. Write it as year, month, day: 2026-11-30.", value=text[:30]
        ) from None
    if day > today:
        raise Invalid("bought_on", "{value} is still to come. Give the day on your receipt.", value=day)
    if day.year < 1990:
        raise Invalid("bought_on", "{value} is too long ago. Give the day on your receipt.", value=day)
    return day


def find_delete_day(shared: Mapping[str, str], today: date) -> date:
    """The day a registration made today is deleted on."""
    text = shared.get("keep") or ""
    months = min(max(int(float(text)), 1), MAX_MONTHS) if text else KEEP_MONTHS
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def make_number() -> str:
    """A number people can read out: three groups of three, no look-alike letters."""
    signs = "".join(secrets.choice(LETTERS) for _ in range(9))
    return "-".join(re.findall("...", signs))
