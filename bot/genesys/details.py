"""Conversations of a period: found out how many, cut in slices, read page by page."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import GenesysForbidden, GenesysRefused, GenesysTooMuch
from bot.genesys.details_jobs import Jobs
from bot.genesys.details_plan import Planning
from bot.genesys.exchange import Call
from bot.genesys.pace import Priority
from bot.genesys.together import give_up
from bot.genesys.visits import Wanted, conversation
from bot.genesys.wire_details import (
    AVAILABILITY_PATH,
    MOST_RESULTS,
    PAGE_SIZE,
    QUERY_PATH,
    query_body,
    read_availability,
    read_records,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.domain.conversations import Conversation
    from bot.domain.ids import QueueId
    from bot.domain.queues import Media
    from bot.genesys.exchange import Exchange
    from bot.genesys.wire_errors import Reply

AHEAD = 3
"""Pages of one slice under way at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsQuery:
    """The conversations that began in a stretch of time and visited some queues."""

    queues: tuple[QueueId, ...]
    """At least one."""
    start: datetime
    """UTC; half-open, as every stretch."""
    end: datetime
    media: frozenset[Media] = frozenset()
    """Empty: all."""
    personal: bool = False
    """Whether Personal is read, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsSlice:
    """A stretch of time small enough to be read whole, disjoint from the other ones of the same queues."""

    start: datetime
    end: datetime
    queues: tuple[QueueId, ...]
    """At most 100. Who visited queues of two slices of the same stretch is in both, with all visits in each."""
    media: frozenset[Media]
    personal: bool
    expected: int
    """Conversations, as the platform counts: approximate, and often by whole UTC days."""
    by_job: bool
    wanted: frozenset[QueueId] = frozenset()
    """Every queue asked about, whose visits are told; empty: the slice's own."""


class Page(NamedTuple):
    """What one request brought."""

    conversations: Sequence[Conversation]
    """Those that began in the slice and visited its queues."""
    read: int
    """Records on the page, before that."""


class Listed(NamedTuple):
    """A page as it was read."""

    page: Page
    ids: frozenset[str]
    """Of all records on it."""
    total: int | None
    cursor: str | None


class ShortSlice(Exception):
    """A slice was read to its end, but brought fewer conversations than the platform counted.

    Pages shift while data arrives, and counts are approximate: reading the slice again, and merging both, tells which
    it was.
    """

    def __init__(self, *, found: frozenset[int], expected: int) -> None:
        self.found = found
        """Hashes of the ids, by which two readings can be compared."""
        self.expected = expected
        super().__init__(f"{self.read} conversations of {expected}")

    @property
    def read(self) -> int:
        return len(self.found)


class Details:
    """Reads conversations, after people and digests. Methods raise GenesysError, and what else they name."""

    def __init__(self, exchange: Exchange, *, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._exchange = exchange
        self._planning = Planning(exchange, self.available_until)
        self._jobs = Jobs(exchange, sleep=sleep, read=_listed)

    def close(self) -> None:
        """Give up what is under way."""
        self._jobs.close()

    async def plan(self, wanted: DetailsQuery) -> tuple[DetailsSlice, ...]:
        """Slices in the order of time that hold everything; () when there is nothing.

        Costs a request for each hundred queues, and about two for each 20,000 conversations. Raises GenesysTooMuch
        where a stretch cannot be made small enough.
        """
        whole = DetailsSlice(
            start=wanted.start,
            end=wanted.end,
            queues=tuple(sorted(set(wanted.queues))),
            media=wanted.media,
            personal=wanted.personal,
            expected=0,
            by_job=False,
            wanted=frozenset(wanted.queues),
        )
        return await self._planning.plan(whole)

    async def without_jobs(self, piece: DetailsSlice) -> tuple[DetailsSlice, ...]:
        """The same stretch by query, for a slice whose job failed."""
        return await self._planning.by_query(piece)

    def pages(self, piece: DetailsSlice) -> AsyncGenerator[Page, None]:
        """The slice's conversations by start, as the platform delivers them; some may come twice.

        Costs a request for each 100, or 1,000 by job. Closing the generator stops the calls, and the job. After the
        last page raises ShortSlice when something seems to be missing; raises JobFailed, at any page, when the slice
        has to be read by `without_jobs` from its beginning.
        Sources: POST /api/v2/analytics/conversations/details/query, POST /api/v2/analytics/conversations/details/jobs.
        """
        return self._jobs.pages(piece) if piece.by_job else self._by_query(piece)

    async def available_until(self) -> datetime | None:
        """Before when jobs know everything, UTC; None where they cannot be had.

        Source: GET /api/v2/analytics/conversations/details/jobs/availability.
        """
        call = Call(method="GET", path=AVAILABILITY_PATH)
        try:
            return await self._exchange.ask(call, read_availability, Priority.EXPORT)
        except (GenesysForbidden, GenesysRefused):
            return None

    async def _by_query(self, piece: DetailsSlice) -> AsyncGenerator[Page, None]:
        ahead: deque[asyncio.Task[Listed]] = deque()
        asked, total = 0, piece.expected
        seen: set[int] = set()  # hashes are a third of the ids' weight
        try:
            for number in count(1):
                furthest = min(number + AHEAD - 1, -(-total // PAGE_SIZE), MOST_RESULTS // PAGE_SIZE)
                while asked < max(number, furthest):
                    asked += 1
                    ahead.append(asyncio.create_task(self._page(piece, asked)))
                listed = await ahead.popleft()
                total = total if listed.total is None else listed.total
                if not listed.page.read:
                    break
                seen.update(map(hash, listed.ids))
                yield listed.page
                if listed.page.read < PAGE_SIZE and number * PAGE_SIZE >= total:
                    break
                if number * PAGE_SIZE >= MOST_RESULTS:
                    if total > MOST_RESULTS:
                        raise GenesysTooMuch(f"{total} conversations between {piece.start} and {piece.end}")
                    break
        finally:
            await give_up(ahead)
        if len(seen) < total:
            raise ShortSlice(found=frozenset(seen), expected=total)

    async def _page(self, piece: DetailsSlice, number: int) -> Listed:
        call = Call(method="POST", path=QUERY_PATH, json=query_body(piece, number=number))
        return await self._exchange.ask(call, lambda reply: _listed(reply, piece), Priority.EXPORT)


def _listed(reply: Reply, piece: DetailsSlice) -> Listed:
    records = read_records(reply)
    wanted = Wanted(queues=piece.wanted or frozenset(piece.queues), media=piece.media, personal=piece.personal)
    ids: set[str] = set()
    began: list[Conversation] = []
    for record in records.conversations:
        if record.id:
            ids.add(record.id)
        # A query finds what began on the days that its interval touches, a job what was active in it.
        if record.start is not None and piece.start <= record.start < piece.end:
            told = conversation(record, wanted)
            if told is not None:
                began.append(told)
    return Listed(Page(began, records.read), frozenset(ids), records.total, records.cursor)
