"""The ledger of digests: one entry for a subscription and local date, however often it is tried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.domain.ids import ChannelId, SubscriptionId
    from bot.domain.subscriptions import Order


class Stage(StrEnum):
    """How far a delivery is. Those up to `SENDING` are open and belong to a process until its claim lapses."""

    CLAIMED = "claimed"
    """A process works on it; nothing was sent."""
    SENDING = "sending"
    """The message may be on its way: after a crash it has to be looked for before it is sent again."""
    SENT = "sent"
    SKIPPED = "skipped"
    """No traffic, and the order says not to send then."""
    MISSED = "missed"
    """Not sent within the time in which it would still be of use; `note` says why."""
    UNCLEAR = "unclear"
    """Perhaps sent, and Slack could not be asked: not sent again unless a person says so."""

    @property
    def open(self) -> bool:
        return self in {Stage.CLAIMED, Stage.SENDING}


class FileStage(StrEnum):
    """Of the file in the thread."""

    NONE = "none"
    WANTED = "wanted"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An entry. `subscription` and `day` are its key."""

    subscription: SubscriptionId
    day: date
    """Local date of the schedule's zone."""
    due_at: datetime
    order: Order
    """As it was when the delivery was claimed: buttons of the message ask the same later."""
    channel: ChannelId
    """Where it goes, or went."""
    stage: Stage
    holder: str
    """The process and attempt that owns it while it is open."""
    claimed_until: datetime
    """Others may take it over from then on. Also when it is to be tried again after a failure."""
    attempts: int = 1
    sending_since: datetime | None = None
    """When the latest attempt to send began; None before the first."""
    ts: str = ""
    """Of the message."""
    late: bool = False
    note: str = ""
    file: FileStage = FileStage.NONE
    settled_at: datetime | None = None
