"""What is true for a few seconds only, asked once by all who want to know it in that time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Hashable
    from datetime import datetime

Answer = TypeVar("Answer")

LIVE_FOR = timedelta(seconds=5)
"""How long an answer about this minute is passed on."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Asking(Generic[Answer]):
    task: asyncio.Task[Answer]
    askers: int = 0
    until: datetime | None = None
    """None while it is under way."""


class Recent(Generic[Answer]):
    """Equal keys share a call while it is under way, and its answer for `LIVE_FOR` afterwards; failures are not kept.

    A call is given up only when every asker has been cancelled.
    """

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._askings: dict[Hashable, _Asking[Answer]] = {}

    async def get(self, key: Hashable, ask: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """The answer of `ask`, or of an equal call of a moment ago."""
        self._forget_old()
        asking = self._askings.get(key)
        if asking is None:
            asking = self._askings[key] = _Asking(task=asyncio.get_running_loop().create_task(ask()))
            asking.task.add_done_callback(partial(self._settled, key, asking))
        asking.askers += 1
        try:
            return await asyncio.shield(asking.task)
        finally:
            asking.askers -= 1
            if not asking.askers and not asking.task.done():
                self._drop(key, asking)
                asking.task.cancel()

    def close(self) -> None:
        """Cancel what is under way."""
        for asking in self._askings.values():
            asking.task.cancel()

    def _settled(self, key: Hashable, asking: _Asking[Answer], task: asyncio.Task[Answer]) -> None:
        # The exception is read, so that a failure nobody waits for any more is not reported as lost.
        if task.cancelled() or task.exception():
            self._drop(key, asking)
        else:
            asking.until = self._now() + LIVE_FOR

    def _forget_old(self) -> None:
        now = self._now()
        for key in [key for key, asking in self._askings.items() if asking.until and asking.until <= now]:
            del self._askings[key]

    def _drop(self, key: Hashable, asking: _Asking[Answer]) -> None:
        if self._askings.get(key) is asking:
            del self._askings[key]
