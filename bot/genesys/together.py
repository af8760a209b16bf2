"""Several calls at once, all or nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

Answer = TypeVar("Answer")


async def together(calls: Iterable[Coroutine[Any, Any, Answer]]) -> list[Answer]:
    """The answers in the order of the calls. The first failure cancels the rest and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(call) for call in calls]
    except BaseExceptionGroup as failures:
        first = failures.exceptions[0]
    else:
        return [task.result() for task in tasks]
    raise first  # out here, so that it keeps its own cause


async def give_up(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel what is still under way, and wait until it is; failures that nobody looked at are forgotten."""
    tasks = tuple(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
