"""The engine, and the store that answers every question about what the bot has to remember."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.store.alerts import Alerts
from bot.store.audit import AuditLog
from bot.store.bulletins import Bulletins
from bot.store.calendar_marks import CalendarMarks
from bot.store.choices import Choices
from bot.store.claims import Claims
from bot.store.deliveries import Deliveries
from bot.store.exports import Exports
from bot.store.lines import Lines
from bot.store.places import Places
from bot.store.presses import Presses
from bot.store.rules import Rules
from bot.store.samples import Samples
from bot.store.subscriptions import Subscriptions
from bot.store.tables import metadata
from bot.store.threads import Threads
from bot.store.urls import driven, is_in_memory, is_sqlite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.engine import URL

_BUSY_TIMEOUT_MS = 5_000
_CONNECT_TIMEOUT_SECONDS = 10


class Store:
    """What outlives a question. Each attribute answers for one subject; callers hold no session."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.choices = Choices(engine)
        self.claims = Claims(engine)
        self.exports = Exports(engine)
        self.subscriptions = Subscriptions(engine)
        self.deliveries = Deliveries(engine)
        self.places = Places(engine)
        self.audit = AuditLog(engine)
        self.samples = Samples(engine)
        self.rules = Rules(engine)
        self.alerts = Alerts(engine)
        self.presses = Presses(engine)
        self.bulletins = Bulletins(engine)
        self.lines = Lines(engine)
        self.calendar = CalendarMarks(engine)

    @property
    def connections_in_use(self) -> int:
        """Connections handed out and not yet given back: zero between questions."""
        return cast("AsyncAdaptedQueuePool", self._engine.pool).checkedout()

    async def answers(self) -> bool:
        """Whether the database can be asked anything now."""
        try:
            async with self._engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError):
            return False
        return True


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """A store on `url`, with or without a driver name; its connections are closed at the end.

    A SQLite database in memory starts with every table. Any other must have been migrated (`bot.store.schema`).
    """
    async with engine_on(driven(url)) as engine:
        if is_in_memory(engine.url):
            async with engine.begin() as connection:
                await connection.run_sync(metadata.create_all)
        yield Store(engine)


@asynccontextmanager
async def engine_on(url: URL) -> AsyncIterator[AsyncEngine]:
    """An engine with the settings this program relies on; at the end nothing of it is left."""
    threads = Threads()
    engine = _engine(url, threads)
    try:
        yield engine
    finally:
        await engine.dispose()
        await threads.ended()


def _engine(url: URL, threads: Threads) -> AsyncEngine:
    if is_in_memory(url):
        # Such a database lives and dies with its connection, so there is one, and questions wait their turn for it.
        engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0)
    elif is_sqlite(url):
        engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool)
    else:
        patience = {"timeout": _CONNECT_TIMEOUT_SECONDS}
        engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_pre_ping=True, connect_args=patience)
    if is_sqlite(url):
        event.listen(engine.sync_engine, "do_connect", threads.watch)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()
    except Exception:
        # The pool never gets to know this connection, so nobody else would end its thread.
        connection.close()
        raise
