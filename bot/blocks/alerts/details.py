"""An incident in full: its rule, the course of its figures, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks import forms, kit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from bot.blocks.alerts.entry import Entry
    from bot.blocks.kit import Block
    from bot.domain.alerts.rules import RuleId
    from bot.domain.alerts.states import Bulletin, Incident, IncidentId, Line
    from bot.domain.sla import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """Fifteen minutes of a queue and medium; None: not known."""

    start: datetime
    offered: int | None = None
    share: Share | None = None
    """Answered in time, of those that count."""
    abandoned: int | None = None
    aht: timedelta | None = None
    on_queue: int | None = None
    waiting: int | None = None


def details_view(
    bulletin: Bulletin,
    incidents: Sequence[Incident],
    *,
    now: datetime,
    zone: ZoneInfo,
    rules: Mapping[RuleId, Entry],
    course: Mapping[IncidentId, Sequence[Quarter]] | None = None,
    lines: Sequence[Line] = (),
    permalink: str = "",
    command: str = "/alert",
) -> Block:
    """A modal, for who pressed Details. `rules` may lack one that was removed; `course` is oldest first; `lines` the
    thread in order of time; `permalink` leads to the message, and is of Slack's making.
    """
    return forms.modal("Alert", [kit.section(one.queue_name) for one in incidents])
