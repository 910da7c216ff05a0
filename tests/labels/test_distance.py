"""From how far symbols are read: the model holds what was measured, budgets can be drawn, advice says what is short."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalk.catalog.placement import MEDIA
from shelftalk.errors import Invalid
from shelftalk.labels.design import DOT_MM, LEAST_MODULE_MM
from shelftalk.labels.distance import (
    ENOUGH,
    PER_MODULE,
    REASONS,
    Budget,
    Printed,
    advise,
    check_advice,
    check_upper,
    find_smaller,
    get_distance,
    get_reach,
    make_budget,
    round_down,
)
from shelftalk.labels.symbol import make_symbol
from shelftalk.labels.thermal import HEADS

URL = "https://tea.example/q/k7m4p29xqd"
# Simulated with a camera, all symbols printed in one size: characters, level -> distance, the first one's being 1.
MEASURED = {
    "HTTPS://T.EX/Q/K7M4P29": {"L": 1.00, "M": 0.94, "Q": 0.94, "H": 0.80},
    "https://id.tea.ex/01/09506000134352?p=k": {"L": 0.80, "M": 0.80, "Q": 0.73, "H": 0.64},
    "https://tea-house.example/q/k7m4p29xqd?from=the-window-door": {"L": 0.84, "M": 0.73, "Q": 0.67, "H": 0.62},
}
urls = st.text("abcdefghjkmnpqrstvwxy23456789", min_size=1, max_size=60).map(
    lambda text: f"https://tea.example/q/{text}"
)
distances = st.floats(20, 20_000)
levels = st.sampled_from("LMQH")
heads = st.sampled_from([None, *HEADS])


def test_a_usual_symbol_is_read_from_ten_times_its_width() -> None:
    symbol = make_symbol(URL)
    assert symbol.version == 3
    assert isclose(get_reach(0.5), 10 * symbol.full_size * 0.5)


def test_what_was_measured_for_other_lengths_and_levels_is_in_proportion_to_the_module() -> None:
    assert [len(text) for text in MEASURED] == [22, 39, 59]
    share = [
        (text, level, distance * make_symbol(text, level).full_size)
        for text, found in MEASURED.items()
        for level, distance in found.items()
    ]
    usual = 0.80 * make_symbol("https://id.tea.ex/01/09506000134352?p=k").full_size
    assert all(value >= 0.87 * usual for _, _, value in share), "never promised much farther than it reads"
    assert sum(abs(value / usual - 1) <= 0.06 for _, _, value in share) >= 9


def test_every_medium_has_a_distance_and_a_reason() -> None:
    assert set(REASONS) == set(MEDIA)
    assert get_distance("pack") == 250 and get_distance("shelf_talker") == 500
    assert get_distance("till_card") == 400 and get_distance("poster") == 1500


@pytest.mark.parametrize(
    ("distance", "dpi", "dots", "side"),
    [
        (250, None, 16, 25.1),  # 0.677 mm in dots of a 600th of an inch
        (250, 203, 6, 27.8),
        (100, 203, 4, 18.5),  # not below four dots, though a smaller one would be read
        (1500, None, 96, 150.4),
    ],
)
def test_a_budget_is_in_whole_dots(distance: int, dpi: int | None, dots: int, side: float) -> None:
    budget = make_budget(URL, distance, dpi=dpi)
    assert isclose(budget.module_mm, dots * (HEADS[dpi].dot_mm if dpi else DOT_MM))
    assert round(budget.side_mm, 1) == side
    assert budget.version == 3 and budget.modules == 37


@given(urls, distances, distances, levels, heads)
def test_farther_is_never_smaller(text: str, one: float, other: float, level: str, dpi: int | None) -> None:
    near, far = (make_budget(text, distance, level=level, dpi=dpi) for distance in sorted((one, other)))
    assert near.side_mm <= far.side_mm


@given(urls, distances, heads)
def test_a_higher_level_or_a_longer_address_is_never_smaller(text: str, distance: float, dpi: int | None) -> None:
    sides = [make_budget(text, distance, level=level, dpi=dpi).side_mm for level in "LMQH"]
    assert sides == sorted(sides)
    assert make_budget(text + "k", distance, dpi=dpi).side_mm >= sides[1]


@given(urls, distances, levels, heads)
def test_what_is_advised_can_be_drawn_and_is_read_from_there(
    text: str, distance: float, level: str, dpi: int | None
) -> None:
    budget = make_budget(text, distance, level=level, dpi=dpi)
    dot = HEADS[dpi].dot_mm if dpi else DOT_MM
    least = HEADS[dpi].least_module_mm if dpi else LEAST_MODULE_MM
    assert isclose(budget.module_mm / dot, round(budget.module_mm / dot), abs_tol=1e-6)
    assert budget.module_mm >= least - 1e-9
    assert budget.reach_mm >= distance * (1 - 1e-5)


@given(urls, distances)
def test_upper_case_is_offered_only_where_it_is_smaller(text: str, distance: float) -> None:
    budget = make_budget(text, distance)
    smaller = find_smaller(budget)
    upper = make_symbol(text.upper()).full_size
    assert (smaller is not None) == (upper < budget.modules)
    if smaller:
        assert isinstance(smaller, Budget) and smaller.modules == upper and smaller.reach_mm == budget.reach_mm


@pytest.mark.parametrize(
    "url",
    [
        "https://tea.example/shop/q/k7m4p29xqd",
        "https://tea.example/q/k7m4p29xqd?p=x",
        "https://tea.example/01/09506000134352",
        "https://tea.example/",
    ],
)
def test_upper_case_is_refused_where_it_would_lead_elsewhere(url: str) -> None:
    with pytest.raises(Invalid, match="lower case"):
        check_upper(url)
    with pytest.raises(Invalid, match="lower case"):
        make_budget(url, 250, upper=True)


def test_upper_case_is_fine_for_a_host_a_port_and_a_code() -> None:
    for url in (URL, "https://tea.example:8443/Q/K7M4P29XQD"):
        check_upper(url)
        assert make_budget(url, 250, upper=True).modules <= make_budget(url, 250).modules


@pytest.mark.parametrize("distance", [0, -1, 100_001, float("nan")])
def test_a_distance_that_cannot_be_is_refused(distance: float) -> None:
    with pytest.raises(Invalid, match="Nothing is read"):
        make_budget(URL, distance)


def test_a_head_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Invalid, match="print head"):
        make_budget(URL, 250, dpi=204)


# ---- advice ----


def make_printed(medium: str, share: float, labels: int = 1) -> Printed:
    """A symbol that is read from such a share of the medium's distance."""
    return Printed("k7", medium, 3, 37, share * get_distance(medium) / PER_MODULE, labels)


