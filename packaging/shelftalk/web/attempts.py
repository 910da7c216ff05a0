"""Counts attempts per key in memory and says when there were too many; knows nothing of passwords."""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict, deque

from shelftalk.clock import monotonic


def name_network(address: str | None) -> str:
    """Whom to count an address as: of IPv6 the first half, since one household has all of the second to choose from."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return address or ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.IPv6Address(int(found) >> 64 << 64))


class Attempts:
    """At most `limit` attempts per key in `span_s` seconds; the oldest keys are forgotten first."""

    def __init__(self, limit: int, span_s: float, max_keys: int = 10_000) -> None:
        self.limit = limit
        self.span_s = span_s
        self.max_keys = max_keys
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Count one attempt. 0: go on; otherwise the seconds to wait, and the attempt is not counted."""
        now = monotonic()
        with self._lock:
            times = self._times.setdefault(key, deque())
            self._times.move_to_end(key)
            while times and times[0] <= now - self.span_s:
                times.popleft()
            if len(times) >= self.limit:
                return times[0] + self.span_s - now
            times.append(now)
            while len(self._times) > self.max_keys:
                self._times.popitem(last=False)
            return 0.0

    def forget(self, key: str) -> None:
        """Start the count of a key again: the attempt was right."""
        with self._lock:
            self._times.pop(key, None)
