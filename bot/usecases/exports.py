"""The exports of everybody: one at a time for each person, a line with positions, cancel, and word after a restart.

exports = Exports(exporting.export, store.exports, now=utc_now)
asyncio.create_task(exports.tend(tell_owner))                # this process lives; who lost theirs is told
underway = await exports.start(order, deliver=upload)        # Busy while the person has one
await exports.watched(underway.id, channel=…, ts=…)          # the message that shows the progress
async for state in underway.states():                        # Progress …, then one of Finished, Failed, Cancelled,
    …                                                        # Interrupted (`bot.usecases.underway`)
await exports.cancel(export_id, by=asker)                    # NotAllowed unless it is theirs
await exports.drain()                                        # at shutdown
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.domain.exports import Export, ExportRecord, ExportState, Notice, Progress, Stage
from bot.domain.ids import ExportId
from bot.errors import Busy, Explainable, NotAllowed
from bot.usecases.underway import Cancelled, End, Failed, Finished, Interrupted, Underway

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from bot.domain.exports import FileFormat
    from bot.domain.questions import ConversationsQuestion
    from bot.store.exports import Exports as ExportRecords
    from bot.usecases.naming import Asker
    from bot.usecases.underway import ExportOrder

log = structlog.get_logger()

AT_ONCE = 2
"""Exports that a process works on; the others wait in line."""
BEAT = timedelta(seconds=15)
LIFE = timedelta(seconds=60)
"""An export that nobody has said to be alive for so long has lost its process."""
LOOK = timedelta(minutes=1)
"""How often exports that lost their process are looked for."""
STALE = timedelta(days=1)
"""Older than this, nobody is told any more."""

RESTARTING = "The bot is restarting. Ask again in a minute."
ONE_AT_A_TIME = "You have an export under way. Wait until it is done, or cancel it."


class Exporter(Protocol):
    """How an export is made; its files last as long as the block. `Exporting.export` is one."""

    def __call__(
        self,
        question: ConversationsQuestion,
        file_format: FileFormat,
        *,
        asked: str,
        asker: Asker | None,
        on_progress: Callable[[Progress], None],
    ) -> AbstractAsyncContextManager[Export]: ...


class Exports:
    """The exports of this process, and its part in looking after those of the others."""

    def __init__(
        self,
        export: Exporter,
        records: ExportRecords,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        at_once: int = AT_ONCE,
    ) -> None:
        self._export = export
        self._records = records
        self._now = now
        self._sleep = sleep
        self._at_once = at_once
        self._line: list[Underway] = []
        self._made: dict[ExportId, tuple[Underway, asyncio.Task[Export]]] = {}
        self._stopped: dict[ExportId, End] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._unkept: dict[ExportId, End] = {}
        """Ends of which the database does not know yet."""
        self._draining = False
        self._troubles: set[str] = set()
        """What went wrong the last time, and was logged then."""

    async def start(self, order: ExportOrder, *, deliver: Callable[[Export], Awaitable[None]]) -> Underway:
        """Put it in line. `deliver` is called with the export while its files are there; what it raises fails it.

        Raises Busy while the person has another under way, and at shutdown.
        """
        if self._draining:
            raise Busy(RESTARTING)
        now = self._now()
        underway = Underway(ExportId(uuid.uuid4().hex), order, deliver)
        record = ExportRecord(
            id=underway.id,
            team=order.owner.team,
            user=order.owner.user,
            channel=order.channel,
            text=order.text,
            asked_at=order.asked_at,
            zone=order.question.period.zone.key,
            state=ExportState.QUEUED,
            started_at=now,
        )
        if not await self._records.begin(record, alive_until=now + LIFE):
            raise Busy(ONE_AT_A_TIME)
        if self._draining:
            await self._records.over(underway.id)
            raise Busy(RESTARTING)
        self._line.append(underway)
        self._serve()
        return underway

    async def watched(self, export: ExportId, *, channel: str, ts: str) -> None:
        """The message in which its owner watches it: after a restart, `tend` hands it out with the record."""
        await self._records.watched(export, Notice(channel=channel, ts=ts))

    async def cancel(self, export: ExportId, *, by: Asker) -> bool:
        """Stop it, whichever process works on it; False when it is over. Raises NotAllowed for anybody but its owner.

        In another process it stops at its next beat, `BEAT` from now at the latest.
        """
        record = await self._records.find(export)
        if record is None:
            return False
        if (record.team, record.user) != (by.team, by.user):
            raise NotAllowed("Only the person who asked for an export can cancel it.")
        if await self._stop(export, Cancelled()):
            return True
        return await self._records.stop(export)

    async def tend(self, interrupted: Callable[[ExportRecord], Awaitable[None]]) -> None:
        """For ever: say that the exports of this process are alive, and tell the owners of those that are not.

        `interrupted` is called once for each, in one of all processes; again only if it raised, or its process died.
        """
        looked: datetime | None = None
        while True:
            await self._tried("exports cannot be kept alive", self._beat())
            if looked is None or self._now() - looked >= LOOK:
                looked = self._now()
                await self._tried("interrupted exports cannot be looked for", self._tell(interrupted))
            await self._sleep(BEAT.total_seconds())

    async def drain(self) -> None:
        """Take no more and give up what is under way; the owners are told after the restart."""
        self._draining = True
        await asyncio.gather(*(self._stop(export, Interrupted()) for export in self._mine()))
        while self._ending:
            await asyncio.wait(set(self._ending))

    def _mine(self) -> list[ExportId]:
        return [*self._made, *(underway.id for underway in self._line)]

    def _serve(self) -> None:
        if self._draining:
            return
        while self._line and len(self._made) < self._at_once:
            underway = self._line.pop(0)
            making = asyncio.create_task(self._make(underway))
            self._made[underway.id] = (underway, making)
            ending = asyncio.create_task(self._see_through(underway, making))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
        for position, underway in enumerate(self._line, start=1):
            waiting = Progress(stage=Stage.QUEUED, position=position)
            if underway.state != waiting:
                underway.say(waiting)

    async def _make(self, underway: Underway) -> Export:
        await self._records.running(underway.id)
        order = underway.order
        making = self._export(
            order.question, order.file_format, asked=order.text, asker=order.owner, on_progress=underway.say
        )
        async with making as export:
            reached = underway.state
            if isinstance(reached, Progress):
                underway.say(replace(reached, stage=Stage.DELIVERING, left=None))
            await underway.deliver(export)
        return export

    async def _see_through(self, underway: Underway, making: asyncio.Task[Export]) -> None:
        await asyncio.wait({making})
        del self._made[underway.id]
        self._serve()
        stopped = self._stopped.pop(underway.id, Interrupted())
        if making.cancelled():
            await self._end(underway, stopped)
        elif error := making.exception():
            if not isinstance(error, Explainable):
                log.error("an export failed", exc_info=error)
            await self._end(underway, Failed(error))
        else:
            await self._end(underway, Finished(making.result()))

    async def _stop(self, export: ExportId, why: End) -> bool:
        """False when this process does not work on it."""
        for underway in self._line:
            if underway.id == export:
                self._line.remove(underway)
                self._serve()
                await self._end(underway, why)
                return True
        if export not in self._made:
            return False
        _, making = self._made[export]
        if export not in self._stopped:  # a second cancellation would disturb the cleaning up after the first
            self._stopped[export] = why
            making.cancel()
        await asyncio.wait({making})
        return True

    async def _end(self, underway: Underway, end: End) -> None:
        self._unkept[underway.id] = end
        await self._keep_ends()
        underway.say(end)

    async def _keep_ends(self) -> None:
        for export, end in [*self._unkept.items()]:
            await self._tried("the end of an export cannot be kept", self._keep(export, end))

    async def _keep(self, export: ExportId, end: End) -> None:
        if isinstance(end, Interrupted):
            await self._records.abandon(export, now=self._now())
        else:
            await self._records.over(export)
        self._unkept.pop(export, None)

    async def _beat(self) -> None:
        await self._keep_ends()
        mine = self._mine()
        if not mine:
            return
        standing = await self._records.beat(mine, alive_until=self._now() + LIFE)
        for export in mine:
            state = standing.get(export)
            if state is None:
                await self._stop(export, Interrupted())
            elif state is ExportState.STOPPING:
                await self._stop(export, Cancelled())

    async def _tell(self, interrupted: Callable[[ExportRecord], Awaitable[None]]) -> None:
        now = self._now()
        for record in await self._records.claim_interrupted(now=now, until=now + LIFE):
            await self._tried(
                "the owner of an interrupted export was not told", self._tell_one(record, interrupted, now)
            )

    async def _tell_one(
        self, record: ExportRecord, interrupted: Callable[[ExportRecord], Awaitable[None]], now: datetime
    ) -> None:
        its_owner_knows = not isinstance(self._unkept.get(record.id, Interrupted()), Interrupted)
        if not its_owner_knows and now - record.started_at < STALE:
            await interrupted(record)
        await self._records.over(record.id)

    async def _tried(self, trouble: str, work: Awaitable[None]) -> None:
        """A database that is away, or a message that Slack did not take, may be back at the next turn."""
        try:
            await work
        except Exception:
            if trouble not in self._troubles:
                log.exception(trouble)
            self._troubles.add(trouble)
        else:
            self._troubles.discard(trouble)
