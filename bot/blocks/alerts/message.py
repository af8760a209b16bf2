"""The living message of one or several incidents, from the first word to “Over”."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit
from bot.blocks.alerts.actions import bulletin_actions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Message
    from bot.domain.alerts.states import Bulletin, Incident


def alert_message(
    bulletin: Bulletin,
    incidents: Sequence[Incident],
    *,
    now: datetime,
    zone: ZoneInfo,
    blind_since: datetime | None = None,
    considered: int | None = None,
    mention: Sequence[str] = (),
) -> Message:
    """What a channel reads of `incidents`, in any order; at least one. Within Slack's limits however many there are.

    `blind_since`: Genesys cannot be seen since then. `considered`: how many queues the rules behind it look at, for
    “7 of 12 voice queues”; None: not known. `mention`: whom it names, as Slack writes it. The same arguments make the
    same message; `now` only decides what a snooze is worth and which day a time belongs to.

    Always with one attachment. Presses: `actions.ACKNOWLEDGE`, `SNOOZE`, `DETAILS`, `MORE`.
    """
    point = f"{incidents[0].queue_name}: {incidents[0].title}"
    message = kit.message(point, kit.section(point))
    message["attachments"] = [{"fallback": point, "blocks": [bulletin_actions(bulletin)]}]
    return message
