"""Pages to start from: ready-made ones by kind of product, and how another page is taken over without its headline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shelftalk.catalog.block import Value
from shelftalk.catalog.blocks import BLOCKS
from shelftalk.catalog.page import Block, PageContent, Texts, make_block
from shelftalk.errors import mark

HEADLINE = "hero"
OWN_WORDS = ("title", "alt")  # of the headline: they speak of one product and its photo


@dataclass(frozen=True)
class Start:
    """A ready-made page: kinds of blocks, each with the heading it starts with (a key of HEADINGS, or empty)."""

    name: str
    label: str
    help: str
    icon: str
    blocks: tuple[tuple[str, str], ...]


# Heading -> the same in English, traditional and simplified Chinese, Russian, Persian.
LANGUAGES = ("en", "zh-Hant", "zh-Hans", "ru", "fa")
HEADINGS: Mapping[str, tuple[str, str, str, str, str]] = {
    "ingredients": ("Ingredients", "成分", "配料", "Состав", "ترکیبات"),
    "nutrition": ("Nutrition", "營養標示", "营养成分", "Пищевая ценность", "ارزش غذایی"),
    "prepare": ("How to prepare it", "做法", "做法", "Как приготовить", "طرز تهیه"),
    "serve": ("How to serve it", "品飲方式", "饮用方式", "Как подавать", "طرز سرو"),
    "use": ("How to use it", "使用方法", "使用方法", "Как применять", "طرز استفاده"),
    "begin": ("First steps", "開始使用", "开始使用", "Начало работы", "شروع کار"),
    "origin": ("Where it comes from", "來自哪裡", "来自哪里", "Откуда это", "از کجا می‌آید"),
    "skin": ("Who it is for", "適合誰", "适合谁", "Кому подойдёт", "برای چه کسانی است"),
    "data": ("Technical data", "規格", "规格", "Технические данные", "مشخصات فنی"),
    "store": ("Storage and recycling", "保存與回收", "储存与回收", "Хранение и переработка", "نگهداری و بازیافت"),
    "care": ("Care and recycling", "保養與回收", "保养与回收", "Уход и переработка", "مراقبت و بازیافت"),
    "manuals": (
        "Manuals and certificates",
        "說明書與證書",
        "说明书与证书",
        "Инструкции и сертификаты",
        "راهنماها و گواهی‌ها",
    ),
    "warranty": ("Warranty", "保固", "保修", "Гарантия", "ضمانت"),
    "questions": ("Questions", "常見問題", "常见问题", "Вопросы", "پرسش‌ها"),
    "reviews": ("What others say", "大家怎麼說", "大家怎么说", "Отзывы", "نظر دیگران"),
    "contact": ("Contact", "聯絡我們", "联系我们", "Контакты", "تماس با ما"),
}
STARTS: Mapping[str, Start] = {
    start.name: start
    for start in (
        Start(
            "food",
            mark("Food"),
            mark("Ingredients with allergens, nutrition, a recipe, storage."),
            "wheat",
            (
                ("hero", ""),
                ("ingredients", "ingredients"),
                ("nutrition", "nutrition"),
                ("recipe", "prepare"),
                ("faq", "questions"),
                ("reviews", "reviews"),
                ("care", "store"),
                ("contact", "contact"),
                ("buy", ""),
            ),
        ),
        Start(
            "cosmetics",
            mark("Cosmetics"),
            mark("Who it is for, how to use it, ingredients, recycling."),
            "sparkles",
            (
                ("hero", ""),
                ("facts", "skin"),
                ("steps", "use"),
                ("ingredients", "ingredients"),
                ("faq", "questions"),
                ("reviews", "reviews"),
                ("care", "care"),
                ("contact", "contact"),
                ("buy", ""),
            ),
        ),
        Start(
            "device",
            mark("Device"),
            mark("First steps, a video, technical data, manuals, warranty."),
            "smartphone",
            (
                ("hero", ""),
                ("steps", "begin"),
                ("video", ""),
                ("facts", "data"),
                ("documents", "manuals"),
                ("faq", "questions"),
                ("warranty", "warranty"),
                ("care", "care"),
                ("contact", "contact"),
                ("buy", ""),
            ),
        ),
        Start(
            "drink",
            mark("Drink"),
            mark("How to serve it, where it comes from, ingredients, nutrition."),
            "palette",
            (
                ("hero", ""),
                ("steps", "serve"),
                ("text", "origin"),
                ("ingredients", "ingredients"),
                ("nutrition", "nutrition"),
                ("faq", "questions"),
                ("reviews", "reviews"),
                ("care", "store"),
                ("buy", ""),
            ),
        ),
    )
}


def make_start(start: Start) -> PageContent:
    """The ready-made page, with headings in the languages it knows and nothing else written."""
    made = [(make_block(kind), heading) for kind, heading in start.blocks if kind in BLOCKS]
    texts: dict[str, Texts] = {tag: {} for tag in LANGUAGES}
    for block, heading in made:
        for tag, words in zip(LANGUAGES, HEADINGS.get(heading, ()), strict=False):
            texts[tag][block.id] = {"heading": words}
    return PageContent(tuple(block for block, _heading in made), texts)


def drop_headline(content: PageContent) -> PageContent:
    """A page without what its headline says of one product, to keep as a template."""
    ids = {block.id for block in content.blocks if block.type == HEADLINE}
    blocks = tuple(replace(block, shared={}) if block.id in ids else block for block in content.blocks)
    texts = {
        tag: {
            block_id: {name: value for name, value in values.items() if block_id not in ids or name not in OWN_WORDS}
            for block_id, values in of_blocks.items()
        }
        for tag, of_blocks in content.texts.items()
    }
    return PageContent(blocks, texts)


def take_over(content: PageContent, own: PageContent) -> PageContent:
    """Another page's blocks and words under a page's own headline and photo; the blocks get marks of their own."""
    kept = next((block for block in own.blocks if block.type == HEADLINE), None)
    renamed = {block.id: make_block(block.type).id for block in content.blocks}
    blocks: list[Block] = []
    for block in content.blocks:
        if block.type == HEADLINE and kept:
            renamed[block.id] = kept.id
        blocks.append(kept if block.type == HEADLINE and kept else replace(block, id=renamed[block.id]))
    if kept and kept not in blocks:
        blocks.insert(0, kept)
    source = drop_headline(content)
    texts: dict[str, Texts] = {
        tag: {renamed[block_id]: dict(values) for block_id, values in of_blocks.items()}
        for tag, of_blocks in source.texts.items()
    }
    for tag, of_blocks in own.texts.items():
        if kept and kept.id in of_blocks:
            theirs = texts.setdefault(tag, {}).get(kept.id, {})
            texts[tag][kept.id] = _fill(of_blocks[kept.id], theirs)
    return PageContent(tuple(blocks), texts)


def _fill(own: Mapping[str, Value], other: Mapping[str, Value]) -> dict[str, Value]:
    """One's own words, and where there are none the other's."""
    return {name: own.get(name) or other.get(name, "") for name in {**other, **own}}
