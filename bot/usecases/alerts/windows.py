"""The last hours of every place in memory, added up once for all rules that look at the same window."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from bot.domain.alerts.measures import window_of
from bot.domain.alerts.samples import QUARTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime, timedelta

    from bot.domain.alerts.samples import Place, Sample
    from bot.domain.amounts import Amounts
    from bot.domain.ids import QueueId
    from bot.domain.queues import Media
    from bot.domain.sla import Switches


class Windows:
    """Quarter hours up to an end; of a place without samples nothing is known but that there were no contacts."""

    def __init__(self, samples: Iterable[Sample], *, switches: Switches, end: datetime) -> None:
        """In the order of time; `end` is of the last quarter hour that Genesys gave."""
        self.end = end
        self._switches = switches
        self._by_place: dict[Place, list[Sample]] = defaultdict(list)
        self._media: dict[QueueId, set[Media]] = defaultdict(set)
        self._sums: dict[tuple[Place, datetime, timedelta, timedelta | None], Amounts] = {}
        self.start = end
        """From where on there are any."""
        for sample in samples:
            self.start = min(self.start, sample.start)
            self._by_place[sample.place].append(sample)
            self._media[sample.place.queue].add(sample.place.media)

    def media(self, queue: QueueId) -> frozenset[Media]:
        """Those that had contacts."""
        return frozenset(self._media.get(queue, ()))

    def sample(self, place: Place, end: datetime) -> Sample | None:
        """The quarter hour that ended then; None: no contacts."""
        return next((sample for sample in reversed(self._by_place.get(place, ())) if sample.end == end), None)

    def sums(self, place: Place, end: datetime, length: timedelta) -> Callable[[timedelta | None], Amounts]:
        """The `length` until `end`, by threshold; as `/sla` counts the same closed period."""

        def of(threshold: timedelta | None) -> Amounts:
            key = place, end, length, threshold
            if key not in self._sums:
                samples = self._by_place.get(place, [])
                first = bisect_left(samples, end - length, key=lambda sample: sample.start)
                last = bisect_left(samples, end, key=lambda sample: sample.start)
                self._sums[key] = window_of(samples[first:last], threshold=threshold, switches=self._switches)
            return self._sums[key]

        return of

    def started(self, start: datetime) -> list[Sample]:
        """The quarter hours of all places that started then."""
        return [sample for place in self._by_place if (sample := self.sample(place, start + QUARTER))]

    def total(self, end: datetime) -> int:
        """Contacts of all places in the quarter hour that ended then: entered, left, or done with."""
        found = (self.sample(place, end) for place in self._by_place)
        return sum(
            one.offered + one.answered + one.abandoned + one.flow_out + one.times.handled.count for one in found if one
        )
