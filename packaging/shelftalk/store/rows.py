"""Turns rows into the catalog's frozen records and back; knows types, not tables."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache
from typing import Any, Generic, TypeVar

from shelftalk.clock import format_at, parse_at

T = TypeVar("T")


@cache
def _plan(record: Any) -> tuple[tuple[str, type], ...]:
    hints = typing.get_type_hints(record)
    return tuple((item.name, _core(hints[item.name])) for item in fields(record))


def _core(hint: Any) -> type:
    if isinstance(hint, types.UnionType):
        return next(part for part in typing.get_args(hint) if part is not type(None))  # type: ignore[no-any-return]
    return hint  # type: ignore[no-any-return]


def make_record(record: type[T], row: Mapping[str, Any]) -> T:
    """The dataclass `record` from a row with the same column names; moments, days and flags are converted."""
    return record(**{name: _read(kind, row[name]) for name, kind in _plan(record)})  # type: ignore[arg-type]


def _read(kind: type, value: Any) -> Any:
    if value is None:
        return None
    if kind is datetime:
        return parse_at(value)
    if kind is date:
        return date.fromisoformat(value)
    return bool(value) if kind is bool else value


def make_param(value: object) -> object:
    """A value as it is stored: moments and days as ISO 8601 text, flags as 0 or 1."""
    if isinstance(value, datetime):
        return format_at(value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


@dataclass(frozen=True)
class ListQuery:
    """What a person asked of a list: words to find, filters by name, sort column, page (from 1)."""

    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    page: int = 1
    per_page: int = 50

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (max(self.page, 1) - 1) * self.per_page

    def filter(self, name: str) -> str:
        """A filter's value; empty: all."""
        return self.filters.get(name, "")

    def number(self, name: str) -> int:
        """A filter's value as a number; 0 when it is none."""
        text = self.filter(name)
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def order(self, columns: Mapping[str, str], default: str) -> str:
        """The `order by` of the asked column, or of the default; ties by id so that pages never overlap."""
        column = columns.get(self.sort, columns[default])
        return f"{column} {'desc' if self.descending else 'asc'}, id"


@dataclass(frozen=True)
class Listing(Generic[T]):
    """One page of a list, with the number of all rows that matched."""

    rows: list[T]
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))
