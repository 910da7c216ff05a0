"""Whether a person's first scan of the day, and whether a flood: held in memory only, gone with the day or a restart.

What is remembered is a keyed hash under a random salt that never leaves this process; neither is ever written.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime

MAX_KEYS = 200_000  # about 20 MB; beyond it the oldest are forgotten and count as new again
FLOOD = 600  # scans a minute from one key: ten a second for a whole minute is no queue of shoppers


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known of a scan's sender. `flood`: far more scans than people could make."""

    first_of_day: bool
    flood: bool


class Visitors:
    """The keys seen today. One per process."""

    def __init__(self, max_keys: int = MAX_KEYS, flood: int = FLOOD) -> None:
        self._lock = threading.Lock()
        self._max_keys = max_keys
        self._flood = flood
        self._start_day(date.min)

    def see(self, address: str, agent: str, languages: str, at: datetime) -> Sighting:
        """Note a scan. The day is UTC's: when it turns, all keys and the salt are forgotten."""
        day, minute = at.date(), at.hour * 60 + at.minute
        with self._lock:
            if day != self._day:
                self._start_day(day)
            key = self._make_key(address, agent, languages)
            first = key not in self._keys
            seen_minute, count = self._keys.pop(key, (minute, 0))
            count = count + 1 if seen_minute == minute else 1
            self._keys[key] = (minute, count)
            if len(self._keys) > self._max_keys:
                self._keys.popitem(last=False)
        return Sighting(first, count > self._flood)

    def _start_day(self, day: date) -> None:
        self._day = day
        self._salt = secrets.token_bytes(32)
        self._keys: OrderedDict[bytes, tuple[int, int]] = OrderedDict()

    def _make_key(self, address: str, agent: str, languages: str) -> bytes:
        text = f"{address}\0{agent}\0{languages}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._salt, digest_size=12).digest()
