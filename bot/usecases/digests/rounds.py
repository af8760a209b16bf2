"""Who is next: channels take turns, and nothing goes faster than Slack allows.

pace = SendingPace(clock=…, sleep=…)             # of the process; remembers what Slack said
line = Line(pace)                                # of one round
line.add(channel, job)                           # in the order in which they are due
async with line.next() as job: …                 # None: nothing of this round can go soon
await pace.turn(channel)                         # the last thing before a message leaves
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.domain.ids import ChannelId

PER_MINUTE = 240
"""Messages of the whole workspace; Slack takes several hundred, and people's answers need room as well."""
PER_CHANNEL_SECONDS = 1.0
PATIENCE_SECONDS = 5.0
"""A channel that is held for longer waits for another round, so that a round ends."""
_MANY_CHANNELS = 3
"""So many refused in a row are no longer the channels' matter but the workspace's."""

Job = TypeVar("Job")


class SendingPace:
    """At most one message a second for a channel, and so many a minute for all. Seconds of `clock`, which is monotonic.

    What Slack said of a channel holds that channel only.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
        per_minute: int = PER_MINUTE,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._every = 60 / per_minute
        self._free_at = clock()
        self._channels: dict[ChannelId, float] = {}
        self._held: set[ChannelId] = set()

    def wait_for(self, channel: ChannelId) -> float:
        """Seconds until the channel may have its next message; 0 for now."""
        return max(self._channels.get(channel, 0.0) - self._clock(), 0.0)

    async def turn(self, channel: ChannelId) -> None:
        """Wait until a message for the channel may leave, and count it."""
        while (wait := self.wait_for(channel)) > 0:
            await self._sleep(wait)
        self._take(channel)
        # Counted before the wait: whoever comes meanwhile stands behind.
        mine = max(self._free_at, self._clock())
        self._free_at = mine + self._every
        while (wait := mine - self._clock()) > 0:
            await self._sleep(wait)
        self._take(channel)

    def hold(self, channel: ChannelId, seconds: float) -> None:
        """Slack wants nothing more for the channel for so long."""
        until = self._clock() + seconds
        self._channels[channel] = max(self._channels.get(channel, 0.0), until)
        self._held.add(channel)
        if len(self._held) >= _MANY_CHANNELS:
            self._held.clear()
            self._free_at = max(self._free_at, until)

    def taken(self) -> None:
        """Slack took a message: what it refused others for was their own."""
        self._held.clear()

    def _take(self, channel: ChannelId) -> None:
        now = self._clock()
        if len(self._channels) > 2 * PER_MINUTE:
            self._channels = {one: free_at for one, free_at in self._channels.items() if free_at > now}
        self._channels[channel] = max(self._channels.get(channel, 0.0), now + PER_CHANNEL_SECONDS)


class Line(Generic[Job]):
    """The jobs of one round. A channel has one under way at a time, and then goes behind the others."""

    def __init__(self, pace: SendingPace, *, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._pace = pace
        self._sleep = sleep
        self._jobs: dict[ChannelId, deque[Job]] = {}
        self._order: deque[ChannelId] = deque()
        self._busy: set[ChannelId] = set()
        self._changed = asyncio.Event()
        self._closed = False

    def add(self, channel: ChannelId, job: Job) -> None:
        if channel not in self._jobs:
            self._jobs[channel] = deque()
            self._order.append(channel)
        self._jobs[channel].append(job)

    def close(self) -> None:
        """Nothing more is handed out."""
        self._closed = True
        self._wake()

    @asynccontextmanager
    async def next(self) -> AsyncIterator[Job | None]:
        """The next job, its channel being kept for it inside; None when no more can go soon."""
        channel = await self._channel()
        if channel is None:
            yield None
            return
        job = self._jobs[channel].popleft()
        try:
            yield job
        finally:
            self._busy.discard(channel)
            if not self._jobs[channel]:
                del self._jobs[channel]
                self._order.remove(channel)
            self._wake()

    async def _channel(self) -> ChannelId | None:
        while not self._closed:
            idle = [channel for channel in self._order if channel not in self._busy]
            for channel in idle:
                if self._pace.wait_for(channel) <= 0:
                    self._order.remove(channel)
                    self._order.append(channel)
                    self._busy.add(channel)
                    return channel
            waits = [wait for channel in idle if (wait := self._pace.wait_for(channel)) <= PATIENCE_SECONDS]
            if not waits and not self._busy:
                return None
            await self._until_changed(min(waits, default=None))
        return None

    async def _until_changed(self, seconds: float | None) -> None:
        waiting: set[asyncio.Future[object]] = {asyncio.ensure_future(self._changed.wait())}
        if seconds is not None:
            waiting.add(asyncio.ensure_future(self._sleep(seconds)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
