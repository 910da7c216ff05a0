"""What the sample's people do on the pages they scanned, from a fixed seed. Knows scans and kinds of blocks, no store.

More of those who stand before the shelf look for the price and buy, more of those at home read how to use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from shelftalk.sample.brand import SamplePlacement
from shelftalk.sample.traffic import SampleScan

# Stage -> the share of scans that read on, and of those the share that does something.
_LIKELY = {
    "need": (0.44, 0.16),
    "search": (0.52, 0.22),
    "compare": (0.63, 0.29),
    "buy": (0.57, 0.38),
    "after": (0.74, 0.31),
}
# Kind of block -> what is done there, and how willingly.
_TAPS = {
    "buy": ("go", 10.0),
    "shops": ("go", 5.0),
    "links": ("go", 2.0),
    "social": ("go", 1.5),
    "faq": ("open", 6.0),
    "video": ("play", 3.0),
}
_AT_HOME = {"buy": 0.5, "faq": 1.6, "video": 2.0}  # packs are opened by those who have bought
_AT_ONCE, _MORE, _SHARED = 0.04, 0.35, 0.03


@dataclass(frozen=True, slots=True)
class SampleAction:
    """One action after a scan of a placement; on the product's own address when it was shared."""

    at: datetime
    placement: str  # the placement's key
    block: str
    block_type: str
    word: str
    language: str
    device: str
    first: bool
    scan_class: str = "person"
    shared: bool = False


def make_actions(
    scans: Iterable[SampleScan],
    placements: Sequence[SamplePlacement],
    blocks: Mapping[str, Sequence[tuple[str, str]]],
    until: datetime,
    seed: int = 7,
) -> Iterator[SampleAction]:
    """The actions that follow scans, none later than `until`. `blocks`: id and kind of a product's blocks, by slug."""
    places = {placement.key: placement for placement in placements}
    randoms = {key: Random(f"{seed}:done:{key}") for key in places}  # noqa: S311  # no secret
    for scan in scans:
        if scan.scan_class == "person":
            place = places[scan.placement]
            made = _make_visit(scan, place, blocks[place.product], randoms[scan.placement])
            yield from (action for action in made if action.at < until)


def _make_visit(
    scan: SampleScan, place: SamplePlacement, blocks: Sequence[tuple[str, str]], random: Random
) -> Iterator[SampleAction]:
    reads, acts = _LIKELY[place.stage]
    luck = [random.random() for _ in range(4)]
    at = scan.at

    def act(block: str, kind: str, word: str, first: bool, shared: bool = False) -> SampleAction:
        what = (block, kind, word, scan.language, scan.device)
        return SampleAction(at, scan.placement, *what, first=first, shared=shared)

    if luck[0] < reads:
        at += timedelta(milliseconds=random.randrange(4_000, 25_000))
        yield act("", "", "read", True)
    if luck[1] < (acts if luck[0] < reads else _AT_ONCE):
        at += timedelta(milliseconds=random.randrange(3_000, 60_000))
        yield act(*_choose_tap(place, blocks, random), first=True)
        if luck[2] < _MORE:
            at += timedelta(milliseconds=random.randrange(2_000, 40_000))
            yield act(*_choose_tap(place, blocks, random), first=False)
    if luck[3] < _SHARED:
        at += timedelta(milliseconds=random.randrange(60_000, 7_200_000))
        yield act("", "", "shared", True, shared=True)


def _choose_tap(place: SamplePlacement, blocks: Sequence[tuple[str, str]], random: Random) -> tuple[str, str, str]:
    """A block with something to tap, and the word for it; the share button is on every page."""
    known = [(block, kind, *_TAPS[kind]) for block, kind in blocks if kind in _TAPS]
    likely = _AT_HOME if place.stage == "after" else {}
    weights = [weight * likely.get(kind, 1.0) for _block, kind, _word, weight in known]
    chosen = random.choices([*known, ("", "", "share", 0.0)], [*weights, 1.0])[0]
    return chosen[0], chosen[1], chosen[2]
