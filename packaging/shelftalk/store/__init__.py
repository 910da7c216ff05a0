"""The database of record. The only room that speaks SQL; rows leave it as the catalog's records."""

from shelftalk.store.db import Db, Store, open_store

__all__ = ["Db", "Store", "open_store"]
