"""An export from its question to its files: how far it is, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from pathlib import Path

    from bot.domain.dimensions import Group
    from bot.domain.ids import ChannelId, ExportId, TeamId, UserId
    from bot.domain.questions import ConversationsQuestion


class FileFormat(StrEnum):
    CSV = "csv"
    JSON = "json"


class Delivery(StrEnum):
    """Where an export goes when no object store is set: the administrator's decision."""

    DIRECT = "direct"
    """To whoever asked, as a direct message."""
    CHANNEL = "channel"
    """To the channel it was asked in."""


class Stage(StrEnum):
    """What an export is doing."""

    QUEUED = "queued"
    PLANNING = "planning"
    """Finding out how much there is, and cutting it."""
    FETCHING = "fetching"
    WRITING = "writing"
    DELIVERING = "delivering"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an export is; unknown numbers are None, never zero."""

    stage: Stage
    position: int | None = None
    """While queued: 1 is next."""
    slices_done: int = 0
    slices: int | None = None
    """Stretches of time the period was cut into."""
    conversations: int = 0
    """Fetched so far, duplicates included."""
    expected: int | None = None
    """As the platform counts, which is approximate and moves."""
    left: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What reached the files, and how sure that is everything."""

    conversations: int
    rows: int
    duplicates: int
    """Conversations that were read more than once and written once."""
    missing: str = ""
    """Why the rows may not be everything, as a sentence; empty when they are."""

    @property
    def complete(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """A file on this machine's disk, ready to be delivered."""

    path: Path
    name: str
    """As the person sees it: `conversations-billing-2026-11-09-to-2026-11-15.csv`."""
    size: int
    """Bytes."""
    sha256: str
    """Hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSummary:
    """Figures of one group of visits that aggregates cannot give. Ratios and scores are None over zero."""

    group: Group
    conversations: int
    visits: int
    average_duration: timedelta | None
    """Of the conversations that are over, from start to end, each counted once."""
    talk_ratio: float | None
    """Talk / duration, 0 to 1."""
    hold_ratio: float | None
    """Hold / duration, 0 to 1."""
    efficiency: float | None
    """max(0, 100 - 50 x hold ratio), 50 to 100 for sound data."""
    wrap_up_codes: int
    """Distinct ones."""
    p50_wait: timedelta | None
    """Of answered visits; linear interpolation at q(n-1), exact to under a second up to an hour, to a minute above."""
    p90_wait: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a delivered file can be read, by whoever has the address, until it expires."""

    url: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A finished export."""

    question: ConversationsQuestion
    as_of: datetime
    """When the last part was read; UTC."""
    fetched: Fetched
    files: tuple[WrittenFile, ...]
    """The rows first, then the manifest."""
    summary: tuple[GroupSummary, ...]
    """Largest group first."""


class ExportState(StrEnum):
    """How an export stands; a finished one is forgotten."""

    QUEUED = "queued"
    RUNNING = "running"
    STOPPING = "stopping"
    """Its owner no longer wants it, and the process that works on it has not noticed yet."""
    INTERRUPTED = "interrupted"
    """Its process is gone; another is telling the owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The message in which an owner watches an export."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRecord:
    """One export, with what it takes to ask for it again."""

    id: ExportId
    team: TeamId
    user: UserId
    channel: ChannelId | None
    """Where it was asked for; None for a person's own."""
    text: str
    """The words of the command, which mean a period only together with `asked_at` and `zone`."""
    asked_at: datetime
    zone: str
    """IANA name."""
    state: ExportState
    started_at: datetime
    notice: Notice | None = None
