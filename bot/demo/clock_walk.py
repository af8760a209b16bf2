"""The clock of the demo on its way: minute by minute, so that whoever looks each minute misses none."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.demo.clock import DemoClock

    Sleep = Callable[[float], Awaitable[object]]

MINUTE = timedelta(minutes=1)
LONGEST = timedelta(hours=4)
"""A walk that would take longer is a jump."""
FASTER = 60
"""How many minutes pass in a real one in fast motion."""
_PAUSE = 0.03
"""Seconds between the minutes of a walk, so that everybody else gets a turn."""
_PATIENCE = 10.0
"""Seconds that those who look each minute may take."""

log = logging.getLogger(__name__)


class Walk:
    """Moves a clock on in steps of a minute, telling `DemoClock.each_minute` after every one."""

    def __init__(self, clock: DemoClock, *, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._ahead = timedelta()
        self._fast = False
        self._task: asyncio.Task[None] | None = None

    @property
    def fast(self) -> bool:
        """Whether a minute passes every second."""
        return self._fast

    def set_fast(self, wanted: bool) -> None:
        """Let time run sixty times faster, or as fast as the real one again."""
        self._fast = wanted
        self._set_out()

    def forward(self, by: timedelta) -> None:
        """Walk on by so much, after what is still to be walked. Raises ValueError for more than `LONGEST` in all."""
        if self._ahead + by > LONGEST:
            raise ValueError("The clock is on its way already: let it arrive first.")
        self._ahead += by
        self._set_out()

    async def arrived(self) -> None:
        """Return when there is nothing left to walk; in fast motion that is never."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def close(self) -> None:
        """Stand still."""
        self._ahead, self._fast = timedelta(), False
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _set_out(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go())

    async def _go(self) -> None:
        while self._ahead or self._fast:
            if self._ahead:
                step = min(MINUTE, self._ahead)
                self._ahead -= step
                await self._sleep(_PAUSE)
            else:
                second = MINUTE / FASTER
                step = MINUTE - second
                await self._sleep(second.total_seconds())
                if not self._fast:
                    continue
            self._clock.jump(self._clock.now() + step)
            await self._told()

    async def _told(self) -> None:
        for look in self._clock.minutely:
            try:
                async with asyncio.timeout(_PATIENCE):
                    await look()
            except Exception:
                log.exception("what is done each minute of the demo's clock failed")
