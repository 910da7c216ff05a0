"""A code for every unit: a placement's code and a suffix that is the unit's serial number, scrambled. Knows no store.

The suffix is the number put through a keyed permutation, so units need no table, no two are alike, and who has seen
some cannot tell the others. Whoever has the key reads the number back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from shelftalk.catalog.codes import ALPHABET, LENGTH, is_code

SIGNS = 8  # of a suffix: of a million units 10,000 guesses find none (1 in 500,246 each)
UNIT_LENGTH = LENGTH + SIGNS
MOST_UNITS = 1_000_000  # in one print
LAST_UNIT = 9_999_999  # of one placement
SERIAL_DIGITS = 6
KEY_BYTES = 16
_HALF = len(ALPHABET) ** (SIGNS // 2)
_PAIRS = [one + other for one in ALPHABET for other in ALPHABET]
_PAIR_VALUES = {pair: value for value, pair in enumerate(_PAIRS)}
_ROUNDS = 8  # as many as NIST's FF3 has (SP 800-38G), for halves of 19 bits


def split_unit(text: str) -> tuple[str, str]:
    """A normalised text as the placement's code it begins with, and the suffix: empty when that cannot be one."""
    code, suffix = text[:LENGTH], text[LENGTH:]
    return code, suffix if len(suffix) == SIGNS and all(sign in ALPHABET for sign in suffix) else ""


def drop_unit(text: str) -> str:
    """A normalised text without what follows a whole code in it: the placement's own code."""
    return text[:LENGTH] if is_code(text[:LENGTH]) else text


def format_serial(number: int) -> str:
    """A serial number as it is printed.

    >>> format_serial(123)
    '000123'
    """
    return f"{number:0{SERIAL_DIGITS}d}"


def format_unit(code: str, number: int, key: bytes) -> str:
    """The code of a placement's unit; numbers begin with 1."""
    return code + _scramble(number, _make_rounds(code, key))


def each_unit(code: str, first: int, last: int, key: bytes) -> Iterator[str]:
    """The codes of the units from `first` to `last`, one at a time."""
    rounds = _make_rounds(code, key)
    return (code + _scramble(number, rounds) for number in range(first, last + 1))


def parse_unit(text: str, key: bytes) -> int | None:
    """The number of a normalised unit code; None when it has none that could have been printed."""
    code, suffix = split_unit(text)
    if not suffix:
        return None
    left, right = _read_half(suffix[: SIGNS // 2]), _read_half(suffix[SIGNS // 2 :])
    for scramble in reversed(_make_rounds(code, key)):
        left, right = (right - _mix(scramble, left)) % _HALF, left
    number = left * _HALF + right
    return number if 1 <= number <= LAST_UNIT else None


def _scramble(number: int, rounds: tuple[Any, ...]) -> str:
    """A Feistel network on two halves, added modulo 29**4: a permutation whatever the rounds mix in."""
    left, right = divmod(number, _HALF)
    for scramble in rounds:
        left, right = right, (left + _mix(scramble, right)) % _HALF
    return _write_half(left) + _write_half(right)


def _mix(scramble: Any, half: int) -> int:
    digest = scramble.copy()
    digest.update(half.to_bytes(4, "big"))
    return int.from_bytes(digest.digest(), "big")


@lru_cache(maxsize=256)
def _make_rounds(code: str, key: bytes) -> tuple[Any, ...]:
    """The keyed hash of each round, begun once and copied."""
    own = hashlib.blake2s(code.encode(), key=key, person=b"unit").digest()
    return tuple(hashlib.blake2s(key=own, digest_size=8, salt=bytes([number])) for number in range(_ROUNDS))


def _write_half(half: int) -> str:
    high, low = divmod(half, len(_PAIRS))
    return _PAIRS[high] + _PAIRS[low]


def _read_half(text: str) -> int:
    return _PAIR_VALUES[text[:2]] * len(_PAIRS) + _PAIR_VALUES[text[2:]]
