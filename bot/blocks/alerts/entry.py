"""A rule as people are told of it, wherever that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.alerts.readings import Found, Outcome
    from bot.domain.alerts.rules import Rule
    from bot.domain.alerts.states import Incident
    from bot.domain.ids import ChannelId, UserId
    from bot.domain.queues import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A rule with what is known of it."""

    rule: Rule
    title: str
    """Its terms in words, without queues: `rule_title`."""
    text: str
    """Its terms as they are typed behind `/alert add`: `rule_text`."""
    names: str
    """Its queues in words, as "Billing, Sales"; empty for every queue."""
    open: tuple[Incident, ...] = ()
    last_fired: datetime | None = None
    fired: int = 0
    """How often in the last four weeks."""
    votes: int = 0
    """How many of these were called not useful."""
    may_confirm: bool = True
    """Whether its reader may let it speak where another organisation reads along."""
    same: tuple[int, ...] = ()
    """The numbers of others of its channel that say the same."""
    place: str = ""
    """The channel's name where it is known, for texts without mentions: "#billing-floor"."""


class DamagedRule(Protocol):
    """What can be told of a rule whose terms cannot be read: it is never judged, and can only be removed."""

    @property
    def id(self) -> str: ...

    @property
    def number(self) -> int: ...

    @property
    def channel(self) -> ChannelId: ...

    @property
    def owner(self) -> UserId: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """How a rule stands for one queue, right now."""

    queue_name: str
    media: Media | None
    outcome: Outcome
    found: tuple[Found, ...] = ()
    reason: str = ""
    """Why it does not fire although one might think so, as a sentence; empty: nothing to add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """Once that a rule would have fired."""

    queue_name: str
    media: Media | None
    fired_at: datetime
    ended_at: datetime | None
    """None: it would still be open."""
    worst: Found | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A back-test."""

    start: datetime
    """UTC; where the rows that were there begin."""
    end: datetime
    fires: tuple[Fire, ...] = ()
    """In any order."""
    live: bool = False
    """It looks at live figures, which are not kept: nothing can be said of earlier."""
    learning: bool = False
    """There are not the weeks yet that a usual range needs."""
