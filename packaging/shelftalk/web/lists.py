"""Lists people search, filter, sort and page through: reads the address, makes the addresses of the next steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import request

from shelftalk.store.rows import ListQuery

PER_PAGE = 50
MAX_PAGE = 100_000


def read_list_query(
    *, sorts: Sequence[str], sort: str = "", descending: bool = False, filters: Sequence[str] = ()
) -> ListQuery:
    """What the address asks of a list. Unknown sorts fall back to `sort` (the first of `sorts` by default)."""
    default = sort or sorts[0]
    asked = request.args.get("sort", "")
    column = asked.lstrip("-")
    known = column in sorts
    page = request.args.get("page", "1")
    return ListQuery(
        search=" ".join(request.args.get("q", "").replace("\x00", "").split())[:100],
        filters={name: request.args.get(name, "")[:60] for name in filters},
        sort=column if known else default,
        descending=asked.startswith("-") if known else descending,
        page=min(int(page), MAX_PAGE) if page.isdecimal() and len(page) < 9 and int(page) > 0 else 1,
        per_page=PER_PAGE,
    )


def list_address(**changes: object) -> str:
    """This list's address with some of its parameters changed; None takes one away. Another page than asked goes
    back to the first."""
    arguments = request.args.to_dict()
    if "page" not in changes:
        arguments.pop("page", None)
    for name, value in changes.items():
        if value is None or value == "":
            arguments.pop(name, None)
        else:
            arguments[name] = str(value)
    return request.path + ("?" + urlencode(arguments) if arguments else "")


def sort_address(query: ListQuery, column: str) -> str:
    """The address that sorts by a column, or turns the order when it does already."""
    turned = query.sort == column and not query.descending
    return list_address(sort=f"-{column}" if turned else column)


def is_narrowed(query: ListQuery) -> bool:
    """Whether a search or filter leaves things out."""
    return bool(query.search or any(query.filters.values()))


def page_numbers(page: int, pages: int) -> list[int]:
    """The pages to offer: first, last and those around; 0 marks a gap.

    >>> page_numbers(6, 20)
    [1, 0, 5, 6, 7, 0, 20]
    """
    near = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    numbers: list[int] = []
    for number in near:
        if numbers and number - numbers[-1] > 1:
            numbers.append(0)
        numbers.append(number)
    return numbers


def list_globals() -> Mapping[str, object]:
    """What the list macros call."""
    return {
        "list_address": list_address,
        "sort_address": sort_address,
        "is_narrowed": is_narrowed,
        "page_numbers": page_numbers,
    }
