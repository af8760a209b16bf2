"""What a channel wants to be told of: a rule, in the words of those who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from datetime import datetime, time
    from zoneinfo import ZoneInfo

    from bot.domain.ids import ChannelId, TeamId, UserId
    from bot.domain.questions import QueueWord
    from bot.domain.queues import Media

RuleId = NewType("RuleId", str)


class Kind(StrEnum):
    THRESHOLD = "threshold"
    """A promise is broken."""
    UNUSUAL = "unusual"
    """Worse than this queue usually is at this hour of the week."""
    ZSCORE = "zscore"
    """The plain z-score of a week of hours; its limits are said in the help."""


class Preset(StrEnum):
    """How easily `unusual` speaks."""

    QUIET = "quiet"
    DEFAULT = "default"
    SENSITIVE = "sensitive"


class Severity(StrEnum):
    WARNING = "warning"
    CRITICAL = "critical"
    """Passes quiet hours, and escalates."""


class Compare(StrEnum):
    """Which side of its limit is bad."""

    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="

    @property
    def low(self) -> bool:
        """Whether small values are the bad ones."""
        return self in {Compare.BELOW, Compare.AT_MOST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One comparison. All numbers are shares of 1, counts, or seconds, by the measure's unit."""

    measure: str
    """A name in `measures.BY_NAME`."""
    compare: Compare
    limit: Fraction
    recovery: Fraction
    """From here on it is good again; between the two it stays what it was. On the good side of `limit`, or equal."""
    threshold: timedelta | None = None
    """Of a service level or a breach rate; None: each queue's own target."""

    def __post_init__(self) -> None:
        if (self.recovery < self.limit) if self.compare.low else (self.recovery > self.limit):
            raise ValueError("a recovery lies on the good side of its limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Local hours on some weekdays; with `end` before `start` they reach into the next day. Equal ends: all day."""

    days: frozenset[int]
    """0 is Monday; the day on which they begin."""
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who is mentioned when nobody has acknowledged an alert for so long; once for each incident."""

    after: timedelta
    mention: str
    """As Slack writes it: `<@U…>` for a person, `<!subteam^S…>` for a user group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a person chooses about a rule."""

    queues: tuple[QueueWord, ...]
    """Empty: every queue. Queues that were named are kept as their ids in quotes; patterns as they were typed. Each
    queue, and each medium of it, is judged alone.
    """
    kind: Kind
    media: tuple[Media, ...] = ()
    """Empty: every medium but callbacks."""
    conditions: tuple[Condition, ...] = ()
    """All must hold at once; at least one for `THRESHOLD`, none for the others."""
    preset: Preset = Preset.DEFAULT
    """Of `UNUSUAL`."""
    z: Fraction = Fraction(2)
    """Of `ZSCORE`: how many standard deviations."""
    window: timedelta = timedelta(minutes=30)
    """What measures of finished contacts cover: the last complete quarter hours. Live ones have none."""
    minimum: int = 10
    """Contacts in the window below which a share is not judged."""
    pending: timedelta = timedelta(minutes=10)
    """How long it must have held before anybody is told."""
    recover_for: timedelta = timedelta(minutes=10)
    """How long it must have been good before it is over."""
    severity: Severity = Severity.WARNING
    zone: ZoneInfo
    """Of the hours below."""
    hours: Hours | None = None
    """When the queue is open; None: always. Nothing is judged outside, nor in the first quarter hour."""
    quiet: Hours | None = None
    """When a warning is held back until they are over."""
    holidays: bool = True
    """Whether the organisation's holidays are left out."""
    mention: tuple[str, ...] = ()
    """Whom the first message names, as in `Step`."""
    escalation: tuple[Step, ...] = ()
    """In the order of time; of critical rules only."""
    renotify: timedelta | None = timedelta(minutes=60)
    """How often it is said again while nobody has acknowledged; None: never."""
    cooldown: timedelta = timedelta(minutes=30)
    """Who fires again this soon after being over is the same incident."""
    nodata_after: timedelta = timedelta(minutes=15)
    hold_low: timedelta = timedelta(minutes=60)
    """How long an alert stands with too few contacts to judge."""

    def __post_init__(self) -> None:
        if bool(self.conditions) is not (self.kind is Kind.THRESHOLD):
            raise ValueError("a threshold rule has conditions, and no other has")


class RuleState(StrEnum):
    ACTIVE = "active"
    STOPPED = "stopped"
    """By trouble: the channel does not take messages. Its owner was told."""
    UNCONFIRMED = "unconfirmed"
    """The channel is shared with another organisation, and no administrator has confirmed it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that a channel has."""

    id: RuleId
    number: int
    """Of its channel: what people call it by in commands. Never given to another one."""
    team: TeamId
    channel: ChannelId
    owner: UserId
    terms: Terms
    state: RuleState = RuleState.ACTIVE
    reason: str = ""
    """Why it is not active, as a sentence for its owner."""
    muted_until: datetime | None = None
    """Judged and recorded, and nobody is told; UTC. `datetime.max` with UTC: until somebody says otherwise."""
    created_at: datetime
    changed_at: datetime
    """Moves with every change. Who changes it names the one they saw."""
