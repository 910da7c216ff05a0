"""The ready-made designs: each reads from as far as it is meant to, and none that was printed is ever changed."""

from __future__ import annotations

import hashlib
import json

import pytest

from shelftalk.errors import Invalid, NotFound
from shelftalk.labels.design import DOT_MM
from shelftalk.labels.design_checks import list_faults
from shelftalk.labels.design_json import format_design
from shelftalk.labels.distance import ENOUGH, HALF, get_distance, get_reach
from shelftalk.labels.item import LabelItem
from shelftalk.labels.label_design import Design
from shelftalk.labels.ready_designs import ReadyDesign, get_ready_design, list_older_designs, list_ready_designs
from shelftalk.labels.symbol import make_symbol

from .test_design_art import ALL, full, print_one, read_letters

URL = "https://tea.example/q/k7m4p29xqd"
LONG = "https://shelftalk.tea-growers.example/q/k7m4p29xqd"  # a version more
EVERY = [*list_ready_designs(), *list_older_designs()]
MEANT = {
    "pack": "pack",
    "shelf-talker": "shelf_talker",
    "wobbler": "shelf_talker",
    "dangler": "dangler",
    "poster-a4": "poster",
    "leaflet": "leaflet",
    "till-card": "till_card",
    "round": "pack",
}
FULL = ("pack", "wobbler")  # no room for more
# What runs were printed with. A design is not changed: it gets a further version, and the older one is kept.
PRINTED = {
    ("pack", 2): "483ad919dfdc",
    ("shelf-talker", 2): "0573977c9325",
    ("wobbler", 2): "9e8e51acd588",
    ("dangler", 2): "fc534776adf0",
    ("table-tent", 1): "91cf97e6a59d",
    ("poster-a4", 2): "4a0744ad90b5",
    ("poster-a5", 2): "b35ece283e2f",
    ("poster-a6", 2): "6e958dee1af8",
    ("leaflet", 1): "260de909e9a1",
    ("sticker", 1): "46478c502bec",
    ("till-card", 2): "fbbcb3724488",
    ("round", 2): "cf992ca491c8",
    ("pack", 1): "a6655f590a89",
    ("round", 1): "d1aa37b6be3e",
    ("shelf-talker", 1): "a2cedbf47efa",
    ("wobbler", 1): "b1f8bbaece1e",
    ("dangler", 1): "8e84a87ea8f2",
    ("poster-a4", 1): "4e4369b0bcb2",
    ("poster-a5", 1): "90dbd676c7d3",
    ("poster-a6", 1): "de3b77710257",
    ("till-card", 1): "e5189c742dff",
}


def measure_reach(design: Design, url: str) -> float:
    """From how far the design's symbol of an address is read, in millimetres."""
    modules = make_symbol(url).full_size
    return get_reach(int(design.symbols[0].width_mm / modules / DOT_MM + 1e-9) * DOT_MM)


@pytest.mark.parametrize(("ready", "medium"), MEANT.items())
def test_a_ready_made_design_reads_from_where_its_medium_is_read(ready: str, medium: str) -> None:
    design, meant = get_ready_design(ready).design, get_distance(medium)
    assert make_symbol(LONG).version == make_symbol(URL).version + 1
    assert measure_reach(design, URL) >= ENOUGH * meant
    if ready not in FULL:
        assert measure_reach(design, LONG) >= ENOUGH * meant, "a longer address, too"


@pytest.mark.parametrize("ready", ["poster-a5", "poster-a6"])
def test_a_smaller_poster_reads_from_more_than_half_as_far(ready: str) -> None:
    assert measure_reach(get_ready_design(ready).design, URL) > HALF * get_distance("poster")


def test_no_design_that_was_printed_is_changed() -> None:
    seen = {(one.id, one.version): hash_design(one) for one in EVERY}
    assert seen == PRINTED


def hash_design(ready: ReadyDesign) -> str:
    content = json.dumps(format_design(ready.design), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def test_every_version_up_to_the_newest_is_kept_and_sound() -> None:
    newest = {one.id: one.version for one in list_ready_designs()}
    assert sorted((one.id, one.version) for one in EVERY) == sorted(
        (name, version) for name, last in newest.items() for version in range(1, last + 1)
    )
    for one in EVERY:
        assert get_ready_design(one.id, one.version) == one
        assert list_faults(one.design) == []
        assert get_ready_design(one.id).version == newest[one.id]


def test_a_version_there_never_was_is_not_found() -> None:
    with pytest.raises(NotFound):
        get_ready_design("pack", 99)


@pytest.mark.parametrize("ready", [one for one in EVERY if one.version > 1], ids=lambda ready: ready.id)
def test_long_words_and_a_long_address_fit(ready: ReadyDesign) -> None:
    address = "shelftalk.tea-grow.example/q/k7m4p29xqd"
    for language in ALL:
        item = full(language=language, address=address, url=f"https://{address}")
        letters = "".join(
            sign for sign, _box in read_letters(print_one(ready.design, item))
        )  # raises what does not fit
        assert address in letters, "whole, however it is broken"


@pytest.mark.parametrize("ready", ["pack", "round"])
@pytest.mark.parametrize("address", ["products.example-brand.com/q/abcdefghij", LONG.removeprefix("https://")])
def test_a_small_label_takes_a_long_address_in_two_lines_and_a_short_one_as_before(ready: str, address: str) -> None:
    newest, before = get_ready_design(ready), get_ready_design(ready, 1)
    long = full(address=address, url=f"https://{address}")
    with pytest.raises(Invalid, match="too long for its box"):
        print_one(before.design, long)
    assert count_lines(newest.design, long) == 2
    assert count_lines(newest.design, full()) == count_lines(before.design, full()) == 1


def count_lines(design: Design, item: LabelItem) -> int:
    """In how many lines the address stands."""
    letters = read_letters(print_one(design, item))
    text = "".join(sign for sign, _box in letters)
    first = text.index(item.address)
    tops = [box[1] for _sign, box in letters[first : first + len(item.address)]]
    size_mm = 0.3528 * 5
    return 1 + (max(tops) - min(tops) > size_mm)
