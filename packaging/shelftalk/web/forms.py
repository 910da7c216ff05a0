"""Reads posted forms: every mistake is kept beside its field, what was typed stays, a form works once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TypeVar

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from shelftalk.errors import Invalid, ShelftalkError
from shelftalk.web.state import state
from shelftalk.web.texts import text_error

T = TypeVar("T")
MAX_LINE = 200


class Form:
    """A form's values as typed, and its mistakes by field. The key makes it work once."""

    def __init__(self, values: dict[str, str], key: str = "") -> None:
        self.values = values
        self.errors: dict[str, str] = {}
        self.key = key or secrets.token_urlsafe(12)

    @property
    def valid(self) -> bool:
        """No mistake so far."""
        return not self.errors

    def get(self, name: str) -> str:
        """A field's value as typed; empty when it was not sent."""
        return self.values.get(name, "")

    def get_all(self, name: str) -> list[str]:
        """All values of a field that may come several times, such as ticked boxes."""
        return [drop_nul(value) for value in request.form.getlist(name)]

    def file(self, name: str) -> FileStorage | None:
        """An uploaded file, or None when none was chosen."""
        upload = request.files.get(name)
        return upload if upload and upload.filename else None

    def fail(self, error: ShelftalkError, field: str = "") -> None:
        """Put a mistake beside its field; the first one of a field stays. Without a field it stands on top."""
        name = field or (error.field if isinstance(error, Invalid) else "")
        self.errors.setdefault(name if name in self.values else "", text_error(error))

    def parse(self, name: str, parser: Callable[[str], T], default: T) -> T:
        """The field through `parser`; its Invalid goes beside the field and `default` comes out."""
        try:
            return parser(self.get(name))
        except Invalid as error:
            self.errors.setdefault(name, text_error(error))
            return default

    def text(self, name: str, *, required: bool = False, max_length: int = MAX_LINE) -> str:
        """A line of text with single spaces."""
        return self.parse(name, lambda text: parse_line(text, name, required=required, max_length=max_length), "")

    def choice(self, name: str, allowed: list[str]) -> str:
        """One of the allowed values."""
        return self.parse(name, lambda text: parse_choice(text, name, allowed), allowed[0] if allowed else "")

    def day(self, name: str) -> date | None:
        """A calendar day, or None when the field is empty."""
        return self.parse(name, lambda text: parse_day(text, name), None)

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        """A whole number from `low` to `high`."""
        return self.parse(name, lambda text: parse_whole(text, name, low, high), default)

    @contextmanager
    def catch(self) -> Iterator[None]:
        """Mistakes raised inside (by the store or the catalog) go beside their fields."""
        try:
            yield
        except ShelftalkError as error:
            self.fail(error)

    def done(self, address: str) -> Response:
        """The form's work is done: remember it and go on to `address`."""
        state().done_forms.remember(self.key, address)
        return go_to(address)


def read_form(*names: str) -> Form:
    """The posted form; `names` are fields that must exist even when a browser sent nothing (unticked boxes)."""
    values = dict.fromkeys(names, "") | {name: drop_nul(value) for name, value in request.form.items()}
    return Form(values, request.form.get("form_key", "")[:64])


def drop_nul(text: str) -> str:
    """A text without the one character PostgreSQL keeps in none."""
    return text.replace("\x00", "")


def fresh_form(**values: object) -> Form:
    """A form to fill in, with the values it starts with."""
    return Form({name: "" if value is None else str(value) for name, value in values.items()})


@contextmanager
def once(form: Form) -> Iterator[Response | None]:
    """Hold a form while it works; gives where its first post led when it is posted again.

    with once(form) as earlier:
        if earlier:
            return earlier
    """
    posted = "form_key" in request.form
    with state().done_forms.hold(form.key if posted else "") as address:
        yield go_to(address) if address else None


def render_form(template: str, form: Form, **values: object) -> ResponseReturnValue:
    """The page of a form; 422 when it holds mistakes."""
    return render_template(template, form=form, **values), 200 if form.valid else 422


def go_to(address: str) -> Response:
    """On to another page after a form's work; htmx loads it whole."""
    if request.headers.get("HX-Request"):
        return make_response("", 200, {"HX-Redirect": address})
    return make_response(redirect(address, 303))


def parse_line(text: str, field: str, *, required: bool = False, max_length: int = MAX_LINE) -> str:
    """A line of text; raises Invalid when it is empty though required, or too long."""
    line = " ".join(text.split())
    if required and not line:
        raise Invalid(field, "This is empty. Fill it in.")
    if len(line) > max_length:
        raise Invalid(
            field,
            "“{value}…” has {length} characters. At most {allowed} fit: shorten it by {excess}.",
            value=line[:30],
            length=len(line),
            allowed=max_length,
            excess=len(line) - max_length,
        )
    return line


def parse_choice(text: str, field: str, allowed: list[str]) -> str:
    """One of the allowed values; raises Invalid."""
    if text in allowed:
        return text
    raise Invalid(field, "“{value}” cannot be chosen here. Choose one of the list.", value=text[:60])


def parse_day(text: str, field: str) -> date | None:
    """A day as date fields send it (2026-11-22), or None when empty; raises Invalid."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            field, "“{value}” is not a day. Write year, month and day, for example 2026-11-22.", value=text[:30]
        ) from None


def parse_whole(text: str, field: str, low: int, high: int) -> int:
    """A whole number in the range; raises Invalid."""
    plain = text.strip()
    if plain.isdecimal() and len(plain) < 12 and low <= int(plain) <= high:
        return int(plain)
    raise Invalid(field, "“{value}” must be a whole number from {low} to {high}.", value=text[:30], low=low, high=high)
