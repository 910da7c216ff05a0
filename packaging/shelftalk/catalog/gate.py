"""What a page must prove before shoppers read it, rule by rule. Knows no network, no file and no template.

Each rule is given what was measured and answers with gaps: where it fails and how to mend it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shelftalk.catalog.block import Value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.coverage import list_bare_languages, list_thin_languages
from shelftalk.catalog.form_rules import list_form_gaps
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import Block, Gap, PageContent, list_gaps
from shelftalk.catalog.palette import AA_SHAPE, AA_TEXT, Palette, get_contrast
from shelftalk.errors import mark

Rule = Literal["words", "languages", "weight", "pictures", "alt", "contrast", "links", "forms"]
RULES: dict[Rule, str] = {
    "words": mark("Texts are complete"),
    "languages": mark("Every required language is there"),
    "weight": mark("The page arrives at once"),
    "pictures": mark("The first picture is light"),
    "alt": mark("Pictures are described"),
    "contrast": mark("Colours can be read"),
    "forms": mark("Forms work"),
    "links": mark("Links work"),
}
MAX_PAGE_BYTES = 14 * 1024  # compressed: what the first flight of a connection carries (RFC 6928)
MAX_PICTURE_BYTES = 100_000  # of the first view
_LINK = re.compile(r"\]\(<?(https?://[^\s)>]+)")


@dataclass(frozen=True)
class Check:
    """A rule's outcome: what is wrong, and what was measured, by language or address."""

    rule: Rule
    gaps: tuple[Gap, ...]
    measured: Mapping[str, float] | None = None
    advice: tuple[Gap, ...] = ()  # worth a look, and no hindrance

    @property
    def passed(self) -> bool:
        """Nothing stands in the way."""
        return not self.gaps


@dataclass(frozen=True)
class PageLink:
    """An address on a page and where it is written."""

    language: str
    block_id: str
    field: str
    url: str


def check_words(content: PageContent) -> Check:
    """Required texts, and blocks of which a page has one. What a picture shows is asked for by `check_alt`."""
    pictured = {block.id for block in content.blocks if block.shared.get("image")}
    gaps = (gap for gap in list_gaps(content) if gap.field != "alt" or gap.block_id not in pictured)
    found = (*gaps, *_list_doubles(content), *_list_silent_warnings(content), *list_bare_languages(content))
    return Check("words", found, advice=tuple(list_thin_languages(content)))


def _list_silent_warnings(content: PageContent) -> Iterator[Gap]:
    """Recalls that readers of another language would not see: other blocks may be left out of a language."""
    message = mark("“{block}” is not written in {language}: readers of that language would not be warned.")
    for block in content.blocks:
        if block.type != "recall" or block.hidden:
            continue
        kind = get_block_type(block.type)
        for tag in content.languages:
            if not any(content.texts.get(tag, {}).get(block.id, {}).values()):
                yield Gap(tag, block.id, kind.fields[0].name, message, _name(tag) | {"block": kind.label})


def _list_doubles(content: PageContent) -> Iterator[Gap]:
    shown = [block for block in content.blocks if not block.hidden]
    counts = Counter(block.type for block in shown)
    first = {block.type: block.id for block in reversed(shown)}
    for block in shown:
        kind = get_block_type(block.type)
        single = kind.once or block.type in ("hero", "buy")
        if single and counts[block.type] > 1 and block.id != first[block.type]:
            message = mark("A page has one “{block}”, this one has more. Hide or remove the others.")
            yield Gap("", block.id, kind.fields[0].name, message, {"block": kind.label})


def check_forms(content: PageContent, *, sends_mail: bool, codeless: Collection[str] = ()) -> Check:
    """What surveys, coupons, sign-ups and warranties need. `codeless`: the blocks whose pool never had a code."""
    return Check("forms", tuple(list_form_gaps(content, sends_mail=sends_mail, codeless=codeless)))


def check_languages(content: PageContent, required: Sequence[str]) -> Check:
    """The languages your site promises."""
    message = mark(
        "The page is not written in {language} yet, and your site promises it. Write at least the product’s name."
    )
    missing = [tag for tag in required if tag in LANGUAGES and tag not in content.languages]
    return Check("languages", tuple(Gap(tag, "", "title", message, _name(tag)) for tag in missing))


