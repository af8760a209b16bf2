"""This minute in the queues: who waits, who is being served, who is free; and the answer to a QueueQuestion.

None stands for what the platform did not report. It is never zero, and never shown as zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.period import Period, utc
from bot.domain.queues import Media

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.domain.questions import QueueQuestion
    from bot.domain.queues import Queue
    from bot.domain.sla import SlaRow

HALF_HOUR = timedelta(minutes=30)
PATIENT = frozenset({Media.EMAIL, Media.CALLBACK})
"""Media on which nobody holds the line while they wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """The contacts of one queue on one medium."""

    media: Media
    waiting: int | None = None
    """For an agent; who already rings at one is not among them."""
    interacting: int | None = None
    """Being handled."""
    alerting: int | None = None
    """Ringing at an agent."""
    longest_wait: timedelta | None = None
    """Of those who are still waiting; None when nobody is, too."""

    @property
    def reported(self) -> bool:
        """Whether every count is known. Video is only ever reported as being handled."""
        counts = (self.interacting,) if self.media is Media.VIDEO else (self.waiting, self.interacting, self.alerting)
        return None not in counts

    @property
    def active(self) -> bool:
        return bool(self.waiting or self.interacting or self.alerting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agents:
    """The members of one queue; an agent who serves several queues is counted in each."""

    on_queue: int
    available: int
    """On queue and idle."""
    interacting: int
    communicating: int
    """On a call that came through no queue."""
    not_responding: int
    off_queue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One queue as the platform reported it."""

    contacts: tuple[Contacts, ...] = ()
    """By medium; none for media that were not reported."""
    agents: Agents | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    """One queue of the answer."""

    queue: Queue
    contacts: tuple[Contacts, ...]
    """Callers first, then most waiting; media that the queue is set up for and that were not reported are there, too,
    with None for counts."""
    agents: Agents | None
    so_far: tuple[SlaRow, ...] = ()
    """Service level in the current half hour by medium, at the queue's own target; only media with contacts."""
    estimates: tuple[tuple[Media, timedelta], ...] = ()
    """What the platform tells the next contact, for media in which somebody waits."""

    @property
    def waiting(self) -> int | None:
        return _sum(each.waiting for each in self.contacts)

    @property
    def waiting_known(self) -> bool:
        """Whether `waiting` is all of them: no medium lacks its count. Nobody is reported as waiting for video."""
        counts = [each.waiting for each in self.contacts if each.media is not Media.VIDEO]
        return bool(counts) and None not in counts

    @property
    def interacting(self) -> int | None:
        return _sum(each.interacting for each in self.contacts)

    @property
    def longest_wait(self) -> timedelta | None:
        return max((each.longest_wait for each in self.contacts if each.longest_wait is not None), default=None)

    @property
    def reported(self) -> bool:
        return bool(self.contacts) and all(each.reported for each in self.contacts)

    @property
    def quiet(self) -> bool:
        """Nothing is going on, and nothing went on in the current half hour; known, not guessed."""
        return self.reported and not self.so_far and not any(each.active for each in self.contacts)

    def sla(self, media: Media) -> SlaRow | None:
        return next((row for row in self.so_far if row.media is media), None)

    def estimate(self, media: Media) -> timedelta | None:
        return dict(self.estimates).get(media)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueReport:
    """The answer to a QueueQuestion."""

    question: QueueQuestion
    as_of: datetime
    """When Genesys answered; UTC."""
    half_hour: Period
    """What the service levels cover, as far as it has gone."""
    rows: tuple[QueueNow, ...]
    """Busiest first; queues that were not reported last."""
    considered: int
    """Queues that were looked at; more than there are rows when only the busiest were asked for."""
    unreported: tuple[Queue, ...]
    """Of those looked at: queues of which nothing, or not everything, was reported."""
    estimates_missing: bool = False
    """An estimated wait was asked for, and the platform did not answer in time."""


def busiest(rows: Iterable[QueueNow]) -> tuple[QueueNow, ...]:
    """Most waiting first, then the longest wait, then most being handled, then by name; what is unknown comes last."""
    return tuple(sorted(rows, key=_by_load))


def half_hour_of(moment: datetime, zone: ZoneInfo) -> Period:
    """The half hour of the clock in `zone` that `moment` is in, to its end, so that who asks in it asks the same."""
    local = moment.astimezone(zone)
    into = timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
    start = utc(moment) - into
    return Period(start=start, end=start + HALF_HOUR, zone=zone, name="half-hour", running=True)


def contacts_by_load(contacts: Iterable[Contacts]) -> tuple[Contacts, ...]:
    """Those who hold the line first, then most waiting."""
    return tuple(sorted(contacts, key=_load))


def _by_load(row: QueueNow) -> tuple[bool, int, timedelta, int, str]:
    waiting, handled = row.waiting, row.interacting
    return (
        waiting is None,
        -(waiting or 0),
        -(row.longest_wait or timedelta()),
        -(handled or 0),
        row.queue.name.casefold(),
    )


def _load(each: Contacts) -> tuple[bool, bool, int, timedelta, int, str]:
    return (
        each.waiting is None,
        each.media in PATIENT,
        -(each.waiting or 0),
        -(each.longest_wait or timedelta()),
        -(each.interacting or 0),
        each.media,
    )


def _sum(counts: Iterable[int | None]) -> int | None:
    """Of what is known; None when nothing is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
