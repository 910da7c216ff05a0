"""The instance's secrets: made at first start, readable by the owner only, refused when weak."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from shelftalk.errors import Invalid

MIN_LENGTH = 32


def read_secret_key(instance: Path) -> str:
    """The key that signs cookies, made when there is none; raises Invalid when others may read it or it is short."""
    path = instance / "secret.key"
    make_private_file(path, secrets.token_hex(32))
    key = path.read_text("utf-8").strip()
    if len(key) < MIN_LENGTH or len(set(key)) < 8:
        raise Invalid(
            "secret.key",
            "The key in {path} is too weak. Delete the file and start again: a new one is made, "
            "and people sign in again.",
            path=str(path),
        )
    if path.stat().st_mode & 0o077:
        raise Invalid("secret.key", "Others may read {path}. Allow only its owner: chmod 600 {path}", path=str(path))
    return key


def make_setup_token(instance: Path) -> str:
    """The one-time token of the first set-up, made when there is none."""
    path = instance / "setup-token"
    make_private_file(path, secrets.token_urlsafe(12))
    return path.read_text("utf-8").strip()


def find_setup_token(instance: Path) -> str:
    """The set-up token, or empty."""
    path = instance / "setup-token"
    return path.read_text("utf-8").strip() if path.is_file() else ""


def drop_setup_token(instance: Path) -> None:
    """The set-up is done; its token opens nothing any more."""
    (instance / "setup-token").unlink(missing_ok=True)


def make_private_file(path: Path, text: str) -> None:
    """Write a file of mode 0600 whole, unless it exists; the first of several processes wins."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(handle)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
