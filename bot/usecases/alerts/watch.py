"""The watch: once a minute all rules are held against what Genesys shows, and what follows is kept and told.

watch = Watch(lookout, store, team=…, …)
await watch.tick()          # every minute, in every process: the one that holds the lease evaluates
await watch.drain()         # at shutdown: lets another process take over at once

    lease ─► rules, queues ─► observations, samples ─► readings ─► decide ─► story ─► one transaction ─► Slack

What is in memory is worth nothing to a process that lost the lease: it reads everything anew when it has it again.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.usecases.alerts.plan import NOTHING, plan_of
from bot.usecases.alerts.turn import Turn, Working

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from bot.domain.alerts.keeping import Lease
    from bot.domain.alerts.rules import Terms
    from bot.domain.alerts.states import AlertState, Watched
    from bot.domain.ids import ChannelId, TeamId
    from bot.domain.questions import QueueWord
    from bot.domain.queues import Queue
    from bot.store.database import Store
    from bot.usecases.alerts.evidencing import Evidencing
    from bot.usecases.alerts.lookout import Lookout
    from bot.usecases.alerts.plan import Plan
    from bot.usecases.alerts.posting import Posting
    from bot.usecases.alerts.zones import Zones
    from bot.usecases.naming import Naming, Sight
    from bot.usecases.places import Places

log = structlog.get_logger()

LEASE = timedelta(minutes=3)
"""For how long nobody else evaluates when this process says nothing more."""
CLOCK_BACK = timedelta(minutes=2)
"""So much earlier than the last turn it is no longer drift: what was read later must not hide what is read now."""
ABSENT = timedelta(minutes=10)
"""A stop that is longer is told."""
PATIENCE = timedelta(seconds=20)


@dataclass(slots=True)
class _Memory:
    """What holds as long as the lease does."""

    token: int
    states: dict[Watched, AlertState]
    version: int | None = None
    listing: tuple[Queue, ...] = ()
    sights: Mapping[ChannelId, Sight | None] = field(default_factory=dict)
    """Of the plan's channels."""
    plan: Plan = NOTHING
    judged: datetime | None = None
    """The end of the last quarter hour that was judged."""


