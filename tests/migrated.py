"""Databases that are migrated already, copied from one that was: migrating takes a second, and most tests are not about
it.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import tempfile
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import asyncpg

from bot.store.schema import migrate

_templates: list[str] = []
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


def migrated_file(folder: Path) -> str:
    """The URL of a new SQLite file in `folder`, with every table."""
    path = folder / "bot.db"
    shutil.copyfile(_file(), path)
    return f"sqlite:///{path}"


async def migrated_database() -> str:
    """The name of a new PostgreSQL database with every table; whoever asks for it drops it."""
    name = f"slabot_{uuid.uuid4().hex[:12]}"
    await on_postgres(f"CREATE DATABASE {name} TEMPLATE {_database()}")
    return name


def url_of(name: str) -> str:
    return POSTGRES.rpartition("/")[0] + "/" + name


async def on_postgres(statement: str) -> None:
    """Raises TimeoutError, OSError and asyncpg.PostgresError where there is no server."""
    connection = await asyncpg.connect(POSTGRES, timeout=5)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def forget() -> None:
    """At the end of all tests: drop what they were copied from."""
    while _templates:
        _apart(on_postgres(f"DROP DATABASE {_templates.pop()} WITH (FORCE)"))


@cache
def _file() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _apart(migrate(f"sqlite:///{folder}/bot.db"))
    return folder / "bot.db"


@cache
def _database() -> str:
    name = f"slabot_template_{uuid.uuid4().hex[:12]}"
    _apart(on_postgres(f"CREATE DATABASE {name}"))
    _templates.append(name)
    _apart(migrate(url_of(name)))
    return name


def _apart(work) -> None:
    """On a loop of its own: whoever asks has one running already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
