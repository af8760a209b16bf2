"""The timetable: jobs at once and again, and an end without a fuss."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from bot.jobs import timetable

OFTEN = timedelta(milliseconds=10)


async def test_a_job_runs_at_once_and_again():
    times, often = 0, asyncio.Event()

    async def count() -> None:
        nonlocal times
        times += 1
        if times == 3:
            often.set()

    async with timetable(digests=count, alerts=_nothing, housekeeping=_nothing, tick=OFTEN), asyncio.timeout(30):
        await often.wait()


async def test_a_job_that_takes_longer_than_its_interval_is_not_begun_twice(caplog):
    begun, passed_over, end = 0, asyncio.Event(), asyncio.Event()

    class Warned(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "maximum number of running instances" in record.getMessage():
                passed_over.set()

    async def slow() -> None:
        nonlocal begun
        begun += 1
        await end.wait()

    warned, scheduler = Warned(), logging.getLogger("apscheduler.scheduler")
    scheduler.addHandler(warned)
    try:
        with caplog.at_level(logging.WARNING, logger=scheduler.name):  # the bot itself does not log it
            async with timetable(digests=slow, alerts=_nothing, housekeeping=_nothing, tick=OFTEN), asyncio.timeout(30):
                await passed_over.wait()
                assert begun == 1
                end.set()
    finally:
        scheduler.removeHandler(warned)


async def test_a_job_that_is_under_way_at_the_end_is_no_failure(caplog):
    begun = asyncio.Event()

    async def endless() -> None:
        begun.set()
        await asyncio.Event().wait()

    async with timetable(digests=endless, alerts=_nothing, housekeeping=_nothing), asyncio.timeout(30):
        await begun.wait()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


async def _nothing() -> None:
    pass
