"""Scans per 1,000 labels printed. Handed counts of placements; knows no store and no names."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from math import floor, log10
from typing import Protocol, TypeVar

LEAST_LABELS = 50  # fewer tell nothing: one more scan would move the figure by twenty
MANY_SCANS = 1_000  # from here on three figures are meant, below two


class Counted(Protocol):
    """Usable labels, and people's scans since the first print."""

    @property
    def labels(self) -> float: ...
    @property
    def scans(self) -> int: ...


@dataclass(frozen=True)
class Yield:
    """What labels brought: scans by people since the first print, over labels printed less the spoiled ones."""

    labels: float = 0.0
    scans: int = 0

    @property
    def printed(self) -> int:
        """Usable labels, whole."""
        return round(self.labels)

    @property
    def per_thousand(self) -> float | None:
        """Scans per 1,000 labels, to as many figures as mean something; None where too few were printed."""
        if self.printed < LEAST_LABELS:
            return None
        return round_figures(self.scans * 1000 / self.labels, 3 if self.scans >= MANY_SCANS else 2)

    def __add__(self, other: Yield) -> Yield:
        return Yield(self.labels + other.labels, self.scans + other.scans)


def round_figures(value: float, figures: int) -> float:
    """A number to so many figures.

    >>> round_figures(123.4, 2)
    120.0
    """
    if not value:
        return 0.0
    return round(value, figures - 1 - floor(log10(abs(value))))


C = TypeVar("C", bound=Counted)
K = TypeVar("K", bound=Hashable)


def sum_yields(counts: Iterable[C], key: Callable[[C], K]) -> dict[K, Yield]:
    """Yields by a key, the most scans per label first; those with too few labels last."""
    found: dict[K, Yield] = {}
    for count in counts:
        place = key(count)
        found[place] = found.get(place, Yield()) + Yield(count.labels, count.scans)
    return dict(sorted(found.items(), key=lambda item: _rank(item[1])))


def _rank(one: Yield) -> tuple[bool, float, float]:
    return one.per_thousand is None, -(one.scans / one.labels if one.labels else 0.0), -one.labels


def sum_all(counts: Iterable[Counted]) -> Yield:
    """All of them together."""
    return sum((Yield(count.labels, count.scans) for count in counts), Yield())
