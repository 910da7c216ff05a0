"""Logs as one line of JSON per event. Knows no requests: what a person sent never gets into a line."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from pathlib import Path

from shelftalk import clock

# What every record has; the rest was given as `extra` and belongs to the event.
USUAL = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """An event as JSON: moment, level, source, text, its own values; of an error only its kind and where it rose.

    An error's own words are left out: databases quote what people typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the event holds."""
        line: dict[str, object] = {"at": clock.format_at(clock.now()), "level": record.levelname.lower()}
        line |= {"source": record.name, "event": record.getMessage()}
        line |= {name: value for name, value in vars(record).items() if name not in USUAL}
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "where": _list_places(record)}
        return json.dumps(line, ensure_ascii=False, default=str)


def _list_places(record: logging.LogRecord) -> list[str]:
    trace = record.exc_info[2] if record.exc_info else None
    return [f"{Path(step.filename).name}:{step.lineno} {step.name}" for step in traceback.extract_tb(trace)]


def init_logs(name: str = "shelftalk") -> None:
    """Write the application's events to the error output as JSON; safe to call again."""
    logger = logging.getLogger(name)
    if not any(isinstance(handler.formatter, JsonFormatter) for handler in logger.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter())
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
