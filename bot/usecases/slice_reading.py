"""Slices of an export are read until they are whole, or until it is known what is missing."""

from __future__ import annotations

from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import structlog

from bot.errors import GenesysBadCredentials, GenesysError, GenesysForbidden, GenesysRefused, GenesysTooMuch
from bot.genesys.details import ShortSlice
from bot.genesys.details_jobs import JobFailed
from bot.usecases.stretches import Gap

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.genesys.details import Details, DetailsSlice, Page

log = structlog.get_logger()

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 45, 120))
"""Before a slice is tried again, beside what the client itself has tried."""
READINGS = 3
"""Of a slice that brings less than the platform counts."""
APPROXIMATE = 1
"""Conversations by which a count may be too high, however large it is."""
GIVE_UP = 4
"""When so many slices in a row could not be read, the rest is not tried."""

_FOR_ALL = (GenesysForbidden, GenesysBadCredentials)
"""What no other slice would be spared."""
_HOPELESS = (GenesysRefused, GenesysTooMuch)
"""What comes again however often the same is asked."""

Answer = TypeVar("Answer")


class SliceReading:
    """Reads the slices of one export."""

    def __init__(self, details: Details, *, sleep: Callable[[float], Awaitable[object]]) -> None:
        self._details = details
        self._sleep = sleep
        self._failed_in_a_row = 0
        self.latest: GenesysError | None = None
        """Why a slice could not be read, most recently."""

    async def patiently(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Try again what may come right. Raises GenesysError."""
        for pause in PAUSES:
            try:
                return await call()
            except (*_FOR_ALL, *_HOPELESS):
                raise
            except GenesysError as error:
                log.info("an export waits for genesys", seconds=pause.total_seconds(), error=repr(error))
            await self._sleep(pause.total_seconds())
        return await call()

    async def read(self, piece: DetailsSlice, take: Callable[[Page], Awaitable[None]]) -> tuple[Gap, ...]:
        """Give every page of the slice to `take`, some conversations several times; () when nothing is missing.

        Raises GenesysForbidden and GenesysBadCredentials.
        """
        if self._failed_in_a_row >= GIVE_UP:
            return (_gap(piece, self.latest, partly=False),)
        taken = 0

        async def take_and_count(page: Page) -> None:
            nonlocal taken
            taken += len(page.conversations)
            await take(page)

        try:
            gaps = await self._by_job_or_query(piece, take_and_count)
        except _FOR_ALL:
            raise
        except GenesysError as error:
            self._failed_in_a_row += 1
            self.latest = error
            log.warning("a part of an export is missing", start=piece.start, end=piece.end, error=repr(error))
            return (_gap(piece, error, partly=taken > 0),)
        self._failed_in_a_row = 0
        return gaps

    async def _by_job_or_query(self, piece: DetailsSlice, take: Callable[[Page], Awaitable[None]]) -> tuple[Gap, ...]:
        try:
            return await self._whole(piece, take)
        except JobFailed as failure:
            log.warning("a part of an export is read by query", start=piece.start, end=piece.end, reason=str(failure))
        parts = await self.patiently(lambda: self._details.without_jobs(piece))
        return tuple([gap for part in parts for gap in await self.read(part, take)])

    async def _whole(self, piece: DetailsSlice, take: Callable[[Page], Awaitable[None]]) -> tuple[Gap, ...]:
        """Pages shift while data arrives: what one reading misses another finds.

        Counts are approximate: where two readings bring the same and little is missing, it was never there.
        """
        before: frozenset[int] | None = None
        for _ in range(READINGS):
            try:
                await self.patiently(lambda: self._once(piece, take))
            except ShortSlice as short:
                if short.found == before and short.expected - short.read <= APPROXIMATE:
                    return ()
                before = short.found
                reason = f"Genesys Cloud counts {short.expected:,} conversations and listed {short.read:,}."
            else:
                return ()
        return (Gap(start=piece.start, end=piece.end, partly=True, reason=reason),)

    async def _once(self, piece: DetailsSlice, take: Callable[[Page], Awaitable[None]]) -> None:
        read = 0
        async with aclosing(self._details.pages(piece)) as pages:
            async for page in pages:
                read += page.read
                await take(page)
        # A job also finds what had begun before, so that it can only bring more than what is counted by whole days.
        counted_alike = piece.by_job and _begins_a_day(piece.start) and _begins_a_day(piece.end)
        if counted_alike and piece.expected - read > APPROXIMATE:
            raise JobFailed(f"{read} conversations of {piece.expected}")


def _begins_a_day(moment: datetime) -> bool:
    return not (moment.hour or moment.minute or moment.second or moment.microsecond)


def _gap(piece: DetailsSlice, error: GenesysError | None, *, partly: bool) -> Gap:
    return Gap(start=piece.start, end=piece.end, partly=partly, reason=str(error))
