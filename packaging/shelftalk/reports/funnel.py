"""From scan to action: how many read on and did something, and what was tapped. Handed rows of rollups, knows no store.

Only what follows a scan is in a funnel: on a product's own address nobody scanned. Reading on and acting count once a
visit, by their first in half an hour; every tap counts in the table of taps. Nobody is followed from step to step.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from shelftalk.errors import mark
from shelftalk.reports.numbers import PERSON

K = TypeVar("K", bound=Hashable)
READ, SHARED = "read", "shared"

# What was done, in words; another word stands for itself.
WORDS: dict[str, str] = {
    READ: mark("Read on"),
    SHARED: mark("Opened a shared link"),
    "go": mark("Link followed"),
    "open": mark("Opened"),
    "play": mark("Played"),
    "share": mark("Share tapped"),
    "copy": mark("Copied"),
    "call": mark("Call tapped"),
    "mail": mark("E-mail tapped"),
    "download": mark("Downloaded"),
    "ask": mark("Question looked up"),
    "question": mark("Question sent"),
    "review": mark("Review sent"),
    "reviews": mark("Review sent"),
    "survey": mark("Survey answered"),
    "sign_up": mark("Signed up"),
    "signup": mark("Signed up"),
    "coupon": mark("Coupon taken"),
    "warranty": mark("Registered"),
}


class ActionRow(Protocol):
    """A rollup row of actions. `placement_id` 0: on the product's own address."""

    @property
    def product_id(self) -> int: ...
    @property
    def placement_id(self) -> int: ...
    @property
    def block(self) -> str: ...
    @property
    def block_type(self) -> str: ...
    @property
    def word(self) -> str: ...
    @property
    def scan_class(self) -> str: ...
    @property
    def actions(self) -> int: ...
    @property
    def firsts(self) -> int: ...


@dataclass(frozen=True)
class Funnel:
    """Scans, first times of reading on, first actions."""

    scans: int = 0
    reads: int = 0
    acts: int = 0

    def __add__(self, other: Funnel) -> Funnel:
        return Funnel(self.scans + other.scans, self.reads + other.reads, self.acts + other.acts)

    @property
    def steps(self) -> tuple[int, int, int]:
        """The three numbers in order."""
        return self.scans, self.reads, self.acts

    def get_share(self, step: int) -> float | None:
        """A step's share of the scans; None without scans."""
        return self.steps[step] / self.scans if self.scans else None


@dataclass(frozen=True)
class Tap:
    """One thing that can be done on a page, with how often it was."""

    product_id: int
    block: str
    block_type: str
    word: str
    taps: int
    firsts: int


@dataclass(frozen=True)
class ActionFigures:
    """What a report says of actions. `beyond`: taps on the product's own address; `shared`: pages opened by a link."""

    whole: Funnel = field(default_factory=Funnel)
    by_placement: Mapping[int, Funnel] = field(default_factory=dict)
    by_product: Mapping[int, Funnel] = field(default_factory=dict)
    by_stage: Mapping[str, Funnel] = field(default_factory=dict)
    taps: tuple[Tap, ...] = ()
    shared: int = 0
    beyond: int = 0

    @property
    def all_taps(self) -> int:
        """Every tap there was."""
        return sum(tap.taps for tap in self.taps)


def make_figures(
    rows: Iterable[ActionRow],
    scans: Mapping[int, int],
    places: Mapping[int, tuple[int, str]],
    *,
    all_classes: bool = False,
) -> ActionFigures:
    """The figures of a period. `scans`: by placement; `places`: product and stage of each placement."""
    counted = [row for row in rows if all_classes or row.scan_class == PERSON]
    by_placement = {placement_id: Funnel(count) for placement_id, count in scans.items() if count}
    for row in counted:
        if row.placement_id and row.word != SHARED:
            step = Funnel(reads=row.firsts) if row.word == READ else Funnel(acts=row.firsts)
            by_placement[row.placement_id] = by_placement.get(row.placement_id, Funnel()) + step
    done = [row for row in counted if row.word not in (READ, SHARED)]
    return ActionFigures(
        whole=sum(by_placement.values(), Funnel()),
        by_placement=_rank(by_placement),
        by_product=_rank(_group(by_placement, lambda key: places[key][0] if key in places else 0)),
        by_stage=_group(by_placement, lambda key: places[key][1] if key in places else ""),
        taps=_add_taps(done),
        shared=sum(row.actions for row in counted if row.word == SHARED),
        beyond=sum(row.actions for row in done if not row.placement_id),
    )


def _group(funnels: Mapping[int, Funnel], key: Callable[[int], K]) -> dict[K, Funnel]:
    found: dict[K, Funnel] = {}
    for placement_id, funnel in funnels.items():
        found[key(placement_id)] = found.get(key(placement_id), Funnel()) + funnel
    return found


def _rank(funnels: Mapping[int, Funnel]) -> dict[int, Funnel]:
    return dict(sorted(funnels.items(), key=lambda item: (-item[1].scans, -item[1].acts, item[0])))


def _add_taps(rows: Iterable[ActionRow]) -> tuple[Tap, ...]:
    found: dict[tuple[int, str, str, str], tuple[int, int]] = {}
    for row in rows:
        key = (row.product_id, row.block, row.block_type, row.word)
        taps, firsts = found.get(key, (0, 0))
        found[key] = taps + row.actions, firsts + row.firsts
    made = (Tap(*key, *counts) for key, counts in found.items() if counts[0])
    return tuple(sorted(made, key=lambda tap: (-tap.taps, tap.product_id, tap.block, tap.word)))
