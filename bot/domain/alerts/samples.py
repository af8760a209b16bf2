"""Quarter hours of a queue and medium: counts and sums, never percentages, so that any window of them adds up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.amounts import Times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.ids import QueueId
    from bot.domain.queues import Media

QUARTER = timedelta(minutes=15)
SETTLING = timedelta(minutes=2)
"""How long after its end a quarter hour is taken for complete."""
KEPT = timedelta(weeks=10)
"""A week more than the eight that a baseline looks back, and one in which nobody was there to ask."""

_NOTHING: Mapping[timedelta, int] = MappingProxyType({})
_NO_TIMES = Times()


class Place(NamedTuple):
    """Where counts belong."""

    queue: QueueId
    media: Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One quarter hour. A place without a sample in a quarter hour that was fetched had no contacts in it."""

    place: Place
    start: datetime
    """UTC, on a quarter of an hour."""
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    """Short ones included."""
    short_abandoned: int = 0
    flow_out: int = 0
    over_target: int = 0
    """Answered later than the queue's own threshold at that moment, as the platform counts. `nOverSla`."""
    within: Mapping[timedelta, int] = field(default_factory=lambda: _NOTHING)
    """Threshold to the number answered with a wait of at most that; a threshold that is not there was not asked for."""
    times: Times = _NO_TIMES

    def __post_init__(self) -> None:
        if self.start.utcoffset() != timedelta(0) or self.start != quarter_of(self.start):
            raise ValueError("a sample starts on a quarter of an hour of UTC")

    @property
    def end(self) -> datetime:
        return self.start + QUARTER

    @property
    def resolved(self) -> int:
        """Answered or given up, short abandons left out: what rates of short windows divide by."""
        return self.answered + self.abandoned - self.short_abandoned


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """What was seen of a place at the end of a quarter hour, and could not be asked for later."""

    place: Place
    start: datetime
    """Of the quarter hour; UTC."""
    waiting: int | None = None
    oldest_wait: timedelta | None = None
    """The longest that was seen in the quarter hour."""
    on_queue: int | None = None
    """Agents on queue; of the whole queue, whatever the medium."""
    available: int | None = None


def quarter_of(moment: datetime) -> datetime:
    """The start of the quarter hour of UTC that `moment` is in."""
    there = moment.astimezone(UTC)
    return there.replace(minute=there.minute - there.minute % 15, second=0, microsecond=0)


def last_complete(now: datetime) -> datetime:
    """The end of the last quarter hour that is complete at `now`."""
    return quarter_of(now - SETTLING)
