"""When queues are usually open, as the contacts of four weeks tell: Genesys Cloud has no hours of a queue."""

from __future__ import annotations

from collections import defaultdict
from datetime import time, timedelta
from typing import TYPE_CHECKING

from bot.domain.alerts.rules import Hours
from bot.domain.alerts.samples import QUARTER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.samples import Sample
    from bot.domain.ids import QueueId
    from bot.store.samples import Samples

LOOKED_BACK = timedelta(weeks=4)
LEAST_DAYS = 2
"""A quarter hour in which somebody called on one day only is no opening hour."""
MOST_QUEUES = 10
"""Of more, four weeks are too much to read for a press of a button."""
ALL_DAY = timedelta(hours=22)


class Openings:
    """Costs one read of the database."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    async def usual(self, queues: Collection[QueueId], *, zone: ZoneInfo, now: datetime) -> Hours | None:
        """None where it is open round the clock, or nothing can be told."""
        if not 0 < len(queues) <= MOST_QUEUES:
            return None
        return hours_of(await self._samples.between(now - LOOKED_BACK, now, queues), zone=zone)


def hours_of(samples: Iterable[Sample], *, zone: ZoneInfo) -> Hours | None:
    """From the first to the last quarter hour in which contacts usually come, on the weekdays that have some."""
    seen: dict[tuple[int, time], set[date]] = defaultdict(set)
    for sample in samples:
        if sample.offered:
            local = sample.start.astimezone(zone)
            seen[local.weekday(), local.time()].add(local.date())
    usual = [slot for slot, days in seen.items() if len(days) >= LEAST_DAYS]
    if not usual:
        return None
    first, last = min(start for _, start in usual), max(start for _, start in usual)
    begins, ends = (timedelta(hours=each.hour, minutes=each.minute) for each in (first, last))
    ends += QUARTER
    if ends - begins >= ALL_DAY:
        return None
    hour, minute = divmod(ends // timedelta(minutes=1), 60)
    return Hours(days=frozenset(day for day, _ in usual), start=first, end=time(hour % 24, minute))
