"""INSERT ... ON CONFLICT, which SQLite and PostgreSQL share and SQLAlchemy spells once for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncEngine


def insert_into(table: Table, engine: AsyncEngine) -> postgresql.Insert | sqlite.Insert:
    """An INSERT for `engine` that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if engine.dialect.name == "sqlite" else postgresql.insert(table)
