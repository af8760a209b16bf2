"""The handover of a shift: what fired, who took it, how long it took, and what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Message
    from bot.domain.alerts.rules import Rule
    from bot.domain.alerts.states import Incident
    from bot.domain.ids import UserId


def handover_message(
    start: datetime,
    end: datetime,
    incidents: Sequence[Incident],
    *,
    zone: ZoneInfo,
    place: str = "this channel",
    muted: Sequence[Rule] = (),
    blind: Sequence[tuple[datetime, datetime | None]] = (),
    shared_by: UserId | None = None,
    may_share: bool = True,
) -> Message:
    """Of `incidents` that were open at any moment of `[start, end)`, `end` being now. `muted`: rules that tell nobody.
    `blind`: when Genesys could not be seen. `shared_by`: it is in the channel, and says who put it there; else it has a
    button Share in Channel (`SHARE_HANDOVER`, the start as value) unless it may not be shared.
    """
    said = f"Handover: {len(incidents)} alerts"
    return kit.message(said, kit.section(said))
