"""The detectors of what is unusual: one for each place and way of looking, in memory, learnt from the store.

They are fed with each complete quarter hour. After a restart the same rows bring them to the same state.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.alerts.quarters import Quarter
from bot.domain.alerts.rules import Kind, Preset
from bot.domain.alerts.samples import KEPT, QUARTER, Place, quarter_of
from bot.domain.alerts.unusual import Detector
from bot.domain.alerts.zscore import ZScore
from bot.domain.live import PATIENT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime, timedelta
    from fractions import Fraction

    from bot.domain.alerts.rules import Terms
    from bot.domain.alerts.samples import Glimpse, Sample
    from bot.domain.alerts.unusual import Verdict
    from bot.domain.ids import QueueId
    from bot.domain.queues import Queue
    from bot.store.samples import Samples
    from bot.usecases.alerts.plan import Plan

READ_AT_ONCE = 1_000
"""Queues times quarter hours that are read together: some ten milliseconds in which nobody else has a turn."""
_NONE: frozenset[date] = frozenset()


class Way(NamedTuple):
    """How a place is looked at; rules that agree in it share a detector."""

    preset: Preset | None
    """None: the plain z-score."""
    z: Fraction
    zone: str
    holidays: bool

    @classmethod
    def of(cls, terms: Terms) -> Way:
        unusual = terms.kind is Kind.UNUSUAL
        return cls(terms.preset if unusual else None, terms.z, terms.zone.key if unusual else "", terms.holidays)


def ways_of(plan: Plan) -> Mapping[QueueId, Collection[Way]]:
    """In which ways each queue is looked at."""
    ways: dict[QueueId, set[Way]] = defaultdict(set)
    for each in plan.planned:
        if each.terms.kind is not Kind.THRESHOLD:
            way = Way.of(each.terms)
            for queue in each.queues:
                ways[queue.id].add(way)
    return ways


class Detecting:
    """All detectors of a plan, fed up to the same moment."""

    def __init__(
        self, plan: Plan, *, holidays: frozenset[date], normal_since: Mapping[Place, datetime], end: datetime
    ) -> None:
        """`end` is up to where they are fed: nothing, to begin with."""
        self._holidays = holidays
        self._normal_since = normal_since
        self._queues: Mapping[QueueId, Queue] = plan.queues
        self._ways = ways_of(plan)
        self._detectors: dict[Place, dict[Way, Detector | ZScore]] = {}
        self._places: dict[QueueId, list[Place]] = defaultdict(list)
        self._verdicts: dict[tuple[Place, Way], Verdict] = {}
        self.end = end

    @property
    def wanted(self) -> bool:
        """Whether any rule needs a detector."""
        return bool(self._ways)

    @classmethod
    async def learnt(
        cls,
        plan: Plan,
        samples: Samples,
        *,
        end: datetime,
        holidays: frozenset[date],
        normal_since: Mapping[Place, datetime],
    ) -> Detecting:
        """Fed with everything that is kept up to `end`; arithmetic of some seconds for forty queues, in a thread."""
        start = quarter_of(end - KEPT)
        detecting = cls(plan, holidays=holidays, normal_since=normal_since, end=start)
        if not detecting.wanted:
            detecting.end = end
            return detecting
        step = max(1, READ_AT_ONCE // len(detecting.queues)) * QUARTER
        while start < end:
            until = min(start + step, end)
            some = await samples.between(start, until, detecting._ways)
            seen = await samples.glimpses(start, until, detecting._ways)
            fetched = await samples.fetched(start, until)
            await asyncio.to_thread(detecting.feed, some, seen, tuple(fetched))
            start = until
        detecting.end = end
        return detecting

    def feed(self, samples: Iterable[Sample], glimpses: Iterable[Glimpse], starts: Iterable[datetime]) -> None:
        """The quarter hours from `starts`, in order: a place without a sample had no contacts in them."""
        counted = {(sample.place, sample.start): sample for sample in samples}
        seen = {(glimpse.place, glimpse.start): glimpse for glimpse in glimpses}
        new = {place for place, _ in counted if place.queue in self._ways} - self._detectors.keys()
        for place in sorted(new):
            self._detectors[place] = {way: self._made(place, way) for way in self._ways[place.queue]}
            self._places[place.queue].append(place)
        for start in starts:
            for place, ways in self._detectors.items():
                sample, glimpse = counted.get((place, start)), seen.get((place, start))
                for way, detector in ways.items():
                    self._feed(place, way, detector, start, sample, glimpse)
            self.end = max(self.end, start + QUARTER)

    @property
    def queues(self) -> Collection[QueueId]:
        """Those that any rule needs a detector for."""
        return self._ways.keys()

    def places(self, queue: QueueId) -> list[Place]:
        """Those of the queue that have ever had contacts."""
        return self._places.get(queue, [])

    def verdict(self, place: Place, terms: Terms) -> Verdict | None:
        """The last one; None: nothing was judged yet."""
        return self._verdicts.get((place, Way.of(terms)))

    def look(self, place: Place, terms: Terms, *, waiting: int, oldest_wait: timedelta | None, at: datetime) -> None:
        """Between quarter hours: who is waiting now."""
        way = Way.of(terms)
        detector = self._detectors.get(place, {}).get(way)
        known = self._verdicts.get((place, way))
        if isinstance(detector, Detector) and known is not None:
            self._verdicts[place, way] = detector.live(waiting, oldest_wait, at)

    def _made(self, place: Place, way: Way) -> Detector | ZScore:
        if way.preset is None:
            return ZScore(way.z)
        holidays = self._holidays if way.holidays else _NONE
        return Detector(ZoneInfo(way.zone), way.preset, holidays, self._normal_since.get(place))

    def _feed(
        self,
        place: Place,
        way: Way,
        detector: Detector | ZScore,
        start: datetime,
        sample: Sample | None,
        glimpse: Glimpse | None,
    ) -> None:
        if sample is None:
            if isinstance(detector, Detector) and not detector.usually_open(start):
                # Closed: what was unusual in the last row is not so all night.
                if self._verdicts.pop((place, way), None):
                    detector.alarm.restart()
                return
            row = Quarter(start=start)
        else:
            queue = self._queues.get(place.queue)
            target = queue.targets.get(place.media) if queue else None
            # Who writes an e-mail is not in line: long waits are no alarm.
            seen = None if place.media in PATIENT else glimpse
            row = Quarter.of(sample, target.threshold if target else None, seen)
        verdict = detector.feed(row)
        if verdict is not None:
            self._verdicts[place, way] = verdict
        elif isinstance(detector, Detector):
            self._verdicts.pop((place, way), None)
