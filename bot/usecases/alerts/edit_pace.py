"""How fast messages are edited: `chat.update` has a limit of its own, of the whole workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

PER_MINUTE = 38
AT_ONCE = 10
"""Edits without a pause; with these it is never more than Slack's 50 in a minute (tier 3)."""
_FOR_ALL = AT_ONCE // 2
"""The rest is kept for presses, whose people wait."""


class EditPace:
    """Seconds of `clock`, which is monotonic."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._every = 60 / PER_MINUTE
        self._free_at = clock()
        self._held_until = clock()

    def wait_for(self, *, urgent: bool) -> float:
        """Seconds until the next edit may leave; 0 for now."""
        now = self._clock()
        ahead = max(self._free_at, now) - now
        room = ((AT_ONCE if urgent else _FOR_ALL) - 1) * self._every
        return max(ahead - room, self._held_until - now, 0.0)

    def take(self) -> None:
        """One leaves."""
        self._free_at = max(self._free_at, self._clock()) + self._every

    def hold(self, wait: timedelta) -> None:
        """Slack wants no edits for so long."""
        self._held_until = max(self._held_until, self._clock() + wait.total_seconds())