def check_weight(content: PageContent, sizes: Mapping[str, int]) -> Check:
    """`sizes`: bytes of the compressed page by language."""
    message = mark(
        "In {language} the page weighs {weight} kB compressed; at most {allowed} kB arrive at once. "
        "Shorten “{block}”, its longest block, or hide one."
    )
    gaps = []
    for tag, size in sizes.items():
        if size > MAX_PAGE_BYTES:
            block = max(content.blocks, key=lambda one: _count_signs(content.texts.get(tag, {}).get(one.id, {})))
            kind = get_block_type(block.type)
            weights = {"weight": round(size / 1024, 1), "allowed": MAX_PAGE_BYTES // 1024, "block": kind.label}
            gaps.append(Gap(tag, block.id, kind.fields[0].name, message, _name(tag) | weights))
    return Check("weight", tuple(gaps), dict(sizes))


def check_pictures(content: PageContent, size: int) -> Check:
    """`size`: bytes of the first picture as a phone asks for it; 0 without one."""
    hero = _find_hero(content)
    message = mark(
        "The first picture has {weight} kB on a phone; at most {allowed} kB are quick enough. "
        "Choose a calmer picture, or save it smaller."
    )
    values: dict[str, object] = {"weight": round(size / 1000), "allowed": MAX_PICTURE_BYTES // 1000}
    gap = Gap("", hero.id if hero else "", "image", message, values)
    return Check("pictures", (gap,) if size > MAX_PICTURE_BYTES else (), {"": size} if size else None)


def check_alt(content: PageContent, *, has_photo: bool) -> Check:
    """Every picture shoppers see says what it shows. `has_photo`: the headline shows the product's photo."""
    message = mark("The picture of “{block}” is not described in {language}. Write in a few words what it shows.")
    gaps = []
    for block in content.blocks:
        kind = get_block_type(block.type)
        alt = kind.get_field("alt")
        shows = bool(block.shared.get("image")) or (block.type == "hero" and has_photo)
        for tag in content.languages if alt and shows and not block.hidden else ():
            texts = content.texts.get(tag, {}).get(block.id, {})
            if not texts.get("alt") and (block.type == "hero" or any(texts.values())):
                gaps.append(Gap(tag, block.id, "alt", message, _name(tag) | {"block": kind.label}))
    return Check("alt", tuple(gaps))


def check_contrast(palettes: Sequence[Palette]) -> Check:
    """Text 4.5 : 1 and shapes 3 : 1 on every ground, light and dark (WCAG 2.2, 1.4.3 and 1.4.11)."""
    worst = min((get_contrast(one, other) / needed, one, other, needed) for one, other, needed in _list_pairs(palettes))
    share, one, other, needed = worst
    message = mark(
        "{one} on {other} has a contrast of {ratio}; {needed} is needed to read it. "
        "Choose a darker or lighter brand colour on the product’s page."
    )
    values: dict[str, object] = {"one": one, "other": other, "ratio": round(share * needed, 2), "needed": needed}
    gaps = (Gap("", "", "colour", message, values),) if share < 1 else ()
    return Check("contrast", gaps, {"": round(share * needed, 2)})


def _list_pairs(palettes: Sequence[Palette]) -> Iterator[tuple[str, str, float]]:
    for palette in palettes:
        for ground in (palette.paper, palette.card, palette.tint):
            yield from ((text, ground, AA_TEXT) for text in (palette.ink, palette.soft, palette.link))
        yield palette.on_brand, palette.brand, AA_TEXT
        yield palette.warn, palette.warn_tint, AA_TEXT
        yield palette.edge, palette.paper, AA_SHAPE


def check_links(links: Sequence[PageLink], faults: Mapping[str, tuple[str, Mapping[str, object]]]) -> Check:
    """`faults`: what is wrong with an address, as a message and its values; addresses that work are not in it."""
    gaps, told = [], set()
    for link in links:
        if link.url in faults and (link.block_id, link.field, link.url) not in told:
            told.add((link.block_id, link.field, link.url))
            message, values = faults[link.url]
            gaps.append(Gap(link.language, link.block_id, link.field, message, {"url": link.url, **values}))
    return Check("links", tuple(gaps))


def list_links(content: PageContent) -> list[PageLink]:
    """Every address on the page that shoppers can tap, with where it is written."""
    found: list[PageLink] = []
    for block in content.blocks:
        if not block.hidden:
            found += _list_from(block, "", block.shared)
            for tag in content.languages:
                found += _list_from(block, tag, content.texts.get(tag, {}).get(block.id, {}))
    return found


def _list_from(block: Block, tag: str, values: Mapping[str, Value]) -> Iterator[PageLink]:
    for field in get_block_type(block.type).fields:
        value = values.get(field.name, "")
        if isinstance(value, list):
            names = [sub.name for sub in field.fields if sub.kind == "url"]
            urls = [row[name] for row in value for name in names if row.get(name)]
        elif field.kind == "markdown":
            urls = _LINK.findall(value)
        else:
            urls = [value] if field.kind == "url" and value else []
        yield from (PageLink(tag, block.id, field.name, url) for url in urls)


def _find_hero(content: PageContent) -> Block | None:
    return next((block for block in content.blocks if block.type == "hero" and not block.hidden), None)


def _count_signs(values: Mapping[str, Value]) -> int:
    return sum(len(str(value)) for value in values.values())


def _name(tag: str) -> dict[str, object]:
    return {"language": LANGUAGES[tag].name}
