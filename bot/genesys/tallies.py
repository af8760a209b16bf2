"""What the client is asked to count, and what it counted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.domain.amounts import Times
from bot.domain.dimensions import PERSONAL, Dimension
from bot.domain.sla import Reported

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from bot.domain.conversations import Direction
    from bot.domain.ids import AgentId, QueueId, WrapUpId
    from bot.domain.period import Grain, Period
    from bot.domain.queues import Media
    from bot.genesys.pace import Priority

NO_TIMES = Times()
APART = PERSONAL | {Dimension.DIRECTION}
"""What the platform can be asked to tell apart besides queues and media; it costs rows."""
MOST_COMPARED = 4
"""Periods beside the one asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyQuery:
    """Counts of some queues in one period, and in those that it is compared with."""

    thresholds: Mapping[QueueId, frozenset[timedelta]]
    """The queues, each with the waits to count answers within; none is fine. Whole milliseconds."""
    periods: tuple[Period, ...]
    """The period asked about, and up to four that it is compared with."""
    grain: Grain | None = None
    """Cuts the first period into local half hours, hours or days; the others stay whole."""
    by: frozenset[Dimension] = frozenset()
    """What is told apart besides queues and media; out of `APART`."""
    times: bool = False
    """Whether lengths of time are wanted beside the counts."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.periods) <= 1 + MOST_COMPARED:
            raise ValueError(f"one period, and up to {MOST_COMPARED} to compare it with")
        if not self.by <= APART:
            raise ValueError("queues and media are always told apart, and buckets come from the grain")


class Facet(NamedTuple):
    """The part of a queue and medium that counts belong to.

    None where it was not asked for, and where the platform has no value: what happens in the queue has no agent.
    """

    agent: AgentId | None = None
    wrap_up: WrapUpId | None = None
    direction: Direction | None = None


WHOLE = Facet()


class TallyKey(NamedTuple):
    """Whose counts; `bucket_start` (UTC) is None for a whole period."""

    queue: QueueId
    media: Media
    bucket_start: datetime | None
    facet: Facet = WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of one queue and medium, or of a facet of them, in one period or bucket; they add up."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    """Short ones included."""
    short_abandoned: int = 0
    flow_out: int = 0
    over_sla: int = 0
    """Answered later than the queue's own threshold at that moment."""
    within: Mapping[timedelta, int] = field(default_factory=lambda: MappingProxyType({}))
    """Threshold to the number answered with a wait of at most that."""
    reported: Reported | None = None
    """`oServiceLevel`, numerators and denominators summed; None with nothing to rate, and where times were wanted."""
    times: Times = NO_TIMES
    """Empty unless they were asked for."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            offered=self.offered + other.offered,
            answered=self.answered + other.answered,
            abandoned=self.abandoned + other.abandoned,
            short_abandoned=self.short_abandoned + other.short_abandoned,
            flow_out=self.flow_out + other.flow_out,
            over_sla=self.over_sla + other.over_sla,
            within=MappingProxyType(
                {t: self.within.get(t, 0) + other.within.get(t, 0) for t in (*self.within, *other.within)}
            ),
            reported=_both(self.reported, other.reported),
            times=self.times + other.times,
        )

    def counted_with(self, thresholds: frozenset[timedelta]) -> Tally:
        """The same counts with these thresholds only."""
        return replace(self, within=MappingProxyType({t: self.within.get(t, 0) for t in sorted(thresholds)}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """The answer to a TallyQuery. What is not in a mapping had no events."""

    as_of: datetime
    """When Genesys answered, the oldest part if there are several; UTC."""
    by_period: tuple[Mapping[TallyKey, Tally], ...]
    """In the order of the query's periods."""
    bodies: tuple[str, ...]
    """Request bodies that were sent for these figures (JSON, indented), now or when they were cached."""


class Counting(Protocol):
    """Whoever answers a TallyQuery: Genesys, or what stands before it."""

    async def tallies(self, wanted: TallyQuery, *, priority: Priority) -> Tallies:
        """Raises GenesysError, and never answers from part of the data."""


def _both(one: Reported | None, other: Reported | None) -> Reported | None:
    if one is None or other is None:
        return one or other
    return Reported(numerator=one.numerator + other.numerator, denominator=one.denominator + other.denominator)
