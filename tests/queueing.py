"""A day of one queue, call by call: first come, first served, and callers who hang up."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING

from bot.domain.alerts.quarters import Quarter, missed_of

if TYPE_CHECKING:
    from datetime import datetime

QUARTER = 900
"""Seconds."""
TARGET = 20
SHORT = 5


@dataclass(slots=True)
class Slot:
    """A quarter hour of one queue as it is lived through."""

    rate: float
    agents: int
    handle: float = 1.0
    blocked: bool = False


def lived(
    slots: list[Slot], moments: list[datetime], *, usual_handle: float, mean_patience: float, seed: float
) -> list[Quarter]:
    """One day, from an empty queue on; who waits at the end of it is counted in its last row."""
    count = len(slots)
    offered, answered, within = [0] * count, [0] * count, [0] * count
    abandoned, short, waiting, oldest = [0] * count, [0] * count, [0] * count, [0.0] * count
    free: list[float] = []
    staff = 0
    for number, slot in enumerate(slots):
        begin = float(number * QUARTER)
        staff = _staffed(free, staff, slot.agents, begin)
        if slot.blocked:
            free = [max(moment, begin + QUARTER) for moment in free]
            heapify(free)
        chance = random.Random(f"{seed}:{number}")
        arrivals, at = [], begin
        scale = 3600 / slot.rate if slot.rate > 0 else 1e12
        while (at := at + chance.expovariate(1) * scale) < begin + QUARTER:
            arrivals.append(at)
        for at in arrivals:
            offered[number] += 1
            patience = chance.expovariate(1 / mean_patience)
            handle = usual_handle * slot.handle * chance.gammavariate(1.5, 1 / 1.5)
            start = max(at, _next(free, slots, number))
            gone = at + patience
            left = start > gone
            end = gone if left else start
            row = min(count - 1, int(end // QUARTER))
            if left:
                abandoned[row] += 1
                short[row] += patience < SHORT
            else:
                heapreplace(free, start + handle)
                answered[row] += 1
                within[row] += start - at <= TARGET
            for seen in range(number, row):
                waiting[seen] += 1
                oldest[seen] = max(oldest[seen], (seen + 1) * QUARTER - at)
    return [
        Quarter(
            start=moments[row],
            offered=offered[row],
            answered=answered[row],
            abandoned=abandoned[row],
            short_abandoned=short[row],
            missed=missed_of(answered[row], abandoned[row], short[row], within[row]),
            waiting=waiting[row],
            oldest_wait=timedelta(seconds=oldest[row]) if waiting[row] else None,
        )
        for row in range(count)
    ]


def _next(free: list[float], slots: list[Slot], number: int) -> float:
    """When the next agent is free; a blocked stretch that is still to come is seen when it comes."""
    moment = free[0]
    while (row := int(moment // QUARTER)) < len(slots) and row > number and slots[row].blocked:
        moment = float((row + 1) * QUARTER)
    if moment != free[0]:
        heapreplace(free, moment)
        return _next(free, slots, number)
    return moment


def _staffed(free: list[float], before: int, now: int, at: float) -> int:
    """Agents come and go; one who leaves is the first to be free."""
    for _ in range(now - before):
        heappush(free, at)
    for _ in range(before - now):
        heappop(free)
    return now
