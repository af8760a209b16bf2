"""Quarter hours of queues as they were fetched, and what was seen of queues at their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy.ext.asyncio import AsyncEngine

    from bot.domain.alerts.keeping import Fetched, Late
    from bot.domain.alerts.samples import Glimpse, Sample
    from bot.domain.ids import QueueId


class Samples:
    """All moments are starts of quarter hours in UTC; ranges have their start and not their end."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def record(
        self,
        quarters: Collection[datetime],
        samples: Iterable[Sample],
        *,
        thresholds: frozenset[timedelta],
        fetched_at: datetime,
    ) -> frozenset[Late]:
        """Replace `quarters` as a whole: a place without a sample had no contacts in them. One transaction.

        Returns what is other than when it was fetched before, a threshold that was not asked for then left aside;
        nothing of quarters that are fetched for the first time. Raises ValueError for a sample of another quarter, and
        for two of the same. At first start, record a day at a time.
        """
        raise NotImplementedError

    async def missing(self, start: datetime, end: datetime) -> tuple[datetime, ...]:
        """Quarters that were never fetched, in order."""
        raise NotImplementedError

    async def fetched(self, start: datetime, end: datetime) -> Mapping[datetime, Fetched]:
        """Quarters that were fetched, in order."""
        raise NotImplementedError

    async def between(
        self, start: datetime, end: datetime, queues: Iterable[QueueId] | None = None
    ) -> tuple[Sample, ...]:
        """In the order of time, then queue and medium. None: of every queue."""
        raise NotImplementedError

    def stream(
        self, start: datetime, end: datetime, queues: Iterable[QueueId] | None = None
    ) -> AsyncIterator[tuple[Sample, ...]]:
        """What `between` returns, a day of UTC at a time; no connection is held while the caller is at work."""
        raise NotImplementedError

    async def see(self, glimpses: Iterable[Glimpse]) -> None:
        """Keep what was seen. Of one quarter the longest wait stays, of all else the last that is known."""
        raise NotImplementedError

    async def glimpses(
        self, start: datetime, end: datetime, queues: Iterable[QueueId] | None = None
    ) -> tuple[Glimpse, ...]:
        """In the order of time, then queue and medium. None: of every queue."""
        raise NotImplementedError

    async def prune(self, before: datetime) -> int:
        """Forget samples, glimpses and quarters that start before that: how many samples."""
        raise NotImplementedError
