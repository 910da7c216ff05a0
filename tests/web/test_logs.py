"""Logs: a line of JSON for each event, and nothing in it that a person sent."""

from __future__ import annotations

import json
import logging
import sys

from shelftalk.web.logs import JsonFormatter, init_logs


def format_event(text: str, *values: object, error: BaseException | None = None, **extra: object) -> dict[str, object]:
    logger = logging.getLogger("shelftalk.test")
    info = (type(error), error, error.__traceback__) if error else None
    record = logger.makeRecord("shelftalk.test", logging.WARNING, __file__, 1, text, values, info, extra=extra)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    told: dict[str, object] = json.loads(line)
    return told


def test_an_event_is_one_line_with_its_values() -> None:
    told = format_event("%d rows\nwere deleted", 7, removed=7)
    assert told["event"] == "7 rows\nwere deleted"
    assert (told["level"], told["source"], told["removed"]) == ("warning", "shelftalk.test", 7)
    assert str(told["at"]).endswith("+00:00")
    assert set(told) == {"at", "level", "source", "event", "removed"}


def test_an_error_says_its_kind_and_place_and_not_its_words() -> None:
    try:
        raise ValueError("duplicate key: mina@tea.example")
    except ValueError as error:
        told = format_event("error %s", "a1b2", error=error)
    assert told["error"] == "ValueError"
    assert str(told["where"]).count("test_logs.py") == 1
    assert "mina" not in json.dumps(told)


def test_events_are_written_once_however_often_it_is_set_up() -> None:
    name = "shelftalk.only_here"
    init_logs(name)
    init_logs(name)
    logger = logging.getLogger(name)
    assert len(logger.handlers) == 1
    assert logger.isEnabledFor(logging.INFO)
    assert isinstance(logger.handlers[0], logging.StreamHandler)
    assert logger.handlers[0].stream is sys.stderr or logger.handlers[0].stream.writable()
