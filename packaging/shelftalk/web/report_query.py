"""What the address asks of a report: period, product, location, classes; and the addresses of the next steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from shelftalk import clock
from shelftalk.errors import Invalid
from shelftalk.reports.periods import DEFAULT_PRESET, PRESETS, Period, make_period, parse_period
from shelftalk.store.rollups import LocationName
from shelftalk.web.forms import parse_day
from shelftalk.web.texts import text_error

ALL = -1  # all locations; 0 is anywhere
MAX_ID = 2**31


@dataclass(frozen=True)
class ReportQuery:
    """A report's question. `errors` holds the mistakes in the chosen days, by field."""

    preset: str
    period: Period
    today: date
    product_id: int = 0
    location_id: int = ALL
    all_classes: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    _paths: dict[tuple[object, ...], str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_running(self) -> bool:
        """Whether the period's last day is not over yet."""
        return self.period.to_day >= self.today

    @cached_property
    def params(self) -> dict[str, str]:
        """The question as an address has it; what is usual is left out."""
        params: dict[str, str] = {}
        if self.preset == "own":
            params |= {"from": self.period.from_day.isoformat(), "to": self.period.to_day.isoformat()}
        elif self.preset != DEFAULT_PRESET:
            params["period"] = self.preset
        if self.product_id:
            params["product"] = str(self.product_id)
        if self.location_id != ALL:
            params["location"] = str(self.location_id)
        if self.all_classes:
            params["class"] = "all"
        return params

    def url(self, endpoint: str, **changes: object) -> str:
        """The address of a view for the same question with some of it changed; None takes a part away."""
        params: dict[str, object] = {**self.params, **changes}
        path = {"placement_id": params.pop("placement_id")} if "placement_id" in params else {}
        words = urlencode({name: value for name, value in params.items() if value is not None})
        return self._find_path(endpoint, path) + ("?" + words if words else "")

    def _find_path(self, endpoint: str, path: Mapping[str, Any]) -> str:
        """An endpoint's path, looked up once: a grid has hundreds of links."""
        key = (endpoint, *path.values())
        if key not in self._paths:
            self._paths[key] = url_for(endpoint, **path)
        return self._paths[key]

    def url_days(self, endpoint: str, period: Period, **changes: object) -> str:
        """The same for other days."""
        days = {"period": None, "from": period.from_day.isoformat(), "to": period.to_day.isoformat()}
        return self.url(endpoint, **(days | changes))


def read_report_query(locations: Iterable[LocationName], home_zone: str, at: datetime) -> ReportQuery:
    """The question in the request's address. Days are local: the newest one is that of the easternmost location."""
    location_id = _read_id("location", ALL)
    zones = {item.timezone for item in locations if location_id in (ALL, item.id)}
    today = clock.local_hour(at, home_zone)[0]
    newest = max((clock.local_hour(at, zone)[0] for zone in zones), default=today)
    if location_id > 0 and zones:
        today = newest
    preset, period, errors = _read_period(today, newest)
    return ReportQuery(
        preset=preset,
        period=period,
        today=today,
        product_id=_read_id("product", 0),
        location_id=location_id,
        all_classes=request.args.get("class") == "all",
        errors=errors,
        typed={name: request.args.get(name, "")[:30] for name in ("from", "to")} if errors else {},
    )


def _read_period(today: date, newest: date) -> tuple[str, Period, dict[str, str]]:
    preset = request.args.get("period", "")
    typed = request.args.get("from", ""), request.args.get("to", "")
    if preset not in PRESETS:
        preset = "own" if any(typed) else DEFAULT_PRESET
    if preset != "own":
        return preset, make_period(preset, today, newest), {}
    try:
        return preset, parse_period(parse_day(typed[0], "from"), parse_day(typed[1], "to")), {}
    except Invalid as error:
        return preset, make_period(DEFAULT_PRESET, today, newest), {error.field: text_error(error)}


def _read_id(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 11 and int(text) < MAX_ID else default
