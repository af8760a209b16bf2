"""From Genesys's counts to the rows of an answer; pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import replace
from functools import cached_property, reduce
from operator import add
from typing import TYPE_CHECKING

from bot.domain.period import Grain, buckets
from bot.domain.questions import Grouping
from bot.domain.queues import Media, Queue
from bot.domain.sla import Counts, Share, SlaReport, SlaRow, Switches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import timedelta

    from bot.domain.ids import QueueId
    from bot.domain.period import Bucket, Period
    from bot.domain.questions import ReportQuestion, SlaQuestion
    from bot.genesys.tallies import Tallies, Tally, TallyKey

FEW = 20
"""Contacts below which a share says little: such rows come after the others."""

FOREIGN = 10
"""A queue whose own promise is so many times longer than the threshold asked for is not bad but of another kind: e-mail
that is promised in a day misses every thirty seconds, and would hide the voice queues that should be looked at."""

GRAINS = {Grouping.HOUR: Grain.HOUR, Grouping.DAY: Grain.DAY}


def thresholds_of(
    question: SlaQuestion | ReportQuestion, queues: Iterable[Queue]
) -> dict[QueueId, frozenset[timedelta]]:
    """Which thresholds each queue's answers are counted with: the one asked for, or those that the queue promises."""
    if question.threshold is not None:
        asked = frozenset({question.threshold})
        return {queue.id: asked for queue in queues}
    return {queue.id: frozenset(target.threshold for target in queue.targets.values()) for queue in queues}


def sla_report(
    question: SlaQuestion,
    *,
    queues: Sequence[Queue],
    switches: Switches,
    tallies: Tallies,
    compared_with: Period | None,
) -> SlaReport:
    """`tallies` holds the period asked about and, when there is one, the period compared with."""
    now = Lines(question, queues, switches, tallies.by_period[0])
    past = Lines(question, queues, switches, tallies.by_period[1]).by_queue() if compared_with else None
    lines = now.by_queue(past or ())
    blended = without_callbacks(lines)
    apart = () if blended is lines else tuple(line for line in lines if line.media is Media.CALLBACK)
    heard = {line.queue.id for line in lines if line.queue}
    rows: tuple[SlaRow, ...]
    match question.by:
        case Grouping.QUEUE:
            rows = tuple(sorted(lines, key=_worst_first))
        case Grouping.MEDIA:
            rows = tuple(sorted(_by_media(lines, past), key=_worst_first))
        case Grouping.HOUR | Grouping.DAY:
            rows = now.by_bucket(buckets(question.period, GRAINS[question.by]), callbacks=blended is lines)
    return SlaReport(
        question=question,
        switches=switches,
        queues=tuple(queues),
        as_of=tallies.as_of,
        compared_with=compared_with,
        rows=rows,
        silent=tuple(queue for queue in queues if queue.id not in heard),
        total=added(blended, previous=_previous_total(past, callbacks=blended is lines)),
        apart=tuple(sorted(apart, key=_worst_first)),
        query=tallies.bodies[0] if tallies.bodies else "",
    )


def without_callbacks(lines: tuple[SlaRow, ...]) -> tuple[SlaRow, ...]:
    """What makes a total: callbacks are no part of it, unless there is nothing else."""
    return tuple(line for line in lines if line.media is not Media.CALLBACK) or lines


