"""What a channel subscribed to: a question without its moment, a schedule, and in what state it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.calendar import read_period
from bot.domain.questions import USUAL_GROUPS, Formula, ReportQuestion, SlaQuestion
from bot.errors import BadPeriod

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.domain.dimensions import Dimension
    from bot.domain.ids import ChannelId, SubscriptionId, TeamId, UserId
    from bot.domain.questions import QueueWord
    from bot.domain.queues import Media
    from bot.domain.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What makes a digest a `/report` instead of service levels; as in `ReportQuestion`."""

    by: tuple[Dimension, ...] = USUAL_GROUPS
    metrics: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    compared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a digest is about: a question whose period is a word that is read anew each time."""

    queues: tuple[QueueWord, ...]
    """Empty: every queue. Queues that were named are kept as their ids in quotes, so that a new name breaks nothing;
    patterns and `all` as they were typed.
    """
    period: str
    """`yesterday`, `last-week`, `today`: any words that `read_period` reads."""
    threshold: timedelta | None = None
    formula: Formula = Formula.GENESYS
    table: Table | None = None
    """None: service levels."""

    def question(self, now: datetime) -> SlaQuestion | ReportQuestion:
        """The question as asked at `now` and in its zone. Raises BadPeriod."""
        period = read_period(self.period, now=now)
        if period is None:
            raise BadPeriod(f"“{self.period}” is no period.")
        if self.table is None:
            return SlaQuestion(queues=self.queues, threshold=self.threshold, period=period, formula=self.formula)
        return ReportQuestion(
            queues=self.queues,
            period=period,
            by=self.table.by,
            metrics=self.table.metrics,
            media=self.table.media,
            threshold=self.threshold,
            formula=self.formula,
            compared=self.table.compared,
        )


class SubscriptionState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """By a person."""
    STOPPED = "stopped"
    """By trouble: the channel or the workspace does not take messages. Its owner was told."""
    UNCONFIRMED = "unconfirmed"
    """The channel is shared with another organisation, and no administrator has confirmed it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a person chooses about a digest."""

    topic: Topic
    schedule: Schedule
    csv: bool = False
    """Whether the table comes as a file in the thread as well."""
    skip_empty: bool = False
    """Whether no message is sent when there was no traffic; otherwise it says so in a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A digest that a channel has."""

    id: SubscriptionId
    number: int
    """Of its channel: what people call it by in commands. Never given to another one."""
    team: TeamId
    channel: ChannelId
    owner: UserId
    order: Order
    state: SubscriptionState
    reason: str = ""
    """Why it is not active, as a sentence for its owner; empty when a person paused it."""
    confirmed: bool = False
    """Whether an administrator let it speak, as it is, where another organisation reads along."""
    since: datetime
    """Only what is due after this moment counts: it was made, changed or resumed then. UTC."""
    created_at: datetime
    changed_at: datetime
    """Moves with every change. Who changes it names the one they saw: two changes at once do not undo each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """What can be told of a digest whose order cannot be read: it is never sent, and can only be removed."""

    id: SubscriptionId
    number: int
    team: TeamId
    channel: ChannelId
    owner: UserId
    changed_at: datetime
