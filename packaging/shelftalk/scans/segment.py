"""One file of the spool: made whole, appended by one process, read by any. Knows lines, not what they mean.

A segment's owner holds a lock on it as long as it may grow. Its meter, a small file beside it, says how much of
it has reached the disk and how many scans were answered and lost, so that a reader never takes a line whose
fate is open and nothing vanishes unseen.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import struct
from dataclasses import dataclass
from pathlib import Path

from shelftalk import clock
from shelftalk.scans.record import Record, is_whole, parse_line, place_record

HEADER = b"shelftalk-scans 1\n"
SUFFIX = ".scans"
_METER = struct.Struct("<4s?QQQ")
_MAGIC = b"stm1"
_CHUNK = 4 << 20


@dataclass(frozen=True)
class Meter:
    """What a segment's owner last said of it. `sealed`: nothing after `synced` may ever be read."""

    sealed: bool
    synced: int  # bytes known to be on the disk
    served: int  # scans answered: safe ones and lost ones
    lost: int


@dataclass(frozen=True)
class Reading:
    """What was read from a segment. `position` is where to go on; `done`: nothing more will ever come."""

    records: list[Record]
    position: int
    torn: int
    done: bool


@dataclass(frozen=True)
class Tally:
    """A segment counted: whole lines up to a position and after it, damaged lines, bytes."""

    before: int
    after: int
    torn: int
    bytes: int


class SegmentWriter:
    """A segment this process owns. Its maker, `write` and `flush` may raise OSError; the rest never does."""

    def __init__(self, folder: Path) -> None:
        """Make a new segment. It gets its name only when it is locked, whole and on the disk."""
        self.name = f"{clock.now():%Y%m%dT%H%M%S}-{os.getpid()}-{secrets.token_hex(6)}{SUFFIX}"
        self.unsynced: list[bytes] = []
        self.size = self.synced = len(HEADER)
        self.synced_lines = self.lost = 0
        self.broken = False
        self.began = clock.monotonic()
        path, draft = folder / self.name, folder / f".new-{self.name}"
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
        self._meter_fd = os.open(meter_path(folder, self.name), flags, 0o600)
        self._fd = -1
        try:
            self._fd = os.open(draft, flags | os.O_APPEND, 0o600)
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _write_all(self._fd, HEADER)
            _write_all(self._meter_fd, self._pack_meter())
            os.fsync(self._meter_fd)
            os.fsync(self._fd)
            draft.rename(path)
            sync_folder(folder)
        except OSError:
            self.close()
            for leftover in (draft, path, meter_path(folder, self.name)):
                with contextlib.suppress(OSError):
                    leftover.unlink()
            raise

    def write(self, lines: list[bytes]) -> None:
        """Append lines in one go; after an error none of them is left in the file, or the segment is broken."""
        data = b"".join(lines)
        try:
            _write_all(self._fd, data)
        except OSError:
            self._trim(self.size)
            raise
        self.size += len(data)
        self.unsynced.extend(lines)

    def write_durably(self, lines: list[bytes]) -> None:
        """Append lines and bring them to the disk in one call: under load a thread gets its turn back only once."""
        data = b"".join(lines)
        try:
            _write_durably(self._fd, data)
        except OSError:
            self._trim(self.size)
            raise
        self.size += len(data)
        self.synced, self.synced_lines = self.size, self.synced_lines + len(lines)

    def get_mark(self) -> tuple[int, int]:
        """How far the file goes now, for `confirm`."""
        return self.size, len(self.unsynced)

    def flush(self) -> None:
        """Bring what was written to the disk. The one slow step: lines may be added meanwhile."""
        _sync_data(self._fd)

    def confirm(self, mark: tuple[int, int]) -> None:
        """Note that a flush begun at `mark` succeeded."""
        size, count = mark
        self.synced = size
        self.synced_lines += count
        del self.unsynced[:count]

    def give_up(self) -> list[bytes]:
        """Close the segment to further lines and hand back those that may not have reached the disk."""
        lines, self.unsynced = self.unsynced, []
        self.broken = True
        self._write_meter()
        self._trim(self.synced)
        return lines

    def add_lost(self, count: int) -> None:
        """Note scans that were answered and could not be kept."""
        self.lost += count
        self._write_meter()

    def close(self) -> None:
        """Let go of the files; the segment is then nobody's."""
        for fd in (self._fd, self._meter_fd):
            if fd >= 0:
                with contextlib.suppress(OSError):
                    os.close(fd)
        self._fd = self._meter_fd = -1

    def _trim(self, size: int) -> None:
        try:
            os.ftruncate(self._fd, size)
            self.size = size
        except OSError:
            self.broken = True
            self._write_meter()

    def show(self) -> None:
        """Let readers have what is on the disk by now."""
        self._write_meter()

    def _write_meter(self) -> None:
        # An ordinary write, not a memory map: on a full copy-on-write disk a map would kill the process.
        with contextlib.suppress(OSError):
            os.pwrite(self._meter_fd, self._pack_meter(), 0)

    def _pack_meter(self) -> bytes:
        return _METER.pack(_MAGIC, self.broken, self.synced, self.synced_lines + self.lost, self.lost)


