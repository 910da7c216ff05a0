"""Coupon codes: how a pasted list is read, and when a coupon can be had."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from datetime import date

from shelftalk.errors import Invalid

MAX_CODES = 100_000
MAX_LENGTH = 40
LOW = 0.1  # of a pool: below this share it is running out


def parse_coupons(text: str, field: str = "codes") -> list[str]:
    """The codes of a pasted list or a CSV file's first column, each once; raises Invalid naming the line."""
    found: dict[str, None] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        code = _read_first(line)
        if number == 1 and code.casefold() in ("code", "codes", "coupon", "coupons"):
            continue
        if code:
            found[_check_coupon(code, number, field)] = None
    if not found:
        raise Invalid(field, "There is no code in it. Write one code per line.")
    if len(found) > MAX_CODES:
        raise Invalid(
            field, "{value} codes at once are too many: at most {allowed}.", value=len(found), allowed=MAX_CODES
        )
    return list(found)


def _read_first(line: str) -> str:
    for mark in ",;\t":
        if mark in line:
            return next(csv.reader([line], delimiter=mark), [""])[0].strip()
    return line.strip().strip('"').strip()


def _check_coupon(code: str, number: int, field: str) -> str:
    if len(code) <= MAX_LENGTH and re.fullmatch(r"[\w.+/#*-]+( [\w.+/#*-]+)*", code):
        return code
    raise Invalid(
        field,
        "Line {line}: “{value}” is no code. Letters, digits, spaces and . + - / # * _ are fine, {allowed} at most.",
        line=number,
        value=code[:60],
        allowed=MAX_LENGTH,
    )


def find_day(shared: Mapping[str, str], name: str) -> date | None:
    """The first or last day of a coupon, or None when it has none."""
    return date.fromisoformat(shared[name]) if shared.get(name) else None
