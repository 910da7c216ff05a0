"""Whether a person's first scan of the day, and whether a flood: held in memory only, gone with the day or a restart.

What is remembered is a keyed hash under a random salt; neither is ever written to a disk. The worker processes of one
server share both, so a phone that meets another worker is not a new one.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import struct
import weakref
from dataclasses import dataclass
from datetime import UTC, date, datetime
from mmap import mmap

from shelftalk.scans.shared import SharedMemory, make_shared_memory

SLOTS = 1 << 18  # of 16 bytes: 4 MB, touched as they are used; when all about a key are taken the oldest is forgotten
PROBES = 16
FLOOD = 600  # scans a minute from one key: ten a second for a whole minute is no queue of shoppers
_HEADER = struct.Struct("<q32s")  # the day, its salt
_SLOT = struct.Struct("<QII")  # key, minute of the last scan counted from 1, scans in that minute
_START = 64
_all: weakref.WeakSet[Visitors] = weakref.WeakSet()


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known of a scan's sender. `flood`: far more scans than people could make."""

    first_of_day: bool
    flood: bool


def make_visitors_memory(slots: int = SLOTS) -> str:
    """Memory for the workers that this process starts; gives the place they find it by."""
    return make_shared_memory(_START + slots * _SLOT.size)


class Visitors:
    """The keys seen today. `place`: where the memory of all workers is; without it each process keeps its own."""

    def __init__(self, place: str = "", *, slots: int = SLOTS, flood: int = FLOOD) -> None:
        self._place, self._slots, self._flood = place, slots, flood
        self._attach()
        _all.add(self)

    @property
    def shared(self) -> bool:
        """Whether other processes see the same visitors."""
        return self._memory.shared

    def see(self, address: str, agent: str, languages: str, at: datetime) -> Sighting:
        """Note a scan. The day is UTC's: when it turns, all keys and the salt are forgotten."""
        at = at.astimezone(UTC)
        text = f"{address}\0{agent}\0{languages}".encode("utf-8", "surrogatepass")
        with self._memory.hold() as view:
            day, salt = _HEADER.unpack_from(view)
            if at.toordinal() > day or at.toordinal() < day - 1:  # a clock set back over midnight makes nobody new
                salt = self._start_day(view, at)
            key = int.from_bytes(hashlib.blake2b(text, key=salt, digest_size=8).digest(), "little") or 1
            return self._note(view, key, at.hour * 60 + at.minute + 1)

    def _attach(self) -> None:
        self._memory = SharedMemory(_START + self._slots * _SLOT.size, self._place)

    def _start_day(self, view: mmap, day: date) -> bytes:
        salt = secrets.token_bytes(32)
        view[:] = bytes(len(view))
        _HEADER.pack_into(view, 0, day.toordinal(), salt)
        return salt

    def _note(self, view: mmap, key: int, minute: int) -> Sighting:
        place, oldest = -1, 0
        first, count = True, 1
        for probe in range(PROBES):
            at = _START + (key + probe) % self._slots * _SLOT.size
            other, seen, number = _SLOT.unpack_from(view, at)
            if other == key:
                place, first = at, False
                count = min(number + 1, 0xFFFF_FFFF) if seen == minute else 1
                break
            if not other:
                place = at
                break
            if place < 0 or seen < oldest:
                place, oldest = at, seen
        _SLOT.pack_into(view, place, key, minute, count)
        return Sighting(first, count > self._flood)


def _attach_anew() -> None:
    """After a fork, locks and private memory are the parent's."""
    for visitors in list(_all):
        visitors._attach()


os.register_at_fork(after_in_child=_attach_anew)
