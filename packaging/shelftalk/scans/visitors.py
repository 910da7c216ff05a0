"""Whether a scan is a sender's first of the day, a repeat, or part of a flood: held in memory only, gone with the day.

What is remembered are keyed hashes under a random salt; neither is ever written to a disk. The worker processes of one
server share both, so a phone that meets another worker is not a new one. It knows no class and no request.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import struct
import weakref
import zlib
from datetime import datetime
from itertools import product
from mmap import mmap
from typing import NamedTuple

from shelftalk import clock
from shelftalk.scans.shared import SharedMemory, make_shared_memory

SLOTS = 1 << 18  # senders a day; with their addresses and visits 7 MB. When all about a key are taken the oldest goes
PROBES = 16
FLOOD = 600  # scans a minute from one key: ten a second for a whole minute is no queue of shoppers
REPEAT_MS = 30 * 60 * 1000  # since the sender's last scan of the same code
CROWD_SENDERS = 4  # so many different senders behind one address are more than a household
CROWD_SCANS = 5  # of one code by one sender, none half an hour after the one before: more than one person does
_MOST = 0xFFFF_FFFF
_DAY_MS = 24 * 3600 * 1000
_HEADER = struct.Struct("<q32s")  # the day, its salt
_SLOT = struct.Struct("<QiI")  # key, when last in milliseconds of the day, a number
_read, _write = _SLOT.unpack_from, _SLOT.pack_into
_KEYS = struct.Struct("<QQQ")
_START = 64
_all: weakref.WeakSet[Visitors] = weakref.WeakSet()


class Sighting(NamedTuple):
    """What is known of a scan's sender. `repeat`: it scanned this code lately; `flood`: more scans than people make."""

    first_of_day: bool
    repeat: bool
    flood: bool


_SIGHTINGS = {told: Sighting(*told) for told in product((False, True), repeat=3)}


class Doing(NamedTuple):
    """What is known of an action's sender. `first` of its kind at this page lately; `flood`: more than people do."""

    first: bool
    flood: bool


class _Table:
    """Slots in the memory: each a key with when it was last seen and a number. The oldest neighbour makes room."""

    def __init__(self, start: int, slots: int) -> None:
        self._start, self._slots = start, slots
        self.end = start + slots * _SLOT.size

    def find(self, view: mmap, key: int) -> tuple[int, int, int]:
        """The key's slot, or the one it may take; when and number of the key there, 0 when it is not there."""
        first = key % self._slots
        place = self._start + first * 16
        other, oldest, number = _read(view, place)
        if other == key:
            return place, oldest, number
        if not other:
            return place, 0, 0
        for probe in range(first + 1, first + PROBES):
            at = self._start + probe % self._slots * 16
            other, seen, number = _read(view, at)
            if other == key:
                return at, seen, number
            if not other:
                return at, 0, 0
            if seen < oldest:
                place, oldest = at, seen
        return place, 0, 0


