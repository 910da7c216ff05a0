from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from scan_support import LANGUAGES, LIVE, RETIRED, UNKNOWN, code_number, fill_shelf, some_content

from shelftalk.errors import Unavailable
from shelftalk.scans.policy import make_policy
from shelftalk.scans.reader import ShelfReader
from shelftalk.scans.shelf import Content, RenderedPage, ShelfWriter, Target, copy_path


def read(path: Path) -> ShelfReader:
    return ShelfReader(path, refresh_s=0)


def text_of(reader: ShelfReader, key: str, language: str) -> str:
    page = reader.find_page(key, language)
    return brotli.decompress(page.br).decode() if page else ""


def changed_in(path: Path) -> dict[tuple[str, str], int]:
    with closing(sqlite3.connect(path)) as db:
        return {(row[0], row[1]): row[2] for row in db.execute("select key, language, changed_in from pages")}


def damage(path: Path) -> None:
    for part in (path, path.with_name(path.name + "-wal")):
        if part.exists():
            size = part.stat().st_size
            with part.open("r+b") as file:
                file.write(b"damaged!" * (size // 8 + 1))


def test_what_is_put_is_found(shelf_path: Path) -> None:
    reader = read(shelf_path)
    assert reader.find_target(LIVE) == Target(LIVE, "page", 7, 1, "oolong")
    assert reader.find_target(UNKNOWN) is None
    assert reader.list_languages("product:7") == LANGUAGES
    assert reader.list_languages("product:8") == ()
    assert "Oolong fa" in text_of(reader, "product:7", "fa")
    assert (reader.find_product("oolong"), reader.find_product("old-oolong"), reader.find_slug(7)) == (7, 7, "oolong")


def test_publishing_one_page_rewrites_one_page(shelf_path: Path) -> None:
    before = changed_in(shelf_path)
    pages = [
        replace(page, html=page.html + b"!") if page.language == "fa" else page for page in some_content().pages[:5]
    ]
    version = ShelfWriter(shelf_path).write(Content(pages=pages))
    after = changed_in(shelf_path)
    assert {key for key in after if after[key] != before.get(key)} == {("product:7", "fa")}
    assert after["product:7", "fa"] == version


def test_writing_the_same_again_changes_nothing(shelf_path: Path) -> None:
    writer = ShelfWriter(shelf_path)
    version = writer.write(Content(targets=[Target(code_number(5), "draft", 9, 9)]))
    assert writer.write(Content(targets=[Target(code_number(5), "draft", 9, 9)])) == version
    assert writer.write(some_content()) == version


def test_a_running_reader_takes_over_what_changed(shelf_path: Path) -> None:
    reader = read(shelf_path)
    assert "Oolong fa" in text_of(reader, "product:7", "fa")
    ShelfWriter(shelf_path).write(
        Content(
            targets=[Target(LIVE, "retired", 7, 1, "oolong"), Target(code_number(77), "page", 7, 4, "oolong")],
            pages=[RenderedPage("product:7", "fa", b"new")],
            slugs={"new-oolong": 7},
            gone_codes=[RETIRED],
        )
    )
    assert reader.find_target(LIVE).kind == "retired"
    assert reader.find_target(code_number(77)).placement_id == 4
    assert reader.find_target(RETIRED) is None
    assert reader.find_product("new-oolong") == 7
    assert text_of(reader, "product:7", "fa") == "new"


def test_a_page_and_a_language_can_be_taken_off(shelf_path: Path) -> None:
    reader = read(shelf_path)
    ShelfWriter(shelf_path).write(Content(gone_keys=["product:7"]))
    reader.refresh()
    assert reader.list_languages("product:7") == ()
    assert reader.find_page("product:7", "en") is None
    ShelfWriter(shelf_path).write(Content(pages=[RenderedPage("product:7", "en", b"back")]))
    reader.refresh()
    assert reader.list_languages("product:7") == ("en",)
    assert text_of(reader, "product:7", "en") == "back"


def test_rebuilding_takes_off_what_is_not_given(shelf_path: Path) -> None:
    reader = read(shelf_path)
    only = [page for page in some_content().pages if page.language == "en"]
    ShelfWriter(shelf_path).rebuild(
        Content(targets=[Target(RETIRED, "retired", 7, 3)], pages=only, slugs={"oolong": 7})
    )
    assert reader.find_target(LIVE) is None
    assert reader.find_target(RETIRED) is not None
    assert reader.list_languages("product:7") == ("en",)
    assert reader.find_product("old-oolong") is None


def test_a_change_that_fails_leaves_nothing_behind(shelf_path: Path) -> None:
    bad = Content(targets=[Target(code_number(5), "page", 7, 9)], pages=[RenderedPage("product:7", "en", None)])
    with pytest.raises(TypeError):
        ShelfWriter(shelf_path).write(bad)
    assert read(shelf_path).find_target(code_number(5)) is None


def test_without_any_shelf_a_reader_waits_for_one(tmp_path: Path) -> None:
    reader = read(tmp_path / "shelf.sqlite")
    assert reader.find_target(LIVE) is None
    assert reader.status().source == "none"
    fill_shelf(tmp_path / "shelf.sqlite")
    assert reader.find_target(LIVE) is not None
    assert reader.status().source == "shelf"


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), damage, lambda path: path.write_bytes(b"")])
def test_a_running_reader_survives_its_file_going_bad(shelf_path: Path, harm) -> None:
    reader = read(shelf_path)
    text_of(reader, "product:7", "fa")
    harm(shelf_path)
    for _ in range(3):
        assert reader.find_target(LIVE) is not None
        assert "Oolong fa" in text_of(reader, "product:7", "fa")
        assert "Oolong ru" in text_of(reader, "product:7", "ru"), "never asked before: from the file or its copy"
    assert text_of(reader, "notice:busy", "en").endswith("busy")


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), damage])
def test_a_change_to_a_shelf_that_went_bad_never_passes_for_the_whole(shelf_path: Path, harm) -> None:
    reader, writer = read(shelf_path), ShelfWriter(shelf_path)
    harm(shelf_path)
    for _ in range(2):
        with pytest.raises(Unavailable):
            writer.write(Content(targets=[Target(code_number(5), "page", 7, 9)]))
    assert writer.is_empty
    assert reader.find_target(LIVE) is not None
    assert read(shelf_path).find_target(LIVE) is not None, "a start meanwhile uses the copy"
    writer.rebuild(some_content())
    assert not writer.is_empty
    assert read(shelf_path).status().source == "shelf"


