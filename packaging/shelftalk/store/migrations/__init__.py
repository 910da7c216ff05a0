"""The schema's steps, in order: `sqlite.py` for SQLite, `postgres/*.sql` for PostgreSQL. A step is never edited."""