def _make_tables(slots: int) -> tuple[_Table, _Table, _Table]:
    """For senders, visits and addresses: a visit is of use for half an hour, and senders share addresses."""
    senders = _Table(_START, slots)
    visits = _Table(senders.end, slots // 2)
    return senders, visits, _Table(visits.end, slots // 4)


def make_visitors_memory(slots: int = SLOTS) -> str:
    """Memory for the workers that this process starts; gives the place they find it by."""
    return make_shared_memory(_make_tables(slots)[-1].end)


class Visitors:
    """The keys seen today. `place`: where the memory of all workers is; without it each process keeps its own."""

    def __init__(self, place: str = "", *, slots: int = SLOTS, flood: int = FLOOD) -> None:
        self._place, self._flood = place, flood
        self._senders, self._visits, self._addresses = _make_tables(slots)
        self._salt = b""
        self._keyed = hashlib.blake2b()  # of that salt
        self._attach()
        _all.add(self)

    @property
    def shared(self) -> bool:
        """Whether other processes see the same visitors."""
        return self._memory.shared

    def see(self, address: str, agent: str, languages: str, code: str, at: datetime) -> Sighting:
        """Note a scan. The day is UTC's: when it turns, all keys and the salt are forgotten."""
        with self._memory as view:
            now = self._turn_day(view, at)
            address_key, sender, visit = self._make_keys(address, agent, languages, code)
            first, flood = self._note_sender(view, sender, now)
            crowd = self._note_address(view, address_key, now, first)
            repeat, many = self._note_visit(view, visit, now)
            if many and not crowd:
                self._note_crowd(view, address_key, now)
            return _SIGHTINGS[first and not repeat, repeat and not many and not crowd, flood]

    def note_action(self, address: str, agent: str, languages: str, page: str, kind: str, at: datetime) -> Doing:
        """Note that something was done on a page, named by its code or product; it makes nobody new.

        Behind an address with many alike phones as many are somebody's first as the page was scanned.
        """
        with self._memory as view:
            now = self._turn_day(view, at)
            address_key, sender, visit = self._make_keys(address, agent, languages, page)
            *_same, doing = self._make_keys(address, agent, languages, f"{page}\0{kind}")
            scans = self._visits.find(view, visit)[2]
            crowd = scans >= CROWD_SCANS or self._addresses.find(view, address_key)[2] >= CROWD_SENDERS
            pace = self._visits.find(view, sender)
            done = pace[2] + 1 if pace[2] and pace[1] // 60_000 == now // 60_000 else 1
            _write(view, pace[0], sender, now, min(done, _MOST))
            first = self._note_doing(view, doing, now, max(scans, 1) if crowd else 1)
            return Doing(first, done > self._flood)

    def _note_doing(self, view: mmap, key: int, now: int, allowed: int) -> bool:
        """Whether it is a first: `number` are the firsts of this visit."""
        place, seen, number = self._visits.find(view, key)
        number = number if number and abs(now - seen) <= REPEAT_MS else 0
        first = number < allowed
        _write(view, place, key, now, number + first)
        return first

    def _turn_day(self, view: mmap, at: datetime) -> int:
        """Forget all when the day has turned; gives the moment in milliseconds of the day in memory."""
        today, now = clock.split_day(at)
        day: int
        day, salt = _HEADER.unpack_from(view)
        if today > day or today < day - 1:  # a clock set back over midnight makes nobody new
            day, salt = today, self._start_day(view, today)
        if salt != self._salt:
            self._salt, self._keyed = salt, hashlib.blake2b(salt, digest_size=_KEYS.size)
        return now + (today - day) * _DAY_MS

    def _make_keys(self, address: str, agent: str, languages: str, code: str) -> tuple[int, int, int]:
        """The keys of an address, of a sender behind it, and of its visit: three parts of one keyed hash.

        Checksums are enough to tell senders of one address and visits of one sender from each other.
        """
        state = self._keyed.copy()
        state.update(address.encode("utf-8", "surrogatepass"))
        address_key, sender, visit = _KEYS.unpack(state.digest())
        phone = _sum(f"{agent}\0{languages}")
        return address_key or 1, sender ^ phone or 1, visit ^ _sum(code, phone) or 1

    def _attach(self) -> None:
        self._memory = SharedMemory(self._addresses.end, self._place)

    def _start_day(self, view: mmap, day: int) -> bytes:
        salt = secrets.token_bytes(32)
        view[:] = bytes(len(view))
        _HEADER.pack_into(view, 0, day, salt)
        return salt

    def _note_sender(self, view: mmap, key: int, now: int) -> tuple[bool, bool]:
        """Whether the sender is new today, and whether it floods: `number` are its scans of this minute."""
        place, seen, number = self._senders.find(view, key)
        count = number + 1 if seen // 60_000 == now // 60_000 and number < _MOST else 1
        _write(view, place, key, now, count)
        return not number, count > self._flood

    def _note_address(self, view: mmap, key: int, now: int, new_sender: bool) -> bool:
        """Whether many people share the address: `number` are its senders of today."""
        place, _seen, number = self._addresses.find(view, key)
        if new_sender and number < _MOST:
            number += 1
        _write(view, place, key, now, number)
        return number >= CROWD_SENDERS

    def _note_crowd(self, view: mmap, key: int, now: int) -> None:
        _write(view, self._addresses.find(view, key)[0], key, now, _MOST)

    def _note_visit(self, view: mmap, key: int, now: int) -> tuple[bool, bool]:
        """Whether the code was scanned lately, and too often for one person: `number` are the scans of this visit."""
        place, seen, number = self._visits.find(view, key)
        again = number > 0 and abs(now - seen) <= REPEAT_MS  # a clock set back, or a worker's that is a moment behind
        number = min(number + 1, _MOST) if again else 1
        _write(view, place, key, now, number)
        return again, number >= CROWD_SCANS


def _sum(text: str, before: int = 0) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"), before)


def _attach_anew() -> None:
    """After a fork, locks and private memory are the parent's."""
    for visitors in list(_all):
        visitors._attach()


os.register_at_fork(after_in_child=_attach_anew)
