"""Digests of one moment, asked for together: what several of them need is asked of Genesys once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bot.domain.names import BESIDE_SLA
from bot.errors import Explainable
from bot.usecases.digests.report import digest_report, frame_of
from bot.usecases.sla_report import thresholds_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from bot.domain.digest import DigestReport, Form
    from bot.domain.ids import QueueId
    from bot.domain.period import Grain, Period
    from bot.domain.questions import QueueWord, SlaQuestion
    from bot.domain.queues import Queue
    from bot.domain.sla import Switches
    from bot.genesys.pace import Priority
    from bot.genesys.tallies import Counting, Tallies, Tally, TallyKey
    from bot.usecases.digests.report import Frame
    from bot.usecases.naming import Asker, Naming

Wants: TypeAlias = "Mapping[QueueId, frozenset[timedelta]]"
ByQueue: TypeAlias = "Mapping[QueueId, tuple[Mapping[TallyKey, Tally], ...]]"


class _Stretches(NamedTuple):
    """What digests have in common that are answered together: instants and a calendar, whatever these are called."""

    zone: str
    grain: Grain | None
    periods: tuple[tuple[datetime, datetime], ...]


class _Counted(NamedTuple):
    """The answer, to be handed out by queue."""

    shell: Tallies
    """Without figures."""
    by_queue: ByQueue
    periods: int


@dataclass(slots=True, kw_only=True, eq=False)
class _Part:
    """What is asked once."""

    frame: Frame
    wants: dict[QueueId, frozenset[timedelta]] = field(default_factory=dict)
    task: asyncio.Task[_Counted] | None = None
    askers: int = 0

    def covers(self, wants: Wants) -> bool:
        return all(queue in self.wants and some <= self.wants[queue] for queue, some in wants.items())


class Gathered:
    """Composes digests. Those whose questions were announced share what they have in common, however long apart they
    are composed; another one asks for itself.

    What could not be had fails the digests that need it, and those only. It is not asked again: that is for another
    gathering.
    """

    def __init__(self, counting: Counting, *, naming: Naming, switches: Switches, priority: Priority) -> None:
        self._counting = counting
        self._naming = naming
        self._switches = switches
        self._priority = priority
        self._frames: dict[tuple[Period, Form | None], Frame] = {}
        self._queues: dict[tuple[tuple[QueueWord, ...], Asker | None], tuple[Queue, ...]] = {}
        self._parts: dict[_Stretches, _Part] = {}
        # Several threads of arithmetic are no faster than one, and leave less time to everybody else.
        self._turn = asyncio.Lock()

    async def announce(self, questions: Iterable[tuple[SlaQuestion, Asker | None]]) -> None:
        """What will be asked. Nothing is asked of Genesys yet, but for the listing of queues.

        What cannot be understood is passed over: its digest will say why.
        """
        for question, asker in questions:
            await asyncio.sleep(0)  # a thousand digests are some time's work, and others have a turn between them
            try:
                frame = self._frame(question.period)
                queues = await self._naming.queues(question.queues, asker, BESIDE_SLA)
            except Explainable:
                continue
            self._queues[question.queues, asker] = queues
            part = self._part(frame)
            for queue, thresholds in thresholds_of(question, queues).items():
                part.wants[queue] = part.wants.get(queue, frozenset()) | thresholds

    async def digest(
        self, question: SlaQuestion, *, form: Form | None = None, asker: Asker | None = None
    ) -> DigestReport:
        """Raises UnknownQueue, BadWord, NotAllowed, BadPeriod and the GenesysError family; never from part of the
        data.
        """
        frame = self._frame(question.period, form)
        queues = self._queues.get((question.queues, asker))
        if queues is None:
            queues = await self._naming.queues(question.queues, asker, BESIDE_SLA)
        wants = thresholds_of(question, queues)
        part = self._parts.get(_stretches(frame))
        if part is None or not part.covers(wants):
            part = _Part(frame=frame, wants=wants)
        counted = await self._counted(part)
        async with self._turn:
            # All queues of an organisation are some hundred milliseconds of arithmetic.
            return await asyncio.to_thread(self._report, question, frame, queues, counted)

    def _frame(self, period: Period, form: Form | None = None) -> Frame:
        # A thousand digests at once have the same few periods, and midnights take their time.
        if (period, form) not in self._frames:
            self._frames[period, form] = frame_of(period, form)
        return self._frames[period, form]

    def _part(self, frame: Frame) -> _Part:
        """One that can still be added to."""
        key = _stretches(frame)
        part = self._parts.get(key)
        if part is None or part.task is not None:
            part = self._parts[key] = _Part(frame=frame, wants=dict(part.wants) if part else {})
        return part

    def _report(self, question: SlaQuestion, frame: Frame, queues: Sequence[Queue], counted: _Counted) -> DigestReport:
        mine = [counted.by_queue[queue.id] for queue in queues if queue.id in counted.by_queue]
        by_period = tuple(
            MappingProxyType({key: tally for one in mine for key, tally in one[position].items()})
            for position in range(counted.periods)
        )
        tallies = replace(counted.shell, by_period=by_period)
        return digest_report(question, frame=frame, queues=queues, switches=self._switches, tallies=tallies)

    async def _counted(self, part: _Part) -> _Counted:
        """Given up only when every asker has been cancelled."""
        if part.task is None:
            part.task = asyncio.get_running_loop().create_task(self._ask(part))
        task = part.task
        part.askers += 1
        try:
            return await asyncio.shield(task)
        finally:
            part.askers -= 1
            if not part.askers and not task.done():
                part.task = None
                task.cancel()

    async def _ask(self, part: _Part) -> _Counted:
        whole = await self._counting.tallies(part.frame.query(part.wants), priority=self._priority)
        by_queue = await asyncio.to_thread(_by_queue, whole)
        return _Counted(replace(whole, by_period=()), by_queue, len(whole.by_period))


def _stretches(frame: Frame) -> _Stretches:
    query = frame.query({})
    return _Stretches(
        zone=frame.period.zone.key,
        grain=query.grain,
        periods=tuple((period.start, period.end) for period in query.periods),
    )


def _by_queue(whole: Tallies) -> ByQueue:
    found: dict[QueueId, tuple[dict[TallyKey, Tally], ...]] = {}
    for position, counted in enumerate(whole.by_period):
        for key, tally in counted.items():
            if key.queue not in found:
                found[key.queue] = tuple({} for _ in whole.by_period)
            found[key.queue][position][key] = tally
    return found
