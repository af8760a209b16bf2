"""Where messages wait: new ones by channel, and all edits in one line. What waits may change at any moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bot.usecases.alerts.ledger import key_of
from bot.usecases.alerts.telling import Told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.domain.alerts.states import Bulletin, Line
    from bot.domain.ids import ChannelId
    from bot.usecases.alerts.edit_pace import EditPace
    from bot.usecases.digests.rounds import SendingPace

log = structlog.get_logger()

AT_ONCE = 12
"""Messages under way; more only wait for their turn."""
A_LOOK_SECONDS = 0.5
"""How long somebody who waits for a place may overlook that something better has come."""
PATIENCE_SECONDS = 15.0
"""What has to wait for longer waits for another call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A message to post: a bulletin, or a line in its thread."""

    bulletin: Bulletin
    line: Line | None = None
    critical: bool = False

    @property
    def channel(self) -> ChannelId:
        return self.bulletin.channel

    @property
    def key(self) -> str:
        return key_of(self.line or self.bulletin)


class PostLanes:
    """Whoever stands first among those whose channel is free is next: a channel has one message under way at a time."""

    def __init__(
        self,
        pace: SendingPace,
        *,
        run: Callable[[Errand], Awaitable[Told]],
        stopping: Callable[[], bool],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._pace = pace
        self._run = run
        self._stopping = stopping
        self._sleep = sleep
        self._waiting: list[Errand] = []
        self._busy: dict[ChannelId, str] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._watching = False

    @property
    def tasks(self) -> set[asyncio.Task[Any]]:
        """All who work here, also those who have ended."""
        return set(self._workers)

    @property
    def at_work(self) -> frozenset[str]:
        """The keys of what is under way."""
        return frozenset(self._busy.values())

    def running(self) -> set[asyncio.Task[Any]]:
        """Those who are at work. Raises what one raised who has ended."""
        for worker in [worker for worker in self._workers if worker.done()]:
            self._workers.discard(worker)
            worker.result()
        return self.tasks

    def fill(self, errands: Iterable[Errand]) -> None:
        """From now on these wait, in this order, and nothing else."""
        at_work = self.at_work
        self._waiting = [errand for errand in errands if errand.key not in at_work]
        self.running()
        self._hire()

    def _hire(self) -> None:
        working = sum(not worker.done() for worker in self._workers)
        if self._waiting and working < AT_ONCE:
            self._workers.add(asyncio.create_task(self._work()))

    async def _work(self) -> None:
        while not self._stopping():
            errand = self._next()
            if errand is None:
                if self._watching or (wait := self._soonest()) is None:
                    return
                await self._watch(wait)
                continue
            self._waiting.remove(errand)
            self._busy[errand.channel] = errand.key
            self._hire()
            try:
                told = await self._run(errand)
            except Exception:
                # Its claim lapses, and it is looked at again.
                log.exception("an alert was not sent", bulletin=errand.bulletin.id)
                told = Told.LATER
            finally:
                del self._busy[errand.channel]
            if told is not Told.DONE:
                self._leave_out(errand, everything=told is Told.LOST)

    def _next(self) -> Errand | None:
        """The first that can go now."""
        free = (errand for errand in self._waiting if errand.channel not in self._busy)
        return next((errand for errand in free if self._pace.wait_for(errand.channel) <= 0), None)

    def _soonest(self) -> float | None:
        """Seconds until one can go; None when none can go soon."""
        idle = {errand.channel for errand in self._waiting} - self._busy.keys()
        waits = (self._pace.wait_for(channel) for channel in idle)
        return min((wait for wait in waits if wait <= PATIENCE_SECONDS), default=None)

    async def _watch(self, seconds: float) -> None:
        """One waits for all, and something better may come meanwhile."""
        self._watching = True
        try:
            await self._sleep(min(seconds, A_LOOK_SECONDS))
        finally:
            self._watching = False

    def _leave_out(self, errand: Errand, *, everything: bool) -> None:
        """What must not go before `errand`, or where nothing goes any more, waits for another call."""
        self._waiting = [
            one
            for one in self._waiting
            if one.channel != errand.channel
            or not (everything or (one.bulletin.id == errand.bulletin.id and one.line is not None))
        ]


class EditLane:
    """One edit at a time, whichever is the most urgent."""

    def __init__(
        self,
        pace: EditPace,
        *,
        run: Callable[[Bulletin], Awaitable[None]],
        stopping: Callable[[], bool],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._pace = pace
        self._run = run
        self._stopping = stopping
        self._sleep = sleep
        self._waiting: list[tuple[Bulletin, bool]] = []
        self._lane: asyncio.Task[None] | None = None
        self._at_work = ""

    @property
    def tasks(self) -> set[asyncio.Task[Any]]:
        """The lane, also when it has ended."""
        return {self._lane} if self._lane else set()

    def running(self) -> set[asyncio.Task[Any]]:
        """The lane while it is at work. Raises what it raised when it has ended."""
        if self._lane and self._lane.done():
            ended, self._lane = self._lane, None
            ended.result()
        return self.tasks

    def fill(self, edits: Iterable[tuple[Bulletin, bool]]) -> None:
        """From now on these wait, in this order, and nothing else; with each, whether somebody waits for it."""
        self._waiting = [edit for edit in edits if edit[0].id != self._at_work]
        self.running()
        if self._waiting and self._lane is None:
            self._lane = asyncio.create_task(self._edits())

    async def _edits(self) -> None:
        while self._waiting and not self._stopping():
            wait = self._pace.wait_for(urgent=self._waiting[0][1])
            if wait > PATIENCE_SECONDS:
                return
            if wait > 0:
                # In the meantime, something more urgent may have come.
                await self._sleep(min(wait, A_LOOK_SECONDS))
                continue
            bulletin, _ = self._waiting.pop(0)
            self._at_work = bulletin.id
            try:
                await self._run(bulletin)
            except Exception:
                log.exception("an alert was not edited", bulletin=bulletin.id)
            finally:
                self._at_work = ""
