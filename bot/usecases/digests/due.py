"""What is due now for a digest, and what was missed: a pure function of its order, the ledger and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import BadPeriod

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.domain.questions import ReportQuestion, SlaQuestion
    from bot.domain.schedule import Occasion
    from bot.domain.subscriptions import Order, Subscription

SETTLED = timedelta(minutes=30)
"""How long after its end the figures of a period may still move; contacts that are under way then end later."""
GRACE = timedelta(hours=2)
"""A digest that could not be sent when it was due is still of use for so long."""
LATE = timedelta(minutes=5)
"""From then on a message says that it is late."""
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """`send` is the newest occasion if its time has come and it is still of use; `missed` are to be written off."""

    send: Occasion | None
    missed: tuple[Occasion, ...]


NOTHING = Due(send=None, missed=())


def due_of(subscription: Subscription, *, after: date | None, now: datetime, grace: timedelta = GRACE) -> Due:
    """`after` is the latest local date that the ledger knows of it."""
    order = subscription.order
    occasions = order.schedule.due(since=subscription.since, after=after, now=now)
    if not occasions:
        return NOTHING
    *older, newest = occasions
    if now < ready_at(order, newest.at):
        return Due(send=None, missed=tuple(older))
    if now > closes_at(order, newest.at, grace):
        return Due(send=None, missed=occasions)
    return Due(send=newest, missed=tuple(older))


def ready_at(order: Order, due_at: datetime) -> datetime:
    """When the figures of a digest due at `due_at` no longer move; those of a running period do, and say so."""
    try:
        period = question_of(order, due_at).period
    except BadPeriod:
        return due_at
    return due_at if period.running else max(due_at, period.end + SETTLED)


def closes_at(order: Order, due_at: datetime, grace: timedelta = GRACE) -> datetime:
    """From when on it is no longer sent."""
    return ready_at(order, due_at) + grace


def is_late(order: Order, due_at: datetime, now: datetime) -> bool:
    return now - ready_at(order, due_at) > LATE


def question_of(order: Order, moment: datetime) -> SlaQuestion | ReportQuestion:
    """The question that a digest of `moment` asks. Raises BadPeriod.

    Always of the minute that it was due, however late it is sent: who asks again later gets the same period.
    """
    return order.topic.question(moment.astimezone(order.schedule.zone))


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 30 s, 1, 2, 4, 8, 10 minutes."""
    doublings = min(max(attempts - 1, 0), 10)
    return min(_FIRST_PAUSE * (1 << doublings), _LONGEST_PAUSE)
