"""The rows of an export are written in a thread of their own, while the event loop fetches more."""

from __future__ import annotations

import asyncio
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self

from bot.files.spool import merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bot.domain.conversations import Conversation
    from bot.domain.exports import WrittenFile
    from bot.files.spool import SliceSpool
    from bot.usecases.summary import Summary

AHEAD = 2
"""Stretches handed over that may wait to be written."""


class _GivenUp(Exception):
    """Nobody wants the file any more."""


class FileWriting:
    """Stretches become a file in the order in which they are handed over. Used as `async with`.

    `write` turns conversations into a file; it and `summary` run in the thread.
    """

    def __init__(self, write: Callable[[Iterable[Conversation]], WrittenFile], summary: Summary) -> None:
        self.conversations = 0
        self.rows = 0
        self.duplicates = 0
        self._summary = summary
        self._handed: SimpleQueue[Sequence[SliceSpool] | None] = SimpleQueue()
        self._given_up = False
        self._room = asyncio.Semaphore(AHEAD)
        self._loop = asyncio.get_running_loop()
        self._writing = asyncio.create_task(asyncio.to_thread(write, self._arriving()))
        self._writing.add_done_callback(lambda _: self._room.release())  # who waits for room learns of a failure

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._given_up = True
        self._handed.put(None)
        await asyncio.wait({self._writing})
        if not self._writing.cancelled():
            self._writing.exception()

    async def take(self, stretch: Sequence[SliceSpool]) -> None:
        """Hand over a stretch, once there is room. Raises OSError when the disk is full."""
        await self._room.acquire()
        if self._writing.done():
            await self._writing
        self._handed.put(stretch)

    async def finished(self) -> WrittenFile:
        """The file with all that was handed over. Raises OSError when the disk is full."""
        self._handed.put(None)
        return await asyncio.shield(self._writing)

    def _arriving(self) -> Iterator[Conversation]:
        while (stretch := self._handed.get()) is not None:
            conversations = merged(stretch)
            for conversation in conversations:
                if self._given_up:
                    raise _GivenUp
                self.conversations += 1
                self.rows += len(conversation.visits)
                self._summary.add(conversation)
                yield conversation
            self.duplicates += conversations.duplicates
            self._loop.call_soon_threadsafe(self._room.release)
        if self._given_up:
            raise _GivenUp
