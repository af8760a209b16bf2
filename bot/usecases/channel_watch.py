"""Which channels another organisation reads: looked up again and again, since an event about it may have been lost.

watch = ChannelWatch(records, channels, team=team, ask=confirming.ask, now=utc_now)
await watch.listed()        # before the first digest after a start
await watch.look()          # at the start, and every hour
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.slack.channels import ChannelInfo, ListingRefused, SlackSilent
from bot.usecases.channel_sharing import made_to_wait
from bot.usecases.permits import own_place

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.domain.ids import ChannelId, TeamId, UserId
    from bot.domain.subscriptions import Subscription
    from bot.slack.channels import Channels
    from bot.store.subscriptions import Subscriptions

log = structlog.get_logger()

PAUSE_SECONDS = 3.0
"""Between two questions about single channels: `conversations.info` takes fifty a minute, people's among them."""
FRESH = timedelta(minutes=10)
"""So old a list of channels is not asked for again."""


class ChannelWatch:
    """What nobody confirmed waits as soon as its channel is found to be shared, or about to be."""

    def __init__(
        self,
        records: Subscriptions,
        channels: Channels,
        *,
        team: TeamId,
        ask: Callable[[Subscription, UserId], Awaitable[None]],
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`ask` asks the administrators about a digest that waits from now on, for the sake of its owner."""
        self._records = records
        self._channels = channels
        self._team = team
        self._ask = ask
        self._now = now
        self._sleep = sleep
        self._listing = asyncio.Lock()
        self._listed_at: datetime | None = None
        self._elsewhere: tuple[ChannelId, ...] = ()
        """Channels with digests where the bot may write without being in them; no list has these."""
        self._silent = False

    async def listed(self) -> bool:
        """Whether the channels that the bot is in were looked at since the start; it is done now if they were not.

        While Slack does not answer, nothing could be sent either.
        """
        async with self._listing:
            if self._listed_at is None:
                await self._list()
            return self._listed_at is not None

    async def look(self) -> None:
        """All channels of digests that nobody confirmed: one list, and one by one what is not in it. Raises nothing."""
        try:
            async with self._listing:
                if self._listed_at is None or self._now() - self._listed_at >= FRESH:
                    await self._list()
            for channel in self._elsewhere:
                await self._look_at(channel)
                await self._sleep(PAUSE_SECONDS)
        except Exception:
            # Looked at again in an hour; the event still tells of what changes meanwhile.
            log.exception("channels could not be looked at")

    async def _list(self) -> None:
        wanted = await self._unconfirmed()
        try:
            found = await self._channels.of_bot()
        except SlackSilent:
            if not self._silent:
                log.warning("digests wait until Slack says which channels are shared")
            self._silent = True
            return
        except ListingRefused as refusal:
            # Sharing is seen then where Slack tells of single channels, and by its events.
            log.exception("shared channels are not looked for", reason=str(refusal), remedy=refusal.remedy)
            found = ()
        self._silent = False
        for info in found:
            if info.ext_shared and info.id in wanted:
                await self._shared(info.id)
        self._elsewhere = tuple(sorted(wanted - {info.id for info in found}))
        self._listed_at = self._now()

    async def _look_at(self, channel: ChannelId) -> None:
        try:
            info = await self._channels.info(channel)
        except SlackSilent:
            return
        if isinstance(info, ChannelInfo) and info.ext_shared:
            await self._shared(channel)

    async def _unconfirmed(self) -> set[ChannelId]:
        return {
            one.channel
            for one in await self._records.active()
            if one.team == self._team and not one.confirmed and not own_place(one.channel)
        }

    async def _shared(self, channel: ChannelId) -> None:
        self._channels.forget(channel)
        for waiting in await made_to_wait(self._records, self._team, channel, self._now(), confirmed=False):
            log.info("a digest waits for an administrator", subscription=waiting.id, channel=channel)
            await self._ask(waiting, waiting.owner)
