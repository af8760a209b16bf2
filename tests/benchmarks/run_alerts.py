"""The bot in a process of its own, on a clock that goes on when it is told to. Reads and prints lines of JSON.

The first line has `environment`, the names of the bot's settings, and `now`. Each further line has `now`: it is that
minute, and the bot looks once. An empty one ends it.
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

LOOK = 0.005
"""Seconds between two looks at the event loop."""


@dataclass(kw_only=True)
class Clock:
    """The date stands still within a look; what is paced has the time that is between looks, too."""

    now: datetime
    passed: float = 0.0

    def __call__(self) -> datetime:
        return self.now

    def move(self, to: datetime) -> None:
        self.passed += (to - self.now).total_seconds()
        self.now = to

    def seconds(self) -> float:
        return time.monotonic() + self.passed


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


async def look(app: App) -> None:
    watch = app.alerts.watch
    while ticking := watch._ticking:  # what the timetable began when the bot started
        await asyncio.wait({ticking})
        await asyncio.sleep(0)
    processor, began = time.process_time(), time.perf_counter()
    async with delays() as late:
        await watch.tick()
        seconds = time.perf_counter() - began
        at_once = time.process_time() - processor
        await app.alerts.lookout.settled()
    tell(
        seconds=seconds,
        processor=at_once,
        beside=time.process_time() - processor - at_once,
        late=late,
        resident=resident_mib("VmRSS"),
        peak=resident_mib("VmHWM"),
    )


async def main() -> None:
    factory = structlog.PrintLoggerFactory(sys.stderr)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(30),
        logger_factory=factory,
        processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
    )
    order = await told()
    clock = Clock(now=datetime.fromisoformat(order["now"]))
    tempo = Tempo(clock=clock.seconds, sleep=asyncio.sleep, tick=timedelta(days=1))
    async with running(Settings.from_env(order["environment"]), host="127.0.0.1", now=clock, tempo=tempo) as app:
        gc.freeze()  # as the bot does
        while order := await told():
            clock.move(datetime.fromisoformat(order["now"]))
            await look(app)


asyncio.run(main())
