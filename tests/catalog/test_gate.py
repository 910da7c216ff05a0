"""The rules before publishing, each with a page that breaks it and one that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shelftalk.catalog.gate import (
    MAX_PAGE_BYTES,
    MAX_PICTURE_BYTES,
    PageLink,
    check_alt,
    check_contrast,
    check_languages,
    check_links,
    check_pictures,
    check_weight,
    check_words,
    list_links,
)
from shelftalk.catalog.page import Block, PageContent, parse_content
from shelftalk.catalog.palette import make_palettes

PAGE = parse_content(
    {
        "blocks": [
            {"id": "b1", "type": "hero", "shared": {"image": ""}},
            {"id": "b2", "type": "text"},
            {"id": "b3", "type": "buy"},
            {"id": "b4", "type": "links"},
        ],
        "texts": {
            "en": {
                "b1": {"title": "Oolong", "claim": "Grown high"},
                "b2": {"heading": "Story", "body": "See [the farm](https://farm.example/a) and more."},
                "b3": {"label": "Buy", "url": "https://shop.example/en"},
                "b4": {"rows": [{"label": "Site", "url": "https://tea.example"}]},
            },
            "fa": {"b1": {"title": "چای"}, "b3": {"label": "خرید", "url": "https://shop.example/fa"}},
        },
    }
)


def with_block(page: PageContent, place: int, **changes: object) -> PageContent:
    blocks = list(page.blocks)
    blocks[place] = replace(blocks[place], **changes)
    return replace(page, blocks=tuple(blocks))


def test_a_whole_page_passes_every_rule() -> None:
    checks = [
        check_words(PAGE),
        check_languages(PAGE, ["en", "fa"]),
        check_weight(PAGE, {"en": MAX_PAGE_BYTES, "fa": 900}),
        check_pictures(PAGE, MAX_PICTURE_BYTES),
        check_alt(PAGE, has_photo=False),
        check_contrast(make_palettes("#1f6f54")),
        check_links(list_links(PAGE), {}),
    ]
    assert [check.rule for check in checks if not check.passed] == []


def test_a_second_buy_link_is_told_at_the_second() -> None:
    double = Block("b9", "buy", False, {})
    [gap] = check_words(replace(PAGE, blocks=(*PAGE.blocks, double))).gaps
    assert gap.block_id == "b9"
    hidden = replace(PAGE, blocks=(*PAGE.blocks, replace(double, hidden=True)))
    assert check_words(hidden).passed


def test_a_recall_is_wanted_in_every_language_of_the_page() -> None:
    recall = Block("b9", "recall", False, {})
    texts = PAGE.texts | {"en": PAGE.texts["en"] | {"b9": {"heading": "Glass in the jar", "text": "Stop eating it."}}}
    page = replace(PAGE, blocks=(*PAGE.blocks, recall), texts=texts)
    told = [(gap.language, gap.block_id) for gap in check_words(page).gaps if "warned" in gap.message]
    assert told == [("fa", "b9")]
    hidden = replace(page, blocks=(*PAGE.blocks, replace(recall, hidden=True)))
    assert check_words(hidden).passed


def test_a_language_with_a_headline_only_is_held_back_beside_a_whole_page() -> None:
    bare = replace(PAGE, texts=PAGE.texts | {"fa": {"b1": {"title": "چای"}}})
    [gap] = check_words(bare).gaps
    assert (gap.language, gap.block_id, gap.field) == ("fa", "b2", "heading")
    assert {key: gap.values[key] for key in ("count", "all", "other")} == {"count": 1, "all": 4, "other": "English"}
    short = replace(bare, blocks=bare.blocks[:3])
    assert check_words(short).passed, "two blocks beside the headline are no page to miss"


def test_a_language_that_lacks_blocks_is_told_and_not_held_back() -> None:
    check = check_words(PAGE)
    [gap] = check.advice
    assert check.passed
    assert (gap.language, gap.values["count"], gap.values["all"]) == ("fa", 2, 4)
    assert gap.values["blocks"] == ("Text", "Links")
    hidden = with_block(with_block(PAGE, 1, hidden=True), 3, hidden=True)
    assert not check_words(hidden).advice


def test_a_missing_language_is_named() -> None:
    gaps = check_languages(PAGE, ["en", "ru", "fa"]).gaps
    assert [(gap.language, gap.values["language"]) for gap in gaps] == [("ru", "Русский")]


def test_a_heavy_page_names_its_longest_block() -> None:
    [gap] = check_weight(PAGE, {"en": MAX_PAGE_BYTES + 1, "fa": 800}).gaps
    assert (gap.language, gap.block_id) == ("en", "b2")
    assert gap.values["allowed"] == 14


def test_a_heavy_first_picture_is_told_in_kilobytes() -> None:
    [gap] = check_pictures(PAGE, 131_000).gaps
    assert (gap.block_id, gap.values["weight"], gap.values["allowed"]) == ("b1", 131, 100)


def test_a_photo_without_words_is_told_in_each_language() -> None:
    assert [gap.language for gap in check_alt(PAGE, has_photo=True).gaps] == ["en", "fa"]
    pictured = with_block(PAGE, 0, shared={"image": "0123456789abcdef"})
    assert [gap.language for gap in check_alt(pictured, has_photo=False).gaps] == ["en", "fa"]


def test_a_picture_that_is_not_described_is_told_once() -> None:
    picture = Block("b5", "image", hidden=False, shared={"image": "0123456789abcdef"})
    texts = PAGE.texts | {"en": PAGE.texts["en"] | {"b5": {"caption": "The farm"}}}
    page = replace(PAGE, blocks=(*PAGE.blocks, picture), texts=texts)
    assert check_words(page).passed
    assert [gap.block_id for gap in check_alt(page, has_photo=False).gaps] == ["b5"]


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#ffd400", "#777777", "#00ff00", "#0000ff", "#ff0080"])
def test_every_brand_colour_can_be_read(colour: str) -> None:
    check = check_contrast(make_palettes(colour))
    assert check.passed


def test_a_tone_that_cannot_be_read_is_told_with_its_ratio() -> None:
    light, dark = make_palettes("#1f6f54")
    [gap] = check_contrast((replace(light, soft="#aaaaaa"), dark)).gaps
    assert (gap.field, gap.values["one"], gap.values["needed"]) == ("colour", "#aaaaaa", 4.5)
    assert float(str(gap.values["ratio"])) < 4.5


def test_links_are_found_in_fields_rows_and_prose() -> None:
    assert [(link.language, link.block_id, link.url) for link in list_links(PAGE)] == [
        ("en", "b2", "https://farm.example/a"),
        ("en", "b3", "https://shop.example/en"),
        ("fa", "b3", "https://shop.example/fa"),
        ("en", "b4", "https://tea.example"),
    ]
    assert [link.block_id for link in list_links(with_block(PAGE, 2, hidden=True))] == ["b2", "b4"]


def test_a_broken_link_is_told_once_where_it_is_written() -> None:
    links = [PageLink("en", "b4", "rows", "https://tea.example"), PageLink("fa", "b4", "rows", "https://tea.example")]
    faults = {"https://tea.example": ("“{url}” answers {detail}.", {"detail": "404"})}
    [gap] = check_links(links, faults).gaps
    assert (gap.block_id, gap.field, gap.values["url"]) == ("b4", "rows", "https://tea.example")
