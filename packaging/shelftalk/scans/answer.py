"""What goes out of the door: a status, headers, bytes, and the line that has to be kept first. Knows no request."""

from __future__ import annotations

from dataclasses import dataclass

from shelftalk.scans.spool import Outcome

Header = tuple[str, str]
NO_STORE = ("Cache-Control", "no-store")


@dataclass(slots=True)
class Answer:
    """What goes out once `line` is in the spool. Without a line there is nothing to wait for."""

    status: int
    headers: list[Header]
    body: bytes = b""
    line: bytes = b""
    note: str = ""  # why this is or is no scan, for the header that says so
    about: str = "Scan"  # or Action

    def finish(self, outcome: Outcome = "kept") -> list[Header]:
        """The headers, with what became of the scan or action."""
        if self.note:
            note = self.note if outcome == "kept" else f"{self.note}; {outcome}"
            self.headers.append((f"X-Shelftalk-{self.about}", note))
        return self.headers
