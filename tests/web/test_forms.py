"""Forms: mistakes beside their field, and one form works once, even when two posts race."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from shelftalk.errors import Invalid
from shelftalk.web.forms import parse_choice, parse_day, parse_line, parse_whole, read_form
from shelftalk.web.once import DoneForms


@pytest.mark.parametrize(
    ("parse", "says"),
    [
        (lambda: parse_line("  ", "name", required=True), "This is empty"),
        (lambda: parse_line("x" * 12, "name", max_length=10), "shorten it by 2"),
        (lambda: parse_choice("x", "kind", ["a"]), "“x” cannot be chosen here"),
        (lambda: parse_day("2026-02-30", "day"), "“2026-02-30” is not a day"),
        (lambda: parse_whole("0", "start", 1, 21), "“0” must be a whole number from 1 to 21"),
        (lambda: parse_whole("1e9", "start", 1, 21), "whole number"),
    ],
)
def test_what_breaks_a_rule_says_what_is_allowed(parse: Callable[[], object], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        parse()


def test_the_first_mistake_of_a_field_stays_and_one_without_field_stands_on_top(app: Flask) -> None:
    with app.test_request_context("/admin/x", method="POST", data={"name": "a\x00b"}):
        form = read_form("name", "active")
        assert form.get("name") == "ab"
        assert form.get("active") == ""
        form.fail(Invalid("name", "First."))
        form.fail(Invalid("name", "Second."))
        form.fail(Invalid("elsewhere", "Third."))
        assert form.errors == {"name": "First.", "": "Third."}


def test_two_posts_of_one_form_at_once_work_once() -> None:
    done, work, results = DoneForms(), [], []
    started = threading.Event()

    def post() -> None:
        with done.hold("key") as address:
            if not address:
                started.set()
                work.append(1)
                done.remember("key", "/first")
            results.append(address)

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(work) == 1
    assert sorted(results) == ["", *["/first"] * 7]


def test_a_form_that_failed_may_be_posted_again() -> None:
    done = DoneForms()
    with done.hold("key") as address:
        assert address == ""
    with done.hold("key") as address:
        assert address == ""


def test_only_so_many_forms_are_remembered() -> None:
    done = DoneForms(max_keys=2)
    for key in ("a", "b", "c"):
        done.remember(key, f"/{key}")
    with done.hold("a") as a, done.hold("c") as c:
        assert (a, c) == ("", "/c")
