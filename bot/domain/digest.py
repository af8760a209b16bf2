"""The answer that a digest of service levels brings, and the stretches of time that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.period import Bucket, Grain, Period, at_its_time, buckets, midnight, previous

if TYPE_CHECKING:
    from datetime import datetime
    from fractions import Fraction

    from bot.domain.questions import SlaQuestion
    from bot.domain.queues import Media, Queue, Target
    from bot.domain.sla import Counts, Share, SlaRow, Switches


class Form(StrEnum):
    """What stretch of time a digest is about, and so what it is compared with and cut into."""

    DAY = "day"
    """One local day or part of it: the same weekday a week before, the four such weekdays before; half hours."""
    WEEK = "week"
    """Seven days from Monday: the week before, the four weeks before; days."""
    MONTH = "month"
    """A calendar month: the month before, the four months before; weeks of at most seven days from its first."""
    OTHER = "other"
    """Anything else: as many days before, no usual; days."""


HARDLY_ANY = 5
"""Contacts under which a percentage of a bucket misleads: none of one is not 0 %."""
STEPS = 4
"""Back to which a digest looks for what is usual."""
_DAY = timedelta(days=1)
_WEEK = 7


def form_of(period: Period) -> Form:
    """What a digest about this period looks like."""
    zone, first, last = period.zone, period.local_start.date(), period.local_end.date()
    if midnight(first + _DAY, zone) >= period.end:
        return Form.DAY
    if period.start == midnight(first, zone) and period.end == midnight(last, zone):
        if first.weekday() == 0 and (last - first).days == _WEEK:
            return Form.WEEK
        if first.day == 1 and last == _month(first, 1):
            return Form.MONTH
    return Form.OTHER


def steps_before(period: Period, form: Form) -> tuple[Period, ...]:
    """What a period is compared with, latest first: four steps of its form, and a single one of other periods.

    A running day is compared with the same local times of earlier days. A step is left out that the clocks skip.
    """
    if form is Form.OTHER:
        return (previous(period),)
    zone, first, last = period.zone, period.local_start.date(), period.local_end.date()
    steps = []
    for number in range(1, STEPS + 1):
        if form is Form.MONTH:
            start, end = (midnight(_month(first, months), zone) for months in (-number, 1 - number))
        else:
            back = number * _WEEK * _DAY
            start, end = at_its_time(period.start, zone, first - back), at_its_time(period.end, zone, last - back)
        if start < end:
            steps.append(Period(start=start, end=end, zone=zone, name=f"{number} before {period.name}"))
    return tuple(steps)


def finest(form: Form) -> Grain:
    """Into what a digest cuts its period to find the worst of it."""
    return Grain.HALF_HOUR if form is Form.DAY else Grain.DAY


def course_of(period: Period, form: Form) -> tuple[Bucket, ...]:
    """Hours of a day, weeks of a month (of at most seven days, from its first), days of other periods."""
    if form is Form.DAY:
        return buckets(period, Grain.HOUR)
    days = buckets(period, Grain.DAY)
    if form is not Form.MONTH:
        return days
    weeks = (days[number : number + _WEEK] for number in range(0, len(days), _WEEK))
    return tuple(Bucket(start=week[0].start, end=week[-1].end) for week in weeks)


def _month(first: date, later: int) -> date:
    """The first of the month that is so many months later."""
    years, month = divmod(first.month - 1 + later, 12)
    return date(first.year + years, month + 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The part of the period in which most contacts were missed beyond the target, or beyond the line's own share
    where there is none to hold it against: a half hour of a day, else a day.
    """

    bucket: Bucket
    counts: Counts
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """A queue and medium, or the total (neither)."""

    queue: Queue | None = None
    media: Media | None = None
    threshold: timedelta | None = None
    """As in `SlaRow`."""
    target: Target | None = None
    counts: Counts
    share: Share | None
    """None without a threshold to count with."""
    before: Share | None = None
    """One step of the form earlier; None when there was nothing to divide by."""
    usual: Share | None = None
    """Summed over the four steps before, numerators and denominators; None with less than two that had contacts.
    Of the total: the lines' usual rates weighted with this period's contacts, over about as many contacts as they
    rest on; a line without a usual counts as it is, so that `excess` is the sum of theirs.
    """
    usual_rate: Fraction | None = None
    """Of the total: `usual` before it is rounded to whole contacts. None of the others, whose counts are exact."""
    worst: Worst | None = None
    """None when nothing was missed beyond the target, or hardly anything happened where it was while the line as a
    whole keeps its promise.
    """
    excess: float | None = None
    """Contacts missed beyond the usual rate: (D - W) - D * (1 - usual); negative when fewer. None without a usual."""
    aht: timedelta | None = None
    """Of the total only when it is of a single medium: times of chats and calls have no average."""
    usual_aht: timedelta | None = None
    usual_offered: float | None = None
    """Offered per step, over the steps that had any."""

    @property
    def promised(self) -> Target | None:
        """The target, where contacts were counted with its own threshold, so that the share may be held against it."""
        return self.target if self.target is not None and self.threshold == self.target.threshold else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatChanged:
    """The line with the largest excess that is not chance, when a factor rose that explains it. 0.38 is +38 %.

    Lines of few contacts are never it, nor callbacks.
    """

    line: DigestLine
    stretch: Period | None
    """The shortest run of buckets that holds most of the excess; None when it is spread over the period."""
    offered: float | None
    """Against usual, of months for each day; None when it moved less than 5 %, or nothing is known."""
    aht: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReport:
    """`lines` are those with contacts: off target first, the largest contribution of missed contacts before smaller
    ones; lines with few contacts last. Callbacks are lines, and not in `total` (unless there is nothing else).
    """

    question: SlaQuestion
    form: Form
    switches: Switches
    queues: tuple[Queue, ...]
    as_of: datetime
    before: Period | None
    usual: tuple[Period, ...]
    """The four steps before, latest first; `before` is the first of them. Empty where the form has none."""
    lines: tuple[DigestLine, ...]
    silent: tuple[Queue, ...]
    """Queues in which nothing happened: left out of the table, and said."""
    total: DigestLine
    """`usual` is the queues' usual rates weighted with this period's contacts, so that a change of mix is no change of
    service.
    """
    course: tuple[SlaRow, ...]
    """By hour of a day, by day of a week and of other periods, by week of a month; silent buckets, too."""
    changed: WhatChanged | None

    @property
    def empty(self) -> bool:
        return not self.lines
