"""The bot in a process of its own, on a clock that starts when it is told to. Reads and prints lines of JSON.

The first line has `environment`, the names of the bot's settings; `due`, the instant at which digests are due; and
`rate`, how many times as fast as real ones seconds pass. The date stands still a minute before that, until a line with
`begun` says at which second of the monotonic clock, which is the same in all processes, it was `due`.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.app import Tempo, running
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.app import App

BEFORE = timedelta(minutes=1)
IDLE_LOOKS = 20
LOOK = 0.005
"""Seconds between two looks at the event loop."""


@dataclass(kw_only=True)
class Clock:
    due: datetime
    rate: float
    begun: float | None = None

    def __call__(self) -> datetime:
        if self.begun is None:
            return self.due - BEFORE
        return self.due + timedelta(seconds=(time.monotonic() - self.begun) * self.rate)

    def seconds(self) -> float:
        return time.monotonic() * self.rate

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.rate)


def resident_mib(what: str) -> float:
    """`VmRSS` of now, `VmHWM` of the peak."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found
    return int(found[1]) / 1024


@asynccontextmanager
async def delays() -> AsyncIterator[list[float]]:
    """Milliseconds by which the event loop was late, one for each look."""
    late: list[float] = []

    async def look() -> None:
        while True:
            due = time.perf_counter() + LOOK
            await asyncio.sleep(LOOK)
            late.append((time.perf_counter() - due) * 1000)

    looking = asyncio.create_task(look())
    try:
        yield late
    finally:
        looking.cancel()


async def told() -> dict[str, Any]:
    return dict(json.loads(await asyncio.to_thread(sys.stdin.readline) or "{}"))


def tell(**what: Any) -> None:
    print(json.dumps(what), flush=True)


async def measured(app: App, clock: Clock) -> None:
    if beginning := app.digests._looking:
        await asyncio.wait({beginning})  # while one is at work, another does nothing
    began = time.perf_counter()
    for _ in range(IDLE_LOOKS):
        await app.digests.tick()
    tell(idle_ms=(time.perf_counter() - began) * 1000 / IDLE_LOOKS)
    clock.begun = (await told())["begun"]
    idle, processor, began = resident_mib("VmRSS"), time.process_time(), time.perf_counter()
    async with delays() as late:
        await app.digests.tick()
        tell(
            seconds=time.perf_counter() - began,
            processor_ms=(time.process_time() - processor) * 1000,
            idle=idle,
            peak=resident_mib("VmHWM"),
            late=sorted(late),
        )


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    order = await told()
    clock = Clock(due=datetime.fromisoformat(order["due"]), rate=order["rate"])
    tempo = Tempo(clock=clock.seconds, sleep=clock.sleep, tick=timedelta(days=1))
    async with running(Settings.from_env(order["environment"]), host="127.0.0.1", now=clock, tempo=tempo) as app:
        gc.freeze()  # as the bot does
        await measured(app, clock)
        await told()


asyncio.run(main())
