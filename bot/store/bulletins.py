"""Messages about alerts, and how far Slack shows what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.alerts.states import Bulletin, BulletinId
    from bot.domain.ids import ChannelId, TeamId


class Bulletins:
    """A bulletin is sent by whoever claimed it. A step of one whose claim was taken over changes nothing and says so.

    Lists leave out what cannot be read.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def find(self, bulletin: BulletinId) -> Bulletin | None:
        """Raises Unreadable."""
        raise NotImplementedError

    async def open(self, team: TeamId) -> tuple[Bulletin, ...]:
        """Of every kind, oldest first."""
        raise NotImplementedError

    async def recent(self, team: TeamId, channel: ChannelId, since: datetime) -> Bulletin | None:
        """The newest open one about alerts that was opened since, and that the channel takes: a storm joins it."""
        raise NotImplementedError

    async def anomalies(self, team: TeamId, channel: ChannelId, since: datetime) -> tuple[Bulletin, ...]:
        """Those about what is unusual that were opened since, open or closed, oldest first."""
        raise NotImplementedError

    async def to_post(self, now: datetime) -> tuple[Bulletin, ...]:
        """Never posted, and nobody is at it; oldest first. Also those that were closed before anybody saw them."""
        raise NotImplementedError

    async def to_edit(self, now: datetime) -> tuple[Bulletin, ...]:
        """Posted, and what they should say is not what Slack shows; longest shown first. To edit twice is harmless, so
        these include edits that nobody finished.
        """
        raise NotImplementedError

    async def lapsed(self, now: datetime) -> tuple[Bulletin, ...]:
        """`SENDING` for the first time, and nobody is at it any more: it may have been posted."""
        raise NotImplementedError

    async def claim(self, seen: Bulletin, *, holder: str, now: datetime, until: datetime) -> Bulletin | None:
        """As it is now, `SENDING`; None when it is no more as `seen`. `sending_since` of a lapsed one stays."""
        raise NotImplementedError

    async def posted(self, seen: Bulletin, *, ts: str, revision: int, now: datetime) -> Bulletin | None:
        """Slack shows `revision`. None when somebody else has it by now."""
        raise NotImplementedError

    async def edited(self, seen: Bulletin, *, revision: int, now: datetime) -> Bulletin | None:
        """Slack shows `revision`. None when somebody else has it by now."""
        raise NotImplementedError

    async def not_sent(self, seen: Bulletin, *, now: datetime, retry_at: datetime) -> bool:
        """It is certain that nothing was sent, or the edit has time. From `retry_at` anybody may take it."""
        raise NotImplementedError

    async def failed(self, seen: Bulletin, *, now: datetime) -> bool:
        """The channel does not take it: nobody tries again."""
        raise NotImplementedError
