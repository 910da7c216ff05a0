"""The quick way to a symbol against `qrcode`'s own, module for module and point for point."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode import base, util
from qrcode.main import QRCode

from shelftalk.labels import affine
from shelftalk.labels.affine import draw_codewords, draw_masked, get_table, list_penalties, pack_modules
from shelftalk.labels.segments import SEGMENT_LENGTHS, choose_segments, make_code, make_codewords
from shelftalk.labels.symbol import LEVELS, make_symbol

VERSIONS = range(1, affine.MOST_VERSION + 1)
SIGNS = st.one_of(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=90),
    st.text("0123456789", min_size=1, max_size=60),
    st.text("ABCXYZ0189 $%*+-./:", min_size=1, max_size=60),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.lists(
        st.sampled_from(["1234567", "ABC-XYZ", "tea", "/", "\n", "12", "ÄÖ", "99999999999999999999"]), min_size=1
    ).map("".join),
)


def lay_codewords(version: int, level: int, data: bytes) -> QRCode:
    """`qrcode`'s own object with these data codewords."""
    buffer = util.BitBuffer()
    buffer.buffer, buffer.length = list(data), 8 * len(data)
    code = QRCode(version=version, error_correction=level, border=0)
    code.data_cache = util.create_bytes(buffer, base.rs_blocks(version, level))
    return code


def count_codewords(version: int, level: int) -> int:
    return sum(block.data_count for block in base.rs_blocks(version, level))


@settings(max_examples=60, deadline=None)
@given(SIGNS, st.sampled_from("LMQH"))
def test_any_text_gives_the_symbol_that_qrcode_makes(text, level):
    code = min(
        (make_code(text, LEVELS[level], least) for least in SEGMENT_LENGTHS), key=lambda code: int(code.best_fit())
    )
    code.make(fit=False)
    symbol = make_symbol(text, level)
    assert symbol.version == code.version
    assert symbol.modules == tuple(tuple(map(bool, row)) for row in code.modules)


@settings(max_examples=150, deadline=None)
@given(SIGNS, st.sampled_from(sorted(LEVELS.values())))
def test_any_text_gives_the_codewords_that_qrcode_makes(text, level):
    plan = choose_segments(text, level)
    code = make_code(text, level, plan.least)
    assert plan.version == code.best_fit()
    laid = lay_codewords(plan.version, level, make_codewords(text.encode(), plan)).data_cache
    assert laid == util.create_data(plan.version, level, code.data_list)


@pytest.mark.parametrize(("version", "level"), list(itertools.product(VERSIONS, "LMQH")))
def test_every_version_and_level_agrees_under_one_mask(version, level):
    """Codewords chosen so that each has set and unset bits, and no two neighbours are alike."""
    number = LEVELS[level]
    data = bytes((73 * place + 41 * version + 5) % 256 for place in range(count_codewords(version, number)))
    mask = (version + number) % 8
    code = lay_codewords(version, number, data)
    code.makeImpl(False, mask)
    assert draw_masked(version, number, data, mask) == pack_modules(code.modules)


@settings(max_examples=25, deadline=None)
@given(st.data(), st.integers(1, 10), st.sampled_from(sorted(LEVELS.values())))
def test_any_codewords_get_the_penalties_of_qrcode_and_its_mask(data, version, level):
    count = count_codewords(version, level)
    # Long runs of one byte give runs, squares and finder-like rows; drawn bytes give the rest.
    words = data.draw(st.one_of(st.binary(min_size=count, max_size=count), st.binary(min_size=1, max_size=3)))
    words = (words.replace(b"\0", b"\xec") * count)[:count]  # `qrcode` cannot divide a block that is all zeros
    code = lay_codewords(version, level, words)
    penalties = []
    for mask in range(8):
        code.makeImpl(True, mask)
        penalties.append(util.lost_point(code.modules))
    table = get_table(version, level)
    assert list_penalties(table, affine._draw_plain(table, words)) == penalties
    best = code.best_mask_pattern()
    code.makeImpl(False, best)
    assert draw_codewords(version, level, words) == pack_modules(code.modules)


def test_of_masks_with_equal_points_the_first_is_taken(monkeypatch):
    monkeypatch.setattr(affine, "list_penalties", lambda _table, _plain: [9, 7, 8, 7, 7, 9, 9, 9])
    data = bytes(count_codewords(2, LEVELS["M"]))
    assert draw_codewords(2, LEVELS["M"], data) == draw_masked(2, LEVELS["M"], data, 1)


def test_a_version_beyond_the_tables_is_made_by_qrcode_itself():
    text = "https://tea.example/" + "x" * 600
    symbol = make_symbol(text)
    assert symbol.version > affine.MOST_VERSION and len(symbol.modules) == symbol.size


def test_many_symbols_take_a_small_part_of_the_time_qrcode_takes():
    """Cost in processor time within one run, so that a busy machine does not matter."""
    texts = [f"https://tea.example/q/k7m4p{number:05d}" for number in range(200)]
    make_symbol(texts[0])
    began = time.process_time()
    for text in texts:
        make_symbol.__wrapped__(text)
    ours = (time.process_time() - began) / len(texts)
    began = time.process_time()
    for text in texts[:5]:
        make_code(text, LEVELS["M"], 0).make()
    theirs = (time.process_time() - began) / 5
    assert ours < theirs / 15  # 50 and more where nothing else runs
