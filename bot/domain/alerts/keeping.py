"""What passes between those who evaluate alerts, those who press buttons, and what is kept of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime, timedelta

    from bot.domain.alerts.rules import RuleId
    from bot.domain.alerts.samples import Place
    from bot.domain.alerts.states import AlertState, Bulletin, Incident, IncidentId, Line, Watched
    from bot.domain.ids import ChannelId, TeamId, UserId


class Late(NamedTuple):
    """A quarter hour of a place whose counts are others than when it was fetched before."""

    place: Place
    start: datetime


class Fetched(NamedTuple):
    """When a quarter hour was fetched last, and which thresholds were asked for."""

    at: datetime
    thresholds: frozenset[timedelta]


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedRule:
    """What can be told of a rule whose terms cannot be read: it is never judged, and can only be removed."""

    id: RuleId
    number: int
    team: TeamId
    channel: ChannelId
    owner: UserId
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who evaluates a workspace's alerts."""

    team: TeamId
    holder: str
    token: int
    """One more with everybody who takes over: what an earlier holder still writes is told from it."""
    until: datetime
    """From then on others may take over; until they do, it is still held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How far the evaluation is."""

    last_tick: datetime | None = None
    """None: never."""
    quarter: datetime | None = None
    """The end of the last quarter hour that was judged."""
    blind_since: datetime | None = None
    """Since when Genesys cannot be seen; None: it can."""
    blind_reason: str = ""


_NO_STATES: Mapping[Watched, AlertState | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """All that one evaluation changes; kept whole or not at all."""

    watch: Watch
    states: Mapping[Watched, AlertState | None] = field(default_factory=lambda: _NO_STATES)
    """Only those that changed; None: forgotten."""
    incidents: tuple[Incident, ...] = ()
    """New ones and changed ones. What people did (`handling`, `votes`) is left as it is kept, whatever stands here."""
    unacknowledged: frozenset[IncidentId] = frozenset()
    """Whose acknowledgement no longer counts, because the severity rose or it was reopened; one made after
    `watch.last_tick` stays. What ended keeps its own: the handover tells who took it."""
    woken: frozenset[IncidentId] = frozenset()
    """Whose snooze is over; one that reaches beyond `watch.last_tick` stays."""
    bulletins: tuple[Bulletin, ...] = ()
    """New ones as they are. One that is kept already says something else from now on: its revision moves by one from
    what is kept, and only `closed_at`, `anomalies` and `note` are taken from here."""
    lines: tuple[Line, ...] = ()
    """One whose key is there already changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What a button did."""

    changed: int
    """Incidents; 0: somebody was first, or it is over."""
    by: UserId | None = None
    """Who has it now: whoever pressed when something changed, else who was first. None when nobody."""
    at: datetime | None = None
    """Since when `by` has it; of a snooze, until when. None where it is not kept."""
    over: bool = False
    """The message is closed, or nothing of it is open any more: nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """A day on which the organisation is closed."""

    day: date
    name: str
    added_by: UserId
