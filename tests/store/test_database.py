from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from bot.store.database import engine_on, open_store
from bot.store.urls import driven

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


async def test_a_store_in_memory_has_its_tables_and_serves_many_at_once() -> None:
    async with open_store("sqlite://") as store:
        outcomes = await asyncio.gather(*(store.claims.claim(f"key {number % 5}", NOON) for number in range(50)))
        assert outcomes.count(True) == 5
        assert store.connections_in_use == 0


async def test_two_stores_in_memory_share_nothing() -> None:
    async with open_store("sqlite://") as one, open_store("sqlite://") as other:
        assert await one.claims.claim("key", NOON)
        assert await other.claims.claim("key", NOON)


async def test_a_store_that_answers_can_be_pinged() -> None:
    async with open_store("sqlite://") as store:
        assert await store.answers()


async def test_sqlite_waits_for_other_writers_and_lets_readers_through(tmp_path: Path) -> None:
    async with engine_on(driven(f"sqlite:///{tmp_path}/bot.db")) as engine, engine.connect() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await connection.scalar(text("PRAGMA busy_timeout")) == 5000
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1


async def test_no_thread_is_left_of_a_statement_that_was_given_up(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    async with engine_on(driven(f"sqlite:///{tmp_path}/bot.db")) as engine:

        async def slowly() -> None:
            counting = (
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n"
            )
            async with engine.connect() as connection:
                begun.set()
                await connection.execute(text(counting))

        begun = asyncio.Event()
        work = asyncio.create_task(slowly())
        await begun.wait()
        # The first gives up the statement, the second the polite closing of its connection.
        for _ in range(2):
            for _ in range(5):
                await asyncio.sleep(0)
            work.cancel()
        await asyncio.wait({work})
        assert work.cancelled()
    left = [thread for thread in set(threading.enumerate()) - before if "_connection_worker_thread" in thread.name]
    assert left == []
