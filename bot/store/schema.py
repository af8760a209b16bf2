"""Bringing a database to the newest schema, and saying whether it is there."""

from __future__ import annotations

from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg  # type: ignore[import-untyped]  # it ships no types
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import BotError
from bot.store.database import engine_on
from bot.store.urls import driven, is_in_memory, is_sqlite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import URL, Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class Schema(StrEnum):
    """How the database's schema stands to the one this program needs."""

    CURRENT = "current"
    EMPTY = "empty"
    """No table at all."""
    OUTDATED = "outdated"
    """Older, or not of this program's making."""
    NEWER = "newer"
    """Migrated by a later version of this program."""


class SchemaNotReady(BotError):
    """The database needs a step that only its owner should take; the message says which."""


class DatabaseUnreachable(BotError):
    """The database did not answer, or did not let the bot in; the message carries its driver's reason."""


async def migrate(url: str) -> None:
    """Bring the database to the newest schema; harmless when it is there already. Raises DatabaseUnreachable."""
    async with _engine(url) as engine, engine.begin() as connection:
        await connection.run_sync(_upgrade)


async def schema_of(url: str) -> Schema:
    """Look, without changing anything: not even an absent SQLite file is made. Raises DatabaseUnreachable."""
    if _absent(driven(url)):
        return Schema.EMPTY
    async with _engine(url) as engine, engine.connect() as connection:
        return await connection.run_sync(_schema)


async def prepare(url: str) -> None:
    """Make the database fit to be opened: an empty SQLite file is migrated, anything else must be current already.

    Several processes may start on one PostgreSQL, so none of them changes its schema unasked. Raises SchemaNotReady,
    naming the command to run, and DatabaseUnreachable.
    """
    parsed = driven(url)
    if is_in_memory(parsed):
        return
    found = await schema_of(url)
    if found is Schema.CURRENT:
        return
    if found is Schema.EMPTY and is_sqlite(parsed):
        await migrate(url)
        return
    if found is Schema.NEWER:
        raise SchemaNotReady("The database was migrated by a newer version of sla-bot: update this one.")
    raise SchemaNotReady("The database is not at the newest schema: run `sla-bot migrate`, then start again.")


def alembic_config() -> Config:
    """Alembic's configuration, independent of the working directory."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _absent(url: URL) -> bool:
    """A SQLite file that could be made, but is not there."""
    file = Path(url.database or "")
    return is_sqlite(url) and not is_in_memory(url) and not file.exists() and file.parent.is_dir()


@asynccontextmanager
async def _engine(url: str) -> AsyncIterator[AsyncEngine]:
    try:
        async with engine_on(driven(url)) as engine:
            yield engine
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0] or type(error).__name__
        raise DatabaseUnreachable(
            f"The database cannot be used: {reason}. Check DATABASE_URL, and that the database is running."
        ) from error


def _upgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _schema(connection: Connection) -> Schema:
    scripts = ScriptDirectory.from_config(alembic_config())
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        return Schema.OUTDATED if inspect(connection).get_table_names() else Schema.EMPTY
    if revision == scripts.get_current_head():
        return Schema.CURRENT
    known = {script.revision for script in scripts.walk_revisions()}
    return Schema.OUTDATED if revision in known else Schema.NEWER
