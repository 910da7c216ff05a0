"""Locations: the shops, with the time zone their numbers are counted in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from shelftalk.errors import Invalid


@dataclass(frozen=True)
class Location:
    """A shop. `code` is the brand's own short name for it; `gln` is GS1's, or empty."""

    id: int
    name: str
    code: str
    gln: str
    address: str
    timezone: str  # IANA name
    is_sample: bool
    revision: int
    created_at: datetime


def parse_timezone(text: str) -> str:
    """An IANA time zone name; raises Invalid."""
    try:
        return ZoneInfo(text.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            "timezone",
            "“{value}” is not a time zone. Use a name such as Europe/Berlin, Asia/Tehran or Asia/Taipei.",
            value=text,
        ) from None


def list_timezones() -> list[str]:
    """The time zones people choose from, by name."""
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
