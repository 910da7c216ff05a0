"""Permanent codes: what stands after `/q/` on everything printed."""

from __future__ import annotations

import secrets

# 29 signs: no 0 o, 1 i l, no u beside v, no z beside 2. A prime, so that the check character below
# finds every single wrong sign and every swap of two signs.
ALPHABET = "23456789abcdefghjkmnpqrstvwxy"
RANDOM_LENGTH = 9  # 29**9 is 2**43.7: guessing finds nothing
LENGTH = RANDOM_LENGTH + 1
_VALUE = {sign: value for value, sign in enumerate(ALPHABET)}


def make_check(body: str) -> str:
    """The check character of a code's random part: weights 2, 3, 4 … modulo 29."""
    total = sum(_VALUE[sign] * weight for weight, sign in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def make_code() -> str:
    """A new code, e.g. `k7m4p29xqd`: nine random signs and a check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return body + make_check(body)


def normalise_code(text: str) -> str:
    """`text` as stored: lower case, without the spaces and hyphens people type."""
    return text.strip().lower().replace("-", "").replace(" ", "")


def is_code(text: str) -> bool:
    """Whether a normalised text has a code's form and its check character is right."""
    return len(text) == LENGTH and all(sign in _VALUE for sign in text) and make_check(text[:RANDOM_LENGTH]) == text[-1]


def make_url(origin: str, code: str, *, upper: bool = False) -> str:
    """The address printed for a code. `upper` makes the symbol a version smaller (alphanumeric mode)."""
    url = f"{origin}/q/{code}"
    return url.upper() if upper else url
