"""QR symbols by exclusive or: for a fixed version and level a symbol is an affine function of its data codewords.

Placement and Reed–Solomon are linear over GF(2), so a table made once from `qrcode` gives any symbol, and the penalty
rules of ISO/IEC 18004 §7.8.3 are shifts and counts on whole symbols. Module for module what `qrcode` makes. Knows
codewords and modules, no text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import getitem, xor

from qrcode.base import gexp, glog, rs_blocks  # type: ignore[import-untyped]
from qrcode.LUT import rsPoly_LUT  # type: ignore[import-untyped]
from qrcode.main import QRCode  # type: ignore[import-untyped]

MASKS = 8
MOST_VERSION = 14  # tables grow with the fourth power of the side; nobody prints more on a label
_HEX = "0123456789abcdef"


@dataclass(frozen=True)
class Table:
    """All symbols of one version and level. Module (row, column) is bit `row * side + column` of an integer."""

    side: int
    nibbles: tuple[dict[str, int], ...]  # what each half of each data codeword adds, by its hexadecimal digit
    finals: tuple[int, ...]  # the symbol without data, by mask
    trials: int  # the same for all masks as they are judged: `qrcode` leaves the format out then
    judge: Judge


@dataclass(frozen=True)
class Judge:
    """Constants for judging all eight masks at once: eight symbols lie in one integer, `stride` bits apart."""

    stride: int
    full: int
    beside: int  # modules with a right neighbour
    below: int  # modules with a lower neighbour
    window_x: int  # where eleven modules to the right begin
    window_y: int
    balance: tuple[int, ...]  # penalty of rule 4 by the number of dark modules


def draw_codewords(version: int, level: int, codewords: bytes) -> int:
    """The symbol of these data codewords with the mask `qrcode` chooses; `level` is `qrcode`'s own number."""
    table = get_table(version, level)
    plain = _draw_plain(table, codewords)
    return plain ^ table.finals[_choose_mask(table, plain)]


def draw_masked(version: int, level: int, codewords: bytes, mask: int) -> int:
    """The symbol of these data codewords with a given mask."""
    table = get_table(version, level)
    return _draw_plain(table, codewords) ^ table.finals[mask]


def _draw_plain(table: Table, codewords: bytes) -> int:
    return reduce(xor, map(getitem, table.nibbles, codewords.hex()))


def _choose_mask(table: Table, plain: int) -> int:
    """The first of the masks with the fewest penalty points."""
    penalties = list_penalties(table, plain)
    return penalties.index(min(penalties))


def list_penalties(table: Table, plain: int) -> list[int]:
    """The penalty points of a symbol under each mask."""
    judge, side = table.judge, table.side
    stride = judge.stride
    dark = plain | plain << stride
    dark |= dark << 2 * stride
    dark = (dark | dark << 4 * stride) ^ table.trials
    light = dark ^ judge.full
    same_x = (dark ^ (light >> 1)) & judge.beside
    same_y = (dark ^ (light >> side)) & judge.below
    five_x, ends_x = _find_fives(same_x, 1)
    five_y, ends_y = _find_fives(same_y, side)
    squares = same_x & same_y & (same_y >> 1)
    finders_x = _find_finders(dark, light, 1) & judge.window_x
    finders_y = _find_finders(dark, light, side) & judge.window_y
    counted = [
        _count_each(one, stride) for one in (five_x, ends_x, five_y, ends_y, squares, finders_x, finders_y, dark)
    ]
    return [
        a + b + c + d + 3 * square + 40 * (x + y) + judge.balance[count]
        for a, b, c, d, square, x, y, count in zip(*counted, strict=True)
    ]


def _find_fives(same: int, step: int) -> tuple[int, int]:
    """Rule 1: where five alike begin, and both ends of each row of such places. Together they count length less 2."""
    pairs = same & (same >> step)
    fives = pairs & (pairs >> 2 * step)
    return fives, fives ^ (fives << step)


def _find_finders(dark: int, light: int, step: int) -> int:
    """Rule 3: where 1:1:3:1:1 begins that has four light modules after it, or those four before it."""
    falls = dark & (light >> step)
    core = falls & (falls >> 4 * step) & (dark >> 2 * step) & (dark >> 3 * step) & (dark >> 6 * step)
    pairs = light & (light >> step)
    quiet = pairs & (pairs >> 2 * step)
    return core & (quiet >> 7 * step) | quiet & (core >> 4 * step)


def _count_each(stacked: int, stride: int) -> list[int]:
    length = stride // 8
    data = stacked.to_bytes(MASKS * length + 16, "little")  # a shift to the left may lead out of the last symbol
    read = int.from_bytes
    return [read(data[at : at + length], "little").bit_count() for at in range(0, MASKS * length, length)]


@lru_cache(maxsize=8)
def get_table(version: int, level: int) -> Table:
    """The table of a version and level, made from `qrcode` at first use."""
    side = 4 * version + 17
    judge = _make_judge(side)
    trials = [_draw_empty(version, level, mask, trial=True) for mask in range(MASKS)]
    finals = tuple(_draw_empty(version, level, mask, trial=False) for mask in range(MASKS))
    return Table(side, _make_nibbles(version, level), finals, _stack(trials, judge.stride), judge)


