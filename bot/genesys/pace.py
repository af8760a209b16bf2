"""One pace for the process: how often, how many at once, who first, and nobody during a refusal."""

from __future__ import annotations

import asyncio
import heapq
from contextlib import asynccontextmanager
from datetime import timedelta
from enum import IntEnum
from itertools import count
from typing import TYPE_CHECKING

from bot.errors import GenesysLimited

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.genesys.wire_errors import Quota

BURST = 10
"""Requests that may leave at once after a quiet time; with 240 a minute that stays under the platform's 300."""
CONCURRENT = 6
MOST_SLOW = 4
"""Requests of exports and of history at once, so that nobody else waits for the slow replies that these ask for."""
SHARE = 0.8
"""How much of what the platform allows is used: clocks and windows never agree exactly."""

_INSTANT = 1e-6
"""Seconds; rounding errors of the clock are not worth a wait."""


class Priority(IntEnum):
    """Who is served first when requests queue up."""

    PERSON = 0
    ALERT = 1
    """What is looked at every minute: late, it is of no use."""
    DIGEST = 2
    EXPORT = 3
    HISTORY = 4
    """What nobody waits for."""


HURRIED = frozenset({Priority.PERSON, Priority.ALERT})
"""Who would rather hear that there is no answer than wait for it."""
SLOW = frozenset({Priority.EXPORT, Priority.HISTORY})
PATIENCE = {
    Priority.PERSON: timedelta(seconds=60),
    Priority.ALERT: timedelta(seconds=60),
    Priority.DIGEST: timedelta(seconds=180),
    Priority.EXPORT: timedelta(seconds=180),
    Priority.HISTORY: timedelta(seconds=180),
}
"""The longest refusal that is waited out."""


class Pace:
    """A token bucket with a queue. All its numbers are seconds of `clock`, which never goes back."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
        per_minute: int = 240,
        burst: int = BURST,
        concurrent: int = CONCURRENT,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._most_per_minute = per_minute
        self._per_second = per_minute / 60
        self._burst = burst
        self._tokens = float(burst)
        self._filled_at = clock()
        self._free = concurrent
        self._slow = 0
        self._held_until = clock()
        self._arrivals = count()
        self._line: list[tuple[Priority, int, asyncio.Future[None]]] = []
        self._alarm: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def turn(self, priority: Priority) -> AsyncIterator[None]:
        """Wait for a turn, and hold one of the places while inside.

        Raises GenesysLimited at once, or when it becomes so, if a refusal lasts longer than `PATIENCE`.
        """
        self._give_up_if_held(priority)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._line, (priority, next(self._arrivals), place))
        self._serve()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._leave(priority)
            raise
        try:
            yield
        finally:
            self._leave(priority)

    def hold(self, length: timedelta) -> None:
        """Nobody goes before `length` from now: one refusal stands for all callers."""
        self._held_until = max(self._held_until, self._clock() + length.total_seconds())
        for priority, _, place in self._line:
            if not place.done() and self._held > PATIENCE[priority]:
                place.set_exception(self._refusal())

    def correct(self, quota: Quota) -> None:
        """Believe what the platform says of its window: never faster than configured, slower where it allows less."""
        self.allow(quota.allowed)
        self._fill()
        left = quota.allowed - quota.used
        self._tokens = min(self._tokens, float(max(left, 0)))
        if left <= 0:
            self.hold(quota.resets_in)

    def allow(self, per_minute: int) -> None:
        """Stay under `per_minute`, with a margin, and under what was configured."""
        self._fill()
        self._per_second = max(1.0, min(self._most_per_minute, per_minute * SHARE)) / 60

    def close(self) -> None:
        """Stop waking anybody."""
        if self._alarm is not None:
            self._alarm.cancel()

    @property
    def _held(self) -> timedelta:
        return timedelta(seconds=max(0.0, self._held_until - self._clock()))

    def _refusal(self) -> GenesysLimited:
        return GenesysLimited("a refusal is still running", retry_after=self._held)

    def _give_up_if_held(self, priority: Priority) -> None:
        if self._held > PATIENCE[priority]:
            raise self._refusal()

    def _leave(self, priority: Priority) -> None:
        self._free += 1
        self._slow -= priority in SLOW
        self._serve()

    def _serve(self) -> None:
        while self._line and self._free:
            if self._line[0][2].done():
                heapq.heappop(self._line)
                continue
            slow = self._line[0][0] in SLOW
            if slow and self._slow >= MOST_SLOW:
                return  # they are last in line: nobody else waits
            self._fill()
            wait = max(self._held.total_seconds(), (1 - self._tokens) / self._per_second)
            if wait > _INSTANT:
                self._wake_in(wait)
                return
            _, _, place = heapq.heappop(self._line)
            self._tokens -= 1
            self._free -= 1
            self._slow += slow
            place.set_result(None)

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(float(self._burst), self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now

    def _wake_in(self, seconds: float) -> None:
        if self._alarm is None or self._alarm.done():
            self._alarm = asyncio.get_running_loop().create_task(self._wake(seconds))

    async def _wake(self, seconds: float) -> None:
        await self._sleep(seconds)
        self._alarm = None
        self._serve()
