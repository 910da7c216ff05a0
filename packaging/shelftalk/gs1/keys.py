"""Identification keys: GTIN and GLN with their check digits (GS1 General Specifications, section 7.9.1)."""

from __future__ import annotations

from shelftalk.errors import Invalid


def make_check_digit(digits: str) -> str:
    """The check digit that follows `digits`: weights 3 and 1 from the right, modulo 10 (section 7.9.1).

    >>> make_check_digit("0950600013435")
    '2'
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def parse_gtin(text: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as 14 digits; empty stays empty; raises Invalid with the right check digit."""
    return _parse_key(text, "gtin", "GTIN", (8, 12, 13, 14)).zfill(14) if text.strip() else ""


def parse_gln(text: str) -> str:
    """A GLN of 13 digits; empty stays empty; raises Invalid with the right check digit."""
    return _parse_key(text, "gln", "GLN", (13,)) if text.strip() else ""


def _parse_key(text: str, field: str, name: str, lengths: tuple[int, ...]) -> str:
    digits = text.strip().replace(" ", "").replace("-", "")
    if not (digits.isascii() and digits.isdigit()):
        raise Invalid(field, "“{value}” is not a {name}: it must be digits only.", value=text, name=name)
    if len(digits) not in lengths:
        raise Invalid(
            field,
            "“{value}” has {length} digits. A {name} has {allowed}.",
            value=text,
            length=len(digits),
            name=name,
            allowed=lengths,
        )
    right = make_check_digit(digits[:-1])
    if digits[-1] != right:
        raise Invalid(
            field,
            "The last digit of “{value}” does not fit the others: it should be {right}. "
            "Compare the {name} with the pack.",
            value=text,
            right=right,
            name=name,
        )
    return digits
