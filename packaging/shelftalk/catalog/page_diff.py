"""What differs between two versions of a page, block by block and language by language, down to the word."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

from shelftalk.catalog.block import Field, Value
from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import Block, PageContent

Op = Literal["same", "ins", "del"]
How = Literal["added", "removed", "moved", "hidden", "shown", "changed"]
# Words, single signs of scripts that write without spaces, spaces, and every other sign alone.
_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff]|[^\W\d_]+(?:[’'\u200c][^\W\d_]+)*|\d+|\s+|.", re.DOTALL)
# A sentence with the space behind it; those of Chinese end without one.
_SENTENCE = re.compile(r".+?(?:[.!?…؟]+[\"”»’)]*\s+|[。！？]+[」』”）]*\s*|\Z)", re.DOTALL)
CONTEXT = 40  # signs shown around a change in a long text


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is there in both, only in the new or only in the old."""

    op: Op
    text: str


@dataclass(frozen=True)
class FieldChange:
    """A field that reads differently. `language` is empty for what all languages share; a line is a row or a text."""

    language: str
    field: Field
    lines: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True)
class BlockChange:
    """A block that differs: how it as a whole does, and which of its fields."""

    block: Block
    how: tuple[How, ...]
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Summary:
    """A difference in short: how many blocks came, went, moved or changed, and in which languages."""

    added: int
    removed: int
    moved: int
    changed: int
    languages: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.removed or self.moved or self.changed)


def compare_pages(old: PageContent, new: PageContent) -> list[BlockChange]:
    """What one has to do to the old page to get the new one, in the new one's order; removed blocks come last."""
    before = {block.id: block for block in old.blocks}
    after = {block.id: block for block in new.blocks}
    moved = _list_moved([b.id for b in old.blocks if b.id in after], [b.id for b in new.blocks if b.id in before])
    changes = [_compare_block(b, before.get(b.id), b, old, new, b.id in moved) for b in new.blocks]
    changes += [_compare_block(b, b, None, old, new, False) for b in old.blocks if b.id not in after]
    return [change for change in changes if change.how]


def _list_moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The fewest blocks that must have been moved: those outside the longest run that kept its order."""
    places = {block_id: place for place, block_id in enumerate(before)}
    tails: list[int] = []
    runs: list[tuple[str, ...]] = []
    for block_id in after:
        at = bisect_left(tails, places[block_id])
        run = (*(runs[at - 1] if at else ()), block_id)
        tails[at : at + 1], runs[at : at + 1] = [places[block_id]], [run]
    return set(after) - set(runs[-1] if runs else ())


def _compare_block(
    block: Block, old: Block | None, new: Block | None, old_page: PageContent, new_page: PageContent, moved: bool
) -> BlockChange:
    fields = tuple(_compare_fields(block, old, new, old_page, new_page))
    how: list[How] = ["added"] if old is None else ["removed"] if new is None else []
    if old and new:
        how += ["moved"] if moved else []
        how += ["hidden" if new.hidden else "shown"] if new.hidden != old.hidden else []
        how += ["changed"] if fields else []
    return BlockChange(block, tuple(how), fields)


def _compare_fields(
    block: Block, old: Block | None, new: Block | None, old_page: PageContent, new_page: PageContent
) -> Iterator[FieldChange]:
    for field in get_block_type(block.type).fields:
        for tag in ("",) if field.shared else tuple(LANGUAGES):
            before = _read(old, old_page, tag, field)
            after = _read(new, new_page, tag, field)
            if before != after:
                yield FieldChange(tag, field, tuple(_compare_values(field, before, after)))


def _read(block: Block | None, page: PageContent, tag: str, field: Field) -> Value:
    values: Mapping[str, Value] = {}
    if block:
        values = page.texts.get(tag, {}).get(block.id, {}) if tag else dict(block.shared)
    return values.get(field.name) or ([] if field.kind == "rows" else "")


def _compare_values(field: Field, old: Value, new: Value) -> Iterator[tuple[Piece, ...]]:
    before, after = _list_lines(field, old), _list_lines(field, new)
    for op, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            continue
        gone, come = before[start:end], after[new_start:new_end]
        pairs = min(len(gone), len(come))
        yield from (compare_texts(*pair) for pair in zip(gone, come, strict=False))
        yield from ((Piece("del", line),) for line in gone[pairs:])
        yield from ((Piece("ins", line),) for line in come[pairs:])


def _list_lines(field: Field, value: Value) -> list[str]:
    """A field as lines: a line a row, or a line a paragraph."""
    if isinstance(value, list):
        return [" · ".join(text for sub in field.fields if (text := row.get(sub.name, ""))) for row in value]
    return [line for line in value.split("\n") if line.strip()]


def compare_texts(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts word by word, a sentence that was written anew as a whole; long stretches that are the same are cut
    down to what stands around a change."""
    before, after = _SENTENCE.findall(old), _SENTENCE.findall(new)
    pieces: list[Piece] = []
    for op, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = before[start:end], after[new_start:new_end]
        if op == "equal":
            pieces.append(Piece("same", "".join(gone)))
        elif len(gone) == len(come):
            pieces += [piece for pair in zip(gone, come, strict=True) for piece in _compare_sentences(*pair)]
        else:
            pieces += _compare_sentences("".join(gone), "".join(come))
    merged = list(_merge(_join(pieces)))
    return tuple(_cut(piece, place == 0, place == len(merged) - 1) for place, piece in enumerate(merged))


