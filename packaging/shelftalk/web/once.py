"""Remembers which forms have done their work, so that one posted twice works once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager


class DoneForms:
    """Form keys and the address each form's work led to. Two posts of one key wait for each other."""

    def __init__(self, max_keys: int = 5_000) -> None:
        self.max_keys = max_keys
        self._done: OrderedDict[str, str] = OrderedDict()
        self._running: dict[str, tuple[threading.Lock, int]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, key: str) -> Iterator[str]:
        """The address this key's form led to before, or empty; another post of it waits until the block ends."""
        if not key:
            yield ""
            return
        lock = self._enter(key)
        try:
            with lock:
                yield self._done.get(key, "")
        finally:
            self._leave(key)

    def remember(self, key: str, address: str) -> None:
        """The form's work is done and led to `address`."""
        with self._lock:
            self._done[key] = address
            while len(self._done) > self.max_keys:
                self._done.popitem(last=False)

    def _enter(self, key: str) -> threading.Lock:
        with self._lock:
            lock, waiting = self._running.get(key, (threading.Lock(), 0))
            self._running[key] = lock, waiting + 1
            return lock

    def _leave(self, key: str) -> None:
        with self._lock:
            lock, waiting = self._running.pop(key)
            if waiting > 1:
                self._running[key] = lock, waiting - 1
