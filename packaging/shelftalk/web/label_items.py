"""Turns placements into what their labels say; knows no sheet, no stock and no request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shelftalk.catalog.codes import make_url, normalise_code
from shelftalk.catalog.location import Location
from shelftalk.catalog.placement import CALLS_TO_ACTION, MEDIA, Placement
from shelftalk.catalog.product import Product
from shelftalk.catalog.units import drop_unit
from shelftalk.errors import Invalid
from shelftalk.labels.run import LabelItem
from shelftalk.store import locations as location_store
from shelftalk.store import pages as page_store
from shelftalk.store import placements as placement_store
from shelftalk.store import products as product_store
from shelftalk.store.db import Db


class Translates(Protocol):
    """What the making of labels asks of a translator."""

    def translate(self, message: str, tag: str, **values: object) -> str:
        """`message` in the language with this tag."""


@dataclass(frozen=True)
class PrintedCode:
    """A placement with what belongs to it; `name` is the product's in the label's language."""

    placement: Placement
    product: Product
    location: Location | None
    name: str

    @property
    def code(self) -> str:
        """The permanent code."""
        return self.placement.code

    @property
    def status(self) -> str:
        """draft, live or retired, as in lists of placements."""
        return get_status(self.placement, self.product)


def get_status(placement: Placement, product: Product) -> str:
    """What a placement's code answers with: draft, live or retired."""
    if placement.retired_at is not None or product.status == "retired":
        return "retired"
    return "live" if product.published_version is not None else "draft"


def make_short_address(url: str) -> str:
    """An address as people read and type it: without `https://`."""
    return url.partition("://")[2]


def get_call_to_action(placement: Placement, translator: Translates) -> str:
    """What the label promises: the placement's own words, else its stage's in the label's language."""
    return placement.call_to_action or translator.translate(CALLS_TO_ACTION[placement.stage], placement.language)


class CodeReader:
    """Looks codes up in one open transaction; products, pages and locations are read once each."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self._products: dict[int, Product] = {}
        self._locations: dict[int, Location] = {}
        self._names: dict[tuple[int, str], str] = {}

    def list_codes(self, codes: Iterable[str]) -> list[PrintedCode]:
        """What belongs to each code, in the order given and each once; a unit's leads to its placement's.

        Raises Invalid naming unknown ones.
        """
        wanted = list(dict.fromkeys(drop_unit(normalise_code(code)) for code in codes))
        found = [(code, placement_store.find_placement_by_code(self.db, code)) for code in wanted]
        unknown = [code for code, placement in found if placement is None]
        if unknown:
            raise Invalid(
                "codes",
                "No placement has the code {value}. Compare it with the list of placements.",
                value=_quote(unknown),
            )
        return [self.read(placement) for _, placement in found if placement]

    def read(self, placement: Placement) -> PrintedCode:
        """A placement with its product, its location and the product's name on the label."""
        product = self._get_product(placement.product_id)
        location = self._get_location(placement.location_id) if placement.location_id else None
        return PrintedCode(placement, product, location, self._get_name(product, placement.language))

    def _get_product(self, product_id: int) -> Product:
        if product_id not in self._products:
            self._products[product_id] = product_store.get_product(self.db, product_id)
        return self._products[product_id]

    def _get_location(self, location_id: int) -> Location:
        if location_id not in self._locations:
            self._locations[location_id] = location_store.get_location(self.db, location_id)
        return self._locations[location_id]

    def _get_name(self, product: Product, tag: str) -> str:
        if (product.id, tag) not in self._names:
            self._names[product.id, tag] = find_title(self.db, product.id, tag) or product.name
        return self._names[product.id, tag]


def find_title(db: Db, product_id: int, tag: str) -> str:
    """The product's name in a language as shoppers read it, else as it is drafted; empty when in neither."""
    published = page_store.get_published(db, product_id)
    title = published.get_title(tag) if published else ""
    return title or page_store.get_page(db, product_id).content.get_title(tag)


def make_label_items(
    db: Db, codes: Sequence[str], origin: str, translator: Translates, *, upper: bool = False
) -> list[LabelItem]:
    """What the labels of these codes say, each once and in this order; with `upper` symbols hold upper case.

    Raises Invalid naming codes that are unknown, or retired: nothing new is printed with those.
    """
    printed = CodeReader(db).list_codes(codes)
    retired = [item.code for item in printed if item.status == "retired"]
    if retired:
        raise Invalid(
            "codes",
            "Nothing is printed with a retired code: {value}. Restore the placement or its product first.",
            value=_quote(retired),
        )
    return [make_label_item(item, origin, translator, upper=upper) for item in printed]


def make_label_item(item: PrintedCode, origin: str, translator: Translates, *, upper: bool = False) -> LabelItem:
    """What one label says."""
    url = make_url(origin, item.code)
    return LabelItem(
        code=item.code,
        url=url.upper() if upper else url,
        address=make_short_address(url),
        name=item.name,
        call_to_action=get_call_to_action(item.placement, translator),
        language=item.placement.language,
        brand=item.product.brand,
        location=item.location.name if item.location else "",
        placement=translator.translate(MEDIA[item.placement.medium].label, item.placement.language),
        gtin=f"(01) {item.product.gtin}" if item.product.gtin else "",
        medium=item.placement.medium,
    )


def _quote(codes: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(f"“{code[:20]}”" for code in codes[:most])
    return shown if len(codes) <= most else f"{shown} … ({len(codes)})"
