"""Things to be done once, whoever is told of them how often: a button pressed twice, a request sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from bot.store.inserting import insert_into
from bot.store.tables import claims

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncEngine


class Claims:
    """Keys that are taken. The database decides who was first, also between processes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def claim(self, key: str, now: datetime) -> bool:
        """True for the first to claim `key` (at most 512 characters), False for everybody after."""
        insert = insert_into(claims, self._engine).values(key=key, claimed_at=now)
        async with self._engine.begin() as connection:
            taken = await connection.scalar(insert.on_conflict_do_nothing().returning(claims.c.key))
        return taken is not None

    async def release(self, key: str) -> None:
        """Give `key` back: what was claimed did not come about, and may be tried again."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(claims).where(claims.c.key == key))

    async def prune(self, before: datetime) -> int:
        """Forget keys claimed before that instant; how many there were."""
        async with self._engine.begin() as connection:
            result = await connection.execute(delete(claims).where(claims.c.claimed_at < before))
        return result.rowcount
