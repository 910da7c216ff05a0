"""The form of a placement: reads what was filled in, and gives what there is to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.location import Location
from shelftalk.catalog.placement import CALLS_TO_ACTION, MEDIA, STAGE_GROUPS, STAGES, Placement
from shelftalk.catalog.product import Product
from shelftalk.errors import Invalid, NotFound, mark
from shelftalk.store import locations as location_store
from shelftalk.store import pages as page_store
from shelftalk.store import products as product_store
from shelftalk.store.db import Db
from shelftalk.store.rows import Listing, ListQuery
from shelftalk.web.forms import Form
from shelftalk.web.state import state
from shelftalk.web.texts import _

FIELDS = (
    "product",
    "medium",
    "stage",
    "language",
    "call_to_action",
    "note",
    "installed_on",
    "removed_on",
    "location",
    "place_search",
)
LABELS = {
    "medium": mark("Medium"),
    "location": mark("Place"),
    "stage": mark("Stage"),
    "language": mark("Language of the label"),
    "call_to_action": mark("Call to action"),
    "note": mark("Note"),
    "installed_on": mark("Put up on"),
    "removed_on": mark("Taken down on"),
}
ANYWHERE = "0"
MOST_OPTIONS = 200  # more products than this are searched for, not listed
MOST_PLACES = 500  # placements added at once
SHOWN_PLACES = 60
Options = list[tuple[str, str]]


@dataclass(frozen=True)
class PlacementInput:
    """A placement as a person filled it in, without its product and place."""

    medium: str
    stage: str
    language: str
    call_to_action: str
    note: str
    installed_on: date | None
    removed_on: date | None


@dataclass(frozen=True)
class PlaceChoice:
    """The places of the form: those ticked and those a search found."""

    ticked: list[str]
    picked: list[Location]
    found: list[Location]
    hidden: int  # found, and not shown
    search: str


def read_placement(form: Form) -> PlacementInput:
    """What was filled in; mistakes are kept in the form."""
    medium = form.choice("medium", list(MEDIA))
    stage = form.choice("stage", ["", *STAGES]) or MEDIA[medium].stage
    installed_on, removed_on = form.day("installed_on"), form.day("removed_on")
    with form.catch():
        check_days(installed_on, removed_on)
    return PlacementInput(
        medium=medium,
        stage=stage,
        language=form.choice("language", list(LANGUAGES)),
        call_to_action=form.text("call_to_action", max_length=80),
        note=form.text("note", max_length=300),
        installed_on=installed_on,
        removed_on=removed_on,
    )


def check_days(installed_on: date | None, removed_on: date | None) -> None:
    """Nothing is taken down before it was put up; raises Invalid."""
    if installed_on and removed_on and removed_on < installed_on:
        raise Invalid(
            "removed_on",
            "Taken down on {value}, before it was put up on {installed}. Swap the two days or correct one.",
            value=removed_on,
            installed=installed_on,
        )


def read_product(db: Db, form: Form) -> Product | None:
    """The product chosen; a mistake is kept in the form."""
    number = form.whole("product", 1, 10**9, 0) if form.get("product") else 0
    with form.catch():
        if not number and form.valid:
            raise Invalid("product", "Choose the product the code leads to.")
        if number:
            return _get_usable_product(db, number)
    return None


def _get_usable_product(db: Db, product_id: int) -> Product:
    try:
        product = product_store.get_product(db, product_id)
    except NotFound:
        raise Invalid("product", "This product is not there any more. Choose another.") from None
    if product.status == "retired":
        raise Invalid(
            "product",
            "“{value}” is retired: its codes show that it is no longer made. Restore it first, or choose another.",
            value=product.name,
        )
    return product


def read_places(db: Db, form: Form, ticked: list[str]) -> list[int | None]:
    """The ids of the places ticked, None for anywhere; a mistake is kept in the form."""
    ids: list[int | None] = []
    with form.catch():
        for text in dict.fromkeys(ticked):
            ids.append(None if text == ANYWHERE else _get_location(db, text).id)
        if not ids:
            raise Invalid("location", "Tick at least one place, or “Anywhere”.")
        if len(ids) > MOST_PLACES:
            raise Invalid(
                "location",
                "{count} places are too many at once: at most {allowed}. Add them in parts.",
                count=len(ids),
                allowed=MOST_PLACES,
            )
    return ids


def _get_location(db: Db, text: str) -> Location:
    if text.isdecimal() and len(text) < 10:
        try:
            return location_store.get_location(db, int(text))
        except NotFound:
            pass
    raise Invalid("location", "One of the places is not there any more. Look through the ticks again.")


def list_place_choice(db: Db, search: str, ticked: list[str]) -> PlaceChoice:
    """What the places' part of the form shows."""
    picked = []
    for text in dict.fromkeys(ticked):
        if text != ANYWHERE and text.isdecimal() and len(text) < 10:
            try:
                picked.append(location_store.get_location(db, int(text)))
            except NotFound:
                continue
    listing = location_store.list_locations(db, ListQuery(search=search, sort="name", per_page=SHOWN_PLACES))
    shown = {location.id for location in picked}
    found = [location for location in listing.rows if location.id not in shown]
    return PlaceChoice(ticked, picked, found, listing.total - len(listing.rows), search)


