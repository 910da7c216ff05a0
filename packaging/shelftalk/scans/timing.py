"""How long answers take and of which class scans are, counted by each process, added up over a node. Knows no request.

Noting costs a fraction of a microsecond. A thread tells what was noted in a small file of its process; whoever asks
adds the files up, and takes those of processes that are gone into one sum, so that no figure ever goes back.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import struct
import threading
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from shelftalk.scans.record import CLASSES

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
KINDS = (*CLASSES, "action", "refused", "lost", "page", "other")
TELL_S = 1.0
_SHAPE = struct.Struct(f"<{len(BOUNDS) + 1}Qd{len(KINDS)}Q")
_SUM = "sum"


@dataclass(frozen=True)
class Times:
    """Answers by how long they took (`counts`: up to each bound, the last beyond all), and by kind."""

    counts: tuple[int, ...] = (0,) * (len(BOUNDS) + 1)
    seconds: float = 0.0
    kinds: tuple[int, ...] = (0,) * len(KINDS)

    def __add__(self, other: Times) -> Times:
        return Times(
            tuple(map(sum, zip(self.counts, other.counts, strict=True))),
            self.seconds + other.seconds,
            tuple(map(sum, zip(self.kinds, other.kinds, strict=True))),
        )

    def list_buckets(self) -> list[tuple[str, int]]:
        """Upper bound -> answers that took no longer."""
        return list(zip([*map(str, BOUNDS), "+Inf"], accumulate(self.counts), strict=True))


class Timing:
    """This process's end. `note` is for one thread; the rest is safe from any."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counts = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self._notes: dict[str, int] = {}
        self._lock = threading.Lock()
        self._fd = -1
        self._name = ""

    def note(self, seconds: float, note: str) -> None:
        """Count an answer: what it took, and what was said of its scan."""
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self._seconds += seconds
        self._notes[note] = self._notes.get(note, 0) + 1

    def tell_forever(self, stop: threading.Event) -> None:
        """Let the other processes know, until `stop`."""
        while not stop.wait(TELL_S):
            self.tell()
        self.tell()

    def tell(self) -> None:
        """Write down what was noted so far; a disk that cannot take it changes nothing else."""
        with self._lock, contextlib.suppress(OSError):
            if self._fd < 0:
                self._open()
            os.pwrite(self._fd, _pack(self._collect()), 0)

    def read(self) -> Times:
        """Everything noted on this node since its instance was made."""
        self.tell()
        try:
            with _hold(self._folder):
                living = self._list_others()
                return sum([*living, self._collect()], _read(self._folder / _SUM))
        except OSError:
            return self._collect()

    def _collect(self) -> Times:
        kinds = dict.fromkeys(KINDS, 0)
        for note, count in list(self._notes.items()):
            kind = note.partition(";")[0] or "page"
            kinds[kind if kind in kinds else "other"] += count
        return Times(tuple(self._counts), self._seconds, tuple(kinds.values()))

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{os.getpid()}-{secrets.token_hex(4)}.times"
        with _hold(self._folder):
            self._fd = os.open(self._folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            self._name = name

    def _list_others(self) -> list[Times]:
        """What other living processes noted; what is left of the dead goes into the sum."""
        living: list[Times] = []
        for path in sorted(self._folder.glob("*.times")):
            if path.name == self._name:
                continue
            if _is_held(path):
                living.append(_read(path))
            else:
                _write(self._folder / _SUM, _read(self._folder / _SUM) + _read(path))
                path.unlink()
        return living


def _pack(times: Times) -> bytes:
    return _SHAPE.pack(*times.counts, times.seconds, *times.kinds)


def _read(path: Path) -> Times:
    try:
        values = _SHAPE.unpack(path.read_bytes())
    except (OSError, struct.error):
        return Times()
    cut = len(BOUNDS) + 1
    return Times(values[:cut], values[cut], values[cut + 1 :])


def _write(path: Path, times: Times) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.write_bytes(_pack(times))
    draft.replace(path)


def _is_held(path: Path) -> bool:
    fd = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


@contextlib.contextmanager
def _hold(folder: Path) -> Iterator[None]:
    fd = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
