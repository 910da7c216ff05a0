"""A scan costs the same whatever is on its page: the page lies ready, and publishing changes nothing else it needs."""

from __future__ import annotations

import hashlib
import itertools
import statistics
import time
from pathlib import Path

from flask import Flask

from shelftalk.catalog.blocks import get_block_type
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.page import MAX_BLOCKS, PageContent, parse_content
from shelftalk.config import Settings
from shelftalk.scans.door import Door
from shelftalk.store import Store
from shelftalk.web.state import get_state
from tests.blocks_page import fill_field
from tests.web.offers import publish
from tests.web.shop import add_placement

PHONE = {
    "REQUEST_METHOD": "GET",
    "REMOTE_ADDR": "203.0.113.9",
    "HTTP_ACCEPT_ENCODING": "gzip, br",
    "HTTP_ACCEPT_LANGUAGE": "fa-IR,fa;q=0.9",
    "HTTP_USER_AGENT": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
}
SCANS, ROUNDS = 100, 31
RATIO = 1.2


def make_page(count: int) -> PageContent:
    """A headline and blocks full of texts, questions, figures and links, so many in all."""
    kinds = itertools.islice(itertools.cycle(("text", "faq", "facts", "links")), count - 1)
    blocks = [{"id": "hero", "type": "hero", "hidden": False, "shared": {}}]
    texts: dict[str, object] = {"hero": {"title": "Tea"}}
    for number, kind in enumerate(kinds):
        blocks.append({"id": f"b{number}", "type": kind, "hidden": False, "shared": {}})
        fields = [field for field in get_block_type(kind).fields if not field.shared]
        texts[f"b{number}"] = {field.name: fill_field(field, f"Words of block {number}") for field in fields}
    return parse_content({"blocks": blocks, "texts": dict.fromkeys(LANGUAGES, texts)})


def measure(door: Door, code: str) -> float:
    """Processor seconds of a round of scans."""
    begun = time.thread_time()
    for _scan in range(SCANS):
        answer = door.decide({**PHONE, "PATH_INFO": f"/q/{code}", "QUERY_STRING": ""})
        assert answer is not None
        assert answer.status == 200
    return time.thread_time() - begun


def test_a_scan_of_forty_blocks_costs_what_one_of_two_costs(app: Flask, store: Store) -> None:
    few, many = (add_placement(store, publish(store, make_page(count))).code for count in (2, MAX_BLOCKS))
    state = get_state(app)
    state.refresh_shelf()
    door = Door(app, state.shelf, state.spool, origin="https://tea.example")
    rounds = [(measure(door, few), measure(door, many)) for _round in range(ROUNDS)]
    of_few, of_many = (statistics.median(times) for times in zip(*rounds, strict=True))
    assert of_many <= RATIO * of_few, f"{of_many / of_few:.2f}: {of_few / SCANS * 1e6:.0f} µs a scan of two blocks"


def test_the_two_pages_differ_much(app: Flask, store: Store) -> None:
    few, many = (publish(store, make_page(count)) for count in (2, MAX_BLOCKS))
    get_state(app).refresh_shelf()
    sizes = [len(app.test_client().get(f"/p/{one.slug}?lang=fa").data) for one in (few, many)]
    assert sizes[1] > 2 * sizes[0], "both carry the style sheet"


def list_files(folder: Path) -> dict[str, str]:
    """Every file of an instance by its contents."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_publishing_changes_the_store_and_the_shelf_and_no_other_file(
    app: Flask, store: Store, settings: Settings
) -> None:
    product = publish(store, make_page(2))
    code = add_placement(store, product).code
    get_state(app).refresh_shelf()
    assert app.test_client().get(f"/q/{code}").status_code == 200
    before = list_files(settings.instance)
    assert any(name.startswith("spool/") for name in before)
    publish(store, make_page(MAX_BLOCKS), product)
    get_state(app).refresh_shelf()
    after = list_files(settings.instance)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {name.partition("/")[0].split("-")[0] for name in changed} == {"shelf", "shelftalk.sqlite"}
    assert {name.partition("/")[2] for name in changed if name.startswith("shelf/")} <= {
        "shelf.sqlite", "shelf.sqlite-wal", "shelf.sqlite-shm", "shelf.sqlite.good", "seen.json"
    }  # fmt: skip
