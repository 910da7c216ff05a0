"""The sample brand as the catalog knows it: products with pages, shops, placements. Knows no store and no ids."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shelftalk.catalog.languages import get_language
from shelftalk.catalog.location import parse_timezone
from shelftalk.catalog.page import Block, PageContent, list_gaps, parse_content
from shelftalk.catalog.placement import MEDIA, STAGES
from shelftalk.catalog.product import make_slug, parse_colour
from shelftalk.errors import Invalid
from shelftalk.gs1.keys import parse_gln, parse_gtin
from shelftalk.sample.pictures import PICTURES

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class SampleProduct:
    """A product and its page. `picture` is a name in `pictures.PICTURES`, and so are the images of the page."""

    slug: str
    name: str
    brand: str
    gtin: str  # 14 digits
    colour: str
    picture: str
    content: PageContent


@dataclass(frozen=True)
class SampleLocation:
    """A shop; placements name it by `code`."""

    code: str
    name: str
    gln: str
    address: str
    timezone: str


@dataclass(frozen=True)
class SamplePlacement:
    """A placement, its days counted back from the day it is loaded. None: not (yet) put up, taken down, retired."""

    key: str
    product: str  # slug
    medium: str
    location: str | None  # code of the shop; None: anywhere
    stage: str
    language: str
    call_to_action: str
    note: str
    installed_days_ago: int | None
    removed_days_ago: int | None
    retired_days_ago: int | None
    silent_days: int  # nobody has scanned it for so long: it fell down or is covered
    weight: float  # people a day it usually gets
    timezone: str  # of the shop, or where packs are mostly opened


@dataclass(frozen=True)
class SampleBrand:
    """Everything the sample consists of, but its scans."""

    products: tuple[SampleProduct, ...]
    locations: tuple[SampleLocation, ...]
    placements: tuple[SamplePlacement, ...]


def load_brand() -> SampleBrand:
    """The brand, read from the data files by the catalog's own parsers; raises Invalid on the first thing wrong."""
    products = tuple(_parse_product(_read(path)) for path in sorted((DATA / "products").glob("*.json")))
    locations = tuple(_parse_location(raw) for raw in _read(DATA / "locations.json"))
    slugs = {product.slug for product in products}
    zones = {location.code: location.timezone for location in locations}
    placements = tuple(_parse_placement(raw, slugs, zones) for raw in _read(DATA / "placements.json"))
    _check_unique("key", [placement.key for placement in placements])
    return SampleBrand(products, locations, placements)


def list_images(content: PageContent) -> list[str]:
    """The names of the pictures a page shows, without the product's own."""
    return [block.shared["image"] for block in content.blocks if block.shared.get("image")]


def replace_images(content: PageContent, media: Mapping[str, str]) -> PageContent:
    """The page with each picture's name replaced by the id it is stored under; raises KeyError for one not given."""
    return replace(content, blocks=tuple(_replace_image(block, media) for block in content.blocks))


def _replace_image(block: Block, media: Mapping[str, str]) -> Block:
    name = block.shared.get("image")
    return replace(block, shared={**block.shared, "image": media[name]}) if name else block


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _parse_product(raw: Mapping[str, Any]) -> SampleProduct:
    content = parse_content(raw["page"])
    gaps = list_gaps(content)
    if gaps:
        raise Invalid(gaps[0].field, gaps[0].message, **gaps[0].values)
    for name in [raw["picture"], *list_images(content)]:
        _choose("picture", name, PICTURES)
    return SampleProduct(
        slug=_choose("slug", raw["slug"], [make_slug(raw["name"])]),
        name=raw["name"],
        brand=raw["brand"],
        gtin=parse_gtin(raw["gtin"]),
        colour=parse_colour(raw["colour"]),
        picture=raw["picture"],
        content=content,
    )


def _parse_location(raw: Mapping[str, str]) -> SampleLocation:
    return SampleLocation(
        code=raw["code"],
        name=raw["name"],
        gln=parse_gln(raw["gln"]),
        address=raw["address"],
        timezone=parse_timezone(raw["timezone"]),
    )


def _parse_placement(raw: Mapping[str, Any], slugs: set[str], zones: Mapping[str, str]) -> SamplePlacement:
    values = dict(raw)
    home = values.pop("home_timezone")
    if values["location"] is not None:
        home = zones[_choose("location", values["location"], zones)]
    _choose("product", values["product"], slugs)
    _choose("medium", values["medium"], MEDIA)
    _choose("stage", values["stage"], STAGES)
    get_language(values["language"])
    return SamplePlacement(**values, timezone=parse_timezone(home))


def _choose(field: str, value: str, allowed: Iterable[str]) -> str:
    names = sorted(allowed)
    if value in names:
        return value
    raise Invalid(field, "“{value}” is not one of: {allowed}.", value=value, allowed=tuple(names))


def _check_unique(field: str, values: list[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise Invalid(field, "“{value}” is there twice. Give one of them another name.", value=value)