class Lines:
    """The counts of one period, seen through a question's threshold and formula."""

    def __init__(
        self,
        question: SlaQuestion,
        queues: Sequence[Queue],
        switches: Switches,
        tallies: Mapping[TallyKey, Tally],
    ) -> None:
        self._question = question
        self._switches = switches
        self._queues = {queue.id: queue for queue in queues}
        self._tallies = {key: tally for key, tally in tallies.items() if key.queue in self._queues}

    def by_queue(self, past: Iterable[SlaRow] = ()) -> tuple[SlaRow, ...]:
        """A row for each queue and medium in which something happened, in no order; `past` is the same of earlier."""
        merged: dict[tuple[QueueId, Media], list[Tally]] = defaultdict(list)
        for key, tally in self._tallies.items():
            merged[key.queue, key.media].append(tally)
        earlier = {(row.queue, row.media): row.share for row in past}
        rows = (self._row(self._queues[queue], media, parts) for (queue, media), parts in merged.items())
        return tuple(
            replace(row, previous=earlier.get((row.queue, row.media))) for row in rows if not row.counts.silent
        )

    def by_bucket(self, expected: Sequence[Bucket], *, callbacks: bool) -> tuple[SlaRow, ...]:
        """A row for each bucket in time order, made of everything that begins in it; callbacks are summed only where
        there is nothing else.
        """
        starts = [bucket.start for bucket in expected]
        inside: list[list[SlaRow]] = [[] for _ in expected]
        for key, row in self.cells:
            if key.bucket_start is not None and (callbacks or key.media is not Media.CALLBACK):
                inside[bisect_right(starts, key.bucket_start) - 1].append(row)
        return tuple(added(rows, bucket=bucket) for rows, bucket in zip(inside, expected, strict=True))

    @cached_property
    def cells(self) -> tuple[tuple[TallyKey, SlaRow], ...]:
        """A row for each queue, medium and bucket as they were counted, in no order."""
        return tuple((key, self._row(self._queues[key.queue], key.media, [t])) for key, t in self._tallies.items())

    def _row(self, queue: Queue, media: Media, parts: Sequence[Tally]) -> SlaRow:
        target = queue.targets.get(media)
        threshold = self._question.threshold or (target.threshold if target else None)
        counts = reduce(add, [_counts(part, threshold) for part in parts])
        share = None
        if threshold:
            share = Share(within=counts.within, denominator=counts.denominator(self._question.formula, self._switches))
        at_target = target is not None and threshold == target.threshold
        reported = parts[0].reported if at_target and len(parts) == 1 else None
        return SlaRow(
            queue=queue, media=media, threshold=threshold, target=target, counts=counts, share=share, reported=reported
        )


def _counts(part: Tally, threshold: timedelta | None) -> Counts:
    return Counts(
        offered=part.offered,
        answered=part.answered,
        abandoned=part.abandoned,
        short_abandoned=part.short_abandoned,
        flow_out=part.flow_out,
        within=part.within.get(threshold, 0) if threshold else 0,
    )


def _by_media(lines: Iterable[SlaRow], past: Iterable[SlaRow] | None) -> Iterable[SlaRow]:
    """A line for each medium; the total leaves callbacks out as it does everywhere."""
    groups: dict[Media | None, list[SlaRow]] = defaultdict(list)
    for line in lines:
        groups[line.media].append(line)
    earlier: dict[Media | None, list[SlaRow]] = defaultdict(list)
    for line in past or ():
        earlier[line.media].append(line)
    for media, group in groups.items():
        previous = added(earlier[media]).share if past is not None else None
        yield added(group, media=media, previous=previous)


def _previous_total(past: Iterable[SlaRow] | None, *, callbacks: bool) -> Share | None:
    if past is None:
        return None
    return added([row for row in past if callbacks or row.media is not Media.CALLBACK]).share


def added(
    rows: Sequence[SlaRow],
    *,
    media: Media | None = None,
    bucket: Bucket | None = None,
    previous: Share | None = None,
) -> SlaRow:
    """Numerators and denominators added up, divided once; a row without a threshold lends its counts but no share."""
    rated = [row.share for row in rows if row.share is not None]
    thresholds = {row.threshold for row in rows}
    return SlaRow(
        media=media,
        bucket=bucket,
        threshold=thresholds.pop() if len(thresholds) == 1 else None,
        counts=sum((row.counts for row in rows), Counts()),
        share=Share(within=sum(share.within for share in rated), denominator=sum(share.denominator for share in rated))
        if rated or not rows
        else None,
        previous=previous,
    )


def _worst_first(row: SlaRow) -> tuple[bool, bool, bool, float, int, str]:
    """Lowest share first; then rows the threshold is foreign to, rows of few contacts, rows without a share."""
    share = row.share
    value = share.value if share else None
    missed = share.denominator - share.within if share else 0
    few = share is not None and share.denominator < FEW
    name = row.queue.name if row.queue else ""
    foreign = bool(row.target and row.threshold and row.target.threshold >= FOREIGN * row.threshold)
    return (value is None, few, foreign, value if value is not None else 0.0, -missed, f"{name}\0{row.media or ''}")
