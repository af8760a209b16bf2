"""What is said in an alert's thread: one line for each step, with mentions where somebody is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import kit

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.blocks.kit import Message
    from bot.domain.alerts.states import Incident, Line, LineKind
    from bot.domain.ids import UserId


def line_text(
    kind: LineKind,
    *,
    at: datetime,
    zone: ZoneInfo,
    incident: Incident | None = None,
    mention: str = "",
    by: UserId | None = None,
    until: datetime | None = None,
    several: int = 1,
    note: str = "",
) -> str:
    """A line as `mrkdwn`, escaped, for `Line.text`; at most 2,000 characters.

    `incident`: the one it is about; None for what is about all of a message. `mention`: who is called, as Slack writes
    it, several with spaces between. `by` and `until`: of a press, and of a snooze. `several`: how many incidents a
    press was about. `note`: the reason of `BLIND`, as a sentence.
    """
    return kit.escaped(f"{kind.value} {incident.queue_name if incident else ''} {note}", 2000)


def line_message(line: Line) -> Message:
    """The line as a message for the thread."""
    text = {"type": "mrkdwn", "text": line.text, "verbatim": True}
    return {"text": line.text, "blocks": [{"type": "section", "text": text, "expand": True}]}
