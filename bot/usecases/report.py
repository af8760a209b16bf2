"""From Genesys's counts and times to the groups of a report; pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.domain.amounts import Amounts
from bot.domain.dimensions import PERSONAL, Dimension
from bot.domain.queues import Media
from bot.domain.report import Report, ReportRow
from bot.domain.sla import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.domain.dimensions import Group
    from bot.domain.ids import AgentId, QueueId, WrapUpId
    from bot.domain.period import Period
    from bot.domain.questions import ReportQuestion
    from bot.domain.queues import Queue
    from bot.domain.sla import Switches
    from bot.genesys.tallies import Tallies, Tally, TallyKey
    from bot.usecases.labels import Labels


@dataclass(slots=True, kw_only=True)
class _Sums:
    """What happened in one group; callbacks apart, for a service level rates them only where there is nothing else."""

    bucket: datetime | None = None
    blended: Amounts = field(default_factory=Amounts)
    callbacks: Amounts = field(default_factory=Amounts)
    media: set[Media] = field(default_factory=set)
    queues: set[QueueId] = field(default_factory=set)
    """Where something happened, as `media`."""

    def add(self, key: TallyKey, amounts: Amounts) -> None:
        if key.media is Media.CALLBACK:
            self.callbacks += amounts
        else:
            self.blended += amounts
        if not amounts.silent:
            self.media.add(key.media)
            self.queues.add(key.queue)

    def join(self, other: _Sums) -> None:
        self.blended += other.blended
        self.callbacks += other.callbacks
        self.media |= other.media
        self.queues |= other.queues

    @property
    def rates_callbacks(self) -> bool:
        """As /sla decides it: nothing but callbacks entered a queue or left it."""
        return Media.CALLBACK in self.media and _counts(self.blended).silent

    @property
    def amounts(self) -> Amounts:
        """Everything together; callbacks rated where there is nothing else."""
        return self.blended + (self.callbacks if self.rates_callbacks else _unrated(self.callbacks))


def report_of(
    question: ReportQuestion,
    *,
    queues: Sequence[Queue],
    switches: Switches,
    tallies: Tallies,
    labels: Labels,
    compared_with: Period | None,
) -> Report:
    """`tallies` holds the period asked about and, when there is one, the period compared with."""
    reading = _Reading(question, queues, switches, labels)
    now = reading.groups(tallies.by_period[0])
    before = reading.groups(tallies.by_period[1]) if compared_with else {}
    total = _total(now)
    rows = [
        (_order(question, sums, row), row)
        for group, sums in now.items()
        if not _nothing(question, (row := _row(group, sums, before.get(group))).amounts)
    ]
    return Report(
        question=question,
        switches=switches,
        queues=tuple(queues),
        as_of=tallies.as_of,
        compared_with=compared_with,
        rows=tuple(row for _, row in sorted(rows, key=lambda ordered: ordered[0])),
        total=_row((), total, _total(before)),
        silent=tuple(queue for queue in queues if queue.id not in total.queues),
        callbacks_unrated=not total.rates_callbacks and total.callbacks.rated > 0,
        query=tallies.bodies[0] if tallies.bodies else "",
    )


def people_of(tallies: Tallies) -> tuple[set[AgentId], set[WrapUpId]]:
    """The agents and wrap-up codes whose names a report needs."""
    facets = {key.facet for key in tallies.by_period[0]}
    return {facet.agent for facet in facets if facet.agent}, {facet.wrap_up for facet in facets if facet.wrap_up}


class _Reading:
    """Tallies seen through a question's groups, threshold and formula."""

    def __init__(self, question: ReportQuestion, queues: Sequence[Queue], switches: Switches, labels: Labels) -> None:
        self._question = question
        self._queues = {queue.id: queue for queue in queues}
        self._switches = switches
        self._labels = labels

    def groups(self, tallies: Mapping[TallyKey, Tally]) -> dict[Group, _Sums]:
        """The sums of each group, in no order."""
        found: dict[Group, _Sums] = {}
        wanted = self._question.media
        for key, tally in tallies.items():
            queue = self._queues.get(key.queue)
            if queue is None or (wanted and key.media not in wanted):
                continue
            group = tuple(
                [self._labels.label(dimension, _value(dimension, key, queue)) for dimension in self._question.by]
            )
            sums = found.get(group)
            if sums is None:
                sums = found[group] = _Sums(bucket=key.bucket_start)
            sums.add(key, self._amounts(queue, key.media, tally))
        return found

    def _amounts(self, queue: Queue, media: Media, tally: Tally) -> Amounts:
        counted = Amounts(
            offered=tally.offered,
            answered=tally.answered,
            abandoned=tally.abandoned,
            short_abandoned=tally.short_abandoned,
            flow_out=tally.flow_out,
            over_target=tally.over_sla,
            times=tally.times,
        )
        target = queue.targets.get(media)
        threshold = self._question.threshold or (target.threshold if target else None)
        if not threshold:
            return counted
        return replace(
            counted,
            in_time=tally.within.get(threshold, 0),
            rated=_counts(counted).denominator(self._question.formula, self._switches),
        )


def _value(dimension: Dimension, key: TallyKey, queue: Queue) -> str | datetime | None:
    match dimension:
        case Dimension.QUEUE:
            return queue.id
        case Dimension.DIVISION:
            return queue.division
        case Dimension.MEDIA:
            return key.media.value
        case Dimension.HOUR | Dimension.DAY:
            return key.bucket_start
        case Dimension.AGENT:
            return key.facet.agent
        case Dimension.WRAPUP:
            return key.facet.wrap_up
        case Dimension.DIRECTION:
            return key.facet.direction and key.facet.direction.value


def _counts(amounts: Amounts) -> Counts:
    return Counts(
        offered=amounts.offered,
        answered=amounts.answered,
        abandoned=amounts.abandoned,
        short_abandoned=amounts.short_abandoned,
        flow_out=amounts.flow_out,
    )


def _total(groups: Mapping[Group, _Sums]) -> _Sums:
    total = _Sums()
    for sums in groups.values():
        total.join(sums)
    return total


def _row(group: Group, sums: _Sums, before: _Sums | None) -> ReportRow:
    previous = before.amounts if before and before.media else None
    if previous and before and before.rates_callbacks != sums.rates_callbacks:
        # Callbacks on one side and calls on the other: their service levels are not of the same thing.
        previous = _unrated(previous)
    return ReportRow(group=group, amounts=sums.amounts, previous=previous, media=frozenset(sums.media))


def _unrated(amounts: Amounts) -> Amounts:
    return replace(amounts, in_time=0, rated=0)


def _nothing(question: ReportQuestion, amounts: Amounts) -> bool:
    """Nothing to show: by agent and wrap-up code, what happened in the queue belongs to none of the groups."""
    if not PERSONAL & set(question.by):
        return amounts.silent
    times = amounts.times
    handling = (times.handled.count, times.talked.count, times.wrapped_up.count, times.transferred)
    return not any(handling) and (Dimension.WRAPUP in question.by or not amounts.answered)


def _order(question: ReportQuestion, sums: _Sums, row: ReportRow) -> tuple[float, tuple[int, ...], list[str]]:
    amounts = row.amounts
    sizes = [amounts.offered, amounts.answered, amounts.times.handled.count]
    if Dimension.WRAPUP in question.by:
        sizes = sizes[2:]
    elif Dimension.AGENT in question.by:
        sizes = sizes[1:]
    names = [text for label in row.group for text in (label.name.casefold(), label.id)]
    return sums.bucket.timestamp() if sums.bucket else 0.0, tuple(-size for size in sizes), names
