"""What figures and conversations can be grouped by."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Dimension(StrEnum):
    """One key of a group; the names are those of `by …` in a command and of `group` in `--json`."""

    QUEUE = "queue"
    DIVISION = "division"
    MEDIA = "media"
    HOUR = "hour"
    DAY = "day"
    AGENT = "agent"
    WRAPUP = "wrapup"
    DIRECTION = "direction"


PERSONAL = frozenset({Dimension.AGENT, Dimension.WRAPUP})
"""Known only once an agent has a contact: what happens in the queue before belongs to none of their groups."""


class Label(NamedTuple):
    """One value of a dimension."""

    id: str
    """What tells it apart: a queue's or agent's id, a medium, a day `2026-11-16`, an hour `2026-11-16T09:00:00+01:00`
    (with offset, since an hour that occurs twice is two groups); empty for what has no value."""
    name: str
    """What people read: names in place of ids, `Mon 16 Nov`, `Mon 16 Nov 09:00`; never empty."""


Group = tuple[Label, ...]
"""One label for each dimension asked for, in the order asked."""
