"""Label designs in the store, on both engines: versions are added, never changed, and a backup carries them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from shelftalk.config import read_settings
from shelftalk.errors import Conflict, Invalid, NotFound
from shelftalk.store import Db, Store, designs, open_store, runs
from shelftalk.store.backup import read_backup, write_backup

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def make(name: str, width: float = 62) -> dict[str, object]:
    return {"name": name, "width_mm": width, "elements": []}


def test_a_version_once_saved_never_changes(db: Db) -> None:
    design_id = designs.add_design(db, make("Shelf"), by="Mei", at=AT)
    assert designs.add_version(db, design_id, make("Shelf", 70), after=1, by="Ada", at=LATER) == 2
    assert designs.get_design(db, design_id).content["width_mm"] == 70
    first = designs.get_design(db, design_id, 1)
    assert (first.content["width_mm"], first.by, first.at, first.shown, first.version) == (62, "Mei", AT, 1, 2)
    assert [(one.version, one.by) for one in designs.list_versions(db, design_id)] == [(2, "Ada"), (1, "Mei")]


def test_whoever_saves_second_is_told_and_overwrites_nothing(db: Db) -> None:
    design_id = designs.add_design(db, make("Shelf"), by="Mei", at=AT)
    designs.add_version(db, design_id, make("Shelf", 70), after=1, by="Ada", at=LATER)
    with pytest.raises(Conflict, match="Ada saved version 2 meanwhile"):
        designs.add_version(db, design_id, make("Shelf", 80), after=1, by="Mei", at=LATER)
    assert designs.get_design(db, design_id).content["width_mm"] == 70


def test_a_name_is_taken_once_whatever_its_capitals(db: Db) -> None:
    first = designs.add_design(db, make("Shelf"), by="", at=AT)
    second = designs.add_design(db, make("Till"), by="", at=AT)
    with pytest.raises(Invalid, match="There is a design “SHELF” already"):
        designs.add_design(db, make("SHELF"), by="", at=AT)
    with pytest.raises(Invalid, match="already"):
        designs.rename_design(db, second, "shelf")
    designs.rename_design(db, first, "SHELF")
    assert designs.get_design(db, first).content["name"] == "SHELF"


def test_retired_designs_come_last_and_can_come_back(db: Db) -> None:
    first = designs.add_design(db, make("A"), by="", at=AT)
    designs.add_design(db, make("B"), by="", at=AT)
    designs.retire_design(db, first, LATER)
    assert [(one.name, one.retired_at) for one in designs.list_designs(db)] == [("B", None), ("A", LATER)]
    designs.retire_design(db, first, None)
    assert [one.name for one in designs.list_designs(db)] == ["A", "B"]


def test_what_is_not_there_is_said(db: Db) -> None:
    for ask in (
        lambda: designs.get_design(db, 9),
        lambda: designs.rename_design(db, 9, "x"),
        lambda: designs.retire_design(db, 9, AT),
    ):
        with pytest.raises(NotFound, match="There is no such design"):
            ask()
    design_id = designs.add_design(db, make("A"), by="", at=AT)
    with pytest.raises(NotFound):
        designs.get_design(db, design_id, 7)


def test_a_backup_carries_designs_and_what_runs_were_printed_with(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        design_id = designs.add_design(db, make("Shelf"), by="Mei", at=AT)
        designs.add_version(db, design_id, make("Shelf", 70), after=1, by="Ada", at=LATER)
        runs.add_run(
            db, by="Mei", stock="avery-l7160", origin="https://tea.example", start=1, copies=1, labels=1, sheets=1,
            sha256="00", items="[]", proof="{}", design=str(design_id), design_version=1, at=AT,
        )  # fmt: skip
    write_backup(store, tmp_path / "backup.sqlite")
    other = open_store(read_settings(tmp_path, {"SHELFTALK_INSTANCE": str(tmp_path / "other")}))
    other.migrate()
    read_backup(other, tmp_path / "backup.sqlite")
    with other.write() as db:
        run = runs.get_run(db, 1)
        assert (run.design, run.design_version) == (str(design_id), 1)
        assert designs.get_design(db, design_id, 1).content["width_mm"] == 62
        assert designs.add_design(db, make("Till"), by="", at=AT) > design_id
    other.close()
