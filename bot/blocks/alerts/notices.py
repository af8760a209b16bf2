"""What is told of the bot itself: that it cannot see Genesys, and that it was away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks import kit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Message
    from bot.domain.alerts.states import Bulletin


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """An alert that fired while the bot was away, as it was found afterwards."""

    queue_name: str
    title: str
    began: datetime
    ended: datetime | None = None
    """None: it goes on."""


def blind_message(bulletin: Bulletin, *, now: datetime, zone: ZoneInfo, alerts: int = 0) -> Message:
    """One notice for an organisation: since `bulletin.opened_at`, because of `bulletin.note` (a sentence or a part of
    one). Closed, it is the all-clear. `alerts`: how many incidents are open and keep their state.

    Always with one attachment, and no buttons.
    """
    said = f"I cannot see Genesys: {bulletin.note}"
    return kit.message(said, kit.section(said))


def absence_note(
    passed: Sequence[Passed] = (), *, zone: ZoneInfo, live_rules: int = 0, now: datetime | None = None
) -> str:
    """For `Bulletin.note`: what was missed and judged afterwards. `live_rules`: how many rules look at live figures,
    which could not be asked for later. Lines of plain text.
    """
    return ""


def absence_message(
    bulletin: Bulletin, *, now: datetime, zone: ZoneInfo, since: datetime | None = None, until: datetime | None = None
) -> Message:
    """That the bot was stopped from `since` (else `bulletin.opened_at`) to `until` (else `bulletin.closed_at`, else
    `now`), and `bulletin.note`, which is lines as `absence_note` makes them. With one attachment.
    """
    said = "I was not running."
    return kit.message(said, kit.section(said))
