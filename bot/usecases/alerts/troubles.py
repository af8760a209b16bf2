"""What stands in the way of every message of a channel, or of the workspace, and who is told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.slack.outcomes import reason_of
from bot.usecases.digests.weather import Weather

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.domain.ids import ChannelId
    from bot.slack.outcomes import Trouble

    TellOfChannel = Callable[[ChannelId, str], Awaitable[object]]
    """Told a channel, and what is the matter as a sentence."""

PLAN_PAUSE = timedelta(minutes=10)


class Troubles:
    """Of one process."""

    def __init__(self, *, channel_lost: TellOfChannel, tell_owner: TellOfChannel, now: Callable[[], datetime]) -> None:
        """`channel_lost` may be called again for the same channel."""
        self._weather = Weather(now=now)
        self._now = now
        self._channel_lost = channel_lost
        self._tell_owner = tell_owner
        self._full: set[ChannelId] = set()

    @property
    def closed(self) -> bool:
        """Whether the workspace takes nothing for now."""
        return self._weather.closed

    async def lost(self, channel: ChannelId, error: str) -> None:
        """The channel takes nothing more."""
        await self._channel_lost(channel, _sentence(error))

    async def full(self, channel: ChannelId, error: str) -> timedelta:
        """The workspace's plan allows no more messages, which its owners are told once: how long to wait."""
        if channel not in self._full:
            await self._tell_owner(channel, _sentence(error))
            self._full.add(channel)
        return PLAN_PAUSE

    def refused(self, trouble: Trouble, error: str) -> timedelta:
        """The workspace as a whole refuses: how long to wait."""
        self._weather.refused(trouble, error)
        return max(self._weather.reopens_at() - self._now(), timedelta())

    def unanswered(self) -> None:
        """A call went off and nothing came back."""
        self._weather.unanswered()

    def answered(self, channel: ChannelId) -> None:
        """Slack took something for the channel."""
        self._weather.answered()
        self._full.discard(channel)


def _sentence(error: str) -> str:
    why = reason_of(error)
    return f"{why[:1].upper()}{why[1:]}."
