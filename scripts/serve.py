"""What `make run` starts: checks the settings, brings the database up to date, says what to do, becomes granian."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "packaging"))

from shelftalk.config import Settings, read_settings  # noqa: E402  (the source root has to be on the path first)
from shelftalk.errors import ShelftalkError, Unavailable  # noqa: E402
from shelftalk.scans.visitors import make_visitors_memory  # noqa: E402
from shelftalk.store import open_store, sample, users  # noqa: E402
from shelftalk.web.secret import make_setup_token, read_secret_key  # noqa: E402

# By ASGI no thread waits for a disk, and the raw target of a request is known. Slow clients are read by granian itself.
# A worker that does not stop is killed: an answered scan is on the disk already.
SERVER = [
    "--interface", "asginl", "--backlog", "2048", "--http1-buffer-size", "65536",
    "--http1-header-read-timeout", "10000", "--workers-kill-timeout", "8", "--respawn-interval", "0.5",
    "--no-ws", "--respawn-failed-workers", "--log-level", "error",
]  # fmt: skip


def is_free(port: int) -> bool:
    """Whether nobody listens on the port yet."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def prepare(settings: Settings) -> str:
    """Bring the instance up to date; gives the set-up token while nobody has an account."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    read_secret_key(settings.instance)
    store = open_store(settings)
    try:
        store.migrate()
        with store.read() as db:
            people, loaded = users.count_users(db), sample.has_sample(db)
    except Unavailable as error:
        print(f"{error}\nScans are answered all the same, from the shelf.", file=sys.stderr)
        return ""
    finally:
        store.close()
    if settings.demo and not loaded:
        subprocess.run([sys.executable, "-m", "flask", "demo"], check=False, cwd=ROOT)
    return "" if people else make_setup_token(settings.instance)


def welcome(settings: Settings, token: str) -> str:
    """What is printed at start: the address, and what to do first."""
    local = f"http://localhost:{settings.port}"
    if token:
        steps = [
            "Nobody has an account yet. Make yours, the administrator's:",
            f"  {local}/admin/set-up?token={token}",
            f"  The set-up token is {token} and works once.",
        ]
    else:
        steps = [f"Staff sign in at {local}/admin/"]
    if settings.origin_is_local:
        steps.append("Codes lead to this computer only: set SHELFTALK_ORIGIN=https://… before printing.")
    return "\n".join(["", f"Shelftalk runs on {local}", *steps, "Stop it with Ctrl+C.", ""])


def main() -> int:
    try:
        settings = read_settings(ROOT)
        if not is_free(settings.port):
            print(f"Port {settings.port} is taken. Choose another: PORT={settings.port + 1} make run", file=sys.stderr)
            return 1
        token = prepare(settings)
    except ShelftalkError as error:
        print(error, file=sys.stderr)
        return 2
    os.chdir(ROOT)
    print(welcome(settings, token), flush=True)
    return become_server(settings)


def become_server(settings: Settings) -> NoReturn:
    """Replace this process by the server, so that signals reach it directly; it keeps the workers' common memory."""
    os.environ["SHELFTALK_VISITORS_MEMORY"] = make_visitors_memory()
    where = ["--host", "127.0.0.1", "--port", str(settings.port), "--workers", str(settings.workers)]
    command = [sys.executable, "-m", "granian", *SERVER, *where, "app:app.asgi_app"]
    os.execv(sys.executable, command)  # noqa: S606 (our own interpreter, fixed arguments)


if __name__ == "__main__":
    raise SystemExit(main())