def test_a_damaged_shelf_can_be_rebuilt_straight_away(shelf_path: Path) -> None:
    writer = ShelfWriter(shelf_path)
    damage(shelf_path)
    writer.rebuild(some_content())
    assert read(shelf_path).status().source == "shelf"


def test_a_locked_shelf_is_told_as_unavailable(shelf_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shelftalk.scans.shelf.WAIT_S", 0.05)
    with closing(sqlite3.connect(shelf_path, isolation_level=None)) as db:
        db.execute("begin immediate")
        with pytest.raises(Unavailable, match="locked"):
            ShelfWriter(shelf_path).write(Content(gone_codes=[LIVE]))
        assert read(shelf_path).find_target(LIVE) is not None
    assert not ShelfWriter(shelf_path).is_empty


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), damage, lambda path: path.write_bytes(b"")])
def test_a_reader_starting_with_a_bad_file_uses_the_good_copy(shelf_path: Path, harm) -> None:
    harm(shelf_path)
    reader = read(shelf_path)
    assert reader.find_target(LIVE) is not None
    assert "Oolong zh-Hant" in text_of(reader, "product:7", "zh-Hant")
    assert reader.status().source == "copy"
    assert reader.status().error


def test_a_damaged_shelf_is_put_aside_and_built_anew_under_a_running_reader(shelf_path: Path) -> None:
    reader = read(shelf_path)
    damage(shelf_path)
    writer = ShelfWriter(shelf_path)
    assert writer.is_empty, "it has to be rebuilt"
    assert reader.find_target(LIVE) is not None
    writer.rebuild(some_content())
    assert reader.find_target(LIVE) is not None
    assert (reader.status().source, reader.status().error) == ("shelf", "")


