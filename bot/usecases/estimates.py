"""Estimated waits, asked for beside the figures of an answer: welcome, but never waited for long."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.errors import GenesysError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping

    from bot.genesys.client import GenesysClient
    from bot.genesys.wire_observations import Estimable

ESTIMATES_WITHIN = timedelta(seconds=1)
"""From their beginning."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """What was told in time."""

    waits: Mapping[Estimable, timedelta]
    """Only where the platform has an estimate."""
    missing: bool
    """Some were not told, or not in time."""


@asynccontextmanager
async def estimating(
    genesys: GenesysClient, places: Iterable[Estimable]
) -> AsyncIterator[Callable[[], Awaitable[Estimates]]]:
    """Asks for all `places` at once; what it yields waits for what is left of `ESTIMATES_WITHIN`. Raises nothing."""
    loop = asyncio.get_running_loop()
    due = loop.time() + ESTIMATES_WITHIN.total_seconds()
    tasks = {place: loop.create_task(_told(genesys, place)) for place in places}

    async def in_time() -> Estimates:
        if tasks:
            await asyncio.wait(tasks.values(), timeout=max(0.0, due - loop.time()))
        told = {place: task.result() for place, task in tasks.items() if task.done()}
        waits = {place: wait for place, (_, wait) in told.items() if wait is not None}
        return Estimates(waits=waits, missing=sum(known for known, _ in told.values()) < len(tasks))

    try:
        yield in_time
    finally:
        for task in tasks.values():
            task.cancel()


async def _told(genesys: GenesysClient, place: Estimable) -> tuple[bool, timedelta | None]:
    """Whether the platform answered, and what."""
    try:
        return True, await genesys.estimated_wait(place)
    except GenesysError as error:
        log.info("an estimated wait is left out", reason=repr(error))
        return False, None
