"""Styles of symbols in the store, on both engines: versions are added, never changed, and a backup carries them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shelftalk.config import read_settings
from shelftalk.errors import Conflict, Invalid, NotFound
from shelftalk.labels.look import Look, format_look, parse_look
from shelftalk.labels.style import Style
from shelftalk.store import Db, Store, open_store, runs, styles, uploads
from shelftalk.store.backup import read_backup, write_backup

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def make(name: str, width: float = 62) -> dict[str, object]:
    return {"name": name, "logo_share": width, "dark": "#000000"}


def test_a_version_once_saved_never_changes(db: Db) -> None:
    style_id = styles.add_style(db, make("Shelf"), by="Mei", at=AT)
    assert styles.add_version(db, style_id, make("Shelf", 70), after=1, by="Ada", at=LATER) == 2
    assert styles.get_style(db, style_id).content["logo_share"] == 70
    first = styles.get_style(db, style_id, 1)
    assert (first.content["logo_share"], first.by, first.at, first.shown, first.version) == (62, "Mei", AT, 1, 2)
    assert [(one.version, one.by) for one in styles.list_versions(db, style_id)] == [(2, "Ada"), (1, "Mei")]


def test_whoever_saves_second_is_told_and_overwrites_nothing(db: Db) -> None:
    style_id = styles.add_style(db, make("Shelf"), by="Mei", at=AT)
    styles.add_version(db, style_id, make("Shelf", 70), after=1, by="Ada", at=LATER)
    with pytest.raises(Conflict, match="Ada saved version 2 meanwhile"):
        styles.add_version(db, style_id, make("Shelf", 80), after=1, by="Mei", at=LATER)
    assert styles.get_style(db, style_id).content["logo_share"] == 70


def test_a_name_is_taken_once_whatever_its_capitals(db: Db) -> None:
    first = styles.add_style(db, make("Shelf"), by="", at=AT)
    second = styles.add_style(db, make("Till"), by="", at=AT)
    with pytest.raises(Invalid, match="There is a style “SHELF” already"):
        styles.add_style(db, make("SHELF"), by="", at=AT)
    with pytest.raises(Invalid, match="already"):
        styles.rename_style(db, second, "shelf")
    styles.rename_style(db, first, "SHELF")
    assert styles.get_style(db, first).content["name"] == "SHELF"


def test_retired_styles_come_last_and_can_come_back(db: Db) -> None:
    first = styles.add_style(db, make("A"), by="", at=AT)
    styles.add_style(db, make("B"), by="", at=AT)
    styles.retire_style(db, first, LATER)
    assert [(one.name, one.retired_at) for one in styles.list_styles(db)] == [("B", None), ("A", LATER)]
    styles.retire_style(db, first, None)
    assert [one.name for one in styles.list_styles(db)] == ["A", "B"]


def test_what_is_not_there_is_said(db: Db) -> None:
    for ask in (
        lambda: styles.get_style(db, 9),
        lambda: styles.rename_style(db, 9, "x"),
        lambda: styles.retire_style(db, 9, AT),
    ):
        with pytest.raises(NotFound, match="There is no such style"):
            ask()
    style_id = styles.add_style(db, make("A"), by="", at=AT)
    with pytest.raises(NotFound):
        styles.get_style(db, style_id, 7)


def test_a_backup_carries_styles_and_the_whole_style_of_a_run(store: Store, tmp_path: Path) -> None:
    look = format_look(Look("Q", False, Style("Shelf", dark="#14532d", logo="0123456789abcdef", logo_share=30)))
    with store.write() as db:
        style_id = styles.add_style(db, make("Shelf"), by="Mei", at=AT)
        styles.add_version(db, style_id, make("Shelf", 70), after=1, by="Ada", at=LATER)
        runs.add_run(
            db, by="Mei", stock="avery-l7160", origin="https://tea.example", start=1, copies=1, labels=1, sheets=1,
            sha256="00", items="[]", proof="{}", look=look, at=AT,
        )  # fmt: skip
        assert "0123456789abcdef" in uploads.find_named(db)
    write_backup(store, tmp_path / "backup.sqlite")
    other = open_store(read_settings(tmp_path, {"SHELFTALK_INSTANCE": str(tmp_path / "other")}))
    other.migrate()
    read_backup(other, tmp_path / "backup.sqlite")
    with other.write() as db:
        assert parse_look(runs.get_run(db, 1).look) == parse_look(look)
        assert styles.get_style(db, style_id, 1).content["logo_share"] == 62
        assert styles.add_style(db, make("Till"), by="", at=AT) > style_id
    other.close()