def test_page_bytes_that_rotted_are_not_served(shelf_path: Path) -> None:
    with closing(sqlite3.connect(shelf_path)) as db, db:
        db.execute("update pages set br = x'00' where key = 'product:7' and language = 'fa'")
    assert "Oolong fa" in text_of(read(shelf_path), "product:7", "fa"), "from the copy"
    copy_path(shelf_path).unlink()
    assert read(shelf_path).find_page("product:7", "fa") is None


def test_memory_holds_few_pages_of_many(tmp_path: Path) -> None:
    path = tmp_path / "shelf.sqlite"
    pages = [RenderedPage(f"product:{n}", "en", (f"{n} " * 300).encode()) for n in range(200)]
    ShelfWriter(path).rebuild(Content(pages=pages))
    reader = ShelfReader(path, refresh_s=0, cache_bytes=10_000)
    for n in range(200):
        assert text_of(reader, f"product:{n}", "en").startswith(f"{n} {n}")
    assert reader._cache._size <= 10_000


def test_the_policy_allows_the_pages_own_styles_and_no_inline_script() -> None:
    policy = make_policy(b"<style>p{color:red}</style><script>alert(1)</script>")
    assert "'sha256-" in policy
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy


def test_twenty_thousand_codes_in_five_languages_need_little_memory(tmp_path: Path) -> None:
    """100,000 pages of 18 kB lie on the shelf; a reader holds the codes and a bounded cache."""
    path = tmp_path / "shelf.sqlite"
    page = random.Random(7).randbytes(9_000)
    fill_shelf(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("begin")
        codes = ((code_number(n), "page", n, n, f"p{n}", 2) for n in range(20_000))
        db.executemany("insert or ignore into targets values (?, ?, ?, ?, ?, ?)", codes)
        row = ("e" * 24, "policy", page, page, zlib.crc32(page, zlib.crc32(page)), 2)
        pages = ((f"product:{n}", tag, *row) for n in range(2_000) for tag in LANGUAGES[:1])
        db.executemany("insert or replace into pages values (?, ?, ?, ?, ?, ?, ?, ?)", pages)
        others = ((f"product:{n}", tag, *row[:2], b"", b"", 0, 2) for n in range(20_000) for tag in LANGUAGES)
        db.executemany("insert or ignore into pages values (?, ?, ?, ?, ?, ?, ?, ?)", others)
        db.execute("update meta set value = 2 where name = 'version'")
        db.execute("commit")
    program = """
import sys, pathlib, psutil
sys.path[:0] = [sys.argv[2]]
from shelftalk.scans.reader import CACHE_BYTES, ShelfReader
before = psutil.Process().memory_info().rss
reader = ShelfReader(pathlib.Path(sys.argv[1]))
assert (reader.status().codes, reader.status().pages) == (20_000, 100_025), reader.status()
loaded = psutil.Process().memory_info().rss
for round in range(3):
    assert all(reader.find_page(f"product:{n}", "en") for n in range(2_000) if n != 7)
print((loaded - before) >> 20, (psutil.Process().memory_info().rss - before - CACHE_BYTES) >> 20)
"""
    packaging = Path(__file__).resolve().parents[2] / "packaging"
    done = subprocess.run([sys.executable, "-c", program, path, packaging], capture_output=True, text=True, check=True)
    codes, all_but_cache = map(int, done.stdout.split())
    print(f"codes and tags {codes} MB, with all but the page cache {all_but_cache} MB")
    assert codes < 80
    assert all_but_cache < 120
