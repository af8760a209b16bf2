"""Which requests answer a question about time: as few as the periods allow. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.period import LENGTHS, Grain, buckets, into, midnight
from bot.genesys.wire_aggregates import Slice, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bot.domain.dimensions import Dimension
    from bot.domain.period import Period

MOST_DAYS = 31
"""Days in one request; the platform's own limit is not documented."""
MOST_DAYS_APART = 8
"""From one single day to the next, of those that share a request: the days between are asked for, too."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_STEPS = {"PT1H": _HOUR, "PT30M": timedelta(minutes=30), "PT15M": timedelta(minutes=15)}
_USUAL = {Grain.DAY: "P1D", Grain.HOUR: "PT1H", Grain.HALF_HOUR: "PT30M"}
_CAREFUL = {Grain.DAY: "PT1H", Grain.HOUR: "PT15M", Grain.HALF_HOUR: "PT15M"}


class Misaligned(Exception):
    """The platform cut buckets elsewhere than expected: their counts cannot be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A stretch of time whose counts go to one place of the answer."""

    start: datetime
    end: datetime
    period: int
    """Position among the periods of the question."""
    bucket_start: datetime | None
    room: datetime
    """Where the platform's bucket may end: a last hour or day that is cut short is reported either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One span to ask for, and where its counts go."""

    span: Span
    slots: tuple[Slot, ...]
    """In time order, without overlaps."""

    @property
    def shared(self) -> bool:
        """Whether several periods share it."""
        return len({slot.period for slot in self.slots}) > 1

    def slot_of(self, piece: Slice) -> Slot | None:
        """The slot `piece` belongs to; None if it is between slots. Raises Misaligned if it straddles one's edge."""
        if self.span.granularity is None:
            return self.slots[0]
        after = bisect_right(self.slots, piece.start, key=attrgetter("start"))
        for slot in self.slots[max(after - 1, 0) : after + 1]:
            if slot.start <= piece.start < slot.end and piece.end <= slot.room:
                return slot
            if piece.start < slot.end and slot.start < piece.end:
                raise Misaligned(f"{piece.start.isoformat()}/{piece.end.isoformat()}")
        return None


def plan(periods: Sequence[Period], grain: Grain | None, *, careful: bool = False) -> tuple[Part, ...]:
    """The spans to ask for.

    Periods that are not cut by the grain share one span when all are the same number of whole local days and abut, or
    are single days at most `MOST_DAYS_APART` apart. `careful` asks for hours to make days of, and for quarters to make
    hours and half hours of: where a day does not begin at 00:00, or when the platform cuts buckets elsewhere.
    """
    parts: list[Part] = []
    whole = dict(enumerate(periods))
    if grain is not None:
        parts.extend(_cut(whole.pop(0), 0, grain, (_CAREFUL if careful else _USUAL)[grain]))
    shared = _shared(whole) if len(whole) > 1 and not careful else None
    if shared is not None:
        return (*parts, shared)
    for position, period in whole.items():
        parts.extend(_whole(period, position))
    return tuple(parts)


def detailed(parts: Iterable[Part], *, by: frozenset[Dimension], times: bool) -> tuple[Part, ...]:
    """The same parts with more dimensions told apart, and with lengths of time."""
    return tuple(replace(part, span=replace(part.span, by=by, times=times)) for part in parts)


