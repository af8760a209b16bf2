"""How a stretch of time is cut so that every slice can be read whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from bot.errors import GenesysTooMuch, GenesysTooSlow
from bot.genesys.exchange import Call
from bot.genesys.pace import Priority
from bot.genesys.together import together
from bot.genesys.wire_aggregates import MOST_QUEUES
from bot.genesys.wire_details import MOST_RESULTS, QUERY_PATH, query_body, read_total

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from bot.genesys.details import DetailsSlice
    from bot.genesys.exchange import Exchange

HANDY = 20_000
"""Conversations of a slice: few enough to read it again, and to read several side by side."""
READABLE = MOST_RESULTS * 9 // 10
"""The most that is planned for one slice: counts are approximate, and grow while data arrives."""
MANY = 50_000
"""Conversations in all from which jobs are worth waiting for."""
LONGEST_QUERY = 31
"""Days."""
LONGEST_JOB = 7
"""Days."""
SETTLING = timedelta(hours=6)
"""How long conversations may go on after midnight without a job of the day before missing their ends."""

_DAY = timedelta(days=1)
_SHORTEST = timedelta(minutes=1)


class Planning:
    """Counts, and cuts where there is too much."""

    def __init__(self, exchange: Exchange, available_until: Callable[[], Awaitable[datetime | None]]) -> None:
        self._exchange = exchange
        self._available_until = available_until

    async def plan(self, whole: DetailsSlice) -> tuple[DetailsSlice, ...]:
        """Slices by job where that pays and the data is there, by query otherwise."""
        counted = await self._counted(_pieces(whole))
        jobs: list[DetailsSlice] = []
        if sum(piece.expected for piece in counted) >= MANY:
            until = await self._available_until()
            edge = whole.start if until is None else max(whole.start, min(_midnight(until - SETTLING), whole.end))
            if whole.start < edge:
                older, younger = replace(whole, end=edge, by_job=True), replace(whole, start=edge)
                jobs = await self._counted(_pieces(older))
                counted = await self._counted(_pieces(younger))
        queries = await together(self._small(piece) for piece in counted)
        return _in_order(chain(jobs, *queries))

    async def by_query(self, whole: DetailsSlice) -> tuple[DetailsSlice, ...]:
        """Slices by query only."""
        counted = await self._counted(_pieces(replace(whole, by_job=False)))
        return _in_order(chain(*await together(self._small(piece) for piece in counted)))

    async def _counted(self, pieces: Iterable[DetailsSlice]) -> list[DetailsSlice]:
        """Each with its number, without the empty ones, and in parts where the platform finds it too heavy."""
        return list(chain(*await together(self._count(piece) for piece in pieces)))

    async def _count(self, piece: DetailsSlice) -> list[DetailsSlice]:
        parts = _parts(piece)
        call = Call(method="POST", path=QUERY_PATH, json=query_body(piece, number=1, size=1), splittable=bool(parts))
        try:
            number = await self._exchange.ask(call, read_total, Priority.EXPORT)
        except GenesysTooSlow:
            if not parts:
                raise
            return await self._counted(parts)
        return [replace(piece, expected=number)] if number else []

    async def _small(self, piece: DetailsSlice) -> tuple[DetailsSlice, ...]:
        """A counted piece, or what it has to be cut into."""
        if piece.expected <= HANDY:
            return (piece,)
        if (middle := _middle_midnight(piece)) is not None:
            return await self._all_small(await self._counted(_cut(piece, middle)))
        if piece.expected <= READABLE:
            return (piece,)
        if piece.end - piece.start > _SHORTEST:
            halves = await self._counted(_cut(piece, piece.start + (piece.end - piece.start) / 2))
            # A platform that matches whole days finds everything in both halves.
            if sum(half.expected for half in halves) < 1.5 * piece.expected:
                return await self._all_small(halves)
        if parts := _parts(piece):
            return await self._all_small(await self._counted(parts))
        raise GenesysTooMuch(f"{piece.expected} conversations between {piece.start} and {piece.end}")

    async def _all_small(self, pieces: Iterable[DetailsSlice]) -> tuple[DetailsSlice, ...]:
        return tuple(chain(*await together(self._small(piece) for piece in pieces)))


def _pieces(whole: DetailsSlice) -> list[DetailsSlice]:
    """As few as one request each can ask for; days are those of UTC, by which the platform matches."""
    chunks = [whole.queues[start : start + MOST_QUEUES] for start in range(0, len(whole.queues), MOST_QUEUES)]
    longest = (LONGEST_JOB if whole.by_job else LONGEST_QUERY) * _DAY
    cuts = [whole.start]
    while cuts[-1] < whole.end:
        cuts.append(min(_midnight(cuts[-1]) + longest, whole.end))
    return [replace(whole, start=start, end=end, queues=chunk) for start, end in pairwise(cuts) for chunk in chunks]


def _parts(piece: DetailsSlice) -> tuple[DetailsSlice, ...]:
    """Two that are less to find for certain: days apart, or queues; () where neither is left."""
    if (middle := _middle_midnight(piece)) is not None:
        return _cut(piece, middle)
    half = len(piece.queues) // 2
    return (replace(piece, queues=piece.queues[:half]), replace(piece, queues=piece.queues[half:])) if half else ()


def _cut(piece: DetailsSlice, at: datetime) -> tuple[DetailsSlice, DetailsSlice]:
    return replace(piece, end=at), replace(piece, start=at)


def _middle_midnight(piece: DetailsSlice) -> datetime | None:
    """None within one day."""
    first = _midnight(piece.start) + _DAY
    within = -((first - piece.end) // _DAY)  # midnights after the start and before the end
    return first + within // 2 * _DAY if within > 0 else None


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _in_order(slices: Iterable[DetailsSlice]) -> tuple[DetailsSlice, ...]:
    return tuple(sorted(slices, key=lambda piece: (piece.start, piece.end, piece.queues)))
