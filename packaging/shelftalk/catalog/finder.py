"""Finds what a page says about a shopper's question: full-text search over one page in one language, in memory.

Words match whole, by stem, by a shared beginning or by their trigrams; Chinese by pairs of signs. A word that few
passages have weighs more. A page has some dozens of passages, so nothing is indexed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from shelftalk.catalog.block import BlockType, Value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import fold_text
from shelftalk.catalog.page import Block, PageContent

FITS = 0.3  # share of the question's weight a passage must carry
CLOSE = 0.55  # share of the best passage's score the others must reach
ABSENT = 0.4  # weight of a word the page has nowhere, beside one it has once
IN_TITLE, IN_TEXT = 1.0, 0.85
MAX_TERMS = 24
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}](?:[^\W_{_HAN}]|[\u0300-\u036f\u064b-\u0655])*")
_ENDINGS = re.compile(
    r"(?:[аоеиыуюяэйь]{1,2}|(?:[иы]ми|[ао]ми|ям|ах|ях|ам|ом|ем|ов|ев)|(?:ies|ing|ed|es|s|y)|(?:ها|های|هایی|هایش))$"
)
_VOWELS = frozenset("аоеиыуюяэйь")
_BEGINNINGS = re.compile("^ن?می(?=.{3})")
_MARKDOWN = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|(?m:^[ \t]*(?:#{1,6}|>|[-*+]|\d+\.)[ \t]+)|[*_`]{1,3}")
_SEARCHED = ("line", "text", "markdown", "number")
_UNSEARCHED = {"alt", "length"}
# Words of asking, which say nothing of what is asked.
_EMPTY = frozenset(
    fold_text(
        "a an and any are as at be by can could do does for from has have how i if in is it its me my of on or our"
        " should so than that the their them then there these they this to was we what when where which who why will"
        " with would you your"
        " а без бы в во вы где для до его ее если есть еще же за и из или их к как какая какие какой когда кто ли"
        " мне можно мой на надо не нет но ну нужно о об он она они от по под при с сколько со так такое то тут у уже"
        " чего чем что чтобы эта эти это этот я"
        " آن آیا از است اش اگر ام این با باید بر برای به تا تر توان چرا چطور چقدر چگونه چند چه چیست در دارد را شد شود"
        " کجا کدام کرد کند کنم که می من نمی ها های هست هم و یا یک"
    ).split()
)
_HAN_EMPTY = re.compile(
    "什麼時候|什么时候|為什麼|为什么|是不是|能不能|可不可以|有沒有|有没有|多少|什麼|什么|怎麼|怎么|怎樣|怎样|如何|是否"
    "|請問|请问|這個|这个|那個|那个|可以|需要|應該|应该|適合|适合|一下|還是|还是|或者|我們|我们|你們|你们|它們|它们"
    "|[的了嗎吗呢吧啊是在和與与及也都就把被讓让給给要會会能用我你您他她它這这那哪個个為为對对從从到很]"
)
_HAN_SPAN = re.compile("多[长長](?:时间|時間)?")


@dataclass(frozen=True)
class Passage:
    """A piece of a page: its title (a question, a label), its text, and the mark it lies under."""

    block_id: str
    heading: str
    title: str
    text: str
    row: int = 0  # from 1, of a block's rows; 0: the block itself
    kind: str = ""

    @property
    def anchor(self) -> str:
        """What the page's address ends in to lead there."""
        return f"{self.block_id}-{self.row}" if self.kind == "faq" and self.row else self.block_id


@dataclass(frozen=True)
class Match:
    """A passage that fits a question. `score`: the share of the question's weight it carries, 0 to 1."""

    passage: Passage
    score: float


def list_passages(content: PageContent, tag: str) -> list[Passage]:
    """Everything the page says in a language, piece by piece; hidden blocks say nothing."""
    texts = content.texts.get(tag, {})
    return [
        passage
        for block in content.blocks
        if not block.hidden and block.type != "buy"
        for passage in _list_of_block(block, get_block_type(block.type), texts.get(block.id, {}))
    ]


def _list_of_block(block: Block, kind: BlockType, values: dict[str, Value]) -> list[Passage]:
    heading = str(values.get("heading") or values.get("title") or "")
    found = []
    for field in kind.fields:
        value = values.get(field.name)
        if isinstance(value, list):
            names = [sub.name for sub in field.fields if sub.kind in _SEARCHED]
            for number, row in enumerate(value, 1):
                first, *rest = [_make_plain(row.get(name, "")) for name in names] or [""]
                if first or any(rest):
                    text = " ".join(part for part in rest if part)
                    found.append(Passage(block.id, heading, first, text, number, kind.name))
        elif value and field.kind in _SEARCHED and field.name not in {"heading", "title"} | _UNSEARCHED:
            parts = [part for part in re.split(r"\n\s*\n", _make_plain(value)) if part.strip()]
            found += [Passage(block.id, heading, "", part.strip(), 0, kind.name) for part in parts]
    return found


