"""The request's target as it was sent, by every kind of server."""

from __future__ import annotations

import pytest
from scan_support import LIVE, ask, plain_app

from shelftalk.scans.async_door import make_environ
from shelftalk.scans.door import Door
from shelftalk.scans.target import read_target


@pytest.mark.parametrize(
    ("raw", "path", "query"),
    [
        ("/01/9506000134352/10/A%2F21%2fB?x=1", "/01/9506000134352/10/A%2F21%2FB", "x=1"),
        ("/p/%D9%81%D8%B1", "/p/فر", ""),
        ("/q/%20a%252Fb", "/q/ a%2Fb", ""),
        ("http://tea.example/q/abc?lang=fa", "/q/abc", "lang=fa"),
        ("HTTPS://tea.example", "/", ""),
        ("/q/a?b=%2F?c", "/q/a", "b=%2F?c"),
    ],
)
def test_an_escaped_slash_stays_and_all_else_is_decoded(raw: str, path: str, query: str) -> None:
    for name in ("RAW_URI", "REQUEST_URI"):
        environ = {name: raw, "PATH_INFO": "/decoded", "QUERY_STRING": "other"}
        assert read_target(environ) == (path, query, len(raw))


def test_without_a_raw_target_the_decoded_path_serves() -> None:
    assert read_target({"PATH_INFO": "/q/abc", "QUERY_STRING": "x=1"}) == ("/q/abc", "x=1", 10)


def test_the_length_that_counts_is_the_one_that_was_sent(door: Door) -> None:
    seen: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/q/" + "ف" * 400, "QUERY_STRING": ""}
    door(environ | {"RAW_URI": "/q/" + "%D9%81" * 400}, lambda status, *_: seen.append(status))
    door(environ, lambda status, *_: seen.append(status))
    assert [status[:3] for status in seen] == ["414", "404"]


def test_an_escaped_slash_makes_no_code_of_another(door: Door) -> None:
    seen: list[str] = []
    for raw in (f"/q/{LIVE}/", f"/q/{LIVE}%2F", f"/q/{LIVE}"):
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": f"/q/{LIVE}/", "QUERY_STRING": "", "RAW_URI": raw}
        door(environ, lambda status, *_: seen.append(status))
    assert [status[:3] for status in seen] == ["200", "404", "200"]


def test_an_asgi_request_carries_its_raw_target_and_no_forged_names() -> None:
    scope = {
        "method": "GET",
        "path": "/q/A/21",
        "raw_path": b"/q/A%2F21",
        "query_string": b"a=%2F",
        "client": ("203.0.113.9", 1),
        "headers": [
            (b"user-agent", b"x"),
            (b"cookie", b"a=1"),
            (b"cookie", b"b=2"),
            (b"x_forwarded_for", b"forged"),
            (b"x-" + b"long" * 99, b"dropped"),
            (b"content-type", b"text/plain"),
        ],
    }
    environ = make_environ(scope)
    assert read_target(environ) == ("/q/A%2F21", "a=%2F", 15)
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert not [name for name in environ if "FORWARDED" in name or "LONG" in name]


def test_methods_that_are_no_scan_are_answered_right(door: Door) -> None:
    options = ask(door, f"/q/{LIVE}", "OPTIONS")
    assert (options.status, options.headers["Allow"], options.raw) == (204, "GET, HEAD, OPTIONS", b"")
    assert "Content-Length" not in options.headers
    post = ask(door, f"/q/{LIVE}", "POST")
    assert (post.status, post.note) == (405, "refused; method not allowed")
    long = ask(door, f"/q/{LIVE}?" + "a" * 3000)
    assert (long.status, long.note, long.headers["Content-Length"]) == (414, "refused; request-uri too long", "0")
    assert ask(plain_app, "/q").status == 200
