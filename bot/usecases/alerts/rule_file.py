"""Rules and digests of all channels at once, read for a file and made as a file says."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bot.domain.alerts.rules import Rule, RuleState
from bot.domain.audit import Action
from bot.domain.rule_file import Kept, Turn
from bot.domain.subscriptions import Order, Subscription, SubscriptionState
from bot.usecases.digests.subscribe_rules import reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.domain.alerts.rules import Terms
    from bot.domain.ids import ChannelId, TeamId
    from bot.domain.rule_file import Step, Wish
    from bot.store.inhabited import Inhabited
    from bot.store.rules import Rules
    from bot.store.subscriptions import Subscriptions


class RuleFile:
    """Without Slack and Genesys: queues stay as they are written, and nobody is asked who may what.

    Whoever can reach the database may do this. Where another organisation reads along, what is added waits for an
    administrator when something else there does, and so does a digest that an administrator had let speak as it was.
    """

    def __init__(
        self, rules: Rules, subscriptions: Subscriptions, inhabited: Inhabited, *, now: Callable[[], datetime]
    ) -> None:
        self._rules = rules
        self._subscriptions = subscriptions
        self._inhabited = inhabited
        self._now = now

    async def everything(self) -> tuple[Kept, ...]:
        """By workspace and channel."""
        by_team: dict[TeamId, list[ChannelId]] = {}
        for team, channel in await self._inhabited.places():
            by_team.setdefault(team, []).append(channel)
        found: list[Kept] = []
        for team, channels in by_team.items():
            rules = await self._rules.of_channels(team, channels)
            digests = await self._subscriptions.of_channels(team, channels)
            found += [
                Kept(
                    team=team,
                    channel=channel,
                    rules=tuple(rule for rule in rules if rule.channel == channel),
                    digests=tuple(digest for digest in digests if digest.channel == channel),
                )
                for channel in channels
            ]
        return tuple(found)

    async def apply(self, steps: Iterable[Step]) -> tuple[Step, ...]:
        """Do the steps one by one; those are returned that somebody else's change came before, and were not done.

        Each writes its entry of the audit log: what is added in the name of its owner, the rest in nobody's.
        """
        waiting = await self._waiting()
        return tuple([step for step in steps if not await self._done(step, waiting)])

    async def _done(self, step: Step, waiting: frozenset[tuple[TeamId, ChannelId]]) -> bool:
        if step.wish is None:
            return await self._removed(step)
        if step.turn is Turn.ADDED:
            await self._added(step, step.wish, waits=(step.team, step.channel) in waiting)
            return True
        if isinstance(step.seen, Rule):
            terms = cast("Terms", step.wish.terms)
            changed = await self._rules.change(step.seen, by=None, now=self._now(), terms=terms, owner=step.wish.owner)
            return changed is not None
        return await self._digest_changed(cast("Subscription", step.seen), step.wish)

    async def _removed(self, step: Step) -> bool:
        if isinstance(step.seen, Rule):
            return await self._rules.remove(step.seen, by=None, now=self._now())
        return await self._subscriptions.remove(cast("Subscription", step.seen), by=None, now=self._now())

    async def _added(self, step: Step, wish: Wish, *, waits: bool) -> None:
        reason = reason_of(SubscriptionState.UNCONFIRMED) if waits else ""
        if isinstance(wish.terms, Order):
            await self._subscriptions.create(
                wish.terms,
                team=step.team,
                channel=step.channel,
                owner=wish.owner,
                state=SubscriptionState.UNCONFIRMED if waits else SubscriptionState.ACTIVE,
                now=self._now(),
                reason=reason,
            )
        else:
            await self._rules.create(
                wish.terms,
                team=step.team,
                channel=step.channel,
                owner=wish.owner,
                now=self._now(),
                state=RuleState.UNCONFIRMED if waits else RuleState.ACTIVE,
                reason=reason,
            )

    async def _digest_changed(self, seen: Subscription, wish: Wish) -> bool:
        order, now = cast("Order", wish.terms), self._now()
        anew = seen.confirmed and (order.topic, order.csv) != (seen.order.topic, seen.order.csv)
        changed = await self._subscriptions.change(
            seen,
            by=None,
            now=now,
            action=Action.EDITED,
            order=order,
            owner=wish.owner,
            state=SubscriptionState.UNCONFIRMED if anew else None,
            reason=reason_of(SubscriptionState.UNCONFIRMED) if anew else None,
            confirmed=False if anew else None,
            since=now if order.schedule != seen.order.schedule else None,
        )
        return changed is not None

    async def _waiting(self) -> frozenset[tuple[TeamId, ChannelId]]:
        """Channels in which something waits for an administrator, or was let speak by one."""
        return frozenset(
            (kept.team, kept.channel)
            for kept in await self.everything()
            if any(rule.state is RuleState.UNCONFIRMED for rule in kept.rules)
            or any(one.confirmed or one.state is SubscriptionState.UNCONFIRMED for one in kept.digests)
        )
