"""What a turn of the watch looks at: this moment, the last quarter hours, and what is usual."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

import structlog

from bot.domain.alerts.samples import KEPT, QUARTER, last_complete, quarter_of
from bot.domain.queues import Media
from bot.errors import GenesysError
from bot.genesys.pace import Priority
from bot.usecases.alerts.detecting import Detecting, ways_of
from bot.usecases.alerts.evaluating import View
from bot.usecases.alerts.plan import NOTHING
from bot.usecases.alerts.seeing import Eyes
from bot.usecases.alerts.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from bot.domain.alerts.samples import Place
    from bot.domain.ids import TeamId
    from bot.domain.sla import Switches
    from bot.genesys.client import GenesysClient
    from bot.genesys.wire_observations import Observations
    from bot.store.database import Store
    from bot.usecases.alerts.plan import Plan
    from bot.usecases.samples.filling import Filling
    from bot.usecases.samples.glimpsing import Glimpsing

    Marks: TypeAlias = tuple[frozenset[date], Mapping[Place, datetime]]

log = structlog.get_logger()

AFTERWARDS = timedelta(days=1)
"""How far back quarter hours that nobody judged are judged afterwards."""
OVERDUE = timedelta(minutes=15)
"""How much later than it should be there the last quarter hour may be."""
LEAST_HANDLED = 5
"""Contacts that are being handled where none was counted: then the counts are late, and not the contacts gone."""


class Lookout:
    """Costs one request a minute for each hundred queues that rules look at, and one more each quarter hour for each
    hundred queues of the organisation, beside the history.
    """

    def __init__(
        self,
        genesys: GenesysClient,
        store: Store,
        *,
        team: TeamId,
        filling: Filling,
        glimpsing: Glimpsing,
        switches: Switches,
    ) -> None:
        self.eyes = Eyes()
        self._genesys = genesys
        self._store = store
        self._team = team
        self._filling = filling
        self._glimpsing = glimpsing
        self._switches = switches
        self._seen: Observations | None = None
        self._windows: Windows | None = None
        self._newest: datetime | None = None
        """The end of the last quarter hour that Genesys gave, whether it is believed or not."""
        self._handled: dict[datetime, int] = {}
        """By quarter hour, how many were on the phone at the last look in it."""
        self._plan: Plan = NOTHING
        self._fetched: frozenset[datetime] = frozenset()
        """Starts of the quarter hours of the last day that Genesys gave."""
        self._detecting: Detecting | None = None
        self._marks: Marks = (frozenset(), {})
        self._looked = False
        self._history: asyncio.Task[None] | None = None
        self._learning: asyncio.Task[Detecting] | None = None
        self._stale = True
        """Whether more is known than the detectors have learnt."""
        self._known = 0
        """Quarter hours that there were when history was last complete; the last one may be there or not."""

    def forget(self) -> None:
        """Another process looked meanwhile: what is in memory is read anew."""
        self._windows = None
        self._stale = True

    async def look(self, plan: Plan, *, now: datetime, judged: datetime | None) -> list[datetime]:
        """Look once; returns the ends of the quarter hours that are there and were not judged.

        `judged` is the end of the last one that was; None: none ever was, and only the last one counts. Raises nothing
        of Genesys: what was not seen is in `eyes`, and in the views.
        """
        self.eyes.opened()
        self._adapt(plan)
        marks = await self._read_marks()
        if marks != self._marks:
            self._marks, self._stale = marks, True
        first, self._looked = not self._looked, True
        if first and not plan.planned:
            # Nobody waits for the counts: the first minute of a process is for whoever asks.
            return []
        self._seen = await self._observe(plan, now)
        await self._refresh(plan, now, judged)
        self._learn(plan, judged)
        if not first:
            self._fill(now)
        return self._unjudged(judged)

    async def view(self, *, now: datetime, end: datetime | None, fresh: bool, past: bool) -> View:
        """What a turn at `now` sees, up to the quarter hour that ended at `end`; of the past nothing that is live."""
        windows = self._windows or Windows((), switches=self._switches, end=end or now)
        until = end or now
        detecting = self._detecting
        if detecting is not None and self._windows is not None and detecting.end < until:
            await self._feed(detecting, windows, until)
        seen = None if past else self._seen
        return View(
            now=now,
            seen=seen.by_queue if seen else None,
            seen_at=seen.as_of if seen else now,
            windows=windows,
            end=until,
            fresh=fresh,
            overdue=not past and (self._windows is None or windows.end < last_complete(now) - OVERDUE),
            detecting=detecting,
            holidays=self._marks[0],
        )

    async def settled(self) -> None:
        """Wait for what goes on beside the ticks: history, and learning from it."""
        for task in (self._history, self._learning):
            if task:
                await asyncio.wait({task})

    async def close(self) -> None:
        """Give up what goes on beside the ticks, and keep what was seen."""
        tasks = {task for task in (self._history, self._learning) if task and not task.done()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._glimpsing.flush()

    async def _read_marks(self) -> Marks:
        holidays = await self._store.calendar.holidays(self._team)
        return frozenset(each.day for each in holidays), await self._store.calendar.normal_since(self._team)

    async def _observe(self, plan: Plan, now: datetime) -> Observations | None:
        if not plan.queues:
            return None
        try:
            seen = await self._genesys.observations(plan.queues, priority=Priority.ALERT)
        except GenesysError as error:
            self.eyes.failed(error, now)
            return None
        self.eyes.saw(now)
        await self._glimpsing.see(seen)
        quarter, handled = quarter_of(seen.as_of), _on_the_phone(seen)
        self._handled = {start: known for start, known in self._handled.items() if quarter - start < AFTERWARDS}
        self._handled[quarter] = handled
        return seen

    async def _refresh(self, plan: Plan, now: datetime, judged: datetime | None) -> None:
        """The quarter hours in memory, up to the last that Genesys gave."""
        try:
            refreshed = await self._filling.refresh(now)
        except GenesysError as error:
            self.eyes.failed(error, now)
            refreshed = None
        if refreshed is not None:
            await self._glimpsing.flush()
            self.eyes.saw(now)
        if self._windows is None or refreshed is not None:
            self._windows = await self._read_windows(plan, now, judged)
            self._newest = self._windows.end if self._windows else None
        if self._windows is not None and self._newest is not None and self._seen is not None:
            self._windows.end = self._believed(self._windows, self._newest)
            if self._windows.end < self._newest:
                self.eyes.stale(self._windows.end, now)

    def _believed(self, windows: Windows, newest: datetime) -> datetime:
        """Up to where counts are believed: not the last quarter hours in which nobody called, nobody was answered and
        no call ended, although there were calls before, and at the last look in them several were on the phone.
        """
        latest = max(self._handled, default=None)
        end = newest
        while end > windows.start and not windows.total(end):
            handled = self._handled.get(end - QUARTER, self._handled[latest] if latest else 0)
            if handled < LEAST_HANDLED:
                return newest
            end -= QUARTER
        return end if end > windows.start else newest

    def _adapt(self, plan: Plan) -> None:
        """What is in memory is read anew where another plan looks at more, or in another way."""
        before, self._plan = self._plan, plan
        if plan is before:
            return
        if plan.queues.keys() - before.queues.keys() or plan.longest > before.longest:
            self._windows = None
        if ways_of(plan) != ways_of(before) or plan.queues != before.queues:
            self._stale = True

    async def _feed(self, detecting: Detecting, windows: Windows, until: datetime) -> None:
        """What passed while it learnt is not in it: from where it ends, and not only the last quarter hour."""
        start = detecting.end
        starts = [start + n * QUARTER for n in range((until - start) // QUARTER)]
        if len(starts) == 1:
            samples = windows.started(start)
        else:
            fetched = await self._store.samples.fetched(start, until)
            starts = [each for each in starts if each in fetched]
            samples = list(await self._store.samples.between(start, until, detecting.queues))
        glimpses = await self._store.samples.glimpses(start, until, detecting.queues)
        if starts:
            detecting.feed(samples, glimpses, starts)

    async def _read_windows(self, plan: Plan, now: datetime, judged: datetime | None) -> Windows | None:
        self._fetched = frozenset(await self._store.samples.fetched(now - AFTERWARDS, now))
        newest = max(self._fetched, default=None)
        if newest is None:
            return None
        start = max(min(judged or newest, newest), now - AFTERWARDS) - max(plan.longest, 2 * QUARTER)
        samples = await self._store.samples.between(start, newest + QUARTER, plan.queues)
        return Windows(samples, switches=self._switches, end=newest + QUARTER)

    def _unjudged(self, judged: datetime | None) -> list[datetime]:
        if self._windows is None:
            return []
        newest = self._windows.end
        if judged is None:
            return [newest]
        ends = [judged + n * QUARTER for n in range(1, (newest - judged) // QUARTER + 1)]
        return [end for end in ends if end - QUARTER in self._fetched]

    def _learn(self, plan: Plan, judged: datetime | None) -> None:
        """What is usual is learnt beside the ticks: ten weeks of rows are some seconds of arithmetic."""
        if self._learning is not None and self._learning.done():
            task, self._learning = self._learning, None
            if not task.cancelled() and task.exception() is None:
                self._detecting = task.result()
            elif not task.cancelled():
                log.error("what is usual could not be learnt", exc_info=task.exception())
                self._stale = True
        if self._learning is None and self._stale and judged is not None:
            self._stale = False
            self._learning = asyncio.create_task(self._learnt(plan, judged))

    async def _learnt(self, plan: Plan, end: datetime) -> Detecting:
        holidays, normal_since = self._marks
        return await Detecting.learnt(plan, self._store.samples, end=end, holidays=holidays, normal_since=normal_since)

    def _fill(self, now: datetime) -> None:
        """Gaps and history, beside the ticks, which do not wait for them."""
        if self._history is None or self._history.done():
            self._history = asyncio.create_task(self._filled(now))

    async def _filled(self, now: datetime) -> None:
        try:
            filled = await self._filling.fill(now)
        except GenesysError as error:
            log.info("history is not there yet", reason=repr(error))
        except Exception:
            log.exception("history could not be filled in")
        else:
            if filled.quarters and not filled.left:
                await self._weigh(now)

    async def _weigh(self, now: datetime) -> None:
        """Learn anew where history has come in; quarter hours that were only counted again are no reason to."""
        known = len(await self._store.samples.fetched(now - KEPT, now))
        self._stale = self._stale or known > self._known + 1
        self._known = max(known, self._known)


def _on_the_phone(seen: Observations) -> int:
    """Who is being served by voice. Who writes an e-mail may have had it for hours."""
    voice = (each for one in seen.by_queue.values() for each in one.contacts if each.media is Media.VOICE)
    return sum(each.interacting or 0 for each in voice)
