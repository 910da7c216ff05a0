"""The simulated camera: what it reads from how far, what it catches, and that it always says the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shelftalk.errors import Invalid
from shelftalk.labels.camera import VIEWS, check_reading, get_meant, list_failures, make_scene, measure_reading, see
from shelftalk.labels.ready_styles import draw_sample_logo, list_ready_styles
from shelftalk.labels.style import PLAIN_STYLE, Style, raise_level
from shelftalk.labels.symbol import make_symbol
from shelftalk.labels.symbol_art import make_dress
from tests.labels.test_style import LOGO, LONG, MEDIA, URL

PLAIN = make_symbol(URL)
GREY = Style("Light grey", dark="#bbbbbb")  # forced past the check
HUGE = Style("Huge logo", logo=MEDIA, logo_share=60)


def test_a_plain_symbol_is_read_from_farther_than_it_is_meant_for() -> None:
    reading = measure_reading(PLAIN, PLAIN_STYLE, 30)
    assert 30 * get_meant(PLAIN) == pytest.approx(300, abs=1)
    assert 330 < reading.reads_at_mm < reading.fails_at_mm < 600 and reading.trials == len(VIEWS) == 10
    assert reading.faults and reading.fails_at_mm < reading.reads_at_mm * 1.03
    larger = measure_reading(PLAIN, PLAIN_STYLE, 90)
    assert larger.reads_at_mm == pytest.approx(3 * reading.reads_at_mm)


def test_a_longer_address_reads_from_less_far_and_so_do_dots() -> None:
    plain = measure_reading(PLAIN, PLAIN_STYLE, 30)
    assert measure_reading(make_symbol(LONG), PLAIN_STYLE, 30).compare(plain) > 3
    dots = measure_reading(PLAIN, Style("x", "#1e2f7a", "#fff8e7", "dots", "rounded"), 30)
    assert 0 < dots.compare(plain) < 30


@pytest.mark.parametrize(("style", "logo"), [(GREY, b""), (HUGE, LOGO)], ids=lambda case: getattr(case, "name", ""))
def test_a_style_known_to_fail_is_caught_and_the_cause_is_named(style: Style, logo: bytes) -> None:
    symbol = make_symbol(URL, "H" if style.logo else "M")
    with pytest.raises(Invalid) as refused:
        check_reading(symbol, style, logo=logo)
    assert str(refused.value).startswith("From ") and "the symbol is not read when" in str(refused.value)
    assert ("Choose a smaller logo" if style.logo else "Choose a darker colour") in str(refused.value)


def test_a_symbol_too_small_fails_even_near() -> None:
    assert measure_reading(PLAIN, PLAIN_STYLE, 5).reads_at_mm == 0
    assert measure_reading(PLAIN, PLAIN_STYLE, 12).reads_at_mm > 100


def test_the_camera_sees_the_same_every_time_and_every_view_is_another() -> None:
    scene = make_scene(PLAIN, make_dress(PLAIN_STYLE, [(PLAIN, "en")], {}, checked=False))
    pictures = [see(scene, 14, view).tobytes() for view in VIEWS]
    assert pictures == [see(scene, 14, view).tobytes() for view in VIEWS]
    assert len(set(pictures)) == len(VIEWS)


@pytest.mark.parametrize("ready", list_ready_styles(), ids=lambda ready: ready.id)
def test_every_ready_made_style_is_read_from_where_it_is_meant_to_be(ready) -> None:
    style = replace(ready.style, caption_at="none", name="x")
    logo = draw_sample_logo() if style.logo else b""
    for url in (URL, LONG):
        symbol = make_symbol(url, raise_level("M", style))
        check_reading(symbol, style, logo=logo)
        scene = make_scene(symbol, make_dress(style, [(symbol, "")], {style.logo: logo}))
        assert list_failures(scene, get_meant(symbol)) == ()
