"""How far taking over scans has come, told by whichever process of the node does it to those who show it."""

from __future__ import annotations

import contextlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shelftalk import clock

_NAME = "ingest.json"


@dataclass(frozen=True)
class IngestStatus:
    """How the node's ingester is doing."""

    last_at: datetime | None = None  # of the last pass that reached the store
    last_count: int = 0
    rate: float = 0.0  # scans a second in the last pass large enough to tell
    lag_s: float = 0.0  # the oldest scan of the last batch waited so long for the store
    error: str = ""
    error_at: datetime | None = None


def read_status(folder: Path) -> IngestStatus:
    """What was last told in the spool's folder; nothing yet: an empty status."""
    try:
        raw = json.loads((folder / _NAME).read_text())
        times = {name: clock.parse_at(raw[name]) if raw[name] else None for name in ("last_at", "error_at")}
        return IngestStatus(
            last_count=int(raw["last_count"]),
            rate=float(raw["rate"]),
            lag_s=float(raw.get("lag_s", 0)),
            error=str(raw["error"]),
            **times,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return IngestStatus()


def write_status(folder: Path, status: IngestStatus) -> None:
    """Tell it; on a full disk nothing is told, and nothing else goes wrong."""
    times = {"last_at": status.last_at, "error_at": status.error_at}
    raw = vars(status) | {name: clock.format_at(at) if at else "" for name, at in times.items()}
    draft = folder / f".{_NAME}.{secrets.token_hex(4)}"
    try:
        draft.write_text(json.dumps(raw))
        draft.replace(folder / _NAME)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
