from __future__ import annotations

import random
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalk.catalog.codes import ALPHABET, make_code, normalise_code
from shelftalk.catalog.units import (
    KEY_BYTES,
    LAST_UNIT,
    MOST_UNITS,
    SIGNS,
    UNIT_LENGTH,
    drop_unit,
    each_unit,
    format_serial,
    format_unit,
    parse_unit,
    split_unit,
)

CODE, OTHER = "h73222222b", "k7m4p29xqd"  # the check of the other one is wrong, which is nothing to units
KEY, OTHER_KEY = bytes(range(KEY_BYTES)), bytes(range(1, KEY_BYTES + 1))
keys = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
numbers = st.integers(1, LAST_UNIT)
suffixes = st.text(ALPHABET, min_size=SIGNS, max_size=SIGNS)


@given(keys, numbers)
def test_a_unit_is_read_back_without_a_table(key: bytes, number: int) -> None:
    text = format_unit(CODE, number, key)
    assert (len(text), text[:10]) == (UNIT_LENGTH, CODE)
    assert set(text) <= set(ALPHABET)
    assert parse_unit(text, key) == number


@given(keys, suffixes)
def test_a_suffix_stands_for_one_number_or_none(key: bytes, suffix: str) -> None:
    number = parse_unit(CODE + suffix, key)
    assert number is None or format_unit(CODE, number, key) == CODE + suffix


@given(keys, st.sets(numbers, min_size=2, max_size=50))
def test_no_two_units_are_alike(key: bytes, chosen: set[int]) -> None:
    assert len({format_unit(CODE, number, key) for number in chosen}) == len(chosen)


def test_a_run_has_no_two_alike_and_nothing_of_its_order() -> None:
    units = list(each_unit(CODE, 1, 20_000, KEY))
    assert units == [format_unit(CODE, number, KEY) for number in range(1, 20_001)]
    assert len(set(units)) == 20_000
    rising = sum(one < other for one, other in pairwise(units))
    assert abs(rising - 10_000) < 500, "neighbours are as if thrown"
    for place in range(10, UNIT_LENGTH):  # each sign falls on each place about equally often
        seen = [unit[place] for unit in units]
        assert max(map(seen.count, ALPHABET)) < 1.25 * len(units) / len(ALPHABET)
        assert min(map(seen.count, ALPHABET)) > 0.75 * len(units) / len(ALPHABET)


def test_guessing_10_000_suffixes_of_a_million_units_finds_none() -> None:
    chance = random.Random(11)
    guesses = (CODE + "".join(chance.choices(ALPHABET, k=SIGNS)) for _ in range(10_000))
    found = [number for guess in guesses if (number := parse_unit(guess, KEY)) and number <= MOST_UNITS]
    assert found == []
    assert len(ALPHABET) ** SIGNS // MOST_UNITS == 500_246  # one guess in so many finds a unit of a million


@given(numbers)
def test_another_key_or_code_tells_nothing(number: int) -> None:
    suffix = format_unit(CODE, number, KEY)[10:]
    assert format_unit(OTHER, number, KEY)[10:] != suffix
    assert format_unit(CODE, number, OTHER_KEY)[10:] != suffix
    assert parse_unit(CODE + suffix, OTHER_KEY) != number


def test_numbers_that_were_never_printed_are_none() -> None:
    assert parse_unit(format_unit(CODE, 0, KEY), KEY) is None
    assert parse_unit(format_unit(CODE, LAST_UNIT + 1, KEY), KEY) is None


@pytest.mark.parametrize("text", [CODE, CODE + "2345678", CODE + "234567890", CODE + "2345678o", "", "k7"])
def test_what_is_no_suffix_is_none(text: str) -> None:
    assert parse_unit(text, KEY) is None
    assert split_unit(text) == (text[:10], "")


@pytest.mark.parametrize(
    ("text", "left"),
    [(CODE + "23456789", CODE), (CODE, CODE), (CODE + "x", CODE), ("k7m4p29xqd23", "k7m4p29xqd23"), ("", "")],
)
def test_without_its_unit_a_code_is_the_placements(text: str, left: str) -> None:
    assert drop_unit(text) == left


def test_a_unit_code_is_read_however_it_is_typed() -> None:
    unit = format_unit(make_code(), 17, KEY)
    typed = f" {unit[:4]}-{unit[4:8]} {unit[8:]} ".upper()
    assert parse_unit(normalise_code(typed), KEY) == 17


def test_serial_numbers_have_six_digits_or_as_many_as_they_need() -> None:
    assert [format_serial(number) for number in (1, 123, 999_999, 1_000_000)] == [
        "000001",
        "000123",
        "999999",
        "1000000",
    ]


def test_units_come_one_at_a_time() -> None:
    tracemalloc.start()
    units = each_unit(CODE, 1, MOST_UNITS, KEY)
    for _ in range(3_000):
        next(units)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000
