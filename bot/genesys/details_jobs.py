"""Details jobs: submitted, waited for, read by cursor, and never left behind."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import GenesysBadCredentials, GenesysError, GenesysUnreachable
from bot.genesys.exchange import Call
from bot.genesys.pace import Priority
from bot.genesys.together import give_up
from bot.genesys.wire_details import (
    JOBS_PATH,
    job_body,
    job_path,
    read_nothing,
    read_status,
    read_submitted,
    results_path,
    results_query,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator

    from bot.genesys.details import DetailsSlice, Listed, Page
    from bot.genesys.exchange import Exchange
    from bot.genesys.wire_errors import Reply

FIRST_POLL = timedelta(seconds=3)
"""The practical minimum, of integrations."""
LONGEST_POLL = timedelta(seconds=15)
BACKING_OFF = 1.3
LONGEST_WAIT = timedelta(minutes=30)
"""For a job to be done."""
LONGEST_FAREWELL = 10.0
"""Seconds of the loop for taking a job back."""

_HOPELESS = (GenesysUnreachable, GenesysBadCredentials)
"""What a query would meet as well."""


class JobFailed(Exception):
    """A job was refused, failed or expired, though the same conversations may be read by query. Says why."""


class Jobs:
    """Reads slices by job."""

    def __init__(
        self,
        exchange: Exchange,
        *,
        sleep: Callable[[float], Awaitable[object]],
        read: Callable[[Reply, DetailsSlice], Listed],
    ) -> None:
        self._exchange = exchange
        self._sleep = sleep
        self._read = read
        self._farewells: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """Give up taking jobs back."""
        for farewell in self._farewells:
            farewell.cancel()

    async def pages(self, piece: DetailsSlice) -> AsyncGenerator[Page, None]:
        """See `Details.pages`."""
        call = Call(method="POST", path=JOBS_PATH, json=job_body(piece), repeatable=False)
        submission = asyncio.create_task(self._exchange.ask(call, read_submitted, Priority.EXPORT))
        following: asyncio.Task[Listed] | None = None
        cursor: str | None = None
        whole = False
        try:
            with _falling_back():
                # A job whose id was not waited for could not be taken back.
                job = await asyncio.shield(submission)
                await self._done(job)
            while not whole:
                with _falling_back():
                    listed = await (following or self._results(job, piece, cursor))
                if listed.cursor is not None and listed.cursor == cursor:
                    raise JobFailed("the cursor of its results does not move")
                cursor, whole = listed.cursor, listed.cursor is None
                following = None if whole else asyncio.create_task(self._results(job, piece, cursor))
                yield listed.page
        finally:
            if following is not None:
                await give_up([following])
            await self._take_back(submission)

    async def _done(self, job: str) -> None:
        poll, waited = FIRST_POLL, timedelta()
        while waited < LONGEST_WAIT:
            await self._sleep(poll.total_seconds())
            status = await self._exchange.ask(Call(method="GET", path=job_path(job)), read_status, Priority.EXPORT)
            if status.state == "FULFILLED":
                return
            if status.state in ("FAILED", "CANCELLED", "EXPIRED"):
                raise JobFailed(f"{status.state.lower()}{f': {status.message}' if status.message else ''}")
            waited += poll
            poll = min(LONGEST_POLL, poll * BACKING_OFF)
        raise JobFailed(f"not done after {LONGEST_WAIT // timedelta(minutes=1)} minutes")

    async def _results(self, job: str, piece: DetailsSlice, cursor: str | None) -> Listed:
        call = Call(method="GET", path=results_path(job), params=results_query(cursor))
        return await self._exchange.ask(call, lambda reply: self._read(reply, piece), Priority.EXPORT)

    async def _take_back(self, submission: asyncio.Task[str]) -> None:
        """Also when whoever asked is cancelled once more meanwhile."""
        farewell = asyncio.create_task(self._farewell(submission))
        self._farewells.add(farewell)
        farewell.add_done_callback(self._farewells.discard)
        await asyncio.shield(farewell)

    async def _farewell(self, submission: asyncio.Task[str]) -> None:
        with suppress(GenesysError, TimeoutError):
            async with asyncio.timeout(LONGEST_FAREWELL):
                call = Call(method="DELETE", path=job_path(await submission))
                await self._exchange.ask(call, read_nothing, Priority.EXPORT)


@contextmanager
def _falling_back() -> Iterator[None]:
    try:
        yield
    except _HOPELESS:
        raise
    except GenesysError as error:
        raise JobFailed(error.detail or str(error)) from error
