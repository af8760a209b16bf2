"""“Can we still make target?”: what is left of the running day and half hour, for `/sla … today`.

outlook = Outlook(store.samples, history, holidays=Holidays(…), switches=…)
outlook.of(report)      # () for closed periods, several queues, and rows without a promise
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.alerts.making_target import reach
from bot.domain.alerts.measures import window_of
from bot.domain.alerts.samples import Place
from bot.domain.live import half_hour_of
from bot.domain.period import midnight
from bot.domain.questions import Formula, Grouping
from bot.domain.queues import Media, Target
from bot.domain.sla import Prospect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.alerts.samples import Sample
    from bot.domain.sla import SlaReport, SlaRow, Switches
    from bot.store.samples import Samples
    from bot.usecases.alerts.holidays import Holidays
    from bot.usecases.samples.history import History

TODAY, HALF_HOUR = "today", "this half hour"
_HALF = timedelta(minutes=30)


class Outlook:
    """Reads only what the store has: costs Genesys nothing, and says nothing where the store knows too little."""

    def __init__(self, samples: Samples, history: History, *, holidays: Holidays, switches: Switches) -> None:
        self._samples = samples
        self._history = history
        self._holidays = holidays
        self._switches = switches

    async def of(self, report: SlaReport) -> tuple[Prospect, ...]:
        """For each medium of a single queue: the day, then the half hour; the busiest medium first.

        Only for the running day, by Genesys's formula, held to the queue's own share. On holidays nothing is said:
        what usually still comes does not come.
        """
        places = _promised(report)
        if not places or not _is_running_day(report):
            return ()
        period = report.question.period
        holidays = {each.day for each in await self._holidays.listed()}
        if period.local_start.date() in holidays:
            return ()
        expected = await self._history.expected(places, after=period.end, zone=period.zone, holidays=holidays)
        half_hour = await self._half_hour(report, places)
        prospects = []
        for place, (row, target) in places.items():
            if row.queue is None or row.media is None or row.share is None:
                continue
            coming = expected.get(place)
            within, rated = row.share.within, max(row.share.denominator, 0)
            still = coming.day if coming else None
            of_day = reach(name=TODAY, target=target, within=within, rated=rated, expected=still)
            prospects.append(Prospect(queue=row.queue, media=row.media, reach=of_day))
            if place in half_hour and target.threshold < _HALF:
                within, rated = half_hour[place]
                still = coming.half_hour if coming else None
                of_half = reach(name=HALF_HOUR, target=target, within=within, rated=rated, expected=still)
                prospects.append(Prospect(queue=row.queue, media=row.media, reach=of_half))
        return tuple(prospects)

    async def _half_hour(
        self, report: SlaReport, places: Mapping[Place, tuple[SlaRow, Target]]
    ) -> dict[Place, tuple[int, int]]:
        """In time and rated so far; empty where the half hour has just begun, or was not fetched yet."""
        period = report.question.period
        start = half_hour_of(period.end, period.zone).start
        if start >= period.end or await self._samples.missing(start, period.end):
            return {}
        by_place: dict[Place, list[Sample]] = defaultdict(list)
        for sample in await self._samples.between(start, period.end, {place.queue for place in places}):
            by_place[sample.place].append(sample)
        found = {}
        for place, (_, target) in places.items():
            if all(target.threshold in sample.within for sample in by_place[place]):
                amounts = window_of(by_place[place], threshold=target.threshold, switches=self._switches)
                found[place] = amounts.in_time, max(amounts.rated, 0)
        return found


def _promised(report: SlaReport) -> dict[Place, tuple[SlaRow, Target]]:
    """The rows of a single queue that a share is promised for, busiest first."""
    question = report.question
    if len(report.queues) != 1 or question.by is not Grouping.QUEUE or question.formula is not Formula.GENESYS:
        return {}
    rows = sorted(report.rows, key=lambda row: -row.counts.offered)
    return {
        Place(row.queue.id, row.media): (row, Target(share=row.target.share, threshold=row.threshold))
        for row in rows
        if row.queue and row.media and row.media is not Media.CALLBACK and row.target and row.threshold and row.share
    }


def _is_running_day(report: SlaReport) -> bool:
    period = report.question.period
    day = period.local_start.date()
    begins = period.start == midnight(day, period.zone)
    return period.running and begins and period.end < midnight(day + timedelta(days=1), period.zone)