def _make_plain(text: str) -> str:
    """Markdown without its signs."""
    return _MARKDOWN.sub(lambda found: found[1] or "", text)


@lru_cache(maxsize=4096)
def list_terms(text: str) -> tuple[str, ...]:
    """What a text is found by: folded words, and pairs of signs for Chinese; words of asking left out.

    >>> list_terms("How long should it steep?")
    ('long', 'steep')
    >>> list_terms("要泡多久？")
    ('泡', '久')
    """
    terms: list[str] = []
    for token in _TOKEN.findall(fold_text(text)):
        if re.match(f"[{_HAN}]", token):
            for run in _HAN_EMPTY.sub(" ", _HAN_SPAN.sub("多久", token)).split():
                terms += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        elif token not in _EMPTY:
            terms.append(token)
    return tuple(dict.fromkeys(terms))


def find_passages(question: str, passages: Sequence[Passage], limit: int = 5) -> list[Match]:
    """The passages that fit a question, the best first; none when nothing does."""
    asked = list_terms(question)[:MAX_TERMS]
    if not asked:
        return []
    strengths = [[_rate_term(term, passage) for term in asked] for passage in passages]
    weights = [_weigh([row[i] for row in strengths]) for i in range(len(asked))]
    total = sum(weights)
    scores = [sum(w * s for w, s in zip(weights, row, strict=True)) / total for row in strengths]
    matches = [Match(passage, min(score, 1.0)) for passage, score in zip(passages, scores, strict=True)]
    best = max((match.score for match in matches), default=0.0)
    least = max(FITS, best * CLOSE)
    fitting = [match for match in matches if match.score >= least]
    return sorted(fitting, key=lambda match: (-match.score, match.passage.kind != "faq"))[:limit]


def _weigh(strengths: Sequence[float]) -> float:
    """How much a word of the question says: a rare one more, one the page has nowhere less: it may be another word
    for something that is there."""
    found = sum(strength > 0 for strength in strengths)
    return math.log(1 + (len(strengths) + 1) / max(found, 1)) * (1 if found else ABSENT)


def _rate_term(term: str, passage: Passage) -> float:
    """How well a passage has a word: 1 exactly and in its title, 0 not at all."""
    in_title = max((compare_terms(term, word) for word in list_terms(passage.title)), default=0.0)
    in_text = max((compare_terms(term, word) for word in list_terms(passage.text)), default=0.0)
    in_heading = max((compare_terms(term, word) for word in list_terms(passage.heading)), default=0.0)
    return max(in_title * IN_TITLE, in_text * IN_TEXT, in_heading * 0.5)


@lru_cache(maxsize=65_536)
def compare_terms(asked: str, word: str) -> float:
    """How alike two words are, from 0 to 1: the same, one stem, one beginning, most trigrams."""
    if asked == word:
        return 1.0
    if re.match(f"[{_HAN}]", asked):
        return 0.8 if (len(asked) == 1 and asked in word) or (len(word) == 1 and word in asked) else 0.0
    if asked.isdecimal() or word.isdecimal():
        return 0.0
    if _stem(asked) == _stem(word):
        return 0.95
    shared = next((i for i, (a, b) in enumerate(zip(asked, word, strict=False)) if a != b), min(len(asked), len(word)))
    longer = max(len(asked), len(word))
    least = 4 if asked.isascii() else 3
    if shared >= least and (shared >= 0.65 * longer or (shared == len(asked) and shared >= 0.4 * longer)):
        return 0.8
    if shared >= 4 and shared >= 0.5 * longer:
        return 0.65
    alike = _share_trigrams(asked, word) if longer >= 5 else 0.0
    return 0.6 * alike if alike >= 0.5 else 0.0


def _stem(word: str) -> str:
    """A word without its usual ending (Persian verbs: and beginning), where enough is left."""
    bare = _BEGINNINGS.sub("", word)
    least = 3 if word.isascii() else 2
    cuts = (_ENDINGS.sub("", bare), bare[:-1] if bare[-1:] in _VOWELS else bare)
    return next((cut for cut in cuts if len(cut) >= least), word)


def _share_trigrams(one: str, other: str) -> float:
    a, b = (_list_trigrams(word) for word in (one, other))
    return 2 * len(a & b) / (len(a) + len(b))


def _list_trigrams(word: str) -> set[str]:
    padded = f"  {word} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def mark_words(text: str, question: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is what the question asks for."""
    asked = list_terms(question)[:MAX_TERMS]
    hits = [False] * len(text)
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        if re.match(f"[{_HAN}]", found[0]):
            for term in asked:
                for place in range(start, end - len(term) + 1):
                    if text.startswith(term, place):
                        hits[place : place + len(term)] = [True] * len(term)
        elif any(compare_terms(term, word) >= 0.55 for term in asked for word in list_terms(found[0])):
            hits[start:end] = [True] * (end - start)
    return _join_pieces(text, hits)


def _join_pieces(text: str, hits: Sequence[bool]) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or hits[place] != hits[start]:
            pieces.append((text[start:place], hits[start]))
            start = place
    return pieces
