from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from bot.store.database import engine_on
from bot.store.schema import migrate
from bot.store.tables import claims
from bot.store.urls import driven


async def test_an_instant_comes_back_the_same_and_in_utc(database_url: str) -> None:
    half_past_two_again = datetime(2026, 10, 25, 2, 30, 15, 123456, tzinfo=ZoneInfo("Europe/Paris"), fold=1)
    await migrate(database_url)
    async with engine_on(driven(database_url)) as engine, engine.begin() as connection:
        await connection.execute(insert(claims).values(key="key", claimed_at=half_past_two_again))
        found: datetime = await connection.scalar(select(claims.c.claimed_at))
    assert found == half_past_two_again.astimezone(UTC)
    assert found.utcoffset() == timedelta(0)