def test_media_are_judged_apart_and_the_worst_comes_first() -> None:
    symbols = [make_printed("pack", 1.2, 28), make_printed("poster", 0.6, 8), make_printed("poster", 0.4, 4)]
    poster, pack = advise(symbols)
    assert (poster.medium, poster.labels, poster.short, poster.held) == ("poster", 12, 12, 4)
    assert isclose(poster.share, 0.4) and isclose(poster.worst.reach_mm, 600)
    assert (pack.medium, pack.short, pack.held) == ("pack", 0, 0)


@pytest.mark.parametrize(
    ("share", "short", "held"),
    [(1, False, False), (ENOUGH + 0.001, False, False), (0.9, True, False), (0.501, True, False), (0.499, True, True)],
)
def test_less_than_the_distance_is_said_and_less_than_half_is_held(share: float, short: bool, held: bool) -> None:
    symbol = make_printed("display", share)
    assert (symbol.is_short, symbol.is_held) == (short, held)


def test_what_is_held_says_how_wide_the_symbol_must_be() -> None:
    check_advice(advise([make_printed("poster", 0.6)]))
    with pytest.raises(Invalid) as caught:
        check_advice(advise([make_printed("poster", 0.4, 12), make_printed("pack", 0.8)]))
    assert str(caught.value).startswith(
        "12 of these labels are meant for 1.5 m and read at up to 0.6 m, less than half."
    )
    assert "at least 151 mm wide" in str(caught.value)
    assert caught.value.field == "anyway"


@given(st.floats(1, 100_000))
def test_a_distance_is_never_rounded_up(distance: float) -> None:
    assert round_down(distance) * 1000 <= distance + 0.01
