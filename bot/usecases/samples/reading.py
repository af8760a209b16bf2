"""Reads samples in pieces that do not hold up those who share the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.alerts.samples import QUARTER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection
    from datetime import datetime

    from bot.domain.alerts.samples import Sample
    from bot.domain.ids import QueueId
    from bot.store.samples import Samples

CELLS = 1_000
"""Queues times quarter hours in one piece: some 20 ms."""


async def in_pieces(
    samples: Samples, start: datetime, end: datetime, queues: Collection[QueueId]
) -> AsyncIterator[tuple[Sample, ...]]:
    """What `samples.between` returns, in the order of time."""
    step = max(1, CELLS // max(1, len(queues))) * QUARTER
    while start < end:
        until = min(start + step, end)
        yield await samples.between(start, until, queues)
        start = until
