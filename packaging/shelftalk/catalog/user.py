"""The people who sign in, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shelftalk.errors import Invalid, mark

# Each role may do what the ones after it may.
ROLES: dict[str, str] = {"admin": mark("Administrator"), "marketer": mark("Marketer"), "staff": mark("Staff")}
MIN_PASSWORD = 10


@dataclass(frozen=True)
class User:
    """A person with an account. `language` is of the staff area; empty: the browser's."""

    id: int
    email: str
    name: str
    password_hash: str
    role: str
    language: str
    active: bool
    created_at: datetime

    def may(self, role: str) -> bool:
        """Whether this person may do what needs `role`."""
        order = list(ROLES)
        return self.active and role in order and order.index(self.role) <= order.index(role)


def parse_email(text: str) -> str:
    """An e-mail address, lower case; raises Invalid."""
    email = text.strip().lower()
    local, at, domain = email.partition("@")
    if (
        at
        and local
        and "." in domain.strip(".")
        and not any(c.isspace() or c in "<>,;" for c in email)
        and len(email) <= 254
    ):
        return email
    raise Invalid("email", "“{value}” is not an e-mail address. It must look like name@company.example.", value=text)


def parse_role(text: str) -> str:
    """One of the three roles; raises Invalid."""
    if text in ROLES:
        return text
    raise Invalid("role", "“{value}” is not a role. Choose one of: {allowed}.", value=text, allowed=tuple(ROLES))


def parse_password(text: str) -> str:
    """A password long enough to keep; raises Invalid (without quoting it)."""
    if MIN_PASSWORD <= len(text) <= 200:
        return text
    raise Invalid(
        "password",
        "The password has {length} characters. It needs at least {allowed}.",
        length=len(text),
        allowed=MIN_PASSWORD,
    )
