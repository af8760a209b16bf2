"""Work promised to people: acknowledged, not yet answered. Owned here until it is done."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Coroutine

log = structlog.get_logger()

MOST_AT_ONCE = 5
_LETTING_GO = timedelta(seconds=2)
"""How long what is cancelled may take to end."""
RESTARTING = "The bot is restarting. Ask again in a minute."


class Promises:
    """A set of tasks that outlives the listeners that made them and is waited for at shutdown.

    Bolt keeps no reference to a listener's task and does not wait for it, so work started there could vanish.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._by_owner: Counter[str] = Counter()
        self.draining = False

    def __len__(self) -> int:
        return len(self._tasks)

    def make(self, work: Coroutine[None, None, None], *, owner: str) -> None:
        """Start `work` for `owner`. `work` answers for its own failures: nobody is told of an exception that leaves it.

        Raises Busy when the bot is shutting down or the owner has `MOST_AT_ONCE` questions open.
        """
        refusal = self._refusal(owner)
        if refusal:
            work.close()
            raise refusal
        self.keep(work, owner=owner)

    def keep(self, work: Coroutine[None, None, None], *, owner: str) -> None:
        """Start a last word that is owed in any case, such as why a question is not taken."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        self._by_owner[owner] += 1
        task.add_done_callback(lambda done: self._settled(done, owner))

    def _refusal(self, owner: str) -> Busy | None:
        if self.draining:
            return Busy(RESTARTING)
        if self._by_owner[owner] >= MOST_AT_ONCE:
            return Busy(f"{MOST_AT_ONCE} of your questions are still being answered. Ask again when one is done.")
        return None

    def _settled(self, task: asyncio.Task[None], owner: str) -> None:
        self._tasks.discard(task)
        self._by_owner[owner] -= 1
        if self._by_owner[owner] <= 0:
            del self._by_owner[owner]
        if not task.cancelled() and task.exception():
            log.error("a promise was broken", exc_info=task.exception())

    async def settled(self) -> None:
        """Wait until nothing is owed."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def drain(self, patience: timedelta) -> int:
        """Take no more work, wait for what was promised, and cancel what is late; returns how many were cancelled."""
        self.draining = True
        loop = asyncio.get_running_loop()
        deadline = loop.time() + patience.total_seconds()
        while self._tasks and loop.time() < deadline:
            await asyncio.wait(set(self._tasks), timeout=deadline - loop.time())
        late = set(self._tasks)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=_LETTING_GO.total_seconds())
        return len(late)
