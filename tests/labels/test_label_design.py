"""The design as a document: read and written without loss, refused with the reason, checked before it is used."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelftalk.errors import Invalid
from shelftalk.labels.design_checks import check_design, check_stock, list_faults, list_hints
from shelftalk.labels.design_json import (
    MAX_FILE,
    format_design,
    format_file,
    parse_design,
    parse_file,
    read_design,
)
from shelftalk.labels.item import LabelItem, fill_template
from shelftalk.labels.label_design import (
    FITS,
    GRID_MM,
    KINDS,
    BoxElement,
    Choice,
    Design,
    Element,
    ImageElement,
    LineElement,
    SymbolElement,
    TextElement,
    snap,
    turn_round,
)
from shelftalk.labels.ready_designs import list_ready_designs
from shelftalk.labels.stock import find_page_stock, get_stock, make_page_stock

SYMBOL = SymbolElement("symbol", 30, 2, 25, 25)
TEXT = TextElement("call", 2, 2, 26, 10, texts=(("", "{call}"),))


def make(*elements: Element, **more: object) -> Design:
    return Design(**{"id": "", "name": "Shelf", "width_mm": 60, "height_mm": 30, "elements": elements} | more)  # type: ignore[arg-type]


def edges() -> st.SearchStrategy[float]:
    return st.floats(0, 1200).map(snap)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    """Any design that can be written down, sound or not."""
    elements = []
    for number in range(draw(st.integers(0, 6))):
        kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
        values: dict[str, object] = {}
        for field in kind.fields:
            if isinstance(field, Choice):
                values[field.name] = draw(st.sampled_from(sorted(field.options)))
            elif field.step == 1:
                values[field.name] = draw(st.integers(int(field.low), int(field.high)))
            elif field.unit == "mm":
                values[field.name] = snap(draw(st.floats(field.low, field.high)))
            else:
                values[field.name] = round(draw(st.floats(field.low, field.high)), 2)
        if kind is TextElement:
            words = draw(
                st.dictionaries(st.sampled_from(["", "fa", "zh-Hant"]), st.sampled_from(["{call}", "Tea", "茶"]))
            )
            values["texts"] = tuple(sorted(words.items()))
        if kind is ImageElement:
            values["media"] = draw(st.sampled_from(["", "0123456789abcdef"]))
        elements.append(kind(f"e{number}", *(draw(edges()) for _ in range(4)), **values))  # type: ignore[arg-type]
    return make(
        *elements,
        width_mm=snap(draw(st.floats(8, 1200))),
        mirror=draw(st.booleans()),
        faces=draw(st.sampled_from([1, 2])),
    )


@settings(max_examples=60, deadline=None)
@given(designs())
def test_what_is_written_is_read_back_equal(design: Design) -> None:
    written = json.loads(json.dumps(format_design(design)))
    assert parse_design(written) == design


@settings(max_examples=60, deadline=None)
@given(designs())
def test_every_design_is_sound_or_says_what_is_wrong_where(design: Design) -> None:
    known = {element.id for element in design.elements} | {""}
    for fault in list_faults(design):
        assert fault.field.partition(".")[0] in known
        assert str(fault) and "{" not in str(fault)


@settings(max_examples=60, deadline=None)
@given(designs())
def test_mirrored_twice_is_as_before(design: Design) -> None:
    once = turn_round(replace(design, mirror=True), rtl=True)
    again = turn_round(once, rtl=True)
    for element, back in zip(design.elements, again.elements, strict=True):
        assert back.x_mm == pytest.approx(element.x_mm, abs=GRID_MM / 2)
    assert turn_round(design, rtl=False) == design
    assert turn_round(replace(design, mirror=False), rtl=True).elements == design.elements


junk = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "id", "x_mm", "text", "y"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=120, deadline=None)
@given(st.dictionaries(st.sampled_from(["name", "width_mm", "elements", "shape", "faces", "mirror"]), junk) | junk)
def test_whatever_is_sent_is_a_design_or_a_clear_refusal(raw: object) -> None:
    design, faults = read_design(raw)
    assert all(isinstance(fault, Invalid) and "{value}" not in str(fault) for fault in faults)
    assert 8 <= design.width_mm <= 1200 and all(element.width_mm >= 0 for element in design.elements)


def with_text(**more: object) -> dict[str, object]:
    return format_design(make(SYMBOL, TEXT)) | more


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"name": " "}, "name", "A design needs a name"),
        ({"name": "x" * 61}, "name", "has 61 characters. At most 60 fit: shorten it by 1."),
        ({"width_mm": "wide"}, "width_mm", "“wide” does not fit here. Write a number from 8 to 1200 mm."),
        ({"width_mm": 7}, "width_mm", "“7” does not fit here"),
        ({"height_mm": float("nan")}, "height_mm", "“nan” does not fit here"),
        ({"faces": 1.5}, "faces", "“1.5” does not fit here. Write a number from 1 to 2."),
        ({"shape": "star"}, "shape", "“star” cannot be chosen here. Allowed are: rectangle, round."),
        ({"elements": {}}, "", "needs a list of elements"),
        ({"elements": [{"kind": "symbol", "id": "s"}] * 41}, "", "41 elements are too many: at most 40."),
        ({"elements": [{"kind": "video", "id": "v"}]}, "", "Element 1 is of the kind “video”. Allowed are: symbol,"),
        ({"elements": [{"kind": "line", "id": "A b"}]}, "", "The id “A b” of element 1"),
        ({"elements": [{"kind": "line", "id": "a"}, {"kind": "line", "id": "a"}]}, "", "The id “a” of element 2"),
        ({"elements": [{"kind": "text", "id": "a", "size_pt": 500}]}, "a.size_pt", "“500” does not fit here"),
        ({"elements": [{"kind": "text", "id": "a", "lines": "2.5"}]}, "a.lines", "“2.5” does not fit here"),
        ({"elements": [{"kind": "text", "id": "a", "text": "{prodct}"}]}, "a.text", "Allowed are: {product}."),
        ({"elements": [{"kind": "text", "id": "a", "text": {"xx": "Tea"}}]}, "a.text", "“xx” is not a language"),
        ({"elements": [{"kind": "text", "id": "a", "text": "x" * 301}]}, "a.text", "shorten it by 1"),
        ({"elements": [{"kind": "text", "id": "a", "colour": "red"}]}, "a.colour", "Allowed are: black, grey, white."),
        ({"elements": [{"kind": "image", "id": "a", "media": "../etc"}]}, "a.media", "“../etc” is not a picture"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_quoted_with_what_is_allowed(change: dict[str, object], field: str, message: str) -> None:
    with pytest.raises(Invalid) as error:
        parse_design(with_text(**change))
    assert error.value.field == field
    assert message in str(error.value)


def test_lengths_lie_on_a_grid_of_twentieths_of_a_millimetre() -> None:
    data = format_design(make(SYMBOL))
    data["elements"][0] |= {"x_mm": 30.013, "y_mm": "2,04"}
    (symbol,) = parse_design(data).elements
    assert (symbol.x_mm, symbol.y_mm) == (30.0, 2.05)


def faults_of(*elements: Element, **more: object) -> dict[str, str]:
    return {fault.field: str(fault) for fault in list_faults(make(*elements, **more))}


def test_a_sound_design_has_no_fault() -> None:
    frame = BoxElement("frame", 0.2, 0.2, 59.6, 29.6, corner_mm=2)
    assert faults_of(frame, SYMBOL, TEXT) == {}
    assert check_design(make(SYMBOL, TEXT)) == make(SYMBOL, TEXT)


def test_there_is_exactly_one_symbol_and_it_can_be_read() -> None:
    assert faults_of(TEXT) == {"": "The design has no symbol. Add one: without it there is nothing to scan."}
    twice = faults_of(SYMBOL, SymbolElement("symbol-2", 2, 15, 10, 10))
    assert twice == {"symbol-2.kind": "The design has 2 symbols. Keep one, remove the others."}
    small = faults_of(SymbolElement("symbol", 30, 2, 7, 7))
    assert "Make it 7.3 mm or larger" in small["symbol.width_mm"]


@pytest.mark.parametrize(
    ("element", "field"),
    [
        (TextElement("text", 2, 2, 28.05, 10, texts=(("", "Tea"),)), "text.x_mm"),
        (ImageElement("logo", 40, 10, 5, 5, media="0123456789abcdef"), "logo.x_mm"),
        (LineElement("line", 2, 2, 50, 0), "line.x_mm"),
        (LineElement("line", 2, 1.9, 50, 0, thickness_mm=0.5), "line.x_mm"),
        (BoxElement("box", 28, 1, 10, 10), "box.x_mm"),
        (BoxElement("box", 30, 2, 25, 25), "box.corner_mm"),
        (BoxElement("box", 29, 1, 27, 27, corner_mm=8), "box.corner_mm"),
    ],
)
def test_nothing_reaches_into_the_quiet_zone(element: Element, field: str) -> None:
    found = faults_of(element, SYMBOL)
    assert list(found) == [field]
    assert "quiet zone" in found[field]


@pytest.mark.parametrize(
    "element",
    [
        TextElement("text", 2, 2, 28, 10, texts=(("", "Tea"),)),
        LineElement("line", 2, 1.7, 50, 0, thickness_mm=0.5),
        BoxElement("box", 29, 1, 27, 27, fill="black", corner_mm=1),
        BoxElement("ground", 28, 1, 10, 10, fill="white", stroke="none"),
    ],
)
def test_what_ends_at_the_quiet_zone_or_lies_behind_all_of_it_is_fine(element: Element) -> None:
    assert faults_of(element, SYMBOL) == {}


def test_a_box_over_the_symbol_is_refused() -> None:
    assert list(faults_of(SYMBOL, BoxElement("box", 29, 1, 27, 27))) == ["box.x_mm"]


@pytest.mark.parametrize(
    ("element", "excess"),
    [
        (TextElement("text", 0.7, 2, 20, 10, texts=(("", "Tea"),)), "0.1"),
        (TextElement("text", 2, 25, 20, 10, texts=(("", "Tea"),)), "5.8"),
        (BoxElement("box", 0, 0.2, 20, 10), "0.2"),
    ],
)
def test_what_leaves_the_label_is_told_by_how_much(element: Element, excess: str) -> None:
    (message,) = faults_of(element, SYMBOL).values()
    assert f"comes {excess} mm too close to the label’s edge" in message


def test_on_a_round_label_corners_must_lie_within_the_circle() -> None:
    round_label = {"width_mm": 50, "height_mm": 50, "shape": "round"}
    assert faults_of(SymbolElement("symbol", 11, 11, 28, 28), **round_label) == {}
    assert "symbol.x_mm" in faults_of(SymbolElement("symbol", 7, 7, 36, 36), **round_label)
    ring = BoxElement("ring", 0.3, 0.3, 49.4, 49.4, corner_mm=25)
    assert faults_of(ring, SymbolElement("symbol", 11, 11, 28, 28), **round_label) == {}


def test_text_is_only_set_where_it_can_be_read() -> None:
    black = BoxElement("band", 1, 1, 28, 12, fill="black")
    white_text = replace(TEXT, colour="white")
    assert "Put a black or grey box behind" in faults_of(white_text, SYMBOL)["call.colour"]
    assert faults_of(black, white_text, SYMBOL) == {}
    assert "Black text cannot be read on a black box" in faults_of(black, TEXT, SYMBOL)["call.colour"]
    half = BoxElement("band", 1, 1, 10, 12, fill="black")
    assert "call.colour" in faults_of(half, white_text, SYMBOL)
    assert "Grey text" in faults_of(replace(black, fill="light"), replace(TEXT, colour="grey"), SYMBOL)["call.colour"]


def test_small_mistakes_are_found_too() -> None:
    assert "larger than the size" in faults_of(replace(TEXT, least_pt=14), SYMBOL)["call.least_pt"]
    assert "This text is empty" in faults_of(replace(TEXT, texts=()), SYMBOL)["call.text"]
    assert "No picture is chosen" in faults_of(ImageElement("logo", 2, 2, 5, 5), SYMBOL)["logo.media"]
    assert "too small to be seen" in faults_of(BoxElement("box", 2, 2, 0, 5), SYMBOL)["box.width_mm"]


@pytest.mark.parametrize(
    "cover",
    [BoxElement("cover", 20, 5, 9, 10, fill="light"), ImageElement("cover", 20, 5, 9, 10, media="0123456789abcdef")],
)
def test_a_text_under_a_box_or_a_picture_is_hinted_at_and_not_refused(cover: Element) -> None:
    assert [(hint.field, hint.values["value"]) for hint in list_hints(make(SYMBOL, TEXT, cover))] == [
        ("call.hint", "{call}")
    ]
    assert list(faults_of(SYMBOL, TEXT, cover)) == []
    assert list(list_hints(make(SYMBOL, cover, TEXT))) == []


@pytest.mark.parametrize("ready", list_ready_designs(), ids=lambda ready: ready.id)
def test_every_ready_made_design_is_sound(ready) -> None:
    assert [str(fault) for fault in (*list_faults(ready.design), *list_hints(ready.design))] == []
    assert ready.design.mirror and ready.version >= 1


def test_a_design_says_which_labels_it_does_not_fit() -> None:
    design = make(SYMBOL)
    check_stock(design, get_stock("avery-l7160"))
    with pytest.raises(Invalid, match=r"21\.9 mm too wide for these labels"):
        check_stock(design, get_stock("avery-l7651"))
    with pytest.raises(Invalid, match=r"21\.9 mm too high for these labels"):
        check_stock(replace(design, faces=2), get_stock("avery-l7160"))
    disc = replace(make_page_stock(60, 60), shape="round")
    with pytest.raises(Invalid, match="corners do not fit on round labels"):
        check_stock(design, disc)


def test_a_page_of_its_own_is_named_by_its_measures() -> None:
    stock = make_page_stock(85.5, 55)
    assert stock.id == "page-85.5x55" and find_page_stock(stock.id) == stock == get_stock("PAGE-85.5x55")
    assert [find_page_stock(text) for text in ("page-0x5", "page-9999x10", "page-1e3x5", "page-5x")] == [None] * 4


ITEM = LabelItem("k7", "https://tea.example/q/k7", "tea.example/q/k7", "Oolong", "See", "en", brand="Wuling")


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{brand} · {product}", "Wuling · Oolong"),
        ("{price} · {product}", "Oolong"),
        ("{product} — {price}", "Oolong"),
        ("{price}", ""),
        ("Price: {price}", "Price:"),
        ("{price}\n{product}", "Oolong"),
        ("{brand}\n{product}", "Wuling\nOolong"),
        ("Scan {code} at {address}", "Scan k7 at tea.example/q/k7"),
        ("{ } {{product}}", "{ } {Oolong}"),
    ],
)
def test_placeholders_are_filled_and_what_joins_missing_ones_goes(template: str, words: str) -> None:
    assert fill_template(template, ITEM) == words


def test_a_language_without_words_of_its_own_takes_those_for_all() -> None:
    text = replace(TEXT, texts=(("", "Scan"), ("fa", "اسکن")))
    assert (text.get_template("fa"), text.get_template("ru")) == ("اسکن", "Scan")


PICTURE = b"\x89PNG the picture"
LOGO = ImageElement("logo", 2, 2, 5, 5, media="0123456789abcdef", fit=next(iter(FITS)))


def test_a_file_carries_the_design_and_its_pictures() -> None:
    design = make(SYMBOL, LOGO)
    assert parse_file(format_file(design, {LOGO.media: PICTURE})) == (design, {LOGO.media: PICTURE})


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (b"", "This is not a label design"),
        (b"[]", "This is not a label design"),
        (b"\xff\xfe{", "This is not a label design"),
        (b"[" * 100_000, "This is not a label design"),
        (b'{"what": "shelftalk label design", "format": 9}', "The file is of format “9”"),
        (b" " * (MAX_FILE + 1), "at most 12 MB are allowed"),
    ],
)
def test_a_file_that_is_no_design_is_refused(file: bytes, message: str) -> None:
    with pytest.raises(Invalid, match=message) as error:
        parse_file(file)
    assert error.value.field == "file"


@pytest.mark.parametrize("image", [None, 5, "***", "ä", ""])
def test_a_file_without_one_of_its_pictures_is_refused(image: object) -> None:
    data = json.loads(format_file(make(SYMBOL, LOGO), {LOGO.media: PICTURE}))
    data["images"][LOGO.media] = image
    with pytest.raises(Invalid, match="The picture “0123456789abcdef” of the design is missing"):
        parse_file(json.dumps(data).encode())


def test_a_file_with_too_large_pictures_is_not_written() -> None:
    with pytest.raises(Invalid, match="Use smaller pictures"):
        format_file(make(SYMBOL, LOGO), {LOGO.media: bytes(MAX_FILE)})
    assert (
        base64.b64decode(json.loads(format_file(make(SYMBOL, LOGO), {LOGO.media: b"x"}))["images"][LOGO.media]) == b"x"
    )
