"""One export as its owner sees it, from the order to its end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bot.domain.exports import Export, Progress, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from bot.domain.exports import FileFormat
    from bot.domain.ids import ChannelId, ExportId
    from bot.domain.questions import ConversationsQuestion
    from bot.usecases.naming import Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOrder:
    """An export that somebody wants."""

    owner: Asker
    question: ConversationsQuestion
    file_format: FileFormat
    text: str
    """The words of the command, from which it can be asked for again."""
    asked_at: datetime
    """What `now` was when the words were read; the zone is that of the question's period."""
    channel: ChannelId | None = None
    """Where it was asked for; None for a person's own."""


@dataclass(frozen=True, slots=True)
class Finished:
    export: Export
    """Its files were delivered, and are no longer on this machine's disk."""


@dataclass(frozen=True, slots=True)
class Failed:
    error: BaseException
    """Explainable, or something unexpected that was logged."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Its owner no longer wanted it."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """This process gave it up; whichever process looks next tells the owner."""


End: TypeAlias = Finished | Failed | Cancelled | Interrupted
State: TypeAlias = Progress | End


class Underway:
    """An export that was started. Made by `Exports.start`."""

    def __init__(self, export: ExportId, order: ExportOrder, deliver: Callable[[Export], Awaitable[None]]) -> None:
        self.id = export
        self.order = order
        self.deliver = deliver
        self.state: State = Progress(stage=Stage.QUEUED)
        """The newest."""
        self._changed = asyncio.Event()

    def say(self, state: State) -> None:
        """From now on the newest state is this."""
        self.state = state
        self._changed.set()
        self._changed = asyncio.Event()

    async def over(self) -> End:
        """Its end, once there is one."""
        while isinstance(state := self.state, Progress):
            await self._changed.wait()
        return state

    async def states(self) -> AsyncIterator[State]:
        """The newest state, each time there is a newer one: Progress, and at last the End.

        Who reads slowly misses what was in between, and never the End. Any number may read, or nobody.
        """
        told: State | None = None
        while told is None or isinstance(told, Progress):
            if self.state is told:
                await self._changed.wait()
            told = self.state
            yield told
