"""The mistakes the rooms can raise; they know no language, no HTTP and no database.

`message` is a translatable template; `values` fill its `{places}`. The edge (web, command line) translates
the template first and fills it after, so every error reads well in every language.
"""

from __future__ import annotations


class ShelftalkError(Exception):
    """Base of all errors a person may be shown."""

    def __init__(self, message: str, **values: object) -> None:
        self.message = message
        self.values = values
        super().__init__(message.format(**{name: _make_plain(value) for name, value in values.items()}))


def _make_plain(value: object) -> object:
    """Lists in English; the edge writes them the reader's way."""
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


class Invalid(ShelftalkError):
    """Input that breaks a rule. Quotes the value, says what is allowed, proposes the fix.

    >>> str(Invalid("gtin", "{value} is too short.", value="12"))
    '12 is too short.'
    """

    def __init__(self, field: str, message: str, **values: object) -> None:
        self.field = field
        super().__init__(message, **values)


class NotFound(ShelftalkError):
    """Nothing is stored under what was asked for."""


class Conflict(ShelftalkError):
    """Somebody else changed the same thing first; nothing was overwritten."""


class Forbidden(ShelftalkError):
    """The signed-in person's role does not allow this."""


class Unavailable(ShelftalkError):
    """A part the work needs (store, disk) cannot be reached just now."""


def mark(message: str) -> str:
    """Mark a text for the translators where it is defined; it is translated where it is shown."""
    return message
