"""Windows that open empty, since a trigger lives three seconds, and are filled when the figures are there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.blocks.loading import NOT_OPENED, note_message
from bot.blocks.why import failed_view
from bot.errors import Busy, Explainable
from bot.listeners.desk import FAREWELL
from bot.listeners.promises import RESTARTING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.blocks.kit import Block
    from bot.listeners.desk import Desk
    from bot.listeners.reply import Reply


async def fill(
    desk: Desk,
    reply: Reply,
    opening: Callable[[], Awaitable[str | None]],
    making: Callable[[], Awaitable[Block]],
    *,
    title: str,
) -> None:
    """Show what `making` gives in the window that `opening` opens, or why there is nothing.

    The window never keeps a promise that nobody keeps: a defect ends it as well, and is raised for the guard, which
    tells its reference.
    """
    view_id = await opening()
    if view_id is None:
        await reply.add(note_message(NOT_OPENED))
        return
    if not await desk.slack.update_view(view_id, await _made(desk, view_id, making, title)):
        await reply.add(note_message("Slack did not take the contents of the window. Press the button again."))


async def _made(desk: Desk, view_id: str, making: Callable[[], Awaitable[Block]], title: str) -> Block:
    try:
        return await making()
    except Explainable as error:
        return failed_view(title, error)
    except asyncio.CancelledError:
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL.total_seconds()):
                await desk.slack.update_view(view_id, failed_view(title, Busy(RESTARTING)))
        raise
    except Exception:
        await desk.slack.update_view(view_id, failed_view(title, Explainable("Something went wrong inside the bot.")))
        raise
