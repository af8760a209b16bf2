"""Which channels have rules or digests, in every workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, union

from bot.domain.ids import ChannelId, TeamId
from bot.store.alert_tables import rules
from bot.store.tables import subscriptions

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


class Inhabited:
    """For those who look at all of it, which no question of a person does."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def places(self) -> tuple[tuple[TeamId, ChannelId], ...]:
        """In order; also those whose rows cannot be read."""
        both = union(
            select(rules.c.team_id, rules.c.channel_id), select(subscriptions.c.team_id, subscriptions.c.channel_id)
        )
        async with self._engine.connect() as connection:
            found = (await connection.execute(both)).all()
        return tuple(sorted((TeamId(team), ChannelId(channel)) for team, channel in found))
