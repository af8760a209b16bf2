"""One delivery from its claim to its end, so that whatever breaks in between, it is sent once or somebody is told.

    claim ─► compose ─► its turn ─► SENDING ─► post ─► SENT
      ▲                                         │ no answer
      └── lapsed ◄── crash ── look for it ◄─────┘

An entry belongs to one process at a time (`leases`). A message leaves only while
enough of the lease is left that it has arrived or was given up long before anybody else may take the entry over.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.blocks.kit import without_data_blocks
from bot.domain.deliveries import FileStage, Stage
from bot.domain.subscriptions import SubscriptionState
from bot.errors import Explainable, GenesysError
from bot.slack.history import Sight, key_metadata, look_for_message
from bot.slack.outcomes import Trouble, reason_of
from bot.slack.outward import Outcome, Posted
from bot.usecases.digests.due import closes_at, pause_after
from bot.usecases.digests.leases import POSTING, UNTOLD, Lease, key_of
from bot.usecases.digests.missed import NOT_RUNNING
from bot.usecases.digests.words import About, Word

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from datetime import datetime

    from bot.blocks.kit import Message
    from bot.domain.deliveries import Delivery
    from bot.domain.ids import ChannelId
    from bot.domain.subscriptions import Subscription
    from bot.slack.outward import Identity, Slack
    from bot.store.subscriptions import Subscriptions
    from bot.usecases.digests.leases import Job, Leases
    from bot.usecases.digests.letters import Letter
    from bot.usecases.digests.rounds import SendingPace
    from bot.usecases.digests.stopped import Stopped
    from bot.usecases.digests.weather import Weather
    from bot.usecases.digests.words import TellOwner

log = structlog.get_logger()

LOOKS = (0.0, 2.0, 6.0)
"""Seconds before each look for a message: a request may be on its way still when its sender is gone."""
BLIND_AFTER = timedelta(hours=1)
"""How long after its time, at the latest, a message that Slack does not let us look for is given up."""


class Sending:
    """Delivers. Whatever the database or Slack raise passes through; the entry lapses then, and is looked at again."""

    def __init__(
        self,
        slack: Slack,
        identity: Identity,
        *,
        subscriptions: Subscriptions,
        leases: Leases,
        pace: SendingPace,
        weather: Weather,
        tell_owner: TellOwner,
        stopped: Stopped,
        sent: Callable[[Delivery], None],
        grace: timedelta,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        stopping: Callable[[], bool],
        step: Callable[[str], None],
    ) -> None:
        """`sent` is called with each entry that wants a file now. When `stopping`, no message is begun any more, except
        what a person asked for and waits for. `step` is told the name of each step that is done."""
        self._slack = slack
        self._identity = identity
        self._subscriptions = subscriptions
        self._leases = leases
        self._pace = pace
        self._weather = weather
        self._tell_owner = tell_owner
        self._stopped = stopped
        self._tell_file = sent
        self._grace = grace
        self._now = now
        self._sleep = sleep
        self._stopping = stopping
        self._step = step

    async def deliver(self, job: Job, compose: Callable[[Delivery], Awaitable[Letter]]) -> None:
        """`compose` raises Explainable when there is no answer."""
        lease = await self._leases.own(job)
        if lease is None:
            return
        # A claim is of the subscription as it was seen; what is taken over may have changed since.
        subscription = await self._subscriptions.find(job.subscription.id) if job.entry else job.subscription
        if subscription is None:
            return  # removed, and its entries with it
        if lease.entry.stage is Stage.SENDING and not await self._surely_not_sent(lease, subscription):
            return
        if not job.asked:
            if subscription.state is not SubscriptionState.ACTIVE:
                await self._inactive(lease, subscription)
                return
            if self._now() > closes_at(lease.entry.order, lease.entry.due_at, self._grace):
                await self.give_up(lease, subscription, lease.entry.note or NOT_RUNNING)
                return
        try:
            await self._compose_and_send(lease, subscription, compose, asked=job.asked)
        except asyncio.CancelledError:
            # Late at shutdown: the next process need not wait until the claim lapses.
            await self._leases.give_back(lease)
            raise

    async def _compose_and_send(
        self,
        lease: Lease,
        subscription: Subscription,
        compose: Callable[[Delivery], Awaitable[Letter]],
        *,
        asked: bool,
    ) -> None:
        try:
            letter = await compose(lease.entry)
        except Explainable as error:
            await self._no_answer(lease, subscription, error)
            return
        self._step("composed")
        if letter.empty and lease.entry.order.skip_empty and not asked:
            await self._leases.settle(lease, Stage.SKIPPED, note="no traffic")
            return
        await self._send(lease, subscription, letter.message, asked=asked)

    async def give_up(self, lease: Lease, subscription: Subscription, why: str) -> None:
        """Not sent, and never will be: once the owner knows, it is over."""
        word = Word(about=About.MISSED, subscription=subscription, days=(lease.entry.day,), because=why)
        await self._leases.missed(lease, why, told=await self._tell_owner(subscription.owner, [word]))

    async def _surely_not_sent(self, lease: Lease, subscription: Subscription) -> bool:
        """Whether a message that may have been posted was not. If it was, or nobody can tell, the entry says so now."""
        entry = lease.entry
        key = key_of(entry.subscription, entry.day)
        since = entry.sending_since or entry.due_at
        # Slack may have given the channel another id since it was posted to.
        found = await self._subscriptions.find(entry.subscription)
        channel = found.channel if found else entry.channel
        for pause in LOOKS:
            if pause:
                await self._sleep(pause)
            seen = await look_for_message(self._slack, self._identity, channel, key=key, since=since)
            if seen.sight is not Sight.NOT_THERE:
                break
        self._step("looked")
        match seen.sight:
            case Sight.NOT_THERE:
                return True
            case Sight.THERE:
                await self._sent(lease, seen.ts)
            case Sight.BLIND:
                await self._unclear(lease, subscription, f"Slack does not let the bot look ({seen.error})")
            case Sight.LATER if self._now() > closes_at(entry.order, entry.due_at, self._grace) + BLIND_AFTER:
                await self._unclear(lease, subscription, "Slack could not be asked")
            case Sight.LATER:
                self._weather.unanswered()
        return False

    async def post(self, channel: ChannelId, message: Message) -> Posted:
        """A message outside the ledger, at the same pace and with the same care for its form."""

        async def there() -> ChannelId:
            return channel

        return await self._post(channel, message, there)

    async def _send(self, lease: Lease, subscription: Subscription, message: Message, *, asked: bool) -> None:
        held: Lease | None = lease

        async def announced() -> ChannelId | None:
            """Where it goes, which another id of the channel may have changed since it was claimed."""
            nonlocal held
            if held and self._stopping() and not asked:
                await self._leases.again(held, timedelta(), held.entry.note)
                held = None
            if held and self._weather.closed:
                await self._leases.again(held, self._weather.reopens_at() - self._now(), held.entry.note)
                held = None
            held = await self._leases.sending(held) if held else None
            return held.entry.channel if held else None

        key = key_of(lease.entry.subscription, lease.entry.day)
        posted = await self._post(lease.entry.channel, message, announced, key=key)
        if held is not None:
            await self._after(held, subscription, posted)

    async def _post(
        self,
        channel: ChannelId,
        message: Message,
        announced: Callable[[], Awaitable[ChannelId | None]],
        *,
        key: str = "",
    ) -> Posted:
        posted = Posted(outcome=Outcome.REFUSED)
        for form in _simpler_and_simpler(message):
            await self._pace.turn(channel)
            there = await announced()
            if there is None:
                return posted
            metadata = key_metadata(key) if key else None
            posted = await self._slack.post(there, form, metadata=metadata, within=POSTING)
            self._step("posted")
            if posted.trouble is not Trouble.PAYLOAD:
                break
            log.error("Slack refuses the form of a digest", error=posted.error, blocks=len(form["blocks"]))
        return posted

    async def _after(self, lease: Lease, subscription: Subscription, posted: Posted) -> None:
        if posted.outcome is Outcome.SENT:
            self._pace.taken()
            self._weather.answered()
            await self._sent(lease, posted.ts)
            return
        why = reason_of(posted.error)
        pause = pause_after(lease.entry.attempts)
        match posted.trouble:
            case Trouble.AMBIGUOUS:
                self._weather.unanswered()
                if await self._surely_not_sent(lease, subscription):
                    await self._leases.again(lease, pause, why)
            case Trouble.CHANNEL:
                await self._stop(lease, subscription, why)
            case Trouble.WORKSPACE | Trouble.MIGRATING:
                self._weather.refused(posted.trouble, posted.error)
                await self._leases.again(lease, self._weather.reopens_at() - self._now(), why)
            case Trouble.PLAN:
                await self.give_up(lease, subscription, why)
            case Trouble.TRANSIENT:
                # A second more than asked for: clocks never agree exactly.
                wait = posted.retry_after + timedelta(seconds=1) if posted.retry_after is not None else pause
                self._pace.hold(lease.entry.channel, wait.total_seconds())
                await self._leases.again(lease, wait, why)
            case _:
                log.error("Slack refuses a digest", error=posted.error)
                await self._leases.again(lease, pause, why)

    async def _stop(self, lease: Lease, subscription: Subscription, why: str) -> None:
        entry = lease.entry
        found = await self._subscriptions.find(subscription.id)
        if found is None or found.channel != entry.channel:
            # Its channel has another id by now: only the old one takes nothing.
            await self._leases.again(lease, timedelta(), entry.note)
            return
        # First of all it is said that nothing was sent, for whoever finds the entry after a crash.
        if not await self._leases.again(lease, UNTOLD, why):
            return
        reason = f"{why[:1].upper()}{why[1:]}."
        stopped = await self._subscriptions.stop_channel(subscription.team, entry.channel, reason, self._now())
        self._step("stopped")
        # If not, it moved or was stopped at this very moment: which of them, is seen when it is tried again.
        if subscription.id in {one.id for one in stopped}:
            await self._leases.settle(lease._replace(entry=replace(entry, holder="")), Stage.MISSED, note=why)
        await self._stopped.tell(stopped, {subscription.id: (entry.day,)})

    async def _inactive(self, lease: Lease, subscription: Subscription) -> None:
        """It was paused or stopped since it was claimed; who has to know of that is told of that."""
        stopped = subscription.state is SubscriptionState.STOPPED
        why = subscription.reason if stopped else "it was paused before it was sent"
        await self._leases.settle(lease, Stage.MISSED, note=why)

    async def _no_answer(self, lease: Lease, subscription: Subscription, error: Explainable) -> None:
        why = str(error)
        if isinstance(error, GenesysError):
            await self._leases.again(lease, pause_after(lease.entry.attempts), why)
        else:
            await self.give_up(lease, subscription, why)

    async def _unclear(self, lease: Lease, subscription: Subscription, why: str) -> None:
        word = Word(about=About.UNCLEAR, subscription=subscription, days=(lease.entry.day,), because=why)
        if await self._tell_owner(subscription.owner, [word]):
            await self._leases.settle(lease, Stage.UNCLEAR, note=why)

    async def _sent(self, lease: Lease, ts: str) -> None:
        file = FileStage.WANTED if lease.entry.order.csv else FileStage.NONE
        await self._leases.settle(lease, Stage.SENT, ts=ts, file=file)
        if file is FileStage.WANTED:
            self._tell_file(replace(lease.entry, stage=Stage.SENT, ts=ts, file=file))


def _simpler_and_simpler(message: Message) -> Iterator[Message]:
    """What to send when Slack refuses the form of a message: its numbers without tables and charts, then its point."""
    yield message
    simpler = without_data_blocks(message)
    if simpler != message:
        yield simpler
    yield {"text": message["text"], "blocks": []}
