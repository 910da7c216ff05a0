"""Symbols for the till: the sizes of GS1's table, held to on every label, or refused with what to change."""

from __future__ import annotations

import pytest

from shelftalk.errors import Invalid
from shelftalk.labels.fonts import make_address_font
from shelftalk.labels.item import LabelItem
from shelftalk.labels.look import Look, format_look, parse_look
from shelftalk.labels.point_of_sale import X_DIMENSION, check_gtins, check_module, make_till_sizes
from shelftalk.labels.ready_designs import get_ready_design
from shelftalk.labels.run import make_labels, set_labels
from shelftalk.labels.sheet import Label
from shelftalk.labels.stock import get_stock, list_stocks, make_page_stock
from shelftalk.labels.symbol import make_symbol

LINK = "https://tea.example.com/01/09506000134352"
ITEM = LabelItem(
    "k7m4p29xqd", "https://tea.example/q/k7m4p29xqd", "tea.example/q/k7m4p29xqd", "Oolong", "See how to brew it", "en"
)
TILL = Look(till=True)


def set_one(stock_id: str, look: Look = TILL) -> Label:
    (label,) = set_labels([ITEM], get_stock(stock_id), make_address_font([ITEM.address]), look=look)
    return label


def test_a_symbol_of_29_modules_has_the_standards_three_widths() -> None:
    symbol = make_symbol("https://id.gs1.org/01/09506000134352")
    assert symbol.size == 29
    sizes = make_till_sizes(symbol)
    widths = [round(width, 2) for width in (sizes.least_mm, sizes.target_mm, sizes.most_mm)]
    assert widths == [14.65, 18.32, 36.63]


@pytest.mark.parametrize("module", [0.396, 0.495, 0.990])
def test_modules_from_the_least_to_the_largest_pass(module: float) -> None:
    symbol = make_symbol(LINK)
    check_module(symbol, module)
    sizes, wide = make_till_sizes(symbol), symbol.full_size * module
    assert sizes.least_mm <= wide + 0.001 and wide <= sizes.most_mm + 0.001


def test_smaller_and_larger_modules_are_refused_with_the_width_that_would_do() -> None:
    symbol = make_symbol("https://id.gs1.org/01/09506000134352")
    with pytest.raises(Invalid, match=r"0\.381 mm are too small .* at least 0\.396 mm.* 14\.7 mm wide") as caught:
        check_module(symbol, 0.381)
    assert caught.value.field == "till"
    with pytest.raises(Invalid, match=r"1\.016 mm are too large .* at most 0\.99 mm.* 36\.6 mm wide"):
        check_module(symbol, 1.016)


def test_a_narrow_quiet_zone_is_refused() -> None:
    with pytest.raises(Invalid, match="must be 4 on every side"):
        check_module(make_symbol(LINK), 0.5, quiet_modules=2)


def test_codes_without_a_gtin_are_named() -> None:
    check_gtins([])
    with pytest.raises(Invalid, match="k7m4p29xqd"):
        check_gtins(["k7m4p29xqd"])


@pytest.mark.parametrize("stock", [stock.id for stock in list_stocks()][::6])
def test_labels_arrange_themselves_within_the_tills_sizes_or_say_that_they_are_too_small(stock: str) -> None:
    try:
        label = set_one(stock)
    except Invalid as fault:
        assert "too small" in str(fault) or "too long" in str(fault)
        return
    assert X_DIMENSION.least_mm <= label.art.layout.module_mm <= X_DIMENSION.most_mm


def test_a_poster_for_the_till_has_a_smaller_symbol_and_still_reads() -> None:
    page = make_page_stock(148, 210)
    usual = set_one(page.id, Look())
    held = set_one(page.id)
    assert usual.art.layout.module_mm > 3 and 0.93 < held.art.layout.module_mm <= 0.99
    assert make_labels([ITEM], page, look=TILL).proof.symbols == 1


def test_a_design_with_too_large_a_symbol_says_so() -> None:
    design = get_ready_design("poster-a5").design
    with pytest.raises(Invalid, match="too large for the till"):
        make_labels([ITEM], make_page_stock(design.width_mm, design.full_height_mm), design=design, look=TILL)


def test_a_run_remembers_the_till_and_what_was_printed_anyway() -> None:
    for look in (Look(), TILL, Look("Q", upper=True, anyway=True)):
        assert parse_look(format_look(look)) == look
    assert format_look(Look()) == "" and parse_look('{"level": "Q", "upper": false}') == Look("Q")
