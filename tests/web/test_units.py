"""An amount and its unit stay on one line, whatever language they are written in."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from shelftalk.web.block_views import BlockView
from shelftalk.web.units import NO_BREAK, bind_units, bind_view


@pytest.mark.parametrize(
    "text",
    [
        "One spoon (5_g) for 250_ml, at 90_°C.",
        "до 40_°C, 250_мл за 2_мин",
        "每杯約 30_毫克，用 250_毫升沸水沖泡",
        "۲۵۰_میلی‌لیتر آب ۹۰_درجه",
        "½_l milk",
        "26_×_18_×_9_cm",
    ],
)
def test_the_space_before_a_unit_does_not_break(text: str) -> None:
    assert bind_units(text.replace("_", " ")) == text.replace("_", NO_BREAK)


@pytest.mark.parametrize("text", ["5 goats", "Vol. 3 low", "12 months", "3 мешка", "10 мл", "chapter 2"])
def test_words_that_only_begin_like_a_unit_stay_apart(text: str) -> None:
    assert NO_BREAK not in bind_units(text).replace("10\u00a0мл", "")


def test_markup_stays_markup() -> None:
    assert isinstance(bind_units(Markup("<b>5 g</b>")), Markup)


def test_addresses_and_numbers_of_a_block_stay_as_they_are() -> None:
    rows: list[dict[str, str]] = [{"label": "Pack of 5 g", "url": "https://tea.example/5 g"}]
    view = bind_view(BlockView("b1", "links", {"heading": "100 g", "rows": rows}, None))
    assert view.values["heading"] == f"100{NO_BREAK}g"
    assert view.values["rows"] == [{"label": f"Pack of 5{NO_BREAK}g", "url": "https://tea.example/5 g"}]