def _compare_sentences(old: str, new: str) -> list[Piece]:
    """Word by word, or whole when less than half of the words are kept: old and new mixed would be riddles."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    pieces: list[Piece] = []
    kept = 0
    for op, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            kept += _count_words(before[start:end])
            pieces.append(Piece("same", "".join(before[start:end])))
            continue
        pieces += [Piece("del", "".join(before[start:end]))] if end > start else []
        pieces += [Piece("ins", "".join(after[new_start:new_end]))] if new_end > new_start else []
    if 2 * kept < min(_count_words(before), _count_words(after)):
        return [Piece("del", old), Piece("ins", new)]
    return pieces


def _count_words(tokens: Sequence[str]) -> int:
    return sum(token[0].isalnum() for token in tokens)


def _join(pieces: Sequence[Piece]) -> list[Piece]:
    """Stretches of one kind that follow each other, as one."""
    return [Piece(op, "".join(piece.text for piece in group)) for op, group in groupby(pieces, key=lambda one: one.op)]


def _merge(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbours with only a space between them become one: a changed sentence reads whole, not as confetti."""
    gone, come = "", ""
    for place, piece in enumerate(pieces):
        inner = 0 < place < len(pieces) - 1
        if piece.op == "same" and not (inner and piece.text.isspace()):
            yield from _flush(gone, come)
            gone, come = "", ""
            yield piece
        else:
            gone += piece.text if piece.op != "ins" else ""
            come += piece.text if piece.op != "del" else ""
    yield from _flush(gone, come)


def _flush(gone: str, come: str) -> Iterator[Piece]:
    if gone:
        yield Piece("del", gone)
    if come:
        yield Piece("ins", come)


def _cut(piece: Piece, first: bool, last: bool) -> Piece:
    """An untouched stretch without its middle, or without the end that touches no change."""
    text = piece.text
    if piece.op != "same" or len(text) <= 2 * CONTEXT + 20 or (first and last):
        return piece
    head = "" if first else text[:CONTEXT]
    tail = "" if last else text[-CONTEXT:]
    return Piece("same", f"{head} … {tail}")


def summarise(changes: Sequence[BlockChange]) -> Summary:
    """A difference in short."""
    counts = {how: sum(how in change.how for change in changes) for how in ("added", "removed", "moved")}
    changed = sum(bool({"changed", "hidden", "shown"} & set(change.how)) for change in changes)
    touched = {item.language for change in changes for item in change.fields}
    return Summary(**counts, changed=changed, languages=tuple(tag for tag in LANGUAGES if tag in touched))
