"""The sample brand is whole: the catalog's own rules find nothing missing in it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import format_content, list_gaps
from shelftalk.catalog.placement import MEDIA, STAGES
from shelftalk.gs1.keys import parse_gln, parse_gtin
from shelftalk.sample import brand as room
from shelftalk.sample.brand import SampleBrand, load_brand, replace_images


@pytest.fixture(scope="module")
def brand() -> SampleBrand:
    return load_brand()


def test_there_are_six_products_eight_shops_and_some_forty_placements(brand: SampleBrand) -> None:
    assert (len(brand.products), len(brand.locations)) == (6, 8)
    assert 30 <= len(brand.placements) <= 40


def test_every_page_is_complete_in_all_five_languages(brand: SampleBrand) -> None:
    for product in brand.products:
        assert product.content.languages == tuple(LANGUAGES)
        assert list_gaps(product.content) == []
        shape = [_get_shape(product.content.texts[tag]) for tag in LANGUAGES]
        assert shape == [shape[0]] * len(LANGUAGES), product.slug


def _get_shape(texts: object) -> object:
    """The texts with every word replaced by whether it is there: what translations must have in common."""
    if isinstance(texts, dict):
        return {key: _get_shape(value) for key, value in texts.items()}
    return [_get_shape(row) for row in texts] if isinstance(texts, list) else bool(texts)


def test_every_page_leads_from_the_name_to_the_shop(brand: SampleBrand) -> None:
    for product in brand.products:
        kinds = [block.type for block in product.content.blocks]
        assert kinds[0] == "hero"
        assert kinds[-1] == "buy"
        assert {"steps", "facts", "faq", "text", "video", "links"} <= set(kinds)


def test_between_them_the_pages_show_most_kinds_of_blocks(brand: SampleBrand) -> None:
    kinds = {block.type for product in brand.products for block in product.content.blocks}
    assert {"nutrition", "ingredients", "recipe", "care", "press", "contact", "shops", "social", "share"} <= kinds
    assert "recall" not in kinds, "nothing is wrong with any of it"


def test_page_files_read_back_as_they_are_written(brand: SampleBrand) -> None:
    for product in brand.products:
        raw = json.loads((room.DATA / "products" / f"{product.slug}.json").read_text(encoding="utf-8"))
        assert format_content(product.content) == raw["page"]


def test_addresses_are_under_example_domains_only(brand: SampleBrand) -> None:
    for product in brand.products:
        for words in json.dumps(format_content(product.content)).split('"'):
            if "//" in words:
                assert words.split("/")[2].endswith(".example"), words


def test_keys_have_the_demonstration_prefix_and_right_check_digits(brand: SampleBrand) -> None:
    gtins = [product.gtin for product in brand.products]
    glns = [location.gln for location in brand.locations]
    assert [parse_gtin(gtin) for gtin in gtins] == gtins
    assert [parse_gln(gln) for gln in glns] == glns
    assert len(set(gtins)) == 6
    assert all(gtin.startswith("0952") for gtin in gtins)
    assert "" in glns  # a shop without one is normal


def test_each_product_has_a_colour_of_its_own_that_white_words_can_be_read_on(brand: SampleBrand) -> None:
    assert len({product.colour for product in brand.products}) == 6
    for product in brand.products:
        assert _get_contrast(product.colour) >= 4.5, product.slug


def _get_contrast(colour: str) -> float:
    """Of white on the colour (WCAG 2.2, relative luminance)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def test_shops_lie_in_at_least_five_time_zones_with_tehran_among_them(brand: SampleBrand) -> None:
    zones = {location.timezone for location in brand.locations}
    assert len(zones) >= 5
    assert "Asia/Tehran" in zones


def test_every_medium_stage_language_shop_and_product_is_used(brand: SampleBrand) -> None:
    assert {placement.medium for placement in brand.placements} == set(MEDIA)
    assert {placement.stage for placement in brand.placements} == set(STAGES)
    assert {placement.language for placement in brand.placements} == set(LANGUAGES)
    assert {placement.location for placement in brand.placements} == {s.code for s in brand.locations} | {None}
    assert {placement.product for placement in brand.placements} == {product.slug for product in brand.products}


def test_packs_and_only_packs_are_anywhere(brand: SampleBrand) -> None:
    for placement in brand.placements:
        assert (placement.location is None) == (placement.medium == "pack")


def test_one_placement_is_taken_down_one_retired_one_silent_and_one_not_up_yet(brand: SampleBrand) -> None:
    placements = brand.placements
    assert sum(p.removed_days_ago is not None for p in placements) == 1
    assert sum(p.retired_days_ago is not None for p in placements) == 1
    assert [p.key for p in placements if p.silent_days] == ["lapsang-shelf-tehran"]
    assert sum(p.installed_days_ago is None for p in placements) == 1


def test_calls_to_action_are_short_and_never_say_scan_me(brand: SampleBrand) -> None:
    for placement in brand.placements:
        assert 4 <= len(placement.call_to_action) <= 42, placement.key
        assert "scan me" not in placement.call_to_action.lower()


def test_pictures_in_pages_are_replaced_by_what_they_are_stored_as(brand: SampleBrand) -> None:
    content = next(product.content for product in brand.products if room.list_images(product.content))
    (name,) = room.list_images(content)
    assert room.list_images(replace_images(content, {name: "m123"})) == ["m123"]
    assert replace_images(content, {name: name}) == replace(content)
    with pytest.raises(KeyError):
        replace_images(content, {})
