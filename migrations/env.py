"""How Alembic reaches the database: over a connection it is handed, or by `DATABASE_URL` from a developer's shell."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from alembic import context

from bot.settings import StoreSettings
from bot.store.database import engine_on
from bot.store.tables import metadata
from bot.store.urls import driven

if TYPE_CHECKING:
    from sqlalchemy import Connection


def migrate(connection: Connection) -> None:
    # SQLite cannot alter a column in place; a batch copies the table.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


async def migrate_by_url() -> None:
    url = driven(StoreSettings.from_env(os.environ).database_url)
    async with engine_on(url) as engine, engine.begin() as connection:
        await connection.run_sync(migrate)


handed = context.config.attributes.get("connection")
if handed is not None:
    migrate(handed)
else:
    asyncio.run(migrate_by_url())
