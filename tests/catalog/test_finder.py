"""Real questions in five languages, asked of the sample brand's pages."""

from __future__ import annotations

import time

import pytest

from shelftalk.catalog.finder import compare_terms, find_passages, list_passages, list_terms, mark_words
from shelftalk.catalog.page import Block, PageContent
from shelftalk.sample.brand import load_brand

OOLONG, HONEY = "high-mountain-oolong", "buckwheat-honey"
PAGES = {product.slug: product.content for product in load_brand().products}
# Product, language, what a shopper types, and words of the answer that must be among the first three.
FOUND = [
    (OOLONG, "en", "How hot should the water be?", "90"),
    (OOLONG, "en", "how much caffeine does it have", "30 mg"),
    (OOLONG, "en", "caffiene", "30 mg"),
    (OOLONG, "en", "can I brew it cold", "cold water"),
    (OOLONG, "en", "rinsing leaves", "clean"),
    (OOLONG, "en", "peanut allergy", "traces of peanuts"),
    (OOLONG, "en", "How long can I keep the tin once open", "six months"),
    (HONEY, "en", "can my baby eat this", "12 months"),
    (OOLONG, "ru", "Сколько кофеина в чашке?", "30 мг"),
    (OOLONG, "ru", "как долго хранить", "полгода"),
    (OOLONG, "ru", "температура воды", "90 °C"),
    (OOLONG, "ru", "есть ли арахис", "арахиса"),
    (OOLONG, "ru", "промывают ли чай перед завариванием", "чистый"),
    (OOLONG, "ru", "где растет", "растёт"),
    (OOLONG, "fa", "چقدر كافئين دارد؟", "میلی‌گرم"),
    (OOLONG, "fa", "90 درجه", "۹۰ درجه"),
    (OOLONG, "fa", "چاي سرد", "آب سرد"),
    (OOLONG, "fa", "تا چند ماه میماند", "شش ماه"),
    (OOLONG, "fa", "بادام زمینی دارد؟", "بادام‌زمینی"),
    (OOLONG, "fa", "برگها را بشویم؟", "تمیزند"),
    (OOLONG, "zh-Hant", "要用幾度的熱水", "90°C"),
    (OOLONG, "zh-Hant", "咖啡因很高嗎", "30 毫克"),
    (OOLONG, "zh-Hant", "可以冷泡嗎", "冷開水"),
    (OOLONG, "zh-Hant", "保存期限多久", "六個月"),
    (OOLONG, "zh-Hant", "花生過敏", "花生"),
    (OOLONG, "zh-Hans", "能放多长时间", "半年"),
    (OOLONG, "zh-Hans", "有没有花生", "花生"),
    (OOLONG, "zh-Hans", "咖啡因", "30 毫克"),
]
UNANSWERED = [
    ("en", "Is it organic?"),
    ("en", "what is it"),
    ("ru", "он органический?"),
    ("fa", "آیا ارگانیک است؟"),
    ("zh-Hant", "是有機的嗎"),
    ("zh-Hans", "有机吗"),
    ("en", "?!"),
    ("en", ""),
]


@pytest.mark.parametrize(("slug", "tag", "question", "answer"), FOUND, ids=[row[2] for row in FOUND])
def test_what_the_page_says_is_found(slug: str, tag: str, question: str, answer: str) -> None:
    matches = find_passages(question, list_passages(PAGES[slug], tag))[:3]
    said = [f"{match.passage.title} {match.passage.text}" for match in matches]
    assert any(answer in text for text in said), said


@pytest.mark.parametrize(("tag", "question"), UNANSWERED)
def test_what_the_page_does_not_say_is_not_made_up(tag: str, question: str) -> None:
    assert find_passages(question, list_passages(PAGES[OOLONG], tag)) == []


def test_the_answer_to_a_question_word_for_word_comes_first_in_every_language() -> None:
    wrong = []
    for slug, content in PAGES.items():
        for tag in content.languages:
            passages = list_passages(content, tag)
            for passage in passages:
                if passage.kind == "faq":
                    first = find_passages(passage.title, passages)[:1]
                    if not first or first[0].passage != passage:
                        wrong.append((slug, tag, passage.title))
    assert wrong == []


def test_a_search_over_the_longest_sample_page_takes_milliseconds() -> None:
    passages = max((list_passages(content, "en") for content in PAGES.values()), key=len)
    list_terms.cache_clear()
    compare_terms.cache_clear()
    began = time.process_time()
    find_passages("How long can I keep the tin once it is open, and does it need the fridge?", passages)
    assert time.process_time() - began < 0.25


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("water", "water", True),
        ("babies", "baby", True),
        ("brewing", "brew", True),
        ("вода", "воды", True),
        ("чай", "чая", True),
        ("заваривать", "заварить", True),
        ("میماند", "ماند", True),
        ("برگها", "برگ", True),
        ("caffiene", "caffeine", True),
        ("90", "900", False),
        ("tea", "team", False),
        ("кофе", "конфета", False),
        ("water", "waist", False),
        ("冷泡", "泡茶", False),
    ],
)
def test_words_are_alike_by_stem_beginning_or_trigrams(one: str, other: str, alike: bool) -> None:
    assert (compare_terms(one, other) >= 0.5) is alike


def test_words_of_asking_say_nothing_and_chinese_is_cut_into_pairs() -> None:
    assert list_terms("How long should it steep?") == ("long", "steep")
    assert list_terms("咖啡因很高嗎") == ("咖啡", "啡因", "高")
    assert list_terms("آیا چاي است ۱۲؟") == ("چای", "12")


@pytest.mark.parametrize(
    ("text", "question", "marked"),
    [
        ("Caffeine is about 30 mg.", "caffeine", ["Caffeine"]),
        ("Лист растёт медленно", "где растет", ["растёт"]),
        ("آبِ ۹۰ درجه", "90 درجه", ["۹۰", "درجه"]),
        ("每杯咖啡因約 30 毫克", "咖啡因", ["咖啡因"]),
        ("<b>tea</b>", "tea", ["tea"]),
        ("", "tea", []),
        ("nothing here", "", []),
    ],
)
def test_the_words_asked_for_are_marked_in_the_text_as_written(text: str, question: str, marked: list[str]) -> None:
    pieces = mark_words(text, question)
    assert [piece for piece, hit in pieces if hit] == marked
    assert "".join(piece for piece, _hit in pieces) == text


def test_hidden_blocks_alternative_texts_and_prices_are_not_searched() -> None:
    blocks = (
        Block("hero", "hero", False, {}),
        Block("note", "text", True, {}),
        Block("body", "text", False, {}),
        Block("buy", "buy", False, {}),
    )
    texts = {
        "en": {
            "hero": {"title": "Tea", "claim": "Fresh", "alt": "A zebra"},
            "note": {"heading": "Secret", "body": "A zebra"},
            "body": {"heading": "Story", "body": "First **bold** part.\n\n- second [link](https://x.example/zebra)"},
            "buy": {"label": "Zebra", "price": "5"},
        }
    }
    passages = list_passages(PageContent(blocks, texts), "en")  # type: ignore[arg-type]
    assert [passage.text for passage in passages] == ["Fresh", "First bold part.", "second link"]
    assert find_passages("zebra", passages) == []