def list_form_values(db: Db, form: Form, ticked: list[str]) -> dict[str, object]:
    """Everything the form's template shows besides the form itself."""
    product = _find_product(db, form.get("product"))
    return {
        "product": product,
        "products": list_product_options(db),
        "languages": list_language_options(db, product),
        "media": [(name, _(medium.label)) for name, medium in MEDIA.items()],
        "stage_groups": STAGE_GROUPS,
        "STAGES": STAGES,
        "words": make_form_words(),
        "choice": list_place_choice(db, form.get("place_search")[:100], ticked),
    }


def _find_product(db: Db, text: str) -> Product | None:
    if not (text.isdecimal() and len(text) < 10):
        return None
    try:
        return product_store.get_product(db, int(text))
    except NotFound:
        return None


def list_product_options(db: Db) -> Options:
    """The products to choose from, or none when there are too many to list."""
    listing = list_usable_products(db, "", MOST_OPTIONS + 1)
    if listing.total > MOST_OPTIONS:
        return []
    return [(str(product.id), product.name) for product in listing.rows if product.status != "retired"]


def list_usable_products(db: Db, search: str, most: int) -> Listing[Product]:
    """The products a search finds, by name."""
    return product_store.list_products(db, ListQuery(search=search, sort="name", per_page=most))


def list_language_options(db: Db, product: Product | None) -> list[tuple[str, Options]]:
    """The languages in two groups: those of the product's page first."""
    content = page_store.get_page(db, product.id).content if product else None
    on_page = content.languages if content else ()
    here = [(tag, LANGUAGES[tag].name) for tag in on_page]
    others = [(tag, language.name) for tag, language in LANGUAGES.items() if tag not in on_page]
    if not here or not others:
        return [(_("Languages"), here or others)]
    return [(_("On the product's page"), here), (_("Not on its page yet"), others)]


def make_form_words() -> dict[str, object]:
    """What the form's script needs: each medium's usual stage, each stage's promise in each language."""
    translate = state().translator.translate
    return {
        "stages": {name: medium.stage for name, medium in MEDIA.items()},
        "promises": {
            tag: {stage: translate(text, tag) for stage, text in CALLS_TO_ACTION.items()} for tag in LANGUAGES
        },
        "directions": {tag: language.direction for tag, language in LANGUAGES.items()},
    }


def make_start_values(product: str, location: str, medium: str) -> dict[str, str]:
    """What a new placement's form begins with."""
    return dict.fromkeys(FIELDS, "") | {
        "product": product[:9],
        "location": location[:9],
        "medium": medium if medium in MEDIA else "shelf_talker",
    }


def make_edit_values(placement: Placement) -> dict[str, str]:
    """A placement as its form shows it."""
    return dict.fromkeys(FIELDS, "") | {
        "product": str(placement.product_id),
        "medium": placement.medium,
        "stage": placement.stage,
        "language": placement.language,
        "call_to_action": placement.call_to_action,
        "note": placement.note,
        "installed_on": placement.installed_on.isoformat() if placement.installed_on else "",
        "removed_on": placement.removed_on.isoformat() if placement.removed_on else "",
        "location": str(placement.location_id or ANYWHERE),
        "revision": str(placement.revision),
    }


def make_words(placement: Placement | PlacementInput) -> dict[str, str]:
    """A placement's fields as people read them."""
    return {
        "medium": _(MEDIA[placement.medium].label),
        "stage": _(STAGES[placement.stage]),
        "language": LANGUAGES[placement.language].name,
        "call_to_action": placement.call_to_action,
        "note": placement.note,
        "installed_on": str(placement.installed_on or ""),
        "removed_on": str(placement.removed_on or ""),
    }
