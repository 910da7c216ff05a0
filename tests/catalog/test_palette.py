"""The tones that follow from a brand's colour: whatever the colour, everything on the page can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelftalk.catalog.palette import Palette, get_contrast, make_palettes

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def grounds_of(tones: Palette) -> tuple[str, ...]:
    return tones.paper, tones.card, tones.tint


@given(COLOURS)
def test_text_on_the_button_is_readable_for_any_brand_colour(colour: str) -> None:
    for tones in make_palettes(colour):
        assert tones.brand == colour
        assert get_contrast(tones.on_brand, tones.brand) >= 4.5


@given(COLOURS)
def test_links_and_quiet_text_are_readable_on_every_ground_in_both_schemes(colour: str) -> None:
    for tones in make_palettes(colour):
        for ground in grounds_of(tones):
            assert get_contrast(tones.link, ground) >= 4.5
            assert get_contrast(tones.soft, ground) >= 4.5
        assert get_contrast(tones.warn, tones.warn_tint) >= 4.5


@given(COLOURS)
def test_headline_and_quiet_text_are_readable_on_the_glow_too(colour: str) -> None:
    for tones in make_palettes(colour):
        assert get_contrast(tones.ink, tones.glow) >= 4.5


@given(COLOURS)
def test_a_button_can_be_told_from_the_page(colour: str) -> None:
    for tones in make_palettes(colour):
        assert get_contrast(tones.edge, tones.paper) >= 3


@pytest.mark.parametrize("colour", ["#1f6f54", "#0000ff", "#7a1f1f"])
def test_a_strong_colour_stays_as_the_brand_chose_it(colour: str) -> None:
    light, _dark = make_palettes(colour)
    assert light.link == light.edge == colour


def test_contrast_is_the_ratio_of_the_guidelines() -> None:
    assert get_contrast("#000000", "#ffffff") == pytest.approx(21)
    assert get_contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert get_contrast("#123456", "#123456") == pytest.approx(1)
