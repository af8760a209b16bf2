"""Digests that their channel keeps from being sent, because they show a queue that it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.subscriptions import SubscriptionState

if TYPE_CHECKING:
    from bot.domain.ids import ChannelId, TeamId
    from bot.domain.subscriptions import Subscription, Topic
    from bot.store.subscriptions import Subscriptions
    from bot.usecases.naming import Naming, Sight
    from bot.usecases.places import Places


class HiddenDigests:
    """They stay as they are when a limit is set; nothing of them is sent until one of both is changed."""

    def __init__(self, records: Subscriptions, *, team: TeamId, naming: Naming, places: Places) -> None:
        self._records = records
        self._team = team
        self._naming = naming
        self._places = places

    def is_hidden(self, topic: Topic, sight: Sight | None) -> bool:
        """Whether a queue that `topic` names is there and outside `sight`, its channel's. From memory."""
        return bool(self._naming.outside(topic.queues, sight))

    async def here(self, channel: ChannelId) -> tuple[Subscription, ...]:
        """Those of a channel that would be sent otherwise, by number. Raises as `Places.sight` does."""
        sight = await self._places.sight(channel)
        if sight is None:
            return ()
        here = await self._records.of_channels(self._team, [channel])
        active = (one for one in here if one.state is SubscriptionState.ACTIVE)
        return tuple(one for one in active if self.is_hidden(one.order.topic, sight))
