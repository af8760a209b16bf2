"""Days and moments that people marked: when the organisation is closed, and from when on a queue is as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.alerts.keeping import Holiday
    from bot.domain.alerts.samples import Place
    from bot.domain.ids import TeamId, UserId


class CalendarMarks:
    """Of a workspace."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def holidays(self, team: TeamId) -> tuple[Holiday, ...]:
        """In the order of time."""
        raise NotImplementedError

    async def add_holiday(self, team: TeamId, day: date, name: str, *, by: UserId) -> bool:
        """False when the day was one already; it has the new name then."""
        raise NotImplementedError

    async def remove_holiday(self, team: TeamId, day: date) -> bool:
        """False when it was none."""
        raise NotImplementedError

    async def normal_since(self, team: TeamId) -> Mapping[Place, datetime]:
        """From when on what a place does is taken for usual; without those of which nobody said so."""
        raise NotImplementedError

    async def set_normal(self, team: TeamId, places: Iterable[Place], since: datetime, *, by: UserId) -> None:
        """A later moment replaces an earlier one, and never the other way round."""
        raise NotImplementedError
