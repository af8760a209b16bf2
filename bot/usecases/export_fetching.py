"""The slices of an export, read side by side and handed over in the order of time."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.files.spool import SliceSpool
from bot.genesys.pace import Priority
from bot.genesys.together import give_up, together

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from contextlib import ExitStack
    from pathlib import Path

    from bot.domain.ids import AgentId, WrapUpId
    from bot.genesys.details import DetailsSlice, Page
    from bot.genesys.people import People
    from bot.usecases.export_progress import ExportProgress
    from bot.usecases.slice_reading import SliceReading
    from bot.usecases.stretches import Gap

SIDE_BY_SIDE = 4
"""Slices that are read at once."""
WINDOW = 8
"""Stretches that are being read, or lie on the disk until an earlier one was read."""


class Names:
    """Names of the people and codes of an export. Both mappings grow, and may be read from another thread."""

    def __init__(self, people: People) -> None:
        self.agents: dict[AgentId, str] = {}
        self.wrap_ups: dict[WrapUpId, str] = {}
        self._people = people

    async def learn(self, agents: set[AgentId], wrap_ups: set[WrapUpId]) -> None:
        """From now on these have names."""
        new_agents, new_codes = agents - self.agents.keys(), wrap_ups - self.wrap_ups.keys()
        if new_agents:
            self.agents.update(await self._people.agents(new_agents, priority=Priority.EXPORT))
        if new_codes:
            self.wrap_ups.update(await self._people.wrap_ups(new_codes, priority=Priority.EXPORT))


@dataclass(slots=True)
class _Read:
    """What was read of a stretch."""

    spools: list[SliceSpool]
    agents: set[AgentId] = field(default_factory=set)
    wrap_ups: set[WrapUpId] = field(default_factory=set)

    def keep(self, page: Page, spool: SliceSpool) -> None:
        """Blocks on the disk. Raises OSError when it is full."""
        spool.add(page.conversations)
        for conversation in page.conversations:
            for visit in conversation.visits:
                if visit.agent is not None:
                    self.agents.add(visit.agent)
                if visit.wrap_up is not None:
                    self.wrap_ups.add(visit.wrap_up)


class Fetching:
    """Reads stretches into `folder`. `spools` closes what was opened there, once nobody writes or reads it any more."""

    def __init__(
        self, reading: SliceReading, *, names: Names, progress: ExportProgress, folder: Path, spools: ExitStack
    ) -> None:
        self.gaps: list[Gap] = []
        """What could not be read, so far."""
        self._reading = reading
        self._names = names
        self._progress = progress
        self._folder = folder
        self._spools = spools
        self._turn = asyncio.Semaphore(SIDE_BY_SIDE)
        self._keeping = asyncio.Lock()  # each busy thread more makes every wait of the loop longer

    async def fetch(
        self, stretches: Iterable[Sequence[DetailsSlice]], hand_over: Callable[[Sequence[SliceSpool]], Awaitable[None]]
    ) -> None:
        """Hand over each stretch as soon as it and all before it are read, with the names that its rows need.

        Raises GenesysForbidden, GenesysBadCredentials and OSError.
        """
        under_way: deque[asyncio.Task[_Read]] = deque()

        async def earliest() -> None:
            read = await under_way[0]
            under_way.popleft()
            await self._names.learn(read.agents, read.wrap_ups)
            await hand_over(read.spools)

        try:
            for number, stretch in enumerate(stretches):
                if len(under_way) == WINDOW:
                    await earliest()
                under_way.append(asyncio.create_task(self._read(number, stretch)))
            while under_way:
                await earliest()
        finally:
            await give_up(under_way)

    async def _read(self, number: int, stretch: Sequence[DetailsSlice]) -> _Read:
        names = (f"{number}-{each}" for each in range(len(stretch)))
        read = _Read([self._spools.enter_context(SliceSpool(self._folder, name)) for name in names])
        await together(self._slice(piece, spool, read) for piece, spool in zip(stretch, read.spools, strict=True))
        return read

    async def _slice(self, piece: DetailsSlice, spool: SliceSpool, read: _Read) -> None:
        async def take(page: Page) -> None:
            async with self._keeping:
                await asyncio.to_thread(read.keep, page, spool)
            self._progress.page(page)

        async with self._turn:
            self.gaps += await self._reading.read(piece, take)
        self._progress.slice_done()
