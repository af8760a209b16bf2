"""Digests on their way: exactly one message for each subscription and local date, or a word to its owner.

digests = Digests(slack, identity, store=store, letters=letters, files=files, tell_owner=…, now=utc_now)
await digests.tick()                                     # every few seconds: sends what is due, sees to what lapsed
letter = await digests.compose(subscription, now=now)    # what it would say now
posted = await digests.send_now(subscription, by=user)
await digests.send_again(subscription, day, by=user)     # one that was missed, or of which it is unclear
told = await digests.delivered(value)                    # what a button of a message is about
await digests.drain()                                    # at shutdown

What is due is decided from the database and the clock alone, so it does not matter which process looks, or how often.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.domain.audit import Action, Change
from bot.domain.deliveries import Stage
from bot.domain.schedule import Occasion
from bot.slack.outward import Outcome
from bot.usecases.digests.due import GRACE
from bot.usecases.digests.lateness import Lateness
from bot.usecases.digests.leases import Job, Leases
from bot.usecases.digests.letters import Told, Wanted, read_value
from bot.usecases.digests.missed import WritingOff
from bot.usecases.digests.plan import Planning
from bot.usecases.digests.rounds import PER_MINUTE, Line, SendingPace
from bot.usecases.digests.sending import Sending
from bot.usecases.digests.stopped import Stopped
from bot.usecases.digests.weather import Weather
from bot.usecases.digests.words import unfailing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date, datetime

    from bot.domain.deliveries import Delivery
    from bot.domain.ids import UserId
    from bot.domain.subscriptions import Subscription
    from bot.slack.outward import Identity, Posted, Slack
    from bot.store.database import Store
    from bot.usecases.digests.files import DigestFiles
    from bot.usecases.digests.letters import Compose, Letter, Letters
    from bot.usecases.digests.words import TellOwner

log = structlog.get_logger()

AT_ONCE = 12
"""Deliveries under way, and so messages that are composed and wait for their turn."""
PATIENCE = timedelta(seconds=20)
"""How long a stopping bot waits for what is on its way."""
_LETTING_GO = timedelta(seconds=2)
"""How long what is cancelled may take to give back what it holds."""
_MOST_FAILURES = 5
"""Deliveries in a row that end in an unexpected error: it is not theirs, so the round ends."""


class Digests:
    """One in each process."""

    def __init__(
        self,
        slack: Slack,
        identity: Identity,
        *,
        store: Store,
        letters: Letters,
        files: DigestFiles,
        tell_owner: TellOwner,
        ready: Callable[[], Awaitable[bool]] | None = None,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        grace: timedelta = GRACE,
        per_minute: int = PER_MINUTE,
        step: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Until `ready` says so, nothing is sent in its turn. `clock` is monotonic, in seconds. `step` is told the name
        of each step that is done, for tests.
        """
        tell_owner = unfailing(tell_owner)
        self._planning = Planning(store, team=identity.team_id, grace=grace)
        self._subscriptions = store.subscriptions
        self._deliveries = store.deliveries
        self._audit = store.audit
        self._letters = letters
        self._files = files
        self._now = now
        self._sleep = sleep
        self._pace = SendingPace(clock=clock, sleep=sleep, per_minute=per_minute)
        self._weather = Weather(now=now)
        self._leases = Leases(store.deliveries, process=uuid.uuid4().hex, now=now, clock=clock, step=step)
        self._stopped = Stopped(store.subscriptions, team=identity.team_id, tell_owner=tell_owner, now=now)
        self._sending = Sending(
            slack,
            identity,
            subscriptions=store.subscriptions,
            leases=self._leases,
            pace=self._pace,
            weather=self._weather,
            tell_owner=tell_owner,
            stopped=self._stopped,
            sent=files.add,
            grace=grace,
            now=now,
            sleep=sleep,
            stopping=lambda: self._draining,
            step=step,
        )
        self._missed = WritingOff(
            store.deliveries, leases=self._leases, weather=self._weather, tell_owner=tell_owner, now=now
        )
        self._ready = ready
        self._lateness = Lateness(self._weather, now=now)
        self._draining = False
        self._line: Line[Job] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._filing: asyncio.Task[None] | None = None
        self._in_trouble = False

    async def tick(self) -> None:
        """Everything that can be done now, and nothing twice: while a tick is at work, another returns at once.

        Raises nothing: a database that is away may be back at the next tick. A tick that is cancelled goes on behind
        it until `drain`, since a message that is on its way should be settled.
        """
        if self._draining or self._looking:
            return
        self._looking = asyncio.create_task(self._look())
        self._looking.add_done_callback(self._looked)
        await asyncio.wait({looking := self._looking})
        if not looking.cancelled():
            looking.result()

    async def drain(self, within: timedelta = PATIENCE) -> None:
        """Begin no message more, and finish those on their way to Slack, unless that takes too long: the next process
        looks for them then. What is given up before it was announced is free for it at once.
        """
        self._draining = True
        if self._line:
            self._line.close()
        self._files.close()
        busy = {task for task in (self._looking, self._filing) if task and not task.done()}
        if busy:
            _, late = await asyncio.wait(busy, timeout=within.total_seconds())
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_LETTING_GO.total_seconds())

    async def _look(self) -> None:
        try:
            if self._ready and not await self._ready():
                return
            self._lateness.looks()
            if not self._weather.closed:
                await self._stopped.tell_rest()
                await self._send_due()
            if not self._weather.closed and not self._draining:
                self._see_to_files()
        except Exception:
            self._lateness.failed()
            if not self._in_trouble:
                log.exception("digests cannot be looked after")
            self._in_trouble = True
        else:
            self._lateness.looked()
            self._in_trouble = False

    def _looked(self, _: asyncio.Task[None]) -> None:
        self._looking = None

    async def stopped(self, subscriptions: Sequence[Subscription]) -> None:
        """Tell the owners of those that were just stopped; by later ticks if that does not work now."""
        await self._stopped.tell(subscriptions)

    async def compose(
        self, subscription: Subscription, *, now: datetime, day: date | None = None, preview: bool = False
    ) -> Letter:
        """What it says now, or said on that local date. Raises Explainable."""
        entry = await self._deliveries.find(subscription.id, day) if day else None
        wanted = Wanted.at(subscription, now, preview=preview)
        if entry is not None:
            wanted = Wanted.of(entry, subscription, now=now)
        async with self._letters.round([wanted]) as compose:
            return await compose(wanted)

    async def send_now(self, subscription: Subscription, *, by: UserId) -> Posted:
        """Out of its turn, which changes nothing of what is due. Raises Explainable without an answer from Genesys."""
        now = self._now()
        wanted = Wanted.at(subscription, now, asked_by=by, latest=await self._latest(subscription))
        async with self._letters.round([wanted]) as compose:
            letter = await compose(wanted)
        posted = await self._sending.post(subscription.channel, letter.message)
        if posted.outcome is not Outcome.REFUSED:
            await self._record(subscription, Action.SENT_NOW, by)
        return posted

    async def send_again(self, subscription: Subscription, day: date, *, by: UserId) -> Delivery | None:
        """One that was missed, or of which it is unclear, as it was due then. None when there is none to be sent: a
        second press finds it sent or on its way. The entry returned says what became of it.
        """
        entry = await self._deliveries.find(subscription.id, day)
        if entry is None or entry.stage not in {Stage.MISSED, Stage.UNCLEAR}:
            return None
        job = Job(subscription=subscription, occasion=Occasion(day=day, at=entry.due_at), entry=entry, asked=True)
        wanted = Wanted.of(entry, subscription, now=self._now())
        await self._record(subscription, Action.SENT_AGAIN, by)
        async with self._letters.round([wanted]) as compose:
            await self._sending.deliver(job, self._composing(job, compose))
        self._see_to_files()
        return await self._deliveries.find(subscription.id, day)

    async def delivered(self, value: str) -> Told | None:
        """What a button's value is about; None when the digest was removed. Raises Outdated, and BadPeriod."""
        pointer = read_value(value)
        subscription = await self._subscriptions.find(pointer.subscription)
        if subscription is None:
            return None
        if pointer.day is None:
            order = await self._subscriptions.order_at(subscription, pointer.moment)
            wanted = Wanted.at(replace(subscription, order=order), pointer.moment)
            return Told(subscription=subscription, question=wanted.question, at=wanted.local, entry=None)
        entry = await self._deliveries.find(pointer.subscription, pointer.day)
        if entry is None:
            return None
        wanted = Wanted.of(entry, subscription, now=self._now())
        return Told(subscription=subscription, question=wanted.question, at=wanted.local, entry=entry)

    async def _latest(self, subscription: Subscription) -> date | None:
        """The newest day in the ledger: a day has one digest only, whatever hour is chosen after it."""
        return (await self._deliveries.latest([subscription.id])).get(subscription.id)

    async def _record(self, subscription: Subscription, action: Action, by: UserId) -> None:
        change = Change(
            at=self._now(),
            team=subscription.team,
            user=by,
            action=action,
            channel=subscription.channel,
            subject=subscription.id,
        )
        await self._audit.record(change)

    async def _send_due(self) -> None:
        plan = await self._planning.plan(self._now())
        await self._missed.write_off(plan.missed, plan.expired, stopping=lambda: self._draining or self._weather.closed)
        if plan.jobs and not self._weather.closed:
            await self._deliver(plan.jobs)

    async def _deliver(self, jobs: Sequence[Job]) -> None:
        line: Line[Job] = Line(self._pace, sleep=self._sleep)
        for job in jobs:
            line.add(job.entry.channel if job.entry else job.subscription.channel, job)
        self._line = line
        wanted = [Wanted.due(job) for job in jobs]
        async with self._letters.round(wanted, ahead=True) as compose, asyncio.TaskGroup() as workers:
            for _ in range(min(AT_ONCE, len(jobs))):
                workers.create_task(self._work(line, compose))
        self._line = None

    async def _work(self, line: Line[Job], compose: Compose) -> None:
        failures = 0
        while True:
            async with line.next() as job:
                if job is None:
                    return
                if self._draining or self._weather.closed or failures == _MOST_FAILURES:
                    line.close()
                    return
                try:
                    await self._sending.deliver(job, self._composing(job, compose))
                    failures = 0
                except Exception:
                    # Its entry lapses, and is looked at again.
                    log.exception("a digest was not delivered", subscription=job.subscription.id)
                    failures += 1

    def _composing(self, job: Job, compose: Compose) -> Callable[[Delivery], Awaitable[Letter]]:
        async def composed(entry: Delivery) -> Letter:
            now = self._now()
            because = self._lateness.reason(entry, job)
            latest = await self._latest(job.subscription) if job.asked else None
            return await compose(Wanted.of(entry, job.subscription, now=now, because=because, latest=latest))

        return composed

    def _see_to_files(self) -> None:
        """Beside the messages: a file takes longer than a message, and none may wait for it."""
        if not self._draining and (self._filing is None or self._filing.done()):
            self._filing = asyncio.create_task(self._files.send())
