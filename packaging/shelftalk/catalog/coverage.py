"""How much of a page each of its languages has: what is not written in a language is left out there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import Block, Gap, PageContent
from shelftalk.errors import mark

WORTH = 3  # blocks besides the headline: where a language has so many, another with none of them is no page yet
_BARE = mark(
    "{language} has {count} of {all} blocks: its readers find the headline and nothing else. "
    "Write the rest, or take the headline out; they then read {other}."
)
_THIN = mark("{language} has {count} of {all} blocks. Left out there: {blocks}.")


def list_bare_languages(content: PageContent) -> Iterator[Gap]:
    """Languages with a headline only, where others have a page: worse for a reader than another language."""
    shown = _list_shown(content)
    fullest = max((len(_list_written(content, tag, shown)) for tag in content.languages), default=0)
    for tag in content.languages:
        if not _list_written(content, tag, shown) and fullest >= WORTH:
            other = next(one for one in content.languages if _list_written(content, one, shown))
            yield _make_gap(content, tag, shown, _BARE, other=LANGUAGES[other].name)


def list_thin_languages(content: PageContent) -> Iterator[Gap]:
    """Languages that have some blocks of the page and lack others: it may be meant."""
    shown = _list_shown(content)
    for tag in content.languages:
        if 0 < len(_list_written(content, tag, shown)) < len(shown):
            lacking = [block for block in shown if block not in _list_written(content, tag, shown)]
            labels = tuple(dict.fromkeys(get_block_type(block.type).label for block in lacking))
            yield _make_gap(content, tag, shown, _THIN, blocks=labels)


def _list_shown(content: PageContent) -> list[Block]:
    """The blocks besides the headline that some language of the page has."""
    return [
        block
        for block in content.blocks
        if block.type != "hero" and not block.hidden and any(_has(content, tag, block) for tag in content.languages)
    ]


def _list_written(content: PageContent, tag: str, blocks: Sequence[Block]) -> list[Block]:
    return [block for block in blocks if _has(content, tag, block)]


def _has(content: PageContent, tag: str, block: Block) -> bool:
    return any(content.texts.get(tag, {}).get(block.id, {}).values())


def _make_gap(content: PageContent, tag: str, shown: Sequence[Block], message: str, **values: object) -> Gap:
    """What is said of a language; it leads to the first block it lacks. The headline counts as a block."""
    written = _list_written(content, tag, shown)
    first = next(block for block in shown if block not in written)
    field = next(one.name for one in get_block_type(first.type).fields if not one.shared)
    counts: dict[str, object] = {"language": LANGUAGES[tag].name, "count": len(written) + 1, "all": len(shown) + 1}
    return Gap(tag, first.id, field, message, counts | values)
