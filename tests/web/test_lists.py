"""Lists: what their address asks, and where the next steps lead."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, render_template_string

from shelftalk.store.rows import Listing
from shelftalk.web.lists import list_address, page_numbers, read_list_query, sort_address

SORTS = ("name", "brand")
FRAME = """{% import "_macros.html" as ui with context %}
{% call ui.list_frame(query, listing, "Search teas", filters=[("status", "Status", [("", "All"), ("live", "Live")])],
   empty=("products", "No tea yet", "Make the first.", "/new", "New tea")) %}<table></table>{% endcall %}"""


@pytest.mark.parametrize(
    ("address", "search", "sort", "descending", "page"),
    [
        ("/x", "", "name", False, 1),
        ("/x?q=%20high%20%20mountain%00", "high mountain", "name", False, 1),
        ("/x?sort=-brand&page=3", "", "brand", True, 3),
        ("/x?sort=password&page=0", "", "name", False, 1),
        ("/x?page=-4", "", "name", False, 1),
        ("/x?page=99999999999999999999", "", "name", False, 1),
        ("/x?page=two", "", "name", False, 1),
    ],
)
def test_an_address_is_read_and_nonsense_falls_back(
    app: Flask, address: str, search: str, sort: str, descending: bool, page: int
) -> None:
    with app.test_request_context(address):
        query = read_list_query(sorts=SORTS, filters=("status",))
    assert (query.search, query.sort, query.descending, query.page) == (search, sort, descending, page)


def test_the_next_steps_keep_what_was_asked(app: Flask) -> None:
    with app.test_request_context("/x?q=tea&status=live&page=4"):
        query = read_list_query(sorts=SORTS, filters=("status",))
        assert parse_qs(urlsplit(list_address(page=5)).query) == {"q": ["tea"], "status": ["live"], "page": ["5"]}
        assert parse_qs(urlsplit(sort_address(query, "brand")).query)["sort"] == ["brand"]
        assert "page" not in sort_address(query, "brand")
        assert sort_address(query, "name").endswith("sort=-name")


@pytest.mark.parametrize(
    ("page", "pages", "shown"),
    [(1, 1, [1]), (1, 3, [1, 2, 3]), (6, 20, [1, 0, 5, 6, 7, 0, 20]), (20, 20, [1, 0, 19, 20])],
)
def test_paging_offers_the_ends_and_the_near(page: int, pages: int, shown: list[int]) -> None:
    assert page_numbers(page, pages) == shown


@pytest.mark.parametrize(
    ("address", "total", "there", "not_there"),
    [
        ("/admin/x", 0, ["No tea yet", 'href="/new"'], ["<table>", 'type="search"']),
        ("/admin/x?q=zzz", 0, ["Nothing matches", "Show everything", 'value="zzz"'], ["<table>", "No tea yet"]),
        ("/admin/x?page=2", 120, ["<table>", "51–100 of 120", 'aria-current="page">2'], ["Nothing matches"]),
        ("/admin/x", 1, ["<table>", "1 entry"], ["pagination"]),
    ],
)
def test_the_frame_says_how_many_and_what_next(
    app: Flask, address: str, total: int, there: list[str], not_there: list[str]
) -> None:
    with app.test_request_context(address):
        query = read_list_query(sorts=SORTS, filters=("status",))
        rows = [SimpleNamespace()] * min(50, max(0, total - query.offset))
        html = render_template_string(FRAME, query=query, listing=Listing(rows, total, query.page, query.per_page))
    assert [text for text in there if text not in html] == []
    assert [text for text in not_there if text in html] == []
