"""What goes out of the door: a status, headers, bytes, and the line that has to be kept first. Knows no request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from shelftalk.scans.spool import Outcome

Header = tuple[str, str]
RawHeader = tuple[bytes, bytes]
NO_STORE = ("Cache-Control", "no-store")


@lru_cache(maxsize=4096)
def encode_header(header: Header) -> RawHeader:
    """A header as it is sent."""
    return header[0].lower().encode("latin-1"), header[1].encode("latin-1")


class Head:
    """Headers that many answers begin with, made once."""

    __slots__ = ("headers", "raw")

    def __init__(self, headers: Iterable[Header] = ()) -> None:
        self.headers = tuple(headers)
        self.raw = tuple(map(encode_header, self.headers))


_BARE = Head()


@dataclass(slots=True)
class Answer:
    """What goes out once `line` is in the spool. Without a line there is nothing to wait for."""

    status: int
    headers: list[Header] = field(default_factory=list)  # of this answer alone, after those of its head
    body: bytes = b""
    line: bytes = b""
    note: str = ""  # why this is or is no scan, for the header that says so
    about: str = "Scan"  # or Action
    head: Head = _BARE

    def finish(self, outcome: Outcome = "kept") -> list[Header]:
        """The headers, with what became of the scan or action."""
        headers = [*self.head.headers, *self.headers]
        if self.note:
            headers.append(_tell(self.about, self.note, outcome))
        return headers

    def encode(self, outcome: Outcome = "kept") -> list[RawHeader]:
        """The same as they are sent."""
        headers = [*self.head.raw, *map(encode_header, self.headers)]
        if self.note:
            headers.append(encode_header(_tell(self.about, self.note, outcome)))
        return headers


@lru_cache(maxsize=1024)
def _tell(about: str, note: str, outcome: Outcome) -> Header:
    return f"X-Shelftalk-{about}", note if outcome == "kept" else f"{note}; {outcome}"
