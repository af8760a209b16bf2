"""Digests as people are told of them: the queues by their names, the last time and the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.blocks.digests.listed import Entry
from bot.domain.subscriptions import SubscriptionState
from bot.usecases.digests.subscribe_rules import same_as
from bot.usecases.naming import narrower

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.domain.deliveries import Delivery
    from bot.domain.ids import UserId
    from bot.domain.subscriptions import Subscription
    from bot.store.deliveries import Deliveries
    from bot.usecases.digests.subscribe import Subscribing
    from bot.usecases.naming import Sight


class Entries:
    """What lists, notices and the Home tab show of digests."""

    def __init__(self, subscribing: Subscribing, deliveries: Deliveries, *, now: Callable[[], datetime]) -> None:
        self._subscribing = subscribing
        self._deliveries = deliveries
        self._now = now

    async def of(self, subscriptions: Sequence[Subscription], sight: Sight | None = None) -> list[Entry]:
        """In the order given; costs two queries.

        Queues are named as far as the digest's own channel shows them, and `sight`, of the place where it is read.
        """
        now = self._now()
        sights = await self._subscribing.sights({subscription.channel for subscription in subscriptions})
        recent = await self._deliveries.recent([subscription.id for subscription in subscriptions])
        return [
            self._entry(
                subscription,
                next(iter(recent.get(subscription.id, ())), None),
                now,
                own=sights.get(subscription.channel),
                read_at=sight,
            )
            for subscription in subscriptions
        ]

    async def read_by(self, user: UserId, entries: Sequence[Entry]) -> list[Entry]:
        """The same for a list that `user` reads: what they may not confirm has no button for it."""
        waiting = any(entry.subscription.state is SubscriptionState.UNCONFIRMED for entry in entries)
        may = not waiting or await self._subscribing.may_confirm(user)
        return [replace(entry, may_confirm=may) for entry in entries]

    async def one(self, subscription: Subscription) -> Entry:
        """With those of its channel that say the same; costs a query more."""
        (entry,) = await self.of([subscription])
        here = await self._subscribing.listing(subscription.channel)
        return replace(entry, same=same_as(subscription, here))

    def _entry(
        self,
        subscription: Subscription,
        last: Delivery | None,
        now: datetime,
        *,
        own: Sight | None,
        read_at: Sight | None,
    ) -> Entry:
        """`own` is what its channel may see."""
        topic = subscription.order.topic
        following = passed = None
        if subscription.state is SubscriptionState.ACTIVE:
            schedule, latest = subscription.order.schedule, last.day if last else None
            following = schedule.next_after(now, after=latest).at
            by_the_clock = schedule.next_after(now)
            passed = by_the_clock.day if by_the_clock.at < following else None
        return Entry(
            subscription=subscription,
            names=self._subscribing.names_of(topic, narrower(own, read_at)),
            hidden=self._subscribing.hidden.is_hidden(topic, own),
            last=last,
            next_run=following,
            passed_over=passed,
        )
