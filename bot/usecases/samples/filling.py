"""Keeps the store of quarter hours full: the newest at once, gaps and history when there is time."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import structlog

from bot.domain.alerts.samples import KEPT, QUARTER, last_complete, quarter_of
from bot.errors import GenesysError
from bot.genesys.pace import Priority
from bot.genesys.plan import MOST_DAYS
from bot.genesys.wire_aggregates import MOST_QUEUES
from bot.usecases.samples.age import recount_due
from bot.usecases.samples.counted import samples_of
from bot.usecases.samples.grid import AT_ONCE, filled_up, needed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.alerts.keeping import Late
    from bot.domain.alerts.samples import Sample
    from bot.domain.ids import QueueId
    from bot.domain.queues import Queue
    from bot.genesys.client import GenesysClient
    from bot.genesys.directory import QueueDirectory
    from bot.genesys.fetching import Held
    from bot.store.samples import Samples

AGAIN = timedelta(hours=3)
"""How far back each refresh reaches: data arrives late."""
ROWS = 10_000
"""Queues times quarter hours of one request: a third of what the platform was seen to give, since a queue may have
several media.
"""
CELLS = 20_000
"""The same of all the requests that are in memory together: some 100 MB if every queue is busy all the time."""
RECORDED = 1_500
"""Samples in one transaction: some 50 ms in which others wait."""
A_DAY = 96
"""Quarter hours in one transaction at most."""
REQUESTS = 10
"""For gaps and history, in one call: of some 240 a minute."""
PRUNED = timedelta(hours=6)
"""How often what is too old is forgotten."""
FIRST_REST = timedelta(minutes=2)
LONGEST_REST = timedelta(hours=1)
"""How long gaps and history are left alone when Genesys does not give them: doubled each time."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What a refresh brought."""

    end: datetime
    """Of the last quarter hour that is there now; UTC."""
    changed: frozenset[Late]
    """Quarter hours that are other than they were, late data mostly; new ones are not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How far gaps and history are."""

    quarters: int = 0
    """That were fetched in this call."""
    left: int = 0
    """That are still to be fetched."""
    changed: frozenset[Late] = frozenset()


