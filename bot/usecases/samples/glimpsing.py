"""What was seen of the queues within the running quarter hour, until it is over and can be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.alerts.samples import Glimpse, Place, quarter_of

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.ids import QueueId
    from bot.domain.live import Observed
    from bot.genesys.wire_observations import Observations
    from bot.store.samples import Samples


class Glimpsing:
    """Kept in memory, and written once in a quarter hour."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._start: datetime | None = None
        self._seen: dict[QueueId, dict[Place, Glimpse]] = {}
        self._busy: set[Place] = set()
        """Where somebody waited or was served."""

    async def see(self, seen: Observations) -> None:
        """Every observation, of all queues or some; writes those of a quarter hour when the next one begins."""
        start = quarter_of(seen.as_of)
        if start != self._start:
            await self.flush()
            self._start = start
        for queue, observed in seen.by_queue.items():
            mine = self._seen.setdefault(queue, {})
            for glimpse in _glimpses(queue, observed, start):
                mine[glimpse.place] = _both(mine.get(glimpse.place), glimpse)
            self._busy |= {Place(queue, each.media) for each in observed.contacts if each.active}

    async def flush(self) -> None:
        """Write what is in memory: before the process ends, and before a quarter hour that is over is judged."""
        worth = [glimpse for mine in self._seen.values() for glimpse in self._worth(mine)]
        if worth:
            await self._samples.see(worth)
        self._seen, self._busy = {}, set()

    def _worth(self, mine: dict[Place, Glimpse]) -> list[Glimpse]:
        """Those of places where something went on; of a queue where nothing did, one that tells of its agents."""
        busy = [glimpse for place, glimpse in mine.items() if place in self._busy]
        return busy or [glimpse for glimpse in mine.values() if glimpse.on_queue][:1]


def _glimpses(queue: QueueId, observed: Observed, start: datetime) -> list[Glimpse]:
    agents = observed.agents
    return [
        Glimpse(
            place=Place(queue, each.media),
            start=start,
            waiting=each.waiting,
            oldest_wait=each.longest_wait,
            on_queue=agents.on_queue if agents else None,
            available=agents.available if agents else None,
        )
        for each in observed.contacts
    ]


def _both(before: Glimpse | None, now: Glimpse) -> Glimpse:
    """The longest wait of both, and of all else the latest that is known."""
    if before is None:
        return now
    waits = [wait for wait in (before.oldest_wait, now.oldest_wait) if wait is not None]
    return Glimpse(
        place=now.place,
        start=now.start,
        waiting=before.waiting if now.waiting is None else now.waiting,
        oldest_wait=max(waits, default=None),
        on_queue=before.on_queue if now.on_queue is None else now.on_queue,
        available=before.available if now.available is None else now.available,
    )
