"""Buttons of bulletins. The database decides who was first, and tells the others who that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.alerts.keeping import Pressed
    from bot.domain.alerts.states import BulletinId, Line
    from bot.domain.ids import UserId


class Presses:
    """Each is one transaction, for all open incidents of a bulletin. What changed moves the bulletin's revision by one.

    `line` is entered in the bulletin's history if anything changed.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def acknowledge(
        self, bulletin: BulletinId, by: UserId, *, now: datetime, line: Line | None = None
    ) -> Pressed:
        """Those that nobody has acknowledged."""
        raise NotImplementedError

    async def snooze(
        self, bulletin: BulletinId, by: UserId, until: datetime, *, now: datetime, line: Line | None = None
    ) -> Pressed:
        """Those that do not sleep; of those who do, only whoever sent them to sleep can say otherwise.

        `Pressed.at` is until when.
        """
        raise NotImplementedError

    async def expected(self, bulletin: BulletinId, by: UserId, *, now: datetime, line: Line | None = None) -> Pressed:
        """Those of which nobody has said so. Without `Pressed.at`."""
        raise NotImplementedError

    async def vote(self, bulletin: BulletinId, by: UserId, *, now: datetime) -> Pressed:
        """“Not useful” of all that it tells of, also when it is over. Everybody can say it once.

        `Pressed.by` is whoever pressed.
        """
        raise NotImplementedError
