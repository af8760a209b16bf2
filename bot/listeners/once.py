"""What somebody asks for again within a moment is done once: people press twice, above all when Slack is slow."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import timedelta

    from bot.listeners.desk import Desk

_TURNS = 5
"""Stretches of the clock that one press takes: its own and those that follow."""


@asynccontextmanager
async def once(desk: Desk, what: str, *, within: timedelta) -> AsyncIterator[bool]:
    """False when the same was begun a moment ago, by whichever process. What raises may be tried at once.

    A moment is at most `within`, so that whoever waits so long is never refused, and at least four fifths of it.
    """
    now = desk.clock()
    turn = int(now.timestamp() // (within / _TURNS).total_seconds())
    mine: list[str] = []
    for key in (f"{what}:{turn + step}" for step in range(_TURNS)):
        if not await desk.claims.claim(key, now):
            break
        mine.append(key)
    try:
        yield len(mine) == _TURNS
    except BaseException:
        for key in mine:
            await desk.claims.release(key)
        raise
