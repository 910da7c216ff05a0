"""Pages with one block or all kinds of content blocks in them, for tests that render them."""

from __future__ import annotations

from collections.abc import Mapping

from shelftalk.catalog.block import BlockType, Field, Value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import Block, PageContent, Texts, parse_content
from shelftalk.sample.brand import load_brand

KINDS = ("nutrition", "ingredients", "recipe", "care", "recall", "press", "contact", "shops", "social", "share")

RECALLS = {
    "en": ("Glass in some tins", "A machine broke.", "Do not drink the tea. We pay it back.", "on the bottom"),
    "zh-Hant": ("部分茶罐含玻璃碎片", "包裝機故障。", "請勿飲用，我們全額退款。", "罐底"),
    "zh-Hans": ("部分茶罐含玻璃碎片", "包装机故障。", "请勿饮用，我们全额退款。", "罐底"),
    "ru": ("Стекло в части банок", "Сломалась машина.", "Не пейте чай. Мы вернём деньги.", "на дне банки"),
    "fa": ("خرده‌شیشه در برخی قوطی‌ها", "دستگاه شکسته است.", "چای را ننوشید. پولتان را برمی‌گردانیم.", "ته قوطی"),
}


def read_sample_page() -> PageContent:
    """A page in five languages with one content block of each kind from the sample, and a recall."""
    products = load_brand().products
    blocks = [
        Block("hero", "hero", False, {"image": ""}),
        Block("alarm", "recall", False, {"lots": "L2401 – L2418\nL2500"}),
    ]
    texts: dict[str, Texts] = {tag: {"hero": products[3].content.texts[tag]["hero"]} for tag in LANGUAGES}
    for tag, words in RECALLS.items():
        texts[tag]["alarm"] = dict(zip(("heading", "text", "advice", "where"), words, strict=True))
        texts[tag]["alarm"]["url"] = "https://hillside.example/recall"
    for product in products:
        for block in product.content.blocks:
            if block.type in KINDS and block.id not in {one.id for one in blocks}:
                blocks.append(block)
                for tag in LANGUAGES:
                    texts[tag][block.id] = product.content.texts[tag][block.id]
    return PageContent(tuple(blocks), texts)


def make_page(kind: str, texts: Mapping[str, object], shared: Mapping[str, str] | None = None) -> PageContent:
    """A page of a headline and one block, the same texts in every language."""
    blocks = [
        {"id": "hero", "type": "hero", "hidden": False, "shared": {}},
        {"id": "it", "type": kind, "hidden": False, "shared": shared or {}},
    ]
    return parse_content(
        {"blocks": blocks, "texts": {tag: {"hero": {"title": "Tea"}, "it": texts} for tag in LANGUAGES}}
    )


def make_full_page(kinds: tuple[str, ...] = KINDS, text: str = "Words & more") -> PageContent:
    """A page with one block of each kind, every field of it filled in; `text` is what all texts say."""
    blocks: list[dict[str, object]] = [{"id": "hero", "type": "hero", "hidden": False, "shared": {}}]
    texts: dict[str, Mapping[str, Value]] = {"hero": {"title": "Tea"}}
    for kind in kinds:
        block_type = get_block_type(kind)
        shared = {f.name: fill_field(f, text) for f in block_type.fields if f.shared}
        blocks.append({"id": f"b{kind}", "type": kind, "hidden": False, "shared": shared})
        texts[f"b{kind}"] = fill_texts(block_type, text)
    return parse_content({"blocks": blocks, "texts": dict.fromkeys(LANGUAGES, texts)})


def fill_texts(kind: BlockType, text: str) -> dict[str, Value]:
    """What a block says in a language, nothing left out."""
    return {f.name: fill_field(f, text) for f in kind.fields if not f.shared}


def fill_field(field: Field, text: str) -> Value:
    """Something that fits the field."""
    if field.kind == "rows":
        return [{sub.name: str(fill_field(sub, text)) for sub in field.fields}] * 2
    if field.kind in ("line", "text", "markdown"):
        return text[: field.max_length]
    last = field.options[-1][0] if field.options else ""
    fitting = {"url": "https://tea.example/a?b=1&c=2", "email": "tea@hillside.example", "date": "2026-11-22"}
    return {**fitting, "number": "12.5", "check": "1", "choice": last}[field.kind]
