"""What a block of a page is: its fields, how input is read, what may be missing. One file per kind in `blocks/`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from shelftalk.errors import Invalid

Kind = Literal[
    "line", "text", "markdown", "url", "email", "number", "date", "choice", "check", "image", "focus", "file", "rows"
]
# A value is a text, or for `rows` a list of {field: text}.
Value = str | list[dict[str, str]]
MAX_ROWS = 40
Group = Literal["say", "show", "do", "ask", "care"]


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `shared` fields are the same in every language; the others are written per language."""

    name: str
    label: str
    kind: Kind = "line"
    shared: bool = False
    required: bool = False
    max_length: int = 200
    help: str = ""
    fields: tuple[Field, ...] = ()  # of each row, when kind is "rows"
    options: tuple[tuple[str, str], ...] = ()  # value and label, when kind is "choice"; the first one when left out
    accepts: tuple[str, ...] = ()  # kinds of files, when kind is "file"


@dataclass(frozen=True)
class BlockType:
    """A kind of block. Its template is `blocks/<name>.html`; `jump` blocks get a chip under the headline."""

    name: str
    label: str
    icon: str  # name of a symbol in static/img/icons.svg
    help: str
    fields: tuple[Field, ...]
    jump: bool = True
    group: Group = "say"  # where the editor offers it
    once: bool = False  # whether a page has at most one
    either: tuple[str, ...] = ()  # of these fields at least one is needed

    def get_field(self, name: str) -> Field | None:
        """The field of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)


def parse_value(field: Field, raw: object) -> Value:
    """Read one field's input; empty input is fine in a draft. Raises Invalid quoting the value."""
    if field.kind == "rows":
        return _parse_rows(field, raw)
    text = str(raw or "").replace("\r\n", "\n").replace("\x00", "").strip()
    if field.kind != "markdown" and field.kind != "text":
        text = re.sub(r"[ \t\n\r\f\v]+", " ", text)  # no-break spaces are meant: 90 °C, 1 990 ₽
    if len(text) > field.max_length:
        raise Invalid(
            field.name,
            "“{value}…” has {length} characters. At most {allowed} fit: shorten it by {excess}.",
            value=text[:30],
            length=len(text),
            allowed=field.max_length,
            excess=len(text) - field.max_length,
        )
    check = _CHECKS.get(field.kind)
    return check(field, text) if check and text else text


def _parse_choice(field: Field, text: str) -> str:
    values = tuple(value for value, _label in field.options)
    if text in values:
        return text
    raise Invalid(field.name, "“{value}” cannot be chosen here. Choose one of: {allowed}.", value=text, allowed=values)


def _parse_number(field: Field, text: str) -> str:
    digits = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)
    number = digits.replace("\u066b", ".").replace(",", ".").replace(" ", "").replace("\u00a0", "")
    if re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", number):
        return number
    raise Invalid(field.name, "“{value}” is not a number. Write digits only, for example 12 or 0.5.", value=text)


def _parse_day(field: Field, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Invalid(
            field.name, "“{value}” is not a day. Write it as year, month, day: 2026-11-30.", value=text
        ) from None


def _parse_email(field: Field, text: str) -> str:
    if re.fullmatch(r"[^@\s<>\"(),:;]{1,64}@[^@\s<>\"(),:;]+\.[^@\s<>\"(),:;.]{2,}", text) and len(text) <= 254:
        return text
    raise Invalid(field.name, "“{value}” is not an e-mail address. It looks like this: info@tea.example.", value=text)


def _parse_focus(field: Field, text: str) -> str:
    """A point of a picture: per cent from the left and from the top; the middle where one is left out."""
    found = re.fullmatch(r"([0-9]{1,3})? ?([0-9]{1,3})?", "".join(str(unicodedata.digit(c, c)) for c in text))
    across, down = (int(part or 50) for part in found.groups()) if found else (101, 101)
    if across <= 100 and down <= 100:
        return f"{across} {down}"
    raise Invalid(
        field.name, "“{value}” is not a point of the picture. Write two whole numbers from 0 to 100.", value=text
    )


_CHECKS: dict[str, Callable[[Field, str], str]] = {
    "url": lambda field, text: parse_url(text, field.name),
    "email": _parse_email,
    "number": _parse_number,
    "date": _parse_day,
    "choice": _parse_choice,
    "focus": _parse_focus,
    "check": lambda _field, text: "1" if text == "1" else "",
}


def _parse_rows(field: Field, raw: object) -> list[dict[str, str]]:
    rows = raw if isinstance(raw, list) else []
    if len(rows) > MAX_ROWS:
        raise Invalid(field.name, "{value} rows are too many: at most {allowed}.", value=len(rows), allowed=MAX_ROWS)
    cleaned = []
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        values = {sub.name: str(parse_value(sub, row.get(sub.name))) for sub in field.fields}
        if any(values[sub.name] for sub in field.fields if sub.kind != "choice"):  # a list always has one chosen
            cleaned.append(values)
    return cleaned


def parse_url(text: str, field: str = "url") -> str:
    """A web address a shopper may be sent to: http or https with a host; raises Invalid."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and parts.port != 0
        (parts.hostname or "").encode("idna")  # as phones ask for it: no part of a name is empty or too long
    except ValueError:
        good = False
    if good and not any(c.isspace() or ord(c) < 32 or c in '<>"\\' for c in text):
        return text
    raise Invalid(
        field,
        "“{value}” is not a web address. It must start with https://, for example https://tea.example/shop.",
        value=text,
    )
