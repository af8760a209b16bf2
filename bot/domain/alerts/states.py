"""How an alert stands: what is true of the queue, and apart from that what people did about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, NewType

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.alerts.readings import Evidence
    from bot.domain.alerts.rules import RuleId, Severity
    from bot.domain.ids import ChannelId, QueueId, TeamId, UserId
    from bot.domain.queues import Media

IncidentId = NewType("IncidentId", str)
"""Of an alert key and the moment it opened: the same opening has the same id, whichever process sees it."""
BulletinId = NewType("BulletinId", str)


class Watched(NamedTuple):
    """What is judged alone, and has one alert at most."""

    rule: RuleId
    queue: QueueId
    media: Media | None
    """None for measures of a queue's agents, which have no medium."""


class Status(StrEnum):
    OK = "ok"
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """What is true. Kept in the database, so that a restart neither loses nor restarts a clock."""

    status: Status = Status.OK
    since: datetime | None = None
    """When `PENDING` or `RECOVERING` began; None in the others."""
    before: Status = Status.OK
    """What it was when data ceased; of `NO_DATA` only."""
    evaluated: datetime | None = None
    """`at` of the last reading: an older one, or the same again, changes nothing."""
    unseen_since: datetime | None = None
    """Since when readings said `NODATA`."""
    low_since: datetime | None = None
    opened_at: datetime | None = None
    """When the breach of the incident began: the incident's, open or the last one."""
    fired_at: datetime | None = None
    """When it was first told, or would have been."""
    ended_at: datetime | None = None
    """None while it is open."""
    notified_at: datetime | None = None
    """When somebody was last told."""
    firings: tuple[datetime, ...] = ()
    """When it fired within the last two hours; a recovering alert that goes on has not fired again."""
    unstable_since: datetime | None = None
    escalated: int = 0
    """Steps taken."""
    held: bool = False
    """Quiet hours, a mute or a snooze keep back what should be told: it is when they end, if it still fires."""

    @property
    def open(self) -> bool:
        """Whether there is an incident."""
        return self.opened_at is not None and self.fired_at is not None and self.ended_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What people did about an incident."""

    acked_by: UserId | None = None
    acked_at: datetime | None = None
    snoozed_by: UserId | None = None
    snoozed_until: datetime | None = None
    """Over when it is past; then it is told once that it still is so."""
    expected_by: UserId | None = None
    """Somebody said “Expected today”: nothing more is told of it."""


class Notice(StrEnum):
    """What people are told."""

    FIRED = "fired"
    REOPENED = "reopened"
    """The same incident goes on."""
    STILL = "still"
    """Nobody has acknowledged, or a snooze is over."""
    ESCALATED = "escalated"
    UNSTABLE = "unstable"
    """It comes and goes: from here on there is one message that is edited."""
    RESOLVED = "resolved"
    CLOSED = "closed"
    """The queue closed."""
    FADED = "faded"
    """Too few contacts for too long."""


class Ended(StrEnum):
    """How an incident was over."""

    RESOLVED = "resolved"
    CLOSED = "closed"
    FADED = "faded"
    REMOVED = "removed"
    """Its rule was removed or changed, or the queue is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows from a reading."""

    state: AlertState
    notices: tuple[Notice, ...] = ()
    """Mostly none, at most two."""
    step: int | None = None
    """Which escalation step, from 0; with `ESCALATED`."""
    ended: Ended | None = None
    """How the incident was over just now, whether somebody is told or not; it began or went on where `state.open` has
    become true.
    """
    handling: Handling | None = None
    """What is left of what people did, where it is not what it was: a new incident has none, and a worse or reopened
    one is nobody's any more. None: as it was.
    """
    reason: str = ""
    """Why nobody is told although something changed, or why somebody is; for the log and `/alert test`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One alert from its first message to its end."""

    id: IncidentId
    watched: Watched
    team: TeamId
    channel: ChannelId
    bulletin: BulletinId
    """The message it is told in."""
    severity: Severity
    title: str
    """The rule in words, as it was then: “service level < 80 %”."""
    queue_name: str
    opened_at: datetime
    fired_at: datetime
    ended_at: datetime | None = None
    ended: Ended | None = None
    evidence: Evidence
    """The latest."""
    worst: Evidence
    handling: Handling = Handling()
    unstable_since: datetime | None = None
    firings: int = 1
    """How often it fired; more than one when it was reopened."""
    votes: tuple[UserId, ...] = ()
    """Who said “Not useful”."""


class BulletinKind(StrEnum):
    ALERT = "alert"
    BLIND = "blind"
    """Genesys cannot be seen."""
    ABSENT = "absent"
    """The bot itself was away."""


class Sending(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    SENDING = "sending"
    """It may be on its way: after a crash it is looked for before it is sent again."""
    SENT = "sent"
    FAILED = "failed"
    """The channel does not take it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """One message in a channel that lives until everything it tells of is over."""

    id: BulletinId
    team: TeamId
    channel: ChannelId
    kind: BulletinKind
    opened_at: datetime
    closed_at: datetime | None = None
    revision: int
    """Moves whenever what it should say changes."""
    shown: int = 0
    """The revision that Slack shows; 0: it was never posted."""
    shown_at: datetime | None = None
    sending: Sending = Sending.WAITING
    sending_since: datetime | None = None
    holder: str = ""
    claimed_until: datetime | None = None
    ts: str = ""
    anomalies: bool = False
    """Whether it tells of what is unusual; of these a channel gets three a day, and the fourth collects the rest."""
    note: str = ""
    """What a bulletin that is not about alerts says, beside its moments."""


class LineKind(StrEnum):
    """Of what is said in a bulletin's thread."""

    JOINED = "joined"
    REOPENED = "reopened"
    STILL = "still"
    ESCALATED = "escalated"
    UNSTABLE = "unstable"
    RESOLVED = "resolved"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    EXPECTED = "expected"
    NORMAL = "normal"
    BLIND = "blind"
    SEEN_AGAIN = "seen-again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry of a bulletin's history, posted once in its thread."""

    bulletin: BulletinId
    key: str
    """Unique in the bulletin, the same whichever process writes it: `joined:<incident>`, `escalated:<incident>:1`."""
    kind: LineKind
    at: datetime
    text: str
    """As Slack shows it, mentions included."""
    sending: Sending = Sending.WAITING
    sending_since: datetime | None = None
    holder: str = ""
    claimed_until: datetime | None = None
    ts: str = ""