def _draw_empty(version: int, level: int, mask: int, *, trial: bool) -> int:
    return _draw_with_qrcode(version, level, [0] * _count_codewords(version, level), mask, trial=trial)


def _draw_with_qrcode(version: int, level: int, codewords: list[int], mask: int, *, trial: bool = True) -> int:
    code = QRCode(version=version, error_correction=level, border=0)
    code.data_cache = codewords
    code.makeImpl(trial, mask)
    return pack_modules(code.modules)


def pack_modules(modules: Sequence[Sequence[bool | None]]) -> int:
    """Rows of modules as one integer."""
    bits = "".join("1" if dark else "0" for row in modules for dark in row)
    return int(bits[::-1], 2)


def _count_codewords(version: int, level: int) -> int:
    return sum(block.total_count for block in rs_blocks(version, level))


def _make_nibbles(version: int, level: int) -> tuple[dict[str, int], ...]:
    """What each half of each data codeword adds to a symbol, the codewords in the order of the text."""
    places = _find_places(version, level)
    nibbles = []
    for own, checks in _list_units(version, level):
        bits = [_draw_bit(places, own, checks, bit) for bit in range(8)]
        nibbles += [_combine(bits[4:]), _combine(bits[:4])]
    return tuple(nibbles)


def _find_places(version: int, level: int) -> list[list[int]]:
    """The module that each bit of each codeword, as they are laid, turns dark: one bit set, by codeword and bit.

    Every bit of the codewords is numbered from 1; one drawing for each binary digit of those numbers tells them apart.
    """
    count = _count_codewords(version, level)
    empty = _draw_with_qrcode(version, level, [0] * count, 0)
    numbers = [0] * (4 * version + 17) ** 2
    for digit in range((8 * count).bit_length()):
        codewords = [
            sum((8 * word + bit + 1 >> digit & 1) << bit for bit in range(8)) for word in range(count)
        ]  # the number of a bit, digit by digit, drawn where the bit lies
        drawn = _draw_with_qrcode(version, level, codewords, 0) ^ empty
        for place, value in enumerate(f"{drawn:b}"[::-1]):
            numbers[place] |= int(value) << digit
    places = [[0] * 8 for _ in range(count)]
    for place, number in enumerate(numbers):
        if number:
            places[(number - 1) // 8][(number - 1) % 8] = 1 << place
    return places


def _list_units(version: int, level: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """For each data codeword: where it is laid, and by which factor it enters which check codeword."""
    blocks = rs_blocks(version, level)
    total = sum(block.data_count for block in blocks)
    longest = max(block.data_count for block in blocks)
    shortest = min(block.data_count for block in blocks)
    checks = blocks[0].total_count - blocks[0].data_count  # the same in every block
    remainders = list(_list_remainders(checks, longest))
    short = sum(block.data_count == shortest for block in blocks) if longest > shortest else 0
    for number, block in enumerate(blocks):
        laid = [total + check * len(blocks) + number for check in range(checks)]
        for index in range(block.data_count):
            own = index * len(blocks) + number - (short if index >= shortest else 0)
            yield own, list(zip(laid, remainders[block.data_count - 1 - index], strict=True))


def _list_remainders(checks: int, count: int) -> Iterator[list[int]]:
    """The remainders of x^checks, x^(checks + 1) … by the generator polynomial: what one data codeword adds."""
    tail = list(rsPoly_LUT[checks][1:])
    remainder = tail
    for _ in range(count):
        yield remainder
        head = remainder[0]
        shifted = [*remainder[1:], 0]
        remainder = [a ^ _multiply(head, b) for a, b in zip(shifted, tail, strict=True)]


def _multiply(a: int, b: int) -> int:
    return int(gexp(glog(a) + glog(b))) if a and b else 0


def _draw_bit(places: list[list[int]], own: int, checks: list[tuple[int, int]], bit: int) -> int:
    """All modules that one bit of a data codeword turns over: its own and those of its check codewords."""
    drawn = places[own][bit]
    for laid, factor in checks:
        value = _multiply(factor, 1 << bit)
        for place in places[laid]:
            if value & 1:
                drawn |= place
            value >>= 1
    return drawn


def _combine(bits: Sequence[int]) -> dict[str, int]:
    """The sums of any of four, by hexadecimal digit."""
    sums = [0]
    for bit in bits:
        sums += [one ^ bit for one in sums]
    return dict(zip(_HEX, sums, strict=True))


def _make_judge(side: int) -> Judge:
    stride = -(-side * side // 8) * 8
    full = (1 << side * side) - 1
    return Judge(
        stride=stride,
        full=_repeat(full, stride),
        beside=_repeat(_mark_columns(side, side - 1), stride),
        below=_repeat(full >> side, stride),
        window_x=_repeat(_mark_columns(side, side - 10), stride),
        window_y=_repeat(full >> 10 * side, stride),
        balance=tuple(int(abs(float(dark) / side**2 * 100 - 50) / 5) * 10 for dark in range(side * side + 1)),
    )


def _mark_columns(side: int, count: int) -> int:
    """The first `count` modules of every row."""
    return sum(((1 << count) - 1) << row * side for row in range(side))


def _repeat(symbol: int, stride: int) -> int:
    return _stack((symbol,) * MASKS, stride)


def _stack(symbols: Sequence[int], stride: int) -> int:
    return sum(symbol << place * stride for place, symbol in enumerate(symbols))
