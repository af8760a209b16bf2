"""Which waits answers are counted within, quarter hour by quarter hour. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bot.domain.queues import Queue

AT_ONCE = 10
"""Thresholds that cost nothing more: one request takes as many."""
MOST = 2 * AT_ONCE
"""Beyond the queues' own and the rules', nobody is waiting for an answer that would need a third request."""
GRID = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 30, 45, 60, 90, 120, 180, 300))
"""What fills the room that is left: what people are likely to ask for later."""


def needed(queues: Iterable[Queue], wanted: Collection[timedelta]) -> frozenset[timedelta]:
    """What counts are of no use without: the queues' own thresholds, the most common first, then those that rules name;
    `MOST` at most.
    """
    own = Counter(target.threshold for queue in queues for target in queue.targets.values())
    ranked = sorted(own, key=lambda threshold: (-own[threshold], threshold))
    return frozenset(list(dict.fromkeys((*ranked, *sorted(wanted))))[:MOST])


def filled_up(some: frozenset[timedelta]) -> frozenset[timedelta]:
    """With as many of the grid as a request takes for nothing."""
    others = [threshold for threshold in GRID if threshold not in some]
    return some | frozenset(others[: max(0, AT_ONCE - len(some))])
