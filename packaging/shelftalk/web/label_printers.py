"""Sends finished labels to a printer on the local network: only to those the settings name, never to an address given.

A label printer takes bytes on a TCP port and says nothing back. What is known is how much of the file it took.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass

from shelftalk.config import LabelPrinter
from shelftalk.errors import Invalid

CONNECT_S = 5.0
STALL_S = 15.0  # without taking a byte: out of paper, lid open, or asleep
PIECE = 16_384
TICK_S = 0.05
SEND_BUFFER = 65_536  # what the system may hold back for a printer that does not read


@dataclass(frozen=True)
class Delivery:
    """What became of a file that was sent: how much of it the printer took."""

    printer: LabelPrinter
    size: int
    taken: int
    reached: bool = True

    @property
    def complete(self) -> bool:
        """Whether the printer took all of it."""
        return self.reached and self.taken == self.size


def find_label_printer(printers: tuple[LabelPrinter, ...], name: str) -> LabelPrinter:
    """The allowed printer of this name; raises Invalid naming those there are."""
    for printer in printers:
        if printer.name == name:
            return printer
    raise Invalid(
        "printer",
        "“{value}” is no printer that labels may be sent to. Choose one of: {allowed}.",
        value=name[:60],
        allowed=tuple(printer.name for printer in printers) or ("–",),
    )


def send_labels(
    printer: LabelPrinter, content: bytes, *, connect_s: float = CONNECT_S, stall_s: float = STALL_S
) -> Delivery:
    """Send a file and see how much of it is taken. Never raises for what a network can do."""
    try:
        line = socket.create_connection((printer.host, printer.port), timeout=connect_s)
    except OSError:
        return Delivery(printer, len(content), 0, reached=False)
    with line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        handed, unbroken = _hand_over(line, content, stall_s)
        if unbroken:
            unbroken = _wait_until_taken(line, stall_s)
        left = 0 if unbroken else max(1, _count_untaken(line))
    return Delivery(printer, len(content), max(0, handed - left) if left else handed)


def _hand_over(line: socket.socket, content: bytes, stall_s: float) -> tuple[int, bool]:
    """How many bytes the line accepted, and whether it held."""
    line.settimeout(stall_s)
    handed, view = 0, memoryview(content)
    while handed < len(content):
        try:
            handed += line.send(view[handed : handed + PIECE])
        except OSError:
            return handed, False
    return handed, True


def _wait_until_taken(line: socket.socket, stall_s: float) -> bool:
    """Whether the other end took everything that was handed over; told apart from a line that breaks meanwhile."""
    with suppress(OSError):
        line.shutdown(socket.SHUT_WR)
    line.settimeout(TICK_S)
    waited, before = 0.0, _count_untaken(line)
    while before and waited < stall_s:
        try:
            if not line.recv(4096):  # it closed its side; what it took before is taken
                return _count_untaken(line) == 0
        except TimeoutError:
            pass
        except OSError:
            return False
        left = _count_untaken(line)
        waited, before = (waited + TICK_S if left == before else 0.0), left
    return before == 0 and _holds(line)


def _holds(line: socket.socket) -> bool:
    """Whether the line was not torn down just now."""
    return line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0


def _count_untaken(line: socket.socket) -> int:
    """Bytes handed to the system that the other end has not acknowledged; 0 where the system does not tell."""
    try:
        import fcntl
        import struct
        import termios

        answer = fcntl.ioctl(line.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    except (ImportError, AttributeError, OSError):
        return 0
    return int(struct.unpack("i", answer)[0])
