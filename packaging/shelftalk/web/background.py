"""Commands that run beside the server in a process of their own: they give way to scans and outlive a restart."""

from __future__ import annotations

import subprocess
import sys
import threading

from shelftalk.config import Settings, make_environ

NICENESS = 15  # scans come first


def start_command(settings: Settings, name: str, *options: str) -> None:
    """Start `flask name options…` on the same instance. What it complains of stands in the server's log."""
    process = subprocess.Popen(  # noqa: S603 (a command of our own)
        ["nice", "-n", str(NICENESS), sys.executable, "-m", "flask", name, *options],  # noqa: S607 (POSIX has it)
        cwd=settings.root,
        env=make_environ(settings) | {"TERM": "dumb"},  # no bar of progress in the server's terminal
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # a restart of the server lets it end its work
    )
    threading.Thread(target=process.wait, name=name, daemon=True).start()
