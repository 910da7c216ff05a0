"""Documents, videos and captions on both engines: remembered once, found by id, offered to the blocks of a page."""

from __future__ import annotations

import pytest

from shelftalk import clock
from shelftalk.catalog.media import StoredFile
from shelftalk.catalog.page import parse_content
from shelftalk.errors import NotFound
from shelftalk.store import Db, files
from shelftalk.store.extras import load_extras

GUIDE = StoredFile("0123456789abcdef", "Guide.pdf", "pdf", 2_400_000)
FILM = StoredFile("fedcba9876543210", "فیلم.mp4", "mp4", 29_999_999)


@pytest.fixture
def both(db: Db) -> None:
    for file in (GUIDE, FILM):
        files.add_file(db, file, at=clock.now())


@pytest.mark.usefixtures("both")
def test_a_file_is_remembered_once_under_its_first_name(db: Db) -> None:
    files.add_file(db, StoredFile(GUIDE.id, "Other.pdf", "pdf", GUIDE.size), at=clock.now())
    assert files.get_file(db, GUIDE.id) == GUIDE
    assert {file.id for file in files.list_files(db)} == {GUIDE.id, FILM.id}


@pytest.mark.usefixtures("both")
def test_what_is_not_known_is_left_out(db: Db) -> None:
    assert files.find_files(db, ["", FILM.id, "aaaaaaaaaaaaaaaa"]) == {FILM.id: FILM}
    with pytest.raises(NotFound):
        files.get_file(db, "aaaaaaaaaaaaaaaa")


@pytest.mark.usefixtures("both")
def test_a_page_finds_the_files_of_its_blocks_in_every_language(db: Db) -> None:
    blocks = [
        {"id": "film", "type": "video", "shared": {"file": FILM.id}},
        {"id": "docs", "type": "documents", "shared": {}},
        {"id": "gone", "type": "documents", "shared": {}, "hidden": True},
    ]
    rows = [{"title": "راهنما", "file": GUIDE.id}, {"title": "x", "file": "aaaaaaaaaaaaaaaa"}]
    content = parse_content({"blocks": blocks, "texts": {"fa": {"docs": {"rows": rows}, "gone": {"rows": rows}}}})
    assert load_extras(db, 1, content) == {"film": {FILM.id: FILM}, "docs": {GUIDE.id: GUIDE}}
