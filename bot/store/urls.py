"""Database URLs as people write them, and as the asynchronous drivers need them."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


def driven(url: str) -> URL:
    """`url` with the driver this program has; one named by somebody else's habit is replaced.

    `sslmode`, as hosting providers write it, becomes asyncpg's `ssl`. Raises ValueError for anything that is neither
    SQLite nor PostgreSQL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("not a database URL") from None
    dialect = parsed.drivername.partition("+")[0]
    if dialect not in _DRIVERS:
        raise ValueError(f"{dialect} is neither SQLite nor PostgreSQL")
    parsed = parsed.set(drivername=_DRIVERS[dialect])
    if "sslmode" in parsed.query:
        mode = parsed.query["sslmode"]
        parsed = parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return parsed


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def is_in_memory(url: URL) -> bool:
    """True for a SQLite database that no second connection can see."""
    return is_sqlite(url) and url.database in (None, "", ":memory:")
