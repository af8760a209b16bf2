"""Reads from the store what is usual, and what usually still comes."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from bot.domain.alerts.measures import window_of
from bot.domain.alerts.samples import QUARTER, quarter_of
from bot.domain.live import half_hour_of
from bot.domain.period import midnight
from bot.usecases.samples.counted import rated_of
from bot.usecases.samples.reading import in_pieces
from bot.usecases.samples.usual import Expected, Usual, middle, weeks_before

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from bot.domain.alerts.samples import Glimpse, Place, Sample
    from bot.domain.amounts import Amounts
    from bot.domain.ids import QueueId
    from bot.domain.sla import Switches
    from bot.store.samples import Samples

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)

_UNKNOWN = Expected(None, None)


class History:
    """A few reads of the database for each week looked back, whatever the number of places."""

    def __init__(self, samples: Samples, *, switches: Switches) -> None:
        self._samples = samples
        self._switches = switches

    async def usual(
        self,
        places: Mapping[Place, timedelta | None],
        *,
        end: datetime,
        window: timedelta,
        zone: ZoneInfo,
        holidays: Collection[date] = (),
    ) -> Mapping[Place, Usual]:
        """The `window` until `end` at the same local time of the eight weeks before, each place with the threshold that
        it is held to.

        `end` is on a quarter of an hour. A week in which a part was never fetched, or whose day is one of `holidays`,
        is left out; one in which nothing happened is not.
        """
        queues = {place.queue for place in places}
        weeks: defaultdict[Place, list[Amounts]] = defaultdict(list)
        agents: defaultdict[QueueId, list[int]] = defaultdict(list)
        for first, last in weeks_before(end - window, end, zone, holidays):
            for queue, on_queue in _on_queue(await self._samples.glimpses(first, last, queues)).items():
                agents[queue].append(on_queue)
            known = await self._known(first, last, queues)
            if known is not None:
                for place, threshold in places.items():
                    weeks[place].append(window_of(known[place], threshold=threshold, switches=self._switches))
        return {
            place: Usual(weeks=tuple(weeks[place]), on_queue=_rounded(middle(agents[place.queue]))) for place in places
        }

    async def expected(
        self,
        places: Collection[Place],
        *,
        after: datetime,
        zone: ZoneInfo,
        holidays: Collection[date] = (),
    ) -> Mapping[Place, Expected]:
        """Rated contacts that usually still come after `after`, the end of the counts at hand; medians of the weeks.

        Of a quarter hour that `after` lies in, they come evenly.
        """
        queues = {place.queue for place in places}
        local = after.astimezone(zone)
        half_hour = half_hour_of(after, zone).end
        day = midnight(local.date() + _DAY, zone)
        until_half: defaultdict[Place, list[Fraction]] = defaultdict(list)
        until_night: defaultdict[Place, list[Fraction]] = defaultdict(list)
        for first, last in weeks_before(after, day, zone, holidays):
            known = await self._known(quarter_of(first), last, queues)
            if known is None:
                continue
            for place in places:
                until_half[place].append(self._rated(known[place], first, first + (half_hour - after)))
                until_night[place].append(self._rated(known[place], first, last))
        silent = {place for place in places if not any(until_night[place])}
        unknown = silent - await self._opened(silent, after, zone, holidays)
        return {
            place: _UNKNOWN
            if place in unknown
            else Expected(_rounded(middle(until_night[place])), _rounded(middle(until_half[place])))
            for place in places
        }

    async def _opened(
        self, places: Collection[Place], after: datetime, zone: ZoneInfo, holidays: Collection[date]
    ) -> set[Place]:
        """Those that had contacts earlier on such days: that none comes any more is known of them."""
        if not places:
            return set()
        begins = midnight(after.astimezone(zone).date(), zone)
        queues = {place.queue for place in places}
        opened: set[Place] = set()
        for first, last in weeks_before(begins, after, zone, holidays):
            known = await self._known(quarter_of(first), last, queues)
            opened |= {place for place in places if known and known[place]}
        return opened

    async def _known(
        self, start: datetime, end: datetime, queues: Collection[QueueId]
    ) -> Mapping[Place, Sequence[Sample]] | None:
        """None where a quarter hour was never fetched."""
        if await self._samples.missing(start, end):
            return None
        found: defaultdict[Place, list[Sample]] = defaultdict(list)
        async for some in in_pieces(self._samples, start, end, queues):
            for sample in some:
                found[sample.place].append(sample)
        return found

    def _rated(self, samples: Iterable[Sample], start: datetime, end: datetime) -> Fraction:
        """Contacts that a service level divides by, of each quarter hour the share that lies between."""
        whole, part = 0, Fraction()
        for sample in samples:
            inside = min(sample.end, end) - max(sample.start, start)
            if inside == QUARTER:
                whole += rated_of(sample, self._switches)
            elif inside > timedelta():
                part += rated_of(sample, self._switches) * Fraction(inside // _MOMENT, QUARTER // _MOMENT)
        return whole + part


def _on_queue(glimpses: Iterable[Glimpse]) -> dict[QueueId, int]:
    """The latest of each queue, whatever the medium."""
    return {seen.place.queue: seen.on_queue for seen in glimpses if seen.on_queue is not None}


def _rounded(value: Fraction | None) -> int | None:
    """Half up."""
    return None if value is None else int(value + Fraction(1, 2))
