"""People and their sessions."""

from __future__ import annotations

from datetime import datetime

from shelftalk.catalog.user import User
from shelftalk.errors import Invalid
from shelftalk.store.db import Db
from shelftalk.store.rows import make_param, make_record


def add_user(db: Db, *, email: str, name: str, password_hash: str, role: str, at: datetime) -> User:
    """Add a person; raises Invalid when the address has an account already."""
    if find_user_by_email(db, email):
        raise Invalid(
            "email", "“{value}” has an account already. Use another address, or change that account.", value=email
        )
    params = {"email": email, "name": name, "password_hash": password_hash, "role": role, "at": make_param(at)}
    return make_record(User, db.get("add_user", **params))


def get_user(db: Db, user_id: int) -> User:
    """The person with this id; raises NotFound."""
    return make_record(User, db.get("get_user", id=user_id))


def find_user_by_email(db: Db, email: str) -> User | None:
    """The person with this address, or None."""
    row = db.find("find_user_by_email", email=email)
    return make_record(User, row) if row else None


def list_users(db: Db) -> list[User]:
    """Everybody, by name."""
    return [make_record(User, row) for row in db.list("list_users")]


def update_user(db: Db, user_id: int, *, name: str, role: str, active: bool, language: str) -> User:
    """Change a person; raises Invalid when no active administrator would be left."""
    params = {"id": user_id, "name": name, "role": role, "active": int(active), "language": language}
    user = make_record(User, db.get("update_user", **params))
    if db.value("count_active_admins") == 0:
        raise Invalid("role", "“{value}” is the last administrator. Make somebody else one first.", value=name)
    return user


def set_profile(db: Db, user_id: int, *, name: str, language: str) -> None:
    """What people change of themselves; role and right to sign in stay as they are now."""
    db.run("set_profile", id=user_id, name=name, language=language)


def set_password(db: Db, user_id: int, password_hash: str) -> None:
    """Store a new password's hash."""
    db.run("set_password", id=user_id, password_hash=password_hash)


def count_users(db: Db) -> int:
    """How many people have an account."""
    return int(db.value("count_users"))


def add_session(db: Db, *, token_hash: str, user_id: int, at: datetime, expires_at: datetime) -> None:
    """Remember a sign-in, and forget those that ran out."""
    db.run("end_old_sessions", at=make_param(at))
    db.run("add_session", token_hash=token_hash, user_id=user_id, at=make_param(at), expires_at=make_param(expires_at))


def find_session(db: Db, token_hash: str, at: datetime) -> User | None:
    """The active person of an unexpired session, or None."""
    row = db.find("find_session_user", token_hash=token_hash, at=make_param(at))
    return make_record(User, row) if row else None


def end_session(db: Db, token_hash: str) -> None:
    """Sign out one browser."""
    db.run("end_session", token_hash=token_hash)


def end_sessions(db: Db, user_id: int) -> None:
    """Sign a person out everywhere."""
    db.run("end_sessions", user_id=user_id)
