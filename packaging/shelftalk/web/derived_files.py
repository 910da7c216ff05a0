"""Keeps what was made of a print run besides its PDF, with fingerprint and proof: the same file each time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shelftalk.errors import Conflict
from shelftalk.labels.label_files import FileProof, LabelFile
from shelftalk.web.files import write_whole


def keep_file(folder: Path, name: str, mimetype: str, make: Callable[[], LabelFile], *, of: str) -> LabelFile:
    """The file of this name; made when it was never wanted before, or is gone or damaged.

    Its record lies beside it and is written last: without one, a file was never handed out. `of` is the fingerprint
    of the run it is made from: a run's number is given again after a restore or when the sample leaves. Raises
    Conflict when a file that was handed out cannot be made the same any more, and what `make` raises.
    """
    kept = find_file(folder, name, mimetype, of=of)
    if kept:
        return kept
    record = _read_record(folder / f"{name}.json", of)
    made = make()
    if record and made.sha256 != record["sha256"]:
        raise Conflict(
            "This file is gone, and made again today it would not be the same. Print its placements as a new run."
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / name, made.content)
    text = json.dumps({"run": of, "sha256": made.sha256, "proof": asdict(made.proof)}, indent=1)
    write_whole(folder / f"{name}.json", text.encode())
    return made


def find_file(folder: Path, name: str, mimetype: str, *, of: str) -> LabelFile | None:
    """The file of this name as it was made; None when it is not there, damaged, or of another run."""
    record, path = _read_record(folder / f"{name}.json", of), folder / name
    content = path.read_bytes() if record and path.is_file() else b""
    if record is None or hashlib.sha256(content).hexdigest() != record["sha256"]:
        return None
    return LabelFile(content, mimetype, FileProof(**record["proof"]))


def _read_record(path: Path, of: str) -> dict[str, Any] | None:
    """What was noted of a file; None when nothing was, or of another run that had the same number."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("run") == of else None
