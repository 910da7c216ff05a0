"""Backup files: one zip with all rows, pictures and files, written whole or not at all, restored all or nothing."""

from __future__ import annotations

import lzma
import os
import secrets
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from shelftalk import clock
from shelftalk.catalog.media import is_file_name, is_stored_name
from shelftalk.errors import Invalid
from shelftalk.store import notes
from shelftalk.store.backup import Progress, read_backup, write_backup
from shelftalk.web.files import check_folder
from shelftalk.web.state import State

DATABASE = "shelftalk.sqlite"
MEDIA = "media/"
FILES = "files/"
LAST_BACKUP = "last_backup_at"
# What reading a damaged, a foreign or a locked archive raises.
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError, ValueError, OSError)


def _no_progress(_what: str, _count: int) -> None:
    return None


def make_backup(state: State, path: Path, progress: Progress = _no_progress) -> int:
    """Write a backup to `path`, replacing an older file only when the new one is whole; gives the number of rows."""
    check_folder(path)
    state.ingester.ingest_once()
    at = clock.now()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            database = Path(folder) / DATABASE
            count = write_backup(state.store, database, progress)
            draft.touch(mode=0o600)  # people's addresses and passwords' hashes are in it
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                archive.write(database, DATABASE)
                for picture in sorted(state.media_folder.glob("*")):
                    if is_file_name(picture.name):
                        archive.write(picture, MEDIA + picture.name, zipfile.ZIP_STORED)
                for file in sorted(state.files_folder.glob("*")):
                    if is_stored_name(file.name):
                        archive.write(file, FILES + file.name, zipfile.ZIP_STORED)
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    with state.store.write() as db:
        notes.set_note(db, LAST_BACKUP, clock.format_at(at))
    return count


def restore_backup(state: State, path: Path, progress: Progress = _no_progress) -> int:
    """Replace everything by a backup; raises Invalid, changing nothing, when the file is not a whole one."""
    with tempfile.TemporaryDirectory(dir=state.settings.instance) as folder:
        database = _unpack(path, Path(folder), {MEDIA: state.media_folder, FILES: state.files_folder})
        with state.ingester.hold():  # a pass under way would go on from where the old rows ended
            count = read_backup(state.store, database, progress)
    state.refresh_shelf(full=True)
    return count


def _unpack(path: Path, folder: Path, homes: Mapping[str, Path]) -> Path:
    """Check all of an archive, then take out its database, pictures and files; raises Invalid when it is not whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            kept = _check_names(archive, path)
            if archive.testzip() is not None:
                raise zipfile.BadZipFile
            archive.extract(DATABASE, folder)
            _restore_files(archive, kept, homes)
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the disk's fault, not the archive's
        raise Invalid(
            "file", "“{value}” is not a whole backup of Shelftalk. Nothing was changed.", value=path.name
        ) from None
    return folder / DATABASE


def _check_names(archive: zipfile.ZipFile, path: Path) -> list[str]:
    names = set(archive.namelist())
    kept = sorted(names - {DATABASE})
    if DATABASE in names and all(map(_is_ours, kept)):
        return kept
    raise Invalid("file", "“{value}” is not a whole backup of Shelftalk. Nothing was changed.", value=path.name)


def _is_ours(name: str) -> bool:
    folder, _slash, last = name.partition("/")
    return (folder == "media" and is_file_name(last)) or (folder == "files" and is_stored_name(last))


def _restore_files(archive: zipfile.ZipFile, names: Iterable[str], homes: Mapping[str, Path]) -> None:
    """Files are named by their content, so an existing one is the same and none is ever overwritten wrongly."""
    for name in names:
        folder, _slash, last = name.partition("/")
        target = homes[f"{folder}/"] / last
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
            draft.write_bytes(archive.read(name))
            draft.replace(target)
