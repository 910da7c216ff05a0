"""Writes files whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from shelftalk.errors import Invalid


def check_folder(path: Path) -> None:
    """Raise Invalid when there is no folder to write `path` into."""
    if not path.parent.is_dir():
        raise Invalid(
            "file", "There is no folder “{value}” to write into. Make it first, or choose another.", value=path.parent
        )


def write_whole(path: Path, content: bytes) -> None:
    """Write beside, bring to the disk, then rename: readers see the old file or the new one, never a part."""
    write_pieces(path, (content,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """The same for what is made while it is written."""
    check_folder(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
