"""The traffic of the weeks that people ask about, made in a thread before they ask."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from bot.demo.centre import Centre

DAYS = 36
"""A day beside the same day of the four weeks before it, and what calendars and zones add."""


class Warming:
    """Makes the latest days first. A centre makes every other day when it is asked for."""

    def __init__(self, centre: Centre, *, now: Callable[[], datetime]) -> None:
        self._centre = centre
        self._now = now
        self._over = Event()
        self._begun: date | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Make what is missing up to now, unless that was begun on the same day."""
        now = self._now()
        if now.date() == self._begun:
            return
        self._begun = now.date()
        task = asyncio.create_task(asyncio.to_thread(self._make, now))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        """Return when no thread is at it any more."""
        self._over.set()
        await asyncio.gather(*self._under_way)

    def _make(self, now: datetime) -> None:
        for age in range(DAYS):
            if self._over.is_set():
                return
            latest = now - timedelta(days=age)
            self._centre.warm(latest - timedelta(days=1), latest)
