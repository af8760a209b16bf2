"""Counts of closed periods, kept for a while; those of a period under way, for a moment."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.genesys.recent import LIVE_FOR

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.domain.ids import QueueId
    from bot.genesys.fetching import Held
    from bot.genesys.wire_aggregates import Span

SETTLED = timedelta(minutes=30)
"""A period that ended more recently still changes: timers count when they end, and ingestion takes a while."""
OLD = timedelta(days=2)
SETTLED_FOR = timedelta(minutes=5)
OLD_FOR = timedelta(minutes=60)
MOST_TALLIES = 50_000
"""Counts of a queue, medium and bucket each: some tens of megabytes."""
TIMED = 3
"""How many tallies without lengths of time take the room of one with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    held: Held
    until: datetime
    size: int


class Cells:
    """The least recently used go first."""

    def __init__(self, *, now: Callable[[], datetime], most: int = MOST_TALLIES) -> None:
        self._now = now
        self._most = most
        self._size = 0
        self._entries: OrderedDict[tuple[Span, QueueId], _Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, span: Span, queue: QueueId, thresholds: frozenset[timedelta]) -> Held | None:
        """The queue's counts if they are fresh and counted with these thresholds."""
        held = self._fresh(span, queue)
        if held is None or not thresholds <= held.thresholds:
            return None
        self._entries.move_to_end((span, queue))
        return held

    def covered(self, span: Span, queue: QueueId) -> frozenset[timedelta]:
        """Thresholds the queue's fresh counts were counted with."""
        held = self._fresh(span, queue)
        return held.thresholds if held is not None else frozenset()

    def put(self, span: Span, queue: QueueId, held: Held) -> None:
        """Keep the counts for as long as the age of the span allows; not at all while they still settle."""
        kept_for = _kept_for(held.as_of - span.end)
        if not kept_for:
            return
        self._remove((span, queue))
        entry = _Entry(
            held=held, until=held.as_of + kept_for, size=max(1, len(held.tallies)) * (TIMED if span.times else 1)
        )
        self._entries[span, queue] = entry
        self._size += entry.size
        while self._size > self._most and self._entries:
            self._remove(next(iter(self._entries)))

    def _fresh(self, span: Span, queue: QueueId) -> Held | None:
        entry = self._entries.get((span, queue))
        if entry is None:
            return None
        if self._now() >= entry.until:
            self._remove((span, queue))
            return None
        return entry.held

    def _remove(self, key: tuple[Span, QueueId]) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._size -= entry.size


def _kept_for(age: timedelta) -> timedelta:
    if age < timedelta():
        return LIVE_FOR  # not over yet: asked as a figure of this minute
    if age <= SETTLED:
        return timedelta()
    return OLD_FOR if age > OLD else SETTLED_FOR