def meter_path(folder: Path, name: str) -> Path:
    """Where a segment's meter lies."""
    return folder / (name.removesuffix(SUFFIX) + ".meter")


def list_segments(folder: Path) -> list[str]:
    """The names of all segments, oldest first."""
    return sorted(entry.name for entry in folder.glob(f"[!.]*{SUFFIX}"))


def read_meter(folder: Path, name: str) -> Meter | None:
    """A segment's meter, or None when it is missing or unreadable."""
    try:
        magic, sealed, synced, served, lost = _METER.unpack(meter_path(folder, name).read_bytes()[: _METER.size])
    except (OSError, struct.error):
        return None
    return Meter(sealed, synced, served, lost) if magic == _MAGIC else None


def is_live(folder: Path, name: str) -> bool:
    """Whether a running process may still append to the segment."""
    try:
        fd = os.open(folder / name, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def read_segment(folder: Path, name: str, position: int, limit: int) -> Reading:
    """Read up to `limit` records from `position` (0: the start). Damaged lines are skipped and counted."""
    live = is_live(folder, name)  # before the end is looked up: a segment that died in between is read next time
    end = _find_end(folder, name, live)
    if position < len(HEADER):
        if not _has_header(folder, name):
            return Reading([], end, 0 if live else 1, not live)
        position = len(HEADER)
    with (folder / name).open("rb") as file:
        file.seek(position)
        data = file.read(min(max(end - position, 0), _CHUNK))
    records, used, torn = _read_lines(data, name, position, limit)
    rest = len(data) - used
    if len(records) < limit and rest and (rest == _CHUNK or (not live and position + len(data) == end)):
        used, torn = len(data), torn + 1  # a line cut off by a crash
    return Reading(records, position + used, torn, not live and position + used >= end)


def _read_lines(data: bytes, name: str, position: int, limit: int) -> tuple[list[Record], int, int]:
    records: list[Record] = []
    used = torn = 0
    while len(records) < limit and (cut := data.find(b"\n", used)) >= 0:
        record = parse_line(data[used:cut])
        used = cut + 1
        if record is None:
            torn += 1
        else:
            records.append(place_record(record, name, position + used))
    return records, used, torn


def tally_segment(folder: Path, name: str, position: int) -> Tally:
    """Count a segment's lines before and after `position`."""
    end = _find_end(folder, name, is_live(folder, name))
    data = (folder / name).read_bytes()[:end]
    before = after = torn = 0
    place = len(HEADER)
    for line in data[place:].split(b"\n"):
        place += len(line) + 1
        if place <= end and is_whole(line):
            before, after = (before + 1, after) if place <= position else (before, after + 1)
        elif line:
            torn += 1
    return Tally(before, after, torn, len(data))


def remove_segment(folder: Path, name: str) -> None:
    """Delete a segment and its meter; fine when they are gone already."""
    (folder / name).unlink(missing_ok=True)
    meter_path(folder, name).unlink(missing_ok=True)
    sync_folder(folder)


def sweep_folder(folder: Path, age_s: float = 60.0) -> None:
    """Delete what a crash left half made: drafts and meters without a segment."""
    names = set(list_segments(folder))
    orphans = [path for path in folder.glob("*.meter") if path.stem + SUFFIX not in names]
    for path in [*folder.glob(".*"), *orphans]:
        with contextlib.suppress(FileNotFoundError):
            if clock.now().timestamp() - path.stat().st_mtime > age_s:
                path.unlink()


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _find_end(folder: Path, name: str, live: bool) -> int:
    meter = read_meter(folder, name)
    if live and meter is None:
        return 0
    size = (folder / name).stat().st_size
    return min(size, meter.synced) if meter and (live or meter.sealed) else size


def _has_header(folder: Path, name: str) -> bool:
    with (folder / name).open("rb") as file:
        return file.read(len(HEADER)) == HEADER


def _sync_data(fd: int) -> None:
    getattr(os, "fdatasync", os.fsync)(fd)


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _write_durably(fd: int, data: bytes) -> None:
    """Write and sync in one call, or in two where system or file system knows no such call."""
    view = memoryview(data)
    while view and hasattr(os, "RWF_DSYNC"):
        try:
            view = view[os.pwritev(fd, [view], 0, os.RWF_DSYNC) :]
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL):
                raise
            break
    if view:
        _write_all(fd, bytes(view))
        _sync_data(fd)
