"""The staff area's places, in the users' words."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request

from shelftalk.errors import mark
from shelftalk.web.security import may


@dataclass(frozen=True)
class Place:
    """A place in the navigation: its name, symbol, address and the role it needs."""

    label: str
    icon: str
    path: str
    role: str = "staff"

    @property
    def is_current(self) -> bool:
        """Whether the page shown belongs to this place."""
        if self.path == "/admin/":
            return request.path == "/admin/"
        return request.path.startswith(self.path.rstrip("/"))


@dataclass(frozen=True)
class PlaceGroup:
    """Places that belong together; the first group has no name."""

    label: str
    places: tuple[Place, ...]


NAVIGATION = (
    PlaceGroup(
        "",
        (
            Place(mark("Overview"), "overview", "/admin/"),
            Place(mark("Products"), "products", "/admin/products/"),
            Place(mark("Placements"), "placements", "/admin/placements/"),
            Place(mark("Locations"), "locations", "/admin/locations/"),
        ),
    ),
    PlaceGroup(
        mark("Print"),
        (
            Place(mark("Labels"), "labels", "/admin/labels/"),
            Place(mark("Label designs"), "palette", "/admin/designs/"),
            Place(mark("Symbol styles"), "sparkles", "/admin/styles/"),
            Place(mark("Sheets and rolls"), "layers", "/admin/stocks/"),
            Place(mark("Runs"), "runs", "/admin/runs/"),
            Place(mark("To print"), "inbox", "/admin/print-queues/"),
        ),
    ),
    PlaceGroup(
        mark("Shoppers"),
        (
            Place(mark("Reviews"), "star", "/admin/reviews/"),
            Place(mark("Questions"), "help", "/admin/questions/"),
            Place(mark("Surveys"), "list", "/admin/surveys/"),
            Place(mark("Sign-ups"), "mail", "/admin/sign-ups/", "marketer"),
            Place(mark("Coupons"), "tag", "/admin/coupons/"),
            Place(mark("Warranties"), "shield-check", "/admin/warranties/", "marketer"),
        ),
    ),
    PlaceGroup(mark("Learn"), (Place(mark("Reports"), "reports", "/admin/reports/"),)),
    PlaceGroup(
        mark("Settings"),
        (
            Place(mark("Publishing rules"), "circle-check", "/admin/rules", "admin"),
            Place(mark("Users"), "users", "/admin/users/", "admin"),
            Place(mark("Status"), "status", "/admin/status"),
        ),
    ),
)


def list_places() -> list[PlaceGroup]:
    """The navigation of the person signed in: what exists and their role may see."""
    paths = {rule.rule for rule in current_app.url_map.iter_rules()}
    groups = []
    for group in NAVIGATION:
        places = tuple(place for place in group.places if place.path in paths and may(place.role))
        if places:
            groups.append(PlaceGroup(group.label, places))
    return groups
