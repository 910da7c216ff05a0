"""A survey's results: what was counted per version and language, put together where it is the same question.

Handed counts and questions; knows no store. Words are those of the version that was answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from shelftalk.catalog.survey import (
    SCALE,
    Edition,
    OptionNode,
    Question,
    QuestionNode,
    find_questions,
    group_options,
    group_questions,
)
from shelftalk.reports.exports import write_table_csv, write_tables

FEW = 5  # a part of the answers below this is not told apart


class Chosen(Protocol):
    """A count of the store's."""

    @property
    def version(self) -> int: ...
    @property
    def language(self) -> str: ...
    @property
    def question(self) -> int: ...
    @property
    def choice(self) -> int: ...
    @property
    def n(self) -> int: ...


class Asked(Protocol):
    """How many answered a question."""

    @property
    def version(self) -> int: ...
    @property
    def language(self) -> str: ...
    @property
    def question(self) -> int: ...
    @property
    def n(self) -> int: ...


@dataclass(frozen=True)
class OptionResult:
    """An answer to choose, how many chose it, and their share of those who answered the question."""

    words: str
    n: int
    share: float
    earlier: bool  # no longer offered
    number: int  # on a scale; else 0


@dataclass(frozen=True)
class QuestionResult:
    """A question in the reader's language, or the first it was asked in, with all its answers."""

    number: int
    kind: str
    words: str
    language: str
    other_words: tuple[str, ...]  # what it was called in earlier versions, in that language
    n: int
    options: tuple[OptionResult, ...]
    average: float | None
    earlier: bool  # no longer asked
    versions: tuple[int, int]  # the first and last that asked it
    nodes: frozenset[QuestionNode]  # version, language and number of each

    @property
    def most(self) -> int:
        """The largest count, for the bars."""
        return max((option.n for option in self.options), default=0)


def make_results(
    editions: Mapping[int, Edition], counts: Iterable[Chosen], asked: Iterable[Asked], language: str
) -> list[QuestionResult]:
    """Every question that is asked now or was answered; first those of the newest version, in its order."""
    tally = _Tally.make(editions, counts, asked)
    results = [_make_result(tally, name, members, language) for name, members in tally.questions.items()]
    kept = [result for result in results if result.n or not result.earlier]
    return sorted(kept, key=lambda one: (one.earlier, -one.versions[1], one.number))


@dataclass(frozen=True)
class _Tally:
    """Questions and counts by group."""

    newest: int
    found: Mapping[QuestionNode, Question]
    questions: Mapping[QuestionNode, Sequence[QuestionNode]]
    options: Mapping[QuestionNode, Sequence[Sequence[OptionNode]]]  # of each group of questions
    chosen: Mapping[OptionNode, int]
    asked: Mapping[QuestionNode, int]

    @classmethod
    def make(cls, editions: Mapping[int, Edition], counts: Iterable[Chosen], asked: Iterable[Asked]) -> _Tally:
        groups = group_questions(editions)
        options: dict[QuestionNode, list[list[OptionNode]]] = {}
        for node, nodes in group_options(editions, groups).list_members().items():
            options.setdefault(groups.get(node[:3]), []).append(nodes)
        return cls(
            max(editions, default=0),
            find_questions(editions),
            groups.list_members(),
            options,
            {(one.version, one.language, one.question, one.choice): one.n for one in counts},
            {(one.version, one.language, one.question): one.n for one in asked},
        )


def _make_result(tally: _Tally, name: QuestionNode, members: Sequence[QuestionNode], language: str) -> QuestionResult:
    nodes = sorted(members, key=lambda node: (node[1] != language, -node[0]))
    best, tag = tally.found[nodes[0]], nodes[0][1]
    words = dict.fromkeys(tally.found[node].words for node in nodes if node[1] == tag)
    n = sum(tally.asked.get(node, 0) for node in members)
    versions = [node[0] for node in members]
    options = _make_scale(tally, members, best, n) if best.kind == "scale" else _make_options(tally, name, language, n)
    return QuestionResult(
        number=best.number,
        kind=best.kind,
        words=best.words,
        language=tag,
        other_words=tuple(words)[1:],
        n=n,
        options=() if best.kind == "text" else options,
        average=_average(options) if best.kind == "scale" else None,
        earlier=max(versions) < tally.newest,
        versions=(min(versions), max(versions)),
        nodes=frozenset(members),
    )


def _make_scale(tally: _Tally, members: Sequence[QuestionNode], best: Question, n: int) -> tuple[OptionResult, ...]:
    ends = dict(zip((SCALE[0], SCALE[-1]), best.options, strict=False))
    sums = {number: sum(tally.chosen.get((*node, number), 0) for node in members) for number in SCALE}
    return tuple(_make_option(ends.get(number, ""), count, n, number=number) for number, count in sums.items())


def _make_option(words: str, count: int, n: int, *, earlier: bool = False, number: int = 0) -> OptionResult:
    return OptionResult(words, count, count / n if n else 0.0, earlier, number)


def _average(options: Sequence[OptionResult]) -> float | None:
    total = sum(option.n for option in options)
    return sum(option.number * option.n for option in options) / total if total else None


def _make_options(tally: _Tally, name: QuestionNode, language: str, n: int) -> tuple[OptionResult, ...]:
    latest = max(node[0] for node in tally.questions[name])
    made = []
    for nodes in tally.options.get(name, ()):
        best = min(nodes, key=lambda node: (node[1] != language, -node[0]))
        count = sum(tally.chosen.get(node, 0) for node in nodes)
        gone = max(node[0] for node in nodes) < latest
        if count or not gone:
            words = tally.found[best[:3]].options[best[3] - 1]
            made.append(((gone, best[3]), _make_option(words, count, n, earlier=gone)))
    return tuple(option for _place, option in sorted(made, key=lambda one: one[0]))


COLUMNS = ("question", "asked", "answer", "chosen", "answered", "share")


def _list_lines(results: Sequence[QuestionResult]) -> list[tuple[str, str, str, int, int, str]]:
    """A line for each answer of each question; a written one has the number of texts."""
    return [
        (one.words, "earlier" if one.earlier or option.earlier else "now", *_name(option), one.n, f"{option.share:.4f}")
        for one in results
        for option in one.options or (OptionResult("", one.n, 1.0 if one.n else 0.0, False, 0),)
    ]


def _name(option: OptionResult) -> tuple[str, int]:
    return " ".join(part for part in (str(option.number or ""), option.words) if part), option.n


def write_survey_csv(results: Sequence[QuestionResult]) -> str:
    """The counts as CSV (RFC 4180): question, asked (now, earlier), answer, chosen, answered, share."""
    return write_table_csv(COLUMNS, _list_lines(results))


def write_survey_xlsx(
    results: Sequence[QuestionResult],
    texts: Sequence[tuple[str, date, str, str]],
    places: Sequence[tuple[str, str, int]],
) -> bytes:
    """The counts, what was written, and where the answers came from, as a workbook of three sheets."""
    return write_tables(
        [
            ("Answers", COLUMNS, _list_lines(results)),
            ("Texts", ("question", "day", "language", "text"), texts),
            ("Places", ("code", "location", "answers"), places),
        ]
    )
