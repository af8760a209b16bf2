"""Counts asked for at the same moment, or a moment ago, are fetched once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.genesys.together import together
from bot.genesys.wire_aggregates import MOST_VIEWS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.domain.ids import QueueId
    from bot.genesys.cells import Cells
    from bot.genesys.fetching import Fetching, Held
    from bot.genesys.pace import Priority
    from bot.genesys.wire_aggregates import Span

WINDOW = timedelta(milliseconds=5)
"""How long the first asker waits for company."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Batch:
    """Askers of one span who share its requests."""

    span: Span
    priority: Priority
    wants: dict[QueueId, frozenset[timedelta]] = field(default_factory=dict)
    gathering: bool = True
    askers: int = 0
    task: asyncio.Task[Mapping[QueueId, Held]] = field(init=False)

    def has(self, queue: QueueId, thresholds: frozenset[timedelta]) -> bool:
        return queue in self.wants and thresholds <= self.wants[queue]


class Sharing:
    """Stands between questions and the wire.

    A request is given up only when every asker has been cancelled; its failure is everybody's failure.
    """

    def __init__(
        self,
        fetching: Fetching,
        *,
        cells: Cells,
        sleep: Callable[[float], Awaitable[object]],
        window: timedelta = WINDOW,
    ) -> None:
        self._fetching = fetching
        self._cells = cells
        self._sleep = sleep
        self._window = window
        self._batches: dict[Span, list[_Batch]] = {}

    async def held(
        self, span: Span, wants: Mapping[QueueId, frozenset[timedelta]], priority: Priority
    ) -> Mapping[QueueId, Held]:
        """The counts of every queue of `wants`. Raises GenesysError."""
        held: dict[QueueId, Held] = {}
        batches: dict[_Batch, list[QueueId]] = {}
        for queue, thresholds in wants.items():
            known = self._cells.get(span, queue, thresholds)
            if known is not None:
                held[queue] = known
            else:
                batches.setdefault(self._batch(span, queue, thresholds, priority), []).append(queue)
        for batch in batches:
            batch.askers += 1
        try:
            answers = await together(_answer(batch) for batch in batches)
        finally:
            for batch in batches:
                self._leave(batch)
        for answer, queues in zip(answers, batches.values(), strict=True):
            held.update((queue, answer[queue]) for queue in queues)
        return held

    def close(self) -> None:
        """Cancel what is under way."""
        for batch in [batch for batches in self._batches.values() for batch in batches]:
            batch.task.cancel()

    def _batch(self, span: Span, queue: QueueId, thresholds: frozenset[timedelta], priority: Priority) -> _Batch:
        running = self._batches.get(span, [])
        for batch in running:
            # A person does not wait behind an export that asked first.
            if batch.has(queue, thresholds) and batch.priority <= priority:
                return batch
        batch = next((b for b in running if b.gathering), None) or self._open(span, priority)
        batch.priority = min(batch.priority, priority)
        batch.wants[queue] = batch.wants.get(queue, frozenset()) | thresholds
        return batch

    def _open(self, span: Span, priority: Priority) -> _Batch:
        batch = _Batch(span=span, priority=priority)
        batch.task = asyncio.get_running_loop().create_task(self._run(batch))
        batch.task.add_done_callback(lambda task: self._settled(batch, task))
        self._batches.setdefault(span, []).append(batch)
        return batch

    async def _run(self, batch: _Batch) -> Mapping[QueueId, Held]:
        await self._sleep(self._window.total_seconds())
        batch.gathering = False
        wants = {queue: self._widened(batch.span, queue, wanted) for queue, wanted in batch.wants.items()}
        held = await self._fetching.fetch(batch.span, wants, batch.priority)
        for queue, one in held.items():
            self._cells.put(batch.span, queue, one)
        return held

    def _widened(self, span: Span, queue: QueueId, wanted: frozenset[timedelta]) -> frozenset[timedelta]:
        """With the thresholds already cached, if there is room: the new counts take the place of the old."""
        both = wanted | self._cells.covered(span, queue)
        return both if len(both) <= MOST_VIEWS else wanted

    def _leave(self, batch: _Batch) -> None:
        batch.askers -= 1
        if not batch.askers and not batch.task.done():
            self._forget(batch)
            batch.task.cancel()

    def _settled(self, batch: _Batch, task: asyncio.Task[Mapping[QueueId, Held]]) -> None:
        self._forget(batch)
        if not task.cancelled():
            task.exception()  # read, so that a failure nobody waits for any more is not reported as lost

    def _forget(self, batch: _Batch) -> None:
        running = self._batches.get(batch.span, [])
        if batch in running:
            running.remove(batch)
        if not running:
            self._batches.pop(batch.span, None)


async def _answer(batch: _Batch) -> Mapping[QueueId, Held]:
    return await asyncio.shield(batch.task)
