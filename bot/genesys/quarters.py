"""Counts by quarter hour, for those who keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.alerts.samples import QUARTER, quarter_of
from bot.errors import GenesysUnreadable
from bot.genesys.pace import Priority
from bot.genesys.wire_aggregates import Span

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from bot.domain.ids import QueueId
    from bot.genesys.fetching import Fetching, Held

QUARTERS = "PT15M"


class Quarters:
    """Asks past the cache: what is kept for good would only push out there what people asked a moment ago."""

    def __init__(self, fetching: Fetching) -> None:
        self._fetching = fetching

    async def held(
        self,
        start: datetime,
        end: datetime,
        wants: Mapping[QueueId, frozenset[timedelta]],
        *,
        priority: Priority = Priority.HISTORY,
    ) -> Mapping[QueueId, Held]:
        """Every queue of `wants` by medium and quarter hour of UTC, with lengths of time, all or none.

        `start` and `end` are on quarters. What is not in `Held.tallies` had no events. Costs one request for up to 100
        queues and 10 distinct thresholds, and more where the platform finds that too heavy. Raises GenesysError.
        Source: POST /api/v2/analytics/conversations/aggregates/query with granularity PT15M in UTC.
        """
        span = Span(start=start, end=end, granularity=QUARTERS, zone="UTC", times=True)
        held = await self._fetching.fetch(span, wants, priority)
        for one in held.values():
            for place in one.tallies:
                cut = place.slice
                if cut.start != quarter_of(cut.start) or cut.end - cut.start != QUARTER:
                    # Counts that lie across an edge cannot be told apart, and would be kept as if they could.
                    raise GenesysUnreadable(f"bucket {cut.start.isoformat()}/{cut.end.isoformat()} is no quarter hour")
        return held
