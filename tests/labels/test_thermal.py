"""Labels in whole dots: for every print head and script the symbol is exact and type is there, or it is said why."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shelftalk.errors import Invalid
from shelftalk.labels import label_files, thermal
from shelftalk.labels.label_design import ANY, Design, ImageElement, SymbolElement, TextElement
from shelftalk.labels.label_files import Recipe, make_png_zip, make_zpl_file, prove_label
from shelftalk.labels.look import Look
from shelftalk.labels.raster import Pages
from shelftalk.labels.ready_designs import get_ready_design
from shelftalk.labels.stock import Stock, get_stock, make_page_stock
from shelftalk.labels.style import Style
from shelftalk.labels.symbol import make_symbol
from shelftalk.labels.thermal import HEADS, Head, count_dots, draw_labels, get_head, make_picture_head
from shelftalk.labels.zpl_reader import read_zpl
from tests.labels.helpers import WORDINGS, make_item, make_items

STOCK = get_stock("single-57x32")
ROUND = replace(make_page_stock(50, 50), shape="round")


def read(image: Image.Image) -> list[str]:
    return [symbol.text for symbol in zxingcpp.read_barcodes(image.convert("L"))]


@pytest.mark.parametrize("stock", [STOCK, get_stock("single-50x50"), ROUND], ids=["wide", "square", "round"])
@pytest.mark.parametrize("dpi", HEADS)
def test_every_language_is_read_back_from_the_zpl(dpi: int, stock: Stock) -> None:
    items = make_items()
    made = make_zpl_file(items, Recipe(stock), HEADS[dpi])
    labels = read_zpl(made.content)
    assert [read(label.image) for label in labels] == [[item.url] for item in items]
    assert made.proof.dots >= HEADS[dpi].least_dots
    assert made.proof.dots == int(made.proof.dots)
    assert (made.proof.quiet, made.proof.contrast, made.proof.labels) == (4, 1.0, len(WORDINGS))


@pytest.mark.parametrize("design", ["pack", "table-tent", "round", "shelf-talker"])
def test_designs_are_printed_with_their_symbols_in_whole_dots(design: str) -> None:
    ready = get_ready_design(design).design
    stock = replace(make_page_stock(ready.width_mm, ready.full_height_mm), shape=ready.shape)
    for item in make_items(["en", "fa"]):
        made = make_zpl_file([item], Recipe(stock, ready, {}), HEADS[203])
        (label,) = read_zpl(made.content)
        assert read(label.image) == [item.url] * ready.faces


def test_a_label_has_the_size_of_its_paper_in_dots_and_nothing_but_black_and_white() -> None:
    (label,) = draw_labels(make_items(["ru"]), STOCK, HEADS[300])
    assert label.image.size == (673, 377)
    assert label.image.mode == "1"
    (spot,) = label.spots
    around = label.image.convert("L")
    around.paste(255, spot.box)
    black = sum(around.histogram()[:128])
    assert black > 2_000, "the texts are there"


def test_persian_has_its_symbol_at_the_left_and_chinese_at_the_right() -> None:
    persian, chinese = draw_labels(make_items(["fa", "zh-Hant"]), STOCK, HEADS[203])
    assert persian.spots[0].left < 60 < chinese.spots[0].left


@settings(max_examples=40, deadline=None)
@given(
    room=st.floats(4, 120),
    dpi=st.sampled_from([*HEADS, 72, 150, 720, 1200]),
    length=st.integers(1, 200),
    level=st.sampled_from("LMQH"),
)
def test_a_module_is_whole_dots_that_fill_the_room_or_the_size_needed_is_said(
    room: float, dpi: int, length: int, level: str
) -> None:
    symbol, head = make_symbol("https://tea.example/" + "q" * length, level), HEADS.get(dpi) or make_picture_head(dpi)
    try:
        dots = count_dots(symbol, room, head)
    except Invalid as fault:
        needed = symbol.full_size * head.least_dots * 25.4 / dpi
        assert needed > room - 1e-3
        assert abs(float(str(fault.values["allowed"])) - needed) < 0.11
        return
    assert dots >= head.least_dots
    assert dots * symbol.full_size * head.dot_mm <= room + 1e-3 < (dots + 1) * symbol.full_size * head.dot_mm + 1e-2


TEXTS = st.text(
    st.one_of(
        st.sampled_from("abcXYZ 0123.,-–%€"),
        st.sampled_from("فارسی‌چای کوه"),
        st.sampled_from("高山茶烏龍看裡面里么"),
        st.sampled_from("Чайулун"),
        st.characters(categories=["L", "N", "P", "S", "Co", "Cc"]),
    ),
    max_size=60,
)


@settings(max_examples=35, deadline=None)
@given(
    name=TEXTS,
    call=TEXTS,
    language=st.sampled_from([*WORDINGS]),
    width=st.integers(15, 110),
    height=st.integers(12, 90),
    dpi=st.sampled_from([*HEADS]),
    look=st.builds(Look, level=st.sampled_from("LMQH"), till=st.booleans()),
    is_round=st.booleans(),
)
def test_a_label_is_either_proven_or_clearly_refused(
    name: str, call: str, language: str, width: int, height: int, dpi: int, look: Look, is_round: bool
) -> None:
    item = make_item(language=language, name=name, call=call)
    stock = make_page_stock(width, width if is_round else height)
    stock = replace(stock, shape="round") if is_round else stock
    try:
        made = make_zpl_file([item], Recipe(stock, look=look), HEADS[dpi])
    except Invalid as fault:
        assert fault.field in ("dpi", "stock", "name", "call_to_action")
        assert len(str(fault)) > 20
        return
    (label,) = read_zpl(made.content)
    assert read(label.image) == [item.url]
    assert made.proof.dots >= HEADS[dpi].least_dots


def test_a_label_too_small_for_the_head_says_so_with_its_measures() -> None:
    small = Recipe(make_page_stock(45, 18))
    assert make_zpl_file(make_items(["en"]), small, HEADS[300]).proof.dots == 5
    with pytest.raises(Invalid, match=r"45 × 18 mm are too small for 203 dots an inch: a module takes 4") as it:
        make_zpl_file(make_items(["en"]), small, HEADS[203])
    assert it.value.field == "dpi"


def test_a_design_too_small_for_the_head_says_how_large_its_symbol_must_be() -> None:
    design = Design(
        id="d",
        name="Tiny",
        width_mm=60,
        height_mm=20,
        elements=(SymbolElement("s", 1, 1, 14, 14), TextElement("t", 17, 2, 40, 8, ((ANY, "{product}"),), size_pt=7)),
    )
    recipe = Recipe(make_page_stock(60, 20), design, {})
    with pytest.raises(Invalid, match=r"this symbol needs 18.6 × 18.6 mm, 4 dots for each module; it has 14"):
        make_zpl_file(make_items(["en"]), recipe, HEADS[203])


@pytest.mark.parametrize("dpi", [0, 150, 204, 1200])
def test_only_heads_that_exist_can_be_chosen(dpi: int) -> None:
    with pytest.raises(Invalid, match="Choose one of: 203, 300, 600"):
        get_head(dpi)


@pytest.mark.parametrize("dpi", [71, 1201])
def test_pictures_have_72_to_1200_dots_an_inch(dpi: int) -> None:
    with pytest.raises(Invalid, match="Choose 72 to 1200"):
        make_picture_head(dpi)


def test_a_style_is_left_out_where_dots_are_black_or_nothing() -> None:
    plain, styled = (
        make_zpl_file(make_items(["en"]), Recipe(STOCK, look=look), HEADS[203]).content
        for look in (Look(), Look(style=Style("Blue", dark="#123a8c", modules="rounded")))
    )
    assert plain == styled


def test_a_correction_moves_everything_by_whole_dots() -> None:
    plain, moved = (
        next(iter(draw_labels(make_items(["en"]), STOCK, HEADS[203], shift=by))) for by in ((0, 0), (5, -3))
    )
    (before,), (after,) = plain.spots, moved.spots
    assert (after.left - before.left, after.top - before.top) == (5, -3)
    assert prove_label(moved, moved.image).dots == before.dots


def test_a_correction_that_pushes_type_off_the_paper_is_refused() -> None:
    with pytest.raises(Invalid, match="correction of 300 and 0 dots would push"):
        next(iter(draw_labels(make_items(["en"]), STOCK, HEADS[203], shift=(300, 0))))


def test_a_character_no_font_has_is_named_and_nothing_is_made() -> None:
    with pytest.raises(Invalid, match=r"No font has the character .* \(U\+E000\)"):
        make_zpl_file([make_item(name="Tea \ue000")], Recipe(STOCK), HEADS[203])


def test_photographs_are_scattered_dots_and_type_stays_sharp() -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").save(out, "PNG")
    symbol, picture = SymbolElement("s", 2, 2, 22, 22), ImageElement("i", 30, 4, 20, 20, media="0" * 16)
    design = Design(id="d", name="Photo", width_mm=57, height_mm=32, elements=(symbol, picture))
    (label,) = draw_labels(make_items(["en"]), STOCK, HEADS[203], design=design, images={"0" * 16: out.getvalue()})
    middle = label.image.crop((304, 96, 336, 128)).convert("L")
    black = middle.histogram()[0] / (middle.width * middle.height)
    assert 0.25 < black < 0.75, "grey is as many black dots as white ones"


def test_labels_too_large_for_the_memory_say_how_fine_they_may_be() -> None:
    with pytest.raises(Invalid, match=r"too large for 1200 dots an inch. Choose 864 or fewer"):
        next(iter(draw_labels(make_items(["en"]), get_stock("single-148x210"), Head(1200, 3, is_mono=False))))


def test_few_large_pictures_are_in_memory_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty posters of 105 MB each were drawn before the first of them was written."""
    drawn: list[int] = []
    render = Pages.render

    def count(pages: Pages, number: int, dpi: float, *, grey: bool = True) -> Image.Image:
        drawn.append(number)
        return render(pages, number, dpi, grey=grey)

    stock = get_stock("single-57x32")
    monkeypatch.setattr(Pages, "render", count)
    monkeypatch.setattr(thermal, "MOST_PIXELS", 2 * 455 * 255)  # two of them at 203 dots an inch
    items = make_items()
    labels = draw_labels(items, stock, HEADS[203])
    next(labels)
    assert drawn == [0, 1]
    assert [label.item for label in labels] == items[1:]
    assert drawn == list(range(len(items)))


def test_many_large_pictures_in_one_file_are_refused_before_any_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_files, "draw_labels", None)
    items = make_items(["en"]) * 500
    with pytest.raises(Invalid, match=r"too large for 600 dots an inch. Choose 305 or fewer"):
        make_png_zip(items, Recipe(make_page_stock(210, 297)), 600)
