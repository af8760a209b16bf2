"""What was found when a rule was held against a queue."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from fractions import Fraction

    from bot.domain.metrics import Figure
    from bot.domain.queues import Target


class Outcome(StrEnum):
    BREACH = "breach"
    """The rule is true, and not by the chance of a few contacts."""
    BETWEEN = "between"
    """Neither broken nor good again."""
    CLEAR = "clear"
    """At or beyond the recovery limit."""
    LOW = "low"
    """Too few contacts to judge."""
    NODATA = "nodata"
    """Genesys did not answer, or said nothing of a queue that is open."""
    CLOSED = "closed"
    """Outside the rule's hours, or a holiday."""


class Signal(StrEnum):
    """What of a queue is unusual."""

    MISSED = "missed"
    """More contacts than usual were not answered in time."""
    ABANDONED = "abandoned"
    VOLUME_LOW = "volume-low"
    """Fewer contacts than usual: are they reaching us?"""
    VOLUME_HIGH = "volume-high"
    OLDEST_WAIT = "oldest-wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One measure as it was found."""

    measure: str
    """A name in `measures.BY_NAME`; of an unusual volume `offered`, of unusual misses `service_level`."""
    figure: Figure
    limit: Fraction | None = None
    """The condition's, in the measure's unit; None where there is a usual range instead."""
    threshold: timedelta | None = None
    """Of a service level: the one asked for, or the queue's own."""
    window: timedelta | None = None
    """None: live."""
    usual: tuple[Figure, Figure] | None = None
    """Lowest and highest of the same hour of the week in the weeks before; None: not known."""
    weeks: int = 0
    """How many of them there are."""
    worst: bool = False
    """Whether it is worse than in all of these weeks."""
    signal: Signal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """What may lie behind it. None: not known, or no usual value to hold it against."""

    offered: Fraction | None = None
    """Change of the offered contacts against the usual, as a share of it: 0.38 is 38 % more."""
    aht: Fraction | None = None
    on_queue: int | None = None
    """Agents."""
    on_queue_usual: int | None = None
    waiting: int | None = None
    oldest_wait: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whether a running stretch of time can still meet its target."""

    name: str
    """“today”, “this half hour”."""
    target: Target
    within: int
    rated: int
    """The service level's denominator so far."""
    expected: int | None
    """Contacts that usually still come until its end; None: not known."""
    safe: bool = False
    """It is met even if all of these are late."""
    lost: bool = False
    """It is missed even if all of these are in time."""
    needed: int | None = None
    """How many of the `expected` must be in time; of the very next ones, all, where nothing is expected. None when it
    is safe or lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a message tells of one alert; everything but `found` may be unknown."""

    at: datetime
    """What the figures are as of; UTC."""
    found: tuple[Found, ...]
    """In the order of the rule's conditions."""
    causes: Causes = Causes()
    reach: tuple[Reach, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One evaluation."""

    at: datetime
    """The end of the data it rests on, UTC: the same data twice is one evaluation."""
    outcome: Outcome
    found: tuple[Found, ...] = ()
    severity_rose: bool = False
