"""Single values worth keeping: the shelf's version, the last backup."""

from __future__ import annotations

from shelftalk.store.db import Db


def find_note(db: Db, name: str) -> str:
    """The value kept under a name, or empty."""
    value: str | None = db.value("find_note", name=name)
    return value or ""


def set_note(db: Db, name: str, value: str) -> None:
    """Keep a value."""
    db.run("set_note", name=name, value=value)


def add_note(db: Db, name: str, value: str) -> bool:
    """Keep a value where there was none yet; False when somebody kept one meanwhile."""
    return db.run("add_note", name=name, value=value) > 0


def replace_note(db: Db, name: str, old: str, new: str) -> bool:
    """Keep a new value where the old one still stands; False when somebody changed it meanwhile."""
    return db.run("replace_note", name=name, old=old, new=new) > 0


def swap_note(db: Db, name: str, old: str, new: str) -> bool:
    """The same, where an empty old value means that none was kept yet."""
    return replace_note(db, name, old, new) if old else add_note(db, name, new)


def next_version(db: Db) -> int:
    """The shelf's next version; what changes in this transaction is marked with it."""
    return int(db.value("next_version"))


def get_version(db: Db) -> int:
    """The newest version of what the shelf shows."""
    return int(find_note(db, "shelf_version") or 0)


def demand_rebuild(db: Db) -> None:
    """Have every node make its whole shelf anew: what is gone from the store leaves no change behind to be seen."""
    set_note(db, "shelf_rebuild", str(next_version(db)))


def get_rebuild(db: Db) -> int:
    """The version before which a shelf has to be made anew."""
    return int(find_note(db, "shelf_rebuild") or 0)
