"""The digests of channels: subscribing, changing, and what becomes of them when their channel changes.

subscription = await subscribing.create(order, channel=channel, by=asker)
seen = await subscribing.the_one(channel, 2)                    # or find(id), as buttons carry it
await subscribing.pause(seen, asker)                            # ChangedMeanwhile when it is no more as seen
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.blocks.wording import several
from bot.domain.audit import Action
from bot.domain.ids import ChannelId, UserId
from bot.domain.names import BESIDE_DIGEST, means_all
from bot.domain.subscriptions import SubscriptionState
from bot.errors import ChangedMeanwhile, NoSuchDigest, NotAllowed
from bot.slack.channels import SlackSilent
from bot.usecases.channel_sharing import made_to_wait
from bot.usecases.digests.subscribe_damaged import DamagedDigests
from bot.usecases.digests.subscribe_hidden import HiddenDigests
from bot.usecases.digests.subscribe_rules import (
    UNCONFIRMED,
    Overview,
    Standing,
    changed_meanwhile,
    check_period,
    check_room,
    drafted,
    none_meant,
    opening,
    reason_of,
    shown_anew,
)
from bot.usecases.naming import Asker
from bot.usecases.permits import Deed, own_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.domain.audit import Change
    from bot.domain.ids import SubscriptionId, TeamId
    from bot.domain.questions import QueueWord
    from bot.domain.subscriptions import Order, Subscription, Topic
    from bot.slack.channels import Channels
    from bot.store.audit import AuditLog
    from bot.store.subscriptions import Subscriptions
    from bot.usecases.naming import Naming, Sight
    from bot.usecases.permits import Permits
    from bot.usecases.places import Places

MOST_NAMES = 6
"""Queues of a digest that are named one by one."""


class Subscribing:
    """Every change is permitted, made once, and in the audit log. Who changes a digest names it as they saw it."""

    def __init__(
        self,
        records: Subscriptions,
        audit: AuditLog,
        *,
        team: TeamId,
        naming: Naming,
        channels: Channels,
        permits: Permits,
        places: Places,
        now: Callable[[], datetime],
        command: str = "/digest",
    ) -> None:
        """`team` is the bot's own workspace; `command` is what people type, for the examples in sentences."""
        self._records = records
        self._audit = audit
        self._team = team
        self._naming = naming
        self._channels = channels
        self._permits = permits
        self._places = places
        self._now = now
        self._command = command
        self.hidden = HiddenDigests(records, team=team, naming=naming, places=places)
        self.damaged = DamagedDigests(records, team=team, channels=channels, permits=permits, now=now)

    async def create(self, order: Order, *, channel: ChannelId, by: Asker) -> Subscription:
        """A digest for `channel` from now on; unconfirmed where another organisation reads along.

        `channel` is a person's own id for their direct messages with the bot. Raises NotAllowed, UnknownQueue, BadWord,
        BadPeriod, SlackSilent, and the GenesysError family while no directory could be read.
        """
        await self._permits.check(Deed.CREATE, by.user, channel)
        begins = await self._opening(channel, by.user)
        settled = await self._settled(order, (), channel, by)
        check_room(await self._records.of_channels(self._team, [channel]), remove=f"{self._command} remove")
        return await self._records.create(
            settled,
            team=self._team,
            channel=channel,
            owner=by.user,
            state=begins.state,
            now=self._now(),
            reason=reason_of(begins.state),
            confirmed=begins.confirmed,
        )

    async def draft(
        self, order: Order, *, channel: ChannelId, by: Asker, before: Subscription | None = None
    ) -> Subscription:
        """What `create` would make, or `edit` of `before`, for a preview; kept nowhere. Raises as `create` does."""
        await self._permits.check(Deed.CREATE, by.user, channel)
        settled = await self._settled(order, before.order.topic.queues if before else (), channel, by)
        return drafted(settled, team=self._team, channel=channel, owner=by.user, now=self._now())

    async def edit(self, subscription: Subscription, order: Order, by: Asker) -> Subscription:
        """The same digest with another order; what it shows has to be confirmed anew where others read along.

        Raises as `create` does, and ChangedMeanwhile.
        """
        channel, before = subscription.channel, subscription.order
        await self._permits.check(Deed.CHANGE, by.user, channel)
        settled = await self._settled(order, before.topic.queues, channel, by)
        if settled == before:
            return subscription
        standing = Standing.of(subscription, subscription.state)
        if (settled.topic, settled.csv) != (before.topic, before.csv):
            info = None if own_place(channel) else await self._channels.info(channel)
            standing = shown_anew(standing, opening(info, admin=await self._permits.is_admin(by.user)))
        since = self._now() if settled.schedule != before.schedule else None
        return await self._change(subscription, by, Action.EDITED, standing, order=settled, since=since)

    async def pause(self, subscription: Subscription, by: Asker) -> Subscription:
        """Raises NotAllowed, ChangedMeanwhile, SlackSilent."""
        await self._permits.check(Deed.CHANGE, by.user, subscription.channel)
        if subscription.state is SubscriptionState.PAUSED:
            return subscription
        return await self._change(subscription, by, Action.PAUSED, Standing.of(subscription, SubscriptionState.PAUSED))

    async def resume(self, subscription: Subscription, by: Asker) -> Subscription:
        """Active from now on, or unconfirmed where another organisation reads along and no administrator let it.

        Raises as `pause` does, NotAllowed also when the channel does not take messages.
        """
        channel, state = subscription.channel, subscription.state
        if state is SubscriptionState.STOPPED:
            self._channels.forget(channel)
        await self._permits.check(Deed.CHANGE, by.user, channel)
        if state is SubscriptionState.ACTIVE:
            return subscription
        goes_on = await self._opening(channel, by.user, subscription)
        if state is SubscriptionState.UNCONFIRMED and goes_on.state is state:
            await self._permits.check(Deed.CONFIRM, by.user, channel)
        return await self._change(subscription, by, Action.RESUMED, goes_on, since=self._now())

    async def confirm(self, subscription: Subscription, by: Asker) -> Subscription:
        """Let it speak although another organisation reads along. Raises as `resume` does."""
        await self._permits.check(Deed.CONFIRM, by.user, subscription.channel)
        if subscription.state is not SubscriptionState.UNCONFIRMED:
            return subscription
        await self._opening(subscription.channel, by.user)
        standing = Standing(state=SubscriptionState.ACTIVE, confirmed=True)
        return await self._change(subscription, by, Action.CONFIRMED, standing, since=self._now())

    async def may_confirm(self, user: UserId) -> bool:
        return await self._permits.is_admin(user)

    async def remove(self, subscription: Subscription, by: Asker) -> None:
        """Raises NotAllowed, ChangedMeanwhile."""
        instead = f"{self._command} pause {subscription.number}"
        await self._permits.check(Deed.REMOVE, by.user, subscription.channel, owner=subscription.owner, instead=instead)
        if not await self._records.remove(subscription, by=by.user, now=self._now()):
            raise await self._meanwhile(subscription, by.user)

    async def check_send(self, subscription: Subscription, by: Asker) -> None:
        """Whether they may have it sent now: not where it waits to be confirmed. Raises NotAllowed and SlackSilent."""
        await self._permits.check(Deed.CHANGE, by.user, subscription.channel)
        goes_on = await self._opening(subscription.channel, by.user, subscription)
        if goes_on.state is SubscriptionState.UNCONFIRMED:
            raise NotAllowed(UNCONFIRMED)

    async def the_one(self, channel: ChannelId, number: int | None, *, verb: str = "pause") -> Subscription:
        """Of a channel by its number, or its only one; `verb` is for the example. Raises NoSuchDigest."""
        here = await self._records.of_channels(self._team, [channel])
        for one in here:
            if one.number == number or (number is None and len(here) == 1):
                return one
        anybody_there = Asker(team=self._team, user=UserId(""), sight=await self._places.sight(channel))
        add = f"{self._command} add {self._naming.example(anybody_there)} weekdays 07:45"
        raise NoSuchDigest(none_meant(here, number, channel, add=add, verb=f"{self._command} {verb}"))

    async def find(self, subscription: SubscriptionId, *, seen_at: datetime | None = None) -> Subscription:
        """By its id, as buttons and windows carry it.

        Raises NoSuchDigest when it was removed; ChangedMeanwhile when it is not as it was at `seen_at`, its
        `changed_at` of then.
        """
        found = await self._records.find(subscription)
        if found is None or found.team != self._team:
            raise NoSuchDigest("This digest has been removed.")
        if seen_at is not None and found.changed_at != seen_at:
            raise await self._meanwhile(found, None)
        return found

    async def listing(self, channel: ChannelId, by: Asker | None = None) -> tuple[Subscription, ...]:
        """By number. `by` is given, and checked, unless they ask in that channel. Raises NotAllowed and SlackSilent."""
        if by:
            await self._permits.check(Deed.LIST, by.user, channel)
        return await self._records.of_channels(self._team, [channel])

    async def home(self, user: UserId) -> Overview:
        """Costs a request to Slack in five minutes."""
        channels, complete = {ChannelId(user)}, True
        try:
            channels |= {one.id for one in await self._channels.of_person(user)}
        except SlackSilent:
            complete = False
        theirs = await self._records.of_channels(self._team, channels)
        found = {one.id: one for one in (*await self._records.of_owner(self._team, user), *theirs)}.values()
        shown = tuple(sorted(found, key=lambda one: (one.channel, one.number)))
        return Overview(subscriptions=shown, complete=complete)

    async def log(self, channel: ChannelId, by: Asker | None = None) -> tuple[Change, ...]:
        """Who changed what, latest first. `by` as in `listing`."""
        if by:
            await self._permits.check(Deed.LIST, by.user, channel)
        return await self._audit.of_channel(self._team, channel)

    async def moved(self, old: ChannelId, new: ChannelId) -> None:
        """The channel got another id: its digests and settings are there from now on."""
        await self._records.move_channel(self._team, old, new, self._now())
        self._channels.forget(old)
        self._channels.forget(new)

    async def channel_gone(self, channel: ChannelId, why: str) -> tuple[Subscription, ...]:
        """Stop what was active there, and return it once, so that each owner is told. `why` is a sentence for them."""
        self._channels.forget(channel)
        return await self._records.stop_channel(self._team, channel, why, self._now())

    async def channel_shared(self, channel: ChannelId) -> tuple[Subscription, ...]:
        """Another organisation reads along from now on: what was active waits for an administrator, and is returned."""
        self._channels.forget(channel)
        return await made_to_wait(self._records, self._team, channel, self._now(), confirmed=True)

    async def sights(self, channels: Iterable[ChannelId]) -> Mapping[ChannelId, Sight | None]:
        """What each may see. Costs one query; empty while no queue has a name that could be hidden."""
        return await self._places.sights(channels) if await self._naming.known() else {}

    def names_of(self, topic: Topic, sight: Sight | None = None) -> str:
        """The queues by their present names, as far as `sight` shows them: "Billing, Sales and 5 more". From memory."""
        every = not topic.queues or any(means_all(word) for word in topic.queues)
        return "all queues" if every else several(self._naming.listed(topic.queues, sight), most=MOST_NAMES)

    async def _settled(self, order: Order, known: Sequence[QueueWord], channel: ChannelId, by: Asker) -> Order:
        """With queues pinned to their ids. Those in `known` stay as they are, also when they are gone by now."""
        check_period(order, self._now())
        asker = replace(by, sight=await self._places.sight(channel))
        words: list[QueueWord] = []
        for word in order.topic.queues:
            words += (word,) if word in known else await self._naming.pinned((word,), asker, BESIDE_DIGEST)
        return replace(order, topic=replace(order.topic, queues=tuple(dict.fromkeys(words))))

    async def _opening(self, channel: ChannelId, user: UserId, seen: Subscription | None = None) -> Standing:
        """How a new digest begins there, or `seen` goes on. Raises NotAllowed when the channel takes no messages."""
        info = None if own_place(channel) else await self._channels.usable(channel)
        admin = info is not None and await self._permits.is_admin(user)
        return opening(info, admin=admin, confirmed=seen is not None and seen.confirmed)

    async def _change(
        self,
        seen: Subscription,
        by: Asker,
        action: Action,
        standing: Standing,
        *,
        order: Order | None = None,
        since: datetime | None = None,
    ) -> Subscription:
        state = standing.state
        changed = await self._records.change(
            seen,
            by=by.user,
            now=self._now(),
            action=action,
            order=order,
            state=state,
            reason=seen.reason if state is seen.state else reason_of(state),
            confirmed=standing.confirmed,
            since=since,
            # Who makes it wait reads so in the answer.
            tell_owner=state is SubscriptionState.UNCONFIRMED and state is not seen.state and by.user != seen.owner,
        )
        if changed is None:
            raise await self._meanwhile(seen, by.user)
        return changed

    async def _meanwhile(self, seen: Subscription, user: UserId | None) -> ChangedMeanwhile:
        last = next(iter(await self._audit.of_subject(seen.id, 1)), None)
        who = await self._permits.name(last.user) if last and last.user else "The bot"
        return changed_meanwhile(last, "You" if last and user and last.user == user else who)