def halves(span: Span) -> tuple[Span, Span] | None:
    """Two spans that add up to this one, cut where one of its buckets ends; None when it is too short to cut."""
    if span.granularity is None:
        middle = span.start + (span.end - span.start) // 2 // _HOUR * _HOUR
    else:
        edges = tuple(_edges(span))
        if not edges:
            return halves(replace(span, granularity=None, zone=None))
        middle = edges[len(edges) // 2]
    if not span.start < middle < span.end:
        return None
    return replace(span, end=middle), replace(span, start=middle)


def _whole_days(period: Period) -> int | None:
    first, last = period.local_start.date(), period.local_end.date()
    whole = period.start == midnight(first, period.zone) and period.end == midnight(last, period.zone)
    return (last - first).days if whole else None


def _shared(periods: Mapping[int, Period]) -> Part | None:
    """One span for all of them, by their positions; None where that cannot be, or would be long."""
    by_time = sorted(periods.items(), key=lambda item: item[1].start)
    (_, first), (_, last) = by_time[0], by_time[-1]
    days = _whole_days(first)
    if not days or any(_whole_days(period) != days or period.zone != first.zone for period in periods.values()):
        return None
    abut = all(one.end == other.start for (_, one), (_, other) in pairwise(by_time))
    starts = [period.local_start.date() for _, period in by_time]
    near = days == 1 and all(1 <= (later - day).days <= MOST_DAYS_APART for day, later in pairwise(starts))
    if not (abut or near) or (starts[-1] - starts[0]).days + days > MOST_DAYS:
        return None
    slots = tuple(
        Slot(start=period.start, end=period.end, period=position, bucket_start=None, room=period.end)
        for position, period in by_time
    )
    return Part(span=Span(start=first.start, end=last.end, granularity=f"P{days}D", zone=first.zone.key), slots=slots)


def _whole(period: Period, position: int) -> Iterator[Part]:
    for start, end in _pieces(Slice(period.start, period.end), period.zone):
        slot = Slot(start=start, end=end, period=position, bucket_start=None, room=end)
        yield Part(span=Span(start=start, end=end), slots=(slot,))


def _cut(period: Period, position: int, grain: Grain, granularity: str) -> Iterator[Part]:
    slots = tuple(_slots(period, position, grain))
    first = slots[0]
    if not _begins(first.start, period.zone, grain):
        # Where the platform starts to count from an odd instant is not documented.
        yield Part(span=Span(start=first.start, end=first.end), slots=(first,))
        slots = slots[1:]
    if not slots:
        return
    for start, end in _pieces(Slice(slots[0].start, period.end), period.zone):
        span = Span(start=start, end=end, granularity=granularity, zone=period.zone.key)
        yield Part(span=span, slots=tuple(slot for slot in slots if start <= slot.start < end))


def _slots(period: Period, position: int, grain: Grain) -> Iterator[Slot]:
    for bucket in buckets(period, grain):
        local = bucket.start.astimezone(period.zone)
        if grain is Grain.DAY:
            room = midnight(local.date() + _DAY, period.zone)
        else:
            room = bucket.start - into(local, grain) + LENGTHS[grain]
        yield Slot(start=bucket.start, end=bucket.end, period=position, bucket_start=bucket.start, room=room)


def _begins(moment: datetime, zone: ZoneInfo, grain: Grain) -> bool:
    """Whether a local day, hour or half hour begins at this instant."""
    local = moment.astimezone(zone)
    return moment == midnight(local.date(), zone) if grain is Grain.DAY else not into(local, grain)


def _pieces(whole: Slice, zone: ZoneInfo) -> Iterator[Slice]:
    """Stretches of at most `MOST_DAYS`, cut at local midnights."""
    start = whole.start
    while whole.end - start > timedelta(days=MOST_DAYS):
        day = start.astimezone(zone).date() + timedelta(days=MOST_DAYS)
        while (end := midnight(day, zone)) - start > timedelta(days=MOST_DAYS):
            day -= _DAY
        yield Slice(start, end)
        start = end
    yield Slice(start, whole.end)


def _edges(span: Span) -> Iterator[datetime]:
    """Where buckets of the span end, its own end not included."""
    granularity = span.granularity or ""
    if granularity in _STEPS:
        edge = span.start + _STEPS[granularity]
        while edge < span.end:
            yield edge
            edge += _STEPS[granularity]
        return
    zone = ZoneInfo(span.zone or "UTC")
    step = timedelta(days=int(granularity.removeprefix("P").removesuffix("D")))
    day = span.start.astimezone(zone).date() + step
    while (edge := midnight(day, zone)) < span.end:
        yield edge
        day += step
