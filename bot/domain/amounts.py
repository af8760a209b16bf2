"""Counts and sums of time of any group of contacts. They add up; everything derived from them is divided last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Spells:
    """Stretches of time of one kind: how many, how long together, how long the longest."""

    count: int = 0
    total: timedelta = ZERO
    longest: timedelta = ZERO
    """Zero when there were none; look at `count` first."""

    def __add__(self, other: Spells) -> Spells:
        return Spells(self.count + other.count, self.total + other.total, max(self.longest, other.longest))


_NONE = Spells()


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long contacts waited and were handled.

    Each spell counts at the instant at which it ended, so that a contact which crosses the edge of a period has been
    offered in one and handled in the next.
    """

    queued: Spells = _NONE
    """In the queue, whatever the outcome. `tAcd`."""
    answered: Spells = _NONE
    """Queue entry to the first agent's answer; `count` is the contacts answered. `tAnswered`."""
    abandoned: Spells = _NONE
    """Queue entry to the customer's leaving, short ones included. `tAbandon`."""
    handled: Spells = _NONE
    """Talk, hold and after-call work together, as one spell for each agent's handling. `tHandle`."""
    talked: Spells = _NONE
    """`tTalkComplete`."""
    held: Spells = _NONE
    """`tHeldComplete`; contacts without hold are not counted."""
    wrapped_up: Spells = _NONE
    """After-call work. `tAcw`."""
    transferred: int = 0
    """Transfers made by agents; a contact may be transferred several times. `nTransferred`."""

    def __add__(self, other: Times) -> Times:
        return Times(
            queued=self.queued + other.queued,
            answered=self.answered + other.answered,
            abandoned=self.abandoned + other.abandoned,
            handled=self.handled + other.handled,
            talked=self.talked + other.talked,
            held=self.held + other.held,
            wrapped_up=self.wrapped_up + other.wrapped_up,
            transferred=self.transferred + other.transferred,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Everything that a row of a report is made of."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    """Short ones included."""
    short_abandoned: int = 0
    flow_out: int = 0
    over_target: int = 0
    """Answered later than the queue's own threshold at that moment, as the platform counts. `nOverSla`."""
    in_time: int = 0
    """Answered within the threshold asked for, or the queue's own: what a service level counts."""
    rated: int = 0
    """What a service level divides by, under the formula and switches of the question.

    Only queues and media with a threshold; callbacks only in a group that has nothing else.
    """
    times: Times = Times()

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            offered=self.offered + other.offered,
            answered=self.answered + other.answered,
            abandoned=self.abandoned + other.abandoned,
            short_abandoned=self.short_abandoned + other.short_abandoned,
            flow_out=self.flow_out + other.flow_out,
            over_target=self.over_target + other.over_target,
            in_time=self.in_time + other.in_time,
            rated=self.rated + other.rated,
            times=self.times + other.times,
        )

    @property
    def silent(self) -> bool:
        """Nothing happened, and nothing that had begun before ended."""
        counts = (self.offered, self.answered, self.abandoned, self.flow_out, self.times.transferred)
        times = (self.times.queued, self.times.talked, self.times.handled, self.times.wrapped_up)
        return not any(counts) and not any(spells.count for spells in times)
