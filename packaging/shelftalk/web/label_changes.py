"""What labels would say today against what was printed last. Knows no request; reads runs' own unchangeable items."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

from shelftalk.catalog.codes import LENGTH
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.placement import CALLS_TO_ACTION, MEDIA
from shelftalk.errors import NotFound, mark
from shelftalk.labels.item import asks_for
from shelftalk.store import Store, pages, print_queues
from shelftalk.store.db import Db
from shelftalk.store.print_queues import NewestPrint, NewestRun
from shelftalk.web.design_library import find_design
from shelftalk.web.label_items import Translates

# What can differ, in the order it is told.
WHAT = {
    "origin": mark("Address"),
    "language": mark("Language"),
    "name": mark("Product name"),
    "call_to_action": mark("Call to action"),
    "brand": mark("Brand"),
    "location": mark("Location"),
    "placement": mark("Medium"),
    "gtin": mark("GTIN"),
    "design": mark("Design version"),
}
# A design's placeholder, and what of a label stands there.
PLACES = {
    "product": "name",
    "call": "call_to_action",
    "brand": "brand",
    "location": "location",
    "placement": "placement",
    "gtin": "gtin",
}
PLAIN_WORDS = ("name", "call_to_action")  # what labels that arrange themselves say


@dataclass(frozen=True)
class Change:
    """One thing that is another today; `what` is a key of WHAT."""

    what: str
    old: str
    new: str


@dataclass(frozen=True)
class ChangedLabel:
    """A placement whose label would come out different today."""

    placement: NewestPrint
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class _Run:
    """What is to know of a run: its labels by code, which of their words show, and its design's newest version."""

    origin: str
    items: Mapping[str, Mapping[str, str]]
    words: tuple[str, ...]
    version: int
    newest: int


class _Reader:
    """Reads runs, designs and names once each in one open transaction; all of them, or those of one code."""

    def __init__(self, db: Db, origin: str, translator: Translates, code: str = "") -> None:
        self.db, self.origin, self.translator = db, origin, translator
        self._designs: dict[tuple[str, int], tuple[tuple[str, ...], int]] = {}
        self._words: dict[tuple[str, str], str] = {}
        self._titles = print_queues.list_draft_titles(db)
        for one in print_queues.list_published_versions(db):
            self._titles |= {(one.id, tag): text for tag, text in _read_titles(db, one)}
        self._runs = {run.id: self._read_run(run) for run in print_queues.list_newest_runs(db, code)}

    def _read_run(self, run: NewestRun) -> _Run:
        items = {item["code"][:LENGTH]: item for item in json.loads(run.items)}
        key = (run.design, run.design_version)
        if key not in self._designs:
            self._designs[key] = _read_design(self.db, *key)
        return _Run(run.origin, items, self._designs[key][0], run.design_version, self._designs[key][1])

    def compare(self, placement: NewestPrint) -> tuple[Change, ...]:
        """What is another today than in the newest run that printed this placement."""
        run = self._runs[placement.run_id]
        item = run.items.get(placement.code)
        return tuple(self._each_change(placement, run, item)) if item else ()

    def _each_change(self, placement: NewestPrint, run: _Run, item: Mapping[str, str]) -> Iterator[Change]:
        if run.origin != self.origin:
            yield Change("origin", run.origin, self.origin)
        if item["language"] != placement.language:
            yield Change("language", _name_language(item["language"]), _name_language(placement.language))
        for what in run.words:
            old, new = item.get(what, ""), self._get_word(placement, what)
            if old != new:
                yield Change(what, old, new)
        if run.newest > run.version:
            yield Change("design", str(run.version), str(run.newest))

    def _get_word(self, placement: NewestPrint, what: str) -> str:
        """What the label says there today; as `label_items` makes it."""
        if what == "name":
            return self._titles.get((placement.product_id, placement.language)) or placement.product_name
        if what == "call_to_action":
            own = placement.call_to_action
            return own or self._translate(CALLS_TO_ACTION[placement.stage], placement.language)
        if what == "placement":
            return self._translate(MEDIA[placement.medium].label, placement.language)
        if what == "gtin":
            return f"(01) {placement.gtin}" if placement.gtin else ""
        return placement.brand if what == "brand" else placement.location_name

    def _translate(self, message: str, tag: str) -> str:
        if (message, tag) not in self._words:
            self._words[message, tag] = self.translator.translate(message, tag)
        return self._words[message, tag]


def _read_design(db: Db, ref: str, version: int) -> tuple[tuple[str, ...], int]:
    """Which words labels of a design show, and its newest version; the printed one when it is retired or gone."""
    if not ref:
        return PLAIN_WORDS, 0
    try:
        printed, newest = find_design(db, ref, version), find_design(db, ref)
    except NotFound:
        return PLAIN_WORDS, version
    shown = {word for place, word in PLACES.items() if asks_for(printed.design, place)}
    return tuple(what for what in WHAT if what in shown), version if newest.retired else newest.version


def _name_language(tag: str) -> str:
    return LANGUAGES[tag].name if tag in LANGUAGES else tag


_TITLES: dict[tuple[int, int, str], tuple[tuple[str, str], ...]] = {}
_MOST_TITLES = 20_000


def _read_titles(db: Db, one: print_queues.PublishedVersion) -> tuple[tuple[str, str], ...]:
    """The headlines of a published version by language; they never change, so they are read once."""
    key = (one.id, one.version, one.published_at)
    if key not in _TITLES:
        content = pages.get_version(db, one.id, one.version)[1]
        if len(_TITLES) >= _MOST_TITLES:
            _TITLES.clear()
        _TITLES[key] = tuple((tag, content.get_title(tag)) for tag in content.languages)
    return _TITLES[key]


def list_changed(db: Db, today: date, origin: str, translator: Translates) -> list[ChangedLabel]:
    """Placements in use whose label would come out different today, by product and place."""
    reader = _Reader(db, origin, translator)
    found = ((placement, reader.compare(placement)) for placement in print_queues.list_newest_prints(db, today))
    return [ChangedLabel(placement, changes) for placement, changes in found if changes]


_KEPT: WeakKeyDictionary[Store, tuple[tuple[object, ...], list[ChangedLabel]]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def find_changed(store: Store, today: date, origin: str, translator: Translates) -> Sequence[ChangedLabel]:
    """The same, worked out anew only when something has changed since it was asked last."""
    with store.read() as db:
        stamp = (*print_queues.get_stamp(db), today, origin)
        with _LOCK:
            kept = _KEPT.get(store)
        if kept and kept[0] == stamp:
            return kept[1]
        found = list_changed(db, today, origin, translator)
    with _LOCK:
        _KEPT[store] = (stamp, found)
    return found


def find_changes(db: Db, code: str, today: date, origin: str, translator: Translates) -> tuple[Change, ...]:
    """What is another today on the label of one code; nothing when it is out of use or was never printed."""
    reader = _Reader(db, origin, translator, code)
    found = (reader.compare(placement) for placement in print_queues.list_newest_prints(db, today, code))
    return next(found, ())
