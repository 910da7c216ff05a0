"""A small application around the door, for a real server. `FAULTS_FOLDER` holds its shelf and spool."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "packaging"), str(ROOT / "tests" / "scans")]

from scan_support import plain_app  # noqa: E402

from shelftalk.scans.async_door import AsyncDoor, make_environ  # noqa: E402
from shelftalk.scans.door import Door  # noqa: E402
from shelftalk.scans.reader import ShelfReader  # noqa: E402
from shelftalk.scans.segment import SegmentWriter  # noqa: E402
from shelftalk.scans.spool import Spool  # noqa: E402
from shelftalk.scans.visitors import Visitors  # noqa: E402
from shelftalk.web.bridge import WsgiBridge  # noqa: E402


class ForgetfulSpool(Spool):
    """The negative control: answers from a buffer that follows later. What a test must find it losing."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._buffer: list[bytes] = []
        threading.Thread(target=self._follow, daemon=True).start()

    def hand_over(self, line: bytes, _wake: object) -> str:
        self._buffer.append(line)
        return "kept"

    def _follow(self) -> None:
        segment = SegmentWriter(self.folder)
        while True:
            time.sleep(0.2)
            lines, self._buffer = self._buffer, []
            segment.write(lines)
            segment.flush()


def make_app() -> Door:
    folder = Path(os.environ["FAULTS_FOLDER"])
    kind = os.environ.get("FAULTS_SPOOL", "power")
    spool = ForgetfulSpool(folder / "spool") if kind == "forgetful" else Spool(folder / "spool", kind)
    visitors = Visitors(os.environ.get("FAULTS_VISITORS", ""))
    return Door(plain_app, ShelfReader(folder / "shelf.sqlite"), spool, visitors=visitors)


app = make_app()
asgi_app = AsyncDoor(app, WsgiBridge(app, make_environ, limit=1 << 20))
