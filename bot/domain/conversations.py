"""Conversations as an export lists them: one row for each visit of a queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# The annotations are read at run time by whoever writes these values to disk.
from bot.domain.ids import AgentId, QueueId, WrapUpId  # noqa: TC001
from bot.domain.queues import Media  # noqa: TC001


class Outcome(StrEnum):
    """How a visit of a queue ended."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    FLOW_OUT = "flow-out"
    """Left the queue another way: voicemail, callback, another queue."""
    OUTBOUND = "outbound"
    """An agent called out on behalf of the queue: nothing was offered, nobody waited."""
    OPEN = "open"
    """Still waiting when it was read, or the record does not tell."""


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One contact in one queue, and its handling there."""

    queue: QueueId
    media: Media
    direction: Direction
    entered: datetime
    """UTC: when it entered the queue; for an outbound contact, when the agent began."""
    outcome: Outcome
    agent: AgentId | None = None
    """The first to answer; None when nobody did."""
    wait: timedelta | None = None
    """Queue entry to answer, abandon or flow-out; None when open or outbound."""
    talk: timedelta = timedelta()
    """Of all agents who handled it in this queue; as hold and acw."""
    hold: timedelta = timedelta()
    acw: timedelta = timedelta()
    wrap_up: WrapUpId | None = None
    """The last code set."""
    transfers: int = 0
    """Made by agents during this visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """What identifies a customer; only read when the administrator allows it. Empty where the record has none."""

    ani: str = ""
    dnis: str = ""
    address_from: str = ""
    address_to: str = ""
    customer: str = ""
    """The participant's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation and its visits of the queues asked about, in the order of entering."""

    id: str
    start: datetime
    """UTC, whole milliseconds."""
    end: datetime | None
    """None while it goes on."""
    visits: tuple[Visit, ...]
    personal: Personal | None = None

    @property
    def order(self) -> tuple[datetime, str]:
        """The order of an export: by start, then id, so that it is total and repeatable."""
        return self.start, self.id
