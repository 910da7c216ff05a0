"""What a survey asks: its questions in a language, how an answer is read, which questions of versions are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shelftalk.catalog.languages import fold_text
from shelftalk.catalog.page import Block, PageContent
from shelftalk.errors import Invalid, mark

MAX_TEXT = 300
SCALE = (1, 2, 3, 4, 5)
N = TypeVar("N", bound=tuple[Any, ...])


@dataclass(frozen=True)
class Question:
    """One question in one language. `number` is its row, an answer's number its line, both from 1."""

    number: int
    kind: str
    words: str
    options: tuple[str, ...] = ()  # for a scale: what its ends mean
    required: bool = False


@dataclass(frozen=True)
class Choice:
    """What somebody answered: a line or a number of the scale; 0 with a text."""

    question: int
    choice: int
    text: str = ""


# Of one published version: language -> its questions.
Edition = Mapping[str, Sequence[Question]]


def list_questions(content: PageContent, block_id: str, tag: str) -> list[Question]:
    """A survey's questions in a language, without rows that are not whole."""
    rows = content.texts.get(tag, {}).get(block_id, {}).get("rows", [])
    found = [_make_question(number, row) for number, row in enumerate(rows, 1) if isinstance(row, dict)]
    return [one for one in found if one.words and (one.kind in ("scale", "text") or one.options)]


def _make_question(number: int, row: Mapping[str, str]) -> Question:
    options = tuple(line for line in map(str.strip, row.get("answers", "").split("\n")) if line)
    kind = row.get("kind") or "one"
    return Question(number, kind, row.get("question", "").strip(), options, row.get("required") == "1")


def read_edition(content: PageContent, block: Block) -> Edition:
    """The survey in every language of the page."""
    found = {tag: list_questions(content, block.id, tag) for tag in content.languages}
    return {tag: questions for tag, questions in found.items() if questions}


def check_question(question: Question, given: Sequence[str]) -> list[Choice]:
    """What was answered to one question; raises Invalid when it must be answered or does not fit."""
    name = f"q{question.number}"
    texts = [text for text in (one.replace("\x00", "").strip() for one in given) if text]
    if not texts and question.required:
        raise Invalid(name, _EMPTY[question.kind])
    if question.kind == "text":
        return [_check_text(question, name, text) for text in texts[:1]]
    numbers = SCALE if question.kind == "scale" else range(1, len(question.options) + 1)
    wrong = [text for text in texts if text not in map(str, numbers)]
    if wrong or (len(texts) > 1 and question.kind != "several"):
        raise Invalid(name, "“{value}” is not one of the answers. Choose again.", value=(wrong or texts)[0][:30])
    return [Choice(question.number, number) for number in sorted(set(map(int, texts)))]


_EMPTY = {
    "one": mark("Choose an answer."),
    "several": mark("Choose at least one answer."),
    "scale": mark("Choose a number."),
    "text": mark("Write a few words."),
}


def _check_text(question: Question, name: str, text: str) -> Choice:
    if len(text) > MAX_TEXT:
        raise Invalid(
            name,
            "“{value}…” has {length} characters. At most {allowed} fit: shorten it by {excess}.",
            value=text[:30],
            length=len(text),
            allowed=MAX_TEXT,
            excess=len(text) - MAX_TEXT,
        )
    return Choice(question.number, 0, text)


QuestionNode = tuple[int, str, int]  # version, language, number
OptionNode = tuple[int, str, int, int]  # and line


class Groups(Generic[N]):
    """Which nodes are the same thing. No group ever holds two of one version and language: those differ."""

    def __init__(self) -> None:
        self._members: dict[N, dict[tuple[int, str], N]] = {}
        self._names: dict[N, N] = {}

    def add(self, node: N) -> None:
        """A node on its own."""
        self._names[node] = node
        self._members[node] = {(node[0], node[1]): node}

    def join(self, nodes: Sequence[N]) -> None:
        """Put the groups of these nodes together, where nothing different meets."""
        for node in nodes[1:]:
            one, other = self._names[nodes[0]], self._names[node]
            if one != other and not self._members[one].keys() & self._members[other].keys():
                self._members[one] |= self._members.pop(other)
                self._names.update(dict.fromkeys(self._members[one].values(), one))

    def get(self, node: N) -> N:
        """The name of the node's group: one of its nodes."""
        return self._names[node]

    def list_members(self) -> dict[N, list[N]]:
        """All groups by name."""
        return {name: list(members.values()) for name, members in self._members.items()}


class _Buckets(dict[tuple[object, ...], list[N]], Generic[N]):
    """Nodes that have something in common."""

    def put(self, key: tuple[object, ...], node: N) -> None:
        self.setdefault(key, []).append(node)


def _join_all(groups: Groups[N], by_words: _Buckets[N], by_row: _Buckets[N]) -> Groups[N]:
    for nodes in (*by_words.values(), *by_row.values()):  # words first: who moved a line has moved its answers
        groups.join(nodes)
    return groups


def group_questions(editions: Mapping[int, Edition]) -> Groups[QuestionNode]:
    """Questions of all versions and languages: the same words in a language, or the same row of one version."""
    groups: Groups[QuestionNode] = Groups()
    by_words: _Buckets[QuestionNode] = _Buckets()
    by_row: _Buckets[QuestionNode] = _Buckets()
    for (version, tag, number), question in find_questions(editions).items():
        groups.add((version, tag, number))
        by_words.put((tag, question.kind, fold_text(question.words)), (version, tag, number))
        by_row.put((version, question.kind, number), (version, tag, number))
    return _join_all(groups, by_words, by_row)


def group_options(editions: Mapping[int, Edition], questions: Groups[QuestionNode]) -> Groups[OptionNode]:
    """Answers to choose, the same way: by their words within a question, or by their line."""
    groups: Groups[OptionNode] = Groups()
    by_words: _Buckets[OptionNode] = _Buckets()
    by_row: _Buckets[OptionNode] = _Buckets()
    for (version, tag, number), question in find_questions(editions).items():
        own = questions.get((version, tag, number))
        for line, words in enumerate(question.options, 1):
            node = (version, tag, number, line)
            groups.add(node)
            by_words.put((own, tag, fold_text(words)), node)
            by_row.put((own, version, line), node)
    return _join_all(groups, by_words, by_row)


def find_questions(editions: Mapping[int, Edition]) -> dict[QuestionNode, Question]:
    """Every question by version, language and number."""
    return {
        (version, tag, question.number): question
        for version, edition in editions.items()
        for tag, questions in edition.items()
        for question in questions
    }


def list_uneven(edition: Edition) -> list[str]:
    """The languages whose questions, kinds or numbers of answers differ from the first language's."""
    shapes = {tag: [(q.number, q.kind, len(q.options)) for q in questions] for tag, questions in edition.items()}
    first = next(iter(shapes.values()), [])
    return [tag for tag, shape in shapes.items() if shape != first]
