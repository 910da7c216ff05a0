"""Which language and which compression an answer goes out in (RFC 9110 section 12.5). Pure, and remembered."""

from __future__ import annotations

from functools import lru_cache

from shelftalk.catalog.languages import choose_language


@lru_cache(maxsize=4096)
def choose_tag(accept: str, available: tuple[str, ...]) -> str:
    """The language to answer in, of those available (at least one)."""
    return choose_language(accept, available)


@lru_cache(maxsize=512)
def choose_encoding(accept: str) -> str:
    """ "br", "gzip" or "identity": the smallest the client takes."""
    weights = dict(_read_weight(part) for part in accept[:500].lower().split(","))
    rest = weights.get("*", 0.0)
    return next((name for name in ("br", "gzip") if weights.get(name, rest) > 0), "identity")


def has_etag(if_none_match: str, etag: str) -> bool:
    """Whether a client's If-None-Match names this tag (weak comparison)."""
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in tags or "*" in tags


def _read_weight(part: str) -> tuple[str, float]:
    name, _, weight = part.strip().partition(";")
    try:
        return name.strip(), float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return name.strip(), 0.0