class Watch:
    """One in each process; one of them evaluates."""

    def __init__(
        self,
        lookout: Lookout,
        store: Store,
        *,
        team: TeamId,
        naming: Naming,
        places: Places,
        zones: Zones,
        evidencing: Evidencing,
        posting: Posting,
        titled: Callable[[Terms], str],
        now: Callable[[], datetime],
    ) -> None:
        """`titled` says a rule's terms in words."""
        self._lookout = lookout
        self._store = store
        self._team = team
        self._naming = naming
        self._places = places
        self._zones = zones
        self._evidencing = evidencing
        self._posting = posting
        self._titled = titled
        self._now = now
        self._holder = uuid.uuid4().hex
        self._lease: Lease | None = None
        self._memory: _Memory | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._minute: datetime | None = None
        self._in_trouble = False
        self._draining = False

    async def tick(self) -> None:
        """One evaluation, if this process holds the lease; while one is at work, another call returns at once.

        Raises nothing: what did not work is tried again in a minute. A tick that is cancelled goes on until `drain`.
        """
        if self._draining or self._ticking:
            return
        self._ticking = asyncio.create_task(self._guarded())
        self._ticking.add_done_callback(self._ticked)
        await asyncio.wait({ticking := self._ticking})
        if not ticking.cancelled():
            ticking.result()

    async def beat(self) -> None:
        """A tick in each minute of the clock, and in between what is still to be sent; to be called every few seconds.

        Raises nothing.
        """
        minute = self._now().replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute = minute
            await self.tick()
        elif not self._draining:
            await self._posting.send()

    async def drain(self, within: timedelta = PATIENCE) -> None:
        """Finish the evaluation at hand, and give the lease back."""
        self._draining = True
        if self._ticking:
            _, late = await asyncio.wait({self._ticking}, timeout=within.total_seconds())
            for task in late:
                task.cancel()
        await self._lookout.close()
        await self._posting.drain()
        if self._lease is not None:
            await self._store.alerts.release(self._lease, now=self._now())

    async def _guarded(self) -> None:
        try:
            await self._tick()
            await self._posting.send()
        except Exception:
            # What was judged and not kept is judged again.
            self._memory = None
            if not self._in_trouble:
                log.exception("alerts cannot be looked after")
            self._in_trouble = True
        else:
            self._in_trouble = False

    def _ticked(self, _: asyncio.Task[None]) -> None:
        self._ticking = None

    async def _tick(self) -> None:
        now = self._now()
        lease = await self._store.alerts.lease(self._team, self._holder, now=now, until=now + LEASE)
        if lease is None:
            self._memory = self._lease = None
            return
        memory = await self._remembered(lease)
        await self._replan(memory)
        kept = await self._store.alerts.watch(self._team)
        memory.judged = memory.judged or kept.quarter
        if kept.last_tick is not None and kept.last_tick - now > CLOCK_BACK:
            log.warning("the clock was set back", by=str(kept.last_tick - now))
            memory.states = {key: seen_by(state, now) for key, state in memory.states.items()}
        ends = await self._lookout.look(memory.plan, now=now, judged=memory.judged)
        self._lookout.eyes.recall(kept.blind_since, kept.blind_reason)
        turn = Turn(
            self._store,
            Working(
                lease=lease,
                plan=memory.plan,
                states=memory.states,
                kept=kept,
                now=now,
                absent=kept.last_tick is not None and now - kept.last_tick > ABSENT,
            ),
            zones=self._zones,
            evidencing=self._evidencing,
            eyes=self._lookout.eyes,
        )
        for end in ends[:-1]:
            # Of quarter hours that nobody judged in time only finished contacts are known.
            await turn.evaluate(await self._lookout.view(now=end, end=end, fresh=True, past=True), past=True)
        memory.judged = ends[-1] if ends else memory.judged
        view = await self._lookout.view(now=now, end=memory.judged, fresh=bool(ends), past=False)
        await turn.evaluate(view, past=False)
        if await turn.commit(quarter=memory.judged):
            memory.states = turn.states
        else:
            self._memory = None

    async def _remembered(self, lease: Lease) -> _Memory:
        if self._memory is None or self._lease is None or self._lease.token != lease.token:
            self._memory = _Memory(lease.token, dict(await self._store.alerts.states(self._team)))
            self._lookout.forget()
        self._lease = lease
        return self._memory

    async def _replan(self, memory: _Memory) -> None:
        version = await self._store.rules.version(self._team)
        listing = self._naming.listing
        # What a channel may show has no version: a limit that is set holds from the next minute on.
        sights = await self._sights(memory.plan.channels, listing)
        if version == memory.version and listing is memory.listing and sights == memory.sights:
            return
        rules = await self._store.rules.active(self._team)
        sights = await self._sights({rule.channel for rule in rules}, listing)
        found = self._naming.meant if listing else _nothing
        memory.plan = plan_of(rules, found=found, sights=sights, titled=self._titled, listed=bool(listing))
        memory.version, memory.listing = version, listing
        memory.sights = {channel: sights.get(channel) for channel in memory.plan.channels}

    async def _sights(
        self, channels: Collection[ChannelId], listing: tuple[Queue, ...]
    ) -> Mapping[ChannelId, Sight | None]:
        """None is asked for while no queues are known: that would wait for Genesys, and nothing is seen anyway."""
        found = await self._places.sights(channels) if listing and channels else {}
        return {channel: found.get(channel) for channel in channels}


def _nothing(words: tuple[QueueWord, ...], sight: Sight | None) -> tuple[Queue, ...]:  # noqa: ARG001  as `Naming.meant`
    return ()


def seen_by(state: AlertState, now: datetime) -> AlertState:
    """The same as if nothing had been read after `now`."""
    return replace(state, evaluated=min(state.evaluated, now)) if state.evaluated else state
