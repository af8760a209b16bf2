"""Entries of a bulletin's history, each posted once in its thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.alerts.states import BulletinId, Line


class Lines:
    """As `Bulletins`. In the order of time, then key."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def of_bulletin(self, bulletin: BulletinId) -> tuple[Line, ...]:
        """Whether they were posted or not."""
        raise NotImplementedError

    async def to_post(self, now: datetime) -> tuple[Line, ...]:
        """Never posted, and nobody is at it; only of bulletins that are in their channel."""
        raise NotImplementedError

    async def lapsed(self, now: datetime) -> tuple[Line, ...]:
        """`SENDING`, and nobody is at it any more: it may have been posted."""
        raise NotImplementedError

    async def claim(self, seen: Line, *, holder: str, now: datetime, until: datetime) -> Line | None:
        """As it is now, `SENDING`; None when it is no more as `seen`. `sending_since` of a lapsed one stays."""
        raise NotImplementedError

    async def posted(self, seen: Line, *, ts: str) -> bool:
        """False when somebody else has it by now."""
        raise NotImplementedError

    async def not_sent(self, seen: Line, *, now: datetime, retry_at: datetime) -> bool:
        """It is certain that nothing was sent. From `retry_at` anybody may take it."""
        raise NotImplementedError

    async def failed(self, seen: Line) -> bool:
        """The channel does not take it: nobody tries again."""
        raise NotImplementedError
