"""What a channel, or a person in direct messages, has set for all questions asked there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from bot.domain.questions import Formula, QueueWord


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings:
    """Everything is optional; None or empty means that nothing was set."""

    zone: ZoneInfo | None = None
    queues: tuple[QueueWord, ...] = ()
    """The usual queues: meant where a command names none."""
    threshold: timedelta | None = None
    """The usual threshold; None: each queue's own target."""
    formula: Formula | None = None
    limit: tuple[QueueWord, ...] | None = None
    """The only queues that may be seen here (ids in quotes, and patterns); None: all. Of channels only."""

    @property
    def damaged(self) -> bool:
        """Whether something was set that cannot be read: what may be seen is not known then, and so nothing is. Nobody
        can set a limit to nothing.
        """
        return self.limit == ()


UNSET = PlaceSettings()
DAMAGED = PlaceSettings(limit=())
