"""Memory that the worker processes of one server share: it has no name and no place on a disk, and ends with them.

The process that starts the workers makes it; they open it by that process's id and the number it has there. Knows
bytes and a lock.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import threading
from pathlib import Path


def make_shared_memory(size: int) -> str:
    """New memory, all zero, kept as long as this process or one it became runs; gives the place to find it by."""
    fd = os.memfd_create("shelftalk-visitors", 0)  # not closed by exec
    os.ftruncate(fd, size)
    return f"{os.getpid()}:{fd}"


class SharedMemory:
    """The memory at `place`, or, without one, memory of this process alone. `view` is to be used under `with` only."""

    def __init__(self, size: int, place: str = "") -> None:
        self._fd = _open(place, size) if place else -1
        self.shared = self._fd >= 0
        self.view = mmap.mmap(self._fd, size)  # -1: anonymous, on no disk either
        self.view.madvise(mmap.MADV_DONTDUMP)  # nor in what a crash leaves behind
        self._lock = threading.Lock()  # fcntl's locks are a process's, not a thread's

    def __enter__(self) -> mmap.mmap:
        """The memory, for one thread of one process at a time. A process that dies lets go."""
        self._lock.acquire()
        if self.shared:
            try:
                fcntl.lockf(self._fd, fcntl.LOCK_EX)
            except BaseException:
                self._lock.release()
                raise
        return self.view

    def __exit__(self, *_error: object) -> None:
        try:
            if self.shared:
                fcntl.lockf(self._fd, fcntl.LOCK_UN)
        finally:
            self._lock.release()


def _open(place: str, size: int) -> int:
    """The memory's number here, or -1 when it cannot be had: another user's, gone, or of another size."""
    pid, _, number = place.partition(":")
    if not (pid.isdigit() and number.isdigit()):
        return -1
    try:
        fd = os.open(f"/proc/{pid}/fd/{number}", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return -1
    if os.fstat(fd).st_size != size or not _get_name(fd).startswith("/memfd:shelftalk-visitors"):
        os.close(fd)
        return -1
    return fd


def _get_name(fd: int) -> str:
    return str(Path(f"/proc/self/fd/{fd}").readlink())
