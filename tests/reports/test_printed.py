"""Scans per 1,000 printed: a figure only where it means something, and no more digits than that."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from shelftalk.reports.printed import Yield, round_figures, sum_all, sum_yields


@dataclass(frozen=True)
class Count:
    """A placement's labels and scans."""

    medium: str
    labels: float
    scans: int


@pytest.mark.parametrize(
    ("labels", "scans", "figure"),
    [
        (1_000, 12, 12.0),
        (10_000, 34, 3.4),
        (30_000, 25, 0.83),  # not 0.8333
        (333, 77, 230.0),  # not 231.23
        (7_000, 1_234, 176.0),  # from 1,000 scans on a third digit counts
        (50, 0, 0.0),
        (49.4, 40, None),  # too few labels
        (0, 3, None),
    ],
)
def test_a_figure_has_the_digits_that_count(labels: float, scans: int, figure: float | None) -> None:
    assert Yield(labels, scans).per_thousand == figure


def test_groups_add_up_labels_and_scans_and_the_best_stands_first() -> None:
    counts = [Count("pack", 900, 9), Count("poster", 60, 30), Count("pack", 100, 1), Count("till", 5, 50)]
    found = sum_yields(counts, lambda count: count.medium)
    assert list(found.items()) == [
        ("poster", Yield(60, 30)),
        ("pack", Yield(1000, 10)),
        ("till", Yield(5, 50)),  # too few to be compared
    ]
    assert sum_all(counts) == Yield(1065, 90)


def test_rounding_keeps_the_size_of_a_number() -> None:
    assert [round_figures(value, 2) for value in (0.0, 0.01234, 9.96, 99.6, 12_345)] == [
        0.0,
        0.012,
        10.0,
        100.0,
        12_000,
    ]
