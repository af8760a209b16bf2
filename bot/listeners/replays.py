"""What was received before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta


class Replays:
    """Keys seen within `lifetime`, which must outlast Slack's five minutes for a signature.

    Kept in memory: a replica that never saw the first one relies on the claim that guards the action itself.
    """

    def __init__(self, *, lifetime: timedelta, now: Callable[[], datetime]) -> None:
        self._lifetime = lifetime
        self._now = now
        self._seen: dict[str, datetime] = {}

    def first(self, key: str) -> bool:
        """True the first time."""
        now = self._now()
        # Insertion order is order of time, so the old ones stand at the front.
        while self._seen and now - next(iter(self._seen.values())) > self._lifetime:
            del self._seen[next(iter(self._seen))]
        if key in self._seen:
            return False
        self._seen[key] = now
        return True
