"""What a block of a page is: its fields, how input is read, what may be missing. One file per kind in `blocks/`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from shelftalk.errors import Invalid

Kind = Literal["line", "text", "markdown", "url", "image", "rows"]
# A value is a text, or for `rows` a list of {field: text}.
Value = str | list[dict[str, str]]
MAX_ROWS = 40


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


@dataclass(frozen=True)
class BlockType:
    """A kind of block. Its template is `blocks/<name>.html`; `jump` blocks get a chip under the headline."""

    name: str
    label: str
    icon: str  # name of a symbol in static/img/icons.svg
    help: str
    fields: tuple[Field, ...]
    jump: bool = True

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
    if field.kind == "url" and text:
        parse_url(text, field.name)
    return text


def _parse_rows(field: Field, raw: object) -> list[dict[str, str]]:
    rows = raw if isinstance(raw, list) else []
    if len(rows) > MAX_ROWS:
        raise Invalid(field.name, "{value} rows are too many: at most {allowed}.", value=len(rows), allowed=MAX_ROWS)
    cleaned = []
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        values = {sub.name: str(parse_value(sub, row.get(sub.name))) for sub in field.fields}
        if any(values.values()):
            cleaned.append(values)
    return cleaned


def parse_url(text: str, field: str = "url") -> str:
    """A web address a shopper may be sent to: http or https with a host; raises Invalid."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        good = False
    if good and not any(c.isspace() or ord(c) < 32 or c in '<>"\\' for c in text):
        return text
    raise Invalid(
        field,
        "“{value}” is not a web address. It must start with https://, for example https://tea.example/shop.",
        value=text,
    )
