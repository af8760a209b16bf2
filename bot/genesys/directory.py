"""The queues of the organisation, at hand without asking each time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import structlog

from bot.errors import GenesysError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
    from datetime import datetime
    from typing import Any

    from bot.domain.ids import QueueId
    from bot.domain.queues import Queue

EVERY = timedelta(minutes=10)
ON_DEMAND = timedelta(minutes=1)
"""An unknown name or id may cause a refresh this often."""

Snapshot: TypeAlias = "tuple[Queue, ...]"

log = structlog.get_logger(__name__)


class QueueDirectory:
    """The last complete listing. When a refresh fails the old one stays, and the log says so once."""

    def __init__(
        self,
        load: Callable[[], Coroutine[Any, Any, Snapshot]],
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]],
        random: Callable[[], float],
        every: timedelta = EVERY,
    ) -> None:
        """`load` is `GenesysClient.queues`; `sleep` takes seconds, `random` gives 0 to 1."""
        self._load = load
        self._now = now
        self._sleep = sleep
        self._random = random
        self._every = every
        self._queues: Snapshot | None = None
        self._by_id: Mapping[QueueId, Queue] = MappingProxyType({})
        self._tried_at: datetime | None = None
        self._loading: asyncio.Task[Snapshot] | None = None
        self._failing = False

    @property
    def cached(self) -> Snapshot:
        """What is known without asking; empty before the first load."""
        return self._queues or ()

    def known(self, queue: QueueId) -> Queue | None:
        """The queue of that id in the last listing."""
        return self._by_id.get(queue)

    async def snapshot(self) -> Snapshot:
        """The last complete listing; the first call waits for it. Raises GenesysError if there never was one."""
        return self._queues if self._queues is not None else await self._loaded()

    async def refreshed(self, *, at_most_every: timedelta = ON_DEMAND) -> Snapshot:
        """A listing that may know a queue the last one did not; asks only if the last attempt is long enough ago.

        Raises GenesysError only if there never was a listing.
        """
        if self._queues is not None and self._tried_at is not None and self._now() - self._tried_at < at_most_every:
            return self._queues
        try:
            return await self._loaded()
        except GenesysError:
            if self._queues is None:
                raise
            return self._queues

    async def run(self) -> None:
        """Load, then refresh for ever; ends by cancellation only."""
        while True:
            try:
                await self._loaded()
            except GenesysError:
                pass  # logged where it happened
            except Exception:
                # A defect met in one listing must not end the refreshing of all later ones.
                log.exception("queue directory not refreshed")
            await self._sleep(self._every.total_seconds() * (0.9 + self._random() / 5))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[QueueDirectory]:
        """`run` in the background for as long as the block lasts."""
        task = asyncio.get_running_loop().create_task(self.run())
        try:
            yield self
        finally:
            for unfinished in (task, self._loading):
                if unfinished is not None:
                    unfinished.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _loaded(self) -> Snapshot:
        if self._loading is None:
            self._loading = asyncio.get_running_loop().create_task(self._refresh())
            self._loading.add_done_callback(self._settled)
        return await asyncio.shield(self._loading)

    async def _refresh(self) -> Snapshot:
        self._tried_at = self._now()
        try:
            queues = await self._load()
        except GenesysError as error:
            if not self._failing:
                self._failing = True
                log.warning("queue directory not refreshed", error=repr(error), queues=len(self.cached))
            raise
        if self._failing:
            self._failing = False
            log.info("queue directory refreshed again", queues=len(queues))
        self._queues = queues
        self._by_id = MappingProxyType({queue.id: queue for queue in queues})
        return queues

    def _settled(self, task: asyncio.Task[Snapshot]) -> None:
        self._loading = None
        if not task.cancelled():
            task.exception()  # read, so that a failure nobody waits for any more is not reported as lost
