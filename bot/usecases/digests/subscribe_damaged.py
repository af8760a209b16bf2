"""Digests that cannot be read, because another version of the bot wrote them or their row is damaged."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot.domain.ids import ChannelId
from bot.errors import NoSuchDigest
from bot.slack.channels import SlackSilent
from bot.usecases.permits import Deed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.domain.ids import SubscriptionId, TeamId, UserId
    from bot.domain.subscriptions import Damaged
    from bot.slack.channels import Channels
    from bot.store.subscriptions import Subscriptions
    from bot.usecases.permits import Permits


class DamagedDigests:
    """They are listed with those that can be read, so that nobody waits for them in vain, and can be removed."""

    def __init__(
        self,
        records: Subscriptions,
        *,
        team: TeamId,
        channels: Channels,
        permits: Permits,
        now: Callable[[], datetime],
    ) -> None:
        self._records = records
        self._team = team
        self._channels = channels
        self._permits = permits
        self._now = now

    async def here(self, channel: ChannelId) -> tuple[Damaged, ...]:
        """By number."""
        return await self._records.damaged(self._team, channels=[channel])

    async def of_person(self, user: UserId) -> tuple[Damaged, ...]:
        """Theirs, and those of their channels as far as Slack tells which these are."""
        channels = {ChannelId(user)}
        with suppress(SlackSilent):
            channels |= {one.id for one in await self._channels.of_person(user)}
        return await self._records.damaged(self._team, channels=channels, owner=user)

    async def remove(self, channel: ChannelId, subscription: SubscriptionId, by: UserId) -> Damaged:
        """The one that was removed. Raises NotAllowed, and NoSuchDigest when it is gone or can be read by now."""
        for one in await self.here(channel):
            if one.id == subscription:
                await self._permits.check(Deed.REMOVE, by, channel, owner=one.owner)
                if await self._records.remove(one, by=by, now=self._now()):
                    return one
        raise NoSuchDigest("This digest has been removed, or can be read by now: look at the list again.")
