"""What one quarter hour of a queue looked like, reduced to what unusual hours are told by."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.alerts.samples import Glimpse, Sample


class Quarter(NamedTuple):
    """A row of one queue and medium. A named tuple: a year of forty queues has more than a million of them."""

    start: datetime
    """UTC."""
    minutes: int = 15
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    """Short ones included."""
    short_abandoned: int = 0
    missed: int | None = None
    """Of the `n` contacts, those that were not answered in time; None where there is no promise to hold them to."""
    waiting: int | None = None
    """At the end; None: not known."""
    oldest_wait: timedelta | None = None
    """At the end; None: not known, or nobody waited."""

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    @property
    def n(self) -> int:
        """Answered or given up, short abandons left out: what rates of short windows divide by."""
        return max(0, self.answered + self.abandoned - self.short_abandoned)

    @property
    def gave_up(self) -> int:
        """Abandoned, short ones left out."""
        return max(0, self.abandoned - self.short_abandoned)

    @classmethod
    def of(cls, sample: Sample, threshold: timedelta | None, glimpse: Glimpse | None = None) -> Quarter:
        """`sample` held to `threshold`, the queue's own; without one nothing of it is missed or kept.

        Where the platform was not asked for that threshold, its own count of late answers stands in.
        """
        missed = None
        if threshold is not None:
            in_time = sample.within.get(threshold, sample.answered - sample.over_target)
            missed = missed_of(sample.answered, sample.abandoned, sample.short_abandoned, in_time)
        return cls(
            start=sample.start,
            offered=sample.offered,
            answered=sample.answered,
            abandoned=sample.abandoned,
            short_abandoned=sample.short_abandoned,
            missed=missed,
            waiting=glimpse.waiting if glimpse else None,
            oldest_wait=glimpse.oldest_wait if glimpse else None,
        )


def missed_of(answered: int, abandoned: int, short_abandoned: int, in_time: int) -> int:
    """Contacts answered late or given up, short abandons left out."""
    n = max(0, answered + abandoned - short_abandoned)
    return min(n, max(0, n - in_time))
