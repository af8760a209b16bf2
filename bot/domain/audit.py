"""Who changed what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.ids import ChannelId, TeamId, UserId


class Action(StrEnum):
    CREATED = "created"
    EDITED = "edited"
    PAUSED = "paused"
    RESUMED = "resumed"
    REMOVED = "removed"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"
    """By the bot itself, because of trouble."""
    MOVED = "moved"
    """The channel got another id."""
    SENT_NOW = "sent now"
    SENT_AGAIN = "sent again"
    SETTINGS = "settings"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An entry of the audit log."""

    at: datetime
    team: TeamId
    user: UserId | None
    """None: the bot itself."""
    action: Action
    channel: ChannelId
    """Or the person's id, for a person's own settings."""
    subject: str = ""
    """The subscription's id; empty for settings."""
    before: str = ""
    """What it was, as JSON; empty for what is new."""
    after: str = ""
