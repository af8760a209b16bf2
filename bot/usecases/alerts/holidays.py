"""The days on which the organisation is closed: nothing is judged on them, and nothing is learnt from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from bot.domain.alerts.keeping import Holiday
    from bot.domain.ids import TeamId, UserId
    from bot.store.calendar_marks import CalendarMarks


class Holidays:
    """One list for the whole organisation."""

    def __init__(self, marks: CalendarMarks, *, team: TeamId) -> None:
        self._marks = marks
        self._team = team

    async def listed(self) -> tuple[Holiday, ...]:
        """In the order of time."""
        return await self._marks.holidays(self._team)

    async def add(self, days: Iterable[date], name: str, *, by: UserId) -> list[date]:
        """Returns those that are new."""
        return [day for day in days if await self._marks.add_holiday(self._team, day, name, by=by)]

    async def remove(self, days: Iterable[date]) -> list[date]:
        """Returns those that were there."""
        return [day for day in days if await self._marks.remove_holiday(self._team, day)]
