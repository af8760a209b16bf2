"""The timetable on one screen: what is looked after, and how often.

The scheduler only ticks. What is due is decided from the database and the clock, so that a restart, a second process or
a change of the clocks can neither skip nor double anything.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Job = Callable[[], Awaitable[None]]

TICK = timedelta(seconds=5)
"""How late a digest begins at most, and how late what is pressed or was not sent is shown."""
HOUSEKEEPING = timedelta(hours=1)
"""Forgetting what is old, and looking at the channels of digests."""


@asynccontextmanager
async def timetable(*, digests: Job, alerts: Job, housekeeping: Job, tick: timedelta = TICK) -> AsyncIterator[None]:
    """All at once and then again and again until the end of the block. Jobs see to it that nothing leaves them."""
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        # One that takes longer than its interval is left to finish, and one that comes too late is not left out.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    jobs = (("digests", digests, tick), ("alerts", alerts, tick), ("housekeeping", housekeeping, HOUSEKEEPING))
    for name, job, every in jobs:
        seconds = every.total_seconds()
        scheduler.add_job(_at_its_time(job), "interval", seconds=seconds, id=name, next_run_time=datetime.now(UTC))
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


def _at_its_time(job: Job) -> Job:
    async def run() -> None:
        # The scheduler cancels what is under way when it ends, and would log that as a failure.
        with suppress(asyncio.CancelledError):
            await job()

    return run
