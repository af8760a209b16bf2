"""What a stopping bot still does: all of it at once, so that the longest of it is all that it takes.

Nothing is received any more when this begins. Messages on their way to Slack are waited for, as long as one may take;
what people were promised is finished; exports are given up, and their owners told after the restart.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from typing import Any

log = structlog.get_logger()

PATIENCE = timedelta(seconds=20)
"""For what is under way; a post has ended by then, since none is begun any more."""
LETTING_GO = timedelta(seconds=3)
"""For putting down what is late. With five seconds for the last requests it is less than the 30 s of docs/setup.md."""


async def wind_up(
    endings: Mapping[str, Coroutine[Any, Any, object]], *, within: timedelta = PATIENCE + LETTING_GO
) -> None:
    """Wait for all `endings`, by their names, and no longer. Raises nothing: one that fails or hangs harms no other."""
    tasks = {asyncio.create_task(ending): name for name, ending in endings.items()}
    done, late = await asyncio.wait(tasks, timeout=within.total_seconds())
    for task in late:
        log.error("not finished in time", part=tasks[task])
        task.cancel()
    for task in done:
        if error := task.exception():
            log.error("not finished", part=tasks[task], exc_info=error)
