"""Cuts a big print into files: whole sheets wherever that can be. Knows no request and no store."""

from __future__ import annotations

from collections.abc import Collection

from shelftalk.labels.stock import Stock


def split_parts(
    codes: int, stock: Stock, start: int, copies: int, most: int, skip: Collection[int] = ()
) -> tuple[tuple[int, int], ...]:
    """Slices of so many codes whose labels fill whole sheets wherever that can be, so that no label is wasted."""
    parts: list[tuple[int, int]] = []
    first, offset = 0, start - 1 + sum(cell >= start for cell in skip)
    while first < codes:
        wished = max(1, most // copies)
        whole = (n for n in range(wished, max(0, wished - stock.count), -1) if (offset + n * copies) % stock.count == 0)
        last = min(codes, first + next(whole, wished))
        parts.append((first, last))
        first, offset = last, 0
    return tuple(parts)


def split_unit_parts(
    codes: int, units: int, stock: Stock, start: int, most: int, skip: Collection[int] = ()
) -> tuple[tuple[int, int], ...]:
    """The same for so many units of each code, counted one after the other: whole codes, or pieces of one code."""
    if units <= most:
        parts = split_parts(codes, stock, start, units, most, skip)
        return tuple((first * units, last * units) for first, last in parts)
    parts = split_parts(units, stock, start, 1, most, skip)
    further = split_parts(units, stock, 1, 1, most)  # each further code begins a sheet
    later = ((code * units + first, code * units + last) for code in range(1, codes) for first, last in further)
    return (*parts, *later)
