"""Lanes in which messages wait: one for each channel, and one for all edits. What waits may change at any moment."""

from __future__ import annotations

import asyncio
from collections import defaultdict
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
    """At most one message of a channel is under way."""

    def __init__(
        self,
        pace: SendingPace,
        *,
        run: Callable[[Errand], Awaitable[Told]],
        stopping: Callable[[], bool],
    ) -> None:
        self._pace = pace
        self._run = run
        self._stopping = stopping
        self._waiting: dict[ChannelId, list[Errand]] = {}
        self._lanes: dict[ChannelId, asyncio.Task[None]] = {}
        self._at_work: set[str] = set()

    @property
    def tasks(self) -> set[asyncio.Task[Any]]:
        """All lanes, also those that have ended."""
        return set(self._lanes.values())

    def running(self) -> set[asyncio.Task[Any]]:
        """The lanes that are at work. Raises what one raised that has ended."""
        for channel, lane in list(self._lanes.items()):
            if lane.done():
                del self._lanes[channel]
                lane.result()
        return self.tasks

    @property
    def at_work(self) -> frozenset[str]:
        """The keys of what is under way."""
        return frozenset(self._at_work)

    def fill(self, errands: Iterable[Errand]) -> None:
        """From now on these wait, in this order, and nothing else."""
        waiting: dict[ChannelId, list[Errand]] = defaultdict(list)
        for errand in errands:
            if errand.key not in self._at_work:
                waiting[errand.channel].append(errand)
        self._waiting = dict(waiting)
        self.running()
        for channel in self._waiting:
            if channel not in self._lanes:
                self._lanes[channel] = asyncio.create_task(self._lane(channel))

    async def _lane(self, channel: ChannelId) -> None:
        while not self._stopping() and self._pace.wait_for(channel) <= PATIENCE_SECONDS:
            if not (waiting := self._waiting.get(channel)):
                return
            errand = waiting.pop(0)
            self._at_work.add(errand.key)
            try:
                told = await self._run(errand)
            except Exception:
                # Its claim lapses, and it is looked at again.
                log.exception("an alert was not sent", bulletin=errand.bulletin.id)
                told = Told.LATER
            finally:
                self._at_work.discard(errand.key)
            if told is not Told.DONE:
                self._leave_out(errand, everything=told is Told.LOST)

    def _leave_out(self, errand: Errand, *, everything: bool) -> None:
        """What must not go before `errand`, or where nothing goes any more, waits for another call."""
        waiting = self._waiting.get(errand.channel, [])
        waiting[:] = [
            one for one in waiting if not everything and (one.bulletin.id != errand.bulletin.id or one.line is None)
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
                await self._sleep(min(wait, 1.0))
                continue
            bulletin, _ = self._waiting.pop(0)
            self._at_work = bulletin.id
            try:
                await self._run(bulletin)
            except Exception:
                log.exception("an alert was not edited", bulletin=bulletin.id)
            finally:
                self._at_work = ""
