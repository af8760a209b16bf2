"""The last hours of an incident's queue, quarter hour by quarter hour."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks.alerts.details import Quarter
from bot.domain.alerts.measures import window_of
from bot.domain.alerts.samples import Place
from bot.domain.sla import Share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain.alerts.samples import Glimpse, Sample
    from bot.domain.alerts.states import Incident, IncidentId
    from bot.domain.sla import Switches
    from bot.store.samples import Samples

LONG = timedelta(hours=2)
"""Before the end of an incident, or now."""


class Courses:
    """Costs two reads of the database."""

    def __init__(self, samples: Samples, *, switches: Switches) -> None:
        self._samples = samples
        self._switches = switches

    async def of(self, incidents: Sequence[Incident], *, until: datetime) -> Mapping[IncidentId, Sequence[Quarter]]:
        """Oldest first; what was not counted is not there."""
        found: dict[IncidentId, Sequence[Quarter]] = {}
        for one in incidents:
            if one.watched.media is None:
                continue
            end = one.ended_at or until
            place = Place(one.watched.queue, one.watched.media)
            samples = await self._samples.between(end - LONG, end, [place.queue])
            seen = {each.start: each for each in await self._samples.glimpses(end - LONG, end, [place.queue])}
            threshold = next((each.threshold for each in one.evidence.found if each.threshold), None)
            found[one.id] = [
                self._quarter(sample, threshold, seen.get(sample.start)) for sample in samples if sample.place == place
            ]
        return found

    def _quarter(self, sample: Sample, threshold: timedelta | None, seen: Glimpse | None) -> Quarter:
        amounts = window_of([sample], threshold=threshold, switches=self._switches)
        handled = amounts.times.handled
        return Quarter(
            start=sample.start,
            offered=amounts.offered,
            share=Share(within=amounts.in_time, denominator=amounts.rated) if threshold else None,
            abandoned=amounts.abandoned,
            aht=handled.total / handled.count if handled.count else None,
            on_queue=seen.on_queue if seen else None,
            waiting=seen.waiting if seen else None,
        )
