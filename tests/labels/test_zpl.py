"""Labels for printers that speak ZPL: packed, read back by code of its own, and refused when anything is off."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from shelftalk.errors import Invalid
from shelftalk.labels.label_files import Recipe, make_zpl_file
from shelftalk.labels.stock import get_stock
from shelftalk.labels.thermal import HEADS
from shelftalk.labels.zpl import PACKINGS, ZplLabel, format_field, list_rows, pack_z64, write_label
from shelftalk.labels.zpl_reader import BadZpl, _make_crc, read_zpl
from tests.labels.helpers import make_items

SIZES = st.tuples(st.integers(1, 70), st.integers(1, 40))


@st.composite
def pictures(draw: st.DrawFn) -> Image.Image:
    """Small black-and-white pictures, even ones and scattered ones, of widths that fill no byte."""
    width, height = draw(SIZES)
    wide = -(-width // 8)
    filler = draw(st.sampled_from([b"\x00", b"\xff", None]))
    data = filler * wide * height if filler else draw(st.binary(min_size=wide * height, max_size=wide * height))
    image = Image.new("1", (width, height), "white")
    image.paste(Image.frombytes("1", (wide * 8, height), data), (0, 0))
    return image


def is_same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and not ImageChops.difference(one.convert("L"), other.convert("L")).getbbox()


@settings(max_examples=120, deadline=None)
@given(picture=pictures(), packing=st.sampled_from(PACKINGS), copies=st.integers(1, 1000))
def test_any_picture_comes_back_dot_for_dot(picture: Image.Image, packing: str, copies: int) -> None:
    (label,) = read_zpl(write_label(ZplLabel(picture, copies), packing=packing))
    assert is_same(label.image, picture)
    assert label.copies == copies


def test_the_checksum_is_the_one_of_the_standard() -> None:
    """CRC-16 with 0x1021 from 0: the check value that catalogues of checksums list for it."""
    assert _make_crc(b"123456789") == 0x31C3


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_what_is_packed_carries_the_checksum_that_was_computed_bit_by_bit(data: bytes) -> None:
    packed = pack_z64(data)
    assert packed.startswith(":Z64:")
    text, checksum = packed.removeprefix(":Z64:").split(":")
    assert int(checksum, 16) == _make_crc(text.encode())


def test_equal_rows_and_empty_ends_of_rows_take_a_sign_each() -> None:
    picture = Image.new("1", (32, 3), "white")
    picture.paste("black", (0, 0, 8, 2))
    assert format_field(picture, "ascii") == "^GFA,12,12,4,HF,:,"


def test_spare_bits_of_a_row_are_never_black() -> None:
    assert list_rows(Image.new("1", (9, 1), "black")) == [b"\xff\x80"]


def test_a_label_says_its_size_its_place_and_how_often() -> None:
    picture = Image.new("1", (455, 255), "white")
    picture.paste("black", (40, 30, 50, 35))
    text = write_label(ZplLabel(picture, 25)).decode()
    for part in ("^XA", "^PW455", "^LL255", "^LH0,0", "^FO40,30^GFA,10,10,2,:Z64:", "^PQ25,", "^XZ"):
        assert part in text


def test_a_white_label_has_no_picture() -> None:
    zpl = write_label(ZplLabel(Image.new("1", (80, 40), "white")))
    assert b"^GF" not in zpl
    (label,) = read_zpl(zpl)
    assert label.image.getextrema() == (255, 255)


def test_a_file_holds_all_labels_in_their_order() -> None:
    shades = [Image.new("1", (8, 8), shade) for shade in ("white", "black", "white")]
    zpl = b"".join(write_label(ZplLabel(shade, number)) for number, shade in enumerate(shades, start=1))
    labels = read_zpl(zpl)
    assert [label.copies for label in labels] == [1, 2, 3]
    assert [label.image.getextrema() for label in labels] == [(255, 255), (0, 0), (255, 255)]


@pytest.mark.parametrize("packing", PACKINGS)
def test_the_same_labels_are_the_same_bytes(packing: str) -> None:
    items, recipe = make_items(["fa", "zh-Hant"]), Recipe(get_stock("single-57x32"))
    first, second = (make_zpl_file(items, recipe, HEADS[203], packing=packing) for _ in range(2))
    assert first.content == second.content


def test_a_label_takes_about_two_kilobytes() -> None:
    items = make_items()
    made = make_zpl_file(items, Recipe(get_stock("single-57x32")), HEADS[203])
    assert len(made.content) / len(items) < 2_500
    old = make_zpl_file(items, Recipe(get_stock("single-57x32")), HEADS[203], packing="ascii")
    assert len(old.content) / len(items) < 8_000


@pytest.mark.parametrize("copies", [0, -1, 100_000_000])
def test_copies_no_printer_counts_are_refused(copies: int) -> None:
    with pytest.raises(Invalid, match=f"{copies} copies cannot be printed"):
        write_label(ZplLabel(Image.new("1", (8, 8)), copies))


def test_labels_longer_than_any_printer_takes_are_refused() -> None:
    with pytest.raises(Invalid, match="A label of 32001 dots is too long"):
        write_label(ZplLabel(Image.new("1", (8, 32_001))))


def test_an_unknown_packing_is_refused() -> None:
    with pytest.raises(Invalid, match="“b64” is no packing"):
        write_label(ZplLabel(Image.new("1", (8, 8))), packing="b64")


GOOD = write_label(ZplLabel(Image.linear_gradient("L").resize((40, 24)).convert("1"))).decode()
PACKED = GOOD[GOOD.index(":Z64:") + 5 : GOOD.rindex("^FS")].rpartition(":")[0]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda zpl: zpl.replace(PACKED[9:13], "AAAA"), "checksum is wrong"),
        (lambda zpl: zpl.replace("^XZ", ""), "breaks off"),
        (lambda zpl: zpl[: len(zpl) // 2], "breaks off|checksum|unpacked|bytes instead"),
        (lambda zpl: zpl.replace("^PW40", ""), "does not say how large"),
        (lambda zpl: zpl.replace("^PW40", "^PW²"), "no ZPL"),
        (lambda zpl: zpl.replace("^PW40", "^PWwide"), "not a number of dots"),
        (lambda zpl: zpl.replace("^LH0,0", "^LH9,9"), "is not expected"),
        (lambda zpl: zpl.replace("^FO", "^FDhello^FS^FO"), "is not expected"),
        (lambda zpl: zpl.replace("^XA", ""), "outside of a label"),
        (lambda zpl: zpl.replace("^GFA", "^GFB"), "size is wrong"),
        (lambda zpl: zpl.replace(",5,:Z64", ",7,:Z64"), "size is wrong"),
        (lambda zpl: zpl.replace("^PQ1,0,1,Y", "^PQ1,0,9,Y"), "is not expected"),
        (lambda zpl: "~JA" + zpl, "is not expected"),
        (lambda zpl: zpl.replace("^XZ", "^XZ~JR"), "is not expected"),
        (lambda zpl: zpl.replace("^FO", "^A0N,30^FO"), "is not expected"),
        (lambda zpl: zpl.replace("^FO", "^cc+^FO"), "is not expected"),
        (lambda zpl: zpl.replace("^FO", "^XA^FO"), "is not expected"),
        (lambda zpl: "hello" + zpl, "is not expected"),
    ],
)
def test_a_damaged_file_is_never_taken_for_good(damage: object, says: str) -> None:
    assert callable(damage)
    with pytest.raises(BadZpl, match=says):
        read_zpl(damage(GOOD).encode())


@settings(max_examples=80, deadline=None)
@given(text=st.text(st.sampled_from("0123456789ABCDEFGHgz,!:x"), max_size=40))
def test_pictures_written_as_text_are_whole_or_refused(text: str) -> None:
    zpl = f"^XA^PW16^LL2^FO0,0^GFA,4,4,2,{text}^FS^XZ"
    try:
        (label,) = read_zpl(zpl.encode())
    except BadZpl:
        return
    assert label.image.size == (16, 2)


def test_a_picture_that_grows_without_end_is_cut_short() -> None:
    """A few packed bytes must not become a gigabyte."""
    import base64

    text = base64.b64encode(zlib.compress(b"\x00" * 50_000_000, 9)).decode()
    zpl = f"^XA^PW8^LL1^FO0,0^GFA,1,1,1,:Z64:{text}:{_make_crc(text.encode()):04X}^FS^XZ"
    with pytest.raises(BadZpl, match="2 bytes instead of 1"):
        read_zpl(zpl.encode())
