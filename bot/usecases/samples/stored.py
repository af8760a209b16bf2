"""Answers from the store what it can answer as Genesys would, and asks Genesys for the rest."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.alerts.samples import QUARTER, quarter_of
from bot.genesys.pace import Priority
from bot.genesys.tallies import TallyKey
from bot.usecases.samples.age import settled
from bot.usecases.samples.counted import tally_of
from bot.usecases.samples.reading import in_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from bot.domain.alerts.samples import Sample
    from bot.domain.ids import QueueId
    from bot.domain.period import Period
    from bot.genesys.client import GenesysClient
    from bot.genesys.tallies import Tallies, Tally, TallyQuery
    from bot.store.samples import Samples

MOST_CELLS = 40_000
"""Queues times quarter hours that are added up here; what is more is one request that all who ask share."""


class Stored:
    """Stands in for the client's `tallies`.

    The period asked about always comes from Genesys: it shows what was corrected since. Those that it is compared with
    come from the store, all or none, where every quarter hour of them is settled and has the thresholds asked for. What
    only Genesys can say, its own service level and facets, is asked there.
    """

    def __init__(self, samples: Samples, genesys: GenesysClient, *, now: Callable[[], datetime]) -> None:
        self._samples = samples
        self._genesys = genesys
        self._now = now

    async def tallies(self, wanted: TallyQuery, *, priority: Priority = Priority.PERSON) -> Tallies:
        """As `GenesysClient.tallies`; `as_of` and `bodies` are those of what Genesys was asked.

        Raises GenesysError.
        """
        compared = wanted.periods[1:]
        if not await self._covers(wanted, compared):
            return await self._genesys.tallies(wanted, priority=priority)
        asked = await self._genesys.tallies(replace(wanted, periods=wanted.periods[:1]), priority=priority)
        past = [await self._counted(wanted, period) for period in compared]
        return replace(asked, by_period=(*asked.by_period, *past))

    async def _covers(self, wanted: TallyQuery, periods: Sequence[Period]) -> bool:
        # Without lengths of time Genesys is asked for its own service level, which is not kept.
        if not periods or wanted.by or not wanted.times:
            return False
        cells = len(wanted.thresholds) * sum(period.length // QUARTER for period in periods)
        whole = all(quarter_of(edge) == edge for period in periods for edge in (period.start, period.end))
        return cells <= MOST_CELLS and whole and await self._settled(wanted, periods)

    async def _settled(self, wanted: TallyQuery, periods: Iterable[Period]) -> bool:
        now = self._now()
        thresholds: frozenset[timedelta] = frozenset().union(*wanted.thresholds.values())
        for period in periods:
            fetched = await self._samples.fetched(period.start, period.end)
            if len(fetched) < period.length // QUARTER:
                return False
            if not all(settled(q, f.at, now) and thresholds <= f.thresholds for q, f in fetched.items()):
                return False
        return True

    async def _counted(self, wanted: TallyQuery, period: Period) -> Mapping[TallyKey, Tally]:
        sums: dict[TallyKey, Tally] = {}
        async for samples in in_pieces(self._samples, period.start, period.end, wanted.thresholds.keys()):
            for key, tally in (await asyncio.to_thread(_summed, samples, wanted.thresholds)).items():
                sums[key] = sums[key] + tally if key in sums else tally
        return MappingProxyType(sums)


def _summed(samples: Iterable[Sample], wanted: Mapping[QueueId, frozenset[timedelta]]) -> dict[TallyKey, Tally]:
    tallies: dict[TallyKey, list[Tally]] = {}
    for sample in samples:
        tally = tally_of(sample, times=True).counted_with(wanted[sample.place.queue])
        tallies.setdefault(TallyKey(sample.place.queue, sample.place.media, None), []).append(tally)
    return {key: reduce(add, some) for key, some in tallies.items()}