class _Ask(NamedTuple):
    """What each request is about, whatever its time."""

    queues: tuple[Queue, ...]
    needed: frozenset[timedelta]

    @property
    def requests(self) -> int:
        """For one stretch of time."""
        return ceil(len(self.queues) / MOST_QUEUES) * ceil(max(1, len(self.needed)) / AT_ONCE)

    @property
    def longest(self) -> int:
        """Quarter hours of a stretch."""
        one, all_of_them = ROWS // min(len(self.queues), MOST_QUEUES), CELLS // len(self.queues)
        return max(1, min(one, all_of_them, MOST_DAYS * timedelta(days=1) // QUARTER))


async def nothing() -> Collection[timedelta]:
    """Of rules that name no thresholds."""
    return ()


class Filling:
    """Every method raises GenesysError when there is no answer; what was recorded before stays.

    For one process at a time: who fills is who evaluates.
    """

    def __init__(
        self,
        samples: Samples,
        genesys: GenesysClient,
        directory: QueueDirectory,
        *,
        wanted: Callable[[], Awaitable[Collection[timedelta]]] = nothing,
        kept: timedelta = KEPT,
    ) -> None:
        """`wanted` are the thresholds that rules name; `kept` is how much history there should be."""
        self._samples = samples
        self._genesys = genesys
        self._directory = directory
        self._wanted = wanted
        self._kept = kept
        self._end: datetime | None = None
        """Refreshed until then."""
        self._complete: tuple[datetime, frozenset[timedelta]] | None = None
        """At which quarter hour nothing was left to fill, and with which thresholds."""
        self._rest = FIRST_REST
        self._rests_until: datetime | None = None
        self._pruned_at: datetime | None = None

    async def refresh(self, now: datetime) -> Refreshed | None:
        """The quarter hours that were completed, and the last hours again; None when all of that was done already.

        To be called every minute. Costs, once in a quarter hour, one request for each hundred queues; twice that with
        more than ten thresholds.
        """
        end = last_complete(now)
        if self._end is not None and end <= self._end:
            return None
        ask = await self._ask()
        changed: frozenset[Late] = frozenset()
        if ask.queues:
            changed = await self._fetch(ask, end - AGAIN, end, Priority.ALERT)
        self._end = end
        return Refreshed(end=end, changed=changed)

    async def fill(self, now: datetime, *, requests: int = REQUESTS) -> Filled:
        """Some of what is missing or should be counted again, newest first; the last hours are for the refresh.

        To be called every minute, apart from the refresh, which does not wait for it. Costs `requests` at most, or what
        one stretch of time costs where there are more queues. After a failure it does nothing for a while.
        """
        if self._rests_until is not None and now < self._rests_until:
            return Filled()
        await self._prune(now)
        ask = await self._ask()
        until = last_complete(now) - AGAIN
        if not ask.queues or self._complete == (until, ask.needed):
            return Filled()
        due = await self._due(quarter_of(now - self._kept) + QUARTER, until, ask.needed, now)
        stretches = stretches_of(due, ask.longest)
        changed: frozenset[Late] = frozenset()
        done, left = 0, len(due)
        for start, end in stretches[: max(1, requests // ask.requests)]:
            try:
                changed |= await self._fetch(ask, start, end, Priority.HISTORY)
            except GenesysError:
                self._rests_until, self._rest = now + self._rest, min(2 * self._rest, LONGEST_REST)
                raise
            done += (end - start) // QUARTER
            left -= bisect_left(due, end) - bisect_left(due, start)
        self._rest = FIRST_REST
        if not left:
            self._complete = until, ask.needed
        if done:
            log.info("quarter hours filled in", quarters=done, left=left, changed=len(changed))
        return Filled(quarters=done, left=left, changed=changed)

    async def _ask(self) -> _Ask:
        queues = await self._directory.snapshot()
        return _Ask(queues, needed(queues, await self._wanted()))

    async def _due(
        self, start: datetime, end: datetime, thresholds: frozenset[timedelta], now: datetime
    ) -> tuple[datetime, ...]:
        """In order of time: never fetched, without a threshold that is needed, or to be counted again."""
        fetched = await self._samples.fetched(start, end)
        quarters = (start + number * QUARTER for number in range((end - start) // QUARTER))
        return tuple(
            quarter
            for quarter in quarters
            if (known := fetched.get(quarter)) is None
            or not thresholds <= known.thresholds
            or recount_due(quarter, known.at, now)
        )

    async def _fetch(self, ask: _Ask, start: datetime, end: datetime, priority: Priority) -> frozenset[Late]:
        thresholds = filled_up(ask.needed)
        wants = {queue.id: thresholds for queue in ask.queues}
        held = await self._genesys.quarters.held(start, end, wants, priority=priority)
        as_of = min(one.as_of for one in held.values())
        # A day of hundreds of queues is some hundred milliseconds of arithmetic.
        parts = await asyncio.to_thread(parts_of, start, end, held)
        changed: frozenset[Late] = frozenset()
        for quarters, samples in parts:
            changed |= await self._samples.record(quarters, samples, thresholds=thresholds, fetched_at=as_of)
        return changed

    async def _prune(self, now: datetime) -> None:
        if self._pruned_at is None or now - self._pruned_at >= PRUNED:
            await self._samples.prune(quarter_of(now - self._kept))
            self._pruned_at = now


def stretches_of(due: Sequence[datetime], longest: int) -> list[tuple[datetime, datetime]]:
    """Few stretches of at most `longest` quarter hours that hold all that are due, newest first.

    What lies between two that are due is fetched with them: a request costs the same.
    """
    stretches = []
    left = len(due)
    while left:
        end = due[left - 1] + QUARTER
        left = bisect_left(due, end - longest * QUARTER, hi=left)
        stretches.append((due[left], end))
    return stretches


def parts_of(start: datetime, end: datetime, held: Mapping[QueueId, Held]) -> list[tuple[list[datetime], list[Sample]]]:
    """The quarter hours from `start` to `end` in order, each once, and their samples: a transaction each."""
    by_quarter: defaultdict[datetime, list[Sample]] = defaultdict(list)
    for sample in samples_of(held):
        by_quarter[sample.start].append(sample)
    parts: list[tuple[list[datetime], list[Sample]]] = []
    for number in range((end - start) // QUARTER):
        quarter = start + number * QUARTER
        if not parts or len(parts[-1][0]) >= A_DAY or len(parts[-1][1]) + len(by_quarter[quarter]) > RECORDED:
            parts.append(([], []))
        parts[-1][0].append(quarter)
        parts[-1][1].extend(by_quarter[quarter])
    return parts
