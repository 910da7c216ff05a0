"""The sample's texts keep the writing habits of their languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import pytest

from shelftalk.catalog.block import Field, Value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.sample.brand import load_brand

# Pairs written differently in both scripts: traditional, simplified.
TRADITIONAL = "個們來時會對說這為國過還樣將電動開關門問間見長東車馬魚鳥麥黃龍紅綠鹽裡罐葉濃軟點買賣貨網線錄視頻"
TRADITIONAL += "頁體學實寫總結經語話請讓認識豐氣溫濕測煙燻與興餘緩層樓燒顏隻產製質內單變"
SIMPLIFIED = "个们来时会对说这为国过还样将电动开关门问间见长东车马鱼鸟麦黄龙红绿盐里罐叶浓软点买卖货网线录视频"
SIMPLIFIED += "页体学实写总结经语话请让认识丰气温湿测烟熏与兴余缓层楼烧颜只产制质内单变"
SHARED = set("罐里只") | set(TRADITIONAL) & set(SIMPLIFIED)
ONLY_TRADITIONAL = set(TRADITIONAL) - set(SIMPLIFIED) - SHARED
ONLY_SIMPLIFIED = set(SIMPLIFIED) - set(TRADITIONAL) - SHARED


def list_words(tag: str) -> Iterator[tuple[str, str]]:
    """Every text of a language with the place it stands in, but addresses."""
    brand = load_brand()
    for product in brand.products:
        kinds = {block.id: get_block_type(block.type).fields for block in product.content.blocks}
        for block, texts in product.content.texts[tag].items():
            yield from _walk(f"{product.slug}.{block}", texts, kinds[block])
    for placement in brand.placements:
        if placement.language == tag:
            yield placement.key, placement.call_to_action


def _walk(where: str, values: Mapping[str, Value], fields: Sequence[Field]) -> Iterator[tuple[str, str]]:
    """What people read: neither addresses and choices, nor numbers and days, which the page writes itself."""
    for field in fields:
        value = values.get(field.name, "")
        if isinstance(value, list):
            for number, row in enumerate(value):
                yield from _walk(f"{where}.{field.name}.{number}", row, field.fields)
        elif field.kind in ("line", "text", "markdown") and not value.startswith("@"):
            yield f"{where}.{field.name}", value


def find_all(tag: str, pattern: str) -> list[str]:
    """The places where a pattern occurs in the texts of a language."""
    return [f"{where}: {words}" for where, words in list_words(tag) if re.search(pattern, words)]


@pytest.mark.parametrize("tag", ["en", "zh-Hant", "zh-Hans", "ru", "fa"])
def test_nothing_has_blanks_at_its_ends_or_doubled(tag: str) -> None:
    assert find_all(tag, r"^\s|\s$|  | \n|\n ") == []


@pytest.mark.parametrize("tag", ["en", "zh-Hant", "zh-Hans", "ru", "fa"])
def test_typewriter_quotes_and_dots_are_not_used(tag: str) -> None:
    assert find_all(tag, r"\"|\.\.\.") == []


def test_persian_has_its_own_digits_and_letters() -> None:
    assert find_all("fa", r"[0-9A-Za-z]") == []
    assert find_all("fa", "[\u0660-\u0669يكى]") == []


def test_persian_has_its_own_punctuation() -> None:
    assert find_all("fa", "[,;?%\u201c\u201d]") == []


def test_persian_prefixes_and_plurals_are_joined_without_a_blank() -> None:
    assert find_all("fa", r"(^|[ «])ن?می |(?<=[\u0600-\u06ff]) (ها|های|هایی|تر|ترین)([ .،؛]|$)") == []
    assert find_all("fa", "\u200c( |$|[.،])|(^| )\u200c|\u200c\u200c") == []


def test_traditional_chinese_has_no_simplified_characters() -> None:
    assert find_all("zh-Hant", f"[{''.join(sorted(ONLY_SIMPLIFIED))}]") == []


def test_simplified_chinese_has_no_traditional_characters() -> None:
    assert find_all("zh-Hans", f"[{''.join(sorted(ONLY_TRADITIONAL))}]") == []


def test_chinese_says_things_as_they_are_said_there() -> None:
    assert find_all("zh-Hant", "视频|視頻|網店|信息|質量|酸奶|奶酪|三文魚|洗潔精") == []
    assert find_all("zh-Hans", "公克|影片|网路|起司|鲑鱼|线上购买|柳橙|公尺|公分") == []


@pytest.mark.parametrize("tag", ["zh-Hant", "zh-Hans"])
def test_chinese_has_full_width_punctuation(tag: str) -> None:
    assert find_all(tag, r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]|[\u4e00-\u9fff]\.") == []


def test_chinese_quotes_are_those_of_the_place() -> None:
    assert find_all("zh-Hant", "[\u201c\u201d]") == []
    assert find_all("zh-Hans", "[「」]") == []


def test_russian_has_its_quotes_dashes_and_decimal_comma() -> None:
    assert find_all("ru", "[\u201c\u201d\u2019']| - |\\d\\.\\d") == []


def test_each_language_is_written_in_its_own_script() -> None:
    for tag, script in (("zh-Hant", "[\u4e00-\u9fff]"), ("zh-Hans", "[\u4e00-\u9fff]"), ("ru", "[а-яё]")):
        plain = [words for _, words in list_words(tag) if words and not re.search(script, words)]
        assert all(re.fullmatch(r"[\d:.,×+– ¥₽NT$]+", words) for words in plain), (tag, plain)
