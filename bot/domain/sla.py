"""Service level: counts, the three formulas, and the answer to an SlaQuestion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.questions import Formula

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.domain.alerts.readings import Reach
    from bot.domain.period import Bucket, Period
    from bot.domain.questions import Grouping, SlaQuestion
    from bot.domain.queues import Media, Queue, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """The organisation's three service-level options; the defaults are Genesys's base formula.

    Source: Genesys Cloud Resource Center, "Configure the service level calculation".
    """

    include_flow_outs: bool = False
    include_short_abandons: bool = True
    include_abandons: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Contacts of a queue and medium in a period. Adds up; never averaged."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    """Short ones included."""
    short_abandoned: int = 0
    flow_out: int = 0
    within: int = 0
    """Answered with a wait of at most the threshold."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            offered=self.offered + other.offered,
            answered=self.answered + other.answered,
            abandoned=self.abandoned + other.abandoned,
            short_abandoned=self.short_abandoned + other.short_abandoned,
            flow_out=self.flow_out + other.flow_out,
            within=self.within + other.within,
        )

    def denominator(self, formula: Formula, switches: Switches) -> int:
        """What `within` is divided by.

        With abandons left out, short abandons go with them: they are not subtracted a second time.
        """
        if formula is Formula.ANSWERED:
            return self.answered
        if formula is Formula.OFFERED:
            return self.offered
        denominator = self.answered + (self.flow_out if switches.include_flow_outs else 0)
        if switches.include_abandons:
            denominator += self.abandoned
            if not switches.include_short_abandons:
                denominator -= self.short_abandoned
        return denominator

    @property
    def silent(self) -> bool:
        """Nothing happened: neither entered, nor answered, nor left."""
        return not (self.offered or self.answered or self.abandoned or self.flow_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`within` of `denominator`; undefined (None) over zero or less."""

    within: int
    denominator: int

    @property
    def value(self) -> float | None:
        """0 to 1. Never above: in a short bucket a contact may be answered that was offered in the one before."""
        return min(1.0, max(0.0, self.within / self.denominator)) if self.denominator > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Genesys's own `oServiceLevel` for a queue and medium at the queue's configured target."""

    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaRow:
    """One line of the answer.

    By queue: `queue` and `media` are set. By media: `media`. By hour or day: `bucket` (and neither of the others).
    """

    queue: Queue | None = None
    media: Media | None = None
    bucket: Bucket | None = None
    threshold: timedelta | None = None
    """What `within` was counted with; None where it differs inside the row, or none is promised and none was asked."""
    target: Target | None = None
    """The queue's own promise on this medium; only with a queue and medium."""
    counts: Counts
    share: Share | None
    """None when there is no threshold to count with: the queue has no target on this medium and none was asked for."""
    previous: Share | None = None
    """The same row in the period compared with; None when there is none."""
    reported: Reported | None = None
    """Only at the queue's own target, and only by queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What is left of a running stretch of time, for one queue and medium."""

    queue: Queue
    media: Media
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaReport:
    """The answer to an SlaQuestion.

    `rows` are worst first (by queue, by media) or in time order (by hour, by day: every bucket, silent ones too).
    `total` sums every row but callbacks, which are reported apart (unless there is nothing else).
    """

    question: SlaQuestion
    switches: Switches
    queues: tuple[Queue, ...]
    """Those asked about, in the order of their names."""
    as_of: datetime
    """When Genesys answered; UTC."""
    compared_with: Period | None
    rows: tuple[SlaRow, ...]
    """Queues and media with at least one contact, or every bucket."""
    silent: tuple[Queue, ...]
    """Queues asked about in which nothing happened."""
    total: SlaRow
    apart: tuple[SlaRow, ...] = ()
    """Callback rows that `total` leaves out."""
    query: str = ""
    """The request body sent to Genesys (JSON, indented), as `Why?` shows it."""
    outlook: tuple[Prospect, ...] = ()
    """Of the running day and half hour of a single queue: whether its target can still be met; where it is known."""

    @property
    def by(self) -> Grouping:
        return self.question.by

    @property
    def empty(self) -> bool:
        return not self.rows or all(row.counts.silent for row in self.rows)
